// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every page of the broker by axe-core, light and dark, in both languages, and none moves sideways on a phone.
// The console's board and the viewer's session are judged where they are alive: console.test.ts, viewer.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { accessibilityProblems, scrollsSideways } from "../support/axe.ts";
import { chromiumArguments } from "../support/browser_helper.ts";
import { makeHelper } from "../support/people.ts";
import { type Broker, type Person, Stage } from "../support/programs.ts";

const looks = [
  { locale: "en-GB", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { locale: "fr-FR", colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

async function judge(page: Page, what: string): Promise<void> {
  assert.deepEqual(await accessibilityProblems(page), [], what);
  assert.equal(await scrollsSideways(page), false, `${what} moves sideways`);
}

async function frontPage(page: Page, broker: Broker, person: Person, look: string): Promise<void> {
  for (const view of ["", "#log-in", "#sign-up", "#need"]) {
    await page.goto(`${broker.url}/${view}`);
    await page.locator(`[data-view="${view.slice(1)}"]`).waitFor();
    await judge(page, `/${view} ${look}`);
  }
  await page.goto(`${broker.url}/#help`);
  await page.fill("#li-login", person.login);
  await page.fill("#li-password", person.password);
  await page.press("#li-password", "Enter");
  await page.locator('[data-view="help"]').waitFor();
  await judge(page, `/#help ${look}`);
}

async function viewerPage(page: Page, broker: Broker, person: Person, look: string): Promise<void> {
  await page.goto(`${broker.url}/viewer/`);
  await page.locator("#login, #lobby").filter({ visible: true }).first().waitFor();
  if (await page.locator("#login").isVisible()) {
    await judge(page, `/viewer/ log-in ${look}`);
    await page.fill("#login-name", person.login);
    await page.fill("#login-password", person.password);
    await page.press("#login-password", "Enter");
  }
  await page.locator("#lobby").waitFor();
  await judge(page, `/viewer/ lobby ${look}`);
}

async function checkPage(page: Page, broker: Broker, look: string): Promise<void> {
  await page.goto(`${broker.url}/check/`);
  await page.locator("#verdict[data-verdict=partly]").waitFor();
  await judge(page, `/check/ ${look}`);
}

async function consoleDoor(page: Page, broker: Broker, look: string): Promise<void> {
  await page.goto(`${broker.url}/console/`);
  await page.locator("#door").waitFor();
  await judge(page, `/console/ door ${look}`);
}

for (const look of looks) {
  const name = `${look.locale} ${look.colorScheme} ${look.viewport.width}`;
  test(`pages are accessible: ${name}`, { timeout: 120000 }, async () => {
    const stage = new Stage();
    let browser: Browser | null = null;
    try {
      const broker = await stage.broker();
      const person = await makeHelper(stage, broker, "helper", "Ada Lovelace");
      browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
      const visits: ((page: Page) => Promise<void>)[] = [
        (page) => consoleDoor(page, broker, name),
        (page) => checkPage(page, broker, name),
        (page) => frontPage(page, broker, person, name),
        (page) => viewerPage(page, broker, person, name),
      ];
      for (const visit of visits) {
        const context = await browser.newContext(look);
        await visit(await context.newPage());
        await context.close();
      }
    } finally {
      await browser?.close();
      await stage.close();
    }
  });
}
