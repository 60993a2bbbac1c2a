// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Wrong input of every kind gets a clear answer: all codes of problems over HTTP, all close codes of the WebSocket,
// limits on size, rate and count, and headers that keep a browser safe.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";

import { type Broker, Stage } from "../../support/programs.ts";
import { type Answer, End, goLive, type Json, Line, request } from "./end.ts";

let stage: Stage;
let broker: Broker;
let seeker: End;
let helper: End;
let helperLine: Line;

before(async () => {
  stage = new Stage();
  const config = stage.file("broker.conf", "[limits]\nrequest_per_min=600\n");
  broker = await stage.broker({ args: ["--origin", "https://help.example", "--config", config] });
  seeker = await new End(broker.url, "marie", "Marie").signUp();
  helper = await (await new End(broker.url, "paul", "Paul").signUp()).helps();
  broker.ctl(["account", "credit", "marie", "100", "--key", "once"]);
  helperLine = await helper.connect(true);
});

after(() => stage.close());

function is(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], JSON.stringify(answer.body));
}

const raw = (method: string, path: string, options: Parameters<typeof request>[3] = {}): Promise<Answer> =>
  request(broker.url, method, path, options);

test("malformed", async () => {
  const account = { login: "eve", name: "Eve", password: "12345678", locale: "fr" };
  const bad: Json[] = [
    { ...account, login: "Eve" }, { ...account, login: "e" }, { ...account, login: 7 }, { ...account, name: "" },
    { ...account, name: "  " }, { ...account, name: "a\u0007b" }, { ...account, name: "a\u202eb" }, { ...account, name: "x".repeat(81) },
    { ...account, password: "short" }, { ...account, password: "x".repeat(257) }, { ...account, password: "é".repeat(129) },
    { ...account, locale: "" }, { ...account, locale: "f r" }, { login: "eve" }, {},
  ];
  for (const body of bad) is(await raw("POST", "/api/v1/accounts", { body }), 400, "malformed");
  for (const text of ["", "{", "[]", "7", '{"login":"a","login":"b"}', '{"a":1} x', '{"a":"\ud800"}', "\u0000"])
    is(await raw("POST", "/api/v1/accounts", { raw: text, headers: { "Content-Type": "application/json" } }), 400, "malformed");
  for (const path of ["/helpers?limit=0", "/helpers?limit=x", "/helpers?language=%00", `/helpers?need=${"x".repeat(501)}`, "/helpers?need=%ff", "/sessions?limit=101"])
    is(await seeker.api("GET", path), 400, "malformed");
  for (const body of [
    { skills: "x", languages: [], place: "", rate_minor_per_min: 0, about: "" },
    { skills: Array(8).fill(0).map((_, at) => `s${at}`), languages: [], place: "", rate_minor_per_min: 0, about: "" },
    { skills: [], languages: ["not a tag"], place: "", rate_minor_per_min: 0, about: "" },
    { skills: [], languages: [], place: "", rate_minor_per_min: -1, about: "" },
    { skills: [], languages: [], place: "", rate_minor_per_min: 1.5, about: "" },
  ])
    is(await helper.api("PUT", "/me/helper", { body }), 400, "malformed");
});

test("log-in: unknown and wrong alike, a device key belongs to one account", async () => {
  const device = { name: "x", kind: "viewer", public_key: seeker.publicKey };
  const wrong = await raw("POST", "/api/v1/login", { body: { login: "marie", password: "not the password", device } });
  const unknown = await raw("POST", "/api/v1/login", { body: { login: "nobody", password: "not the password", device } });
  is(wrong, 401, "wrong_credentials");
  assert.deepEqual(wrong, unknown);
  is(await raw("POST", "/api/v1/login", { body: { login: "paul", password: helper.password, device } }), 409, "conflict");
  for (const bad of [{ ...device, kind: "toaster" }, { ...device, public_key: "AAAA" }, { ...device, name: "" }, null])
    is(await raw("POST", "/api/v1/login", { body: { login: "marie", password: seeker.password, device: bad } }), 400, "malformed");
  const timed = async (login: string): Promise<number> => {
    const times: number[] = [];
    for (let at = 0; at < 3; at++) {
      const from = performance.now();
      await raw("POST", "/api/v1/login", { body: { login, password: "not the password", device } });
      times.push(performance.now() - from);
    }
    return Math.min(...times);
  };
  const [known, never] = [await timed("paul"), await timed("nobody")];
  assert.ok(never > known / 3, `an unknown login answers in ${never} ms, a known one in ${known} ms`);
});

