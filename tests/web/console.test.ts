// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The operators' page in Chromium while real people are helped: who is online, what is asked, the session between
// pouce-agent and pouce-viewer as it runs, the day's figures once it is settled. With POUCE_SHOTS=FOLDER it leaves
// screenshots there.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { accessibilityProblems, scrollsSideways } from "../support/axe.ts";
import { chromiumArguments } from "../support/browser_helper.ts";
import { defaultProfile, logIn, makeHelper, makeSeeker, signUp } from "../support/people.ts";
import { type Broker, type Person, type Program, Stage } from "../support/programs.ts";

const shots = process.env["POUCE_SHOTS"];
const need = "Mon imprimante n’imprime plus depuis ce matin";
const waitingNeed = "Send photos from my telephone";

const cell = (column: string): string => `#live tbody tr td[data-column="${column}"]`;
const tile = (name: string): string => `[data-tile="tile_${name}"] .value`;

async function enter(browser: Browser, broker: Broker, person: Person, look: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ...look });
  const page = await context.newPage();
  await page.goto(`${broker.url}/console/`);
  await page.fill("#login", person.login);
  await page.fill("#password", person.password);
  await page.press("#password", "Enter");
  return page;
}

/** Waits until the text at @selector is another than @before, and fits. */
async function changed(page: Page, selector: string, before: string, fits: RegExp): Promise<string> {
  const handle = await page.waitForFunction(
    ({ selector, before, source }) => {
      const text = document.querySelector(selector)?.textContent ?? "";
      return text !== before && new RegExp(source).test(text) ? text : null;
    },
    { selector, before, source: fits.source },
    { timeout: 25000 },
  );
  return String(await handle.jsonValue());
}

async function texts(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).innerText()).replaceAll(/\s+/g, " ");
}

type Town = { stage: Stage; broker: Broker; browser: Browser; boss: Person; agent: Program; viewer: Program };

/** A session that is live, a request that rings, and an operator who has not come yet. */
async function withTown(play: (town: Town) => Promise<void>): Promise<void> {
  const stage = new Stage();
  let browser: Browser | null = null;
  try {
    const broker = await stage.broker();
    const boss = await signUp(stage, broker, "boss", "Odile Operator");
    broker.ctl(["account", "operator", "boss"]);
    const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace", { ...defaultProfile, rate_minor_per_min: 120 });
    const other = await makeHelper(stage, broker, "other", "Omar Khayyam", { ...defaultProfile, place: "Lyon" });
    const seeker = await makeSeeker(stage, broker, "seeker", "Sophie Germain");
    const waiting = await makeSeeker(stage, broker, "waiting", "Carl Friedrich Gauß");
    const viewer = stage.viewer(broker, helper, ["--accept"]);
    const idle = stage.viewer(broker, other, []);
    await Promise.all([viewer.waitEvent("ready"), idle.waitEvent("ready")]);
    const id = async (person: Person): Promise<string> => (await logIn(broker, person)).account.helper.id;
    const ask = (text: string, whom: string): string[] => [
      "--source", "pattern:640x360", "--ask", text, "--helper", whom, "--cap", "10.00", "--consent", "view,pointer",
    ];
    const agent = stage.agent(broker, seeker, ask(need, await id(helper)));
    await viewer.waitEvent("first_frame", undefined, 30000);
    stage.agent(broker, waiting, ask(waitingNeed, await id(other)));
    await idle.waitEvent("ring");
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
    await play({ stage, broker, browser, boss, agent, viewer });
  } finally {
    await browser?.close();
    await stage.close();
  }
}

async function watchLive({ browser, broker, boss }: Town): Promise<Page> {
  const page = await enter(browser, broker, boss);
  await page.locator("#live tbody tr").waitFor({ timeout: 15000 });
  await page.getByText("Carl Friedrich Gauß").first().waitFor();
  assert.match(await texts(page, "#live"), /live Sophie Germain Ada Lovelace Mon imprimante n’imprime plus/);
  assert.match(await texts(page, "#open"), /ringing Carl Friedrich Gauß .*Send photos from my telephone/);
  const people = await texts(page, "#people");
  for (const name of ["Sophie Germain", "Carl Friedrich Gauß", "Ada Lovelace", "Omar Khayyam"]) assert.ok(people.includes(name), `${name} in ${people}`);
  assert.match(people, /Ada Lovelace · busy · Grenoble/);
  assert.equal(await page.locator(tile("online")).innerText(), "4");
  assert.equal(await page.locator(tile("helpers")).innerText(), "2");
  assert.equal(await page.locator("#link-text").innerText(), "Live");

  const cost = await changed(page, cell("cost"), "€0.00", /^€\d+\.\d\d$/);
  const signed = await page.locator(cell("signed")).innerText();
  const bitrate = await changed(page, cell("bitrate"), "–", /^[\d.]+ [kM]b\/s$/);
  assert.match(await page.locator(cell("latency")).innerText(), /^\d+ ms$/);
  assert.match(await page.locator(cell("frames")).innerText(), /^\d+$/);
  await changed(page, cell("bitrate"), bitrate, /^[\d.]+ [kM]b\/s$/);
  await changed(page, cell("cost"), cost, /^€\d+\.\d\d$/);
  await changed(page, cell("signed"), signed, /^\d+:\d\d$/);
  return page;
}

