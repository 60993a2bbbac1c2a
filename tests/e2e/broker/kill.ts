// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// usage: kill.ts [COUNT (200)] [SEED]
// Kills the broker with SIGKILL at COUNT random moments while three pairs ask, accept, confirm, sign ticks, end and
// rate. After each restart the books must be whole, every balance must follow from the sessions to the cent, and
// everything that was acknowledged must still be there: sessions, signed time, receipts.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";

import { type Broker, Stage } from "../../support/programs.ts";
import { Chains, End, type Json, type Line } from "./end.ts";

const count = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const CREDIT = 10_000_000;
const PAIRS = 3;

let randomState = seed;
/** mulberry32: the same moments for the same seed, as far as the machine allows */
function random(): number {
  randomState = (randomState + 0x6d2b79f5) | 0;
  let t = Math.imul(randomState ^ (randomState >>> 15), 1 | randomState);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n: number): number => Math.floor(random() * n);

/** What the broker has acknowledged about one session. */
type Fact = { id: string; signed_ms: number; cost_minor: number; seqs: number; receipt: string; confirmed: boolean };

const OVER = ["settled", "rated", "declined", "expired", "failed"];

class Pair {
  readonly facts = new Map<string, Fact>();
  private key = "";
  private cap = 0;
  private id = "";
  private chains: Chains | null = null;
  private outbox: Json[] = [];
  private live_ms = 0;
  private lines: { seeker: Line; helper: Line } | null = null;
  steps = 0;

  constructor(
    readonly seeker: End,
    readonly helper: End,
    private readonly serial: number,
  ) {}

  /** Goes on until the broker dies. */
  async run(url: string): Promise<void> {
    this.seeker.url = this.helper.url = url;
    try {
      this.lines = { seeker: await this.seeker.connect(), helper: await this.helper.connect(true) };
      if (this.chains) this.resend();
      for (;;) await this.step();
    } catch (problem) {
      if (problem instanceof assert.AssertionError || (problem as Error).message.includes("document")) throw problem;
    } finally {
      this.lines?.seeker.close();
      this.lines?.helper.close();
    }
  }

  private fact(): Fact {
    const known = this.facts.get(this.id);
    assert.ok(known);
    return known;
  }

  private clear(): void {
    this.id = "";
    this.chains = null;
    this.outbox = [];
    this.live_ms = 0;
  }

  private async step(): Promise<void> {
    this.steps++;
    if (!this.id) return this.ask();
    const answer = await this.seeker.api("GET", `/sessions/${this.id}`);
    assert.equal(answer.status, 200, `session ${this.id} was acknowledged and is gone`);
    const session = answer.body.session as Json;
    if (session.state === "ringing") await this.helper.api("POST", `/sessions/${this.id}/accept`);
    else if (session.state === "accepted") await this.confirm();
    else if (session.state === "connecting") await this.bind(session);
    else if (session.state === "live" || session.state === "paused") await this.sign(session);
    else if (session.state === "ended") await this.lines!.seeker.session(this.id, "settled");
    else await this.finish(session);
  }

  private async ask(): Promise<void> {
    if (!this.key) {
      this.key = `pair-${this.serial}-${this.facts.size}-${below(1e9)}`;
      this.cap = 50 + below(400);
    }
    const answer = await this.seeker.ask(this.helper.account.id, this.cap, this.key);
    if (answer.status === 409) return void (await new Promise((resolve) => setTimeout(resolve, 20)));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    this.key = "";
    this.id = answer.body.session.id;
    assert.ok(!this.facts.has(this.id), "one key made two sessions");
    this.facts.set(this.id, { id: this.id, signed_ms: 0, cost_minor: 0, seqs: 0, receipt: "", confirmed: false });
  }

  private async confirm(): Promise<void> {
    const answer = await this.seeker.api("POST", `/sessions/${this.id}/confirm`, { body: { may: ["view"] } });
    if (answer.status === 200) this.fact().confirmed = true;
  }

