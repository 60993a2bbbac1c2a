// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Reads the counter (counter.h) in Chromium from the decoded frames of every video track that arrives, beside
// the page's own use of it, and notes when the same frames were given to the screen.

import type { Page } from "playwright-core";
import { probePoint, type Seen } from "./counter.ts";

type Noted = { at: number; code: number; rtp: number; bytes: number };
type Notes = { decoded: Noted[]; shown: [rtp: number, at: number][]; connections: RTCPeerConnection[]; stages: [string, number][]; keys: number[] };

/** To run in the page before its own code. */
export const browserProbe = `(${install.toString()})(${probePoint.x - 4}, ${probePoint.y})`;

function install(left: number, top: number): void {
  const notes: Notes = { decoded: [], shown: [], connections: [], stages: [], keys: [] };
  (globalThis as unknown as { pouceNotes: Notes }).pouceNotes = notes;
  const stage = (name: string): void => void notes.stages.push([name, performance.now()]);
  addEventListener("keydown", (event) => void notes.keys.push(event.timeStamp), true);
  const pixels = new Uint8Array(64 * 2 * 2);
  const read = async (frame: any): Promise<number> => {
    await frame.copyTo(pixels, { rect: { x: left, y: top, width: 64, height: 2 } });
    let code = 0;
    for (let bit = 0; bit < 8; bit++) if ((pixels[bit * 8 + 4] ?? 0) > 127) code |= 1 << bit;
    return code;
  };
  const watch = async (track: MediaStreamTrack): Promise<void> => {
    const Processor = (globalThis as any).MediaStreamTrackProcessor;
    const reader = new Processor({ track }).readable.getReader();
    for (let before = -1; ; ) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      const at = performance.now();
      if (frame.codedWidth >= left + 64 && frame.codedHeight >= top + 2) {
        const code = await read(frame);
        if (before < 0) stage("decoded");
        if (code !== before) notes.decoded.push({ at, code, rtp: frame.metadata?.().rtpTimestamp ?? -1, bytes: 0 });
        before = code;
      }
      frame.close();
    }
  };
  let followed = false;
  const follow = (video: HTMLVideoElement): void => {
    video.requestVideoFrameCallback((_now, picture) => {
      if (picture.width >= 16) {
        if (notes.shown.length === 0) stage("shown");
        notes.shown.push([picture.rtpTimestamp ?? -1, picture.presentationTime]);
      }
      follow(video);
    });
  };
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(config?: RTCConfiguration) {
      super(config);
      notes.connections.push(this);
      stage("made");
      this.addEventListener("track", ({ track }) => {
        if (track.kind !== "video") return;
        stage("track");
        void watch(track);
        notes.shown.length = 0;
        const video = document.querySelector("video");
        if (video && !followed) follow(video);
        followed ||= video !== null;
      });
      this.addEventListener("connectionstatechange", () => stage(this.connectionState));
      this.addEventListener("iceconnectionstatechange", () => stage(`ice ${this.iceConnectionState}`));
      this.addEventListener("signalingstatechange", () => stage(`signaling ${this.signalingState}`));
      this.addEventListener("datachannel", ({ channel }) => channel.label === "control" && stage("channel"));
    }
  };
}

/** What turns the page's performance.now() into µs of the monotonic clock. */
async function originUs(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const { metrics } = await client.send("Performance.getMetrics");
  await client.detach();
  return (metrics.find(({ name }) => name === "NavigationStart")?.value ?? NaN) * 1e6;
}

/** What was read since the last call. */
export async function takeSeen(page: Page): Promise<Seen[]> {
  const origin = await originUs(page);
  const { decoded, shown } = await page.evaluate(() => {
    const notes = (globalThis as unknown as { pouceNotes: Notes }).pouceNotes;
    return { decoded: notes.decoded.splice(0), shown: notes.shown.splice(0) };
  });
  const shownAt = new Map(shown);
  return decoded.map(({ at, code, rtp }) => {
    const onScreen = shownAt.get(rtp);
    return { us: origin + at * 1000, code, ...(onScreen ? { shownUs: origin + onScreen * 1000 } : {}) };
  });
}

/** When keys were pressed in the page since the last call, in monotonic µs. */
export async function takeKeys(page: Page): Promise<number[]> {
  const origin = await originUs(page);
  const keys = await page.evaluate(() => (globalThis as unknown as { pouceNotes: Notes }).pouceNotes.keys.splice(0));
  return keys.map((at) => origin + at * 1000);
}

/** What happened on the way to the first picture: names and monotonic µs. */
export async function takeStages(page: Page): Promise<[string, number][]> {
  const origin = await originUs(page);
  const stages = await page.evaluate(() => (globalThis as unknown as { pouceNotes: Notes }).pouceNotes.stages.splice(0));
  return stages.map(([name, at]) => [name, origin + at * 1000]);
}

/** Bytes of video that the connection made last has received. */
export function receivedBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const last = (globalThis as unknown as { pouceNotes: Notes }).pouceNotes.connections.at(-1);
    let bytes = 0;
    (await last?.getStats())?.forEach((entry: any) => {
      if (entry.type === "inbound-rtp" && entry.kind === "video") bytes += entry.bytesReceived + entry.headerBytesReceived;
    });
    return bytes;
  });
}

export type ProcessInfo = { type: string; id: number; cpuTime: number };

/** The processes of the browser, with CPU seconds so far. */
export async function processes(page: Page): Promise<ProcessInfo[]> {
  const browser = page.context().browser();
  if (!browser) return [];
  const client = await browser.newBrowserCDPSession();
  const { processInfo } = await client.send("SystemInfo.getProcessInfo");
  await client.detach();
  return processInfo as ProcessInfo[];
}
