// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the helper does with keyboard and mouse, to messages for the `input` channel. Pure: no DOM.
//
// The rules, which viewer/core/input_map.h shares:
// - Text travels by character, so layouts of the two people need not agree. The page's text field makes it
//   (dead keys, input methods and phone keyboards included) and hands it to text().
// - Shortcuts and special keys travel by meaning (keysym); by place (evdev) where the meaning is of no use to
//   the seeker: a shortcut typed on a non-Latin layout, a key without a name, or when the helper asks for it.
// - A modifier is sent once something uses it. So Shift for a capital never reaches the seeker, AltGr leaves no
//   Ctrl behind, and Shift+Left does arrive. Alt and Super released unused are taps, for menus.
// - A release undoes what the press sent, whatever `key` says by then.

import type { Input } from "./wire/binary.ts";
import { evdevOfCode, keysymOfCharacter, keysymOfKey, keysymOfModifier } from "./keys.ts";

/** The part of a KeyboardEvent that matters. */
export interface Key {
  key: string;
  code: string;
  down: boolean;
  composing: boolean;
  ctrl: boolean;
  alt: boolean;
  meta: boolean;
  altGraph: boolean;
}

export interface Mapped {
  events: Input[];
  /** The browser must not act on the key: it was sent, or would be a browser shortcut. */
  taken: boolean;
}

/** Keys held at once; a keyboard has no more fingers on it. When full, further keys are not sent. */
const HELD_MAX = 32;
/** Characters taken from one input event; a paste is not typing. */
export const TEXT_MAX = 256;
const CONTROL_L = 0xffe3;

type Press = { kind: "keysym"; keysym: number } | { kind: "key"; code: number };

function event(press: Press, down: boolean): Input {
  return press.kind === "keysym"
    ? { kind: "keysym", down, keysym: press.keysym }
    : { kind: "key", down, code: press.code };
}

export class InputMap {
  #held = new Map<string, Press>();
  #modifiers = new Map<string, { keysym: number; sent: boolean; used: boolean }>();
  #buttons = new Set<1 | 2 | 3>();
  #mac: boolean;
  /** Every key by place: for programs that read the keyboard, not text. */
  byPlace = false;

  constructor(mac = false) {
    this.#mac = mac;
  }

