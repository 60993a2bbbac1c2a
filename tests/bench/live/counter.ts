// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Changes of the screen that are counted in the picture itself (counter.h): plays a scene, and pairs what was
// drawn with what was read from decoded pixels.

import { join } from "node:path";
import { cpuSecondsOf } from "../../support/cost.ts";
import { buildDir, type Program, type Stage } from "../../support/programs.ts";

export const bits = 8;
/** The upper left corner of the counter, and the middle of its first square. */
export const place = { x: 1216, y: 704 };
export const probePoint = { x: place.x + 4, y: place.y + 4 };
/** For `pouce-viewer --probe`. */
export const probe = `${probePoint.x},${probePoint.y},${bits}`;

export type Scene = "patch" | "typing" | "caret" | "scrolling" | "windows" | "whole" | "video";

/** A number was drawn, or read from a decoded picture. @bytes: received so far; @shownUs: given to the screen. */
export type Seen = { us: number; code: number; bytes?: number; shownUs?: number };

export function parseSeen(lines: string[]): Seen[] {
  return lines
    .map((line) => /^(\d+) (\d+)(?: (\d+))?$/.exec(line))
    .filter((match): match is RegExpExecArray => match !== null)
    .map(([, us, code, bytes]) => ({ us: Number(us), code: Number(code), ...(bytes ? { bytes: Number(bytes) } : {}) }));
}

/** Gray code to the number. */
export function numberOf(code: number): number {
  let number = 0;
  for (let rest = code; rest > 0; rest >>= 1) number ^= rest;
  return number;
}

/** For each number drawn, the first picture that showed it or a later one: a picture may skip some. */
export function pairSeen(drawn: Seen[], seen: Seen[]): { hits: { drawn: Seen; seen: Seen }[]; missed: number } {
  const hits: { drawn: Seen; seen: Seen }[] = [];
  const span = 1 << bits;
  const sorted = [...seen].sort((a, b) => a.us - b.us);
  let from = 0;
  for (const one of drawn) {
    while (from < sorted.length && (sorted[from] as Seen).us < one.us) from++;
    const shows = (other: Seen): boolean =>
      (numberOf(other.code) - numberOf(one.code) + span) % span < span / 2 && other.us - one.us < 5_000_000;
    const hit = sorted.slice(from, from + span).find(shows);
    if (hit) hits.push({ drawn: one, seen: hit });
  }
  return { hits, missed: drawn.length - hits.length };
}

export type Pace = { count: number; intervalMs: number; jitterMs?: number; onKey?: boolean; seed?: number };

export function startPlay(stage: Stage, display: string, scene: Scene, pace: Pace): Program {
  const what = ["--display", display, "--scene", scene, "--x", `${place.x}`, "--y", `${place.y}`];
  const when = ["--count", `${pace.count}`, "--interval", `${pace.intervalMs}`, "--jitter", `${Math.round(pace.jitterMs ?? 0)}`];
  const how = [...(pace.onKey ? ["--on-key"] : []), "--seed", `${pace.seed ?? 1}`];
  return stage.start(join(buildDir, "bench/play"), [...what, ...when, ...how]);
}

export const isReady = (line: string): true | undefined => (line === "READY" ? true : undefined);

/** Plays to the end. Returns what was drawn. */
export async function play(stage: Stage, display: string, scene: Scene, pace: Pace): Promise<Seen[]> {
  const program = startPlay(stage, display, scene, pace);
  const code = await program.exited;
  if (code !== 0) throw program.failure(`ended with ${code}`);
  return parseSeen(program.lines);
}

export const msOf = (hits: { drawn: Seen; seen: Seen }[]): number[] => hits.map(({ drawn, seen }) => (seen.us - drawn.us) / 1000);

export type Cost = { result: number; cpu: number[]; seconds: number };

/** Lets @program run to its end and says what the groups of processes took meanwhile, in % of a core. */
export async function meter(program: Program, groups: number[][]): Promise<Cost> {
  const total = (): number[] => groups.map(cpuSecondsOf);
  const before = total();
  const startedAt = performance.now();
  const result = await program.exited;
  const seconds = (performance.now() - startedAt) / 1000;
  return { result, seconds, cpu: total().map((after, index) => (100 * (after - (before[index] ?? 0))) / seconds) };
}
