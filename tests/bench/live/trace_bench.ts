// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the time from a change on the screen to its decoded picture goes, part by part: small changes, or those of a
// scene (play.c), at 1920x1080 on loopback, between the real programs. One JSON object on stdout.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/trace_bench.ts build/release/trace_bench.mjs [--changes N] [--encoder NAME]
//            [--scene NAME]

import { parseArgs } from "node:util";
import { flip } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Stage } from "../../support/programs.ts";
import { traceParts } from "../../support/trace.ts";
import { play, type Scene } from "./counter.ts";

const { values } = parseArgs({
  options: {
    changes: { type: "string", default: "150" },
    encoder: { type: "string", default: "screen" },
    scene: { type: "string" },
  },
});

/** Makes the changes, between which the screen has time to become sharp. Returns how many. */
async function change(stage: Stage, display: string): Promise<number> {
  const count = Number(values.changes);
  if (!values.scene) return (await flip(stage, display, count, 100)).length;
  return (await play(stage, display, values.scene as Scene, { count, intervalMs: 900, jitterMs: 450 })).length;
}

async function run(stage: Stage): Promise<object> {
  process.env["POUCE_TRACE"] = "1";
  const { broker, helper, seeker } = await makePair(stage);
  const display = await stage.xvfb();
  const viewer = stage.viewer(broker, helper, ["--accept"]);
  await viewer.waitEvent("ready");
  const request = asks("view", "20.00");
  const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, "--encoder", values.encoder, ...request]);
  await viewer.waitEvent("first_frame", undefined, 30000);
  await agent.waitEvent("tick", undefined, 20000);
  const before = agent.events("trace").length;
  const changes = await change(stage, display);
  return { encoder: values.encoder, changes, ...traceParts(agent, viewer, before) };
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
