// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A seeker inside a page, for tests of the helper's page: it follows the protocol with the same modules, shows a drawn
// desktop, and can be told to lie. Bundled by browser_seeker.ts and put into a page of the broker's origin.

import { call, deviceKey, logIn, token } from "../../broker/web/session.ts";
import type { FromBroker, Session } from "../../viewer/web/objects.ts";
import { fingerprintOf } from "../../viewer/web/link.ts";
import { Switchboard } from "../../viewer/web/switchboard.ts";
import { base64uDecode, base64uEncode } from "../../viewer/web/wire/bytes.ts";
import { buildCursor, buildMotion, parseInput, parseMotion, type Input } from "../../viewer/web/wire/binary.ts";
import { buildControl, parseControl, type Capability, type Control, type RevokeBy } from "../../viewer/web/wire/control.ts";
import { identityFromKeyPair, makeKeyPair, type Identity } from "../../viewer/web/wire/identity.ts";
import { Meter } from "../../viewer/web/wire/meter.ts";
import { bindText, checkPeerBind, type Bind } from "../../viewer/web/wire/texts.ts";

export type Lie = "none" | "impostor" | "price" | "silent_bind";

const CHANNELS: Record<string, RTCDataChannelInit> = {
  control: {},
  input: {},
  motion: { ordered: false, maxRetransmits: 0 },
  cursor: {},
  files: {},
};

/** A desktop with a window of text, crisp edges and a clock, so that pictures differ. */
async function framesSent(connection: RTCPeerConnection): Promise<number> {
  let sent = 0;
  (await connection.getStats()).forEach((entry: { type: string; framesSent?: number }) => {
    if (entry.type === "outbound-rtp") sent = Math.max(sent, entry.framesSent ?? 0);
  });
  return sent;
}

function drawDesktop(canvas: HTMLCanvasElement, tick: number): void {
  const c = canvas.getContext("2d") as CanvasRenderingContext2D;
  c.fillStyle = "#3b6ea5";
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.fillStyle = "#f4f4f4";
  c.fillRect(120, 80, 900, 560);
  c.fillStyle = "#dcdcdc";
  c.fillRect(120, 80, 900, 40);
  c.fillStyle = "#202020";
  c.font = "20px sans-serif";
  c.fillText("Lettre à l'imprimeur - Traitement de texte", 140, 107);
  c.font = "18px serif";
  const words = "Madame, Monsieur, mon imprimante n'imprime plus depuis ce matin. ".repeat(2);
  for (let line = 0; line < 16; line++) c.fillText(words.slice(line, line + 78), 150, 160 + line * 28);
  c.fillStyle = tick % 2 ? "#c03020" : "#20a040";
  c.fillRect(1100, 40, 64, 64);
  c.fillStyle = "#ffffff";
  c.fillText(`${tick}`, 1110, 80);
}

class Seeker {
  readonly heard: Control[] = [];
  readonly inputs: Input[] = [];
  readonly points: { x: number; y: number; visible: boolean; moves: boolean }[] = [];
  session: Session | null = null;
  state = "";
  dropped = 0;
  lie: Lie = "none";
  /** Seconds that both signed, as the broker says. */
  signedMs = 0;
  #identity!: Identity;
  #switchboard!: Switchboard;
  #connection: RTCPeerConnection | null = null;
  #channels = new Map<string, RTCDataChannel>();
  #canvas = document.createElement("canvas");
  #own: Bind | null = null;
  #bound = false;
  #meter: Meter | null = null;
  #timers: number[] = [];
  #early: FromBroker[] = [];
  /** Done when the answer is in force: under load a channel may be seen to open before. */
  #answered: Promise<void> = Promise.resolve();
  #tick = 0;
  #beat = 0;
  #heardBeat = 0;
  #away = false;
  #decoded = 0;

