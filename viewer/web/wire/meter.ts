// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One end's clock of a session, the mirror of signaling/meter/meter.h: counts live time, makes its
// own chain of ticks, judges the peer's, keeps what still has to reach the broker. Time is an
// argument (monotonic ms, performance.now()). Signing is asynchronous in a browser, so the four
// methods that sign or verify return promises and run one after the other.

import { base64uEncode, hexDecode, hexEncode, sha256Hex, utf8 } from "./bytes.ts";
import type { Identity } from "./identity.ts";
import {
  countersign, parseTick, signedTickText, signTick, verifyCountersign, verifyTick, ZERO32, ZERO64,
  type Role, type SignedTick, type Tick,
} from "./texts.ts";

export const METER_PERIOD_MS = 5000;
export const METER_TOGETHER_MS = 250;
export const METER_INTERVAL_MAX_MS = 7500;
export const METER_AHEAD_MAX_MS = 10000;
export const METER_MISSED_MS = 12500;
export const METER_PENDING_MAX = 3;
export const METER_OUTBOX_MAX = 256;
const NONCES_KEPT = 16;
const BINDINGS_KEPT = 8;
const PEER_TICKS_KEPT = 4;

export type MeterVerdict =
  | "ok" | "seen" | "later" | "bad_text" | "bad_signature" | "bad_session" | "bad_binding" | "bad_chain"
  | "not_own" | "full";

export interface MeterConfig {
  session: string;
  role: Role; // own
  price: string;
  identity: Identity;
  peerKey: string; // b64u(32)
  random?: (bytes: number) => Uint8Array;
}

export interface Countersign {
  seq: number;
  counter_sig: string;
}

/** What a page that is loaded again needs of a meter: ticks that both ends know, nothing secret. */
export interface MeterState {
  count_ms: number;
  own_signed_ms: number;
  last: SignedTick | null; // own
  pending: SignedTick[];
  peer_ticks: SignedTick[];
  outbox: SignedTick[];
  bindings: { own_fp: string; peer_fp: string }[];
  nonces: string[];
}

interface Kept {
  tick: Tick;
  hash: string;
  signed: SignedTick; // with counter_sig once countersigned
  at_ms: number;
}