test("authentication and rights", async () => {
  is(await raw("GET", "/api/v1/me"), 401, "unauthenticated");
  is(await raw("GET", "/api/v1/me", { token: "A".repeat(43) }), 401, "unauthenticated");
  is(await raw("GET", "/api/v1/me", { token: "x".repeat(2000) }), 401, "unauthenticated");
  is(await raw("GET", "/console/events", { token: seeker.token }), 403, "forbidden");
  const gone = await new End(broker.url, "gone", "Gone").signUp();
  const line = await gone.connect();
  assert.equal((await gone.api("POST", "/logout")).status, 204);
  assert.equal((await line.closed).code, 4001);
  is(await gone.api("GET", "/me"), 401, "unauthenticated");
});

test("addresses, methods, media, size", async () => {
  is(await raw("GET", "/api/v1/nothing"), 404, "not_found");
  is(await raw("GET", "/../../etc/passwd"), 404, "not_found");
  is(await raw("GET", "/%2e%2e/lock"), 404, "not_found");
  is(await raw("DELETE", "/api/v1/me"), 405, "method_not_allowed");
  is(await raw("POST", "/api/v1/accounts", { raw: "a=b", headers: { "Content-Type": "text/plain" } }), 415, "unsupported_media");
  is(await raw("POST", "/api/v1/accounts", { raw: `{"a":"${"x".repeat(70_000)}"}` }), 413, "too_large");
  is(await seeker.api("POST", `/sessions/${"1".repeat(36)}/accept`), 404, "not_found");
  is(await seeker.api("GET", `/helpers/${seeker.account.id}`), 404, "not_found");
});

test("sessions: money, helpers, keys, states, strangers", async () => {
  is(await seeker.ask(helper.account.id, 1_000_000), 402, "not_enough_money");
  is(await seeker.ask(seeker.account.id, 100), 404, "not_found");
  const body = { need: "x", helper: helper.account.id, language: "", place: "", cap_minor: 100 };
  is(await seeker.api("POST", "/sessions", { body }), 400, "malformed");
  is(await seeker.api("POST", "/sessions", { body, key: "x".repeat(65) }), 400, "malformed");
  for (const bad of [{ need: "" }, { helper: "me" }, { helper: 7 }, { cap_minor: -1 }, { cap_minor: "1" }, { language: "??" }])
    is(await seeker.api("POST", "/sessions", { body: { ...body, ...bad }, key: "k1" }), 400, "malformed");
  const first = await seeker.ask(helper.account.id, 100, "the-key");
  assert.equal(first.status, 201);
  assert.deepEqual(await seeker.ask(helper.account.id, 100, "the-key"), first);
  is(await seeker.ask(helper.account.id, 101, "the-key"), 409, "idempotency_mismatch");
  is(await seeker.ask(helper.account.id, 100), 409, "helper_unavailable");
  const id = first.body.session.id;
  is(await seeker.api("POST", `/sessions/${id}/accept`), 403, "forbidden");
  is(await helper.api("POST", `/sessions/${id}/confirm`, { body: { may: ["view"] } }), 409, "conflict");
  is(await seeker.api("POST", `/sessions/${id}/rating`, { body: { stars: 6, comment: "" } }), 400, "malformed");
  is(await seeker.api("POST", `/sessions/${id}/end`, { body: { reason: "boredom" } }), 400, "malformed");
  is(await seeker.api("POST", `/sessions/${id}/confirm`, { body: { may: ["fly"] } }), 400, "malformed");
  const stranger = await new End(broker.url, "stranger", "Stranger").signUp();
  for (const what of ["", "/receipt", "/ticks"]) is(await stranger.api("GET", `/sessions/${id}${what}`), 404, "not_found");
  is(await stranger.api("POST", `/sessions/${id}/accept`), 404, "not_found");
  await seeker.api("POST", `/sessions/${id}/end`, { body: { reason: "seeker" } });
});

