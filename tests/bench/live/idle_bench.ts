// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a desktop costs on which nothing happens, in % of a core: the agent, the native viewer and the X server, thread
// by thread with how often each wakes, and what goes over the line. One JSON object on stdout.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/idle_bench.ts build/release/idle_bench.mjs [--seconds N]

import { parseArgs } from "node:util";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Program, type Stage } from "../../support/programs.ts";
import { countThreads } from "../../support/threads.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });

const last = (viewer: Program): Record<string, unknown> => viewer.events("stats").at(-1) ?? {};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function run(stage: Stage): Promise<object> {
  const { broker, helper, seeker } = await makePair(stage);
  const display = await stage.xvfb();
  const viewer = stage.viewer(broker, helper, ["--accept"]);
  await viewer.waitEvent("ready");
  const request = asks("view,pointer,control", "20.00");
  const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, ...request]);
  await viewer.waitEvent("first_frame", undefined, 30000);
  await agent.waitEvent("tick", undefined, 20000);
  await pause(5000); // the line is probed once the first picture is there
  const programs = { agent, viewer, x_server: stage.last("Xvfb") };
  const counts = Object.entries(programs).map(([name, { child }]) => [name, countThreads(child.pid ?? 0)] as const);
  const first = last(viewer);
  const seconds = Number(values.seconds);
  await pause(seconds * 1000);
  const found = counts.map(([name, count]) => [name, count()]);
  return {
    seconds,
    frames: Number(last(viewer).decoded) - Number(first.decoded),
    bytes: Number(last(viewer).bytes) - Number(first.bytes),
    ...Object.fromEntries(found),
  };
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
