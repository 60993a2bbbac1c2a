// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two languages, without a library: a table of [English, French] per page, a choice that is remembered, and
// money, dates and durations as the reader writes them. Elements name their text by data-t (content), data-t-label
// (aria-label) or data-t-placeholder; `show` fills them all, and again after the language changed.

export type Language = "en" | "fr";
export type Texts = Record<string, readonly [en: string, fr: string]>;
export type Say<T extends Texts> = (key: keyof T & string, values?: Record<string, string | number>) => string;

const STORED = "pouce-language";

/** The reader's choice, else the first of the browser's languages that we speak, else English. */
export function language(): Language {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === "en" || stored === "fr") return stored;
  } catch {
    // storage may be refused; the browser's languages are then the only sign
  }
  for (const tag of navigator.languages ?? []) {
    if (tag.toLowerCase().startsWith("fr")) return "fr";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** Remembers the choice; the page calls `show` again. */
export function chooseLanguage(to: Language): void {
  try {
    localStorage.setItem(STORED, to);
  } catch {
    // then it holds for this page only
  }
  document.documentElement.lang = to;
}

/** A function from key (and values for {names}) to the text in the current language. */
export function speaker<T extends Texts>(texts: T): Say<T> {
  return (key, values = {}) => {
    const entry = texts[key];
    const text = entry ? entry[(document.documentElement.lang || language()) === "fr" ? 1 : 0] : key;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  };
}

/** Fills every element under root that names a text. */
export function show<T extends Texts>(root: ParentNode, say: Say<T>): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-t]")) element.textContent = say(element.dataset.t!);
  for (const element of root.querySelectorAll<HTMLElement>("[data-t-label]"))
    element.setAttribute("aria-label", say(element.dataset.tLabel!));
  for (const element of root.querySelectorAll<HTMLElement>("[data-t-placeholder]"))
    element.setAttribute("placeholder", say(element.dataset.tPlaceholder!));
}

/** Minor units to the reader's notation: 125 EUR → €1.25 or 1,25 €. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency: currency || "EUR" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** Milliseconds as m:ss, or h:mm:ss from an hour on. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The locale for Intl: fr-FR or en-GB, or the browser's own variant of the chosen language. */
export function locale(): string {
  const chosen = document.documentElement.lang || language();
  for (const tag of navigator.languages ?? []) if (tag.toLowerCase().startsWith(chosen)) return tag;
  return chosen === "fr" ? "fr-FR" : "en-GB";
}
