// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's window on a real X display, used by a screen reader, by mouse and keyboard: a session from the ring to
// the receipt with a real broker and a real agent on a display of its own, and the two displays compared.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { defaultProfile, makeHelper, makeSeeker } from "../../support/people.ts";
import { type Broker, buildDir, type Person, type Program, Stage } from "../../support/programs.ts";
import { ScreenReader } from "../../support/screen_reader.ts";
import { type Box, type Color, lookFor, Screenshot } from "../../support/screenshot.ts";

type Scene = { stage: Stage; broker: Broker; near: string; far: string; helper: Person; seeker: Person };

const SEA: Color = [0x2e, 0x5a, 0x66];
const ORANGE: Color = [0xff, 0x6a, 0x00];
const FAR = { width: 800, height: 600 };

async function withScene(rate: number, play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const broker = await stage.broker();
    const helper = await makeHelper(stage, broker, "ada", "Ada Lovelace", { ...defaultProfile, rate_minor_per_min: rate });
    const seeker = await makeSeeker(stage, broker, "marie", "Marie Curie");
    const near = await stage.xvfb("1600x1100");
    const far = await stage.xvfb(`${FAR.width}x${FAR.height}`);
    for (const display of [near, far]) stage.start("openbox", ["--sm-disable"], { DISPLAY: display });
    stage.start("xsetroot", ["-solid", "#2e5a66"], { DISPLAY: far });
    await play({ stage, broker, near, far, helper, seeker });
  } finally {
    await stage.close();
  }
}

function openWindow(scene: Scene, language: string, env: NodeJS.ProcessEnv = {}, args: string[] = []): ScreenReader {
  const command = [join(buildDir, "bin/pouce-viewer"), "--broker", scene.broker.url, ...args];
  const words = { LC_ALL: "C.UTF-8", LANG: "C.UTF-8", LANGUAGE: language };
  const own = { DISPLAY: scene.near, XDG_CONFIG_HOME: scene.helper.configHome, HOME: scene.stage.path("home"), ...words };
  return ScreenReader.start(scene.stage, command, { ...own, ...env });
}

function call(scene: Scene, consent: string): Program {
  const request = ["--ask", "My printer is silent", "--helper", "first", "--cap", "9.00", "--consent", consent];
  return scene.stage.agent(scene.broker, scene.seeker, ["--source", `x11:${scene.far}`, ...request]);
}

async function fullyNamed(window: ScreenReader, page: string): Promise<void> {
  assert.deepEqual(await window.silent(), [], `${page}: every control has a name`);
}

/** What a person's hands do on a display. */
function hands(display: string, ...args: string[]): void {
  const run = spawnSync("xdotool", args, { env: { ...process.env, DISPLAY: display }, encoding: "utf8" });
  assert.equal(run.status, 0, `xdotool ${args.join(" ")}: ${run.stderr}`);
}

async function logIn(scene: Scene, window: ScreenReader): Promise<void> {
  await window.wait("Help someone", { role: "heading" });
  await fullyNamed(window, "the log-in");
  await window.write("Login", scene.helper.login);
  await window.write("Password", "not-my-password");
  await window.press("Log in");
  await window.wait("That login and password do not fit together. Try again.");
  await window.write("Password", scene.helper.password);
  await window.press("Log in");
  await window.wait("Hello, Ada Lovelace", { role: "heading" });
  await window.wait("Nobody can reach you on this device.");
  await window.press("I am available", "check box");
  await window.wait("Leave Pouce running: it rings when somebody asks for you.");
  await window.wait("printing, e-mail, spreadsheets");
  await fullyNamed(window, "the lobby");
}

async function answer(window: ScreenReader): Promise<void> {
  await window.wait("Marie Curie asks for help", { role: "heading" });
  await window.wait("My printer is silent");
  await window.wait("s left to answer", { part: true });
  await fullyNamed(window, "the ring");
  await window.press("Help now");
  await window.wait("Marie Curie's screen", { deadlineMs: 30000 });
}

/** Where the seeker's screen stands, once it is there pixel for pixel. */
function findPicture(scene: Scene): Box {
  return lookFor(scene.near, "the picture, pixel for pixel", (shot) => {
    const box = shot.boxOf(SEA, 4);
    return box?.width === FAR.width && box.height === FAR.height ? box : undefined;
  });
}

