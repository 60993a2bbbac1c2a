// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's page is loaded again in the middle of a session, or its tab wanders off and comes back: the same session
// goes on by itself, with no loan, and the bill is exact. What is outdated, or carried elsewhere, is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium, type Page } from "playwright-core";
import { type BrowserHelper, chromiumArguments, withBrowser } from "../support/browser_helper.ts";
import { asks, logIn, makeHelper } from "../support/people.ts";
import { api, type Broker, type Person, type Program, Stage } from "../support/programs.ts";

const KEPT = "pouce-session";

type Scene = { broker: Broker; helper: Person; seeker: Person; browser: BrowserHelper; page: Page; agent: Program };

async function withScene(play: (scene: Scene) => Promise<void>, prepare?: (page: Page) => Promise<void>): Promise<void> {
  await withBrowser(async ({ stage, broker, helper, seeker, browser, page }) => {
    page.on("dialog", (dialog) => void dialog.accept()); // "leave this page?"
    await prepare?.(page);
    const request = asks("view,pointer,control");
    const agent = stage.agent(broker, seeker, ["--source", "pattern:640x360", ...request]);
    await browser.accept();
    if (!prepare) await browser.firstFrame();
    await play({ broker, helper, seeker, browser, page, agent });
  });
}

function signedMs(agent: Program): number {
  return Number(agent.events("tick").at(-1)?.signed_ms ?? 0);
}

async function bound(agent: Program, count: number): Promise<number> {
  await agent.waitLine(`bound number ${count}`, () => agent.events("bound").length >= count || undefined, 30_000);
  return performance.now();
}

type Chain = { seq: number; live_ms: number }[];

/** Both chains as the broker holds them. */
async function chains({ broker, seeker }: Scene, session: string): Promise<Record<"seeker" | "helper", Chain>> {
  const { token } = await logIn(broker, seeker);
  const { body } = await api(broker, "GET", `/sessions/${session}/ticks`, { token });
  const out: Record<string, Chain> = { seeker: [], helper: [] };
  for (const { tick } of body.ticks as { tick: string }[]) {
    const text = Buffer.from(tick, "base64url").toString();
    const field = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
    out[field("role")]?.push({ seq: Number(field("seq")), live_ms: Number(field("live_ms")) });
  }
  return out as Record<"seeker" | "helper", Chain>;
}

/** Ends at the seeker; the bill is what both chains, each whole and without a gap, say. */
async function settle(scene: Scene): Promise<number> {
  const { agent } = scene;
  agent.write(JSON.stringify({ do: "end" }));
  const settled = await agent.waitEvent("settled", undefined, 20_000);
  const signed = Number(settled.signed_ms);
  assert.equal(settled.amount_minor, Math.floor((60 * signed + 30_000) / 60_000));
  const session = String(agent.events("session").at(-1)?.session ?? "");
  const both = await chains(scene, session);
  for (const chain of [both.seeker, both.helper]) {
    assert.deepEqual(chain.map(({ seq }) => seq), chain.map((_, at) => at + 1), "whole, each once");
  }
  assert.equal(signed, Math.min(both.seeker.at(-1)?.live_ms ?? 0, both.helper.at(-1)?.live_ms ?? 0));
  return signed;
}

test("a page that is loaded again goes on with its session; the bill is exact", { timeout: 150_000 }, async () => {
  await withScene(async (scene) => {
    const { page, agent, broker } = scene;
    const begun = performance.now();
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 4000, 40_000);
    await page.click("#ask");
    await agent.waitEvent("granted", ({ what }) => what === "control");

    const asked = performance.now();
    await page.reload();
    const back = await bound(agent, 2);
    console.log(`back ${Math.round(back - asked)} ms after the reload was asked for`);
    await page.locator("#session").waitFor();
    assert.equal(await page.locator("#loan").isHidden(), true, "no loan came back");
    const lent = agent.events("revoked").filter(({ what }) => what === "control");
    assert.deepEqual(lent.map(({ by }) => by), ["policy"]);
    assert.match(await page.locator("#meter-time").innerText(), /0:0[4-9]|0:1\d/, "the time that was signed still stands there");
    const before = signedMs(agent);
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= before + 4000, 40_000);

    // Away until the broker misses it too.
    const left = performance.now();
    await page.goto("about:blank");
    await agent.waitEvent("session", ({ state }) => state === "paused", 30_000);
    await page.goto(`${broker.url}/viewer/`);
    const gap = (await bound(agent, 3)) - left;
    const again = signedMs(agent);
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= again + 4000, 40_000);
    assert.equal(agent.events("phase").filter(({ phase }) => phase === "consent").length, 1, "asked once");
    const live = performance.now() - begun;
    const signed = await settle(scene);
    assert.ok(signed <= live - gap - (back - asked) + 1000, `${signed} ms of ${Math.round(live)}, away for ${Math.round(gap)}`);
    await page.locator("#over-facts div").first().waitFor({ timeout: 15_000 });
    assert.equal(await page.evaluate((name) => sessionStorage.getItem(name), KEPT), null, "nothing is kept after the end");
    assert.equal(await agent.exited, 0);
  });
});

