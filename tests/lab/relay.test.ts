// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The relay's configuration against someone who holds a good credential: it reaches nothing internal.
// Behind the relay stands a machine with an address in every special-purpose range, with a UDP and a TCP
// service that tells what it hears: it must hear nothing, while an allowed peer is heard. All of it three times:
// by clients that come over UDP, over TCP and over TLS.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { Stage } from "../support/programs.ts";
import { Internet, relayAddress, relayName } from "./internet.ts";
import { credential, plainPort, startRelay, tlsPort } from "./relay.ts";
import { type Door, TurnClient } from "./turn_client.ts";

const clientAddress = "203.0.113.99";
const allowedPeer = "198.51.100.1";
const port = 7000;

/** One address of each range of the IANA registries of special-purpose addresses, and of multicast. */
const special = [
  "0.1.2.3", "10.1.2.3", "100.64.1.2", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.1.2", "172.31.255.254",
  "192.0.0.8", "192.0.2.7", "192.31.196.7", "192.52.193.7", "192.88.99.7", "192.168.1.2", "192.175.48.7",
  "198.18.1.2", "198.19.255.254", "198.51.100.251", "203.0.113.10", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
];
const special6 = [
  "::", "::1", "::ffff:10.1.2.3", "::ffff:127.0.0.1", "::ffff:198.51.100.1", "::10.1.2.3", "64:ff9b::a01:203",
  "64:ff9b:1::1", "100::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:a01:203::1", "3fff::1", "5f00::1", "fc00::1",
  "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2606:4700::1111",
];

/** Whatever reaches the services on @port of any address of this namespace, until stopped. */
function listen(): { heard: string[]; stop: () => void } {
  const heard: string[] = [];
  const sockets = (["udp4", "udp6"] as const).map((type) => {
    const socket = type === "udp6" ? createSocket({ type, ipv6Only: true }) : createSocket(type);
    socket.on("message", (data) => {
      heard.push(data.toString());
    });
    socket.bind(port, type === "udp4" ? "0.0.0.0" : "::");
    return socket;
  });
  const server = createServer((connection) => {
    heard.push("tcp");
    connection.destroy();
  }).listen(port, "::");
  return {
    heard,
    stop: () => {
      for (const socket of sockets) socket.close();
      server.close();
    },
  };
}

const ways = ["udp", "tcp", "tls"] as const;

type NewClient = (who?: { username: string; password: string }, by?: Door["by"]) => TurnClient;
type Play = (newClient: NewClient, internet: Internet, secret: string) => Promise<void>;

async function withRelay(play: Play): Promise<void> {
  const stage = new Stage();
  const internet = new Internet(stage.path("hosts"));
  const clients: TurnClient[] = [];
  try {
    const relay = await startRelay(stage, { allow: [`${allowedPeer}-198.51.100.250`] });
    internet.place.ip(`addr add ${clientAddress}/32 dev lo`);
    const tls = { name: relayName, ca: readFileSync(relay.caFile) };
    const newClient: NewClient = (who = credential(relay.secret, "probe"), by = "udp") => {
      const door: Door = { address: relayAddress, port: by === "tls" ? tlsPort : plainPort, from: clientAddress, by };
      const made = new TurnClient(by === "tls" ? { ...door, tls } : door, who.username, who.password);
      clients.push(made);
      return made;
    };
    await play(newClient, internet, relay.secret);
  } finally {
    for (const each of clients) each.close();
    await stage.close();
    internet.close();
  }
}

/** The listener's own word that everything sent before has arrived: the allowed peer hears the last datagram. */
async function lastIsHeard(client: TurnClient, heard: string[]): Promise<void> {
  const until = performance.now() + 5000;
  while (!heard.includes("last")) {
    client.send(allowedPeer, port, Buffer.from("last"));
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(performance.now() < until, "the allowed peer hears nothing: this test would prove nothing");
  }
}

const ordinary = ["1.1.1.1", "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.255"];

