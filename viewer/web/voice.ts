// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's microphone and the seeker's voice in the browser. A microphone is asked for after a click only; off,
// muted or not held, its track is stopped, so that nothing is captured and the browser's own indicator goes out.

import { alarm, announce, byId } from "./dom.ts";
import type { Told, Viewing } from "./viewing.ts";
import { onLanguage, say } from "./words.ts";

/** Held to talk; no browser and no screen reader wants it. */
const TALK_KEY = "F8";

export class Voice {
  #viewing: Viewing | null = null;
  #wanted = false;
  #muted = false;
  #pushToTalk = false;
  #held = false;
  #farOn = false;
  #track: MediaStreamTrack | null = null;
  #turn: Promise<void> = Promise.resolve();
  #ear = byId<HTMLAudioElement>("voice-ear");

  constructor() {
    byId("voice-on").addEventListener("click", () => this.#toggle());
    byId("voice-mute").addEventListener("click", () => this.#set(() => (this.#muted = !this.#muted)));
    byId("voice-hold").addEventListener("click", () => this.#set(() => (this.#pushToTalk = !this.#pushToTalk)));
    byId("voice-microphone").addEventListener("change", () => this.#restart());
    byId<HTMLSelectElement>("voice-speaker").addEventListener("change", (event) => {
      void this.#ear.setSinkId?.((event.target as HTMLSelectElement).value).catch(() => undefined);
    });
    const hold = (event: KeyboardEvent, held: boolean): void => {
      if (event.key !== TALK_KEY || !this.#viewing || this.#viewing.controls) return;
      event.preventDefault();
      if (this.#held !== held) this.#set(() => (this.#held = held));
    };
    window.addEventListener("keydown", (event) => hold(event, true));
    window.addEventListener("keyup", (event) => hold(event, false));
    window.addEventListener("blur", () => this.#set(() => (this.#held = false)));
    onLanguage(() => this.#write());
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      if (this.#viewing && this.#wanted) void this.#devices();
    });
  }

  begin(viewing: Viewing): void {
    this.#viewing = viewing;
    this.#wanted = this.#muted = this.#held = this.#farOn = false;
    this.#write();
  }

  finish(): void {
    this.#wanted = this.#farOn = false;
    this.#apply();
    this.#viewing = null;
    this.#ear.srcObject = null;
  }

  told(told: Told): void {
    const name = this.#viewing?.session.seeker.name ?? "";
    if (told.type === "voice_track") this.#ear.srcObject = new MediaStream([told.track]);
    else if (told.type === "voice") this.#farOn = told.on;
    else if (told.type === "refuse" && told.what === "voice") {
      this.#wanted = false;
      announce(say("voice.refused", { name }));
    } else if (!["grant", "revoke", "phase", "pause"].includes(told.type)) return;
    if (told.type === "revoke" && told.what === "voice") this.#wanted = false;
    this.#apply();
  }

  get #shallBeOpen(): boolean {
    const may = this.#viewing?.mayTalk ?? false;
    return may && this.#wanted && !this.#muted && (!this.#pushToTalk || this.#held);
  }

  #toggle(): void {
    const viewing = this.#viewing;
    if (!viewing) return;
    this.#wanted = !this.#wanted;
    this.#muted = false;
    if (this.#wanted && !viewing.mayTalk && viewing.ask("voice", 0)) {
      announce(say("voice.asked", { name: viewing.session.seeker.name }));
    }
    this.#apply();
  }

  #set(change: () => void): void {
    change();
    this.#apply();
  }

  /** One thing after the other: a browser takes its time to open a microphone. */
  #apply(): void {
    const viewing = this.#viewing;
    if (viewing && !viewing.mayTalk) this.#farOn = false;
    if (!this.#shallBeOpen) this.#close(); // at once
    this.#write();
    this.#turn = this.#turn.then(() => this.#open()).catch((error: unknown) => console.error(error));
  }

  async #open(): Promise<void> {
    const viewing = this.#viewing;
    if (!viewing || this.#track || !this.#shallBeOpen) return;
    const chosen = byId<HTMLSelectElement>("voice-microphone").value;
    const wishes = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    let track: MediaStreamTrack | undefined;
    try {
      const audio = chosen ? { ...wishes, deviceId: { exact: chosen } } : wishes;
      track = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks()[0];
    } catch {
      this.#wanted = false;
      alarm(say("voice.denied"));
    }
    if (track && this.#viewing === viewing && this.#shallBeOpen && (await viewing.link?.setMicrophone(track))) {
      this.#track = track;
      track.addEventListener("ended", () => this.#gone());
      viewing.say({ type: "voice", on: true });
      if (!this.#shallBeOpen) this.#close(); // changed meanwhile
      void this.#devices();
    } else track?.stop();
    this.#write();
  }

  /** The device went away, or the browser took it back: no other one is opened behind the person's back. */
  #gone(): void {
    this.#set(() => (this.#wanted = false));
    alarm(say("voice.gone"));
    void this.#devices();
  }

  #close(): void {
    const track = this.#track;
    if (!track) return;
    this.#track = null;
    track.stop();
    void this.#viewing?.link?.setMicrophone(null);
    this.#viewing?.say({ type: "voice", on: false });
  }

  #restart(): void {
    this.#close();
    this.#apply();
  }

  /** Browsers name devices only once a microphone was allowed. */
  async #devices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.#choice("voice-microphone", all, "audioinput");
    if ("setSinkId" in this.#ear) this.#choice("voice-speaker", all, "audiooutput");
  }

  #choice(id: string, all: MediaDeviceInfo[], kind: MediaDeviceKind): void {
    const select = byId<HTMLSelectElement>(id);
    const before = select.value;
    const named = all.filter((device) => device.kind === kind && device.label && device.deviceId !== "default");
    select.replaceChildren(
      new Option(say("voice.system"), ""),
      ...named.map((device) => new Option(device.label, device.deviceId)),
    );
    select.value = named.some((device) => device.deviceId === before) ? before : "";
    select.hidden = named.length < 2;
  }

  #write(): void {
    const own = this.#track !== null;
    const far = this.#farOn;
    this.#ear.muted = !far;
    const pressed = (id: string, on: boolean): void => byId(id).setAttribute("aria-pressed", String(on));
    pressed("voice-on", this.#wanted);
    pressed("voice-mute", this.#muted);
    pressed("voice-hold", this.#pushToTalk);
    byId("voice-mute").hidden = !this.#wanted;
    const name = this.#viewing?.session.seeker.name ?? "";
    const state = byId("voice-state");
    state.textContent = say(own ? (far ? "voice.both" : "voice.own") : far ? "voice.far" : "voice.none", { name });
    state.classList.toggle("open", own || far);
  }
}