  async logIn(login: string, password: string): Promise<void> {
    await logIn(login, password, "test seeker");
    this.#identity = await identityFromKeyPair(await deviceKey(login));
    await new Promise<void>((resolve) => {
      this.#switchboard = new Switchboard(token() ?? "", {
        onUp: resolve,
        onDown: () => undefined,
        onRefused: (why) => console.error(why),
        onMessage: (message) => void this.#take(message),
      });
    });
  }

  async ask(helper: string, need: string, may: Capability[], capMinor: number): Promise<string> {
    const body = { need, helper, language: "fr", place: "", cap_minor: capMinor };
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const { session } = await call<{ session: Session }>("POST", "/sessions", body, headers);
    this.session = session;
    this.may = may;
    return session.id;
  }

  may: Capability[] = [];
  /** The consent card stays open until confirm. */
  thinks = false;

  async confirm(): Promise<void> {
    await call("POST", `/sessions/${this.session?.id}/confirm`, { may: this.may });
  }

  withdraw(): Promise<unknown> {
    return call("POST", `/sessions/${this.session?.id}/end`, { reason: "withdrawn" });
  }

  say(message: Control): void {
    this.#channels.get("control")?.send(buildControl(message));
  }

  grant(what: Capability, ms: number): void {
    this.say({ type: "grant", id: 0, what, ms });
  }

  revoke(what: Capability, by: RevokeBy): void {
    this.say({ type: "revoke", what, by });
  }

  moveCursor(x: number, y: number): void {
    const rgba = new Uint8Array(16 * 16 * 4);
    for (let at = 0; at < 256; at++) if (at % 16 <= at / 16) rgba.set([20, 20, 20, 255], at * 4);
    if (this.#beat >= 0) this.#channels.get("cursor")?.send(buildCursor({ shape: 1, width: 16, height: 16, hot_x: 0, hot_y: 0, rgba }));
    const motion = buildMotion({ kind: "cursor", visible: true, seq: ++this.#tick, x, y, shape: 1 });
    this.#channels.get("motion")?.send(motion);
  }

  /** The connection goes, the page stays. */
  drop(): void {
    this.#bound = false;
    this.#meter?.stop();
    this.#connection?.close();
    this.#connection = null;
    this.#channels.clear();
  }

  /** The connection goes, and nothing is done about it. */
  vanish(): void {
    this.#away = true;
    this.drop();
  }

  end(): void {
    if (this.session) this.#switchboard.send({ type: "end", session: this.session.id, reason: "seeker" });
    this.say({ type: "bye", reason: "seeker" });
    this.#timers.forEach((timer) => window.clearInterval(timer));
  }

  async #take(message: FromBroker): Promise<void> {
    if (message.type === "session") {
      this.session = message.session;
      this.state = message.session.state;
      if (message.session.state === "accepted" && !this.thinks) await this.confirm();
      if (message.session.state === "connecting" && !this.#connection) await this.offer();
    } else if (message.type === "ticks_ack") {
      this.signedMs = message.signed_ms;
      this.#meter?.onAck(message.seeker_seq, message.helper_seq);
    } else if (message.type === "relay") {
      await this.#relay(message);
    }
  }

  async #relay(message: Extract<FromBroker, { type: "relay" }>): Promise<void> {
    if (message.kind === "restart" && !this.#bound) return this.#away ? undefined : this.offer();
    const connection = this.#connection;
    if (message.kind === "answer") {
      this.#answered = connection?.setRemoteDescription({ type: "answer", sdp: message.body.sdp }) ?? this.#answered;
      await this.#answered;
      for (const early of this.#early.splice(0)) await this.#relay(early as typeof message);
    } else if (message.kind === "candidate") {
      if (!connection?.remoteDescription) this.#early.push(message);
      else await connection.addIceCandidate({ candidate: message.body.candidate, sdpMLineIndex: message.body.mline });
    }
  }

  async offer(): Promise<void> {
    this.drop();
    this.#own = null;
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#connection = connection;
    const { session } = this;
    if (!session) return;
    for (const [label, options] of Object.entries(CHANNELS)) this.#channel(connection.createDataChannel(label, options));
    this.#canvas.width = 1280;
    this.#canvas.height = 720;
    drawDesktop(this.#canvas, 0);
    for (const track of this.#canvas.captureStream(15).getTracks()) connection.addTrack(track);
    connection.addEventListener("icecandidate", (event) => {
      if (!event.candidate?.candidate) return;
      const body = { candidate: event.candidate.candidate, mline: event.candidate.sdpMLineIndex ?? 0 };
      this.#switchboard.send({ type: "relay", session: session.id, kind: "candidate", body });
    });
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    const sdp = connection.localDescription?.sdp ?? "";
    this.#switchboard.send({ type: "relay", session: session.id, kind: "offer", body: { sdp } });
  }

  #channel(channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    this.#channels.set(channel.label, channel);
    if (channel.label === "control") channel.addEventListener("open", () => void this.#bind());
    channel.addEventListener("message", (event) => void this.#hear(channel.label, event.data));
  }

  async #bind(): Promise<void> {
    const { session } = this;
    const connection = this.#connection;
    await this.#answered;
    if (!session?.price || !connection || connection !== this.#connection) return;
    const own: Bind = {
      session: session.id,
      role: "seeker",
      own_fp: fingerprintOf(connection.localDescription?.sdp ?? "") ?? "",
      peer_fp: fingerprintOf(connection.remoteDescription?.sdp ?? "") ?? "",
      price: this.lie === "price" ? "f".repeat(64) : session.price.id,
      expires_s: session.expires_s,
    };
    this.#own = own;
    const signer = this.lie === "impostor" ? await identityFromKeyPair(await makeKeyPair()) : this.#identity;
    const sig = base64uEncode(await signer.sign(bindText(own)));
    const { session: _, ...rest } = own;
    if (this.lie !== "none") {
      this.#start(); // a liar does not wait to be believed
      while (this.#connection === connection && (await framesSent(connection)) < 5);
    }
    if (this.lie !== "silent_bind") this.say({ type: "bind", ...rest, sig });
  }

  async #hear(label: string, data: unknown): Promise<void> {
    if (label === "control") return this.#control(String(data));
    const bytes = new Uint8Array(data as ArrayBuffer);
    if (label === "input") {
      const input = parseInput(bytes);
      if (input) this.inputs.push(input);
    }
    const motion = label === "motion" ? parseMotion(bytes) : null;
    if (motion?.kind === "pointer") {
      const { x, y, visible, moves } = motion;
      this.points.push({ x, y, visible, moves });
    } else if (motion?.kind === "heartbeat") {
      this.#heardBeat = motion.seq;
      this.#decoded = motion.decoded;
      if (motion.seq & 1) this.#sendBeat(0);
    }
  }

  async #control(text: string): Promise<void> {
    const parsed = parseControl(text);
    if (parsed.result !== "ok") return;
    const { message } = parsed;
    this.heard.push(message);
    const meter = this.#meter;
    if (message.type === "bind" && this.#own && this.session?.helper) {
      const { role, own_fp, peer_fp, price, expires_s } = message;
      const sig = base64uDecode(message.sig, 64) ?? new Uint8Array();
      const peer = { role, own_fp, peer_fp, price, expires_s };
      const wrong = await checkPeerBind(this.#own, peer, this.session.helper.device_key, sig);
      if (wrong) console.error(wrong);
      else if (this.lie === "none") this.#start();
    } else if (message.type === "tick" && meter) {
      const { answer } = await meter.takeTick(performance.now(), message);
      if (answer) this.say({ type: "countersign", seq: answer.seq, sig: answer.counter_sig });
    } else if (message.type === "countersign" && meter) {
      await meter.takeCountersign(message.seq, message.sig);
    }
  }

  #start(): void {
    const { session } = this;
    const own = this.#own;
    if (!session?.price || !session.helper || !own || this.#bound) return;
    this.#bound = true;
    this.#meter ??= new Meter({
      session: session.id,
      role: "seeker",
      price: session.price.id,
      identity: this.#identity,
      peerKey: session.helper.device_key,
    });
    this.#meter.start(performance.now(), own.own_fp, own.peer_fp, 0);
    this.#switchboard.send({ type: "bound", session: session.id });
    this.say({ type: "screen", width: 1280, height: 720, monitor: 1, monitors: [] });
    if (this.#timers.length > 0) return;
    this.#timers.push(window.setInterval(() => drawDesktop(this.#canvas, ++this.#tick), 100));
    this.#timers.push(window.setInterval(() => this.#sendBeat(1), 1000));
    this.#timers.push(window.setInterval(() => void this.#pollMeter(), 200));
  }

  #sendBeat(parity: 0 | 1): void {
    const channel = this.#channels.get("motion");
    if (channel?.readyState !== "open") return;
    this.#beat += (this.#beat & 1) === parity ? 2 : 1;
    channel.send(buildMotion({ kind: "heartbeat", seq: this.#beat, echo: this.#heardBeat, decoded: 0 }));
  }

  async #pollMeter(): Promise<void> {
    const meter = this.#meter;
    if (!meter || !this.#bound) return;
    meter.feed(performance.now(), this.#decoded, false);
    if (performance.now() < meter.due_ms()) return;
    const made = await meter.make(performance.now());
    if (made) this.say({ type: "tick", tick: made.tick, sig: made.sig });
  }
}

Object.assign(window, { seeker: new Seeker() });
export type { Seeker };
