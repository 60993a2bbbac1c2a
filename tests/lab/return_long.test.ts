// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Absences of a minute, which take too long for every run of ctest:
//   POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh tests/lab/return_long.test.ts /tmp/return.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { cost, outage, withPair } from "./returns.ts";

test("an outage of 50 s", () => outage(50000));

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
