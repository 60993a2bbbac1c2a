// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The browser's meter against the same cases as tests/unit/signaling/meter/meter_test.c, and against
// tests/vectors/meter.json: after the same steps both write the very same chain.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { hexDecode, sha256Hex } from "../../viewer/web/wire/bytes.ts";
import { identityFromSeed, type Identity } from "../../viewer/web/wire/identity.ts";
import { Meter, type MeterVerdict } from "../../viewer/web/wire/meter.ts";
import { parseTick, signedTickText, signTick, verifyCountersign, ZERO32, ZERO64, type Role, type Tick } from "../../viewer/web/wire/texts.ts";

globalThis.crypto ??= webcrypto as Crypto;

const root = process.env["POUCE_SOURCE_DIR"] ?? process.cwd();
const load = (name: string) => JSON.parse(readFileSync(join(root, "tests/vectors", name), "utf8"));
const T = load("texts.json");
const SESSION = "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f";
const PRICE = "a".repeat(64);
const FPS = ["1", "2", "3"].map((digit) => digit.repeat(64)) as [string, string, string];
const S = 1000;
const identity = (role: Role): Promise<Identity> => identityFromSeed(hexDecode(T.seeds[role]) ?? assert.fail());
const seekerIdentity = await identity("seeker");
const helperIdentity = await identity("helper");

class Pair {
  now = 1000 * S;
  decoded = 0;
  seeker = this.meter("seeker", 0x10);
  helper = this.meter("helper", 0x80);

  constructor() {
    this.seeker.start(this.now, FPS[0], FPS[1], 0);
    this.helper.start(this.now, FPS[1], FPS[0], 0);
  }

  meter(role: Role, nonce: number): Meter {
    const [own, peer] = role === "seeker" ? [seekerIdentity, helperIdentity] : [helperIdentity, seekerIdentity];
    const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(nonce++);
    return new Meter({ session: SESSION, role, price: PRICE, identity: own, peerKey: peer.publicKey, random });
  }

  feed(ms: number, frames: number, paused: boolean): void {
    this.now += ms;
    this.decoded += frames;
    this.seeker.feed(this.now, this.decoded, paused);
    this.helper.feed(this.now, this.decoded, paused);
  }

  async exchange(from: Meter, to: Meter): Promise<MeterVerdict> {
    const tick = (await from.make(this.now)) ?? assert.fail("no tick");
    const { verdict, answer } = await to.takeTick(this.now, tick);
    if (answer) assert.equal(await from.takeCountersign(answer.seq, answer.counter_sig), "ok");
    return verdict;
  }

  async both(): Promise<void> {
    assert.equal(await this.exchange(this.seeker, this.helper), "ok");
    assert.equal(await this.exchange(this.helper, this.seeker), "ok");
  }
}

test("counts only live time, and writes the same chain as the C meter", async () => {
  const pair = new Pair();
  const signed: number[] = [];
  const steps: [number, number, boolean][] = [[5000, 150, false], [5000, 0, false], [2000, 10, true], [3000, 10, false], [7500, 1, false], [7501, 1, false], [1234, 1, false]];
  for (const [ms, frames, paused] of steps) {
    pair.feed(ms, frames, paused);
    if (paused) continue;
    await pair.both();
    signed.push(pair.helper.signed_ms());
    assert.equal(pair.seeker.signed_ms(), pair.helper.signed_ms());
  }
  assert.deepEqual(signed, [5000, 5000, 5000, 12500, 12500, 13734]);
  const chain = pair.helper.outbox(64).map((one) => signedTickText(one)).join("");
  assert.equal(await sha256Hex(chain), load("meter.json").chain_sha256);
});

test("a smaller frame count is a new one", async () => {
  const pair = new Pair();
  for (const [frames, expected] of [[100, 5000], [-90, 5000], [1, 10000]] as const) {
    pair.feed(5 * S, frames, false);
    await pair.both();
    assert.equal(pair.seeker.signed_ms(), expected);
  }
});

