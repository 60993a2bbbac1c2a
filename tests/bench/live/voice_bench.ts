// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How late the voice is, and how far it is from the picture, on loopback between the real programs: with each burst of a
// tone in the seeker's microphone a patch of the seeker's screen changes; at the helper the decoded pixel and the
// speaker's monitor are read on the same monotonic clock. One JSON object on stdout.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/voice_bench.ts build/release/voice_bench.mjs [--seconds N] [--server pipewire]

import { parseArgs } from "node:util";
import { offsets } from "../../support/av_offset.ts";
import { cpuSeconds } from "../../support/cost.ts";
import { parseChanges, patch, percentile } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Stage } from "../../support/programs.ts";
import { mouthToEar, type Server, Sound } from "../../support/sound.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "30" }, server: { type: "string", default: "pulseaudio" } },
});

const spread = (ms: number[]): object => ({
  count: ms.length,
  p50: percentile(ms, 50),
  p95: percentile(ms, 95),
  max: Math.max(...ms),
});

async function run(stage: Stage): Promise<object> {
  const sound = await Sound.start(stage, ["seeker", "helper"], values.server as Server);
  const { broker, helper, seeker } = await makePair(stage);
  const display = await stage.xvfb();
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe, ...sound.devices("helper")], sound.env);
  await viewer.waitEvent("ready");
  const request = asks("view,voice", "20.00");
  const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, ...sound.devices("seeker"), ...request], sound.env);
  await viewer.waitEvent("first_frame", undefined, 30000);
  await agent.waitEvent("bound");
  agent.write('{"do":"voice","on":true}');
  await viewer.waitEvent("voice", (event) => event.seeker_open === true);
  const before = { agent: cpuSeconds(agent), viewer: cpuSeconds(viewer), at: performance.now() };
  const flash = [display, `${patch.x}`, `${patch.y}`, `${patch.size}`];
  const tone = await sound.speak("seeker", "helper", Number(values.seconds), 1000, flash);
  const seconds = (performance.now() - before.at) / 1000;
  if (process.env.POUCE_VOICE_STDERR) console.error(agent.stderr, viewer.stderr, JSON.stringify(tone));
  const av = offsets(tone, parseChanges(viewer.lines));
  return {
    server: values.server,
    bursts: tone.mouth.onsets_us.length,
    mouth_to_ear_ms: spread(mouthToEar(tone)),
    picture_ms: spread(av.picture_ms),
    voice_behind_picture_ms: spread(av.offset_ms),
    agent_cpu_percent: (100 * (cpuSeconds(agent) - before.agent)) / seconds,
    viewer_cpu_percent: (100 * (cpuSeconds(viewer) - before.viewer)) / seconds,
  };
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
