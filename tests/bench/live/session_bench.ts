// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a session costs and how fast it is, on loopback at 1920x1080, between the real programs: first
// decoded frame after the answer, change to decoded pixel, and what an idle desktop costs. One JSON
// object on stdout.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/session_bench.ts build/release/session_bench.mjs [--changes N] [--encoder NAME]

import { parseArgs } from "node:util";
import { cpuSeconds, residentMb } from "../../support/cost.ts";
import { flip, pair, parseChanges, patch, percentile } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Program, type Stage } from "../../support/programs.ts";

const { values } = parseArgs({
  options: { changes: { type: "string", default: "300" }, encoder: { type: "string", default: "screen" } },
});
const idleMs = 20000;

async function idle(agent: Program, viewer: Program): Promise<object> {
  const before = { cpu: cpuSeconds(agent), stats: viewer.events("stats").length, at: performance.now() };
  const last = (): Record<string, unknown> => viewer.events("stats").at(-1) ?? {};
  const first = last();
  await viewer.waitEvent("stats", () => performance.now() - before.at > idleMs, idleMs + 10000);
  const seconds = (performance.now() - before.at) / 1000;
  return {
    seconds,
    agent_cpu_percent: (100 * (cpuSeconds(agent) - before.cpu)) / seconds,
    frames: Number(last().decoded) - Number(first.decoded),
    bytes: Number(last().bytes) - Number(first.bytes),
  };
}

async function run(stage: Stage): Promise<object> {
  const { broker, helper, seeker } = await makePair(stage);
  const display = await stage.xvfb();
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe]);
  await viewer.waitEvent("ready");
  const request = asks("view,pointer,control", "20.00");
  const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, "--encoder", values.encoder, ...request]);
  const firstFrame = await viewer.waitEvent("first_frame", undefined, 30000);
  await agent.waitEvent("tick", undefined, 20000);
  const quiet = await idle(agent, viewer);
  const cpuBefore = { agent: cpuSeconds(agent), viewer: cpuSeconds(viewer), at: performance.now() };
  const drawn = await flip(stage, display, Number(values.changes), 100);
  const seconds = (performance.now() - cpuBefore.at) / 1000;
  const { ms, missed } = pair(drawn, parseChanges(viewer.lines));
  return {
    encoder: values.encoder,
    first_frame_ms: firstFrame.ms,
    change_to_decoded_ms: { p50: percentile(ms, 50), p95: percentile(ms, 95), p99: percentile(ms, 99) },
    changes: drawn.length,
    missed,
    agent_cpu_percent: (100 * (cpuSeconds(agent) - cpuBefore.agent)) / seconds,
    viewer_cpu_percent: (100 * (cpuSeconds(viewer) - cpuBefore.viewer)) / seconds,
    agent_resident_mb: residentMb(agent),
    idle: quiet,
  };
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
