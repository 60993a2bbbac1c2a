// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Names of keys: KeyboardEvent.key to X keysyms, KeyboardEvent.code to evdev codes.
//
// Sources: X11/keysymdef.h (values), linux/input-event-codes.h (values), UI Events KeyboardEvent key and code
// values (names).

const KEYSYMS: Record<string, number> = {
  Backspace: 0xff08, Tab: 0xff09, Enter: 0xff0d, Pause: 0xff13, ScrollLock: 0xff14, Escape: 0xff1b,
  Home: 0xff50, ArrowLeft: 0xff51, ArrowUp: 0xff52, ArrowRight: 0xff53, ArrowDown: 0xff54,
  PageUp: 0xff55, PageDown: 0xff56, End: 0xff57, Select: 0xff60, PrintScreen: 0xff61, Execute: 0xff62,
  Insert: 0xff63, Undo: 0xff65, Redo: 0xff66, ContextMenu: 0xff67, Find: 0xff68, Cancel: 0xff69,
  Help: 0xff6a, NumLock: 0xff7f, CapsLock: 0xffe5, Delete: 0xffff,
  AudioVolumeDown: 0x1008ff11, AudioVolumeMute: 0x1008ff12, AudioVolumeUp: 0x1008ff13,
};
for (let n = 1; n <= 24; n++) KEYSYMS[`F${n}`] = 0xffbe + n - 1;

/** Modifiers by code, because left and right differ and `key` does not tell. */
const MODIFIERS: Record<string, number> = {
  ShiftLeft: 0xffe1, ShiftRight: 0xffe2, ControlLeft: 0xffe3, ControlRight: 0xffe4,
  AltLeft: 0xffe9, AltRight: 0xffea, MetaLeft: 0xffeb, MetaRight: 0xffec,
};

const PLACES: Record<string, number> = {
  Escape: 1, Minus: 12, Equal: 13, Backspace: 14, Tab: 15, BracketLeft: 26, BracketRight: 27, Enter: 28,
  ControlLeft: 29, Semicolon: 39, Quote: 40, Backquote: 41, ShiftLeft: 42, Backslash: 43, Comma: 51,
  Period: 52, Slash: 53, ShiftRight: 54, NumpadMultiply: 55, AltLeft: 56, Space: 57, CapsLock: 58,
  NumLock: 69, ScrollLock: 70, Numpad7: 71, Numpad8: 72, Numpad9: 73, NumpadSubtract: 74, Numpad4: 75,
  Numpad5: 76, Numpad6: 77, NumpadAdd: 78, Numpad1: 79, Numpad2: 80, Numpad3: 81, Numpad0: 82,
  NumpadDecimal: 83, IntlBackslash: 86, F11: 87, F12: 88, IntlRo: 89, Convert: 92, KanaMode: 93,
  NonConvert: 94, NumpadEnter: 96, ControlRight: 97, NumpadDivide: 98, PrintScreen: 99, AltRight: 100,
  Home: 102, ArrowUp: 103, PageUp: 104, ArrowLeft: 105, ArrowRight: 106, End: 107, ArrowDown: 108,
  PageDown: 109, Insert: 110, Delete: 111, AudioVolumeMute: 113, AudioVolumeDown: 114,
  AudioVolumeUp: 115, NumpadEqual: 117, Pause: 119, NumpadComma: 121, Lang1: 122, Lang2: 123,
  IntlYen: 124, MetaLeft: 125, MetaRight: 126, ContextMenu: 127,
};
"1234567890".split("").forEach((digit, at) => (PLACES[`Digit${digit}`] = 2 + at));
"QWERTYUIOP".split("").forEach((letter, at) => (PLACES[`Key${letter}`] = 16 + at));
"ASDFGHJKL".split("").forEach((letter, at) => (PLACES[`Key${letter}`] = 30 + at));
"ZXCVBNM".split("").forEach((letter, at) => (PLACES[`Key${letter}`] = 44 + at));
for (let n = 1; n <= 10; n++) PLACES[`F${n}`] = 59 + n - 1;
for (let n = 13; n <= 24; n++) PLACES[`F${n}`] = 183 + n - 13;

export function keysymOfKey(key: string): number | undefined {
  return Object.hasOwn(KEYSYMS, key) ? KEYSYMS[key] : undefined;
}

export function keysymOfModifier(code: string): number | undefined {
  return Object.hasOwn(MODIFIERS, code) ? MODIFIERS[code] : undefined;
}

export function evdevOfCode(code: string): number | undefined {
  return Object.hasOwn(PLACES, code) ? PLACES[code] : undefined;
}

/** keysymOfCharacter - Latin-1 keysyms are the code point; all others carry it under 0x01000000 */
export function keysymOfCharacter(scalar: number): number {
  const latin1 = (scalar >= 0x20 && scalar <= 0x7e) || (scalar >= 0xa0 && scalar <= 0xff);
  return latin1 ? scalar : 0x01000000 + scalar;
}
