// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The whole flow through real sockets: sign up, find, ask, ring, accept, confirm, relay, live, ticks, end, receipt,
// rating; and the same with a cap, with a decline, with nobody answering.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { type Broker, Stage } from "../../support/programs.ts";
import { promised, seen } from "./contract.ts";
import { End, goLive, type Json, type Line, request } from "./end.ts";

const config = `[broker]
name=Essai
fee_percent=10
[ice]
stun=stun:127.0.0.1:3478
turn=turn:127.0.0.1:3478?transport=udp
turn_secret=a secret of the test
`;

let stage: Stage;
let broker: Broker;
let seeker: End;
let helper: End;
let seekerLine: Line;
let helperLine: Line;

before(async () => {
  stage = new Stage();
  broker = await stage.broker({ args: ["--config", stage.file("broker.conf", config)] });
  seeker = await new End(broker.url, "marie", "Marie Curie").signUp();
  helper = await new End(broker.url, "paul", "Paul Langevin").signUp();
  await helper.helps();
  assert.equal(broker.ctl(["account", "credit", "marie", "99.5"]), "marie now has 99.50 EUR.\n");
  assert.equal(broker.ctl(["account", "credit", "marie", "0.50"]), "marie now has 100.00 EUR.\n");
  seekerLine = await seeker.connect();
  helperLine = await helper.connect(true);
});

after(() => stage.close());

/** The broker's own clock bounds the bill, so it must run as long as the ticks claim. Not a wait for an event. */
const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms + 20));

const balance = async (end: End): Promise<Json> => (await end.api("GET", "/me")).body.account;

test("what anybody may read", async () => {
  const about = await request(broker.url, "GET", "/api/v1/");
  assert.deepEqual([about.body.name, about.body.currency], ["Essai", "EUR"]);
  assert.equal((await request(broker.url, "GET", "/api/v1/openapi.json")).body.openapi, "3.1.0");
});

test("the connection check gets servers with credentials for a minute", async () => {
  const { status, body } = await seeker.api("POST", "/check");
  assert.deepEqual([status, body.ice_servers.length, body.expires_in_s], [200, 2, 60]);
  const [stun, turn] = body.ice_servers;
  assert.deepEqual([stun.username, stun.credential], ["", ""]);
  const [expiry, user] = turn.username.split(":");
  assert.equal(user, `check.${seeker.device}`);
  assert.ok(Math.abs(Number(expiry) - Date.now() / 1000 - 60) < 10);
  assert.equal(turn.credential, createHmac("sha1", "a secret of the test").update(turn.username).digest("base64"));
  assert.equal((await request(broker.url, "POST", "/api/v1/check")).status, 401);
});

test("helpers are ranked with reasons", async () => {
  const list = (await seeker.api("GET", "/helpers?need=my%20printer&language=fr&limit=5")).body.helpers;
  assert.equal(list.length, 1);
  assert.equal(list[0].name, "Paul Langevin");
  assert.equal(list[0].available, "now");
  assert.ok(list[0].reasons.some((reason: Json) => reason.code === "skill"));
  assert.equal((await seeker.api("GET", `/helpers/${helper.account.id}`)).body.helper.id, helper.account.id);
});

test("a paid session from asking to the rating", async () => {
  const { session, chains } = await goLive(seeker, seekerLine, helper, helperLine, 5000);
  const id = session.id;
  assert.equal((await balance(seeker)).held_minor, 5000);
  assert.equal((await balance(seeker)).balance_minor, 5000);
  assert.equal(session.ice_servers.length, 2);
  assert.match(session.ice_servers[1].username, /^\d+:/);

  const offer = helperLine.wait("relay", (m) => m.kind === "offer");
  seekerLine.send({ type: "relay", session: id, kind: "offer", body: { sdp: "v=0\r\n" } });
  assert.equal((await offer).body.sdp, "v=0\r\n");
  const candidate = seekerLine.wait("relay", (m) => m.kind === "candidate");
  helperLine.send({ type: "relay", session: id, kind: "candidate", body: { candidate: "candidate:1 1 UDP 1 ::1 9 typ host", mline: 0 } });
  assert.equal((await candidate).body.mline, 0);

  await elapsed(150);
  const ack = seekerLine.wait("ticks_ack", (m) => m.helper_seq === 1);
  seekerLine.send({ type: "ticks", session: id, ticks: chains.both(150) });
  const acked = await ack;
  assert.deepEqual([acked.seeker_seq, acked.helper_seq, acked.signed_ms, acked.cost_minor], [1, 1, 150, 150]);

  helperLine.send({ type: "stats", session: id, fps: 30, bitrate_bps: 800_000, rtt_ms: 12, lost: 0, bytes: 1000 });
  const ended = await helper.api("POST", `/sessions/${id}/end`, { body: { reason: "helper" } });
  assert.equal(ended.body.session.state, "ended");
  const settled = await seekerLine.session(id, "settled");
  assert.match(settled.session.receipt_number, /^\d{4}-\d{6}$/);

  const receipt = (await helper.api("GET", `/sessions/${id}/receipt`)).body.receipt;
  assert.deepEqual(
    [receipt.signed_ms, receipt.amount_minor, receipt.fee_minor, receipt.helper_amount_minor],
    [150, 150, 15, 135],
  );
  assert.equal((await seeker.api("GET", `/sessions/${id}/ticks`)).body.ticks.length, 2);
  const rated = await seeker.api("POST", `/sessions/${id}/rating`, { body: { stars: 5, comment: "Merci !" } });
  assert.equal(rated.body.session.state, "rated");
  assert.equal((await seeker.api("POST", `/sessions/${id}/rating`, { body: { stars: 4, comment: "" } })).status, 409);
  assert.equal((await seeker.api("GET", `/helpers/${helper.account.id}`)).body.helper.stars_hundredths, 500);
  assert.deepEqual([(await balance(seeker)).balance_minor, (await balance(seeker)).held_minor], [9850, 0]);
  assert.equal((await balance(helper)).earned_minor, 135);

  const verified = JSON.parse(broker.ctl(["session", "ticks", id, "--verify", "--json"]));
  assert.deepEqual([verified.ok, verified.ticks, verified.cost_minor], [true, 2, 150]);
  assert.match(broker.ctl(["session", "ticks", id, "--verify"]), /^Right: .* 1\.50 EUR\.$/m);
  assert.match(broker.ctl(["session", "list"]), new RegExp(`^${id} +rated .* 0\\.1 +1\\.50 EUR$`, "m"));
  const shown = broker.ctl(["session", "show", id]);
  assert.match(shown, /^rate +600\.00 EUR a minute, at most 50\.00 EUR$/m);
  assert.match(shown, /^cost +1\.50 EUR$/m);
  assert.match(broker.ctl(["account", "list"]), /^marie .* 98\.50 EUR +0\.00 EUR +0\.00 EUR/m);
  assert.equal((await seeker.api("GET", "/sessions?limit=3")).body.sessions[0].id, id);
  assert.equal((await seeker.api("GET", `/sessions/${id}`)).body.session.state, "rated");
});

