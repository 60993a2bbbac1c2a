// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The parsers of the browser's side against what the vectors become when they are damaged: whatever comes, a parser
// answers within its limits and throws nothing, and what it takes it builds again in the same bytes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { fingerprintOf, Link, type LinkEvents } from "../../viewer/web/link.ts";
import { buildCursor, buildInput, buildMotion, parseCursor, parseInput, parseMotion } from "../../viewer/web/wire/binary.ts";
import { base64uDecode, base64uEncode, hexDecode, hexEncode } from "../../viewer/web/wire/bytes.ts";
import { buildControl, parseControl } from "../../viewer/web/wire/control.ts";
import { parseObject } from "../../viewer/web/wire/json.ts";
import * as texts from "../../viewer/web/wire/texts.ts";

const root = process.env["POUCE_SOURCE_DIR"] ?? process.cwd();
const load = (name: string): any => JSON.parse(readFileSync(join(root, "tests/vectors", name), "utf8"));
const runs = { numRuns: 3000 };

type Edit = { at: number; drop: number; add: string };

/** What stands at a place of the text is dropped, and something else is put there. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.nat({ max: 8 }),
    add: fc.oneof(
      fc.constantFrom("", "", "{", "}", "[", '"', "\\", ",", ":", "-1", "1e9", "9007199254740993", "\u0000", "\ud800", "é", "null", "\n", "\r\n", "="),
      fc.string({ maxLength: 6, unit: "binary" }),
    ),
  }),
  { maxLength: 4 },
);

function damaged(text: string, all: Edit[]): string {
  for (const { at, drop, add } of all) {
    const from = Math.floor(at * text.length);
    text = text.slice(0, from) + add + text.slice(from + drop);
  }
  return text;
}

/** Texts like those of the vectors, more or less damaged. */
const like = (vectors: string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...vectors), edits).map(([text, all]) => damaged(text, all));

const likeBytes = (vectors: string[]): fc.Arbitrary<Uint8Array> =>
  like(vectors.map((hex) => String.fromCharCode(...(hexDecode(hex) ?? []).slice(0, 4096)))).map((text) =>
    Uint8Array.from(text, (each) => each.charCodeAt(0) & 255),
  );

test("control: never thrown at; what is taken is built and taken again", () => {
  const C = load("control.json");
  const vectors: string[] = [...C.valid.map((each: any) => each.json), ...C.unknown.map((each: any) => each.json), ...C.malformed];
  let taken = 0;
  fc.assert(
    fc.property(like(vectors), (json) => {
      const parsed = parseControl(json);
      if (parsed.result === "malformed") return assert.notEqual(parsed.reason, "");
      if (parsed.result === "unknown_type") return assert.ok(parsed.answer.type === "unknown" && [...parsed.answer.of].length <= 40);
      taken++;
      const built = buildControl(parsed.message);
      assert.deepEqual(parseControl(built), parsed);
    }),
    runs,
  );
  assert.ok(taken > 100, `${taken} were taken: the damage leaves nothing to see`);
});

test("objects: strict JSON or a SyntaxError", () => {
  const C = load("control.json");
  const vectors = C.valid.map((each: any) => each.json);
  const strict = (text: string): unknown => {
    try {
      return parseObject(text);
    } catch (error) {
      assert.ok(error instanceof Error, "an Error");
      return undefined;
    }
  };
  fc.assert(
    fc.property(fc.oneof(like(vectors), fc.json(), fc.nat({ max: 200 }).map((n) => "[".repeat(n)), fc.nat({ max: 200 }).map((n) => '{"a":'.repeat(n))), (text) => {
      const object = strict(text);
      if (object === undefined) return;
      // whatever is taken is JSON, and an object
      const plain: unknown = JSON.parse(text);
      assert.ok(typeof plain === "object" && plain !== null && !Array.isArray(plain));
    }),
    runs,
  );
});

