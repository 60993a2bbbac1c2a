// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two bare ends of signaling/peer in two homes; this process carries descriptions and candidates across,
// so that what is seen is the network's doing and nobody else's.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { buildDir, type Event, type Program, Stage } from "../support/programs.ts";
import type { Home } from "./internet.ts";
import { credential, type Relay } from "./relay.ts";

/** ms: from the far side’s description to the connection, of the slower end. */
export type Meeting = { ms: number; offerer: string; answerer: string };
export type MeetOptions = {
  deadlineMs?: number;
  /** The path that both ends must come to, with what they begin with or later. */
  path?: RegExp;
  /** Runs once both are connected, before the path is looked at. */
  connected?: () => void;
};

function start(stage: Stage, role: string, home: Home, relay: Relay): Program {
  const { username, password } = credential(relay.secret, randomUUID());
  const servers = [...relay.stun, ...relay.turn.map((url) => `${url} ${username} ${password}`)];
  const env = { ...process.env, POUCE_LAB_ICE: servers.join("\n") };
  return stage.start(join(buildDir, "tests/pouce-peer-end"), [role, relay.caFile], env, home.prefix);
}

function carry(from: Program, to: Program): void {
  let seen = 0;
  from.child.stdout?.on("data", () => {
    for (; seen < from.lines.length; seen++) {
      const line = from.lines[seen] ?? "";
      if (/"event":"(description|candidate)"/.test(line)) to.write(line);
    }
  });
}

export async function meet(one: Home, other: Home, relay: Relay, options: MeetOptions = {}): Promise<Meeting> {
  const { deadlineMs = 15000, path = /-/ } = options;
  const stage = new Stage();
  try {
    const answerer = start(stage, "answerer", other, relay);
    const offerer = start(stage, "offerer", one, relay);
    carry(offerer, answerer);
    carry(answerer, offerer);
    const connected = (event: Event): boolean => event.state === "connected";
    const states = await Promise.all([offerer, answerer].map((end) => end.waitEvent("state", connected, deadlineMs)));
    options.connected?.();
    const wanted = (event: Event): boolean => path.test(String(event.path));
    const paths = await Promise.all([offerer, answerer].map((end) => end.waitEvent("path", wanted, deadlineMs)));
    return {
      ms: Math.max(...states.map((state) => Number(state.ms))),
      offerer: String(paths[0]?.path),
      answerer: String(paths[1]?.path),
    };
  } finally {
    await stage.close();
  }
}