/** The page's answer to an offer gets lost until it is loaded again. */
async function loseAnswers(page: Page, lost: () => void): Promise<void> {
  let loads = 0;
  await page.routeWebSocket(/\/api\/v1\/ws$/, (line) => {
    const load = ++loads;
    const broker = line.connectToServer();
    line.onMessage((message) => {
      if (load > 1 || !String(message).includes('"kind":"answer"')) broker.send(message);
      else lost();
    });
  });
  await page.reload();
  await page.locator("#link.good").waitFor();
  await page.click("#available");
  await page.locator('#available[aria-checked="true"]').waitFor();
}

test("a page that is loaded again before the first picture gets it all the same", { timeout: 100_000 }, async () => {
  let lose = (): void => undefined;
  const lost = new Promise<void>((resolve) => (lose = resolve));
  await withScene(async ({ browser, page, agent }) => {
    await lost;
    const asked = performance.now();
    await page.reload();
    console.log(`bound ${Math.round((await bound(agent, 1)) - asked)} ms after the reload was asked for`);
    await browser.firstFrame();
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 4000, 40_000);
    await browser.end();
    await page.locator("#over-facts div").first().waitFor({ timeout: 15_000 });
  }, (page) => loseAnswers(page, lose));
});

test("what was kept and is outdated ends the session; nothing is signed twice", { timeout: 120_000 }, async () => {
  await withScene(async (scene) => {
    const { page, agent } = scene;
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 4000, 40_000);
    const old = await page.evaluate((name) => sessionStorage.getItem(name) ?? "", KEPT);
    assert.ok(old.length > 100);
    await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 9000, 40_000);
    await page.evaluate(([name = "", kept = ""]) => addEventListener("pagehide", () => sessionStorage.setItem(name, kept)), [KEPT, old]);
    await page.reload();
    const settled = await agent.waitEvent("settled", undefined, 20_000);
    assert.ok(Number(settled.signed_ms) >= 9000 && Number(settled.signed_ms) <= 15_000);
    assert.equal(settled.amount_minor, Math.floor((60 * Number(settled.signed_ms) + 30_000) / 60_000));
    await page.locator("#over-facts div").first().waitFor({ timeout: 15_000 });
    assert.equal(agent.events("bound").length, 1, "it did not come back");
  });
});

test("what was kept is of no use to another person, nor in another browser", { timeout: 120_000 }, async () => {
  await withScene(async (scene) => {
    const { broker, page, agent, helper } = scene;
    const stage = new Stage();
    const thief = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
    try {
      await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= 4000, 40_000);
      const kept = await page.evaluate((name) => sessionStorage.getItem(name) ?? "", KEPT);
      const other = await makeHelper(stage, broker, "other", "Eve");
      for (const person of [other, helper]) {
        const context = await thief.newContext();
        const stolen = await context.newPage();
        await stolen.addInitScript(([name = "", text = ""]) => sessionStorage.setItem(name, text), [KEPT, kept]);
        await stolen.goto(`${broker.url}/viewer/`);
        await stolen.fill("#login-name", person.login);
        await stolen.fill("#login-password", person.password);
        await stolen.press("#login-password", "Enter");
        await stolen.locator("#link.good").waitFor({ timeout: 15_000 });
        assert.equal(await stolen.locator("#session").isVisible(), false);
        const before = signedMs(agent);
        await agent.waitEvent("tick", ({ signed_ms }) => Number(signed_ms) >= before + 4000, 40_000);
        assert.equal(await stolen.locator("#lobby").isVisible(), true);
        await context.close();
      }
      assert.equal(agent.events("bound").length, 1, "the session went on where it was");
      await settle(scene);
    } finally {
      await thief.close();
      await stage.close();
    }
  });
});
