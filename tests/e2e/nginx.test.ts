// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The real nginx with packaging/nginx/pouce.conf in front of the real broker, on loopback with a certificate of this
// run: a whole session through it, events at once, and what it keeps away from the broker.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectSecure } from "node:http2";
import { request as plainRequest } from "node:http";
import { connect as connectPlain, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";

import { makeCertificate } from "../lab/relay.ts";
import { freePorts, listens } from "../support/ports.ts";
import { type Broker, type Program, sourceDir, Stage } from "../support/programs.ts";
import { End, goLive, Line, request } from "./broker/end.ts";

// The authority is of this run; the first test checks the certificate against it, the others do not.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

let stage: Stage;
let broker: Broker;
let nginx: Program;
let url: string;
let tlsPort: number;
let plainPort: number;
let ca: string;

/** packaging/nginx/pouce.conf with this run's ports, certificate and broker, in the smallest nginx.conf around it. */
function configuration(upstream: string, cert: string, key: string): string {
  const replacements: [string, string, number][] = [
    ["    listen 80;\n    listen [::]:80;\n", `    listen 127.0.0.1:${plainPort};\n`, 1],
    ["    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n", `    listen 127.0.0.1:${tlsPort} ssl http2;\n`, 1],
    ["server 127.0.0.1:7420;", `server ${upstream};`, 1],
    ["/etc/pouce/tls.pem", cert, 1],
    ["/etc/pouce/tls.key", key, 1],
  ];
  let text = readFileSync(join(sourceDir, "packaging/nginx/pouce.conf"), "utf8");
  for (const [from, to, times] of replacements) {
    assert.equal(text.split(from).length - 1, times, `${from} in pouce.conf`);
    text = text.replace(from, to);
  }
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${stage.path(kind)};`);
  return [
    process.getuid?.() === 0 ? "user root;" : "",
    `pid ${stage.path("nginx.pid")};`,
    "error_log stderr warn;",
    "worker_processes 1;",
    "events { worker_connections 512; }",
    "http {",
    "access_log off;",
    ...temporary,
    text,
    "}",
  ].join("\n");
}

before(async () => {
  stage = new Stage();
  [tlsPort = 0, plainPort = 0] = await freePorts(2);
  url = `https://127.0.0.1:${tlsPort}`;
  const certificate = makeCertificate(stage, "help.example");
  ca = readFileSync(certificate.ca, "utf8");
  const config = stage.file("broker.conf", `[broker]\nbehind_proxy=true\norigins=${url}\n[limits]\nsign_up_per_min=600\n`);
  broker = await stage.broker({ args: ["--config", config] });
  const file = stage.file("nginx.conf", configuration(new URL(broker.url).host, certificate.cert, certificate.key));
  nginx = stage.start("nginx", ["-c", file, "-g", "daemon off;"]);
  await listens(tlsPort);
});

after(() => stage.close());

const closed = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });

test("a certificate that holds, TLS 1.2 at least, HTTP/2, and HTTP sent to HTTPS", async () => {
  const reach = (options: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port: tlsPort, host: "127.0.0.1", servername: "help.example", ca, rejectUnauthorized: true, ...options }, () => {
        resolve(socket.getProtocol() ?? "");
        socket.destroy();
      });
      socket.once("error", reject);
    });
  assert.equal(await reach({}), "TLSv1.3");
  assert.equal(await reach({ maxVersion: "TLSv1.2" }), "TLSv1.2");
  await assert.rejects(reach({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" }));

  const session = connectSecure(url, { rejectUnauthorized: false });
  const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
    session.once("error", reject);
    session.request({ ":path": "/viewer/" }).once("response", resolve).end();
  });
  session.close();
  assert.equal(headers[":status"], 200);
  assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
  assert.match(String(headers["strict-transport-security"]), /max-age=\d+/);
  assert.equal(headers["server"], "pouce");

  const moved = await new Promise<{ status?: number; location?: string }>((resolve, reject) => {
    plainRequest({ port: plainPort, host: "127.0.0.1", path: "/viewer/?a=b" }, (answer) =>
      resolve({ status: answer.statusCode, location: answer.headers.location }),
    ).once("error", reject).end();
  });
  assert.deepEqual([moved.status, moved.location], [308, "https://127.0.0.1/viewer/?a=b"]);
});

test("sign-up, log-in, a session with its events, and the bill", async () => {
  const seeker = await new End(url, "marie", "Marie Curie").signUp();
  const helper = await (await new End(url, "paul", "Paul Langevin").signUp()).helps();
  broker.ctl(["account", "credit", "marie", "100"]);
  const [seekerLine, helperLine] = [await seeker.connect(), await helper.connect(true)];
  const { session, chains } = await goLive(seeker, seekerLine, helper, helperLine, 5000);
  const acked = helperLine.wait("ticks_ack");
  helperLine.send({ type: "ticks", session: session.id, ticks: chains.both(100) });
  await acked;
  assert.equal((await helper.api("POST", `/sessions/${session.id}/end`, { body: { reason: "helper" } })).status, 200);
  const settled = (await seekerLine.session(session.id, "settled")).session;
  const receipt = (await seeker.api("GET", `/sessions/${session.id}/receipt`)).body.receipt;
  assert.equal(receipt.amount_minor, settled.cost_minor);
  assert.equal(receipt.number, settled.receipt_number);
  seekerLine.close();
  helperLine.close();
});

