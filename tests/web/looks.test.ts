// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every page in every look, and the helper's page in every state of a session: names, contrast, places for a finger,
// no word cut off, nothing that moves sideways at 360 px, an order for the keyboard. tests/support/looks.ts judges.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { BrowserHelper } from "../support/browser_helper.ts";
import { fewLooks, judge, type Look, looks, setLook, tabOrder } from "../support/looks.ts";
import { logIn, makeHelper, makeSeeker } from "../support/people.ts";
import { type Broker, Stage } from "../support/programs.ts";
import { BrowserSeeker } from "./browser_seeker.ts";

const need = "Mon imprimante n’imprime plus depuis ce matin, et le voyant orange clignote";

type Scene = { broker: Broker; helperId: string; browser: BrowserHelper; page: Page; seeker: BrowserSeeker };

async function withScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = new Stage();
  const open: { close(): Promise<void> }[] = [];
  try {
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace-Byron");
    const person = await makeSeeker(stage, broker, "seeker", "Marie-Sophie Germain de l’Isle");
    const { account } = await logIn(broker, helper);
    const browser = await BrowserHelper.open(broker, helper);
    open.push(browser);
    const seeker = await BrowserSeeker.open(broker, person);
    open.push(seeker);
    await play({ broker, helperId: account.id, browser, page: browser.page, seeker });
  } finally {
    for (const one of open) await one.close();
    await stage.close();
  }
}

/** The choice of a language is out of sight during a session. */
async function viewerLanguage(page: Page, language: string): Promise<void> {
  await page.locator("#language").evaluate((select: HTMLSelectElement, value) => {
    select.value = value;
    select.dispatchEvent(new Event("change"));
  }, language);
}

async function inLooks(page: Page, what: string, which: Look[] = looks): Promise<string[]> {
  const problems: string[] = [];
  for (const look of which) {
    await setLook(page, look, (language) => viewerLanguage(page, language));
    problems.push(...(await judge(page, look, what)));
    const picture = await page.locator("#overlay").boundingBox();
    if (picture && picture.width < 0.7 * look.width) problems.push(`${what} ${look.width}: the picture is ${picture.width} px wide`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return problems;
}

test("the helper's page in every state of a session", { timeout: 280_000 }, async () => {
  await withScene(async ({ helperId, browser, page, seeker, broker }) => {
    const problems: string[] = [];
    const at = async (what: string, which?: Look[]): Promise<void> => void problems.push(...(await inLooks(page, what, which)));
    await at("lobby");
    await seeker.run((s) => void (s.thinks = true));
    await seeker.ask(helperId, need);
    await page.locator("#ring").waitFor();
    await at("ring", fewLooks);
    await browser.accept();
    await page.locator("#waiting").waitFor();
    await at("waiting", fewLooks);
    await seeker.run((s) => s.confirm());
    await browser.firstFrame();
    await page.locator("#stage-note").waitFor({ state: "hidden" });
    await seeker.run((s) => s.say({ type: "chat", id: 1, text: "Le bouton gris, en haut ?" }));
    await page.fill("#chat-text", "Oui, celui-là.");
    await page.press("#chat-text", "Enter");
    await at("live");
    const order = await tabOrder(page);
    assert.deepEqual(order.filter((one) => /^UNSEEN|: $/.test(one)), [], "seen and named, wherever Tab leads");
    const places = ["end", "stage", "chat-text", "tool-point", "ask", "voice-on", "full"];
    assert.deepEqual(order.map((one) => one.split(":")[0] ?? "").filter((id) => places.includes(id)), places);
    await page.click("#stats summary");
    await at("figures", fewLooks);
    await page.click("#stats summary");
    await seeker.run((s) => s.grant("control", 300_000));
    await page.locator("#loan").waitFor();
    await at("lent");
    await seeker.run((s) => s.grant("voice", 0));
    await seeker.run((s) => s.say({ type: "voice", on: true }));
    await page.locator("#voice-state.open").waitFor();
    await at("voice", fewLooks);
    await seeker.run((s) => s.say({ type: "pause", paused: true }));
    await page.locator("#meter-note:visible").waitFor();
    await at("paused", fewLooks);
    await seeker.run((s) => s.say({ type: "pause", paused: false }));
    await page.waitForFunction(() => document.getElementById("meter-time")?.textContent !== "0:00", undefined, { timeout: 25_000 });
    await seeker.run((s) => s.vanish());
    await page.locator("#stage-note:visible").waitFor({ timeout: 15_000 });
    await at("lost", fewLooks);
    await seeker.run((s) => s.offer());
    await page.locator("#stage-note").waitFor({ state: "hidden", timeout: 20_000 });
    await browser.end();
    await page.locator("#over-facts div").first().waitFor({ timeout: 15_000 });
    await at("over");
    await page.click("#over-back");
    await seeker.ask(helperId, need);
    await page.locator("#ring").waitFor();
    await seeker.run((s) => s.withdraw());
    await page.locator("#alert.shown").waitFor();
    await at("withdrawn", fewLooks);
    await broker.program.stop();
    await page.locator("#link.warn").waitFor();
    await at("no-broker", fewLooks);
    assert.deepEqual(problems, []);
  });
});
