// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What stands on an X display, read back pixel by pixel.

import { spawnSync } from "node:child_process";

export type Color = [number, number, number];
export type Box = { x: number; y: number; width: number; height: number };

/** Places in the header of an X window dump, each a big-endian word. */
const HEADER = { size: 0, width: 16, height: 20, byteOrder: 28, bits: 44, lineBytes: 48, colors: 76 };
const COLOR_BYTES = 12;

export class Screenshot {
  private constructor(
    readonly width: number,
    readonly height: number,
    private readonly lineBytes: number,
    private readonly pixelBytes: number,
    private readonly lowFirst: boolean,
    private readonly pixels: Buffer,
  ) {}

  static take(display: string): Screenshot {
    const run = spawnSync("xwd", ["-root", "-silent"], {
      env: { ...process.env, DISPLAY: display },
      maxBuffer: 64 * 1024 * 1024,
    });
    const dump: Buffer = run.stdout;
    if (run.status !== 0 || dump.length < 100) throw new Error(`no picture of ${display}: ${run.stderr}`);
    const word = (at: number): number => dump.readUInt32BE(at);
    // With windows of several depths xwd puts them together itself, in three bytes a pixel.
    const bytes = word(HEADER.bits) / 8;
    if (bytes !== 3 && bytes !== 4) throw new Error(`${display} has ${word(HEADER.bits)} bits a pixel`);
    const pixels = dump.subarray(word(HEADER.size) + word(HEADER.colors) * COLOR_BYTES);
    const lowFirst = word(HEADER.byteOrder) === 0;
    return new Screenshot(word(HEADER.width), word(HEADER.height), word(HEADER.lineBytes), bytes, lowFirst, pixels);
  }

  at(x: number, y: number): Color {
    const from = y * this.lineBytes + x * this.pixelBytes;
    const channel = (n: number): number => this.pixels[from + (this.lowFirst ? n : this.pixelBytes - 1 - n)] ?? 0;
    return [channel(2), channel(1), channel(0)];
  }

  has(x: number, y: number, [r, g, b]: Color, within = 8): boolean {
    const [red, green, blue] = this.at(x, y);
    return Math.abs(red - r) <= within && Math.abs(green - g) <= within && Math.abs(blue - b) <= within;
  }

  /** Around all pixels of this colour; undefined without one. */
  boxOf(color: Color, within = 8): Box | undefined {
    let left = this.width, top = this.height, right = -1, bottom = -1;
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        if (!this.has(x, y, color, within)) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = y;
      }
    }
    return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }

  /** How near @other comes to the part of this that begins at @x, @y; dB, 99 for the same. */
  psnr(other: Screenshot, x: number, y: number): number {
    let sum = 0;
    for (let line = 0; line < other.height; line++) {
      for (let column = 0; column < other.width; column++) {
        const mine = this.at(x + column, y + line);
        other.at(column, line).forEach((value, channel) => (sum += ((mine[channel] ?? 0) - value) ** 2));
      }
    }
    return sum === 0 ? 99 : 10 * Math.log10((255 ** 2 * other.width * other.height * 3) / sum);
  }
}

/** Looks until @found gives something. A window that goes away while xwd reads makes that one fail. */
export function lookFor<T>(display: string, what: string, found: (shot: Screenshot) => T | undefined, deadlineMs = 15000): T {
  const until = performance.now() + deadlineMs;
  let trouble = "";
  while (performance.now() < until) {
    try {
      const value = found(Screenshot.take(display));
      if (value !== undefined) return value;
    } catch (error) {
      trouble = String(error);
    }
  }
  throw new Error(`${what} was not seen on ${display} within ${deadlineMs} ms ${trouble}`);
}
