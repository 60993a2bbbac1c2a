// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What became of the pictures: each one that the browser puts on the screen says so (requestVideoFrameCallback). A
// page that nobody sees is told of none.

import { isScreen } from "./geometry.ts";

/** The longest gap is that of so many seconds. */
const GAPS = 10;

type Waiting = (at: number) => void;

export class Shown {
  /** Of the last second. */
  fps = 0;
  /** From the last packet's arrival to the screen, mean of the last second; -1: not known. */
  delayMs = -1;
  #video: HTMLVideoElement;
  #waiting: Waiting | null = null;
  #count = 0;
  #delays = 0;
  #delayMs = 0;
  #last = 0;
  #gaps = [0];

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    document.addEventListener("visibilitychange", () => (this.#last = 0));
    this.#follow();
  }

  /** Between two pictures, the longest of the last ten seconds. */
  get gapMs(): number {
    return Math.round(Math.max(...this.#gaps));
  }

  /** next - calls `shown` once, with the time of the next picture of a screen; who waits already is forgotten */
  next(shown: Waiting): void {
    this.#waiting = shown;
    this.#last = 0; // what lies before is another connection's
    if (this.#follows()) return;
    this.#video.addEventListener("loadeddata", () => this.#tell(performance.now()), { once: true });
  }

  /** second - closes the count of so many seconds */
  second(seconds: number): void {
    this.fps = Math.round(this.#count / seconds);
    this.delayMs = this.#delays > 0 ? Math.round(this.#delayMs / this.#delays) : -1;
    this.#count = this.#delays = this.#delayMs = 0;
    this.#gaps.push(0);
    if (this.#gaps.length > GAPS) this.#gaps.shift();
  }

  #follows(): boolean {
    return "requestVideoFrameCallback" in this.#video;
  }

  #follow(): void {
    if (!this.#follows()) return;
    this.#video.requestVideoFrameCallback((_now, picture) => {
      this.#follow();
      if (isScreen(picture)) this.#take(picture);
    });
  }

  #take(picture: VideoFrameCallbackMetadata): void {
    const at = picture.presentationTime;
    this.#count++;
    if (picture.receiveTime !== undefined) {
      this.#delays++;
      this.#delayMs += Math.max(0, at - picture.receiveTime);
    }
    const newest = this.#gaps.length - 1;
    if (this.#last > 0) this.#gaps[newest] = Math.max(this.#gaps[newest] ?? 0, at - this.#last);
    this.#last = at;
    this.#tell(at);
  }

  #tell(at: number): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(at);
  }
}
