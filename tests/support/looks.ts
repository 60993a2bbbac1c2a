// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One state of a page in every look: both languages, light and dark, wide and on a small phone. What a person who
// is not at ease would stumble over is found and named; with POUCE_SHOTS=FOLDER each look leaves a picture there.

import { join } from "node:path";
import type { Page } from "playwright-core";
import { accessibilityProblems, scrollsSideways } from "./axe.ts";

export type Look = { language: "en" | "fr"; colorScheme: "light" | "dark"; width: number; height: number };

const sizes = [[1280, 800], [360, 740]] as const;
const schemes = ["light", "dark"] as const;

/** Every language, scheme and size, each of the three with each of the others. */
export const looks: Look[] = sizes.flatMap(([width, height]) =>
  schemes.flatMap((colorScheme) => (["en", "fr"] as const).map((language) => ({ language, colorScheme, width, height }))),
);

/** Of each language and scheme one, the French on the phone: for a state that passes quickly. */
export const fewLooks: Look[] = [
  { language: "en", colorScheme: "dark", width: 1280, height: 800 },
  { language: "fr", colorScheme: "light", width: 360, height: 740 },
];

const PHONE_PX = 600;
const TOUCH_PX = 44;

/** What a finger is to press and is smaller than a finger; a link within a sentence may be. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const found: string[] = [];
    const pressed = "button, a[href], input, select, textarea, summary, [role=button], [role=switch], [role=radio]";
    for (const element of document.querySelectorAll<HTMLElement>(pressed)) {
      const label = (element as HTMLInputElement).labels?.[0];
      const small = element.matches("input[type=checkbox], input[type=radio]") && label;
      const box = (small ? label : element).getBoundingClientRect();
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || box.width <= 1) continue;
      if (element.tabIndex < 0 && !element.matches("[role=radio], input")) continue;
      const own = element.textContent?.trim() ?? "";
      const sentence = element.matches("a") && (element.parentElement?.textContent?.trim().length ?? 0) > own.length;
      if (sentence && getComputedStyle(element).display === "inline") continue;
      if (Math.min(box.width, box.height) < least - 0.5)
        found.push(`${element.id || own.slice(0, 30) || element.outerHTML.slice(0, 60)}: ${Math.round(box.width)}×${Math.round(box.height)} px`);
    }
    return found;
  }, TOUCH_PX);
}

/** Words that are cut off, or stand where no scrolling brings them into view. */
export function clippedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const edge = document.documentElement.clientWidth;
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const box = element.getBoundingClientRect();
      if (!words || !element.checkVisibility() || box.width <= 1 || getComputedStyle(element).clipPath !== "none") continue;
      const name = `${element.id || element.tagName.toLowerCase()} "${element.textContent?.trim().slice(0, 40)}"`;
      const { overflowX } = getComputedStyle(element);
      if (overflowX !== "visible" && overflowX !== "auto" && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut`);
      let scrolls: HTMLElement | null = element;
      while (scrolls && !["auto", "scroll"].includes(getComputedStyle(scrolls).overflowX)) scrolls = scrolls.parentElement;
      if (!scrolls && !element.closest("select, .skip") && (box.right > edge + 1 || box.left < -1)) found.push(`${name} sticks out`);
    }
    return found;
  });
}

/** What can be pressed and lies under something else. */
export function coveredControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("button:enabled, a[href], input, select, textarea, summary")) {
      const { left, top, width, height } = element.getBoundingClientRect();
      if (!element.checkVisibility({ checkOpacity: true }) || width <= 1 || getComputedStyle(element).pointerEvents === "none") continue;
      for (const [x, y] of [[0.5, 0.5], [0.15, 0.7], [0.85, 0.3]] as const) {
        const on = document.elementFromPoint(left + x * width, top + y * height);
        const own = !on || element.contains(on) || on.contains(element) || [...((element as HTMLInputElement).labels ?? [])].some((l) => l.contains(on));
        if (!own && !found.includes(element.id)) found.push(element.id || (element.textContent ?? ""));
      }
    }
    return found.map((name) => `${name} lies under something else`);
  });
}

/** Where Tab goes, in order, from the top of the page once around; each place must be seen and have a name. */
export async function tabOrder(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const order: string[] = [];
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return "";
      const box = element.getBoundingClientRect();
      const seen = box.width > 1 && box.height > 1 && element.checkVisibility();
      const labels = (element as HTMLInputElement).labels;
      const name = element.getAttribute("aria-label") ?? (labels?.length ? labels[0]?.textContent : element.textContent) ?? "";
      return `${seen ? "" : "UNSEEN "}${element.id || element.tagName.toLowerCase()}: ${name.trim().slice(0, 40)}`;
    });
    if (at === "" || order.includes(at)) break;
    order.push(at);
  }
  return order;
}

/** setLook - as if this page had been opened so; @setLanguage changes its words */
export async function setLook(page: Page, look: Look, setLanguage: (language: "en" | "fr") => Promise<unknown>): Promise<void> {
  await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width: look.width, height: look.height });
  await setLanguage(look.language);
}

/** judge - what is wrong with what the page shows at this moment, one sentence each */
export async function judge(page: Page, look: Look, what: string): Promise<string[]> {
  const phone = look.width <= PHONE_PX;
  const name = `${what} ${look.language} ${look.colorScheme} ${look.width}`;
  const shots = process.env["POUCE_SHOTS"];
  const problems = [
    ...(await accessibilityProblems(page)),
    ...((await scrollsSideways(page)) ? ["the page moves sideways"] : []),
    ...(phone ? await smallTargets(page) : []),
    ...(await clippedWords(page)),
    ...(await coveredControls(page)),
  ];
  if (shots) await page.screenshot({ path: join(shots, `${name.replaceAll(/[ /#]+/g, "-")}.png`), fullPage: what !== "live" });
  return problems.map((problem) => `${name}: ${problem}`);
}
