// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The browser's side of the wire against the vectors that the C side runs too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { webcrypto } from "node:crypto";

import { buildCursor, buildInput, buildMotion, isNewer, parseCursor, parseInput, parseMotion } from "../../viewer/web/wire/binary.ts";
import { base64uDecode, base64uEncode, hexDecode, hexEncode } from "../../viewer/web/wire/bytes.ts";
import { buildControl, parseControl } from "../../viewer/web/wire/control.ts";
import { identityFromSeed, verify, type Identity } from "../../viewer/web/wire/identity.ts";
import * as texts from "../../viewer/web/wire/texts.ts";

globalThis.crypto ??= webcrypto as Crypto; // Node 18 hides it behind an option

const root = process.env["POUCE_SOURCE_DIR"] ?? process.cwd();
const load = (name: string): any => JSON.parse(readFileSync(join(root, "tests/vectors", name), "utf8"));
const bytes = (hex: string): Uint8Array => hexDecode(hex) ?? assert.fail(`not hex: ${hex}`);

const T = load("texts.json");
const identities: Record<string, Identity> = {};
for (const role of ["seeker", "helper"]) identities[role] = await identityFromSeed(bytes(T.seeds[role]));
const key = (role: string): Identity => identities[role] ?? assert.fail(role);
const other = (role: string): string => (role === "seeker" ? "helper" : "seeker");

test("control: valid messages parse and are built again", () => {
  for (const { json, canonical } of load("control.json").valid) {
    const parsed = parseControl(json);
    assert.equal(parsed.result, "ok", `${json.slice(0, 200)} ${JSON.stringify(parsed)}`);
    if (parsed.result === "ok") assert.equal(buildControl(parsed.message), canonical);
  }
});

test("control: malformed messages are refused with a sentence", () => {
  for (const json of load("control.json").malformed) {
    const parsed = parseControl(json);
    assert.equal(parsed.result, "malformed", json.slice(0, 200));
    if (parsed.result === "malformed") assert.notEqual(parsed.reason, "");
  }
});

test("control: unknown types are answered", () => {
  for (const { json, of } of load("control.json").unknown) {
    assert.deepEqual(parseControl(json), { result: "unknown_type", answer: { type: "unknown", of } });
  }
});

test("binary: input, motion, cursor", () => {
  const B = load("binary.json");
  for (const { hex, value } of B.input.valid) {
    assert.deepEqual(parseInput(bytes(hex)), value);
    assert.equal(hexEncode(buildInput(value)), hex);
  }
  for (const { hex, value } of B.motion.valid) {
    assert.deepEqual(parseMotion(bytes(hex)), value);
    assert.equal(hexEncode(buildMotion(value)), hex);
  }
  for (const { hex, value } of B.cursor.valid) {
    const cursor = parseCursor(bytes(hex)) ?? assert.fail(hex);
    assert.deepEqual({ ...cursor, rgba: hexEncode(cursor.rgba) }, value);
    assert.equal(hexEncode(buildCursor(cursor)), hex);
  }
  for (const hex of B.input.malformed) assert.equal(parseInput(bytes(hex)), null, hex);
  for (const hex of B.motion.malformed) assert.equal(parseMotion(bytes(hex)), null, hex);
  for (const hex of B.cursor.malformed) assert.equal(parseCursor(bytes(hex)), null, hex);
  for (const { seq, last, newer } of B.newer) assert.equal(isNewer(seq, last), newer, `${seq} ${last}`);
});

test("base64u is strict", () => {
  for (const { hex, text } of T.base64u.valid) {
    assert.equal(base64uEncode(bytes(hex)), text);
    assert.equal(hexEncode(base64uDecode(text) ?? assert.fail(text)), hex);
  }
  for (const text of T.base64u.malformed) assert.equal(base64uDecode(text), null, text);
});

test("device keys give the same public keys", () => {
  for (const role of ["seeker", "helper"]) assert.equal(key(role).publicKey, T.public[role]);
});

test("price texts", async () => {
  for (const { value, text, id } of T.price.valid) {
    assert.equal(texts.priceText(value), text);
    assert.deepEqual(texts.parsePrice(text), value);
    assert.equal(await texts.priceId(value), id);
  }
  for (const text of T.price.malformed) assert.equal(texts.parsePrice(text), null, text);
});

test("bind texts, and the mirror", async () => {
  for (const { value, text, sig } of T.bind.valid) {
    assert.equal(texts.bindText(value), text);
    assert.deepEqual(texts.parseBind(text), value);
    assert.equal(base64uEncode(await key(value.role).sign(text)), sig);
  }
  for (const text of T.bind.malformed) assert.equal(texts.parseBind(text), null, text);

  const [own, peer] = [T.bind.valid[0].value as texts.Bind, T.bind.valid[1].value as texts.Bind];
  const signed = async (bind: texts.Bind): Promise<string | null> =>
    texts.checkPeerBind(own, bind, key("helper").publicKey, await key("helper").sign(texts.bindText({ ...bind, session: own.session })));
  assert.equal(await signed(peer), null);
  const wrong: Partial<texts.Bind>[] = [{ role: "seeker" }, { own_fp: "c".repeat(64) }, { peer_fp: "c".repeat(64) }, { price: "0".repeat(64) }, { expires_s: 1 }];
  for (const change of wrong) assert.notEqual(await signed({ ...peer, ...change }), null, JSON.stringify(change));
  const sig = await key("seeker").sign(texts.bindText(peer)); // the wrong key
  assert.notEqual(await texts.checkPeerBind(own, peer, key("helper").publicKey, sig), null);
});

test("ticks: text, hash, signatures", async () => {
  for (const { value, text, hash, sig, counter_sig } of T.tick.valid) {
    const [own, peer] = [key(value.role), key(other(value.role))];
    assert.deepEqual(texts.parseTick(text), value);
    const signed = await texts.signTick(value, own);
    assert.equal(texts.signedTickText(signed), text);
    assert.equal(signed.sig, sig);
    const both = await texts.countersign(signed, peer);
    assert.equal(both.counter_sig, counter_sig);
    assert.ok(texts.countersignText(hash).includes(hash));
    assert.ok(await texts.verifyTick(both, own.publicKey));
    assert.ok(!(await texts.verifyTick(both, peer.publicKey)));
    assert.ok(await texts.verifyCountersign(signed, peer.publicKey, counter_sig));
    assert.ok(!(await texts.verifyCountersign(signed, own.publicKey, counter_sig)));
  }
  for (const text of T.tick.malformed) assert.equal(texts.parseTick(text), null, text);
  assert.equal(await verify("AAAA", "x", new Uint8Array(64)), false);
});
