// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What calls the helper from elsewhere: a sound, the page's title, a notification if it may. The sound is made here,
// once the person has clicked something: browsers allow none before.

import { say } from "./words.ts";

const RING_EVERY_MS = 2000;
const BLINK_MS = 1000;

let audio: AudioContext | null = null;

/** allowSound - to be called inside a click */
export function allowSound(): void {
  try {
    audio ??= new AudioContext();
    void audio.resume();
  } catch {
    audio = null; // no sound card: the title and the page still call
  }
}

export function mayAskToNotify(): boolean {
  return "Notification" in window && Notification.permission === "default";
}

export async function askToNotify(): Promise<void> {
  await Notification.requestPermission();
}

/** Two soft notes, a third apart. */
function chime(): void {
  if (audio?.state !== "running") return;
  for (const [at, frequency] of [[0, 659.25], [0.22, 830.61]] as const) {
    const begin = audio.currentTime + at;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + 0.65);
  }
}

export class Call {
  #timers: number[] = [];
  #notification: Notification | null = null;
  #title = document.title;

  begin(name: string, need: string): void {
    this.stop();
    this.#title = document.title;
    const text = say("ring.notification", { name });
    let on = false;
    const blink = (): void => {
      on = !on;
      document.title = on ? `☎ ${text}` : this.#title;
    };
    blink();
    chime();
    this.#timers = [window.setInterval(blink, BLINK_MS), window.setInterval(chime, RING_EVERY_MS)];
    if (document.hidden && "Notification" in window && Notification.permission === "granted") {
      this.#notification = new Notification(text, { body: need, tag: "pouce-ring", requireInteraction: true });
      this.#notification.addEventListener("click", () => window.focus());
    }
  }

  stop(): void {
    if (this.#timers.length === 0) return;
    this.#timers.forEach((timer) => window.clearInterval(timer));
    this.#timers = [];
    this.#notification?.close();
    this.#notification = null;
    document.title = this.#title;
  }
}