test("what is altered or does not follow is refused", async () => {
  const pair = new Pair();
  const forged: Tick = {
    session: SESSION, role: "helper", seq: 1, live_ms: 10000, price: PRICE, own_fp: FPS[1], peer_fp: FPS[0], prev: ZERO64, nonce: "7".repeat(32), peer_nonce: ZERO32,
  };
  const take = async (change: Partial<Tick>): Promise<MeterVerdict> =>
    (await pair.seeker.takeTick(pair.now, await signTick({ ...forged, ...change }, helperIdentity))).verdict;
  assert.equal(await take({ price: "b".repeat(64) }), "bad_session");
  assert.equal(await take({ role: "seeker" }), "bad_session");
  assert.equal(await take({ own_fp: FPS[2] }), "bad_binding");
  assert.equal(await take({ seq: 2 }), "bad_chain");
  assert.equal(await take({ prev: "1".repeat(64) }), "bad_chain");
  assert.equal(await take({ peer_nonce: "1".repeat(32) }), "bad_chain");
  const signed = await signTick(forged, helperIdentity);
  assert.equal((await pair.seeker.takeTick(pair.now, { ...signed, tick: "AAAA" })).verdict, "bad_text");
  assert.equal((await pair.seeker.takeTick(pair.now, { ...signed, sig: T.tick.valid[0].sig })).verdict, "bad_signature");
  assert.equal(await take({}), "ok");
  assert.equal(await take({}), "seen");
  assert.equal(await take({ nonce: "8".repeat(32) }), "bad_chain");
});

test("a claim far ahead waits until it is ripe", async () => {
  const pair = new Pair();
  const tick: Tick = { session: SESSION, role: "helper", seq: 1, live_ms: 10001, price: PRICE, own_fp: FPS[1], peer_fp: FPS[0], prev: ZERO64, nonce: "7".repeat(32), peer_nonce: ZERO32 };
  const signed = await signTick(tick, helperIdentity);
  assert.equal((await pair.seeker.takeTick(pair.now, signed)).verdict, "later");
  assert.equal(await pair.seeker.takeRipe(), null);
  pair.feed(5 * S, 1, false);
  await pair.seeker.make(pair.now);
  const answer = (await pair.seeker.takeRipe()) ?? assert.fail();
  assert.ok(await verifyCountersign(signed, seekerIdentity.publicKey, answer.counter_sig));
  assert.equal(await pair.seeker.takeRipe(), null);
});

test("own claims stay within 10 s of the peer's", async () => {
  const pair = new Pair();
  for (let i = 0; i < 4; i++) {
    pair.now += 5 * S;
    pair.helper.feed(pair.now, ++pair.decoded, false);
    pair.seeker.feed(pair.now, pair.decoded, true);
    await pair.both();
  }
  const last = pair.helper.outbox(64).at(-1) ?? assert.fail();
  assert.equal(parseTick(signedTickText(last) ?? "")?.live_ms, 10000);
  assert.equal(pair.helper.own_ms(), 20000);
  assert.equal(pair.helper.signed_ms(), 0);
});

test("silence stalls; a reconnection goes on", async () => {
  const pair = new Pair();
  pair.feed(5 * S, 1, false);
  await pair.both();
  for (let i = 0; i < 3; i++) {
    pair.feed(5 * S, 1, false);
    assert.notEqual(await pair.seeker.make(pair.now), null);
  }
  assert.ok(pair.seeker.isStalled(pair.now));
  assert.equal(pair.seeker.own_ms(), 15000);
  assert.equal(pair.seeker.due_ms(), Infinity);
  assert.equal(await pair.seeker.make(pair.now + 5 * S), null);

  pair.seeker.stop();
  pair.helper.stop();
  pair.now += 20 * S;
  pair.seeker.start(pair.now, FPS[2], FPS[1], pair.decoded);
  pair.helper.start(pair.now, FPS[1], FPS[2], pair.decoded);
  for (const tick of pair.seeker.pending()) {
    const { answer } = await pair.helper.takeTick(pair.now, tick);
    assert.equal(await pair.seeker.takeCountersign(answer?.seq ?? 0, answer?.counter_sig ?? ""), "ok");
  }
  pair.feed(5 * S, 1, false);
  await pair.both();
  assert.ok(!pair.seeker.isStalled(pair.now));
});

