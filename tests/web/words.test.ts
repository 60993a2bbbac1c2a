// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every word of every page is there in both languages, and every problem of the protocol has its sentence.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { texts as check } from "../../broker/web/check/texts.ts";
import { explain, problems } from "../../broker/web/problems.ts";
import { Problem } from "../../broker/web/session.ts";
import { texts as front } from "../../broker/web/texts.ts";
import { texts as viewer } from "../../viewer/web/texts.ts";

// What the pages ask of a browser: its languages.
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { languages: ["fr-CH", "en"] } });

const sourceDir = process.env.POUCE_SOURCE_DIR ?? ".";

test("each text is there in both languages", () => {
  for (const [page, texts] of Object.entries({ front, check, viewer })) {
    for (const [key, pair] of Object.entries(texts as Record<string, readonly string[]>)) {
      assert.equal(pair.length, 2, `${page} ${key}`);
      for (const text of pair) assert.ok(text.trim(), `${page} ${key} is empty`);
      const [en, fr] = pair as [string, string];
      const long = en.split(" ").length > 4;
      assert.ok(!long || en !== fr, `${page} ${key} is not translated: ${en}`);
    }
  }
});

test("each problem of the protocol is said in the reader's language, never in the broker's", () => {
  const text = readFileSync(join(sourceDir, "signaling/wire/PROTOCOL.md"), "utf8");
  const list = text.slice(text.indexOf("Codes of problems:")).split("\n\n")[0] ?? "";
  const codes = [...list.matchAll(/`([a-z_]+)` [45]/g)].map((match) => match[1] ?? "");
  assert.ok(codes.length >= 16, list);
  for (const code of codes) {
    assert.ok(`problem_${code}` in problems, `broker/web/problems.ts has no sentence for ${code}`);
    const said = explain(new Problem(400, code, "The broker's own words."), (key) => problems[key][1]);
    assert.equal(said, problems[`problem_${code}` as keyof typeof problems][1]);
  }
  const unknown = explain(new Problem(400, "of_tomorrow", "The broker's own words."), (key) => problems[key][1]);
  assert.equal(unknown, problems.problem_internal[1]);
});
