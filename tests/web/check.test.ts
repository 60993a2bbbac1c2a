// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The connection check in Chromium against the real broker and coturn as packaging/coturn sets it up: all well, single
// ports closed, a certificate that does not hold, a secret that differs, nothing configured. With POUCE_SHOTS=FOLDER
// it leaves screenshots there.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { makeCertificate } from "../lab/relay.ts";
import { runTool } from "../lab/netns.ts";
import { accessibilityProblems, scrollsSideways } from "../support/axe.ts";
import { chromiumArguments } from "../support/browser_helper.ts";
import { signUp } from "../support/people.ts";
import { freePorts } from "../support/ports.ts";
import { type Broker, type Person, sourceDir, Stage } from "../support/programs.ts";

const shots = process.env["POUCE_SHOTS"];
const host = "localhost";

function answersStun(port: number, deadlineMs: number): Promise<void> {
  const socket = createSocket("udp4");
  const request = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]);
  return new Promise((resolve, reject) => {
    const ask = setInterval(() => socket.send(request, port, "127.0.0.1"), 50);
    const finish = (then: () => void): void => {
      clearInterval(ask);
      clearTimeout(timer);
      socket.close();
      then();
    };
    const timer = setTimeout(() => finish(() => reject(new Error("no STUN answer"))), deadlineMs);
    socket.on("error", () => undefined);
    socket.once("message", () => finish(resolve));
  });
}

type Town = { broker: Broker; browser: Browser; person: Person; plain: number; tls: number; closed: number };

/** @ice: the broker's section [ice]; ports are the relay's, and one where nobody listens. */
async function withTown(
  ice: (ports: { plain: number; tls: number; closed: number; secret: string }) => string,
  play: (town: Town) => Promise<void>,
  browserArguments: string[] = [],
  relays = true,
): Promise<void> {
  const stage = new Stage();
  let browser: Browser | null = null;
  try {
    const [plain = 0, tls = 0, closed = 0] = await freePorts(3);
    const secret = randomBytes(32).toString("hex");
    const secretFile = stage.file("turn.secret", secret);
    const { cert, key } = makeCertificate(stage, host);
    const config = stage.path("turnserver.conf");
    runTool("sh", [
      join(sourceDir, "packaging/coturn/render.sh"), "--secret-file", secretFile, "--realm", host, "--listen", "127.0.0.1",
      "--port", String(plain), "--tls-port", String(tls), "--cert", cert, "--key", key, "--log", stage.path("turn.log"), "-o", config,
    ]);
    // both ends of the check are on this machine, and so is what they relay to
    if (relays) appendFileSync(config, "allow-loopback-peers\nallowed-peer-ip=127.0.0.1\n");
    stage.start("turnserver", ["-c", config, "--pidfile", stage.path("turn.pid"), "--db", stage.path("turn.db")]);
    await answersStun(plain, 15000);
    const file = stage.file("broker.conf", `[ice]\n${ice({ plain, tls, closed, secret })}\n`);
    const broker = await stage.broker({ args: ["--config", file] });
    const person = await signUp(stage, broker, "simone", "Sophie Germain");
    const args = [...chromiumArguments, "--allow-loopback-in-peer-connection", ...browserArguments];
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
    await play({ broker, browser, person, plain, tls, closed });
  } finally {
    await browser?.close();
    await stage.close();
  }
}

async function open({ browser, broker, person }: Town, locale = "en-GB", script?: () => void): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  await page.goto(`${broker.url}/check/`);
  await page.locator("#verdict[data-verdict=partly], #verdict[data-verdict=cannot]").waitFor({ timeout: 30000 });
  await page.fill("#login", person.login);
  await page.fill("#password", person.password);
  await page.press("#password", "Enter");
  return page;
}

async function outcome(page: Page): Promise<{ verdict: string; states: string[]; text: string }> {
  await page.waitForFunction(() => document.querySelector("#door[hidden]") && document.querySelector<HTMLElement>("#verdict")?.dataset.verdict, undefined, { timeout: 60000 });
  const verdict = (await page.locator("#verdict").getAttribute("data-verdict")) ?? "";
  const states = await page.locator("#findings li").evaluateAll((list) => list.map((each) => `${(each as HTMLElement).dataset.part} ${(each as HTMLElement).dataset.state}`));
  return { verdict, states, text: (await page.locator("#findings").innerText()).replaceAll(/\s+/g, " ") };
}

async function shoot(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `check-${name}.png`), fullPage: true });
}

const lines = (kinds: Record<string, number>, secret: string): string =>
  `stun=stun:${host}:${kinds.stun}\nturn=turn:${host}:${kinds.udp}?transport=udp;turn:${host}:${kinds.tcp}?transport=tcp;turns:${host}:${kinds.tls}?transport=tcp\nturn_secret=${secret}`;

