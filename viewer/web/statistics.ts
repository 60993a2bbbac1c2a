// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Figures of the connection, read once a second from the browser's own statistics and from each shown picture.

import { facts } from "./dom.ts";
import { isScreen } from "./geometry.ts";
import { say } from "./words.ts";

export interface Figures {
  fps: number;
  bitrate_bps: number;
  rtt_ms: number;
  lost: number;
  decoded: number;
  bytes: number;
}

interface Before {
  at: number;
  bytes: number;
  decoded: number;
}

/** What is taken from an inbound-rtp report; a browser may leave any of it out. */
type Inbound = { type: string; kind?: string; framesDecoded?: number; bytesReceived?: number; packetsLost?: number };

export class Statistics {
  /** Frames decoded on this link, as last read: what the signed time goes by. */
  decoded = 0;
  firstPictureMs = 0;
  #video: HTMLVideoElement;
  #before: Before | null = null;
  #total = 0;
  #totalBefore = 0;
  #figures: Figures = { fps: 0, bitrate_bps: 0, rtt_ms: 0, lost: 0, decoded: 0, bytes: 0 };

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** restart - a new link counts from nothing; the total goes on */
  restart(): void {
    this.decoded = 0;
    this.firstPictureMs = 0;
    this.#before = null;
    this.#totalBefore += this.#total;
    this.#total = 0;
  }

  /** forget - a new session */
  forget(): void {
    this.restart();
    this.#totalBefore = 0;
  }

  /** waitFirst - notes when the first picture is really shown, in ms after `since` */
  waitFirst(since: number, done: () => void): void {
    const first = (now: number): void => {
      if (this.firstPictureMs === 0) this.firstPictureMs = Math.max(1, Math.round(now - since));
      done();
    };
    if ("requestVideoFrameCallback" in this.#video) {
      this.#video.requestVideoFrameCallback((_now, picture) => {
        if (isScreen(picture)) first(picture.presentationTime);
        else this.waitFirst(since, done);
      });
    } else {
      (this.#video as HTMLVideoElement).addEventListener("loadeddata", () => first(performance.now()), { once: true });
    }
  }

  async read(connection: RTCPeerConnection, roundTripMs: number): Promise<Figures> {
    const inbound = await videoReport(connection);
    const now = performance.now();
    const bytes = inbound?.bytesReceived ?? 0;
    const decoded = inbound?.framesDecoded ?? 0;
    const before = this.#before ?? { at: now - 1000, bytes: 0, decoded: 0 };
    const seconds = Math.max(0.001, (now - before.at) / 1000);
    this.#before = { at: now, bytes, decoded };
    this.decoded = decoded;
    this.#total = bytes;
    this.#figures = {
      fps: Math.max(0, Math.round((decoded - before.decoded) / seconds)),
      bitrate_bps: Math.max(0, Math.round(((bytes - before.bytes) * 8) / seconds)),
      rtt_ms: Math.max(0, roundTripMs),
      lost: Math.max(0, inbound?.packetsLost ?? 0),
      decoded,
      bytes: this.#totalBefore + bytes,
    };
    return this.#figures;
  }

  write(list: HTMLElement): void {
    const f = this.#figures;
    const { videoWidth: width, videoHeight: height } = this.#video;
    const size = isScreen({ width, height }) ? `${width} × ${height}` : "";
    facts(list, [
      [say("stats.fps"), `${f.fps}`],
      [say("stats.bitrate"), `${(f.bitrate_bps / 1e6).toFixed(2)} Mb/s`],
      [say("stats.rtt"), `${f.rtt_ms} ms`],
      [say("stats.lost"), `${f.lost}`],
      [say("stats.decoded"), `${f.decoded}`],
      [say("stats.size"), size],
      [say("stats.total"), `${(f.bytes / 1e6).toFixed(1)} MB`],
      [say("stats.first"), this.firstPictureMs ? `${this.firstPictureMs} ms` : ""],
    ]);
  }
}

async function videoReport(connection: RTCPeerConnection): Promise<Inbound | null> {
  const report = await connection.getStats();
  let found: Inbound | null = null;
  report.forEach((entry: Inbound) => {
    if (entry.type === "inbound-rtp" && entry.kind === "video") found = entry;
  });
  return found;
}
