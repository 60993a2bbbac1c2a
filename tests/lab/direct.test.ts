// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ends that can meet without the relay do: also when they met by the relay first, and also when the relay
// refuses them or is not there. Bare ends of signaling/peer; the network does the rest.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Stage } from "../support/programs.ts";
import { type MeetOptions, meet } from "./bare_ends.ts";
import { type Home, Internet } from "./internet.ts";
import { connectMaxMs } from "./pairs.ts";
import { type Relay, startRelay } from "./relay.ts";

type Play = (internet: Internet, relay: Relay) => Promise<void>;

async function withRelay(play: Play): Promise<void> {
  const stage = new Stage();
  const internet = new Internet(stage.path("hosts"));
  try {
    await play(internet, await startRelay(stage));
  } finally {
    await stage.close();
    internet.close();
  }
}

async function meetBy(what: string, homes: [Home, Home], relay: Relay, options: MeetOptions): Promise<void> {
  const met = await meet(...homes, relay, options);
  console.log(`${what}: ${met.ms} ms, ${met.offerer}, ${met.answerer}`);
  assert.ok(met.ms < connectMaxMs, `${what}: ${met.ms} ms`);
}

test("neighbours meet directly, and through the router's public address where that is the only way", async () => {
  await withRelay(async (internet, relay) => {
    await meetBy("same network", internet.sameNetwork(), relay, { path: /^host-host$/ });
    await meetBy("hairpin", internet.hairpin(), relay, { path: /^(srflx|prflx)-(srflx|prflx)$/ });
  });
});

test("who met by the relay first goes on directly once that works", async () => {
  await withRelay(async (internet, relay) => {
    const homes = internet.sameNetwork();
    // what one host sends to the other is lost, as the first packets on a network often are
    const lost = "chain in { type filter hook input priority 0\n ip saddr 192.168.1.0/24 drop\n }";
    for (const home of homes) home.host.rules(`table ip deaf {\n${lost}\n}`);
    const heard = (): void => {
      for (const home of homes) home.host.rules("");
    };
    await meetBy("relay first", homes, relay, { path: /^host-host$/, connected: heard });
  });
});

test("a relay that refuses or does not answer keeps nobody apart", async () => {
  await withRelay(async (internet, relay) => {
    const homes: [Home, Home] = [internet.home("full-cone"), internet.home("port-restricted")];
    const refused = { ...relay, secret: "x".repeat(64) };
    const path = /^(srflx|prflx)-(srflx|prflx)$/;
    const nameless = { ...relay, turn: ["turn:nobody.invalid:3478?transport=udp"] };
    await meetBy("wrong credential over UDP", homes, { ...refused, turn: relay.turn.slice(0, 1) }, { path });
    await meetBy("wrong credential on all ways", homes, refused, { path });
    await meetBy("relay down", homes, { ...relay, turn: ["turn:relay.pouce.test:9?transport=udp"] }, { path });
    await meetBy("relay without a name", homes, nameless, { path });
    internet.silenceDns();
    await meetBy("DNS silent", homes, nameless, { path });
  });
});