test("all well: every way is tried and works", { timeout: 120000 }, async () => {
  const ice = ({ plain, tls, secret }: { plain: number; tls: number; secret: string }): string => lines({ stun: plain, udp: plain, tcp: plain, tls }, secret);
  await withTown(ice, async (town) => {
    const page = await open(town);
    const { verdict, states, text } = await outcome(page);
    assert.deepEqual(states, ["keys", "webrtc", "http", "socket", "stun", "udp", "tcp", "tls"].map((part) => `${part} good`), text);
    assert.equal(verdict, "all_good");
    assert.deepEqual(await accessibilityProblems(page), []);
    await shoot(page, "good-en");
  }, ["--ignore-certificate-errors"]);
});

test("a relay that takes ends on and passes nothing is named", { timeout: 120000 }, async () => {
  const ice = ({ plain, tls, secret }: { plain: number; tls: number; secret: string }): string => lines({ stun: plain, udp: plain, tcp: plain, tls }, secret);
  await withTown(ice, async (town) => {
    const { verdict, states, text } = await outcome(await open(town));
    assert.deepEqual(states.slice(5), ["udp bad", "tcp bad", "tls bad"], text);
    assert.ok(text.includes(`The relay localhost, port ${town.tls}, takes this computer on, but nothing passes through it.`), text);
    assert.match(text, /min-port to max-port .* external-ip=/);
    assert.equal(verdict, "direct_only");
  }, ["--ignore-certificate-errors"], false);
});

test("a closed UDP port and a bad certificate are named, in both languages", { timeout: 180000 }, async () => {
  const ice = ({ plain, tls, closed, secret }: { plain: number; tls: number; closed: number; secret: string }): string => lines({ stun: plain, udp: closed, tcp: plain, tls }, secret);
  await withTown(ice, async (town) => {
    const page = await open(town);
    const { verdict, states, text } = await outcome(page);
    assert.deepEqual(states.slice(4), ["stun good", "udp bad", "tcp good", "tls bad"], text);
    assert.ok(text.includes(`The relay localhost cannot be reached on UDP port ${town.closed}.`), text);
    assert.ok(text.includes(`Ask for outgoing UDP to localhost port ${town.closed}.`), text);
    assert.ok(text.includes(`The relay localhost cannot be reached with TLS on TCP port ${town.tls}.`), text);
    assert.match(text, /certificate is not valid for localhost/);
    assert.equal(verdict, "detour");
    await page.click('[data-language="fr"]');
    assert.ok((await outcome(page)).text.includes(`Le relais localhost n’est pas joignable sur le port UDP ${town.closed}.`));
    assert.match(await page.locator("#verdict").innerText(), /^Pouce fonctionne d’ici\./);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 844 });
      assert.deepEqual(await accessibilityProblems(page), []);
      assert.equal(await scrollsSideways(page), false);
      await shoot(page, `blocked-fr-${colorScheme}`);
    }
  });
});

test("a secret that differs is the operator's to mend; closed TCP is named", { timeout: 180000 }, async () => {
  const ice = ({ plain, closed }: { plain: number; closed: number }): string =>
    `turn=turn:${host}:${plain}?transport=udp;turn:${host}:${closed}?transport=tcp\nturn_secret=another secret`;
  await withTown(ice, async (town) => {
    const page = await open(town);
    const { verdict, states, text } = await outcome(page);
    assert.deepEqual(states.slice(4), ["udp bad", "tcp bad", "stun skipped"], text);
    assert.ok(text.includes(`The relay localhost, port ${town.plain}, refuses the broker’s credentials (401).`), text);
    assert.ok(text.includes(`The relay localhost cannot be reached on TCP port ${town.closed}.`), text);
    assert.match(text, /turn_secret= of the broker/);
    assert.equal(verdict, "direct_only");
  });
});

test("no relay configured, WebSocket stopped, WebRTC switched off", { timeout: 120000 }, async () => {
  await withTown(() => "", async (town) => {
    const page = await open(town);
    const { verdict, text } = await outcome(page);
    assert.equal(verdict, "direct_only");
    assert.match(text, /This broker names no relay\./);
    const broken = await open(town, "en-GB", () => {
      class Stopped extends EventTarget {
        onclose: ((event: CloseEvent) => void) | null = null;
        constructor() {
          super();
          queueMicrotask(() => this.onclose?.(new CloseEvent("close", { code: 1006 })));
        }
        close(): void {}
      }
      Object.assign(globalThis, { WebSocket: Stopped, RTCPeerConnection: undefined });
    });
    const told = await outcome(broken);
    assert.equal(told.verdict, "cannot");
    assert.match(told.text, /The lasting connection \(WebSocket\) is not let through\./);
    assert.match(told.text, /WebRTC is switched off in this browser\./);
    await shoot(broken, "cannot-en");
  });
});