test("binary: what is taken is built again in the same bytes", () => {
  const B = load("binary.json");
  const all = (kind: string): string[] => [...B[kind].valid.map((each: any) => each.hex), ...B[kind].malformed.map((each: any) => each.hex ?? each)];
  const check = <T>(vectors: string[], parse: (data: Uint8Array) => T | null, build: (value: T) => Uint8Array): void => {
    fc.assert(
      fc.property(fc.oneof(likeBytes(vectors), fc.uint8Array({ maxLength: 40 })), (data) => {
        const value = parse(data);
        if (value !== null) assert.equal(hexEncode(build(value)), hexEncode(data));
      }),
      runs,
    );
  };
  check(all("input"), parseInput, buildInput);
  check(all("motion"), parseMotion, buildMotion);
  check(all("cursor"), parseCursor, buildCursor);
});

test("signed texts and base64u: one form only", () => {
  const T = load("texts.json");
  const check = <V>(name: string, parse: (text: string) => V | null, build: (value: V) => string): void => {
    fc.assert(
      fc.property(like(T[name].valid.map((each: any) => each.text)), (text) => {
        const value = parse(text);
        if (value !== null) assert.equal(build(value), text);
      }),
      runs,
    );
  };
  check("price", texts.parsePrice, texts.priceText);
  check("bind", texts.parseBind, texts.bindText);
  check("tick", texts.parseTick, texts.tickText);
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.base64String({ maxLength: 60 }).map((each) => each.replaceAll("=", ""))), (text) => {
      const data = base64uDecode(text);
      if (data) assert.equal(base64uEncode(data), text);
      assert.equal(texts.signedTickText({ tick: text, sig: "" }) === null || data !== null, true);
    }),
    runs,
  );
});

const print = (digit: string): string => `a=fingerprint:sha-256 ${Array(32).fill(`${digit}${digit}`).join(":")}\r\n`;
const sdps = ["A", "0", "f"].map((digit) => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n${print(digit)}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n${print(digit)}a=setup:actpass\r\n`);

test("descriptions: one certificate or none is named", () => {
  fc.assert(
    fc.property(like(sdps), fc.boolean(), (sdp, second) => {
      const named = fingerprintOf(sdp);
      assert.ok(named === null || /^[0-9a-f]{64}$/.test(named));
      if (second && named !== null && named !== "1".repeat(64)) assert.equal(fingerprintOf(`${sdp}\r\n${print("1")}`), null);
    }),
    runs,
  );
});

/** What the browser itself is given. */
class FakeConnection extends EventTarget {
  static given: string[] = [];
  localDescription = { sdp: sdps[0] };
  connectionState = "new";
  async setRemoteDescription(): Promise<void> {}
  async createAnswer(): Promise<object> {
    return {};
  }
  async setLocalDescription(): Promise<void> {}
  getTransceivers(): never[] {
    return [];
  }
  async addIceCandidate(init: RTCIceCandidateInit): Promise<void> {
    FakeConnection.given.push(init.candidate ?? "");
    if (init.candidate?.includes("bad")) throw new Error("not a candidate");
  }
  close(): void {}
}

test("a link passes on few and short candidates, before and after the offer, and answers no strange offer", async () => {
  Object.assign(globalThis, { RTCPeerConnection: FakeConnection, window: globalThis });
  const candidate = like(["candidate:1 1 UDP 2122 192.168.1.2 50000 typ host", "bad", `candidate:${"x".repeat(600)}`]);
  await fc.assert(
    fc.asyncProperty(fc.array(candidate, { maxLength: 80 }), like(sdps), fc.nat({ max: 80 }), async (candidates, sdp, at) => {
      FakeConnection.given = [];
      const ignore = (): void => undefined;
      const events = new Proxy({} as LinkEvents, { get: () => ignore });
      const link = new Link([], events);
      for (const one of candidates.slice(0, at)) await link.addCandidate(one, 0);
      const answered = await link.answer(sdp).then(() => true, () => false);
      for (const one of candidates.slice(at)) await link.addCandidate(one, 0);
      assert.equal(answered, fingerprintOf(sdp) !== null);
      assert.ok(FakeConnection.given.length <= 50 && FakeConnection.given.every((each) => each.length <= 512));
      if (!answered) assert.deepEqual(FakeConnection.given, [], "nothing goes to a connection that has no offer");
      link.close();
    }),
    { numRuns: 300 },
  );
});