/** The two displays show the same: what VP8 leaves of colours at edges, no more. */
function sameOnBoth(scene: Scene, box: Box): void {
  let best = 0;
  lookFor(scene.near, "the seeker's screen as it is", (shot) => {
    best = Math.max(best, shot.psnr(Screenshot.take(scene.far), box.x, box.y));
    return best >= 36 ? best : undefined;
  });
}

/** Keys that the display believes to be held. */
function heldKeys(display: string): number {
  const ask = [
    "import ctypes, sys", "x = ctypes.CDLL('libX11.so.6')", "x.XOpenDisplay.restype = ctypes.c_void_p",
    "held = ctypes.create_string_buffer(32)", "x.XQueryKeymap(ctypes.c_void_p(x.XOpenDisplay(sys.argv[1].encode())), held)",
    "print(sum(bin(byte).count('1') for byte in held.raw))",
  ];
  const run = spawnSync("/usr/bin/python3", ["-c", ask.join("\n"), display], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return Number(run.stdout);
}

function until(what: string, done: () => boolean): void {
  for (const end = performance.now() + 15000; !done(); ) assert.ok(performance.now() < end, what);
}

/** What is held when the hand goes elsewhere is let go at the seeker's. */
function goElsewhere(scene: Scene): void {
  hands(scene.near, "keydown", "shift", "keydown", "Left");
  until("the keys arrive", () => heldKeys(scene.far) === 2);
  hands(scene.near, "mousemove", "5", "5");
  until("the keys are let go", () => heldKeys(scene.far) === 0);
  hands(scene.near, "keyup", "Left", "keyup", "shift");
}

async function work(scene: Scene, window: ScreenReader, agent: Program, box: Box): Promise<void> {
  const typed = scene.stage.path("typed");
  const title = "A letter";
  const look = ["-fa", "DejaVu Sans Mono", "-fs", "14", "-geometry", "60x12+40+40", "-title", title];
  scene.stage.start("xterm", [...look, "-u8", "-e", "sh", "-c", `head -1 > ${typed}.part && mv ${typed}.part ${typed}`],
    { DISPLAY: scene.far, LC_ALL: "C.UTF-8" });
  const seen = scene.stage.start("timeout", ["20", "xdotool", "search", "--sync", "--onlyvisible", "--name", title], { DISPLAY: scene.far });
  assert.equal(await seen.exited, 0);
  await window.press("Ask for control");
  await window.wait("Mouse and keyboard are lent to you");
  await agent.waitEvent("granted", (event) => event.what === "control");
  hands(scene.near, "mousemove", `${box.x + 200}`, `${box.y + 150}`, "click", "1");
  hands(scene.near, "type", "--delay", "25", "Zoe & été, 7+1?");
  hands(scene.near, "key", "Return");
  until("the letter is written", () => existsSync(typed));
  assert.equal(readFileSync(typed, "utf8"), "Zoe & été, 7+1?\n");
  goElsewhere(scene);
  hands(scene.near, "mousemove", `${box.x + 300}`, `${box.y + 400}`, "click", "1");
  await window.run({ do: "wait", name: "Marie Curie's screen", state: "focused" });
  hands(scene.near, "key", "ctrl+alt+Home");
  await window.run({ do: "wait", name: "Give back", role: "push button", state: "focused" });
  await window.press("Give back");
  await agent.waitEvent("revoked", (event) => event.what === "control");
  await window.gone("Mouse and keyboard are lent to you");
}

function draw(scene: Scene, box: Box): void {
  const y = `${box.y + 500}`;
  hands(scene.near, "mousemove", `${box.x + 100}`, y, "mousedown", "1");
  for (let x = 100; x <= 600; x += 20) hands(scene.near, "mousemove", `${box.x + x}`, y);
  hands(scene.near, "mouseup", "1");
  // On the seeker's screen, and over our own picture.
  lookFor(scene.far, "the stroke", (shot) => (shot.has(350, 500, ORANGE) ? true : undefined));
  lookFor(scene.near, "the stroke", (shot) => (shot.has(box.x + 350, box.y + 500, ORANGE, 40) ? true : undefined));
}

async function talk(window: ScreenReader, agent: Program): Promise<void> {
  agent.write('{"do": "chat", "text": "Do you see the light?"}');
  await window.wait("Marie Curie: Do you see the light?");
  await window.write("Write a message", "I do.");
  await window.press("Send");
  await agent.waitEvent("chat", (event) => event.text === "I do.");
  await window.press("Pause");
  await window.wait("Paused: nothing is counted");
  await agent.waitEvent("phase", (event) => event.phase === "paused");
  await window.press("Resume");
  await window.gone("Paused: nothing is counted");
}

async function record(scene: Scene, window: ScreenReader, agent: Program): Promise<void> {
  await window.press("Record");
  await agent.waitEvent("granted", (event) => event.what === "record");
  await window.press("Stop recording");
  await agent.waitEvent("revoked", (event) => event.what === "record" && event.by === "helper");
  const name = readdirSync(scene.stage.path("home")).find((file) => file.endsWith(".webm"));
  assert.ok(name, "a recording");
  const args = ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
  const probe = spawnSync("ffprobe", [...args, join(scene.stage.path("home"), name)], { encoding: "utf8" });
  assert.equal(probe.stdout.trim(), "vp8", probe.stderr);
}

test("a session from the ring to the receipt", { timeout: 180000 }, async () => {
  await withScene(60, async (scene) => {
    spawnSync("mkdir", ["-p", scene.stage.path("home")]);
    const window = openWindow(scene, "en");
    await logIn(scene, window);
    const agent = call(scene, "view,pointer,control,record");
    await answer(window);
    await window.press("1:1");
    const box = findPicture(scene);
    await fullyNamed(window, "the session");
    await work(scene, window, agent, box);
    sameOnBoth(scene, box);
    await window.press("Draw");
    await window.run({ do: "wait", name: "Draw", role: "push button", state: "pressed" });
    draw(scene, box);
    await window.press("Undo");
    lookFor(scene.far, "the screen without a stroke", (shot) => (shot.has(350, 500, SEA) ? true : undefined));
    await talk(window, agent);
    await record(scene, window, agent);
    sameOnBoth(scene, box);
    await window.press("End");
    await window.wait("Thank you for helping Marie Curie", { role: "heading", deadlineMs: 20000 });
    const settled = await agent.waitEvent("settled", undefined, 20000);
    await window.wait(String(settled.receipt ?? settled.number));
    await fullyNamed(window, "the receipt");
    await window.press("Back");
    await window.wait("Hello, Ada Lovelace", { role: "heading" });
    hands(scene.near, "key", "alt+F4");
    await window.ended();
  });
});

test("by the keyboard alone and in French: a call declined, a call withdrawn, a call taken", { timeout: 120000 }, async () => {
  await withScene(0, async (scene) => {
    const taken = scene.stage.file("taken.webm", "an earlier recording");
    const window = openWindow(scene, "fr", {}, ["--record", taken]);
    const focused = (name: string): Promise<unknown> => window.run({ do: "wait", name, state: "focused" });
    await focused("Identifiant");
    hands(scene.near, "type", scene.helper.login);
    hands(scene.near, "key", "Tab");
    await focused("Mot de passe");
    hands(scene.near, "type", scene.helper.password);
    hands(scene.near, "key", "Return");
    await focused("Je suis disponible");
    hands(scene.near, "key", "space");
    await window.wait("Laissez Pouce ouvert\u00a0: il sonne quand quelqu’un vous demande.");
    const first = call(scene, "view");
    await focused("Aider maintenant");
    hands(scene.near, "key", "Tab");
    await focused("Pas maintenant");
    hands(scene.near, "key", "Return");
    await window.wait("Bonjour Ada Lovelace", { role: "heading" });
    await first.exited;
    const second = call(scene, "view");
    await focused("Aider maintenant");
    second.write('{"do": "end"}');
    await window.wait("Marie Curie a retiré sa demande.");
    await second.exited;
    const third = call(scene, "view,pointer,record");
    await focused("Aider maintenant");
    hands(scene.near, "key", "Return");
    await window.wait("Écran de Marie Curie", { deadlineMs: 30000 });
    await fullyNamed(window, "the session in French");
    await window.press("Enregistrer");
    await window.wait("L’enregistrement ne peut pas être écrit\u00a0: ", { part: true });
    third.child.kill("SIGSTOP");
    await window.wait("L’ordinateur de Marie Curie ne donne plus signe.");
    third.child.kill("SIGCONT");
    await window.run({ do: "gone", name: "La liaison est interrompue.", part: true });
    hands(scene.near, "key", "alt+t"); // Terminer
    await window.wait("Merci d’avoir aidé Marie Curie", { role: "heading", deadlineMs: 20000 });
    await third.exited;
    hands(scene.near, "key", "alt+r"); // Retour
    await window.wait("Bonjour Ada Lovelace", { role: "heading" });
  });
});

type Figures = { rate: number; rttMs: number; loss: number; total: number };

/** The line that is always to be seen, once its total is more than @past MB. */
async function figures(window: ScreenReader, past: number): Promise<Figures> {
  for (const end = performance.now() + 30000; ; ) {
    const { name } = await window.wait(" in all", { part: true });
    const all = /^([\d.]+) Mb\/s · (\d+) ms · ([\d.]+) % lost · ([\d.]+) MB in all$/.exec(name)?.slice(1).map(Number);
    assert.ok(all, name);
    const [rate = 0, rttMs = 0, loss = 0, total = 0] = all;
    if (total > past && rate > 0) return { rate, rttMs, loss, total };
    assert.ok(performance.now() < end, `${name}: more than ${past} MB never came`);
  }
}

test("rate, round trip, loss and data stand beside the picture, and go on across a drop", { timeout: 90000 }, async () => {
  await withScene(0, async (scene) => {
    const password = ["--login", scene.helper.login, "--password-file", scene.helper.passwordFile];
    const window = openWindow(scene, "en", {}, password);
    await window.press("I am available", "check box");
    await window.wait("Connected");
    const request = ["--ask", "printing", "--helper", "first", "--cap", "9.00", "--consent", "view"];
    const agent = scene.stage.agent(scene.broker, scene.seeker, ["--source", "pattern:1280x720", ...request]);
    await window.press("Help now");
    const before = await figures(window, 0.3);
    assert.ok(before.rttMs < 1000 && before.loss < 50, JSON.stringify(before));
    agent.child.kill("SIGSTOP");
    await window.wait("Nothing is counted.", { part: true });
    agent.child.kill("SIGCONT");
    await window.run({ do: "gone", name: "Nothing is counted.", part: true });
    const after = await figures(window, 0);
    console.log(JSON.stringify({ before, after }));
    assert.ok(after.total >= before.total, "what came before the drop is counted still");
  });
});

test("a log-in that is no longer good is asked for again, in French; then out and done", { timeout: 60000 }, async () => {
  await withScene(0, async (scene) => {
    const folder = join(scene.helper.configHome, "pouce/viewer/ada");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(scene.helper.configHome, "pouce/viewer.conf"), "[viewer]\nlogin=ada\n");
    writeFileSync(join(folder, "token"), "nonsense", { mode: 0o600 });
    const window = openWindow(scene, "fr");
    await window.wait("Veuillez vous connecter à nouveau.");
    await window.run({ do: "wait", name: "Mot de passe", state: "focused" });
    await window.write("Mot de passe", scene.helper.password);
    await window.press("Se connecter");
    await window.wait("Bonjour Ada Lovelace", { role: "heading" });
    await window.press("Se déconnecter");
    await window.wait("Aider quelqu’un", { role: "heading" });
    hands(scene.near, "key", "alt+F4");
    await window.ended();
  });
});

test("where pixels cannot be shared with the display, GTK draws the same picture", { timeout: 90000 }, async () => {
  await withScene(0, async (scene) => {
    const password = ["--login", scene.helper.login, "--password-file", scene.helper.passwordFile];
    const window = openWindow(scene, "en", { POUCE_PICTURE: "tiles" }, password);
    await window.press("I am available", "check box");
    await window.wait("Connected");
    call(scene, "view,pointer");
    await answer(window);
    await window.press("1:1");
    sameOnBoth(scene, findPicture(scene));
  });
});