  key(k: Key): Mapped {
    if (this.byPlace) return this.#keyByPlace(k);
    const modifier = k.key === "AltGraph" ? undefined : keysymOfModifier(k.code);
    if (k.key === "AltGraph") return this.#altGraph(k);
    if (modifier !== undefined) return this.#modifier(k, modifier);
    if (!k.down) return this.#release(k);
    if (this.#isText(k)) return { events: [], taken: false };
    if (this.#held.has(k.code)) return { events: [], taken: true };
    const press = this.#press(k);
    if (!press || this.#held.size >= HELD_MAX) return { events: [], taken: true };
    const events = this.#useModifiers();
    events.push(event(press, true));
    // macOS tells nothing of a key released while Command is down.
    if (this.#mac && k.meta) events.push(event(press, false));
    else this.#held.set(k.code, press);
    return { events, taken: true };
  }

  text(text: string): Input[] {
    const events = this.#parkModifiers();
    let count = 0;
    for (const character of text) {
      if (count++ >= TEXT_MAX) break;
      const scalar = character.codePointAt(0) as number;
      if (scalar === 0x0a || scalar === 0x0d) events.push(...this.tap(0xff0d));
      else if (scalar === 0x09) events.push(...this.tap(0xff09));
      else if (scalar >= 0x20 && scalar !== 0x7f && !(scalar >= 0xd800 && scalar < 0xe000)) {
        events.push({ kind: "character", scalar });
      }
    }
    return events;
  }

  button(button: 1 | 2 | 3, down: boolean, x: number, y: number): Input[] {
    if (down === this.#buttons.has(button)) return [];
    if (down) this.#buttons.add(button);
    else this.#buttons.delete(button);
    return [...(down ? this.#useModifiers() : []), { kind: "button", button, down, x, y }];
  }

  wheel(dx: number, dy: number, x: number, y: number): Input[] {
    const bound = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));
    if (bound(dx) === 0 && bound(dy) === 0) return [];
    return [...this.#useModifiers(), { kind: "wheel", dx: bound(dx), dy: bound(dy), x, y }];
  }

  /** releaseAll - the helper looks elsewhere, or the loan is over */
  releaseAll(): Input[] {
    const sent = [...this.#modifiers.values()].some((m) => m.sent);
    const any = sent || this.#held.size > 0 || this.#buttons.size > 0;
    this.#held.clear();
    this.#modifiers.clear();
    this.#buttons.clear();
    return any ? [{ kind: "release_all" }] : [];
  }

  #isText(k: Key): boolean {
    if (k.composing || k.key === "Dead" || k.key === "Process" || k.key === "Unidentified") return true;
    if ([...k.key].length !== 1) return false;
    if (k.altGraph) return true;
    if (this.#mac) return !k.ctrl && !k.meta;
    return !k.ctrl && !k.alt && !k.meta;
  }

  #press(k: Key): Press | undefined {
    const evdev = evdevOfCode(k.code);
    const named = keysymOfKey(k.key);
    if (named !== undefined) return { kind: "keysym", keysym: named };
    if ([...k.key].length === 1) {
      const scalar = k.key.codePointAt(0) as number;
      if (scalar <= 0x7e || evdev === undefined) return { kind: "keysym", keysym: keysymOfCharacter(scalar) };
    }
    return evdev === undefined ? undefined : { kind: "key", code: evdev };
  }

  #release(k: Key): Mapped {
    const press = this.#held.get(k.code);
    if (!press) return { events: [], taken: false };
    this.#held.delete(k.code);
    return { events: [event(press, false)], taken: true };
  }

  #modifier(k: Key, keysym: number): Mapped {
    const meaning = this.#mac && k.code.startsWith("Meta") ? CONTROL_L : keysym;
    if (k.down) {
      if (!this.#modifiers.has(k.code)) this.#modifiers.set(k.code, { keysym: meaning, sent: false, used: false });
      return { events: [], taken: true };
    }
    const held = this.#modifiers.get(k.code);
    this.#modifiers.delete(k.code);
    if (!held) return { events: [], taken: true };
    if (held.sent) return { events: [{ kind: "keysym", down: false, keysym: held.keysym }], taken: true };
    const tap = !held.used && (k.code.startsWith("Alt") || k.code.startsWith("Meta")) && !this.#mac;
    return { events: tap ? this.tap(held.keysym) : [], taken: true };
  }

  /** Windows reports AltGr as Ctrl, then AltGr: neither is the seeker's business. */
  #altGraph(k: Key): Mapped {
    this.#modifiers.delete("AltRight");
    const control = this.#modifiers.get("ControlLeft");
    if (k.down && control && !control.sent) this.#modifiers.delete("ControlLeft");
    return { events: [], taken: true };
  }

  #useModifiers(): Input[] {
    const events: Input[] = [];
    for (const modifier of this.#modifiers.values()) {
      modifier.used = true;
      if (modifier.sent) continue;
      modifier.sent = true;
      events.push({ kind: "keysym", down: true, keysym: modifier.keysym });
    }
    return events;
  }

  #parkModifiers(): Input[] {
    const events: Input[] = [];
    for (const modifier of this.#modifiers.values()) {
      modifier.used = true;
      if (!modifier.sent) continue;
      modifier.sent = false;
      events.push({ kind: "keysym", down: false, keysym: modifier.keysym });
    }
    return events;
  }

  #keyByPlace(k: Key): Mapped {
    const evdev = evdevOfCode(k.code);
    if (!k.down) return this.#release(k);
    if (evdev === undefined) return { events: [], taken: true };
    if (this.#held.has(k.code) || this.#held.size >= HELD_MAX) return { events: [], taken: true };
    const press: Press = { kind: "key", code: evdev };
    this.#held.set(k.code, press);
    return { events: [event(press, true)], taken: true };
  }

  /** tap - a key pressed and released */
  tap(keysym: number): Input[] {
    return [
      { kind: "keysym", down: true, keysym },
      { kind: "keysym", down: false, keysym },
    ];
  }
}
