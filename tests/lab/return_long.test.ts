// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Absences of a minute and another address, which take too long for every run of ctest:
//   POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh tests/lab/return_long.test.ts /tmp/return.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSettled, cost, outage, resumed, resumeMaxMs, withPair } from "./returns.ts";

test("an outage of 50 s", () => outage(50000));

test("the helper's computer gets another address", async () => {
  await withPair(async (town, pair, [, helperHome]) => {
    helperHome.changeAddress();
    const ms = await resumed(pair, 20000);
    console.log(`address change: resumed ${Math.round(ms)} ms after, of which up to 5 s to notice`);
    assert.ok(ms < 5000 + resumeMaxMs, `resumed after ${ms} ms`);
    await assertSettled(town, pair, 60000);
  });
});

test("after the grace time the session is over on both sides and in the books", async () => {
  await withPair(async (town, pair, [, helperHome]) => {
    const start = performance.now();
    helperHome.outage();
    await pair.agent.waitEvent("session", (event) => event.state === "settled", 90000);
    await pair.viewer.waitEvent("ended", () => true, 90000);
    console.log(`no return: over after ${Math.round((performance.now() - start) / 1000)} s`);
    const session = await town.newest();
    assert.equal(session.state, "settled");
    assert.equal(session.cost_minor, cost(session.signed_ms));
    assert.ok(session.signed_ms < 60000, `${session.signed_ms} ms signed`);
    helperHome.back();
    await pair.viewer.waitEvent("settled", () => true, 30000);
    town.broker.ctl(["ledger", "verify"]);
  });
});
