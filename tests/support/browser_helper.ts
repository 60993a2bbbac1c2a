// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper in a real Chromium: logs in on the viewer's page as a person would, and reads from the
// page what a person would see.

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { makeHelper, makeSeeker } from "./people.ts";
import { type Broker, type Person, Stage } from "./programs.ts";

/** As root without a sandbox, and without the background traffic that a closed network refuses. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class BrowserHelper {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly said: string[],
    private answeredAt = 0,
  ) {}

  get version(): string {
    return this.browser.version();
  }

  /**
   * Opens the page, logs in and becomes available. @script runs in the page before its own code; @launch:
   * another program than /usr/bin/chromium, and arguments beside the usual ones.
   */
  static async open(
    broker: Broker,
    person: Person,
    look: BrowserContextOptions = {},
    script?: (() => void) | string,
    launch: { program?: string; args?: string[] } = {},
  ): Promise<BrowserHelper> {
    const args = [...chromiumArguments, ...(launch.args ?? [])];
    const browser = await chromium.launch({ executablePath: launch.program ?? "/usr/bin/chromium", args });
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...look });
      const page = await context.newPage();
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      if (script) await page.addInitScript(typeof script === "string" ? { content: script } : script);
      await page.goto(`${broker.url}/viewer/`);
      await page.fill("#login-name", person.login);
      await page.fill("#login-password", person.password);
      await page.press("#login-password", "Enter");
      await page.locator("#lobby").waitFor({ timeout: 15000 });
      const available = page.locator("#available");
      if ((await available.getAttribute("aria-checked")) !== "true") await available.click();
      await page.locator('#available[aria-checked="true"]').waitFor({ timeout: 10000 });
      return new BrowserHelper(browser, page, said);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async accept(): Promise<void> {
    await this.page.locator("#ring-accept").click({ timeout: 60000 });
    this.answeredAt = performance.now();
  }

  /** Milliseconds from the click on "accept" to the first picture; seeker's consent included. */
  async firstFrame(): Promise<number> {
    await this.page.locator("#session").waitFor({ timeout: 60000 }).catch(async (error: unknown) => {
      const screen = await this.page.locator("main section:not([hidden])").allInnerTexts();
      throw new Error(`${String(error)}\non screen: ${screen.join(" | ")}\nconsole: ${this.said.slice(-20).join("\n")}`);
    });
    await this.page.waitForFunction(
      () => (document.querySelector<HTMLVideoElement>("#video")?.videoWidth ?? 0) >= 16, // less is a place kept for it
      undefined,
      { timeout: 60000, polling: "raf" },
    );
    return performance.now() - this.answeredAt;
  }

  framesDecoded(): Promise<number> {
    return this.page.evaluate(
      () => document.querySelector<HTMLVideoElement>("#video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
    );
  }

  async end(): Promise<void> {
    await this.page.locator("#end").click();
    await this.page.locator("#over").waitFor({ timeout: 15000 });
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

export type Meeting = { stage: Stage; broker: Broker; helper: Person; seeker: Person; browser: BrowserHelper; page: Page };

/** A helper at the page and a seeker with money, at one broker; all of it ends with @play. */
export async function withBrowser(play: (meeting: Meeting) => Promise<void>): Promise<void> {
  const stage = new Stage();
  let browser: BrowserHelper | null = null;
  try {
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace");
    const seeker = await makeSeeker(stage, broker, "seeker", "Sophie Germain");
    browser = await BrowserHelper.open(broker, helper);
    await play({ stage, broker, helper, seeker, browser, page: browser.page });
  } finally {
    await browser?.close();
    await stage.close();
  }
}