test("ordinary addresses are let through, each neighbour of a denied range too", async () => {
  await withRelay(async (newClient) => {
    const client = newClient();
    assert.equal(await client.allocate(), 0);
    for (const address of ordinary) assert.equal(await client.permission(address), 0, address);
  });
});

/** All that one client may try on @address: over UDP, and a TCP connection as RFC 6062 has it. */
async function tryAll(client: TurnClient, address: string, channel: number): Promise<string[]> {
  const passed: string[] = [];
  if ((await client.permission(address)) === 0) passed.push(`permission ${address}`);
  if ((await client.channel(address, port, channel)) === 0) passed.push(`channel ${address}`);
  client.send(address, port, Buffer.from(address));
  if ((await client.connect(address, port)) === 0) passed.push(`connection ${address}`);
  return passed;
}

for (const by of ways)
  test(`no special-purpose range is reached over UDP or TCP by a client over ${by.toUpperCase()}`, async () => {
    await withRelay(async (newClient, internet) => {
      // every IPv4 address that can stand on an interface is here, next to the relay
      const local = special.filter((each) => !/^(0|127|22[4-9]|23\d|24\d|255)\./.test(each) && each !== "203.0.113.10");
      for (const each of [allowedPeer, ...local]) internet.place.ip(`addr add ${each}/32 dev lo`);
      const ears = listen();
      try {
        const client = newClient(undefined, by);
        assert.equal(await client.allocate(), 0);
        const passed: string[] = [];
        for (const [i, address] of [...special, ...special6].entries()) passed.push(...(await tryAll(client, address, 0x4000 + i)));
        assert.deepEqual(passed, []);
        assert.equal(await client.permission(allowedPeer), 0);
        await lastIsHeard(client, ears.heard);
        assert.deepEqual(ears.heard.filter((each) => each !== "last"), []);
        console.log(`${special.length + special6.length} addresses by ${by}: 0 got through`);
      } finally {
        ears.stop();
      }
    });
  });

test("no TCP and no IPv6 relaying at all", async () => {
  await withRelay(async (newClient, internet) => {
    internet.place.ip(`addr add ${allowedPeer}/32 dev lo`);
    const ears = listen();
    try {
      for (const by of ways) {
        assert.notEqual(await newClient(undefined, by).allocate(6), 0, `TCP by ${by}`);
        assert.notEqual(await newClient(undefined, by).allocate(17, 2), 0, `IPv6 by ${by}`);
        const client = newClient(undefined, by);
        assert.equal(await client.allocate(), 0);
        assert.notEqual(await client.connect(allowedPeer, port), 0);
      }
      assert.deepEqual(ears.heard, []);
    } finally {
      ears.stop();
    }
  });
});

test("an expired or false credential allocates nothing; an allocation outlives its credential", async () => {
  await withRelay(async (newClient, _internet, secret) => {
    assert.equal(await newClient(credential(secret, "probe", -1)).allocate(), 401);
    assert.equal(await newClient({ username: credential(secret, "probe").username, password: "guess" }).allocate(), 401);
    const short = credential(secret, "probe", 2);
    const client = newClient(short);
    assert.equal(await client.allocate(), 0);
    // until the relay itself says that the credential has expired
    const until = performance.now() + 10000;
    for (;;) {
      const late = newClient(short);
      if ((await late.allocate()) === 401) break;
      await late.refresh(0);
      assert.ok(performance.now() < until, "the credential does not expire");
    }
    assert.equal(await client.refresh(300), 0, "a session longer than its credential keeps its relay");
    assert.equal(await client.permission(allowedPeer), 0);
  });
});

test("one end cannot take all allocations", async () => {
  await withRelay(async (newClient) => {
    let got = 0;
    for (let i = 0; i < 60; i++) if ((await newClient().allocate()) === 0) got++;
    assert.ok(got >= 12 && got <= 36, `${got} allocations of one end`);
  });
});
