// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's page in Chromium, against the real broker and a seeker in another Chromium: a whole session, what it
// refuses, what it sends, what it shows. With POUCE_SHOTS=FOLDER it leaves screenshots there.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { BrowserHelper } from "../support/browser_helper.ts";
import { logIn, makeHelper, makeSeeker } from "../support/people.ts";
import { type Broker, type Person, Stage } from "../support/programs.ts";
import { BrowserSeeker } from "./browser_seeker.ts";

type Scene = { broker: Broker; helper: Person; person: Person; helperId: string; browser: BrowserHelper; page: Page; seeker: BrowserSeeker };

const need = "Mon imprimante n'imprime plus";
const shots = process.env["POUCE_SHOTS"];

/** Counts the times that anything but black is drawn from the video. */
function watchForLight(): void {
  const page = globalThis as unknown as { seen: number };
  page.seen = 0;
  const look = (): void => {
    const video = document.querySelector<HTMLVideoElement>("#video");
    const context = new OffscreenCanvas(16, 16).getContext("2d");
    if (video?.videoWidth && context) {
      context.drawImage(video, 0, 0, 16, 16);
      if (context.getImageData(0, 0, 16, 16).data.some((value, at) => at % 4 < 3 && value > 24)) page.seen++;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function withScene(play: (scene: Scene) => Promise<void>, look: BrowserContextOptions = {}): Promise<void> {
  const stage = new Stage();
  const open: { close(): Promise<void> }[] = [];
  try {
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace");
    const person = await makeSeeker(stage, broker, "seeker", "Sophie Germain");
    const { account } = await logIn(broker, helper);
    const browser = await BrowserHelper.open(broker, helper, look, watchForLight);
    open.push(browser);
    const seeker = await BrowserSeeker.open(broker, person);
    open.push(seeker);
    await play({ broker, helper, person, helperId: account.id, browser, page: browser.page, seeker });
  } finally {
    for (const one of open) await one.close();
    await stage.close();
  }
}

function lightSeen(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { seen: number }).seen);
}

async function shoot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
}

async function connect(scene: Scene): Promise<void> {
  await scene.seeker.ask(scene.helperId, need);
  await scene.browser.accept();
  const ms = await scene.browser.firstFrame();
  await scene.page.locator("#stage-note").waitFor({ state: "hidden" });
  console.log(`first picture ${Math.round(ms)} ms after the click`);
}

/** A place on the picture, in px of the window; x and y are shares of it. */
async function at(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await page.locator("#overlay").boundingBox();
  assert.ok(box);
  return { x: box.x + x * box.width, y: box.y + y * box.height };
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const [a, b] = [await at(page, ...from), await at(page, ...to)];
  await page.mouse.move(a.x, a.y);
  await page.mouse.down();
  for (let step = 1; step <= 12; step++) {
    await page.mouse.move(a.x + ((b.x - a.x) * step) / 12, a.y + ((b.y - a.y) * step) / 12 + 12 * Math.sin(step / 2));
  }
  await page.mouse.up();
}

test("a whole session: ring, picture, chat, signed time, receipt", { timeout: 90000 }, async () => {
  await withScene(async (scene) => {
    const { page, seeker, browser } = scene;
    await shoot(page, "lobby");
    await seeker.ask(scene.helperId, need);
    await page.locator("#ring").waitFor();
    assert.match(await page.locator("#ring-title").innerText(), /Sophie Germain/);
    assert.equal(await page.locator("#ring-need").innerText(), need);
    assert.match(await page.locator("#ring-facts").innerText(), /0\.60/);
    assert.match(await page.locator("#ring-count").innerText(), /\d+ s/);
    await shoot(page, "ring");
    await browser.accept();
    await browser.firstFrame();
    await page.waitForFunction(() => (globalThis as unknown as { seen: number }).seen > 0); // as watched below

    await page.fill("#chat-text", "Bonjour, je regarde.");
    await page.press("#chat-text", "Enter");
    await seeker.until("the chat", (s) => s.heard.some((m) => m.type === "chat" && m.text === "Bonjour, je regarde."));
    await seeker.run((s) => s.say({ type: "chat", id: 1, text: "<b>Merci</b>" }));
    await page.getByText("<b>Merci</b>").waitFor(); // text, never markup

    await page.waitForFunction(() => document.getElementById("meter-time")?.textContent !== "0:00", undefined, { timeout: 25000 });
    await seeker.until("statistics", (s) => s.heard.some((m) => m.type === "stats" && m.decoded > 0));
    await browser.end();
    await page.locator("#over-facts div").first().waitFor({ timeout: 15000 });
    const facts = await page.locator("#over-facts").innerText();
    assert.match(facts, /Sophie Germain/);
    assert.match(facts, /Receipt\s+\S+/);
    await shoot(page, "receipt");
    const { account } = await logIn(scene.broker, scene.helper);
    assert.ok(account.id);
  });
});

