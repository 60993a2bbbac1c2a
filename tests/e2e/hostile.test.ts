// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper's page that does not behave, against the real agent on a real X server: certificates and
// signatures altered on the way, input without a loan, rubbish on every channel. The page is the
// real one; a script placed before it tampers with what it sends.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { BrowserHelper } from "../support/browser_helper.ts";
import { furnish } from "../support/desktop.ts";
import { asks, makePair } from "../support/people.ts";
import { type Broker, buildDir, type Person, type Program, Stage } from "../support/programs.ts";

type Scene = { stage: Stage; broker: Broker; helper: Person; seeker: Person; display: string };

async function withScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const { broker, helper, seeker } = await makePair(stage);
    const display = await stage.xvfb("1280x720");
    await furnish(stage, display);
    await play({ stage, broker, helper, seeker, display });
  } finally {
    await stage.close();
  }
}

function startAgent({ stage, broker, seeker, display }: Scene, consent = "view,pointer"): Program {
  const request = asks(consent);
  return stage.agent(broker, seeker, ["--source", `x11:${display}`, ...request]);
}

function pointerAt(display: string): string {
  const run = spawnSync("xdotool", ["getmouselocation"], { env: { ...process.env, DISPLAY: display }, encoding: "utf8" });
  return /x:\d+ y:\d+/.exec(run.stdout)?.[0] ?? "nowhere";
}

/** Lets the test reach the page's data channels. */
function exposeChannels(): void {
  const Native = RTCPeerConnection;
  const channels: Record<string, RTCDataChannel> = {};
  Object.assign(window, { pouceChannels: channels });
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("datachannel", (event) => {
        channels[event.channel.label] = event.channel;
      });
    }
  };
}

function alterAnswerFingerprint(): void {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    const text = String(data);
    if (!text.includes('"answer"')) return send.call(this, data);
    const altered = text.replace(/(a=fingerprint:sha-256 )([0-9A-F])/gi, (_all, head: string, digit: string) => {
      return head + (digit === "0" ? "1" : "0");
    });
    return send.call(this, altered);
  };
}

function alterOfferFingerprint(): void {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description: unknown) {
    const { type, sdp: original } = description as RTCSessionDescriptionInit;
    const sdp = original?.replace(/(a=fingerprint:sha-256 )([0-9A-F])/gi, (_all, head: string, digit: string) => {
      return head + (digit === "0" ? "1" : "0");
    });
    return (set as (d: RTCSessionDescriptionInit) => Promise<void>).call(this, { type, sdp });
  };
}

function alterBind(): void {
  const send = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (data: never) {
    const text = String(data);
    const isBind = this.label === "control" && text.includes('"bind"');
    if (!isBind) return send.call(this, data);
    const message = JSON.parse(text);
    message.sig = message.sig.replace(/^./, (first: string) => (first === "A" ? "B" : "A"));
    return send.call(this, JSON.stringify(message) as never);
  };
}

/** The session must end without a picture, without a tick and without a bill. */
async function assertRefused(scene: Scene, browser: BrowserHelper, agent: Program): Promise<void> {
  const code = await agent.exited;
  assert.equal(code, 1, agent.failure("should have failed").message);
  assert.equal(agent.events("first_frame").length, 0);
  assert.equal(agent.events("tick").length, 0);
  assert.equal(agent.events("bound").length, 0);
  assert.equal(await browser.framesDecoded(), 0);
  const { accounts } = JSON.parse(scene.broker.ctl(["--json", "account", "list"]));
  const money = accounts.find((account: { login: string }) => account.login === scene.seeker.login);
  assert.equal(money.balance_minor, 5000, "the seeker's money is untouched");
  assert.equal(money.held_minor, 0, "nothing is held");
}

for (const [what, tamper] of [
  ["an altered fingerprint in the answer", alterAnswerFingerprint],
  ["an altered fingerprint in the offer", alterOfferFingerprint],
  ["a bind with a wrong signature", alterBind],
] as const) {
  test(`${what} is refused before the first frame`, async () => {
    await withScene(async (scene) => {
      const browser = await BrowserHelper.open(scene.broker, scene.helper, {}, tamper);
      try {
        const agent = startAgent(scene);
        await browser.accept();
        await assertRefused(scene, browser, agent);
      } finally {
        await browser.close();
      }
    });
  });
}

