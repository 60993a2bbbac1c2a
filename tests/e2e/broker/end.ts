// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One person with a device, as a program of their own would be: an Ed25519 key, a token, HTTP that is judged
// against the OpenAPI document, a WebSocket, and signed ticks made here from PROTOCOL.md alone.

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import WebSocket from "ws";

import { judge } from "./contract.ts";

export type Json = { [key: string]: any };
export type Answer = { status: number; body: any };
export type Role = "seeker" | "helper";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const b64u = (data: Buffer | string): string => Buffer.from(data).toString("base64url");
const ZERO64 = "0".repeat(64);
const ZERO32 = "0".repeat(32);

/** A call without a person. @path: from the root. */
export async function request(
  url: string,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; raw?: string; key?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token) headers["Authorization"] = `Bearer ${options.token}`;
  if (options.key) headers["Idempotency-Key"] = options.key;
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  if (body !== undefined) headers["Content-Type"] ??= "application/json";
  const answer = await fetch(url + path, { method, headers, body: body ?? null, signal: AbortSignal.timeout(30_000) });
  const text = await answer.text();
  const parsed = text ? JSON.parse(text) : null;
  const type = (answer.headers.get("content-type") ?? "").split(";")[0]!;
  judge(method, path, answer.status, type, parsed);
  return { status: answer.status, body: parsed };
}

type Waiter = { type: string; where: (message: Json) => boolean; found: (message: Json) => void };

/** A WebSocket that remembers what it heard. */
export class Line {
  readonly heard: Json[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private waiters: Waiter[] = [];

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    socket.on("error", () => undefined);
    socket.on("message", (data) => this.take(JSON.parse(String(data)) as Json));
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<Line> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/ws`, { headers, perMessageDeflate: true });
    const line = new Line(socket);
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(line));
      socket.on("error", reject);
      socket.on("unexpected-response", (_, response) => reject(new Error(`status ${response.statusCode}`)));
    });
  }

  private take(message: Json): void {
    if (message.type === "ping") this.send({ type: "pong", n: message.n });
    this.heard.push(message);
    this.waiters = this.waiters.filter((waiter) => {
      if (waiter.type !== message.type || !waiter.where(message)) return true;
      waiter.found(message);
      return false;
    });
  }

  send(message: Json): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** The next message of this kind from now on (@past: or one that was heard already). */
  wait(type: string, where: (message: Json) => boolean = () => true, past = false, deadlineMs = 8000): Promise<Json> {
    const old = past ? this.heard.find((message) => message.type === type && where(message)) : undefined;
    if (old) return Promise.resolve(old);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${type} in ${deadlineMs} ms; heard ${JSON.stringify(this.heard.slice(-5))}`)),
        deadlineMs,
      );
      const done = (message: Json): void => {
        clearTimeout(timer);
        resolve(message);
      };
      this.waiters.push({ type, where, found: done });
      void this.closed.then(({ code }) => {
        clearTimeout(timer);
        reject(new Error(`closed with ${code} before ${type}`));
      });
    });
  }

  session(id: string, state: string, past = true): Promise<Json> {
    return this.wait("session", (m) => m.session.id === id && m.session.state === state, past, 40_000);
  }

  close(): void {
    this.socket.terminate();
  }
}

export class End {
  readonly password = "a long enough password";
  readonly publicKey: string;
  private readonly privateKey: KeyObject;
  token = "";
  account: Json = {};
  device = "";

  constructor(
    public url: string,
    readonly login: string,
    readonly name: string,
  ) {
    const pair = generateKeyPairSync("ed25519");
    this.privateKey = pair.privateKey;
    this.publicKey = pair.publicKey.export({ format: "jwk" }).x!;
  }

  api(method: string, path: string, options: { body?: unknown; key?: string } = {}): Promise<Answer> {
    return request(this.url, method, `/api/v1${path}`, { ...options, token: this.token });
  }