test("ticks: altered, foreign, out of order", async () => {
  const seekerLine = await seeker.connect();
  const { session, chains } = await goLive(seeker, seekerLine, helper, helperLine, 5000);
  const answer = async (ticks: Json[]): Promise<Json> => {
    const error = seekerLine.wait("error");
    seekerLine.send({ type: "ticks", session: session.id, ticks });
    return error;
  };
  const good = chains.both(10);
  const text = Buffer.from(good[0]!.tick, "base64url").toString();
  const altered = { ...good[0]!, tick: Buffer.from(text.replace("live_ms=10", "live_ms=99")).toString("base64url") };
  assert.equal((await answer([altered])).code, "malformed");
  assert.equal((await answer([{ ...good[0]!, counter_sig: good[0]!.sig }])).code, "malformed");
  const later = chains.both(20);
  assert.equal((await answer(later)).code, "conflict"); // a gap: send the earlier first
  const ack = seekerLine.wait("ticks_ack", (m) => m.seeker_seq === 2 && m.helper_seq === 2);
  seekerLine.send({ type: "ticks", session: session.id, ticks: [...good, ...later] });
  await ack;
  const error = seekerLine.wait("error");
  seekerLine.send({ type: "relay", session: "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f", kind: "offer", body: { sdp: "x" } });
  assert.equal((await error).code, "not_found");
  const many = seekerLine.wait("error");
  for (let at = 0; at < 51; at++)
    seekerLine.send({ type: "relay", session: session.id, kind: "candidate", body: { candidate: `candidate:${at}`, mline: 0 } });
  assert.equal((await many).code, "too_many");
  await seeker.api("POST", `/sessions/${session.id}/end`, { body: { reason: "seeker" } });
  await seekerLine.session(session.id, "settled");
  seekerLine.close();
});

async function closes(say: (line: Line) => void): Promise<number> {
  const line = await Line.open(broker.url);
  say(line);
  return (await line.closed).code;
}

test("WebSocket: close codes", async () => {
  assert.equal(await closes((line) => line.send({ type: "ping", n: 1 })), 4001);
  assert.equal(await closes((line) => line.send({ type: "hello", token: "nonsense", protocol: 1, available: false })), 4001);
  assert.equal(await closes((line) => line.socket.send("{")), 4002);
  assert.equal(await closes((line) => line.socket.send(Buffer.from([1, 2, 3]))), 4002);
  assert.equal(await closes((line) => line.send({ type: "hello", token: seeker.token, protocol: 2, available: false })), 4002);
  const large = await closes((line) => line.socket.send(`{"type":"${"x".repeat(40_000)}"}`));
  assert.ok([1009, 1006].includes(large), String(large)); // what was not read may take the close frame with it
  assert.equal(await closes(() => undefined), 4001); // silence for 5 s
});

test("WebSocket: unknown types are answered, a newer connection replaces the older, too many messages end it", async () => {
  const older = await seeker.connect();
  assert.equal(older.socket.extensions, "");
  const unknown = older.wait("error");
  older.send({ type: "dance" });
  assert.equal((await unknown).code, "malformed");
  const newer = await seeker.connect();
  assert.equal((await older.closed).code, 4003);
  const pong = newer.wait("pong");
  newer.send({ type: "ping", n: 7 });
  assert.equal((await pong).n, 7);
  for (let at = 0; at < 400; at++) newer.send({ type: "ping", n: at });
  assert.equal((await newer.closed).code, 4008);
});

test("WebSocket: only listed origins", async () => {
  for (const origin of [broker.url, "https://help.example"]) (await Line.open(broker.url, { Origin: origin })).close();
  for (const origin of ["https://help.example.evil", "http://help.example", "null", "https://evil"])
    await assert.rejects(Line.open(broker.url, { Origin: origin }), /403/);
});

test("endless fragments are cut off", async () => {
  const line = await Line.open(broker.url);
  const closed = line.closed;
  const piece = Buffer.alloc(16_000, "x");
  const feed = setInterval(() => {
    for (let at = 0; at < 4; at++) line.socket.send(piece, { fin: false, binary: false });
  }, 20);
  const { code } = await closed;
  clearInterval(feed);
  assert.notEqual(code, 1000);
});

test("a request that never ends is cut off after 10 s", async () => {
  const { hostname, port } = new URL(broker.url);
  const socket = connect(Number(port), hostname);
  const began = performance.now();
  socket.write("POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
  const drip = setInterval(() => socket.write(" "), 3000);
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.on("close", resolve).resume());
  clearInterval(drip);
  const took = performance.now() - began;
  assert.ok(took > 5000 && took < 15_000, `cut after ${took} ms`);
});

/** Sends @parts one after the other, each after an answer or a while, and leaves like a program that is ended. */
async function visit(parts: string[], answers: boolean): Promise<void> {
  const { hostname, port } = new URL(broker.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of parts) {
    socket.write(part);
    const answer = new Promise((resolve) => (answers ? socket.once("data", resolve) : setImmediate(resolve)));
    await Promise.race([answer, closed]);
  }
  socket.destroy();
  await closed;
}

