// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A line that drops and comes back, and a pause: the same consent, no loan that survived, no time
// that was not seen. The line is cut by stopping the viewer's process for a while.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asks, makePair } from "../support/people.ts";
import { type Program, Stage } from "../support/programs.ts";

/** From the far end's silence to "lost". */
const noticeMaxMs = 5000;

function signedMs(agent: Program): number {
  return Number(agent.events("tick").at(-1)?.signed_ms ?? 0);
}

/** The @count-th event called @name. */
function nth(program: Program, name: string, count: number, deadlineMs: number): Promise<true> {
  const enough = (): true | undefined => (program.events(name).length >= count ? true : undefined);
  return program.waitLine(`${name} number ${count}`, enough, deadlineMs);
}

test("a dropped line comes back under the same consent, and a pause costs nothing", async () => {
  const stage = new Stage();
  try {
    const { broker, helper, seeker } = await makePair(stage);
    const viewer = stage.viewer(broker, helper, ["--accept"]);
    await viewer.waitEvent("ready");
    const request = asks("view,pointer,control");
    const agent = stage.agent(broker, seeker, ["--source", "pattern", ...request]);
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= 4000, 40000);
    viewer.write(JSON.stringify({ do: "ask", what: "control" }));
    await agent.waitEvent("granted", (event) => event.what === "control");

    viewer.child.kill("SIGSTOP");
    const lost = await agent.waitEvent("lost", undefined, noticeMaxMs);
    const lent = agent.events("revoked").filter((event) => event.what === "control");
    assert.equal(lent.length, 1, "the loan ended with the line");
    assert.equal(lent[0]?.by, "policy");
    const before = signedMs(agent);
    viewer.child.kill("SIGCONT");
    const resumedAt = performance.now();
    await nth(agent, "bound", 2, 20000);
    console.log(`back ${Math.round(performance.now() - resumedAt)} ms after the far end woke`);
    assert.ok(signedMs(agent) - before < 2000, "nothing is signed while the line is down");
    assert.equal(agent.events("granted").filter((event) => event.what === "control").length, 1, "no loan came back");
    assert.ok(Number(lost.us) > 0);

    agent.write(JSON.stringify({ do: "pause" }));
    await viewer.waitEvent("session", (event) => event.state === "paused", 10000);
    const paused = signedMs(agent);
    await nth(agent, "clock", agent.events("clock").length + 6, 15000);
    assert.ok(signedMs(agent) - paused <= 5100, "at most what ran before the pause");
    agent.write(JSON.stringify({ do: "resume" }));
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= paused + 4000, 30000);
    agent.write(JSON.stringify({ do: "end" }));
    const settled = await agent.waitEvent("settled", undefined, 20000);
    assert.equal(settled.amount_minor, Math.floor((60 * Number(settled.signed_ms) + 30000) / 60000));
    assert.equal(await agent.exited, 0);
    assert.equal(agent.stderr, "");
  } finally {
    await stage.close();
  }
});
