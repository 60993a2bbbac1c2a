// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the helper's page says of the connection: rate, round trip, loss and data without unfolding anything, the pictures
// that were really shown below; and all of it goes on across a drop.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { withBrowser } from "../support/browser_helper.ts";
import { asks } from "../support/people.ts";

const shots = process.env["POUCE_SHOTS"];

type Figures = { rate: number; rtt: number; loss: number; total: number };

/** The line that is always to be seen, once its total is more than @past MB. */
async function figures(page: Page, past: number): Promise<Figures> {
  const read = (past: number): Figures | null => {
    const line = document.querySelector("#stats-line")?.textContent ?? "";
    const all = /^([\d.]+) Mb\/s · (\d+) ms · ([\d.]+) % lost · ([\d.]+) MB in all$/.exec(line)?.slice(1).map(Number);
    const [rate = 0, rtt = 0, loss = 0, total = 0] = all ?? [];
    return rate > 0 && total > past ? { rate, rtt, loss, total } : null;
  };
  const handle = await page.waitForFunction(read, past, { timeout: 30_000, polling: 200 });
  return (await handle.jsonValue()) as Figures;
}

/** A number of the list below, by its name, once it is more than @past: the list is written each second. */
async function listed(page: Page, name: string, past: number): Promise<number> {
  const read = ({ name, past }: { name: string; past: number }): number => {
    const row = [...document.querySelectorAll("#stats-list div")].find((each) => each.querySelector("dt")?.textContent === name);
    const value = Number.parseFloat(row?.querySelector("dd")?.textContent ?? "");
    return value > past ? value + 1 : 0;
  };
  const handle = await page.waitForFunction(read, { name, past }, { timeout: 10_000, polling: 200 });
  return Number(await handle.jsonValue()) - 1;
}

test("rate, round trip, loss, data and shown pictures are told, across a drop", { timeout: 120_000 }, async () => {
  await withBrowser(async ({ stage, broker, seeker, browser, page }) => {
    const request = asks("view");
    const agent = stage.agent(broker, seeker, ["--source", "pattern:1280x720", ...request]);
    await browser.accept();
    await browser.firstFrame();
    const before = await figures(page, 0.3);
    assert.ok(before.rtt < 1000 && before.loss < 50, JSON.stringify(before));
    assert.ok(await page.locator("#stats-line").isVisible());
    await page.click("#stats summary");
    const shown = await listed(page, "Pictures shown a second", 3);
    const delay = await listed(page, "From arrival to screen", -1);
    const gap = await listed(page, "Longest wait for a picture", 0);
    if (shots) await page.screenshot({ path: join(shots, "figures.png") });
    assert.ok(shown < 70, `${shown} shown a second`);
    assert.ok(delay >= 0 && delay < 1000, `${delay} ms from arrival to screen`);
    assert.ok(gap < 3000, `${gap} ms without a picture`);

    agent.child.kill("SIGSTOP");
    // long enough for the page to ask for another connection
    await page.getByText(/The connection is interrupted.* 5[0-7] s left/).first().waitFor({ timeout: 20_000 });
    agent.child.kill("SIGCONT");
    await agent.waitLine("bound again", () => agent.events("bound").length > 1 || undefined, 20_000);
    const after = await figures(page, 0);
    console.log(JSON.stringify({ before, after, shown, delay, gap }));
    assert.ok(after.total >= before.total, "what came before the drop is counted still");
  });
});
