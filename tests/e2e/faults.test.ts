// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What goes wrong in real life, between the real programs: each fault ends in a clear sentence or is
// survived, and the books are right in every case.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { logIn, makeHelper, makeSeeker } from "../support/people.ts";
import { api, type Broker, type Person, type Program, Stage } from "../support/programs.ts";

type Scene = { stage: Stage; broker: Broker; helper: Person; seeker: Person; token: string };

const rateMinorPerMin = 60;

async function withScene(play: (scene: Scene) => Promise<void>, amount = "50.00", rate = rateMinorPerMin): Promise<void> {
  const stage = new Stage();
  try {
    const broker = await stage.broker();
    const profile = { skills: ["printing"], languages: ["en"], place: "Lyon", rate_minor_per_min: rate, about: "" };
    const helper = await makeHelper(stage, broker, "helper", "Helper", profile);
    const seeker = await makeSeeker(stage, broker, "seeker", "Seeker", amount);
    const { token } = await logIn(broker, seeker);
    await play({ stage, broker, helper, seeker, token });
  } finally {
    await stage.close();
  }
}

function startAgent(scene: Scene, extra: string[] = [], helper = "first", cap = "5.00"): Program {
  const request = ["--ask", "printing", "--helper", helper, "--cap", cap, "--consent", "view,pointer"];
  return scene.stage.agent(scene.broker, scene.seeker, ["--source", "pattern", ...request, ...extra]);
}

async function startViewer(scene: Scene, extra: string[] = ["--accept"]): Promise<Program> {
  const viewer = scene.stage.viewer(scene.broker, scene.helper, extra);
  await viewer.waitEvent("ready");
  return viewer;
}

async function balance(scene: Scene): Promise<{ balance: number; held: number }> {
  const { status, body } = await api(scene.broker, "GET", "/me", { token: scene.token });
  assert.equal(status, 200);
  return { balance: body.account.balance_minor, held: body.account.held_minor };
}

function cost(signedMs: number, rate = rateMinorPerMin): number {
  return Math.floor((rate * signedMs + 30000) / 60000);
}

/** The one session of the seeker, as the broker's books have it. */
async function theSession(scene: Scene): Promise<any> {
  const answer = await api(scene.broker, "GET", "/sessions?limit=5", { token: scene.token });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.sessions.length, 1);
  return answer.body.sessions[0];
}

async function assertBooks(scene: Scene, start = 5000): Promise<any> {
  const session = await theSession(scene);
  const money = await balance(scene);
  assert.equal(money.held, 0, "nothing is held any more");
  assert.equal(money.balance, start - session.cost_minor);
  assert.equal(session.cost_minor, Math.min(cost(session.signed_ms, session.price.rate_minor_per_min), session.price.cap_minor));
  scene.broker.ctl(["ledger", "verify"]);
  return session;
}

const overStates = ["settled", "rated", "failed", "declined", "expired"];

/** Between two looks at the broker's books; it limits how often one may ask. */
const pollPause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000));

async function waitOver(scene: Scene, deadlineMs: number): Promise<any> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const session = await theSession(scene);
    if (overStates.includes(session.state)) return session;
    assert.ok(performance.now() < until, `still ${session.state} after ${deadlineMs} ms`);
    await pollPause();
  }
}

test("a wrong password is said in words", async () => {
  await withScene(async (scene) => {
    writeFileSync(scene.seeker.passwordFile, "not the password\n");
    const agent = startAgent(scene);
    assert.equal(await agent.exited, 1);
    assert.match(agent.stderr, /password/i);
    assert.doesNotMatch(agent.stderr, /not the password/);
  });
});

test("an unknown helper, and nobody there, are said in words", async () => {
  await withScene(async (scene) => {
    const unknown = startAgent(scene, [], "01890000-0000-7000-8000-000000000000");
    assert.equal(await unknown.exited, 1);
    assert.match(unknown.stderr, /helper/i);
    const nobody = startAgent(scene);
    assert.equal(await nobody.exited, 1);
    assert.match(nobody.stderr, /helper|nobody|available/i);
    assert.deepEqual(await balance(scene), { balance: 5000, held: 0 });
  });
});

test("without enough money nobody is rung", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene);
    const agent = startAgent(scene);
    assert.equal(await agent.exited, 1);
    assert.match(agent.stderr, /money|balance|account/i);
    assert.equal(viewer.events("ring").length, 0);
    assert.deepEqual(await balance(scene), { balance: 100, held: 0 });
  }, "1.00");
});

test("a helper who vanishes while ringing leaves the seeker free", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene, []);
    const agent = startAgent(scene);
    await viewer.waitEvent("ring");
    await viewer.stop("SIGKILL");
    const code = await Promise.race([agent.exited, new Promise((resolve) => setTimeout(() => resolve("late"), 40000))]);
    assert.equal(code, 1);
    assert.deepEqual(await balance(scene), { balance: 5000, held: 0 });
  });
});

test("the cap ends the session and is never exceeded", async () => {
  await withScene(
    async (scene) => {
      const viewer = await startViewer(scene);
      const agent = startAgent(scene, [], "first", "0.50");
      const settled = await agent.waitEvent("settled", undefined, 60000);
      assert.equal(settled.amount_minor, 50);
      assert.equal(await agent.exited, 0);
      const session = await assertBooks(scene);
      assert.equal(session.end_reason, "cap");
      await viewer.waitEvent("ended");
    },
    "50.00",
    300,
  );
});

test("an agent killed in mid-session is billed for what both signed", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene);
    const agent = startAgent(scene);
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) > 0, 30000);
    await agent.stop("SIGKILL");
    await viewer.waitEvent("lost", undefined, 15000);
    await waitOver(scene, 90000);
    const session = await assertBooks(scene);
    assert.ok(session.signed_ms >= 4000 && session.signed_ms < 30000, `signed ${session.signed_ms}`);
  });
});

test("a viewer killed in mid-session is billed for what both signed", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene);
    const agent = startAgent(scene);
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) > 0, 30000);
    await viewer.stop("SIGKILL");
    await agent.waitEvent("lost", undefined, 15000);
    await agent.exited;
    const session = await assertBooks(scene);
    assert.ok(session.signed_ms >= 4000 && session.signed_ms < 30000, `signed ${session.signed_ms}`);
  });
});

test("a broker killed in mid-session comes back and the session goes on", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene);
    const agent = startAgent(scene);
    const before = await agent.waitEvent("tick", (event) => Number(event.signed_ms) > 0, 30000);
    await scene.broker.program.stop("SIGKILL");
    const listen = new URL(scene.broker.url).host;
    scene.broker = await scene.stage.broker({ data: scene.broker.data, listen });
    const wanted = Number(before.signed_ms) + 9000;
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= wanted, 40000);
    viewer.write(JSON.stringify({ do: "end" }));
    const settled = await agent.waitEvent("settled", undefined, 20000);
    assert.ok(Number(settled.signed_ms) >= wanted);
    assert.equal(await agent.exited, 0);
    await assertBooks(scene);
  });
});

test("an X server that goes away ends the session cleanly", async () => {
  await withScene(async (scene) => {
    const viewer = await startViewer(scene);
    const display = await scene.stage.xvfb("1024x768");
    const x11 = scene.stage.last("Xvfb");
    const agent = startAgent(scene, ["--source", `x11:${display}`]);
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) > 0, 30000);
    await x11.stop("SIGKILL");
    await agent.exited;
    assert.match(agent.stderr, /screen|X server|display/i);
    await viewer.waitEvent("ended");
    await assertBooks(scene);
  });
});
