// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sessions of the real programs through NATs: each kind on each side, and the pairs that are hard. The whole
// matrix is a command (matrix.ts).

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind } from "./nat.ts";
import { connectMaxMs, heading, line, measure, type Row } from "./pairs.ts";
import { Town } from "./town.ts";

const reflexive = /^(srflx|prflx)-(srflx|prflx)$/;

/** Seeker, helper, and what the path must be, the helper's side first. */
const chosen: [Kind, Kind, RegExp][] = [
  ["none", "port-restricted", /^(srflx|prflx)-host$/],
  ["full-cone", "none", /^host-(srflx|prflx)$/],
  ["address-restricted", "carrier", reflexive],
  ["port-restricted", "address-restricted", reflexive],
  ["symmetric", "symmetric", /relay/],
  ["carrier", "full-cone", reflexive],
  ["udp-blocked", "ipv6", /relay/],
  ["tcp-443", "udp-blocked", /^relay\/tcp-relay$/],
  ["ipv6", "tcp-443", /^relay\/tls-relay$/],
  ["ipv6", "ipv6", /^host-host$/],
];

test("every kind of network reaches another within 5 s", async () => {
  const town = await Town.open();
  try {
    const rows: [Row, RegExp][] = [];
    for (const [seeker, helper, path] of chosen)
      rows.push([await measure(town, town.internet.home(seeker), town.internet.home(helper), path), path]);
    rows.push([await measure(town, ...town.internet.hairpin(), reflexive), reflexive]);
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
