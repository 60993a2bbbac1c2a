// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every page of the broker by axe-core and by tests/support/looks.ts, light and dark, in both languages, wide and on a
// small phone. The console's board and the viewer's session are judged where they are alive: console.test.ts,
// looks.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments } from "../support/browser_helper.ts";
import { judge as problemsOf, type Look } from "../support/looks.ts";
import { makeHelper } from "../support/people.ts";
import { type Broker, type Person, Stage } from "../support/programs.ts";

const looks: Look[] = [
  { language: "en", colorScheme: "light", width: 1280, height: 800 },
  { language: "fr", colorScheme: "dark", width: 360, height: 740 },
];

async function judge(page: Page, what: string, look: Look): Promise<void> {
  assert.deepEqual(await problemsOf(page, look, what), []);
}

async function frontPage(page: Page, broker: Broker, person: Person, look: Look): Promise<void> {
  for (const view of ["", "#log-in", "#sign-up", "#need"]) {
    await page.goto(`${broker.url}/${view}`);
    await page.locator(`[data-view="${view.slice(1)}"]`).waitFor();
    await judge(page, `/${view}`, look);
  }
  await page.goto(`${broker.url}/#sign-up`);
  await page.click("#sign-up-form button[type=submit]");
  await page.locator("#sign-up-form .note.bad").waitFor();
  await judge(page, "/#sign-up refused", look);
  await page.goto(`${broker.url}/#help`);
  await page.fill("#li-login", person.login);
  await page.fill("#li-password", person.password);
  await page.press("#li-password", "Enter");
  await page.locator('[data-view="help"]').waitFor();
  await judge(page, "/#help", look);
}

async function viewerPage(page: Page, broker: Broker, person: Person, look: Look): Promise<void> {
  await page.goto(`${broker.url}/viewer/`);
  await page.locator("#login, #lobby").filter({ visible: true }).first().waitFor();
  if (await page.locator("#login").isVisible()) {
    await judge(page, "/viewer/ log-in", look);
    await page.fill("#login-name", person.login);
    await page.fill("#login-password", "not-my-password");
    await page.press("#login-password", "Enter");
    await page.locator("#login-error:not(:empty)").waitFor();
    await judge(page, "/viewer/ log-in refused", look);
    await page.fill("#login-name", person.login);
    await page.fill("#login-password", person.password);
    await page.press("#login-password", "Enter");
  }
  await page.locator("#lobby").waitFor();
  await judge(page, "/viewer/ lobby", look);
}

async function checkPage(page: Page, broker: Broker, look: Look): Promise<void> {
  await page.goto(`${broker.url}/check/`);
  await page.locator("#verdict[data-verdict=partly]").waitFor();
  await judge(page, "/check/", look);
}

async function missingPage(page: Page, broker: Broker, look: Look): Promise<void> {
  const answer = await page.goto(`${broker.url}/vieuwer`);
  assert.equal(answer?.status(), 404);
  await judge(page, "no such page", look);
  const program = await page.request.get(`${broker.url}/vieuwer`, { headers: { accept: "*/*" } });
  assert.equal((await program.json()).code, "not_found", "a program gets a problem document");
  const metrics = await page.request.get(`${broker.url}/metrics`, { headers: { accept: "text/html" } });
  assert.equal(metrics.status(), 200, "what is no page, but there, stays there");
  const api = await page.goto(`${broker.url}/api/v1/nothing`);
  assert.equal((await api?.json()).code, "not_found");
}

async function consoleDoor(page: Page, broker: Broker, look: Look): Promise<void> {
  await page.goto(`${broker.url}/console/`);
  await page.locator("#door").waitFor();
  await judge(page, "/console/ door", look);
}

for (const look of looks) {
  const name = `${look.language} ${look.colorScheme} ${look.width}`;
  test(`pages are accessible: ${name}`, { timeout: 120000 }, async () => {
    const stage = new Stage();
    let browser: Browser | null = null;
    try {
      const broker = await stage.broker();
      const person = await makeHelper(stage, broker, "helper", "Ada Lovelace");
      browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
      const visits: ((page: Page) => Promise<void>)[] = [
        (page) => consoleDoor(page, broker, look),
        (page) => checkPage(page, broker, look),
        (page) => missingPage(page, broker, look),
        (page) => frontPage(page, broker, person, look),
        (page) => viewerPage(page, broker, person, look),
      ];
      for (const visit of visits) {
        const context = await browser.newContext({
          locale: look.language === "fr" ? "fr-FR" : "en-GB",
          colorScheme: look.colorScheme,
          viewport: { width: look.width, height: look.height },
        });
        await visit(await context.newPage());
        await context.close();
      }
    } finally {
      await browser?.close();
      await stage.close();
    }
  });
}
