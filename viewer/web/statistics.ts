// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Figures of the connection: once a second from the browser's own statistics, and from each picture that is shown.

import { facts } from "./dom.ts";
import { isScreen } from "./geometry.ts";
import { Shown } from "./shown.ts";
import { say } from "./words.ts";

export interface Figures {
  fps: number;
  bitrate_bps: number;
  rtt_ms: number;
  lost: number;
  decoded: number;
  bytes: number;
  /** Share of the packets of the last seconds. */
  loss: number;
}

/** What one connection has brought so far. */
interface Brought {
  bytes: number;
  decoded: number;
  lost: number;
  received: number;
}

/** What is taken from a report; a browser may leave any of it out. */
type Report = {
  type: string;
  kind?: string;
  framesDecoded?: number;
  bytesReceived?: number;
  packetsLost?: number;
  packetsReceived?: number;
};

const NOTHING: Brought = { bytes: 0, decoded: 0, lost: 0, received: 0 };
/** Of what is remembered of lost packets, this much is left after a second: some ten seconds count. */
const LATELY_KEPT = 0.9;

export class Statistics {
  /** Frames decoded on this link, as last read: what the signed time goes by. */
  decoded = 0;
  firstPictureMs = 0;
  #video: HTMLVideoElement;
  #shown: Shown;
  /** As last read; one that was silent for a while goes on from there. */
  #before = new WeakMap<RTCPeerConnection, Brought & { at: number }>();
  #total = 0;
  #lately = { lost: 0, received: 0 };
  #figures: Figures = { fps: 0, bitrate_bps: 0, rtt_ms: 0, lost: 0, decoded: 0, bytes: 0, loss: 0 };

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.#shown = new Shown(video);
  }

  /** restart - a new link counts from nothing; the total goes on */
  restart(): void {
    this.decoded = 0;
    this.firstPictureMs = 0;
  }

  /** forget - a new session */
  forget(): void {
    this.restart();
    this.#total = 0;
    this.#lately = { lost: 0, received: 0 };
    this.#figures = { fps: 0, bitrate_bps: 0, rtt_ms: 0, lost: 0, decoded: 0, bytes: 0, loss: 0 };
  }

  /** waitFirst - notes when the first picture is really shown, in ms after `since` */
  waitFirst(since: number, done: () => void): void {
    this.#shown.next((at) => {
      if (this.firstPictureMs === 0) this.firstPictureMs = Math.max(1, Math.round(at - since));
      done();
    });
  }

  /** watch - tells of each picture that is shown, by its time on the way, until that returns false */
  watch(tell: (rtpTimestamp: number) => boolean): void {
    if (!("requestVideoFrameCallback" in this.#video)) return;
    this.#video.requestVideoFrameCallback((_now, picture) => {
      if (tell(picture.rtpTimestamp ?? 0)) this.watch(tell);
    });
  }

  async read(connection: RTCPeerConnection, roundTripMs: number): Promise<Figures> {
    const brought = await readAll(connection);
    const now = performance.now();
    const { bytes, decoded } = brought;
    const before = this.#before.get(connection) ?? { at: now - 1000, ...NOTHING };
    const seconds = Math.max(0.001, (now - before.at) / 1000);
    this.#before.set(connection, { at: now, ...brought });
    this.decoded = decoded;
    this.#total += Math.max(0, bytes - before.bytes);
    this.#shown.second(seconds);
    this.#figures = {
      fps: Math.max(0, Math.round((decoded - before.decoded) / seconds)),
      bitrate_bps: Math.max(0, Math.round(((bytes - before.bytes) * 8) / seconds)),
      rtt_ms: Math.max(0, roundTripMs),
      lost: brought.lost,
      decoded,
      bytes: this.#total,
      loss: this.#loss(brought, before),
    };
    return this.#figures;
  }

  #loss(now: Brought, before: Brought): number {
    // A late packet is no longer lost: the count may fall.
    const lost = this.#lately.lost * LATELY_KEPT + Math.max(0, now.lost - before.lost);
    const received = this.#lately.received * LATELY_KEPT + Math.max(0, now.received - before.received);
    this.#lately = { lost, received };
    return lost + received > 0 ? lost / (lost + received) : 0;
  }

  /** line - what is always to be seen */
  line(): string {
    const { bitrate_bps, rtt_ms, loss, bytes } = this.#figures;
    return say("stats.line", {
      rate: (bitrate_bps / 1e6).toFixed(2),
      rtt: rtt_ms,
      loss: (100 * loss).toFixed(1),
      total: (bytes / 1e6).toFixed(1),
    });
  }

  write(list: HTMLElement): void {
    const f = this.#figures;
    const { videoWidth: width, videoHeight: height } = this.#video;
    const size = isScreen({ width, height }) ? `${width} × ${height}` : "";
    facts(list, [
      [say("stats.fps"), `${f.fps}`],
      [say("stats.bitrate"), `${(f.bitrate_bps / 1e6).toFixed(2)} Mb/s`],
      [say("stats.rtt"), `${f.rtt_ms} ms`],
      [say("stats.lost"), `${(100 * f.loss).toFixed(1)} %`],
      [say("stats.decoded"), `${f.decoded}`],
      [say("stats.size"), size],
      [say("stats.total"), `${(f.bytes / 1e6).toFixed(1)} MB`],
      [say("stats.shown"), `${this.#shown.fps}`],
      [say("stats.delay"), this.#shown.delayMs < 0 ? "" : `${this.#shown.delayMs} ms`],
      [say("stats.gap"), `${this.#shown.gapMs} ms`],
      [say("stats.first"), this.firstPictureMs ? `${this.firstPictureMs} ms` : ""],
    ]);
  }
}

/** All that came: of the picture, of voice and of messages. */
async function readAll(connection: RTCPeerConnection): Promise<Brought> {
  const report = await connection.getStats();
  const out = { ...NOTHING };
  let transport = 0;
  let parts = 0;
  report.forEach((entry: Report) => {
    if (entry.type === "transport") transport += entry.bytesReceived ?? 0;
    if (entry.type === "data-channel") parts += entry.bytesReceived ?? 0;
    if (entry.type !== "inbound-rtp") return;
    parts += entry.bytesReceived ?? 0;
    out.lost += Math.max(0, entry.packetsLost ?? 0);
    out.received += entry.packetsReceived ?? 0;
    if (entry.kind === "video") out.decoded += entry.framesDecoded ?? 0;
  });
  out.bytes = Math.max(transport, parts); // not every browser counts the whole
  return out;
}
