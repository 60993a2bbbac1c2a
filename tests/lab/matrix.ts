// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sessions of the real programs between kinds of networks: who connects, how fast, by which path.
//   POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh tests/lab/matrix.ts /tmp/matrix.mjs [KIND…]
// Prints Markdown. Exit 1 if a pair needs more than 5 s.

import { kinds } from "./nat.ts";
import { connectMaxMs, heading, line, measure, pairsOf } from "./pairs.ts";
import { Town } from "./town.ts";

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const chosen = kinds.filter((kind) => wanted.length === 0 || wanted.includes(kind));
  const town = await Town.open();
  let failures = 0;
  try {
    const pairs = pairsOf(town, chosen);
    if (wanted.length === 0) pairs.push(town.internet.hairpin(), town.internet.sameNetwork());
    console.log(heading);
    for (const [seeker, helper] of pairs) {
      const row = await measure(town, seeker, helper);
      if (row.problem || row.ms > connectMaxMs) failures++;
      console.log(line(row));
      if (row.problem && process.env.POUCE_LAB_VERBOSE) console.log(row.problem);
    }
  } finally {
    await town.close();
  }
  console.log(failures === 0 ? "\nAll connected within 5 s." : `\n${failures} did not connect within 5 s.`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
