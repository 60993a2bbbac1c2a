// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The words of the page in the reader's language, and who has to know when that changes.

import { chooseLanguage, duration, language, type Language, locale, money, show, speaker } from "../../broker/web/i18n.ts";
import { texts } from "./texts.ts";

export { duration, money };
export const say = speaker(texts);

/** languageName - "fr" as a reader says it; what is no language's tag stays as it is */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const listeners: (() => void)[] = [];

/** onLanguage - called now and after each change: writes what the markup does not name */
export function onLanguage(write: () => void): void {
  listeners.push(write);
  write();
}

function fill(): void {
  show(document, say);
  for (const element of document.querySelectorAll<HTMLElement>("[data-t-title]")) {
    element.title = say(element.dataset["tTitle"] as keyof typeof texts);
  }
  for (const write of listeners) write();
}

/** startWords - fills the page and follows the language menu */
export function startWords(menu: HTMLSelectElement): void {
  document.documentElement.lang = language();
  menu.value = language();
  menu.addEventListener("change", () => {
    chooseLanguage(menu.value as Language);
    fill();
  });
  fill();
}
