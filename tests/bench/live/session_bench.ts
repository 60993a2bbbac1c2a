// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a session costs and how fast it is, on loopback at 1920x1080, between the real programs: first
// decoded frame after the answer, change to decoded pixel, and what a desktop costs that is idle, on
// which a caret blinks, and on which letters are typed. The X server's share is what it takes beyond
// drawing the same without a session. One JSON object on stdout.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/session_bench.ts build/release/session_bench.mjs [--changes N] [--encoder NAME]

import { parseArgs } from "node:util";
import { cpuSeconds, cpuSecondsOf, residentMb } from "../../support/cost.ts";
import { flip, pair, parseChanges, patch, percentile } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Program, type Stage } from "../../support/programs.ts";
import { isReady, meter, type Pace, type Scene, startPlay } from "./counter.ts";

const { values } = parseArgs({
  options: { changes: { type: "string", default: "300" }, encoder: { type: "string", default: "screen" } },
});
const idleMs = 20000;

const paces: [Scene, Pace][] = [
  ["caret", { count: 38, intervalMs: 530 }],
  ["typing", { count: 150, intervalMs: 100, jitterMs: 50 }],
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays a scene from its second picture on; Returns what the groups of processes took, in % of a core. */
async function playCost(stage: Stage, display: string, [scene, pace]: [Scene, Pace], groups: number[][]): Promise<number[]> {
  const program = startPlay(stage, display, scene, pace);
  await program.waitLine("READY", isReady, 180_000);
  return (await meter(program, groups)).cpu;
}

type Figures = { server: number; scenes: Map<Scene, number> };

/** What the X server takes by itself, in % of a core: left alone, and drawing each scene. */
async function serverAlone(stage: Stage, display: string, server: number): Promise<Figures> {
  const before = cpuSecondsOf([server]);
  await pause(idleMs / 2);
  const idle = (100 * (cpuSecondsOf([server]) - before)) / (idleMs / 2000);
  const scenes = new Map<Scene, number>();
  for (const pace of paces) scenes.set(pace[0], (await playCost(stage, display, pace, [[server]]))[0] ?? 0);
  return { server: idle, scenes };
}

/** The agent and the X server, which grabs for it, with a session. */
async function sharedCost(stage: Stage, display: string, agent: Program, server: number, alone: Figures): Promise<object> {
  const found: Record<string, object> = {};
  for (const pace of paces) {
    const cpu = await playCost(stage, display, pace, [[agent.child.pid ?? 0], [server]]);
    const share = (cpu[1] ?? 0) - (alone.scenes.get(pace[0]) ?? 0);
    found[pace[0]] = { agent_cpu_percent: cpu[0], x_server_cpu_percent: share, together: (cpu[0] ?? 0) + share };
  }
  return found;
}

async function idle(agent: Program, viewer: Program, server: number, alone: Figures): Promise<object> {
  const before = { cpu: cpuSeconds(agent), server: cpuSecondsOf([server]), at: performance.now() };
  const last = (): Record<string, unknown> => viewer.events("stats").at(-1) ?? {};
  const first = last();
  await viewer.waitEvent("stats", () => performance.now() - before.at > idleMs, idleMs + 10000);
  const seconds = (performance.now() - before.at) / 1000;
  return {
    seconds,
    agent_cpu_percent: (100 * (cpuSeconds(agent) - before.cpu)) / seconds,
    x_server_cpu_percent: (100 * (cpuSecondsOf([server]) - before.server)) / seconds - alone.server,
    frames: Number(last().decoded) - Number(first.decoded),
    bytes: Number(last().bytes) - Number(first.bytes),
  };
}

async function run(stage: Stage): Promise<object> {
  const { broker, helper, seeker } = await makePair(stage);
  const display = await stage.xvfb();
  const server = stage.last("Xvfb").child.pid ?? 0;
  const alone = await serverAlone(stage, display, server);
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe]);
  await viewer.waitEvent("ready");
  const request = asks("view,pointer,control", "20.00");
  const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, "--encoder", values.encoder, ...request]);
  const firstFrame = await viewer.waitEvent("first_frame", undefined, 30000);
  await agent.waitEvent("tick", undefined, 20000);
  const quiet = await idle(agent, viewer, server, alone);
  const cpuBefore = { agent: cpuSeconds(agent), viewer: cpuSeconds(viewer), at: performance.now() };
  const drawn = await flip(stage, display, Number(values.changes), 100);
  const seconds = (performance.now() - cpuBefore.at) / 1000;
  const { ms, missed } = pair(drawn, parseChanges(viewer.lines));
  const cost = {
    agent_cpu_percent: (100 * (cpuSeconds(agent) - cpuBefore.agent)) / seconds,
    viewer_cpu_percent: (100 * (cpuSeconds(viewer) - cpuBefore.viewer)) / seconds,
  };
  const played = await sharedCost(stage, display, agent, server, alone);
  return {
    encoder: values.encoder,
    first_frame_ms: firstFrame.ms,
    change_to_decoded_ms: { p50: percentile(ms, 50), p95: percentile(ms, 95), p99: percentile(ms, 99) },
    changes: drawn.length,
    missed,
    ...cost,
    agent_resident_mb: residentMb(agent),
    idle: quiet,
    ...played,
  };
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
