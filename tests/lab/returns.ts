// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A session between two homes whose network goes and comes back.

import assert from "node:assert/strict";
import type { Event, Program } from "../support/programs.ts";
import type { Home } from "./internet.ts";
import { rateMinorPerMin, type Pair, Town } from "./town.ts";

export const resumeMaxMs = 3000;
const tickMs = 5000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function cost(signedMs: number): number {
  return Math.floor((rateMinorPerMin * signedMs + 30000) / 60000);
}

/** The next event called @name that satisfies @where and comes from now on. */
function next(program: Program, name: string, deadlineMs: number, where: (event: Event) => boolean = () => true): Promise<Event> {
  const before = program.events(name).length;
  let seen = 0;
  return program.waitEvent(name, (event) => ++seen > before && where(event), deadlineMs);
}

/** Frames arrive again at the viewer, of a session that both ends hold for live. */
export async function resumed(pair: Pair, deadlineMs: number): Promise<number> {
  const start = performance.now();
  await Promise.all([
    next(pair.agent, "phase", deadlineMs, (event) => event.phase === "live"),
    Promise.race([next(pair.viewer, "first_frame", deadlineMs), next(pair.viewer, "resumed", deadlineMs)]),
  ]);
  return performance.now() - start;
}

export async function withPair(play: (town: Town, pair: Pair, homes: [Home, Home]) => Promise<void>): Promise<void> {
  const town = await Town.open();
  try {
    const homes: [Home, Home] = [town.internet.home("port-restricted"), town.internet.home("symmetric")];
    const pair = await town.connect(...homes);
    await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > 0, 20000);
    await play(town, pair, homes);
  } finally {
    await town.close();
  }
}

/** The end of a session in the books: only what both signed is charged, nothing is held any more. */
export async function assertSettled(town: Town, pair: Pair, liveMs: number): Promise<void> {
  await pair.agent.stop();
  await pair.viewer.waitEvent("settled", () => true, 20000);
  const session = await town.newest();
  assert.equal(session.state, "settled");
  assert.equal(session.cost_minor, cost(session.signed_ms));
  assert.ok(session.signed_ms <= liveMs + tickMs, `${session.signed_ms} ms signed, ${liveMs} ms live`);
  town.broker.ctl(["ledger", "verify"]);
}

export async function outage(lengthMs: number): Promise<void> {
  await withPair(async (town, pair, [, helperHome]) => {
    const start = performance.now();
    helperHome.outage();
    const cut = performance.now();
    await Promise.all([pair.agent.waitEvent("lost", () => true, 10000), pair.viewer.waitEvent("lost", () => true, 10000)]);
    const noticedMs = performance.now() - cut;
    assert.ok(noticedMs < 6000, `noticed after ${noticedMs} ms`);
    await wait(lengthMs - noticedMs);
    helperHome.back();
    const ms = await resumed(pair, 20000);
    console.log(`outage of ${lengthMs} ms: noticed after ${Math.round(noticedMs)} ms, resumed ${Math.round(ms)} ms after`);
    assert.ok(ms < resumeMaxMs, `resumed after ${ms} ms`);
    const signed = pair.viewer.events("signed").length;
    await pair.viewer.waitEvent("signed", () => pair.viewer.events("signed").length > signed, 20000);
    const questions = pair.agent.events("phase").filter((event) => event.phase === "consent");
    assert.equal(questions.length, 1, "consent is asked once");
    const total = performance.now() - start;
    await assertSettled(town, pair, total - lengthMs + 6000 + tickMs);
  });
}
