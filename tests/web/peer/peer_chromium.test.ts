// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A real offerer process and a real Chromium: certificates, channels, pictures, key frames, bye; and
// a far side that is killed.

import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";

const program = `${process.env.POUCE_BUILD_DIR}/tests/peer_end`;
const CONTROL = 0;

interface Line {
  description?: { type: RTCSdpType; sdp: string };
  candidate?: string;
  mline?: number;
  state?: string;
  reason?: string;
  message?: string;
  channel?: number;
  keyframe?: number;
  frames?: number;
  error?: string;
}

/** One end as a process; lines are kept, and waited for with a deadline. */
class End {
  readonly lines: Line[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  private waiting: (() => void)[] = [];
  onLine: (line: Line) => void = () => {};

  constructor(role: "offerer" | "answerer") {
    this.child = spawn(program, [role]);
    ends.push(this);
    this.child.stderr.pipe(process.stderr);
    createInterface({ input: this.child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      this.lines.push(line);
      this.onLine(line);
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  tell(order: object): void {
    if (!this.child.stdin.destroyed) this.child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  async heard(what: (line: Line) => boolean, ms = 15000): Promise<Line> {
    const deadline = performance.now() + ms;
    for (;;) {
      const line = this.lines.find(what);
      if (line) return line;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`not heard in ${ms} ms; got ${JSON.stringify(this.lines.slice(-5))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  state(name: string, ms?: number): Promise<Line> {
    return this.heard((line) => line.state === name, ms);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  async close(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once("exit", (code) => resolve(code)));
    this.child.stdin.end();
    return ended;
  }
}

let browser: Browser | undefined;
const ends: End[] = [];
after(async () => {
  for (const end of ends) end.kill();
  await browser?.close();
});

// In the page: an answerer with what a viewer needs, and no more.
function answerer(): void {
  const page = window as unknown as Record<string, unknown>;
  const peer = new RTCPeerConnection();
  const channels: Record<string, RTCDataChannel> = {};
  const received: { channel: string; text: string }[] = [];
  peer.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channels[channel.label] = channel;
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") received.push({ channel: channel.label, text: data });
    };
  };
  peer.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) {
      (page.outCandidate as (c: string, m: number) => void)(candidate.candidate, candidate.sdpMLineIndex ?? 0);
    }
  };
  peer.ontrack = ({ track }) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    document.body.append(video);
    void video.play();
  };
  Object.assign(page, { peer, channels, received });
}

async function open(end: End, alter = false): Promise<Page> {
  browser ??= await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const page = await browser.newPage();
  await page.exposeFunction("outCandidate", (candidate: string, mline: number) => end.tell({ candidate, mline }));
  await page.evaluate(answerer);
  let ready = Promise.resolve();
  end.onLine = (line) => {
    const take = async (): Promise<void> => {
      if (line.description) {
        const sdp = await page.evaluate(async (offer) => {
          const { peer } = window as unknown as { peer: RTCPeerConnection };
          await peer.setRemoteDescription(offer);
          await peer.setLocalDescription(await peer.createAnswer());
          return peer.localDescription?.sdp ?? "";
        }, line.description);
        const digit = /(a=fingerprint:sha-256 )(.)/g;
        const sent = alter ? sdp.replace(digit, (_, head: string, d: string) => head + (d === "0" ? "1" : "0")) : sdp;
        end.tell({ description: { type: "answer", sdp: sent } });
      } else if (line.candidate !== undefined) {
        await page.evaluate(
          ({ candidate, mline }) =>
            (window as unknown as { peer: RTCPeerConnection }).peer.addIceCandidate({ candidate, sdpMLineIndex: mline }),
          { candidate: line.candidate, mline: line.mline ?? 0 },
        );
      }
    };
    ready = ready.then(take).catch((error) => {
      if (!page.isClosed()) throw error;
    });
  };
  for (const line of [...end.lines]) end.onLine(line);
  return page;
}

function decoded(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
}

test("Chromium answers: channels, pictures, playout delay, key frame, bye", async () => {
  const end = new End("offerer");
  const page = await open(end);
  const begin = performance.now();
  await end.state("secure");
  await end.state("connected");
  console.log(`connected after ${Math.round(performance.now() - begin)} ms`);
  await page.waitForFunction(
    () => Object.keys((window as unknown as { channels: object }).channels).length === 5,
  );
  const labels = await page.evaluate(() => Object.keys((window as unknown as { channels: object }).channels).sort());
  assert.deepEqual(labels, ["control", "cursor", "files", "input", "motion"]);
  const unordered = await page.evaluate(() => {
    const { motion } = (window as unknown as { channels: Record<string, RTCDataChannel> }).channels;
    return motion ? [motion.ordered, motion.maxRetransmits] : [];
  });
  assert.deepEqual(unordered, [false, 0]);

  // before allow: nothing is shown
  assert.equal(await decoded(page), 0);
  end.tell({ send: '{"type":"hi"}', channel: CONTROL });
  await page.waitForFunction(() => (window as unknown as { received: unknown[] }).received.length > 0);
  await page.evaluate(() => {
    const { control } = (window as unknown as { channels: Record<string, RTCDataChannel> }).channels;
    control?.send('{"type":"ho"}');
  });
  await end.heard((line) => line.message === '{"type":"ho"}' && line.channel === CONTROL);

  const allowed = performance.now();
  end.tell({ allow: true });
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) === 640, undefined, {
    polling: "raf",
  });
  console.log(`first picture ${Math.round(performance.now() - allowed)} ms after allow`);
  await page.waitForFunction(
    () => (document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 50,
  );
  const agreed = await page.evaluate(() => {
    const { peer } = window as unknown as { peer: RTCPeerConnection };
    const answer = peer.localDescription?.sdp ?? "";
    return {
      delay: answer.includes("a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"),
      feedback: answer.includes("transport-cc") && answer.includes("a=extmap:3 "),
      nack: answer.includes("a=rtcp-fb:96 nack\r\n"),
    };
  });
  assert.deepEqual(agreed, { delay: true, feedback: true, nack: true });
  const held = await page.evaluate(async () => {
    const { peer } = window as unknown as { peer: RTCPeerConnection };
    for (const report of (await peer.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.kind === "video") {
        return (1000 * report.jitterBufferDelay) / report.jitterBufferEmittedCount;
      }
    }
    return -1;
  });
  console.log(`jitter buffer holds a frame ${held.toFixed(1)} ms on average`);
  assert.ok(held >= 0 && held < 60, `playout delay is not at work: ${held} ms`);

  end.tell({ close: "seeker" });
  await page.waitForFunction(() =>
    (window as unknown as { received: { text: string }[] }).received.some((m) => m.text.includes('"bye"')),
  );
  await end.state("closed");
  assert.equal(await end.close(), 0);
  await page.close();
});

test("an altered fingerprint in Chromium's answer is refused", async () => {
  const end = new End("offerer");
  const page = await open(end, true);
  const line = await end.state("failed");
  assert.match(line.reason ?? "", /certificate/);
  end.tell({ allow: true });
  assert.ok(!end.lines.some((l) => l.state === "secure" || l.state === "connected"));
  assert.equal(await decoded(page), 0);
  assert.equal(await page.evaluate(() => (window as unknown as { peer: RTCPeerConnection }).peer.connectionState ===
    "connected"), false);
  assert.equal(await end.close(), 0);
  await page.close();
});

test("a killed far side is noticed in less than 5 s", async () => {
  const offerer = new End("offerer");
  const viewer = new End("answerer");
  const pass = (to: End) => (line: Line) => {
    if (line.description || line.candidate !== undefined) to.tell(line);
  };
  for (const [from, to] of [[offerer, viewer], [viewer, offerer]] as const) {
    from.onLine = pass(to);
    for (const line of [...from.lines]) from.onLine(line);
  }
  await Promise.all([offerer.state("connected"), viewer.state("connected")]);
  viewer.tell({ allow: true });
  offerer.tell({ allow: true });
  await viewer.heard((line) => (line.frames ?? 0) >= 25);
  const killed = performance.now();
  viewer.kill();
  await offerer.state("lost", 5000);
  console.log(`noticed after ${((performance.now() - killed) / 1000).toFixed(2)} s`);
  assert.equal(await offerer.close(), 0);
});
