// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's page without a page: where the picture stands, what keys become, what ink sends, which words there are.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { fromWire, place, toWire, type Smoothing } from "../../viewer/web/geometry.ts";
import { Ink, type InkOut } from "../../viewer/web/ink.ts";
import { InputMap, type Key } from "../../viewer/web/input_map.ts";
import { fingerprintOf } from "../../viewer/web/link.ts";
import { texts } from "../../viewer/web/texts.ts";
import type { Input } from "../../viewer/web/wire/binary.ts";

const root = process.env["POUCE_SOURCE_DIR"] ?? process.cwd();
const size = fc.record({ width: fc.integer({ min: 16, max: 8192 }), height: fc.integer({ min: 16, max: 8192 }) });
const room = fc.record({ width: fc.integer({ min: 50, max: 4000 }), height: fc.integer({ min: 50, max: 3000 }) });
const density = fc.constantFrom(1, 1.25, 1.5, 2, 3);

test("fit: inside the stage, aspect kept, on device pixels", () => {
  fc.assert(
    fc.property(size, room, density, fc.constantFrom<Smoothing>("auto", "sharp", "smooth"), (picture, stage, dpr, smoothing) => {
      const at = place("fit", picture, stage, dpr, smoothing);
      const step = 1 / dpr;
      assert.ok(at.width <= stage.width + step && at.height <= stage.height + step);
      const most = step * (picture.width + picture.height);
      assert.ok(Math.abs(at.width * picture.height - at.height * picture.width) <= most);
      for (const value of [at.left, at.top, at.width, at.height]) {
        assert.ok(Math.abs(value * dpr - Math.round(value * dpr)) < 1e-6);
      }
    }),
  );
});

test("1:1 is one device pixel for each picture pixel, and crisp", () => {
  const at = place("exact", { width: 1920, height: 1080 }, { width: 800, height: 600 }, 1.5, "auto");
  assert.deepEqual([at.width, at.height, at.pixelated], [1280, 720, true]);
  assert.deepEqual([at.left, at.top], [0, 0]);
  assert.equal(place("fit", { width: 640, height: 360 }, { width: 1290, height: 725 }, 1, "auto").width, 1280);
  assert.equal(place("fit", { width: 640, height: 360 }, { width: 1000, height: 800 }, 1, "auto").pixelated, false);
  assert.equal(place("fit", { width: 640, height: 360 }, { width: 1000, height: 800 }, 1, "sharp").pixelated, true);
});

test("positions go to the wire and back", () => {
  fc.assert(
    fc.property(size, room, density, fc.double({ min: 0, max: 1, noNaN: true }), (picture, stage, dpr, share) => {
      const at = place("fit", picture, stage, dpr, "auto");
      const wire = toWire(at, { x: at.left + share * at.width, y: at.top + share * at.height }, false);
      if (!wire) return assert.ok(share < 1e-9 || share > 1 - 1e-9); // rounded off the edge
      const back = fromWire(at, wire);
      assert.ok(Math.abs(back.x - share * at.width) <= at.width / 65535);
    }),
  );
  const at = place("fit", { width: 100, height: 100 }, { width: 300, height: 100 }, 1, "auto");
  assert.equal(toWire(at, { x: 50, y: 50 }, false), null);
  assert.deepEqual(toWire(at, { x: 50, y: 50 }, true), { x: 0, y: 32768 });
});

const base: Key = {
  key: "", code: "", down: true, composing: false, ctrl: false, alt: false, meta: false, altGraph: false,
};
const words = (inputs: Input[]): string[] =>
  inputs.map((i) => {
    if (i.kind === "keysym") return `${i.down ? "+" : "-"}${i.keysym.toString(16)}`;
    if (i.kind === "key") return `${i.down ? "+" : "-"}place${i.code}`;
    return i.kind === "character" ? String.fromCodePoint(i.scalar) : i.kind;
  });

function type(map: InputMap, ...keys: Partial<Key>[]): string[] {
  return keys.flatMap((key) => words(map.key({ ...base, ...key }).events));
}

test("text is left to the text field; a capital's Shift stays here", () => {
  const map = new InputMap();
  assert.deepEqual(type(map, { key: "Shift", code: "ShiftLeft" }), []);
  assert.equal(map.key({ ...base, key: "A", code: "KeyA" }).taken, false);
  assert.deepEqual(words(map.text("A")), ["A"]);
  assert.deepEqual(type(map, { key: "Shift", code: "ShiftLeft", down: false }), []);
  assert.deepEqual(words(map.text("e\u0301漢😀\u0007")), ["e", "\u0301", "漢", "😀"]);
  assert.equal(map.text("x".repeat(1000)).length, 256);
});

test("shortcuts go by meaning, far ones by place, releases undo the press", () => {
  const map = new InputMap();
  const ctrl = { key: "Control", code: "ControlLeft" };
  assert.deepEqual(type(map, ctrl, { key: "z", code: "KeyW", ctrl: true }), ["+ffe3", "+7a"]);
  assert.deepEqual(type(map, { key: "Z", code: "KeyW", down: false }, { ...ctrl, down: false }), ["-7a", "-ffe3"]);
  assert.deepEqual(type(map, ctrl, { key: "с", code: "KeyC", ctrl: true }), ["+ffe3", "+place46"]);
  assert.deepEqual(words(map.text("é")), ["-ffe3", "é"]);
});