for (const lie of ["impostor", "price"] as const) {
  test(`a seeker with a false bind (${lie}) is refused and nothing is shown`, { timeout: 60000 }, async () => {
    await withScene(async ({ page, seeker, browser, helperId }) => {
      await seeker.ask(helperId, need, ["view"], lie);
      await browser.accept();
      await page.locator("#over").waitFor({ timeout: 15000 });
      assert.match(await page.locator("#over-note").innerText(), lie === "price" ? /another price/ : /signature is not right/);
      assert.equal(await lightSeen(page), 0, "nothing but black is shown");
      await seeker.until("the end", (s) => s.state === "failed" || s.state === "settled" || s.state === "ended");
      assert.equal(await seeker.run((s) => s.heard.filter((m) => m.type === "tick").length), 0);
      await shoot(page, `refused-${lie}`);
    });
  });
}

test("a changed device is shown and never accepted silently", { timeout: 60000 }, async () => {
  await withScene(async (scene) => {
    const { page, seeker } = scene;
    const { account } = await logIn(scene.broker, scene.person);
    await page.evaluate(
      async (pair) => {
        // What an earlier session with another device of hers would have left.
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open("pouce-known-devices", 1);
          request.onupgradeneeded = () => request.result.createObjectStore("pins");
          request.onsuccess = () => resolve(request.result);
        });
        await new Promise((resolve) => {
          const transaction = database.transaction("pins", "readwrite");
          transaction.objectStore("pins").put("an-earlier-device-key", pair);
          transaction.oncomplete = resolve;
        });
        database.close();
      },
      `${scene.helperId} ${account.id}`,
    );
    await seeker.ask(scene.helperId, need);
    await scene.browser.accept();
    await page.locator("#pin").waitFor({ timeout: 15000 });
    assert.match(await page.locator("#pin-facts").innerText(), /an-e arli/);
    assert.equal(await seeker.run((s) => s.heard.some((m) => m.type === "bind")), false);
    assert.equal(await page.locator("#session").isVisible(), false);
    await shoot(page, "pin");
    await page.click("#pin-trust");
    await scene.browser.firstFrame();
  });
});

test("pointer and ink reach the seeker without control; input only while lent", { timeout: 60000 }, async () => {
  await withScene(async (scene) => {
    const { page, seeker } = scene;
    await connect(scene);
    const spot = await at(page, 0.5, 0.25);
    await page.mouse.move(spot.x, spot.y);
    await seeker.until("the pointer", (s) =>
      s.points.some((p) => p.visible && !p.moves && Math.abs(p.x - 32768) < 200 && Math.abs(p.y - 16384) < 300),
    );

    await page.click("#tool-draw");
    await drag(page, [0.2, 0.3], [0.5, 0.35]);
    await seeker.until("a whole stroke", (s) => s.heard.some((m) => m.type === "ink" && m.end));
    const ink = await seeker.run((s) => s.heard.filter((m) => m.type === "ink"));
    const points = ink.flatMap((m) => (m.type === "ink" ? m.points : []));
    assert.ok(Math.abs((points[0] ?? 0) - 0.2 * 65535) < 300, `${points[0]}`);
    assert.ok(points.length >= 10);
    const painted = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#overlay");
      const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return Array.from(data).filter((value, index) => index % 4 === 3 && value > 0).length;
    });
    assert.ok(painted > 200, `${painted} px of ink here`);
    await page.click("#ink-undo");
    await seeker.until("undo", (s) => s.heard.at(-1)?.type === "ink_clear" || s.heard.some((m) => m.type === "ink_clear"));
    await page.click("#tool-draw");

    // Not lent: a click and keys on the picture stay here.
    await page.mouse.click(spot.x, spot.y);
    await page.keyboard.press("a");
    await page.click("#ask");
    await seeker.until("the question", (s) => s.heard.some((m) => m.type === "ask" && m.what === "control"));
    assert.equal(await seeker.run((s) => s.inputs.length), 0);

    await seeker.run((s) => s.grant("control", 60000));
    await page.locator("#loan").waitFor();
    const now = await at(page, 0.5, 0.5); // the loan's bar moved the picture
    await page.mouse.click(now.x, now.y);
    await page.keyboard.type("é€");
    await page.keyboard.press("Control+s");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.mouse.wheel(0, 100);
    await seeker.until("the wheel", (s) => s.inputs.some((i) => i.kind === "wheel"));
    const inputs = await seeker.run((s) => s.inputs);
    const seen = inputs.map((i) => (i.kind === "keysym" ? `${i.down ? "+" : "-"}${i.keysym.toString(16)}` : i.kind === "character" ? String.fromCodePoint(i.scalar) : i.kind));
    assert.deepEqual(seen.slice(0, 14), [
      "button", "button", "é", "€", "+ffe3", "+73", "-73", "-ffe3", "+ffe1", "+ff51", "-ff51", "-ffe1", "wheel",
    ]);
    await seeker.until("a move", (s) => s.points.some((p) => p.moves));

    // Ctrl+Alt+Home comes back to the page and lets go of everything.
    await page.keyboard.press("Control+Alt+Home");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "loan-back");

    await seeker.run((s) => s.revoke("control", "local_input"));
    await page.locator("#loan").waitFor({ state: "hidden" });
    const before = await seeker.run((s) => s.inputs.length);
    await page.mouse.click(now.x, now.y);
    await page.keyboard.press("b");
    await page.fill("#chat-text", "fini");
    await page.press("#chat-text", "Enter");
    await seeker.until("the chat", (s) => s.heard.some((m) => m.type === "chat"));
    assert.equal(await seeker.run((s) => s.inputs.length), before);
  });
});

