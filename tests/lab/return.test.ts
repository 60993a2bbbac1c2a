// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The network goes and comes back: the session goes on under the same consent within 3 s, and nothing is
// billed meanwhile. The long absences are in return_long.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertSettled, outage, resumed, resumeMaxMs, withPair } from "./returns.ts";

test("an outage of 10 s", () => outage(10000));

test("the helper's computer gets another address", async () => {
  await withPair(async (town, pair, [, helperHome]) => {
    helperHome.changeAddress();
    const ms = await resumed(pair, 20000);
    console.log(`address change: resumed ${Math.round(ms)} ms after, of which up to 5 s to notice`);
    assert.ok(ms < 5000 + resumeMaxMs, `resumed after ${ms} ms`);
    await assertSettled(town, pair, 60000);
  });
});

test("the broker restarts in the middle", async () => {
  await withPair(async (town, pair) => {
    const before = Number(pair.viewer.events("signed").at(-1)?.signed_ms);
    await town.broker.program.stop();
    await town.startBroker();
    await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > before, 40000);
    assert.equal(pair.viewer.events("lost").length, 0, "the picture never stopped");
    await assertSettled(town, pair, 120000);
  });
});
