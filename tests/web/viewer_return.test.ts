// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper whose computer was away from every network for longer than the grace: the page says that the session is
// over by itself, and shows the receipt once it can ask for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocketRoute } from "playwright-core";
import { withBrowser } from "../support/browser_helper.ts";
import { asks } from "../support/people.ts";

test("who comes back after the grace is told what came of it", { timeout: 190_000 }, async () => {
  await withBrowser(async ({ stage, broker, seeker, browser, page }) => {
    // The page's line to the broker goes through here, so that it can be cut.
    let away = false;
    const lines: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/api\/v1\/ws$/, (line) => {
      if (away) return void line.close();
      line.connectToServer();
      lines.push(line);
    });
    await page.reload();
    await page.locator("#link.good").waitFor();
    await page.locator("#available").click();
    await page.locator('#available[aria-checked="true"]').waitFor();

    const request = asks("view");
    const agent = stage.agent(broker, seeker, ["--source", "pattern:640x360", ...request]);
    await browser.accept();
    await browser.firstFrame();
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 4000, 40_000);
    away = true;
    for (const line of lines) await line.close();
    await agent.stop("SIGKILL");

    await page.locator("#over").waitFor({ timeout: 90_000 });
    assert.equal(await page.locator("#over-facts div").count(), 0, "nobody could be asked yet");
    const settled = (): boolean => broker.ctl(["session", "list"]).includes("settled");
    for (const until = performance.now() + 30_000; !settled() && performance.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 500));
    // The page waits 5 s more for the broker's word; then nothing of the session runs but what is shown.
    const leftAt = await page.evaluate(() => performance.now());
    await page.waitForFunction((at) => performance.now() - at > 6000, leftAt);
    away = false;
    await page.locator("#over-facts div").first().waitFor({ timeout: 20_000 });
    assert.match(await page.locator("#over-facts").innerText(), /Receipt\s+\S+/);
  });
});
