// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A session between two homes whose network goes and comes back.

import assert from "node:assert/strict";
import type { Event, Program } from "../support/programs.ts";
import type { Home } from "./internet.ts";
import { rateMinorPerMin, type Pair, Town } from "./town.ts";

export const resumeMaxMs = 3000;
const noticeMaxMs = 5000;

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

export type Play = (town: Town, pair: Pair, homes: [Home, Home], since: Since) => Promise<void>;

export async function withPair(play: Play): Promise<void> {
  const town = await Town.open();
  try {
    const homes: [Home, Home] = [town.internet.home("port-restricted"), town.internet.home("symmetric")];
    const since = { signedMs: 0, at: performance.now() };
    const pair = await town.connect(...homes);
    await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > 0, 20000);
    await play(town, pair, homes, since);
  } finally {
    await town.close();
  }
}

/** What had been signed when nothing could be signed any more, and when it could be again (performance.now()). */
export type Since = { signedMs: number; at: number };

export function signedMs(pair: Pair): number {
  return Math.max(0, ...pair.viewer.events("signed").map((event) => Number(event.signed_ms)));
}

/** Half an interval: what both chains close at one moment may be told in two steps. */
const stepMs = 2500;

/** Waits for the next interval after @pastMs to be signed by both. Another one begins at that moment. */
export async function signedPast(pair: Pair, pastMs: number): Promise<number> {
  await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > pastMs + stepMs, 20000);
  return signedMs(pair);
}

/** The end of a session in the books: only what both signed is charged, nothing is held any more. */
export async function assertSettled(town: Town, pair: Pair, since: Since): Promise<void> {
  await pair.agent.stop();
  await pair.viewer.waitEvent("settled", () => true, 20000);
  const session = await town.newest();
  assert.equal(session.state, "settled");
  assert.equal(session.cost_minor, cost(session.signed_ms));
  const most = since.signedMs + performance.now() - since.at;
  assert.ok(session.signed_ms <= most, `${session.signed_ms} ms signed, at most ${Math.round(most)} ms were live`);
  town.broker.ctl(["ledger", "verify"]);
}

/** Both ends notice that the line is dead, with the broker still there or not. */
export async function noticed(pair: Pair, cutAt: number): Promise<number> {
  await Promise.all([next(pair.agent, "lost", 10000), next(pair.viewer, "lost", 10000)]);
  const ms = performance.now() - cutAt;
  assert.ok(ms < noticeMaxMs, `noticed after ${ms} ms`);
  return ms;
}

/** One end's computer gets another address in its network: as good as a line that comes back at once. */
export async function anotherAddress(who: "helper" | "seeker"): Promise<void> {
  await withPair(async (town, pair, [seekerHome, helperHome], since) => {
    (who === "helper" ? helperHome : seekerHome).changeAddress();
    const ms = await resumed(pair, 20000);
    console.log(`the ${who}'s address changes: resumed ${Math.round(ms)} ms after`);
    assert.ok(ms < resumeMaxMs, `resumed after ${ms} ms`);
    await assertSettled(town, pair, since);
  });
}

/** The line of the helper's home is cut for @lengthMs: of that time nothing is signed, of none of it. */
export async function outage(lengthMs: number): Promise<void> {
  await withPair(async (town, pair, [, helperHome]) => {
    const before = await signedPast(pair, signedMs(pair));
    const cut = performance.now();
    helperHome.outage();
    const noticedMs = await noticed(pair, cut);
    assert.equal(signedMs(pair), before, "nothing is signed of a line that is dead");
    await wait(lengthMs - noticedMs);
    const since = { signedMs: before, at: performance.now() };
    helperHome.back();
    const ms = await resumed(pair, 20000);
    console.log(`outage of ${lengthMs} ms: noticed after ${Math.round(noticedMs)} ms, resumed ${Math.round(ms)} ms after`);
    assert.ok(ms < resumeMaxMs, `resumed after ${ms} ms`);
    await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > before + stepMs, 20000);
    const signed = signedMs(pair) - before;
    const most = performance.now() - since.at;
    console.log(`first tick after it: ${signed} ms more are signed, ${Math.round(most)} ms after the line came back`);
    assert.ok(signed <= most, `${signed} ms signed of the ${most} ms since the line came back`);
    assert.ok(most - signed < resumeMaxMs + stepMs, `only ${signed} ms signed of the ${most} ms since the line came back`);
    const questions = pair.agent.events("phase").filter((event) => event.phase === "consent");
    assert.equal(questions.length, 1, "consent is asked once");
    await assertSettled(town, pair, since);
  });
}
