// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's drawing on the seeker's screen: strokes in wire positions, and what to send of them. Pure: no DOM.
//
// Points are collected and sent by flush(), at most once a picture; undo clears and sends the rest again,
// because the protocol knows strokes and clear, no more.

import type { Point } from "./geometry.ts";
import { INK_POINTS_MAX } from "./wire/limits.ts";

export interface InkMessage {
  type: "ink";
  stroke: number;
  color: string;
  points: number[];
  end: boolean;
}

export type InkOut = InkMessage | { type: "ink_clear" };

export interface Stroke {
  id: number;
  color: string;
  points: Point[];
}

/** Strokes kept, points a stroke: older strokes go first, a longer stroke ends. */
const STROKES_MAX = 200;
const POINTS_MAX = 4096;
/** Closer points than this (wire units, about 1 px of 1080p) add nothing. */
const STEP_MIN = 30;

export class Ink {
  readonly strokes: Stroke[] = [];
  #open: Stroke | null = null;
  #sent = 0;
  #next = 1;
  #send: (message: InkOut) => void;

  constructor(send: (message: InkOut) => void) {
    this.#send = send;
  }

  get drawing(): boolean {
    return this.#open !== null;
  }

  begin(color: string, at: Point): void {
    this.end();
    this.#open = { id: this.#next++, color, points: [at] };
    this.#sent = 0;
    this.strokes.push(this.#open);
    if (this.strokes.length > STROKES_MAX) this.strokes.shift();
  }

  extend(at: Point): void {
    const stroke = this.#open;
    const last = stroke?.points[stroke.points.length - 1];
    if (!stroke || !last || stroke.points.length >= POINTS_MAX) return;
    if (Math.hypot(at.x - last.x, at.y - last.y) < STEP_MIN) return;
    stroke.points.push(at);
  }

  /** flush - sends the points that the seeker has not got */
  flush(): void {
    if (this.#open && this.#sent < this.#open.points.length) this.#sendFrom(this.#open, this.#sent, false);
    if (this.#open) this.#sent = this.#open.points.length;
  }

  end(): void {
    if (!this.#open) return;
    this.#sendFrom(this.#open, this.#sent, true);
    this.#open = null;
  }

  undo(): void {
    this.end();
    if (!this.strokes.pop()) return;
    this.resend();
  }

  clear(): void {
    this.#open = null;
    this.strokes.length = 0;
    this.#send({ type: "ink_clear" });
  }

  /** forget - the seeker's screen no longer shows it */
  forget(): void {
    this.#open = null;
    this.strokes.length = 0;
  }

  /** resend - after a reconnection, or with a stroke less */
  resend(): void {
    this.#send({ type: "ink_clear" });
    for (const stroke of this.strokes) {
      stroke.id = this.#next++;
      this.#sendFrom(stroke, 0, true);
    }
  }

  #sendFrom(stroke: Stroke, from: number, end: boolean): void {
    let at = from;
    do {
      const some = stroke.points.slice(at, at + INK_POINTS_MAX);
      at += some.length;
      const points = some.flatMap((point) => [point.x, point.y]);
      const last = at >= stroke.points.length;
      this.#send({ type: "ink", stroke: stroke.id, color: stroke.color, points, end: end && last });
    } while (at < stroke.points.length);
  }
}
