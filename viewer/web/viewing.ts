// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One session at the helper's end, from the accepted ring to its end: the browser's counterpart of
// viewer/core/viewing.h, with the same phases and the same rules. It answers offers, checks who the far end is, signs
// the time, keeps the loans, and comes back after a drop within the grace. It draws nothing: what happens goes to
// `tell`.

import { Link } from "./link.ts";
import { meterConfig, type Returned } from "./kept.ts";
import { isOver, type FromBroker, type Relay, type Session, type ToBroker } from "./objects.ts";
import { checkPin, setPin } from "./pins.ts";
import { base64uDecode, base64uEncode } from "./wire/bytes.ts";
import type { Input, Motion } from "./wire/binary.ts";
import { allowedFrom, buildControl, parseControl, type Capability, type Control, type EndReason, type RevokeBy } from "./wire/control.ts";
import type { Identity } from "./wire/identity.ts";
import { TICKS_MAX } from "./wire/limits.ts";
import { Meter, type MeterState, METER_PERIOD_MS, METER_TOGETHER_MS } from "./wire/meter.ts";
import { bindText, checkPeerBind, priceId, type Bind, type Wrong } from "./wire/texts.ts";

export type Phase = "waiting" | "connecting" | "live" | "lost" | "ending" | "left" | "over";

export type Told =
  | { type: "phase"; phase: Phase }
  | { type: "bound" }
  /** After a return: the far end knows more of our own signatures than we do. */
  | { type: "outdated" }
  /** Black until "bound": to be given a place already, since a player takes its time to start. */
  | { type: "stream"; stream: MediaStream }
  | { type: "pin_changed"; before: string; now: string }
  | { type: "refused_peer"; wrong: Wrong }
  | { type: "grant"; what: Capability; ms: number }
  | { type: "refuse"; what: Capability }
  | { type: "revoke"; what: Capability; by: RevokeBy }
  | { type: "screen"; width: number; height: number }
  | { type: "chat"; text: string }
  | { type: "pause"; paused: boolean }
  | { type: "voice"; on: boolean }
  | { type: "voice_track"; track: MediaStreamTrack }
  | { type: "motion"; motion: Motion }
  | { type: "cursor"; shape: Uint8Array }
  | { type: "signed"; signed_ms: number; cost_minor: number };

export const GRACE_MS = 60_000;
const TIMER_MS = 200;
const CONNECT_MS = 30_000;
const RESTART_MS = 4000;
const LAST_TICK_MS = 800;
const LEFT_MS = 5000;

type BindMessage = Extract<Control, { type: "bind" }>;

export interface Surroundings {
  ownAccount: string;
  identity: Identity;
  send: (message: ToBroker) => boolean;
  tell: (told: Told) => void;
  /** Frames decoded on the current link, as last read. */
  decoded: () => number;
  /** Before any signature leaves: what a page that is loaded again goes on from. */
  keep: (meter: MeterState) => void;
  /** The network is doubtful, so is the line to the broker. */
  renew: () => void;
}

export class Viewing {
  session: Session;
  phase: Phase = "waiting";
  link: Link | null = null;
  answeredAt = 0;
  lostAt = 0;
  #around: Surroundings;
  #stream: MediaStream | null = null;
  #ownBind: Bind | null = null;
  #peerBound = false;
  #heldBind: BindMessage | null = null;
  #pinAsked = false;
  #pinTrusted = false;
  #meter: Meter | null = null;
  #stalled = false;
  /** Of a chain from before the page was loaded again, nothing is countersigned yet. */
  #unproved = false;
  /** The seeker's answer to our last tick, with a tick of its own. */
  #heardLast = false;
  #making = false;
  #turn: Promise<void> = Promise.resolve();
  #paused = false;
  #granted = new Set<Capability>();
  #controlUntil = 0;
  #timer: number;
  #since = performance.now();
  #restartAt = 0;
  #ids = 0;
  #pointSeq = 0;
  #endReason: EndReason = "helper";

