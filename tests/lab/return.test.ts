// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The network goes and comes back: the session goes on under the same consent within 3 s, and nothing is
// billed meanwhile. Longer absences are in return_long.test.ts and return_never.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { anotherAddress, assertSettled, outage, withPair } from "./returns.ts";

test("an outage of 10 s", () => outage(10000));

test("the helper's computer gets another address", () => anotherAddress("helper"));

test("the seeker's computer gets another address", () => anotherAddress("seeker"));

test("the broker restarts in the middle", async () => {
  await withPair(async (town, pair, _homes, since) => {
    const before = Number(pair.viewer.events("signed").at(-1)?.signed_ms);
    await town.broker.program.stop();
    await town.startBroker();
    await pair.viewer.waitEvent("signed", (event) => Number(event.signed_ms) > before, 40000);
    assert.equal(pair.viewer.events("lost").length, 0, "the picture never stopped");
    await assertSettled(town, pair, since);
  });
});