test("the cap ends the session, and is the whole bill", async () => {
  const { session, chains } = await goLive(seeker, seekerLine, helper, helperLine, 40);
  await elapsed(100);
  helperLine.send({ type: "ticks", session: session.id, ticks: chains.both(100) });
  const settled = await seekerLine.session(session.id, "settled");
  assert.deepEqual([settled.session.end_reason, settled.session.cost_minor], ["cap", 40]);
  assert.equal((await seeker.api("GET", `/sessions/${session.id}/receipt`)).body.receipt.amount_minor, 40);
});

test("a declined request costs nothing", async () => {
  const before = await balance(seeker);
  const made = await seeker.ask(helper.account.id, 1000);
  const id = made.body.session.id;
  assert.equal((await helper.api("POST", `/sessions/${id}/decline`)).status, 200);
  assert.equal((await seekerLine.session(id, "declined")).session.end_reason, "declined");
  assert.deepEqual(await balance(seeker), before);
  assert.equal((await seeker.api("GET", `/sessions/${id}/receipt`)).status, 409);
});

test("a withdrawn request stops ringing", async () => {
  const made = await seeker.ask(null, 1000);
  const id = made.body.session.id;
  const over = helperLine.wait("ring_over", (m) => m.session === id, true);
  assert.equal((await seeker.api("POST", `/sessions/${id}/end`, { body: { reason: "seeker" } })).status, 200);
  assert.equal((await over).reason, "withdrawn");
});

test("all devices ring, the one that accepts helps, a second accept is refused", async () => {
  const tablet = new End(broker.url, helper.login, helper.name);
  await tablet.logIn();
  const tabletLine = await tablet.connect(true);
  const [made] = await Promise.all([
    seeker.ask(helper.account.id, 1000), tabletLine.wait("ring"), helperLine.wait("ring"),
  ]);
  const id = made.body.session.id;
  const over = helperLine.wait("ring_over", (m) => m.session === id, true);
  const answers = await Promise.all([
    tablet.api("POST", `/sessions/${id}/accept`), tablet.api("POST", `/sessions/${id}/accept`),
  ]);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
  assert.equal((await over).reason, "answered");
  assert.equal((await helper.api("POST", `/sessions/${id}/accept`)).status, 409);
  const refused = helperLine.wait("error");
  helperLine.send({ type: "relay", session: id, kind: "offer", body: { sdp: "v=0\r\n" } });
  assert.equal((await refused).code, "forbidden");
  await seeker.api("POST", `/sessions/${id}/end`, { body: { reason: "seeker" } });
  tabletLine.close();
});

test("a ring that nobody answers expires and the money comes back", async () => {
  const before = await balance(seeker);
  const made = await seeker.ask(helper.account.id, 2000);
  const id = made.body.session.id;
  assert.equal((await balance(seeker)).held_minor, 2000);
  assert.equal((await seekerLine.session(id, "expired")).session.end_reason, "expired");
  await helperLine.wait("ring_over", (m) => m.session === id && m.reason === "expired", true);
  assert.deepEqual(await balance(seeker), before);
});

test("the document names no success that was not seen", async () => {
  await seeker.api("POST", "/logout");
  assert.deepEqual(promised().filter((name) => !seen.has(name)), []);
});