export class Meter {
  readonly #config: MeterConfig;
  #running = false;
  #paused = false;
  #spoiled = false;
  #intervalStart_ms = 0;
  #decoded = 0;
  #decodedBase = 0;
  #heard_ms = 0;
  #count_ms = 0;
  #own = { seq: 0, hash: ZERO64, claimed_ms: 0, signed_ms: 0 };
  #last: SignedTick | null = null; // own
  #peer = { seq: 0, hash: ZERO64, claimed_ms: 0, signed_ms: 0, nonce: ZERO32 };
  #bindings: { own_fp: string; peer_fp: string }[] = [];
  #nonces: string[] = [ZERO32];
  #pending: Kept[] = [];
  #peerTicks: Kept[] = [];
  #outbox: { role: Role; seq: number; signed: SignedTick }[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(config: MeterConfig) {
    this.#config = config;
  }

  /** To be kept before any tick or countersignature leaves: an older state would sign a second time. */
  save(): MeterState {
    return {
      count_ms: this.#count_ms,
      own_signed_ms: this.#own.signed_ms,
      last: this.#last,
      pending: this.pending(),
      peer_ticks: this.#peerTicks.map((one) => one.signed),
      outbox: this.#outbox.map((one) => one.signed),
      bindings: this.#bindings,
      nonces: this.#nonces,
    };
  }

  /** restore - a stopped meter that goes on where @state was saved; null if it is not of this session and these keys */
  static async restore(config: MeterConfig, state: unknown): Promise<Meter | null> {
    const meter = new Meter(config);
    try {
      return (await meter.#restore(state as MeterState)) ? meter : null;
    } catch {
      return null; // not even the shape of one
    }
  }

  /** The link is bound with these certificates; a new interval begins. */
  start(now_ms: number, own_fp: string, peer_fp: string, decoded: number): void {
    this.#bindings = [...this.#bindings, { own_fp, peer_fp }].slice(-BINDINGS_KEPT);
    this.#running = true;
    this.#heard_ms = now_ms;
    this.#decoded = decoded;
    this.#openInterval(now_ms);
    for (const one of this.#pending) one.at_ms = now_ms;
  }

  /** The link is gone: nothing is counted until the next start. */
  stop(): void {
    this.#running = false;
  }

  /** What is known now: frames decoded so far by the viewer; paused spoils the running interval. */
  feed(_now_ms: number, decoded: number, paused: boolean): void {
    if (decoded < this.#decoded) this.#decodedBase = decoded;
    this.#decoded = decoded;
    this.#paused = paused;
    if (paused) this.#spoiled = true;
  }

  /** When the next own tick is due; Infinity if none. */
  due_ms(): number {
    return this.#canMake() ? this.#intervalStart_ms + METER_PERIOD_MS : Infinity;
  }

  /** Closes the interval and signs the next own tick, to be sent as `tick`; null if none can be. */
  make(now_ms: number): Promise<SignedTick | null> {
    return this.#inTurn(async () => {
      if (!this.#canMake()) return null;
      this.#closeInterval(now_ms);
      const { session, role, price, identity } = this.#config;
      const binding = this.#bindings[this.#bindings.length - 1];
      if (!binding) return null;
      const nonce = hexEncode(this.#random(16));
      const claimed_ms = Math.min(Math.floor(this.#count_ms), this.#peer.claimed_ms + METER_AHEAD_MAX_MS);
      const tick: Tick = {
        session, role, seq: this.#own.seq + 1, live_ms: claimed_ms, price, ...binding,
        prev: this.#own.hash, nonce, peer_nonce: this.#peer.nonce,
      };
      const signed = await signTick(tick, identity);
      const hash = await sha256Hex(signedTickText(signed) ?? "");
      this.#own = { ...this.#own, seq: tick.seq, hash, claimed_ms };
      this.#last = signed;
      this.#nonces = [...this.#nonces, nonce].slice(-NONCES_KEPT);
      this.#pending.push({ tick, hash, signed, at_ms: now_ms });
      return signed;
    });
  }

  /** Own ticks without countersignature, oldest first; after each start send them all again. */
  pending(): SignedTick[] {
    return this.#pending.map((one) => one.signed);
  }

  /** The peer's tick; on ok and seen the answer is to be sent as `countersign`. */
  takeTick(now_ms: number, signed: SignedTick): Promise<{ verdict: MeterVerdict; answer?: Countersign }> {
    return this.#inTurn(async () => {
      const text = signedTickText(signed);
      const tick = text === null ? null : parseTick(text);
      if (text === null || !tick) return { verdict: "bad_text" };
      if (!(await verifyTick(signed, this.#config.peerKey))) return { verdict: "bad_signature" };
      const hash = await sha256Hex(text);
      const bad = this.#judge(tick);
      if (bad) return { verdict: bad };
      if (tick.seq <= this.#peer.seq) return this.#again(hash, now_ms);
      if (tick.seq !== this.#peer.seq + 1 || tick.prev !== this.#peer.hash) return { verdict: "bad_chain" };
      if (tick.live_ms < this.#peer.claimed_ms || !this.#nonces.includes(tick.peer_nonce)) return { verdict: "bad_chain" };
      if (this.#waiting().length >= METER_PENDING_MAX || this.#outbox.length >= METER_OUTBOX_MAX) return { verdict: "full" };
      this.#peer = { ...this.#peer, seq: tick.seq, hash, claimed_ms: tick.live_ms, nonce: tick.nonce };
      this.#heard_ms = now_ms;
      const kept: Kept = { tick, hash, signed: { tick: signed.tick, sig: signed.sig }, at_ms: now_ms };
      this.#peerTicks = [...this.#peerTicks, kept].slice(-PEER_TICKS_KEPT);
      if (this.#waiting()[0] !== kept || !this.#isRipe(kept)) return { verdict: "later" };
      return { verdict: "ok", answer: await this.#complete(kept) };
    });
  }

  /** A peer's tick that was later and may be countersigned now; call after each make until null. */
  takeRipe(): Promise<Countersign | null> {
    return this.#inTurn(async () => {
      const first = this.#waiting()[0];
      if (!first || !this.#isRipe(first) || this.#outbox.length >= METER_OUTBOX_MAX) return null;
      return this.#complete(first);
    });
  }

  /** The peer's answer to own tick `seq`; ok puts it into the outbox. */
  takeCountersign(seq: number, counterSig: string): Promise<MeterVerdict> {
    return this.#inTurn(async () => {
      const first = this.#pending[0];
      if (!first || seq !== first.tick.seq) return seq <= this.#own.seq - this.#pending.length ? "seen" : "not_own";
      if (!(await verifyCountersign(first.signed, this.#config.peerKey, counterSig))) return "bad_signature";
      this.#pending.shift();
      this.#own.signed_ms = first.tick.live_ms;
      this.#deliver(this.#config.role, first.tick.seq, { ...first.signed, counter_sig: counterSig });
      return "ok";
    });
  }

  /** Doubly signed ticks of both chains for the broker; they stay until acknowledged. */
  outbox(max: number): SignedTick[] {
    return this.#outbox.slice(0, max).map((one) => one.signed);
  }

  onAck(seeker_seq: number, helper_seq: number): void {
    this.#outbox = this.#outbox.filter((one) => one.seq > (one.role === "seeker" ? seeker_seq : helper_seq));
  }

  /** Two ticks missed by either end: loans end, nothing is counted. */
  isStalled(now_ms: number): boolean {
    const oldest = this.#pending[0];
    return (
      !this.#running || now_ms - this.#heard_ms > METER_MISSED_MS ||
      (oldest !== undefined && now_ms - oldest.at_ms > METER_MISSED_MS)
    );
  }

  /** Own count so far, closed intervals only. */
  own_ms(): number {
    return Math.floor(this.#count_ms);
  }

  /** The smaller of both chains as doubly signed: what the bill will say at most. */
  signed_ms(): number {
    return Math.min(this.#own.signed_ms, this.#peer.signed_ms);
  }

  /** The smaller of what both chains claim, signed by both or not: the broker knows of no more. */
  claimed_ms(): number {
    return Math.min(this.#own.claimed_ms, this.#peer.claimed_ms);
  }

  async #restore(state: MeterState): Promise<boolean> {
    const { count_ms, own_signed_ms, bindings, nonces } = state;
    const counts = [count_ms, own_signed_ms].every((ms) => Number.isFinite(ms) && ms >= 0);
    const hex = (text: unknown, chars: number): boolean => typeof text === "string" && hexDecode(text)?.length === chars / 2;
    const fits = bindings.length <= BINDINGS_KEPT && nonces.length > 0 && nonces.length <= NONCES_KEPT;
    if (!counts || !fits || !nonces.every((nonce) => hex(nonce, 32))) return false;
    if (!bindings.every(({ own_fp, peer_fp }) => hex(own_fp, 64) && hex(peer_fp, 64))) return false;
    const last = state.last && (await this.#known(state.last));
    const pending = await Promise.all(state.pending.map((one) => this.#known(one)));
    const peerTicks = await Promise.all(state.peer_ticks.map((one) => this.#known(one)));
    const outbox = await Promise.all(state.outbox.map((one) => this.#known(one)));
    const { role } = this.#config;
    if ([last, ...pending].some((one) => one && one.tick.role !== role)) return false;
    if (peerTicks.some((one) => one.tick.role === role) || pending.length > METER_PENDING_MAX) return false;
    if (peerTicks.length > PEER_TICKS_KEPT || outbox.length > METER_OUTBOX_MAX) return false;
    if (pending.length > 0 && pending[pending.length - 1]?.hash !== last?.hash) return false;
    this.#count_ms = count_ms;
    this.#bindings = bindings.map(({ own_fp, peer_fp }) => ({ own_fp, peer_fp }));
    this.#nonces = [...nonces];
    this.#pending = pending;
    this.#peerTicks = peerTicks;
    this.#outbox = outbox.map(({ tick, signed }) => ({ role: tick.role, seq: tick.seq, signed }));
    if (last) {
      this.#last = last.signed;
      this.#own = { seq: last.tick.seq, hash: last.hash, claimed_ms: last.tick.live_ms, signed_ms: own_signed_ms };
    }
    const newest = peerTicks[peerTicks.length - 1];
    const signed_ms = peerTicks.filter((one) => one.signed.counter_sig).pop()?.tick.live_ms ?? 0;
    if (newest) {
      const { seq, live_ms, nonce } = newest.tick;
      this.#peer = { seq, hash: newest.hash, claimed_ms: live_ms, signed_ms, nonce };
    }
    return true;
  }

  /** A tick of this session, at this price, by one of the two keys. Throws at any other. */
  async #known(signed: SignedTick): Promise<Kept> {
    const { session, role, price, identity, peerKey } = this.#config;
    const text = signedTickText(signed);
    const tick = text === null ? null : parseTick(text);
    if (text === null || !tick || tick.session !== session || tick.price !== price) throw new Error("not of this session");
    const key = tick.role === role ? identity.publicKey : peerKey;
    if (!(await verifyTick(signed, key))) throw new Error("not signed by an end of this session");
    return { tick, hash: await sha256Hex(text), signed: { ...signed }, at_ms: 0 };
  }

  #canMake(): boolean {
    return this.#running && this.#pending.length < METER_PENDING_MAX && this.#outbox.length < METER_OUTBOX_MAX;
  }

  #openInterval(now_ms: number): void {
    this.#intervalStart_ms = now_ms;
    this.#decodedBase = this.#decoded;
    this.#spoiled = this.#paused;
  }

  #closeInterval(now_ms: number): void {
    const elapsed = now_ms - this.#intervalStart_ms;
    const live = this.#decoded > this.#decodedBase && !this.#spoiled && !this.isStalled(now_ms);
    if (live && elapsed > 0 && elapsed <= METER_INTERVAL_MAX_MS) this.#count_ms += elapsed;
    this.#openInterval(now_ms);
  }

  #judge(tick: Tick): MeterVerdict | null {
    const { session, role, price } = this.#config;
    if (tick.session !== session || tick.role === role || tick.price !== price) return "bad_session";
    const bound = this.#bindings.some((b) => b.own_fp === tick.peer_fp && b.peer_fp === tick.own_fp);
    return bound ? null : "bad_binding";
  }

  #again(hash: string, now_ms: number): { verdict: MeterVerdict; answer?: Countersign } {
    const kept = this.#peerTicks.find((one) => one.hash === hash);
    if (!kept) return { verdict: "bad_chain" };
    this.#heard_ms = now_ms;
    if (!kept.signed.counter_sig) return { verdict: "later" };
    return { verdict: "seen", answer: { seq: kept.tick.seq, counter_sig: kept.signed.counter_sig } };
  }

  #waiting(): Kept[] {
    return this.#peerTicks.filter((one) => !one.signed.counter_sig);
  }

  #isRipe(kept: Kept): boolean {
    return kept.tick.live_ms <= Math.floor(this.#count_ms) + METER_AHEAD_MAX_MS;
  }

  async #complete(kept: Kept): Promise<Countersign> {
    kept.signed = await countersign(kept.signed, this.#config.identity);
    this.#peer.signed_ms = kept.tick.live_ms;
    this.#deliver(kept.tick.role, kept.tick.seq, kept.signed);
    return { seq: kept.tick.seq, counter_sig: kept.signed.counter_sig ?? "" };
  }

  #deliver(role: Role, seq: number, signed: SignedTick): void {
    this.#outbox.push({ role, seq, signed });
  }

  #random(bytes: number): Uint8Array {
    return this.#config.random ? this.#config.random(bytes) : crypto.getRandomValues(new Uint8Array(bytes));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** For tests: a text's b64u, as it stands in a signed tick. */
export const tickBase64u = (text: string): string => base64uEncode(utf8(text));