  /** @returned: the page was loaded again in the middle of this session, which is as good as a line that was lost */
  constructor(session: Session, around: Surroundings, returned: Returned | null = null) {
    this.session = session;
    this.#around = around;
    this.#meter = returned?.meter ?? null;
    this.#unproved = this.#meter !== null;
    if (returned && session.state !== "accepted") {
      this.phase = "lost";
      this.lostAt = performance.now();
    }
    this.#timer = window.setInterval(() => this.#poll(), TIMER_MS);
  }

  get controls(): boolean {
    return this.phase === "live" && this.#granted.has("control");
  }

  get controlLeftMs(): number {
    return this.#controlUntil ? Math.max(0, this.#controlUntil - performance.now()) : Infinity;
  }

  /** Both microphones may be open. */
  get mayTalk(): boolean {
    return this.phase === "live" && this.#peerBound && !this.#paused && this.#granted.has("voice");
  }

  /** By the seeker's word; what the broker calls paused may be want of ticks, and ends with the first ones. */
  get paused(): boolean {
    return this.#paused;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  // What the broker says

  takeSession(session: Session): void {
    if (session.id !== this.session.id) return;
    this.session = session;
    if (isOver(session.state)) this.#over();
  }

  onRelay(relay: Relay): void {
    if (this.phase === "ending" || this.phase === "left" || this.phase === "over") return;
    if (relay.kind === "offer") this.#offer(relay.body.sdp);
    else if (relay.kind === "candidate") void this.link?.addCandidate(relay.body.candidate, relay.body.mline);
  }

  onAck(ack: Extract<FromBroker, { type: "ticks_ack" }>): void {
    this.#meter?.onAck(ack.seeker_seq, ack.helper_seq);
    this.#around.tell({ type: "signed", signed_ms: ack.signed_ms, cost_minor: ack.cost_minor });
  }

  /** The broker is there again: what it has not acknowledged goes out once more. */
  onBrokerBack(): void {
    this.#flushTicks();
    if (this.phase === "left") this.#around.send({ type: "end", session: this.session.id, reason: this.#endReason });
  }

  // What the person does

  trust(): void {
    if (!this.#pinAsked) return;
    this.#pinAsked = false;
    this.#pinTrusted = true;
    this.#inTurn(() => this.#bind());
  }

  end(): void {
    if (["ending", "left", "over"].includes(this.phase)) return;
    if (this.phase !== "live") return this.#leave("helper");
    this.#dropLoans("helper");
    this.#phase("ending");
    void this.#makeTick();
  }

  ask(what: Capability, ms: number): boolean {
    return this.#say({ type: "ask", id: ++this.#ids, what, ms });
  }

  giveBack(): void {
    if (!this.controls) return;
    this.#say({ type: "revoke", what: "control", by: "helper" });
    this.#dropLoans("helper");
  }

  chat(text: string): boolean {
    return this.#say({ type: "chat", id: ++this.#ids, text });
  }

  say(message: Control): boolean {
    return this.#say(message);
  }

  point(visible: boolean, moves: boolean, x: number, y: number): void {
    if (this.phase !== "live") return;
    this.link?.sendMotion({ kind: "pointer", visible, moves: moves && this.controls, seq: ++this.#pointSeq, x, y });
  }

  input(input: Input): void {
    if (this.controls) this.link?.sendInput(input);
  }

  stats(numbers: { fps: number; bitrate_bps: number; rtt_ms: number; lost: number; decoded: number }): void {
    this.#say({ type: "stats", ...numbers });
  }

  /** networksChanged - this computer's; the connection may be dead */
  networksChanged(): void {
    if (this.phase === "live") this.link?.doubt();
  }

  close(): void {
    window.clearInterval(this.#timer);
    this.#dropLink();
  }

  // The connection

  #offer(sdp: string): void {
    if (this.phase === "live") this.#lose();
    this.#dropLink();
    const servers = this.session.ice_servers.map(({ urls, username, credential }) =>
      username === "" ? { urls } : { urls, username, credential },
    );
    const relay = (body: Omit<Relay, "type" | "session">): boolean =>
      this.#around.send({ type: "relay", session: this.session.id, ...body } as Relay);
    const link = new Link(servers, {
      onAnswer: (answer) => {
        this.answeredAt = performance.now();
        relay({ kind: "answer", body: { sdp: answer } });
      },
      onCandidate: (candidate, mline) => relay({ kind: "candidate", body: { candidate, mline } }),
      onOpen: () => this.#inTurn(() => this.#bind()),
      onControl: (text) => this.#inTurn(() => this.#control(text)),
      onMotion: (motion) => this.#peerBound && this.#around.tell({ type: "motion", motion }),
      onCursor: (shape) => this.#peerBound && this.#around.tell({ type: "cursor", shape }),
      onStream: (stream) => {
        this.#stream = stream;
        this.#unveil(this.#peerBound);
        this.#around.tell({ type: "stream", stream });
      },
      onVoice: (track) => this.#around.tell({ type: "voice_track", track }),
      onSilent: () => this.#fail(),
      onHeard: () => this.#back(),
      onFailed: () => this.#fail(),
    });
    this.link = link;
    if (this.phase === "waiting") this.#phase("connecting");
    link.answer(sdp).catch((error: unknown) => {
      console.warn(error);
      if (link === this.link) this.#refuse("certificate");
    });
  }

  #dropLink(): void {
    this.link?.close();
    this.link = null;
    this.#stream = null;
    this.#ownBind = null;
    this.#peerBound = false;
    this.#heldBind = null;
    this.#granted.delete("voice"); // granted anew with each connection
  }

  #fail(): void {
    if (this.phase === "live") this.#around.renew();
    this.#lose();
  }

  #lose(): void {
    if (this.phase !== "live" && this.phase !== "connecting") return;
    this.lostAt = performance.now();
    this.#restartAt = 0;
    this.#meter?.stop();
    this.#dropLoans("policy");
    this.#phase("lost");
  }

  #back(): void {
    if (this.phase !== "lost" || !this.#peerBound) return;
    this.#phase("live");
    this.#startMeter();
  }

  // Who is there

  async #deviceAgreed(): Promise<boolean> {
    const { id, device_key } = this.session.seeker;
    const pin = await checkPin(this.#around.ownAccount, id, device_key);
    if (pin.kind !== "changed" || this.#pinTrusted) return true;
    if (!this.#pinAsked) this.#around.tell({ type: "pin_changed", before: pin.before, now: device_key });
    this.#pinAsked = true;
    return false;
  }

  /** Connected: say who we are, unless the far end's device has to be asked about first. */
  async #bind(): Promise<void> {
    const { link, session } = this;
    if (!link || this.#ownBind || this.phase === "ending" || this.phase === "left") return;
    const { price, seeker } = session;
    const named = price && seeker.device_key && (await priceId({ session: session.id, ...price })) === price.id;
    if (!named) return this.#refuse("unnamed");
    if (!(await this.#deviceAgreed()) || link !== this.link || this.#ownBind) return;
    const own: Bind = {
      session: session.id,
      role: "helper",
      own_fp: link.ownFingerprint,
      peer_fp: link.peerFingerprint,
      price: price.id,
      expires_s: session.expires_s,
    };
    this.#ownBind = own;
    const sig = base64uEncode(await this.#around.identity.sign(bindText(own)));
    const { session: _, ...rest } = own;
    this.#say({ type: "bind", ...rest, sig });
    const held = this.#heldBind;
    this.#heldBind = null;
    if (held) await this.#takeBind(held);
  }

  async #takeBind(message: BindMessage): Promise<void> {
    const { link } = this;
    if (this.#peerBound || !link) return;
    if (!this.#ownBind) {
      this.#heldBind = message;
      return;
    }
    const { seeker } = this.session;
    const { role, own_fp, peer_fp, price, expires_s } = message;
    const sig = base64uDecode(message.sig, 64) ?? new Uint8Array();
    const wrong = await checkPeerBind(this.#ownBind, { role, own_fp, peer_fp, price, expires_s }, seeker.device_key, sig);
    if (link !== this.link) return;
    if (wrong) return this.#refuse(wrong);
    this.#unveil(true); // the first picture may come while the browser writes
    await setPin(this.#around.ownAccount, seeker.id, seeker.device_key);
    if (link !== this.link || this.#peerBound) return;
    this.#peerBound = true;
    this.#around.send({ type: "bound", session: this.session.id });
    this.#phase("live");
    this.#startMeter();
    this.#around.tell({ type: "bound" });
  }

  /** Of a track that is not enabled nothing but black is ever drawn. */
  #unveil(proved: boolean): void {
    for (const track of this.#stream?.getVideoTracks() ?? []) track.enabled = proved;
  }

  #refuse(wrong: Wrong): void {
    this.#around.tell({ type: "refused_peer", wrong });
    this.#leave("failed");
  }

  /** Signatures take their time; messages keep their order all the same. */
  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => console.error(error));
  }

  // What is said on the control channel

  #say(message: Control): boolean {
    return this.link?.sendControl(buildControl(message)) ?? false;
  }

  async #control(text: string): Promise<void> {
    const parsed = parseControl(text);
    if (parsed.result === "unknown_type") this.#say(parsed.answer);
    if (parsed.result !== "ok" || !allowedFrom(parsed.message.type, "seeker")) return;
    const { message } = parsed;
    if (message.type === "bind") return this.#takeBind(message);
    if (message.type === "bye") return this.#farBye();
    if (this.#peerBound) await this.#bound(message);
  }

  async #bound(message: Control): Promise<void> {
    switch (message.type) {
      case "tick":
        return this.#takeTick(message);
      case "countersign":
        return this.#takeCountersign(message.seq, message.sig);
      case "grant":
        this.#granted.add(message.what);
        if (message.what === "control") this.#controlUntil = message.ms ? performance.now() + message.ms : 0;
        return this.#around.tell(message);
      case "revoke":
        this.#granted.delete(message.what);
        return this.#around.tell(message);
      case "pause":
        this.#paused = message.paused;
        if (message.paused) this.#dropLoans("policy");
        return this.#around.tell(message);
      case "refuse":
      case "screen":
      case "chat":
      case "voice":
        return this.#around.tell(message);
      default:
        return;
    }
  }

  #farBye(): void {
    if (this.phase === "left" || this.phase === "over") return;
    this.#meter?.stop();
    this.#dropLoans("policy");
    this.#dropLink();
    this.#phase("left");
  }

  #dropLoans(by: RevokeBy): void {
    if (this.#granted.delete("control")) this.#around.tell({ type: "revoke", what: "control", by });
  }

  // Time

  #startMeter(): void {
    const { identity, decoded } = this.#around;
    const { link } = this;
    const config = meterConfig(this.session, identity);
    if (!config || !link) return;
    this.#meter ??= new Meter(config);
    this.#stalled = false;
    this.#meter.start(performance.now(), link.ownFingerprint, link.peerFingerprint, decoded());
    this.#keep();
    for (const { tick, sig } of this.#meter.pending()) this.#say({ type: "tick", tick, sig });
  }

  #keep(): void {
    if (this.#meter) this.#around.keep(this.#meter.save());
  }

  async #takeCountersign(seq: number, sig: string): Promise<void> {
    if ((await this.#meter?.takeCountersign(seq, sig)) !== "ok") return;
    this.#unproved = false;
    this.#keep();
    this.#flushTicks();
  }

  async #takeTick(message: Extract<Control, { type: "tick" }>): Promise<void> {
    const taken = await this.#meter?.takeTick(performance.now(), { tick: message.tick, sig: message.sig });
    if (this.phase === "ending") this.#heardLast = true;
    if (!taken?.answer) return;
    this.#keep();
    this.#say({ type: "countersign", seq: taken.answer.seq, sig: taken.answer.counter_sig });
    this.#flushTicks();
    const open = performance.now() - ((this.#meter?.due_ms() ?? Infinity) - METER_PERIOD_MS);
    // Younger than an answer to our own last tick can be: that one is not answered.
    const young = Math.min(Math.max(2 * (this.link?.roundTripMs ?? 0), METER_TOGETHER_MS), METER_PERIOD_MS / 2);
    if (taken.verdict === "ok" && this.phase === "live" && open > young) await this.#makeTick();
  }

  async #makeTick(): Promise<void> {
    const meter = this.#meter;
    if (!meter || this.#making) return;
    this.#making = true;
    try {
      meter.feed(performance.now(), this.#around.decoded(), this.paused);
      const made = await meter.make(performance.now());
      this.#keep();
      if (made) this.#say({ type: "tick", tick: made.tick, sig: made.sig });
      for (let ripe = await meter.takeRipe(); ripe; ripe = await meter.takeRipe()) {
        this.#keep();
        this.#say({ type: "countersign", seq: ripe.seq, sig: ripe.counter_sig });
        this.#flushTicks();
      }
    } finally {
      this.#making = false;
    }
  }

  #flushTicks(): void {
    const ticks = this.#meter?.outbox(TICKS_MAX) ?? [];
    if (ticks.length > 0) this.#around.send({ type: "ticks", session: this.session.id, ticks });
  }

  #pollMeter(now: number): void {
    const meter = this.#meter;
    if (!meter) return;
    meter.feed(now, this.#around.decoded(), this.paused);
    if (this.phase === "live" && now >= meter.due_ms()) void this.#makeTick();
    const stalled = meter.isStalled(now);
    if (stalled && !this.#stalled) this.#dropLoans("policy");
    this.#stalled = stalled;
    if (stalled && this.#unproved && this.phase === "live") this.#outdated();
  }

  #outdated(): void {
    this.#around.tell({ type: "outdated" });
    this.#leave("helper");
  }

  #poll(): void {
    const now = performance.now();
    const age = now - this.#since;
    if (this.#controlUntil && now >= this.#controlUntil) {
      this.#controlUntil = 0;
      this.#dropLoans("timeout");
    }
    if (this.phase === "live" || this.phase === "ending") this.#pollMeter(now);
    if (this.phase === "connecting" && age > CONNECT_MS && !this.#pinAsked) this.#lose();
    if (this.phase === "lost") this.#pollLost(now);
    const done = this.#heardLast && !this.#making && this.#meter?.pending().length === 0;
    if (this.phase === "ending" && (done || age > LAST_TICK_MS)) this.#leave("helper");
    if (this.phase === "left" && age > LEFT_MS) this.#over();
  }

  #pollLost(now: number): void {
    if (now - this.lostAt > GRACE_MS) return this.#leave("silence");
    if (now < this.#restartAt) return;
    const told = this.#around.send({ type: "relay", session: this.session.id, kind: "restart", body: {} });
    if (told) this.#restartAt = now + RESTART_MS; // else as soon as the broker is there again
  }

  #phase(phase: Phase): void {
    this.phase = phase;
    this.#since = performance.now();
    this.#around.tell({ type: "phase", phase });
  }

  #leave(reason: EndReason): void {
    if (this.phase === "left" || this.phase === "over") return;
    this.#endReason = reason;
    this.#meter?.stop();
    this.#dropLoans("policy");
    this.#say({ type: "bye", reason });
    this.#around.send({ type: "end", session: this.session.id, reason });
    const { link } = this;
    this.link = null; // the goodbye needs a moment on the wire
    window.setTimeout(() => link?.close(), 100);
    this.#phase("left");
  }

  #over(): void {
    if (this.phase === "over") return;
    window.clearInterval(this.#timer);
    this.#dropLink();
    this.#phase("over");
  }
}
