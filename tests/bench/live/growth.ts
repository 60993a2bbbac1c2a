// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What running programs hold, and whether that grows.

import { readdirSync, readFileSync } from "node:fs";

export type Holding = { mb: number; descriptors: number; threads: number };

/** Of several processes together: memory of their own (not shared files), open descriptors, threads. */
export function holding(pids: number[]): Holding {
  const all = { mb: 0, descriptors: 0, threads: 0 };
  for (const pid of pids) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      all.mb += Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      all.threads += Number(/Threads:\s+(\d+)/.exec(status)?.[1] ?? 0);
      all.descriptors += readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      // it has just ended
    }
  }
  return all;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The median of the slopes between all pairs (Theil and Sen): single odd values do not move it. */
export function slope(points: [x: number, y: number][]): number {
  const slopes = points.flatMap(([x, y], index) => points.slice(index + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)));
  return slopes.length === 0 ? 0 : median(slopes);
}