test("wss takes this origin and no other", async () => {
  const line = await Line.open(url, { Origin: url });
  line.close();
  for (const origin of ["https://evil.example", "null", broker.url.replace("http", "https"), `${url}.evil.example`])
    await assert.rejects(Line.open(url, { Origin: origin }), /status 403/, origin);
});

test("the operators' events come one by one", async () => {
  const boss = await new End(url, "boss", "Odile Operator").signUp();
  assert.equal((await fetch(`${url}/console/events`, { headers: { Authorization: `Bearer ${boss.token}` } })).status, 403);
  broker.ctl(["account", "operator", "boss"]);
  await boss.logIn();
  const stop = new AbortController();
  const answer = await fetch(`${url}/console/events`, { headers: { Authorization: `Bearer ${boss.token}` }, signal: stop.signal });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const times: number[] = [];
  for (let rest = ""; times.length < 4; ) {
    const { value, done } = await reader.read();
    assert.equal(done, false);
    rest += value;
    for (let at = rest.indexOf("\n\n"); at >= 0; at = rest.indexOf("\n\n")) {
      times.push((JSON.parse(/^data: (.*)$/m.exec(rest.slice(0, at))?.[1] ?? "") as { time_s: number }).time_s);
      rest = rest.slice(at + 2);
      const late = Date.now() / 1000 - times.at(-1)!;
      assert.ok(late < 3, `an event was held for ${late} s`);
    }
  }
  stop.abort();
  assert.equal(new Set(times.slice(1)).size, times.length - 1, "one a second, not all at once");
});

test("a body of 64 KiB passes, one byte more does not; metrics stay at home", async () => {
  const body = (bytes: number): string => JSON.stringify({ login: "x".repeat(bytes - 12) });
  assert.equal(body(65536).length, 65536);
  const whole = await request(url, "POST", "/api/v1/accounts", { raw: body(65536) });
  assert.deepEqual([whole.status, whole.body.code], [400, "malformed"], "the broker judged it");
  const large = await request(url, "POST", "/api/v1/accounts", { raw: body(65537) });
  assert.deepEqual([large.status, large.body.code], [413, "too_large"]);
  assert.equal((await fetch(`${url}/metrics`)).status, 404);
  assert.equal((await fetch(`${broker.url}/metrics`)).status, 200);
});

test("a client that says its headers slowly is cut off, and the broker never hears of it", { timeout: 40000 }, async () => {
  const socket = connectTls({ port: tlsPort, host: "127.0.0.1", rejectUnauthorized: false });
  const from = performance.now();
  const end = closed(socket);
  socket.write("GET / HTTP/1.1\r\nHost: help.example\r\n");
  const drip = setInterval(() => socket.write("X-A: b\r\n"), 1000);
  await end;
  clearInterval(drip);
  const seconds = (performance.now() - from) / 1000;
  assert.ok(seconds < 15, `cut off after ${seconds} s`);
});

test("thousands come to the broker at once from nginx's one address", async (context) => {
  const files = Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 0);
  if (files < 3000) return context.skip("few open files are allowed here");
  const { hostname, port } = new URL(broker.url);
  const sockets: Socket[] = [];
  try {
    for (let at = 0; at < 2100; at++) {
      const socket = connectPlain(Number(port), hostname);
      sockets.push(socket);
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    }
    const last = sockets.at(-1)!;
    const answer = new Promise((resolve) => last.once("data", resolve).once("close", () => resolve("closed")));
    last.write("GET /api/v1/ HTTP/1.1\r\nHost: help.example\r\n\r\n");
    assert.match(String(await answer), /^HTTP\/1\.1 200 /);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test("a flood from one address gets problem documents, and so does a broker that is gone", async () => {
  const flood = await Promise.all(Array.from({ length: 400 }, () => request(url, "GET", "/api/v1/")));
  const refused = flood.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0 && refused.length < 400, `${refused.length} of 400 refused`);
  assert.equal(refused[0]?.body.code, "too_many");

  await broker.program.stop();
  const deadline = performance.now() + 15000;
  let gone = await request(url, "GET", "/api/v1/nowhere");
  while (gone.status === 429 && performance.now() < deadline) gone = await request(url, "GET", "/api/v1/nowhere");
  assert.deepEqual([gone.status, gone.body.code], [503, "stopping"]);
  assert.equal(await nginx.stop("SIGQUIT"), 0);
});
