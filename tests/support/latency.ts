// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From a change on the seeker's screen to the same change decoded at the helper: pairs the times that
// tests/bench/live/flip printed (drawn) with those of `pouce-viewer --probe` (decoded). One machine,
// one monotonic clock.

import { join } from "node:path";
import { buildDir, type Program, type Stage } from "./programs.ts";

export type Change = { us: number; luma: number };

/** Where flip draws, and the point in its middle to be probed. */
export const patch = { x: 1216, y: 704, size: 64, probe: "1248,736" };

export function parseChanges(lines: string[]): Change[] {
  return lines
    .map((line) => /^(\d+) (\d+)$/.exec(line))
    .filter((match): match is RegExpExecArray => match !== null)
    .map((match) => ({ us: Number(match[1]), luma: Number(match[2]) }));
}

/** For each drawn change the first decoded one of the same brightness before the next is drawn. */
export function pair(drawn: Change[], decoded: Change[]): { ms: number[]; missed: number } {
  const ms: number[] = [];
  drawn.forEach((change, index) => {
    const until = drawn[index + 1]?.us ?? Infinity;
    const hit = decoded.find((d) => d.us >= change.us && d.us < until && d.luma > 127 === change.luma > 127);
    if (hit) ms.push((hit.us - change.us) / 1000);
  });
  return { ms, missed: drawn.length - ms.length };
}

export function percentile(values: number[], p: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? NaN;
}

export async function flip(stage: Stage, display: string, count: number, intervalMs: number): Promise<Change[]> {
  const where = ["--display", display, "--x", `${patch.x}`, "--y", `${patch.y}`, "--size", `${patch.size}`];
  const pace = ["--count", `${count}`, "--interval", `${intervalMs}`, "--jitter", `${Math.ceil(intervalMs / 2)}`];
  const program: Program = stage.start(join(buildDir, "bench/flip"), [...where, ...pace]);
  const code = await program.exited;
  if (code !== 0) throw program.failure(`ended with ${code}`);
  return parseChanges(program.lines);
}
