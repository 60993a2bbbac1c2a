// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// An absence that is longer than the grace: over on both sides and in the books.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cost, noticed, signedMs, signedPast, withPair } from "./returns.ts";

test("after the grace time the session is over on both sides and in the books", async () => {
  await withPair(async (town, pair, [, helperHome]) => {
    const before = await signedPast(pair, signedMs(pair));
    const start = performance.now();
    helperHome.outage();
    await noticed(pair, start);
    await pair.agent.waitEvent("session", (event) => event.state === "settled", 90000);
    await pair.viewer.waitEvent("ended", () => true, 90000);
    console.log(`no return: over after ${Math.round((performance.now() - start) / 1000)} s`);
    const session = await town.newest();
    assert.equal(session.state, "settled");
    assert.equal(session.cost_minor, cost(session.signed_ms));
    assert.equal(session.signed_ms, before, "nothing is signed of a line that is dead");
    helperHome.back();
    await pair.viewer.waitEvent("settled", () => true, 30000);
    town.broker.ctl(["ledger", "verify"]);
  });
});