test("input without a loan moves nothing, rubbish on every channel harms nothing", async () => {
  await withScene(async (scene) => {
    const browser = await BrowserHelper.open(scene.broker, scene.helper, {}, exposeChannels);
    try {
      const agent = startAgent(scene);
      await browser.accept();
      await browser.firstFrame();
      await agent.waitEvent("bound");
      const before = pointerAt(scene.display);
      await browser.page.evaluate(() => {
        const channels = (window as unknown as { pouceChannels: Record<string, RTCDataChannel> }).pouceChannels;
        const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);
        // Well-formed input, but nothing was lent: button, wheel, key, character, mouse movement.
        channels.input?.send(bytes(3, 1, 1, 0x20, 0, 0x20, 0));
        channels.input?.send(bytes(3, 1, 0, 0x20, 0, 0x20, 0));
        channels.input?.send(bytes(4, 0, 0, 0, 120, 0x20, 0, 0x20, 0));
        channels.input?.send(bytes(1, 1, 0, 30));
        channels.input?.send(bytes(1, 0, 0, 30));
        channels.input?.send(bytes(2, 0, 0, 0, 0x41));
        channels.motion?.send(bytes(1, 3, 0x7f, 0xff, 0xff, 0xff, 0x10, 0, 0x10, 0));
        for (const channel of Object.values(channels)) {
          const text = channel.label === "control";
          for (let size = 0; size < 40; size++) {
            const junk = Uint8Array.from({ length: size }, (_, i) => (i * 37 + size * 11) & 255);
            channel.send(text ? (String.fromCharCode(...junk) as never) : (junk as never));
          }
        }
        for (const text of ['{"type":"grant","id":0,"what":"control","ms":0}', '{"type":"nonsense"}', "[]", "{", '{"type":"ink"}']) {
          channels.control?.send(text);
        }
        channels.control?.send("x".repeat(60000));
      });
      const live = await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= 4000, 30000);
      assert.ok(live);
      assert.equal(pointerAt(scene.display), before, "the pointer has not moved");
      assert.equal(agent.events("granted").filter((event) => event.what === "control").length, 0);
      await browser.end();
      const settled = await agent.waitEvent("settled");
      assert.ok(Number(settled.signed_ms) >= 4000);
      assert.equal(await agent.exited, 0);
    } finally {
      await browser.close();
    }
  });
});

test("the owner's hand ends a loan within 100 ms", async () => {
  await withScene(async (scene) => {
    const viewer = scene.stage.viewer(scene.broker, scene.helper, ["--accept"]);
    await viewer.waitEvent("ready");
    const agent = startAgent(scene, "view,pointer,control");
    await viewer.waitEvent("first_frame", undefined, 30000);
    viewer.write(JSON.stringify({ do: "ask", what: "control" }));
    await viewer.waitEvent("granted", (event) => event.what === "control");
    viewer.write(JSON.stringify({ do: "move", x: 0.25, y: 0.25 }));
    const moved = (): boolean => pointerAt(scene.display) === "x:320 y:180";
    const deadline = performance.now() + 5000;
    while (!moved() && performance.now() < deadline) continue;
    assert.ok(moved(), `lent control moves the pointer: ${pointerAt(scene.display)}`);

    const hand = scene.stage.start(join(buildDir, "tests/local_hand"), [], { DISPLAY: scene.display });
    await hand.waitLine("READY", (line) => (line === "READY" ? line : undefined));
    hand.write("move 7 0");
    const actedUs = await hand.waitLine("DONE", (line) => /^DONE (\d+)$/.exec(line)?.[1]);
    const revoked = await agent.waitEvent("revoked", (event) => event.what === "control");
    assert.equal(revoked.by, "local_input");
    const afterMs = (Number(revoked.us) - Number(actedUs)) / 1000;
    assert.ok(afterMs >= 0 && afterMs <= 100, `revoked after ${afterMs} ms`);
    console.log(`revoked ${afterMs.toFixed(2)} ms after the owner's hand moved`);
    await viewer.waitEvent("revoked");
    const at = pointerAt(scene.display);
    viewer.write(JSON.stringify({ do: "move", x: 0.75, y: 0.75 }));
    await agent.waitEvent("tick", undefined, 20000);
    assert.equal(pointerAt(scene.display), at, "and moves nothing any more");
  });
});
