// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper in a real Chromium watches a desktop that scrolls, a minute each: on a line that loses nothing one key
// frame is decoded, the first; on one that loses packets at random, both ways, nearly all losses are made good or
// made up for without another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { watchScrolling } from "./scrolling.ts";

const minute = { encoder: "screen", watchedMs: 60_000 };

test("without loss a minute of scrolling takes one key frame", async () => {
  const seen = await watchScrolling({ ...minute, lossPermille: 0 });
  console.log(`no loss: ${JSON.stringify(seen)}`);
  assert.ok(seen.framesDecoded > 300, `${seen.framesDecoded} frames in a minute`);
  assert.equal(seen.keyFramesDecoded, 1);
  assert.equal(seen.pliCount, 0);
});

test("a minute of scrolling at 5 % loss goes on without key frames", async () => {
  const seen = await watchScrolling({ ...minute, lossPermille: 50 });
  console.log(`5 % loss: ${JSON.stringify(seen)}`);
  assert.ok(seen.framesDecoded > 200, `${seen.framesDecoded} frames in a minute`);
  assert.ok(seen.nackCount > 20, "nothing got lost: this tests nothing");
  assert.ok(seen.keyFramesDecoded <= 4, `${seen.keyFramesDecoded} key frames`);
});