  private async bind(session: Json): Promise<void> {
    this.chains ??= new Chains(session, this);
    this.lines!.seeker.send({ type: "bound", session: this.id });
    this.lines!.helper.send({ type: "bound", session: this.id });
    await this.lines!.seeker.session(this.id, "live");
  }

  private resend(): void {
    if (this.outbox.length) this.lines!.helper.send({ type: "ticks", session: this.id, ticks: this.outbox.slice(0, 16) });
  }

  private async sign(session: Json): Promise<void> {
    this.chains ??= new Chains(session, this);
    if (this.outbox.length < 12) {
      this.live_ms += 5 + below(40);
      this.outbox.push(...this.chains.both(this.live_ms));
    }
    const seqs = this.chains.seq("seeker");
    const from = random() < 0.5 ? this.lines!.seeker : this.lines!.helper;
    const acked = from.wait("ticks_ack", (m) => m.session === this.id && m.seeker_seq >= seqs && m.helper_seq >= seqs);
    const over = from.wait("session", (m) => m.session.id === this.id && ["ended", ...OVER].includes(m.session.state), true);
    acked.catch(() => undefined);
    over.catch(() => undefined);
    from.send({ type: "ticks", session: this.id, ticks: this.outbox });
    const heard = await Promise.race([acked, over]);
    if (heard.type === "session") return;
    const fact = this.fact();
    assert.ok(heard.signed_ms >= fact.signed_ms && heard.cost_minor >= fact.cost_minor, "signed time fell");
    Object.assign(fact, { signed_ms: heard.signed_ms, cost_minor: heard.cost_minor, seqs });
    this.outbox = [];
    if (random() < 0.25) {
      const who = random() < 0.5 ? this.seeker : this.helper;
      await who.api("POST", `/sessions/${this.id}/end`, { body: { reason: "seeker" } });
    }
  }

  private async finish(session: Json): Promise<void> {
    const fact = this.fact();
    if (session.state === "settled") {
      fact.receipt = session.receipt_number;
      const answer = await this.seeker.api("POST", `/sessions/${this.id}/rating`, { body: { stars: 1 + below(5), comment: "" } });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    } else if (session.state === "rated") {
      fact.receipt = session.receipt_number;
    }
    this.clear();
  }
}

/** What poucectl asks, without the cost of starting it four times a round. */
function admin(broker: Broker, request: Json): Promise<Json> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(join(broker.data, "admin.sock"), () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding("utf8").on("data", (part) => {
      text += part;
      if (!text.endsWith("\n")) return;
      socket.destroy();
      const answer = JSON.parse(text) as Json;
      if (answer.ok) resolve(answer);
      else reject(new Error(answer.detail));
    });
    socket.on("error", reject);
  });
}