test("the outbox keeps until acknowledged", async () => {
  const pair = new Pair();
  for (let i = 0; i < 2; i++) {
    pair.feed(5 * S, 1, false);
    await pair.both();
  }
  assert.equal(pair.helper.outbox(16).length, 4);
  pair.seeker.onAck(1, 2);
  const [left, ...rest] = pair.seeker.outbox(16);
  assert.deepEqual(rest, []);
  const tick = parseTick(signedTickText(left ?? assert.fail()) ?? "");
  assert.deepEqual([tick?.role, tick?.seq], ["seeker", 2]);
});

/** A reload of the helper's page: all that is left is what JSON carries. */
async function reload(pair: Pair, state: unknown, peerKey = seekerIdentity.publicKey): Promise<Meter | null> {
  const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(pair.now & 255);
  const config = { session: SESSION, role: "helper" as const, price: PRICE, identity: helperIdentity, peerKey, random };
  return Meter.restore(config, JSON.parse(JSON.stringify(state)));
}

test("a saved meter goes on where it was: no second signed twice, none for the gap", async () => {
  const pair = new Pair();
  pair.feed(5 * S, 1, false);
  await pair.both();
  pair.feed(5 * S, 1, false);
  await pair.both();
  pair.feed(5 * S, 1, false);
  const underway = (await pair.helper.make(pair.now)) ?? assert.fail(); // its answer never arrives
  await pair.seeker.takeTick(pair.now, underway);
  const state = pair.helper.save();

  pair.seeker.stop();
  pair.now += 30 * S;
  const back = (await reload(pair, state)) ?? assert.fail("refused");
  assert.equal(back.claimed_ms(), 10 * S);
  assert.deepEqual(back.outbox(16), pair.helper.outbox(16));
  pair.helper = back;
  pair.seeker.start(pair.now, FPS[0], FPS[2], 0);
  pair.helper.start(pair.now, FPS[2], FPS[0], 0);
  pair.decoded = 0;
  assert.deepEqual(pair.helper.pending(), [underway]);
  const { verdict, answer } = await pair.seeker.takeTick(pair.now, underway);
  assert.equal(verdict, "seen");
  assert.equal(await pair.helper.takeCountersign(answer?.seq ?? 0, answer?.counter_sig ?? ""), "ok");
  pair.feed(5 * S, 1, false);
  await pair.both();
  assert.equal(pair.helper.own_ms(), 20 * S);
  assert.equal(pair.seeker.own_ms(), 10 * S + 5 * S, "it had not closed the interval in which the line broke");
  assert.equal(pair.helper.signed_ms(), 15 * S);
});

test("a state that is outdated signs nothing that the far end takes", async () => {
  const pair = new Pair();
  pair.feed(5 * S, 1, false);
  await pair.both();
  const old = pair.helper.save();
  pair.feed(5 * S, 1, false);
  await pair.both();
  const back = (await reload(pair, old)) ?? assert.fail("refused");
  assert.ok(back.claimed_ms() < pair.seeker.signed_ms(), "which the broker's figure tells");
  back.start(pair.now, FPS[1], FPS[0], 0);
  pair.feed(5 * S, 1, false);
  back.feed(pair.now, 1, false);
  const second = (await back.make(pair.now)) ?? assert.fail("no tick");
  assert.equal((await pair.seeker.takeTick(pair.now, second)).verdict, "bad_chain");
});

test("a state of another session, of another key, or of no shape is refused", async () => {
  const pair = new Pair();
  pair.feed(5 * S, 1, false);
  await pair.both();
  const state = pair.helper.save();
  assert.notEqual(await reload(pair, state), null);
  const [ours, theirs] = [state.last ?? assert.fail(), state.peer_ticks[0] ?? assert.fail()];
  const bad: unknown[] = [
    null, 7, "x", [], {}, { ...state, count_ms: -1 }, { ...state, count_ms: "1" }, { ...state, nonces: [] },
    { ...state, nonces: ["z".repeat(32)] }, { ...state, bindings: [{ own_fp: "1", peer_fp: FPS[0] }] },
    { ...state, last: theirs }, { ...state, peer_ticks: [ours] }, { ...state, pending: [ours, ours, ours, ours] },
    { ...state, last: { ...ours, sig: theirs.sig } }, { ...state, last: null, pending: [ours] }, { ...state, outbox: 3 },
  ];
  for (const one of bad) assert.equal(await reload(pair, one), null, JSON.stringify(one)?.slice(0, 80));
  assert.equal(await reload(pair, state, helperIdentity.publicKey), null, "another far end");
});
