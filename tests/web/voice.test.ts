// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Voice between the helper's page in Chromium (whose made-up microphone beeps at 400 Hz) and the real agent over a
// sound server with null sinks.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { BrowserHelper } from "../support/browser_helper.ts";
import { asks, makePair } from "../support/people.ts";
import { type Event, type Program, Stage } from "../support/programs.ts";
import { Sound, until } from "../support/sound.ts";

const fakeMicrophone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** Keeps what the page opens within the test's sight: its connection and its microphones. */
function watch(): void {
  const seen = window as unknown as { connections: RTCPeerConnection[]; tracks: MediaStreamTrack[] };
  seen.connections = [];
  seen.tracks = [];
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      seen.connections.push(this);
    }
  };
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wishes) => {
    const stream = await open(wishes);
    seen.tracks.push(...stream.getTracks());
    return stream;
  };
}

const liveTracks = (page: Page): Promise<number> =>
  page.evaluate(() => (window as any).tracks.filter((track: MediaStreamTrack) => track.readyState === "live").length);

/** How much sound of the seeker's was played so far. */
const energy = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const report: RTCStatsReport = await (window as any).connections.at(-1).getStats();
    for (const one of report.values()) if (one.type === "inbound-rtp" && one.kind === "audio") return one.totalAudioEnergy ?? 0;
    return 0;
  });

async function latest(agent: Program): Promise<Event> {
  const before = agent.events("voice").length;
  agent.write('{"do":"voice"}');
  await until("an answer", () => agent.events("voice").length > before);
  return agent.events("voice").at(-1) as Event;
}

test("voice in a browser: after a click only, both ways, off means off", { timeout: 120000 }, async () => {
  const stage = new Stage();
  let browser: BrowserHelper | null = null;
  try {
    const sound = await Sound.start(stage, ["seeker"]);
    const { broker, helper, seeker } = await makePair(stage);
    browser = await BrowserHelper.open(broker, helper, {}, watch, { args: fakeMicrophone });
    const { page } = browser;
    const request = asks("view,voice", "20.00");
    const agent = stage.agent(broker, seeker, ["--source", "pattern:640x360", ...sound.devices("seeker"), ...request], sound.env);
    await browser.accept();
    await browser.firstFrame();
    await agent.waitEvent("granted", (event) => event.what === "voice");
    assert.equal(await liveTracks(page), 0, "no microphone before a click");
    assert.equal(await page.locator("#voice-state").innerText(), "Both microphones are closed");

    await page.click("#voice-on");
    await agent.waitEvent("voice", (event) => event.helper_open === true);
    assert.equal(await liveTracks(page), 1);
    await page.getByText("Your microphone is open").waitFor();
    const heard = await sound.speak("seeker", "seeker", 4, 400); // the agent's own microphone is off
    assert.ok(heard.ear.level > 0.01, `the beeps of the browser's microphone: ${heard.ear.level}`);

    agent.write('{"do":"voice","on":true}');
    await page.getByText("Both microphones are open").waitFor();
    const quiet = await energy(page);
    await sound.speak("seeker", "seeker", 3, 900);
    const loud = await energy(page);
    console.log(`browser to seeker: level ${heard.ear.level}; seeker to browser: energy ${quiet} -> ${loud}`);
    assert.ok(loud > quiet + 0.001, `${quiet} -> ${loud}`);

    await page.click("#voice-hold");
    await agent.waitEvent("voice", (event) => event.helper_open === false && event.open === true);
    assert.equal(await liveTracks(page), 0, "not held: no microphone");
    const before = agent.events("voice").length;
    await page.keyboard.down("F8");
    await until("held", () => agent.events("voice").slice(before).some((event) => event.helper_open === true));
    await page.keyboard.up("F8");
    await page.getByText("Seeker’s microphone is open").waitFor();
    await page.click("#voice-hold");
    await page.getByText("Both microphones are open").waitFor();

    await page.evaluate(() => {
      for (const track of (window as any).tracks as MediaStreamTrack[]) {
        if (track.readyState !== "live") continue;
        track.stop();
        track.dispatchEvent(new Event("ended")); // as when it is pulled out
      }
    });
    await page.getByText("The microphone went away", { exact: false }).waitFor();
    await page.getByText("Seeker’s microphone is open").waitFor();
    await page.click("#voice-on");
    await page.getByText("Both microphones are open").waitFor();

    await page.click("#voice-on");
    await page.getByText("Seeker’s microphone is open").waitFor();
    assert.equal(await liveTracks(page), 0, "off: no microphone");
    const { received } = await latest(agent);
    await sound.speak("seeker", "seeker", 1, 900);
    assert.equal((await latest(agent)).received, received, "off: no packet");

    agent.write('{"do":"take_back","what":"voice"}');
    await page.getByText("Both microphones are closed").waitFor();
    await until("the seeker's microphone is closed", () => sound.captured().length === 0);
  } finally {
    await browser?.close();
    await stage.close();
  }
});