test("a visitor who has left keeps nothing open", async () => {
  const descriptors = (): number => readdirSync(`/proc/${broker.program.child.pid}/fd`).length;
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const post = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n";
  const upgrade = `GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${"A".repeat(22)}==\r\n\r\n`;
  const visits: [string[], boolean][] = [
    [[], false], [[get("/api/v1/")], true], [[get("/viewer/")], true], [[get("/nothing")], true], [[get("/api/v1/"), get("/api/v1/")], true],
    [["GET /api"], false], [[post], false], [[post + "{"], false], [["rubbish\r\n\r\n"], true], [[upgrade], true], [[get("/api/v1/")], false],
  ];
  const before = descriptors();
  for (let round = 0; round < 5; round++) for (const [parts, answers] of visits) await visit(parts, answers);
  // What was cut off in the middle of a request is noticed at once or after 10 s.
  for (const until = performance.now() + 15_000; descriptors() > before + 2 && performance.now() < until; )
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(descriptors() <= before + 2, `${descriptors() - before} more than before`);
});

test("pages come with a strict policy", async () => {
  const page = await fetch(`${broker.url}/`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  const etag = page.headers.get("etag") ?? "";
  assert.equal((await fetch(`${broker.url}/`, { headers: { "If-None-Match": etag } })).status, 304);
  assert.equal((await fetch(`${broker.url}/console`, { redirect: "manual" })).status, 301);
  const metrics = await fetch(`${broker.url}/metrics`);
  assert.match(metrics.headers.get("content-type") ?? "", /^application\/openmetrics-text/);
  assert.match(await metrics.text(), /\n# EOF\n$/);
});

test("the operators' events", async () => {
  const boss = await new End(broker.url, "boss", "Boss").signUp();
  broker.ctl(["account", "operator", "boss"]);
  const answer = await fetch(`${broker.url}/console/events`, { headers: { Authorization: `Bearer ${boss.token}` } });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n\n")) text += (await reader.read()).value ?? "";
  const state = JSON.parse(/data: (.*)/.exec(text)![1]!);
  assert.equal(state.people.find((person: Json) => person.name === "Paul").helper, true);
  assert.equal(state.online, state.people.length);
  await reader.cancel();
});

test("too many log-ins", async () => {
  const device = { name: "x", kind: "viewer", public_key: seeker.publicKey };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => raw("POST", "/api/v1/login", { body: { login: "marie", password: "not the password", device } })),
  );
  assert.ok(answers.some((answer) => answer.body.code === "too_many"));
  assert.ok(answers.every((answer) => [401, 429].includes(answer.status)));
});

test("too many requests for help", async () => {
  const own = await stage.broker();
  const eager = await new End(own.url, "eager", "Eager").signUp();
  const answers = await Promise.all(Array.from({ length: 50 }, () => eager.ask(null, 0)));
  assert.equal(answers.filter((answer) => answer.body.code === "too_many").length, 20);
  assert.equal(answers.filter((answer) => answer.body.code === "helper_unavailable").length, 30);
});

test("a taken login, and money that is credited once", async () => {
  const body = { login: "marie", name: "Other", password: "12345678", locale: "en" };
  is(await raw("POST", "/api/v1/accounts", { body }), 409, "login_taken");
  const before = (await seeker.api("GET", "/me")).body.account.balance_minor;
  broker.ctl(["account", "credit", "marie", "100", "--key", "once"]);
  assert.equal((await seeker.api("GET", "/me")).body.account.balance_minor, before);
  assert.throws(() => broker.ctl(["account", "credit", "marie", "50", "--key", "once"]));
  for (const amount of ["0", "-5", "1.234", "x", "1e3"]) assert.throws(() => broker.ctl(["account", "credit", "marie", amount]));
  assert.throws(() => broker.ctl(["account", "credit", "nobody", "5"]), /no account/);
  assert.throws(() => broker.ctl(["session", "show", "x"]), /no session/);
});

test("exports are CSV that no spreadsheet runs", async () => {
  const evil = await new End(broker.url, "evil", "=cmd|'/c calc'!A1").signUp();
  await evil.helps({ rate_minor_per_min: 0 });
  const line = await evil.connect(true);
  const made = await seeker.ask(evil.account.id, 0);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await seeker.api("POST", `/sessions/${made.body.session.id}/end`, { body: { reason: "seeker" } });
  line.close();
  const csv = broker.ctl(["export", "sessions", "--csv"]);
  assert.ok(csv.startsWith("session,state,created"));
  assert.ok(csv.includes(`"'=cmd|'/c calc'!A1"`));
  assert.ok(csv.split("\r\n").length > 3 && csv.endsWith("\r\n"));
  const receipts = broker.ctl(["export", "receipts", "--csv"]);
  assert.equal(receipts.split("\r\n")[0], "number,issued,session,seeker_id,seeker,helper_id,helper,need,signed_ms,rate_per_min,currency,amount,helper_amount,fee");
});
