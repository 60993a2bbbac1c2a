// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The palettes by numbers, of the pages and of the windows, light and dark: text on every ground that it stands on has
// 4.5:1 (WCAG 2.2 AA, 1.4.3), the edge of a field, of a button and of the focus 3:1 (1.4.11).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = process.env["POUCE_SOURCE_DIR"] ?? process.cwd();
const read = (name: string): string => readFileSync(join(root, name), "utf8");

type Palette = Map<string, string>;

function palette(text: string, pattern: RegExp): Palette {
  return new Map([...text.matchAll(pattern)].map(([, name = "", color = ""]) => [name.replaceAll("_", "-"), color]));
}

function luminance(color: string): number {
  const channel = (at: number): number => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(colors: Palette, one: string, other: string): number {
  const [a = "", b = ""] = [colors.get(one), colors.get(other)];
  assert.ok(/^#[0-9a-f]{6}$/.test(a) && /^#[0-9a-f]{6}$/.test(b), `${one} or ${other} is not in the palette`);
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const texts: [string, string[]][] = [
  ["ink", ["ground", "surface", "accent-soft", "good-soft", "warn-soft", "bad-soft"]],
  ["ink-soft", ["ground", "surface", "accent-soft"]],
  ["accent", ["ground", "surface", "accent-soft"]],
  ["on-accent", ["accent", "accent-hover"]],
  ["good", ["ground", "surface", "good-soft"]],
  ["warn", ["ground", "surface", "warn-soft"]],
  ["bad", ["ground", "surface", "bad-soft"]],
  ["surface", ["bad"]], // a button that ends something
];
const edges: [string, string[]][] = [
  ["line-strong", ["ground", "surface"]],
  ["focus", ["ground", "surface"]],
];

const token = /--([a-z0-9-]+): (#[0-9a-f]{6});/g;
const defined = /@define-color (\w+) (#[0-9a-f]{6});/g;
const [light = "", dark = ""] = read("broker/web/pouce.css").split("prefers-color-scheme: dark");
const palettes: Record<string, Palette> = {
  "pages, light": palette(light, token),
  "pages, dark": palette(dark, token),
  "windows, light": palette(read("look/light.css"), defined),
  "windows, dark": palette(read("look/dark.css"), defined),
};

for (const [name, colors] of Object.entries(palettes)) {
  test(`${name}: everything can be read`, () => {
    for (const [pairs, least] of [[texts, 4.5], [edges, 3]] as const) {
      for (const [one, grounds] of pairs) {
        for (const ground of grounds) {
          const found = contrast(colors, one, ground);
          assert.ok(found >= least, `${one} on ${ground}: ${found.toFixed(2)}:1, at least ${least}:1`);
        }
      }
    }
  });
}

test("fields and buttons of the windows have the strong edge", () => {
  const rules = read("look/pouce.css");
  for (const what of ["button", "entry"]) {
    assert.match(rules, new RegExp(`\\.pouce ${what} \\{[^}]*border: 1px solid @line_strong;`), what);
  }
});
