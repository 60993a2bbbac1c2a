// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The minutes of a soak: a line for each, and the judgement at the end.

import { percentile } from "../../support/latency.ts";
import { type Holding, holding, median, slope } from "./growth.ts";

/** After so many minutes caches and pools are taken for filled. */
const warmMinutes = 10;
/** What may be added in an hour by the slope alone: noise of allocators, and of Chromium's collector. */
const allowedPerHour: { mb: number; mbChromium: number; descriptors: number; threads: number } = {
  mb: 6,
  mbChromium: 60,
  descriptors: 3,
  threads: 3,
};

type Minute = { at: number; held: Map<string, Holding> };

export class Growth {
  sessions = 0;
  private readonly startedAt = performance.now();
  private readonly pids = new Map<string, () => number[]>();
  private readonly latencies = new Map<string, [minute: number, ms: number][]>();
  private readonly minutes: Minute[] = [];

  follow(name: string, pids: () => number[]): void {
    this.pids.set(name, pids);
  }

  private now(): number {
    return (performance.now() - this.startedAt) / 60_000;
  }

  latency(name: string, ms: number[]): void {
    if (ms.length === 0) return;
    const list = this.latencies.get(name) ?? [];
    this.latencies.set(name, list);
    list.push([this.now(), percentile(ms, 50)]);
  }

  minute(): void {
    const at = this.now();
    const held = new Map([...this.pids].map(([name, pids]) => [name, holding(pids())]));
    this.minutes.push({ at, held });
    const programs = [...held].map(([name, one]) => `${name} ${one.mb.toFixed(1)} MB ${one.descriptors} fd ${one.threads} th`);
    const last = [...this.latencies].map(([name, list]) => `${name} ${list.at(-1)?.[1].toFixed(1)} ms`);
    console.log(`${String(Math.round(at)).padStart(3)} min, ${this.sessions} sessions | ${programs.join(" | ")} | ${last.join(", ")}`);
  }

  /** True when nothing grew. A run shorter than half an hour is told, not judged. */
  judge(): boolean {
    const warm = this.minutes.filter(({ at }) => at >= Math.min(warmMinutes, this.now() / 3));
    const judged = this.now() >= 30;
    let good = true;
    const check = (what: string, perHour: number, allowed: number): void => {
      const grew = perHour > allowed;
      good &&= !grew || !judged;
      console.log(`${grew ? "GREW  " : "steady"} ${what}: ${perHour.toFixed(2)} an hour (at most ${allowed})`);
    };
    for (const name of this.pids.keys()) {
      const points = (pick: (one: Holding) => number): [number, number][] =>
        warm.flatMap(({ at, held }) => (held.has(name) ? [[at / 60, pick(held.get(name) as Holding)] as [number, number]] : []));
      check(`${name}, MB`, slope(points((one) => one.mb)), name === "Chromium" ? allowedPerHour.mbChromium : allowedPerHour.mb);
      check(`${name}, descriptors`, slope(points((one) => one.descriptors)), allowedPerHour.descriptors);
      check(`${name}, threads`, slope(points((one) => one.threads)), allowedPerHour.threads);
    }
    for (const [name, list] of this.latencies) {
      const middle = median(list.map(([, ms]) => ms));
      check(`latency ${name}, ms (median ${middle.toFixed(1)})`, slope(list.map(([at, ms]) => [at / 60, ms])), Math.max(2, middle / 3));
    }
    console.log(`${this.sessions} sessions one after another, ${judged ? (good ? "nothing grew" : "something grew") : "too short to judge"}`);
    return good;
  }
}
