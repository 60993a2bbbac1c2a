// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// axe-core as a judge of what a page shows at this moment: WCAG 2.2 A and AA, and axe's good practices.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { sourceDir } from "./programs.ts";

const source = readFileSync(join(sourceDir, "node_modules/axe-core/axe.min.js"), "utf8");

type Finding = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] };

/** What is wrong, one sentence each; empty when all is well. Waits until nothing on the page moves. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
  await page.evaluate(source);
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } };
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return findings.flatMap((found) =>
    found.nodes.map((node) => `${found.id} (${found.help}): ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
  );
}

/** Whether the whole page, not a part of it, can be moved sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
