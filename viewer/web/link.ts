// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One WebRTC connection at the helper's end: answers an offer, finds the channels, beats. A lost one is not
// revived; the seeker offers anew and a new Link is made.
//
// The browser itself compares the certificate with the description's fingerprint; what is left to do is to refuse
// descriptions that name more than one, and to hand the two fingerprints to the bind.

import { buildInput, buildMotion, isNewer, parseMotion, type Input, type Motion } from "./wire/binary.ts";
import { CONTROL_MAX_BYTES } from "./wire/limits.ts";

export interface LinkEvents {
  onAnswer(sdp: string): void;
  onCandidate(candidate: string, mline: number): void;
  /** The control channel is open: the bind may go out. */
  onOpen(): void;
  onControl(text: string): void;
  onMotion(motion: Motion): void;
  onCursor(shape: Uint8Array): void;
  onStream(stream: MediaStream): void;
  onVoice(track: MediaStreamTrack): void;
  onSilent(): void;
  onHeard(): void;
  onFailed(): void;
}

const SDP_MAX_BYTES = 24 * 1024;
const CANDIDATES_MAX = 50;
const CANDIDATE_MAX_BYTES = 512;
const BEAT_MS = 1000;
/** Nothing heard for this long: the connection counts as lost. */
const SILENT_MS = 4000;
/** The same after this computer's networks changed, beside two round trips; as in signaling/peer/heartbeat.c. */
const DOUBT_MS = 1000;
const DOUBT_BEAT_MS = DOUBT_MS / 4;
/** Messages of a channel that may wait: beyond it, positions are skipped, keys are not. */
const MOTION_WAITING_MAX = 4096;
const CURSOR_MAX_BYTES = 64 * 1024;

/** fingerprintOf - hex of the one SHA-256 certificate that a description names; null if it names others or none */
export function fingerprintOf(sdp: string): string | null {
  const lines = [...sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm)];
  const all = new Set(lines.map((line) => `${line[1]?.toLowerCase()} ${line[2]?.toLowerCase().replaceAll(":", "")}`));
  if (all.size !== 1) return null;
  const only = /^sha-256 ([0-9a-f]{64})$/.exec([...all][0] ?? "");
  return only?.[1] ?? null;
}

/** With it a picture goes on after a loss without a key frame; browsers know it, but do not take it unasked. */
const DEPENDENCY_URI = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"; // what a browser insists on

type Extension = { uri: string; direction: RTCRtpTransceiverDirection };
type Extensible = { getHeaderExtensionsToNegotiate?(): Extension[]; setHeaderExtensionsToNegotiate?(all: Extension[]): void };

function takeDependencies(connection: RTCPeerConnection): void {
  for (const transceiver of connection.getTransceivers()) {
    const video = transceiver as Extensible;
    const all = transceiver.receiver.track.kind === "video" ? (video.getHeaderExtensionsToNegotiate?.() ?? []) : [];
    for (const one of all) if (one.uri === DEPENDENCY_URI || one.uri === MID_URI) one.direction = "sendrecv";
    try {
      if (all.length > 0) video.setHeaderExtensionsToNegotiate?.(all);
    } catch {
      // without it a loss that is not made good costs a key frame
    }
  }
}

export class Link {
  readonly connection: RTCPeerConnection;
  ownFingerprint = "";
  peerFingerprint = "";
  #events: LinkEvents;
  #channels = new Map<string, RTCDataChannel>();
  #early: RTCIceCandidateInit[] = [];
  #described = false;
  #candidates = 0;
  #heard = performance.now();
  #silent = false;
  #beat = 0;
  #beats = 0;
  #echo = 0;
  /** Since when the path is doubted, and the first beat since, whose answer ends it; 0: it is not. */
  #doubt = { at: 0, seq: 0 };
  #look = 0;
  #timed = { seq: 0, at: 0 };
  #closed = false;
  #microphone: RTCRtpSender | null = null;
  /** -1: not known yet. */
  roundTripMs = -1;
  /** Frames decoded so far, told to the seeker with each beat. */
  decoded = 0;

