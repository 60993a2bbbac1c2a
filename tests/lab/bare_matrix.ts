// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every kind of network against every other with bare ends: time to connect and the path chosen.
//   POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh tests/lab/bare_matrix.ts /tmp/bare_matrix.mjs [KIND…]

import { Stage } from "../support/programs.ts";
import { meet } from "./bare_ends.ts";
import { type Home, Internet } from "./internet.ts";
import { type Kind, kinds } from "./nat.ts";
import { startRelay } from "./relay.ts";

const wanted = process.argv.slice(2);
const chosen = kinds.filter((kind) => wanted.length === 0 || wanted.includes(kind));
const stage = new Stage();
const internet = new Internet(stage.path("hosts"));
try {
  const relay = await startRelay(stage);
  const side = (): Map<Kind, Home> => new Map(chosen.map((kind) => [kind, internet.home(kind)]));
  const seekers = side();
  const helpers = side();
  const pairs: [Home, Home][] = [];
  for (const seeker of seekers.values()) for (const helper of helpers.values()) pairs.push([seeker, helper]);
  if (wanted.length === 0) pairs.push(internet.hairpin(), internet.sameNetwork());
  for (const [seeker, helper] of pairs) {
    const text = await meet(seeker, helper, relay).then(
      (met) => `${met.ms} ms  ${met.offerer}  ${met.answerer}`,
      (error: Error) => `FAILED ${process.env.POUCE_LAB_VERBOSE ? error.message : error.message.split("\n")[0]}`,
    );
    console.log(`${seeker.kind.padEnd(20)} ${helper.kind.padEnd(20)} ${text}`);
  }
} finally {
  await stage.close();
  internet.close();
}
