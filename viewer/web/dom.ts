// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The few things that every part of the page does with the document.

/** byId - an element that index.html is known to hold, of the kind that it is known to be */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element as T;
}

export const SCREENS = ["login", "lobby", "ring", "waiting", "pin", "session", "over"] as const;
export type Screen = (typeof SCREENS)[number];

/** showScreen - one part of the page, with the focus where a keyboard or a screen reader goes on */
export function showScreen(screen: Screen): void {
  for (const name of SCREENS) byId(name).hidden = name !== screen;
  document.body.dataset["screen"] = screen;
  const focus = byId(screen).querySelector<HTMLElement>("[tabindex='-1'], input");
  focus?.focus({ preventScroll: true });
}

/** announce - said by screen readers when they are done with what they say */
export function announce(text: string): void {
  byId("announce").textContent = text;
}

/** alarm - said by screen readers at once, and shown for a while */
export function alarm(text: string): void {
  const box = byId("alert");
  box.textContent = text;
  box.classList.toggle("shown", text !== "");
  window.setTimeout(() => {
    if (box.textContent === text) box.classList.remove("shown");
  }, 8000);
}

/** facts - fills a <dl>; a row without a value is left out */
export function facts(list: HTMLElement, rows: [label: string, value: string][]): void {
  list.replaceChildren(
    ...rows
      .filter(([, value]) => value !== "")
      .map(([label, value]) => {
        const row = document.createElement("div");
        const term = document.createElement("dt");
        const text = document.createElement("dd");
        term.textContent = label;
        text.textContent = value;
        row.append(term, text);
        return row;
      }),
  );
}
