// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A broker that is killed or stopped in the middle of a session, and started again on the same folder: tokens hold,
// the session goes on under the same consent, ticks that were not acknowledged are taken, the bill is right.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { type Broker, Stage } from "../../support/programs.ts";
import { End, goLive, type Line } from "./end.ts";

let stage: Stage;
let broker: Broker;
let seeker: End;
let helper: End;
let lines: { seeker: Line; helper: Line };

before(async () => {
  stage = new Stage();
  broker = await stage.broker();
  seeker = await new End(broker.url, "marie", "Marie").signUp();
  helper = await (await new End(broker.url, "paul", "Paul").signUp()).helps();
  broker.ctl(["account", "credit", "marie", "100"]);
});

after(() => stage.close());

async function connect(): Promise<void> {
  lines = { seeker: await seeker.connect(), helper: await helper.connect(true) };
}

beforeEach(connect);

async function again(signal: NodeJS.Signals): Promise<void> {
  const code = await broker.program.stop(signal);
  if (signal === "SIGTERM") assert.equal(code, 0, broker.program.stderr);
  broker = await stage.broker({ data: broker.data });
  seeker.url = helper.url = broker.url;
}

const money = async (): Promise<[number, number]> => {
  const { account } = (await seeker.api("GET", "/me")).body;
  return [account.balance_minor, account.held_minor];
};

for (const signal of ["SIGKILL", "SIGTERM"] as const)
  test(`a live session survives ${signal}`, async () => {
    const [balance] = await money();
    const { session, chains } = await goLive(seeker, lines.seeker, helper, lines.helper, 5000);
    const ack = lines.seeker.wait("ticks_ack", (m) => m.helper_seq === 1);
    lines.seeker.send({ type: "ticks", session: session.id, ticks: chains.both(5) });
    const before = await ack;
    const unsent = chains.both(10);
    const closed = lines.seeker.closed;
    await again(signal);
    assert.equal((await closed).code, signal === "SIGTERM" ? 1001 : 1006);
    await connect();
    const welcome = lines.seeker.heard.find((m) => m.type === "welcome")!;
    assert.deepEqual(welcome.sessions.map((s: { id: string; may: string[] }) => [s.id, s.may]), [[session.id, ["view", "pointer"]]]);
    assert.deepEqual(await money(), [balance - 5000, 5000]);
    const resumed = lines.helper.wait("ticks_ack", (m) => m.seeker_seq === 2 && m.helper_seq === 2);
    lines.helper.send({ type: "ticks", session: session.id, ticks: unsent });
    const after = await resumed;
    assert.ok(after.signed_ms >= before.signed_ms && after.signed_ms <= 10);
    await seeker.api("POST", `/sessions/${session.id}/end`, { body: { reason: "seeker" } });
    const settled = (await lines.seeker.session(session.id, "settled")).session;
    assert.deepEqual(await money(), [balance - settled.cost_minor, 0]);
    assert.equal((await helper.api("GET", `/sessions/${session.id}/receipt`)).body.receipt.amount_minor, settled.cost_minor);
  });

test("an accepted session waits for its confirmation", async () => {
  const made = await seeker.ask(helper.account.id, 300);
  const id = made.body.session.id;
  await helper.api("POST", `/sessions/${id}/accept`);
  await again("SIGKILL");
  await connect();
  const confirmed = await seeker.api("POST", `/sessions/${id}/confirm`, { body: { may: ["view"] } });
  assert.equal(confirmed.body.session.state, "connecting");
  await helper.api("POST", `/sessions/${id}/end`, { body: { reason: "helper" } });
});

test("a ring is over, the money is back, and the same request is answered as before", async () => {
  const [balance] = await money();
  const made = await seeker.ask(helper.account.id, 300, "before-the-fall");
  assert.equal((await money())[1], 300);
  await again("SIGKILL");
  const session = (await seeker.api("GET", `/sessions/${made.body.session.id}`)).body.session;
  assert.deepEqual([session.state, session.end_reason], ["failed", "broker"]);
  assert.deepEqual(await money(), [balance, 0]);
  assert.deepEqual(await seeker.ask(helper.account.id, 300, "before-the-fall"), made);
});

test("two brokers do not share a folder", async () => {
  const second = stage.pouce("pouce-broker", ["--listen", "127.0.0.1:0", "--data", broker.data]);
  assert.equal(await second.exited, 1);
  assert.match(second.stderr, /Another broker uses the data folder/);
});

test("what is told wrongly is refused in a sentence", async () => {
  const tries: [string[], number, RegExp][] = [
    [["--listen", "nowhere"], 1, /not an address/],
    [["--bogus"], 2, /Unknown option/],
    [["--config", "/nonexistent"], 2, /Cannot read the configuration/],
    [["--config", stage.file("fee.conf", "[broker]\nfee_percent=ten\n")], 2, /fee_percent/],
    [["--config", stage.file("turn.conf", "[ice]\nturn=turn:127.0.0.1:3478\n")], 2, /turn_secret/],
    [["--origin", "help.example"], 2, /--origin/],
    [["--database", "oracle:x"], 1, /oracle/],
  ];
  for (const [args, code, words] of tries) {
    const program = stage.pouce("pouce-broker", ["--data", stage.path("wrong"), "--listen", "127.0.0.1:0", ...args]);
    assert.equal(await program.exited, code, `${args}: ${program.stderr}`);
    assert.match(program.stderr, words);
  }
});
