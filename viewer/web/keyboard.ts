// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's keyboard, while control is lent and the typing field has the focus: never otherwise.
//
// A text field makes the characters, so dead keys, input methods and phone keyboards work as anywhere; what is not
// text is taken from the key events. Ctrl+Alt+Home is never sent: it leads back to the page.

import type { InputMap } from "./input_map.ts";
import type { Input } from "./wire/binary.ts";

export interface KeyboardOwner {
  map: InputMap;
  controls(): boolean;
  send(input: Input): void;
  /** Ctrl+Alt+Home: the focus goes to the page's own controls. */
  leave(): void;
}

export function isHatch(event: KeyboardEvent): boolean {
  return event.key === "Home" && event.ctrlKey && event.altKey;
}

export function followKeyboard(field: HTMLTextAreaElement, owner: KeyboardOwner): void {
  const { map } = owner;
  const send = (inputs: Input[]): void => inputs.forEach((input) => owner.send(input));
  let composing = false;

  const key = (event: KeyboardEvent, down: boolean): void => {
    if (!owner.controls()) return;
    if (down && isHatch(event)) {
      event.preventDefault();
      send(map.releaseAll());
      owner.leave();
      return;
    }
    const mapped = map.key({
      key: event.key,
      code: event.code,
      down,
      composing: event.isComposing || composing,
      ctrl: event.ctrlKey,
      alt: event.altKey,
      meta: event.metaKey,
      altGraph: event.getModifierState("AltGraph"),
    });
    send(mapped.events);
    if (mapped.taken) event.preventDefault();
  };

  field.addEventListener("keydown", (event) => key(event, true));
  field.addEventListener("keyup", (event) => key(event, false));
  field.addEventListener("compositionstart", () => {
    composing = true;
  });
  field.addEventListener("compositionend", (event) => {
    composing = false;
    field.value = "";
    if (owner.controls()) send(map.text(event.data));
  });
  field.addEventListener("beforeinput", (event) => {
    if (composing || event.isComposing) return;
    event.preventDefault();
    if (!owner.controls()) return;
    // A phone's keyboard has no key events worth the name.
    if (event.inputType === "insertText" && event.data) send(map.text(event.data));
    else if (event.inputType === "insertLineBreak" || event.inputType === "insertParagraph") send(map.text("\n"));
    else if (event.inputType === "deleteContentBackward") send(map.tap(0xff08));
  });
  field.addEventListener("blur", () => send(map.releaseAll()));
  window.addEventListener("blur", () => send(map.releaseAll()));
}