  constructor(iceServers: RTCIceServer[], events: LinkEvents) {
    this.#events = events;
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.addEventListener("icecandidate", (event) => {
      if (event.candidate?.candidate) events.onCandidate(event.candidate.candidate, event.candidate.sdpMLineIndex ?? 0);
    });
    this.connection.addEventListener("datachannel", (event) => this.#channel(event.channel));
    this.connection.addEventListener("track", (event) => {
      if (event.track.kind === "video") events.onStream(new MediaStream([event.track]));
      else events.onVoice(event.track);
    });
    this.connection.addEventListener("connectionstatechange", () => {
      const { connectionState } = this.connection;
      if (connectionState === "failed" && !this.#closed) events.onFailed();
      if (connectionState === "disconnected") this.doubt();
    });
  }

  /** answer - rejects if the offer is not one that may be answered */
  async answer(offer: string): Promise<void> {
    const fingerprint = offer.length <= SDP_MAX_BYTES ? fingerprintOf(offer) : null;
    if (!fingerprint) throw new Error("The offer names no single SHA-256 certificate.");
    this.peerFingerprint = fingerprint;
    await this.connection.setRemoteDescription({ type: "offer", sdp: offer });
    this.#described = true;
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
    takeDependencies(this.connection);
    // The place for voice is there from the start; nothing is in it until somebody turns a microphone on.
    const voice = this.connection.getTransceivers().find((one) => one.receiver.track.kind === "audio");
    if (voice) {
      voice.direction = "sendrecv";
      this.#microphone = voice.sender;
    }
    const answer = await this.connection.createAnswer();
    await this.connection.setLocalDescription(answer);
    const sdp = this.connection.localDescription?.sdp ?? answer.sdp ?? "";
    this.ownFingerprint = fingerprintOf(sdp) ?? "";
    this.#events.onAnswer(sdp);
  }

  async addCandidate(candidate: string, mline: number): Promise<void> {
    if (this.#candidates++ >= CANDIDATES_MAX || candidate.length > CANDIDATE_MAX_BYTES) return;
    const init: RTCIceCandidateInit = { candidate, sdpMLineIndex: mline };
    if (this.#described) await this.#add(init);
    else this.#early.push(init);
  }

  /** setMicrophone - null: nothing is sent; false: the seeker's program takes no voice */
  async setMicrophone(track: MediaStreamTrack | null): Promise<boolean> {
    if (!this.#microphone || this.#closed) return false;
    await this.#microphone.replaceTrack(track);
    return true;
  }

  sendControl(text: string): boolean {
    return this.#send("control", text);
  }

  sendInput(input: Input): boolean {
    return this.#send("input", buildInput(input));
  }

  sendMotion(motion: Motion): boolean {
    const channel = this.#channels.get("motion");
    if (channel && channel.bufferedAmount > MOTION_WAITING_MAX) return false;
    return this.#send("motion", buildMotion(motion));
  }

  /** doubt - this computer's networks may have changed: the far side is asked at once and has to answer soon */
  doubt(): void {
    if (this.#doubt.at > 0 || this.#silent || this.#beat === 0) return;
    this.#doubt = { at: performance.now(), seq: (this.#beats + 1) | 1 };
    this.#onDoubt();
  }

  close(): void {
    this.#closed = true;
    window.clearInterval(this.#beat);
    window.clearTimeout(this.#look);
    this.connection.close();
  }

  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch {
      // a candidate that the browser does not understand is as good as none
    }
  }

  #send(label: string, data: string | Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#channels.get(label);
    if (channel?.readyState !== "open" || this.#closed) return false;
    if (typeof data === "string") channel.send(data);
    else channel.send(data);
    return true;
  }

  #channel(channel: RTCDataChannel): void {
    if (!["control", "input", "motion", "cursor", "files"].includes(channel.label)) return;
    if (this.#channels.has(channel.label)) return;
    channel.binaryType = "arraybuffer";
    this.#channels.set(channel.label, channel);
    channel.addEventListener("message", (event) => this.#take(channel.label, event.data));
    if (channel.label !== "control") return;
    if (channel.readyState === "open") this.#opened();
    else channel.addEventListener("open", () => this.#opened());
  }

  #opened(): void {
    this.#heard = performance.now();
    this.#beat = window.setInterval(() => this.#onBeat(), BEAT_MS);
    this.#events.onOpen();
  }

  #onBeat(): void {
    this.#sendBeat(true);
    const left = this.#heard + SILENT_MS - performance.now();
    if (left <= 0) this.#fallSilent();
    else if (left < BEAT_MS && this.#doubt.at === 0) this.#look = window.setTimeout(() => this.#lookUp(), left + 1);
  }

  /** Between two beats: a second more would be long. */
  #lookUp(): void {
    if (performance.now() - this.#heard > SILENT_MS) this.#fallSilent();
  }

  #onDoubt(): void {
    if (this.#doubt.at === 0 || this.#closed) return;
    const enough = DOUBT_MS + 2 * Math.max(0, this.roundTripMs);
    if (performance.now() - this.#doubt.at >= enough) return this.#fallSilent();
    this.#sendBeat(true);
    window.clearTimeout(this.#look);
    this.#look = window.setTimeout(() => this.#onDoubt(), DOUBT_BEAT_MS);
  }

  #fallSilent(): void {
    this.#doubt.at = 0;
    if (this.#silent || this.#closed) return;
    this.#silent = true;
    this.#events.onSilent();
  }

  #take(label: string, data: unknown): void {
    if (this.#closed) return;
    this.#heard = performance.now();
    if (this.#silent) {
      this.#silent = false;
      this.#events.onHeard();
    }
    if (label === "control" && typeof data === "string" && data.length <= CONTROL_MAX_BYTES) this.#events.onControl(data);
    if (!(data instanceof ArrayBuffer) || data.byteLength > CURSOR_MAX_BYTES) return;
    if (label === "cursor") this.#events.onCursor(new Uint8Array(data));
    if (label === "motion") this.#takeMotion(new Uint8Array(data));
  }

  #takeMotion(data: Uint8Array): void {
    const motion = parseMotion(data);
    if (!motion) return;
    if (motion.kind === "heartbeat") this.#takeBeat(motion.seq, motion.echo);
    else this.#events.onMotion(motion);
  }

  /** Odd numbers ask for an answer at once, even ones are it: so the echo tells the round trip. */
  #sendBeat(timed: boolean): void {
    this.#beats += (this.#beats & 1) === (timed ? 1 : 0) ? 2 : 1;
    if (timed) this.#timed = { seq: this.#beats, at: performance.now() };
    this.sendMotion({ kind: "heartbeat", seq: this.#beats, echo: this.#echo, decoded: this.decoded >>> 0 });
  }

  #takeBeat(seq: number, echo: number): void {
    if (this.#echo !== 0 && !isNewer(seq, this.#echo)) return;
    this.#echo = seq;
    if (seq & 1) return this.#sendBeat(false);
    if (echo === this.#doubt.seq || isNewer(echo, this.#doubt.seq)) this.#doubt.at = 0;
    if (echo === this.#timed.seq) this.roundTripMs = Math.round(performance.now() - this.#timed.at);
  }
}