  async signUp(): Promise<this> {
    const body = { login: this.login, name: this.name, password: this.password, locale: "fr" };
    const answer = await request(this.url, "POST", "/api/v1/accounts", { body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return this.logIn();
  }

  async logIn(): Promise<this> {
    const device = { name: "test", kind: "browser", public_key: this.publicKey };
    const answer = await request(this.url, "POST", "/api/v1/login", {
      body: { login: this.login, password: this.password, device },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    this.token = answer.body.token;
    this.account = answer.body.account;
    this.device = answer.body.device.id;
    return this;
  }

  async helps(profile: Json = {}): Promise<this> {
    const body = { skills: ["printer"], languages: ["fr"], place: "Lyon", rate_minor_per_min: 60_000, about: "", ...profile };
    const answer = await this.api("PUT", "/me/helper", { body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return this;
  }

  async connect(available = false): Promise<Line> {
    const line = await Line.open(this.url);
    const welcome = line.wait("welcome");
    line.send({ type: "hello", token: this.token, protocol: 1, available });
    await welcome;
    return line;
  }

  sign(text: string): string {
    return b64u(sign(null, Buffer.from(text), this.privateKey));
  }

  ask(helper: string | null, cap_minor: number, key: string = randomBytes(12).toString("hex")): Promise<Answer> {
    const body = { need: "The printer prints nothing", helper, language: "fr", place: "", cap_minor };
    return this.api("POST", "/sessions", { body, key });
  }
}

/** Both chains of one session; the test plays both ends, as two honest programs would. */
export class Chains {
  private readonly state = {
    seeker: { seq: 0, prev: ZERO64, nonce: ZERO32, live: 0 },
    helper: { seq: 0, prev: ZERO64, nonce: ZERO32, live: 0 },
  };
  private readonly fp = { seeker: sha256("seeker certificate"), helper: sha256("helper certificate") };

  constructor(
    private readonly session: Json,
    private readonly ends: { seeker: End; helper: End },
  ) {
    const { rate_minor_per_min: rate, currency, cap_minor: cap, id } = session.price;
    const text = `pouce-price-v1\nsession=${session.id}\nrate_minor_per_min=${rate}\ncurrency=${currency}\ncap_minor=${cap}\n`;
    assert.equal(sha256(text), id, "the price id is the hash of the price's text");
  }

  /** A doubly signed tick of @role that claims @live_ms. */
  tick(role: Role, live_ms: number): Json {
    const other: Role = role === "seeker" ? "helper" : "seeker";
    const own = this.state[role];
    const nonce = randomBytes(16).toString("hex");
    const lines = {
      session: this.session.id, role, seq: own.seq + 1, live_ms, price: this.session.price.id,
      own_fp: this.fp[role], peer_fp: this.fp[other], prev: own.prev, nonce, peer_nonce: this.state[other].nonce,
    };
    const text = `pouce-tick-v1\n${Object.entries(lines).map(([key, value]) => `${key}=${value}\n`).join("")}`;
    this.state[role] = { seq: own.seq + 1, prev: sha256(text), nonce, live: live_ms };
    const counter_sig = this.ends[other].sign(`pouce-countersign-v1\ntick=${sha256(text)}\n`);
    return { tick: b64u(text), sig: this.ends[role].sign(text), counter_sig };
  }

  both(live_ms: number): Json[] {
    return [this.tick("seeker", live_ms), this.tick("helper", live_ms)];
  }

  seq(role: Role): number {
    return this.state[role].seq;
  }
}

/** From asking to live, both on their lines. */
export async function goLive(
  seeker: End, seekerLine: Line, helper: End, helperLine: Line, cap: number,
): Promise<{ session: Json; chains: Chains }> {
  const ring = helperLine.wait("ring");
  const made = await seeker.ask(helper.account.id, cap);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const id = made.body.session.id as string;
  assert.equal((await ring).session.id, id);
  assert.equal((await helper.api("POST", `/sessions/${id}/accept`)).status, 200);
  const confirmed = await seeker.api("POST", `/sessions/${id}/confirm`, { body: { may: ["view", "pointer"] } });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  assert.equal(confirmed.body.session.state, "connecting");
  seekerLine.send({ type: "bound", session: id });
  helperLine.send({ type: "bound", session: id });
  await Promise.all([seekerLine.session(id, "live"), helperLine.session(id, "live")]);
  return { session: confirmed.body.session, chains: new Chains(confirmed.body.session, { seeker, helper }) };
}
