// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's page against the real agent on a real X server: the picture, ink that appears on the seeker's own screen
// (read back from the video, where the page's own drawing is not), control that moves the real mouse and types. With
// POUCE_SHOTS=FOLDER it leaves screenshots there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { BrowserHelper } from "../support/browser_helper.ts";
import { furnish } from "../support/desktop.ts";
import { makeHelper, makeSeeker } from "../support/people.ts";
import { Stage } from "../support/programs.ts";

const shots = process.env["POUCE_SHOTS"];

/** Share of pixels of the video itself, around a place, that are clearly orange. */
async function orange(page: Page, x: number, y: number): Promise<number> {
  return page.evaluate(
    ({ x, y }) => {
      const video = document.querySelector<HTMLVideoElement>("#video");
      if (!video?.videoWidth) return 0;
      const side = 40;
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext("2d");
      const [left, top] = [x * video.videoWidth - side / 2, y * video.videoHeight - side / 2];
      context?.drawImage(video, left, top, side, side, 0, 0, side, side);
      const { data } = context?.getImageData(0, 0, side, side) ?? { data: [] };
      let found = 0;
      for (let at = 0; at + 3 < data.length; at += 4) {
        const [r = 0, g = 0, b = 0] = [data[at], data[at + 1], data[at + 2]];
        if (r > 180 && g > 50 && g < 170 && b < 90) found++;
      }
      return found / (side * side);
    },
    { x, y },
  );
}

async function place(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await page.locator("#overlay").boundingBox();
  assert.ok(box);
  return { x: box.x + x * box.width, y: box.y + y * box.height };
}

test("a real desktop: picture, ink on the seeker's screen, a lent hand", { timeout: 90000 }, async () => {
  const stage = new Stage();
  let browser: BrowserHelper | null = null;
  try {
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace");
    const person = await makeSeeker(stage, broker, "seeker", "Sophie Germain");
    const display = await stage.xvfb("1280x800");
    await furnish(stage, display);
    browser = await BrowserHelper.open(broker, helper, { viewport: { width: 1440, height: 900 }, locale: "en-GB" });
    const { page } = browser;
    const request = ["--ask", "My printer does not print", "--helper", "first", "--cap", "5.00"];
    const agent = stage.agent(broker, person, ["--source", `x11:${display}`, ...request, "--consent", "view,pointer,control"]);
    await browser.accept();
    await browser.firstFrame();
    await page.locator("#stage-note").waitFor({ state: "hidden" });
    await page.click("#stats summary");
    await page.getByText(/First picture after/).waitFor();
    console.log((await page.locator("#stats-list").innerText()).replaceAll("\n", " "));

    assert.ok((await orange(page, 0.6, 0.8)) < 0.01, "nothing is drawn yet");
    await page.click("#tool-draw");
    const [from, to] = [await place(page, 0.5, 0.8), await place(page, 0.7, 0.8)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 20 });
    await page.mouse.up();
    const deadline = performance.now() + 8000;
    let seen = 0;
    while (seen < 0.03 && performance.now() < deadline) seen = await orange(page, 0.6, 0.8);
    assert.ok(seen >= 0.03, `ink in the seeker's own picture: ${seen}`);
    await page.click("#tool-draw");
    await page.fill("#chat-text", "Here, the second line.");
    await page.press("#chat-text", "Enter");
    await agent.waitEvent("chat", (event) => event.text === "Here, the second line.");

    await page.click("#ask");
    await page.locator("#loan").waitFor({ timeout: 10000 });
    const target = await place(page, 0.25, 0.25);
    await page.mouse.move(target.x, target.y);
    const where = (): string =>
      /x:\d+ y:\d+/.exec(spawnSync("xdotool", ["getmouselocation"], { env: { ...process.env, DISPLAY: display }, encoding: "utf8" }).stdout)?.[0] ?? "";
    const near = (): boolean => {
      const [x = 0, y = 0] = (where().match(/\d+/g) ?? []).map(Number);
      return Math.abs(x - 320) <= 2 && Math.abs(y - 200) <= 2;
    };
    const moveBy = performance.now() + 5000;
    while (!near() && performance.now() < moveBy) continue;
    assert.ok(near(), `the mouse went to ${where()}`);
    if (shots) await page.screenshot({ path: join(shots, "real-desktop.png") });

    await page.click("#loan-back");
    await agent.waitEvent("revoked", (event) => event.what === "control");
    await browser.end();
    await page.locator("#over-facts div").first().waitFor({ timeout: 15000 });
    assert.equal(await agent.exited, 0);
  } finally {
    await browser?.close();
    await stage.close();
  }
});
