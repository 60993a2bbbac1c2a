// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What each thread of a program took, from the kernel's own accounting: time to the ns, and how often it woke.

import { readdirSync, readFileSync } from "node:fs";

type Taken = { name: string; ns: number; wakes: number };
export type ThreadCost = { thread: string; percent: number; wakes_per_s: number };

function readThreads(pid: number): Map<string, Taken> {
  const found = new Map<string, Taken>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const read = (what: string): string => readFileSync(`/proc/${pid}/task/${id}/${what}`, "utf8");
      const wakes = Number(/\nvoluntary_ctxt_switches:\s+(\d+)/.exec(read("status"))?.[1] ?? 0);
      found.set(id, { name: read("comm").trim(), ns: Number(read("schedstat").split(" ")[0]), wakes });
    } catch {
      continue; // it ended meanwhile
    }
  }
  return found;
}

/** Counts from now on; call the result to learn what was taken since. Threads of one name count together. */
export function countThreads(pid: number): () => { percent: number; wakes_per_s: number; threads: ThreadCost[] } {
  const before = readThreads(pid);
  const startedAt = performance.now();
  return () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const sums = new Map<string, { ns: number; wakes: number }>();
    for (const [id, { name, ns, wakes }] of readThreads(pid)) {
      const sum = sums.get(name) ?? { ns: 0, wakes: 0 };
      sum.ns += ns - (before.get(id)?.ns ?? 0);
      sum.wakes += wakes - (before.get(id)?.wakes ?? 0);
      sums.set(name, sum);
    }
    const percent = (ns: number): number => Math.round(ns / 1e4 / seconds) / 1000;
    const often = (wakes: number): number => Math.round((10 * wakes) / seconds) / 10;
    const total = { ns: 0, wakes: 0 };
    for (const { ns, wakes } of sums.values()) (total.ns += ns), (total.wakes += wakes);
    const threads = [...sums]
      .filter(([, { wakes }]) => wakes > 0)
      .sort(([, a], [, b]) => b.ns - a.ns)
      .map(([thread, { ns, wakes }]) => ({ thread, percent: percent(ns), wakes_per_s: often(wakes) }));
    return { percent: percent(total.ns), wakes_per_s: often(total.wakes), threads };
  };
}
