// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Voice between the real programs over a sound server with null sinks: a tone in at one end is found
// at the other, both ways; a microphone that is off, muted or not held is not even opened.

import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "../support/latency.ts";
import { makeHelper, makeSeeker } from "../support/people.ts";
import { type Program, Stage } from "../support/programs.ts";
import { mouthToEar, Sound, until } from "../support/sound.ts";

type Call = { stage: Stage; sound: Sound; agent: Program; viewer: Program };

const MOUTH = { seeker: "seeker_mouth.monitor", helper: "helper_mouth.monitor" };

async function call(consent: string, run: (call: Call) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const sound = await Sound.start(stage, ["seeker", "helper"]);
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "helper", "Helper");
    const seeker = await makeSeeker(stage, broker, "seeker", "Seeker");
    const viewer = stage.viewer(broker, helper, ["--accept", ...sound.devices("helper")], sound.env);
    await viewer.waitEvent("ready");
    const request = ["--ask", "printing", "--helper", "first", "--cap", "20.00", "--consent", consent];
    const source = ["--source", "pattern:640x360", ...sound.devices("seeker")];
    const agent = stage.agent(broker, seeker, [...source, ...request], sound.env);
    await viewer.waitEvent("first_frame", undefined, 30000);
    await agent.waitEvent("bound");
    await run({ stage, sound, agent, viewer });
    for (const program of [agent, viewer]) assert.equal(program.exitCode, null, program.stderr);
  } finally {
    await stage.close();
  }
}

const voice = (program: Program, command: object): void => program.write(JSON.stringify({ do: "voice", ...command }));

test("a tone in at one end is found at the other, both ways", async () => {
  await call("view,voice", async ({ sound, agent, viewer }) => {
    await viewer.waitEvent("granted", (event) => event.what === "voice");
    assert.deepEqual(sound.captured(), [], "off until the person turns it on");
    voice(agent, { on: true });
    await viewer.waitEvent("voice", (event) => event.seeker_open === true);
    await until("the seeker's microphone", () => sound.captured().includes(MOUTH.seeker));
    assert.deepEqual(sound.captured(), [MOUTH.seeker], "only the one that was turned on");
    const there = await sound.speak("seeker", "helper", 6);
    const ms = mouthToEar(there);
    console.log(
      `seeker -> helper: ${ms.length} of ${there.mouth.onsets_us.length} bursts, mouth to ear p50 ` +
        `${percentile(ms, 50)} ms, max ${Math.max(...ms)} ms; level ${there.mouth.level} -> ${there.ear.level}`,
    );
    assert.ok(ms.length >= there.mouth.onsets_us.length - 1 && ms.length >= 5, JSON.stringify(there));
    // Far above the goal of 150: other tests share the machine, and the delay against jitter follows its load.
    assert.ok(percentile(ms, 50) <= 450, `mouth to ear ${percentile(ms, 50)} ms`);
    voice(viewer, { on: true });
    await agent.waitEvent("voice", (event) => event.helper_open === true);
    await until("the helper's microphone", () => sound.captured().length === 2);
    const back = await sound.speak("helper", "seeker", 4, 1300);
    assert.ok(mouthToEar(back).length >= 3, JSON.stringify(back));
  });
});

test("off, muted or not held, the microphone is closed and nothing is sent", async () => {
  await call("view,voice", async ({ sound, agent, viewer }) => {
    await agent.waitEvent("granted", (event) => event.what === "voice");
    const closed = async (why: string): Promise<void> => {
      await until(why, () => sound.captured().length === 0);
    };
    const open = (): Promise<void> => until("open", () => sound.captured().includes(MOUTH.seeker));
    voice(agent, { on: true });
    await open();
    voice(agent, { muted: true });
    await closed("muted");
    await agent.waitEvent("voice", (event) => event.on === true && event.muted === true && event.open === false);
    const before = agent.events("voice").at(-1);
    const tone = await sound.speak("seeker", "helper", 2);
    assert.ok(tone.mouth.onsets_us.length > 0 && tone.ear.onsets_us.length === 0, JSON.stringify(tone));
    voice(agent, {});
    const after = await agent.waitEvent("voice", (event) => Number(event.us) > Number(before?.us));
    assert.equal(after.sent, before?.sent, "no packet while muted");
    voice(agent, { muted: false });
    await open();
    voice(agent, { push_to_talk: true });
    await closed("push-to-talk, not held");
    voice(agent, { held: true });
    await open();
    voice(agent, { held: false });
    await closed("let go");
    voice(agent, { push_to_talk: false });
    await open();
    agent.write('{"do":"pause"}');
    await closed("paused");
    agent.write('{"do":"resume"}');
    await open();
    agent.write('{"do":"take_back","what":"voice"}');
    await closed("taken back");
    await viewer.waitEvent("revoked", (event) => event.what === "voice");
  });
});

test("without the seeker's consent the helper's microphone stays shut; the seeker's own turning on grants it", async () => {
  await call("view", async ({ sound, agent, viewer }) => {
    voice(viewer, { on: true });
    await viewer.waitEvent("problem", (event) => String(event.text).includes("voice"));
    assert.deepEqual(sound.captured(), []);
    voice(agent, { on: true });
    await viewer.waitEvent("granted", (event) => event.what === "voice");
    voice(viewer, { on: true });
    await agent.waitEvent("voice", (event) => event.helper_open === true);
    await until("both", () => sound.captured().length === 2);
    agent.write('{"do":"end"}');
    await until("closed with the session", () => sound.captured().length === 0);
    await agent.exited;
    assert.equal(agent.exitCode, 0);
    await viewer.stop();
    agent.exitCode = viewer.exitCode = null;
  });
});

test("a microphone that is not there is a sentence, not an end", async () => {
  await call("view,voice", async ({ agent }) => {
    agent.write('{"do":"sound","microphone":"nothing_like_it"}');
    voice(agent, { on: true });
    await agent.waitEvent("trouble", (event) => event.code === "sound");
    await agent.waitEvent("voice", (event) => event.on === false && event.open === false);
  });
});
