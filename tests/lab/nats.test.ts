// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sessions of the real programs through NATs: what a submission must pass, each kind once and the pairs that
// are hard. The whole matrix is a command (matrix.ts); direct.test.ts has the finer cases with bare ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind } from "./nat.ts";
import { connectMaxMs, heading, line, measure, type Row } from "./pairs.ts";
import { Town } from "./town.ts";

const reflexive = /^(srflx|prflx)-(srflx|prflx)$/;

/** Seeker, helper, and what the path must be, the helper's side first. */
const chosen: [Kind, Kind, RegExp][] = [
  ["none", "port-restricted", /^(srflx|prflx)-host$/],
  ["address-restricted", "carrier", reflexive],
  ["symmetric", "symmetric", /relay/],
  ["udp-blocked", "full-cone", /relay/],
  ["ipv6", "tcp-443", /^relay\/tls-relay$/],
];

test("every kind of network reaches another within 5 s", async () => {
  const town = await Town.open();
  try {
    const rows: [Row, RegExp][] = [];
    for (const [seeker, helper, path] of chosen)
      rows.push([await measure(town, town.internet.home(seeker), town.internet.home(helper), path), path]);
    rows.push([await measure(town, ...town.internet.sameNetwork(), /^host-host$/), /^host-host$/]);
    console.log([heading, ...rows.map(([row]) => line(row))].join("\n"));
    for (const [row, path] of rows) {
      assert.equal(row.problem, "");
      assert.match(row.path, path, line(row));
      assert.ok(row.ms < connectMaxMs, line(row));
    }
  } finally {
    await town.close();
  }
});
