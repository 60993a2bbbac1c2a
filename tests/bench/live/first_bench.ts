// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From the helper's answer in Chromium to the first decoded picture and to the first shown one, and what happens on
// the way: sessions one after another on one page, on loopback at 1920x1080. The first one of a page is cold.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/first_bench.ts build/first_bench.mjs [--sessions N]

import { parseArgs } from "node:util";
import { BrowserHelper } from "../../support/browser_helper.ts";
import { percentile } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { onStage, type Stage } from "../../support/programs.ts";
import { browserProbe, takeStages } from "./browser_probe.ts";

const { values } = parseArgs({ options: { sessions: { type: "string", default: "5" } } });
const steps = ["ice connected", "connected", "channel", "decoded", "shown"];

/** The answer is there once the page's description is set. */
const answered = "signaling stable";

async function run(stage: Stage): Promise<void> {
  const { broker, helper, seeker } = await makePair(stage, "500.00");
  const display = await stage.xvfb();
  const browser = await BrowserHelper.open(broker, helper, {}, browserProbe);
  const all = new Map<string, number[]>(steps.map((step) => [step, []]));
  try {
    const { page } = browser;
    for (let at = 0; at < Number(values.sessions); at++) {
      const request = asks("view");
      const agent = stage.agent(broker, seeker, ["--source", `x11:${display}`, ...request]);
      await browser.accept();
      await browser.firstFrame();
      await page.locator("#stage-note").waitFor({ state: "hidden" });
      const stages = new Map((await takeStages(page)).reverse()); // the first of each name counts
      const from = stages.get(answered) ?? NaN;
      const ms = steps.map((step) => ((stages.get(step) ?? NaN) - from) / 1000);
      steps.forEach((step, index) => all.get(step)?.push(ms[index] ?? NaN));
      console.log(steps.map((step, index) => `${step} ${ms[index]?.toFixed(1)}`).join(", "));
      await browser.end();
      await page.locator("#over-facts div").first().waitFor({ timeout: 20000 }).catch(() => undefined); // too short to cost
      await page.locator("#over-back").click();
      await agent.exited;
    }
  } finally {
    await browser.close();
  }
  for (const [step, ms] of all) console.log(`${step}: p50 ${percentile(ms, 50).toFixed(1)} ms, most ${Math.max(...ms).toFixed(1)}`);
}

await onStage(run);