/** Throws a sentence when the books do not follow from the sessions. */
async function audit(broker: Broker, pairs: Pair[]): Promise<void> {
  const whole = await admin(broker, { command: "ledger.verify" });
  assert.ok(whole.whole, JSON.stringify(whole));
  const accounts = (await admin(broker, { command: "account.list" })).accounts as Json[];
  const sessions = (await admin(broker, { command: "session.list", limit: 1_000_000 })).sessions as Json[];
  const { csv } = await admin(broker, { command: "export", what: "receipts" });
  const rows = (csv as string).trim().split("\r\n").slice(1).filter(Boolean);
  const receipts = rows.map((row) => row.split(","));
  assert.equal(new Set(receipts.map((row) => row[2])).size, receipts.length, "a session has two receipts");
  receipts.forEach((row, at) => assert.equal(Number(row[0]!.slice(5)), at + 1, "receipt numbers have a gap"));
  const minor = (text: string | undefined): number => Math.round(Number(text) * 100);
  const byId = new Map(sessions.map((session) => [session.id as string, session]));
  const receiptOf = new Map(receipts.map((row) => [row[2]!, row]));
  for (const pair of pairs) {
    const own = (login: string): Json => accounts.find((account) => account.login === login)!;
    const mine = sessions.filter((session) => session.seeker_id === pair.seeker.account.id);
    const held = mine.filter((session) => !OVER.includes(session.state)).reduce((sum, session) => sum + session.cap_minor, 0);
    const paid = mine.reduce((sum, session) => sum + minor(receiptOf.get(session.id)?.[11] ?? "0"), 0);
    const earned = mine.reduce((sum, session) => sum + minor(receiptOf.get(session.id)?.[12] ?? "0"), 0);
    const seeker = own(pair.seeker.login);
    assert.equal(seeker.held_minor, held, "held money is not that of the open sessions");
    assert.equal(seeker.balance_minor, CREDIT - held - paid, "the seeker's balance is off");
    assert.equal(own(pair.helper.login).earned_minor, earned, "the helper's earnings are off");
    for (const fact of pair.facts.values()) {
      const session = byId.get(fact.id);
      assert.ok(session, `session ${fact.id} was acknowledged and is gone`);
      assert.ok(session.signed_ms >= fact.signed_ms, `signed time of ${fact.id}: ${session.signed_ms} < ${fact.signed_ms}`);
      assert.ok(session.cost_minor >= fact.cost_minor, `cost of ${fact.id} fell`);
      if (fact.receipt) assert.equal(session.receipt, fact.receipt);
      const receipt = receiptOf.get(fact.id);
      if (receipt) assert.equal(minor(receipt[11]), session.cost_minor, `receipt of ${fact.id} is not its cost`);
    }
  }
}

/** The broker settles by itself right after a start, between two of our questions: ask until the answers fit. */
async function auditSettled(broker: Broker, pairs: Pair[]): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      await audit(broker, pairs);
      return;
    } catch (problem) {
      if (left === 0) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function main(): Promise<void> {
  const stage = new Stage();
  const data = stage.path("data");
  const limits = ["address", "account", "sign_up", "log_in", "request"].map((kind) => `${kind}_per_min=1000000\n`).join("");
  const args = ["--config", stage.file("broker.conf", `[limits]\n${limits}`)];
  const began = performance.now();
  let current: Broker | null = null;
  try {
    const first = await stage.broker({ data, args });
    current = first;
    const pairs: Pair[] = [];
    for (let at = 0; at < PAIRS; at++) {
      const seeker = await new End(first.url, `seeker${at}`, `Seeker ${at}`).signUp();
      const helper = await (await new End(first.url, `helper${at}`, `Helper ${at}`).signUp()).helps();
      first.ctl(["account", "credit", `seeker${at}`, String(CREDIT / 100)]);
      pairs.push(new Pair(seeker, helper, at));
    }
    await first.program.stop();
    for (let kill = 0; kill < count; kill++) {
      const broker = await stage.broker({ data, args });
      current = broker;
      await auditSettled(broker, pairs);
      const running = pairs.map((pair) => pair.run(broker.url));
      await new Promise((resolve) => setTimeout(resolve, below(350)));
      await broker.program.stop("SIGKILL");
      await Promise.all(running);
    }
    const last = await stage.broker({ data, args });
    await auditSettled(last, pairs);
    const receipts = last.ctl(["export", "receipts", "--csv"]).trim().split("\r\n").length - 1;
    let verified = 0;
    for (const fact of pairs.flatMap((pair) => [...pair.facts.values()]))
      if (fact.seqs > 0) {
        assert.ok(JSON.parse(last.ctl(["session", "ticks", fact.id, "--verify", "--json"])).ok);
        verified++;
      }
    assert.equal(await last.program.stop(), 0);
    const facts = pairs.reduce((sum, pair) => sum + pair.facts.size, 0);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ kills: count, seed, sessions: facts, receipts, verified, seconds }));
  } catch (problem) {
    console.error("broker:", current?.program.exitCode ?? "running", current?.program.stderr);
    throw problem;
  } finally {
    await stage.close();
  }
}

main().catch((problem) => {
  console.error(`seed ${seed}:`, problem);
  process.exit(1);
});
