// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The page /check/ in a home's Chromium, while one thing after the other is broken for real on the way: each line must
// say so and name the port. It waits for many time-outs, so it is a command beside ctest:
//   POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh tests/lab/check.test.ts build/release/check_lab.mjs
// With POUCE_SHOTS=FOLDER it leaves screenshots there.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments } from "../support/browser_helper.ts";
import { scrollsSideways } from "../support/axe.ts";
import { chromiumIn, distrust, trust } from "./chromium.ts";
import { brokerAddress, relayAddress } from "./internet.ts";
import { Town } from "./town.ts";

const shots = process.env.POUCE_SHOTS;

type Outcome = { verdict: string; lines: Record<string, string>; text: string };

async function outcome(page: Page): Promise<Outcome> {
  await page.waitForFunction(() => document.querySelector<HTMLElement>("#verdict")?.dataset.verdict, undefined, { timeout: 90000 });
  const verdict = (await page.locator("#verdict").getAttribute("data-verdict")) ?? "";
  const list = page.locator("#findings li");
  const lines = await list.evaluateAll((all) => all.map((each) => [(each as HTMLElement).dataset.part, (each as HTMLElement).dataset.state]));
  return { verdict, lines: Object.fromEntries(lines), text: (await page.locator("#findings").innerText()).replaceAll(/\s+/g, " ") };
}

async function again(page: Page): Promise<Outcome> {
  await page.click("#again");
  await page.locator('#verdict[data-verdict=""]').waitFor();
  return outcome(page);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const language of ["en", "fr"]) {
    await page.click(`[data-language="${language}"]`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      assert.equal(await scrollsSideways(page), false, `${name} ${language}`);
      if (shots) await page.screenshot({ path: join(shots, `lab-${name}-${language}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.click('[data-language="en"]');
}

/** What is lost on the way, on the internet's side: an nftables match. */
const lose = (match: string): string => `table ip fire { chain way { type filter hook prerouting priority -300\n ${match} drop\n }\n }`;

type Fault = { name: string; match: string; verdict: string; bad: string[]; says: RegExp[] };

const faults: Fault[] = [
  {
    name: "udp", match: `ip daddr ${relayAddress} udp dport 3478`, verdict: "detour", bad: ["stun", "udp"],
    says: [/STUN.*relay\.pouce\.test.*3478/, /relay\.pouce\.test cannot be reached on UDP port 3478/],
  },
  {
    name: "tcp", match: `ip daddr ${relayAddress} tcp dport 3478`, verdict: "detour", bad: ["tcp"],
    says: [/relay\.pouce\.test cannot be reached on TCP port 3478/],
  },
  {
    name: "tls", match: `ip daddr ${relayAddress} tcp dport 443`, verdict: "detour", bad: ["tls"],
    says: [/relay\.pouce\.test cannot be reached with TLS on TCP port 443/],
  },
  {
    name: "relay", match: `ip daddr ${relayAddress}`, verdict: "direct_only", bad: ["stun", "udp", "tcp", "tls"],
    says: [/UDP port 3478/, /TCP port 3478/, /TCP port 443/],
  },
  {
    name: "range", match: `ip daddr ${relayAddress} udp sport 49152-65535 udp dport 49152-65535`, verdict: "direct_only", bad: ["udp", "tcp", "tls"],
    says: [/relay\.pouce\.test, port 3478, takes this computer on, but nothing passes/, /port 443, takes this computer on/, /min-port to max-port/],
  },
  {
    name: "broker", match: `ip daddr ${brokerAddress} tcp dport 443`, verdict: "cannot", bad: ["http", "socket"],
    says: [/broker\.pouce\.test:443/, /WebSocket/],
  },
];

async function logIn(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.named.url}/check/`);
  await page.locator("#verdict[data-verdict=partly]").waitFor({ timeout: 30000 });
  await page.fill("#login", town.seeker.login);
  await page.fill("#password", town.seeker.password);
  await page.press("#password", "Enter");
  await page.locator("#door").waitFor({ state: "hidden" });
}

test("each thing that is broken is named, with its port", async () => {
  const town = await Town.open();
  let browser: Browser | undefined;
  try {
    trust(town);
    await town.internet.answerDns();
    const home = town.internet.home("port-restricted");
    const secure = `--unsafely-treat-insecure-origin-as-secure=${town.named.url}`;
    browser = await chromium.launch({ executablePath: chromiumIn(town, home), args: [...chromiumArguments, secure] });
    const page = await (await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } })).newPage();
    await logIn(page, town);
    const well = await outcome(page);
    assert.equal(well.verdict, "all_good", well.text);
    assert.equal(Object.keys(well.lines).length, 8, well.text);
    await shoot(page, "good");
    for (const { name, match, verdict, bad, says } of faults) {
      town.internet.place.rules(lose(match));
      const told = await again(page);
      const broken = Object.keys(told.lines).filter((part) => told.lines[part] !== "good" && told.lines[part] !== "skipped");
      console.log(`${name}: ${told.verdict}, ${broken.join(" ")}`);
      assert.deepEqual(broken.sort(), [...bad].sort(), `${name}: ${told.text}`);
      assert.equal(told.verdict, verdict, `${name}: ${told.text}`);
      for (const each of says) assert.match(told.text, each, name);
      if (name === "udp" || name === "broker") await shoot(page, name);
      town.internet.place.rules("");
    }
    assert.equal((await again(page)).verdict, "all_good");
  } finally {
    await browser?.close();
    await town.close();
    distrust();
  }
});
