// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Drives browser_seeker_page.ts in a Chromium of its own.

import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumArguments } from "../support/browser_helper.ts";
import { type Broker, type Person, sourceDir } from "../support/programs.ts";
import type { Lie, Seeker } from "./browser_seeker_page.ts";
import type { Capability } from "../../viewer/web/wire/control.ts";

export class BrowserSeeker {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async open(broker: Broker, person: Person): Promise<BrowserSeeker> {
    const entry = join(sourceDir, "tests/web/browser_seeker_page.ts");
    const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", target: "es2022" });
    const script = bundle.outputFiles[0]?.text ?? "";
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumArguments });
    try {
      const page = await (await browser.newContext({ bypassCSP: true })).newPage();
      page.on("console", (message) => {
        if (message.type() === "error") console.error(`seeker's page: ${message.text()}`);
      });
      await page.goto(`${broker.url}/viewer/icon.svg`);
      await page.goto(`${broker.url}/viewer/`);
      await page.addScriptTag({ content: script });
      const seeker = new BrowserSeeker(browser, page);
      await seeker.run((s, p) => s.logIn(p.login, p.password), { login: person.login, password: person.password });
      return seeker;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** run - a function on the seeker, inside its page */
  run<T, A>(act: (seeker: Seeker, argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const text = `(argument) => (${act.toString()})(window.seeker, argument)`;
    // A function cannot carry its surroundings into the page, only its text and one argument.
    const inPage = new Function(`return ${text}`)() as (argument: unknown) => T | Promise<T>;
    return this.page.evaluate(inPage, argument as unknown) as Promise<T>;
  }

  /** until - the function on the seeker gives true */
  async until(what: string, act: (seeker: Seeker) => boolean, deadlineMs = 10000): Promise<void> {
    const text = `(${act.toString()})(window.seeker)`;
    await this.page.waitForFunction(text, undefined, { timeout: deadlineMs, polling: 50 }).catch(() => {
      throw new Error(`the seeker never saw: ${what}`);
    });
  }

  async ask(helperId: string, need: string, may: Capability[] = ["view", "pointer", "control"], lie: Lie = "none"): Promise<void> {
    await this.run(
      async (s, p) => {
        s.lie = p.lie;
        await s.ask(p.helperId, p.need, p.may, 500);
      },
      { helperId, need, may, lie },
    );
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