async function looksRight(page: Page): Promise<void> {
  for (const [language, colorScheme] of [["en", "light"], ["en", "dark"], ["fr", "light"], ["fr", "dark"]] as const) {
    await page.click(`[data-language="${language}"]`);
    await page.emulateMedia({ colorScheme });
    for (const [name, width, height] of [["wide", 1280, 900], ["phone", 390, 844]] as const) {
      await page.setViewportSize({ width, height });
      const what = `${name} ${language} ${colorScheme}`;
      assert.deepEqual(await accessibilityProblems(page), [], what);
      assert.equal(await scrollsSideways(page), false, `${what} moves sideways`);
      const inside = await page.locator("#live").evaluate((at) => at.scrollWidth <= at.clientWidth);
      assert.ok(inside, `${what}: the table is wider than its place`);
      if (shots) await page.screenshot({ path: join(shots, `console-${what.replaceAll(" ", "-")}.png`), fullPage: true });
    }
  }
  assert.equal(await page.locator("#live-title").innerText(), "Sessions en cours");
  assert.match(await page.locator(cell("cost")).innerText(), /^\d+,\d\d\s€$/);
  assert.match(await texts(page, "#people"), /occupé/);
  assert.equal(await page.title(), "Console des opérateurs · Pouce");
}

test("an operator sees a session live, in both languages, and the day's figures after it", { timeout: 180000 }, async () => {
  await withTown(async (town) => {
    const page = await watchLive(town);
    const again = await page.locator(tile("settled")).innerText();
    assert.equal(again, "0");
    await looksRight(page);

    await page.click('[data-language="en"]');
    await page.setViewportSize({ width: 1280, height: 900 });
    await town.agent.stop();
    const settled = await town.viewer.waitEvent("settled", undefined, 30000);
    await page.getByText("Nobody is being helped right now.").waitFor({ timeout: 15000 });
    const turnover = `€${(Number(settled.amount_minor) / 100).toFixed(2)}`;
    await changed(page, tile("settled"), "0", /^1$/);
    assert.equal(await page.locator(tile("turnover")).innerText(), turnover);
    assert.match(await page.locator(tile("time")).innerText(), /^\d+:\d\d$/);

    await page.click("#log-out");
    await page.locator("#door").waitFor();
    assert.equal(await page.locator("#board").isVisible(), false);
  });
});

test("nobody but an operator comes in, and the page finds a broker that comes back", { timeout: 90000 }, async () => {
  const stage = new Stage();
  let browser: Browser | null = null;
  try {
    let broker = await stage.broker();
    const boss = await signUp(stage, broker, "boss", "Odile Operator");
    const guest = await signUp(stage, broker, "guest", "Guy Guest");
    broker.ctl(["account", "operator", "boss"]);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
    const refused = await enter(browser, broker, guest, { locale: "fr-FR" });
    await refused.getByText("Ce compte n’est pas opérateur de ce serveur.").waitFor();
    assert.equal(await refused.locator("#board").isVisible(), false);
    const { token } = await logIn(broker, guest);
    const events = (headers: Record<string, string>): Promise<Response> => fetch(`${broker.url}/console/events`, { headers });
    assert.equal((await events({})).status, 401);
    assert.equal((await events({ Authorization: `Bearer ${token}` })).status, 403);

    const page = await enter(browser, broker, boss);
    await page.getByText("Nobody is connected.").waitFor();
    await broker.program.stop();
    await page.getByText("Connecting…").waitFor({ timeout: 15000 });
    broker = await stage.broker({ data: broker.data, listen: new URL(broker.url).host });
    await page.locator("#link-text", { hasText: "Live" }).waitFor({ timeout: 15000 });
    assert.equal(await page.locator("#board").isVisible(), true);
  } finally {
    await browser?.close();
    await stage.close();
  }
});