test("a drop is survived under the same session, loans withdrawn", { timeout: 60000 }, async () => {
  await withScene(async (scene) => {
    const { page, seeker } = scene;
    await connect(scene);
    await seeker.run((s) => s.grant("control", 0));
    await page.locator("#loan").waitFor();
    await seeker.run((s) => s.drop());
    await page.locator("#loan").waitFor({ state: "hidden", timeout: 15000 });
    await seeker.until("a second bind", (s) => s.heard.filter((m) => m.type === "bind").length >= 2, 20000);
    await page.locator("#stage-note").waitFor({ state: "hidden", timeout: 15000 });
    assert.equal(await page.locator("#loan").isVisible(), false);
    await seeker.run((s) => s.end());
    await page.locator("#over").waitFor({ timeout: 15000 });
  });
});

const looks: [name: string, look: BrowserContextOptions, end: string][] = [
  ["english-light", { locale: "en-GB", colorScheme: "light" }, "End"],
  ["french-dark", { locale: "fr-FR", colorScheme: "dark" }, "Terminer"],
  ["french-phone", { locale: "fr-FR", viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }, "Terminer"],
];

for (const [name, look, end] of looks) {
  test(`mid-session it looks right: ${name}`, { timeout: 60000 }, async () => {
    await withScene(async (scene) => {
      const { page, seeker } = scene;
      await connect(scene);
      await seeker.run((s) => s.moveCursor(20000, 30000));
      await seeker.run((s) => s.say({ type: "chat", id: 1, text: "Le bouton gris, en haut ?" }));
      await page.fill("#chat-text", "Oui, celui-là.");
      await page.press("#chat-text", "Enter");
      await page.locator("#tool-draw").evaluate((button: HTMLElement) => button.click());
      await drag(page, [0.35, 0.2], [0.7, 0.22]);
      await page.locator("#tool-draw").evaluate((button: HTMLElement) => button.click());
      await seeker.until("the stroke", (s) => s.heard.some((m) => m.type === "ink" && m.end));
      const box = await page.locator("#overlay").boundingBox();
      assert.ok(box && box.width >= 0.7 * (page.viewportSize()?.width ?? 0), `the picture is ${box?.width} px wide`);
      await shoot(page, name);
      await seeker.run((s) => s.grant("voice", 0));
      await seeker.run((s) => s.say({ type: "voice", on: true }));
      const indicator = page.locator("#voice-state.open");
      await indicator.waitFor();
      const shown = await indicator.boundingBox();
      const width = page.viewportSize()?.width ?? 0;
      assert.ok(shown && shown.x >= 0 && shown.x + shown.width <= width && shown.y < 200, "an open microphone is seen without scrolling");
      await shoot(page, `${name}-voice`);
      await seeker.run((s) => s.grant("control", 300000));
      await page.locator("#loan").waitFor();
      assert.equal(await page.locator("#end").innerText(), end);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.equal(wide, false, "nothing sticks out of the window");
      const names = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("#session button, #session select, #session input, #session textarea")]
          .filter((e) => !e.textContent?.trim() && !e.getAttribute("aria-label") && !(e as HTMLInputElement).labels?.length)
          .map((e) => e.id || e.outerHTML),
      );
      assert.deepEqual(names, [], "every control has a name");
      await shoot(page, `${name}-lent`);
    }, look);
  });
}