test("AltGr makes characters and leaves no Ctrl behind", () => {
  const map = new InputMap();
  const seen = type(map, { key: "Control", code: "ControlLeft" }, { key: "AltGraph", code: "AltRight" });
  assert.equal(map.key({ ...base, key: "@", code: "Digit0", ctrl: true, alt: true, altGraph: true }).taken, false);
  assert.deepEqual([...seen, ...words(map.text("@")), ...type(map, { key: "Control", code: "ControlLeft", down: false })], ["@"]);
});

test("Alt alone is a tap, a Mac's Command is Ctrl, repeats are the seeker's own", () => {
  const map = new InputMap();
  const alt = { key: "Alt", code: "AltLeft" };
  assert.deepEqual(type(map, alt, { ...alt, down: false }), ["+ffe9", "-ffe9"]);
  const left = { key: "ArrowLeft", code: "ArrowLeft" };
  assert.deepEqual(type(map, left, left, { ...left, down: false }), ["+ff51", "-ff51"]);
  const mac = new InputMap(true);
  assert.deepEqual(type(mac, { key: "Meta", code: "MetaLeft" }, { key: "c", code: "KeyC", meta: true }), ["+ffe3", "+63", "-63"]);
});

test("whatever is typed, in the end nothing is held", () => {
  const codes = ["KeyA", "ShiftLeft", "ControlLeft", "AltLeft", "AltRight", "ArrowUp", "Enter", "F5", "MetaLeft"];
  const keys: Record<string, string> = {
    KeyA: "a", ShiftLeft: "Shift", ControlLeft: "Control", AltLeft: "Alt", AltRight: "AltGraph", ArrowUp: "ArrowUp", Enter: "Enter", F5: "F5", MetaLeft: "Meta",
  };
  const step = fc.record({ code: fc.constantFrom(...codes), down: fc.boolean(), ctrl: fc.boolean(), text: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new InputMap();
      const sent: Input[] = [];
      for (const { code, down, ctrl, text } of steps) {
        sent.push(...map.key({ ...base, code, key: keys[code] ?? "", down, ctrl }).events);
        if (text) sent.push(...map.text("ß"));
      }
      for (const code of codes) sent.push(...map.key({ ...base, code, key: keys[code] ?? "", down: false }).events);
      const held = new Set<number>();
      for (const input of sent) {
        if (input.kind !== "keysym") continue;
        if (input.down) assert.ok(!held.has(input.keysym) && held.add(input.keysym));
        else assert.ok(held.delete(input.keysym));
      }
      assert.equal(held.size, 0);
      assert.deepEqual(map.releaseAll(), []);
    }),
  );
});

test("ink sends every point once, in messages of at most 128, and undo sends the rest again", () => {
  const out: InkOut[] = [];
  const ink = new Ink((message) => out.push(message));
  ink.begin("#ff6a00", { x: 0, y: 0 });
  for (let n = 1; n <= 300; n++) {
    ink.extend({ x: n * 100, y: n });
    if (n % 200 === 0) ink.flush();
  }
  ink.end();
  const first = out.splice(0).filter((m) => m.type === "ink");
  assert.ok(first.every((m) => m.points.length <= 256));
  assert.equal(first.flatMap((m) => m.points).length, 602);
  assert.deepEqual(first.map((m) => m.end), first.map((_, at) => at === first.length - 1));
  ink.begin("#000000", { x: 5, y: 5 });
  ink.end();
  out.length = 0;
  ink.undo();
  assert.equal(out[0]?.type, "ink_clear");
  assert.equal(out.slice(1).flatMap((m) => (m.type === "ink" ? m.points : [])).length, 602);
});

test("a description with more or other than one SHA-256 certificate is not answered", () => {
  const line = (digit: string): string => `a=fingerprint:sha-256 ${Array(32).fill(`${digit}${digit}`).join(":")}\r\n`;
  assert.equal(fingerprintOf(`v=0\r\n${line("A")}m=video\r\n${line("a")}`), "a".repeat(64));
  assert.equal(fingerprintOf(`v=0\r\n${line("A")}m=video\r\n${line("B")}`), null);
  assert.equal(fingerprintOf(`v=0\r\na=fingerprint:sha-1 ${Array(20).fill("AA").join(":")}\r\n`), null);
  assert.equal(fingerprintOf("v=0\r\n"), null);
});

test("every text that the page names exists in both languages, with the same blanks", () => {
  const html = readFileSync(join(root, "viewer/web/index.html"), "utf8");
  const named = [...html.matchAll(/data-t(?:-label|-title|-placeholder)?="([^"]+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(named.filter((key) => !(key in texts)), []);
  for (const [key, [en, fr]] of Object.entries(texts)) {
    const blanks = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    assert.deepEqual(blanks(en), blanks(fr), key);
    assert.ok(en && fr, key);
  }
});
