// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The seeker's window on a real X display, used by a screen reader and by the keyboard alone, with a
// real broker and a real helper, from "who are you" to the receipt.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { logIn, makeHelper, makeSeeker, type HelperProfile } from "../../support/people.ts";
import { api, type Broker, buildDir, type Person, type Program, Stage } from "../../support/programs.ts";
import { ScreenReader } from "../../support/screen_reader.ts";
import { Sound, until } from "../../support/sound.ts";

type Scene = { stage: Stage; broker: Broker; display: string; viewer: Program };

const profile: HelperProfile = {
  skills: ["printer", "imprimante"],
  languages: ["en", "fr"],
  place: "Grenoble",
  rate_minor_per_min: 600,
  about: "Patient, and fond of old printers.",
};

async function withScene(rate: number, play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const broker = await stage.broker();
    const wanted = { ...profile, rate_minor_per_min: rate };
    const helper = await makeHelper(stage, broker, "ada", "Ada Lovelace", wanted);
    const display = await stage.xvfb("1280x900");
    stage.start("openbox", ["--sm-disable"], { DISPLAY: display });
    const viewer = stage.viewer(broker, helper, ["--accept"]);
    await viewer.waitEvent("ready");
    await play({ stage, broker, display, viewer });
  } finally {
    await stage.close();
  }
}

function openWindow(
  scene: Scene,
  configHome: string,
  language: string,
  where = scene.broker.url,
  more: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): ScreenReader {
  const command = [join(buildDir, "bin/pouce-agent"), ...(where ? ["--broker", where] : []), ...(more.args ?? [])];
  const words = { LC_ALL: "C.UTF-8", LANG: "C.UTF-8", LANGUAGE: language };
  return ScreenReader.start(scene.stage, command, { DISPLAY: scene.display, XDG_CONFIG_HOME: configHome, ...words, ...more.env });
}

async function fullyNamed(window: ScreenReader, page: string): Promise<void> {
  assert.deepEqual(await window.silent(), [], `${page}: every control has a name`);
}

async function signIn(window: ScreenReader, seeker: Person): Promise<void> {
  await window.write("Your login", seeker.login);
  await window.write("Your password", "not-my-password");
  await window.press("Sign in");
  await window.wait("That login and password do not fit together. Try again.");
  await window.write("Your password", seeker.password);
  await window.press("Sign in");
}

async function choose(window: ScreenReader): Promise<void> {
  await window.wait("What do you need help with?", { role: "heading" });
  await fullyNamed(window, "the need");
  await window.press("Find somebody"); // nothing was said yet
  await window.wait("Say in a few words what you need, or choose one of the buttons.");
  await window.press("The printer");
  await window.press("Find somebody");
  await window.wait("Choose Ada Lovelace");
  await fullyNamed(window, "the helpers");
  await window.wait("Why: ", { part: true });
  await window.press("Choose Ada Lovelace");
}

async function consent(window: ScreenReader): Promise<void> {
  await window.wait("Show your screen?", { role: "heading" });
  await window.wait("It is the first time that Ada Lovelace helps you.");
  await window.wait("€6.00 a minute, at most €10.00 (1 minute). Only time that you both confirm is paid.");
  await fullyNamed(window, "the consent card");
  await window.press("Show my screen");
}

/** A question with an answer of each kind, a loan that is given and taken back, and words both ways. */
async function together(window: ScreenReader, viewer: Program): Promise<void> {
  await viewer.waitEvent("first_frame", undefined, 20000);
  await window.wait("Ada Lovelace sees your screen");
  await fullyNamed(window, "the bar");
  viewer.write('{"do": "ask", "what": "control", "ms": 60000}');
  await window.wait("Ada Lovelace asks to use your mouse and keyboard.", { role: "label" });
  await fullyNamed(window, "the question");
  await window.press("Yes, I agree");
  await viewer.waitEvent("granted", (event) => event.what === "control");
  await window.press("Take the mouse back");
  await viewer.waitEvent("revoked", (event) => event.what === "control");
  viewer.write('{"do": "ask", "what": "record"}');
  await window.wait("Ada Lovelace asks to record your screen.", { role: "label" });
  await window.press("No");
  await viewer.waitEvent("refused", (event) => event.what === "record");
  viewer.write('{"do": "chat", "text": "Do you see the arrow?"}');
  await window.press("Chat (1)");
  await window.wait("Ada Lovelace: Do you see the arrow?");
  await fullyNamed(window, "the chat");
  await window.write("Your message", "Yes, I do.");
  await window.press("Send");
  await viewer.waitEvent("chat", (event) => event.text === "Yes, I do.");
}

async function finish(window: ScreenReader, viewer: Program): Promise<any> {
  await viewer.waitEvent("signed", undefined, 20000).catch(() => undefined);
  await window.wait("Cost so far: €0.", { part: true });
  await window.press("Stop");
  await window.wait("It is over", { role: "heading", deadlineMs: 20000 });
  const settled = await viewer.waitEvent("settled", undefined, 20000);
  await window.press("5 stars");
  await fullyNamed(window, "the end");
  await window.press("Give this opinion");
  await window.wait("Thank you! Others will choose more easily.");
  return settled;
}

test("a screen reader's way from the need to the receipt", async () => {
  await withScene(600, async (scene) => {
    const seeker = await makeSeeker(scene.stage, scene.broker, "marie", "Marie Curie", "35.00");
    const window = openWindow(scene, seeker.configHome, "en");
    await window.wait("Hello!", { role: "heading" });
    await fullyNamed(window, "the sign-in");
    await signIn(window, seeker);
    await choose(window);
    await consent(window);
    await together(window, scene.viewer);
    const settled = await finish(window, scene.viewer);
    const { token, account } = await logIn(scene.broker, seeker);
    const { sessions } = (await api(scene.broker, "GET", "/sessions?limit=5", { token })).body;
    assert.equal(sessions.length, 1);
    assert.equal(sessions[0].state, "rated");
    assert.equal(sessions[0].receipt_number, settled.receipt);
    assert.equal(account.balance_minor, 3500 - sessions[0].cost_minor);
    assert.equal(account.held_minor, 0);
    await window.press("Quit");
    await window.ended();
    // The next time, it knows who this is; in French.
    const again = openWindow(scene, seeker.configHome, "fr");
    await again.wait("De quoi avez-vous besoin\u202f?", { role: "heading" });
    await fullyNamed(again, "the need in French");
  });
});

/** What a person's hands do; the window manager gives the keys to the window that has the focus. */
function keys(scene: Scene, ...args: string[]): void {
  const run = spawnSync("xdotool", args, { env: { ...process.env, DISPLAY: scene.display }, encoding: "utf8" });
  assert.equal(run.status, 0, `xdotool ${args.join(" ")}: ${run.stderr}`);
}

test("by the keyboard alone, from a new account to the end", async () => {
  await withScene(0, async (scene) => {
    const person = scene.stage.person("paul");
    const window = openWindow(scene, person.configHome, "en");
    const focused = (name: string): Promise<unknown> => window.run({ do: "wait", name, state: "focused" });
    await focused("Your login");
    keys(scene, "key", "alt+n");
    await focused("Your name");
    keys(scene, "type", "Paul Rey");
    keys(scene, "key", "Tab");
    await focused("Your login");
    keys(scene, "type", person.login);
    keys(scene, "key", "Tab");
    await focused("Your password");
    keys(scene, "type", person.password);
    keys(scene, "key", "Return");
    await focused("Say it in your own words");
    keys(scene, "type", "my printer is silent");
    keys(scene, "key", "Return");
    await window.wait("Choose Ada Lovelace");
    await focused("The first who is free");
    keys(scene, "key", "Return");
    await focused("Show my screen");
    await window.wait("This help is free of charge.");
    keys(scene, "key", "Return");
    await scene.viewer.waitEvent("first_frame", undefined, 20000);
    scene.viewer.write('{"do": "ask", "what": "control", "ms": 60000}');
    await window.run({ do: "wait", name: "asks to use", part: true, role: "frame", state: "active" });
    await focused("No"); // the safe answer
    keys(scene, "key", "Escape");
    await scene.viewer.waitEvent("refused", (event) => event.what === "control");
    keys(scene, "key", "ctrl+alt+End"); // from anywhere
    await window.wait("It is over", { role: "heading", deadlineMs: 20000 });
    await scene.viewer.waitEvent("settled", undefined, 20000);
    await window.wait("You pay nothing");
    await window.run({ do: "wait", name: "It is over", role: "frame", state: "active" });
    await focused("5 stars");
    keys(scene, "key", "alt+q");
    await window.ended();
  });
});

test("started from the menu, it asks once where the service is", async () => {
  await withScene(0, async (scene) => {
    const seeker = await makeSeeker(scene.stage, scene.broker, "lea", "Léa");
    const first = openWindow(scene, seeker.configHome, "fr", "");
    await first.write("Adresse du service", "nonsense://x");
    await first.press("Continuer");
    await first.wait("Ce n’est pas une adresse. Elle ressemble à aide.example.org");
    await fullyNamed(first, "the address");
    await first.write("Adresse du service", scene.broker.url);
    await first.press("Continuer");
    await first.write("Votre identifiant", seeker.login);
    await first.write("Votre mot de passe", seeker.password);
    await first.press("Se connecter");
    await first.wait("De quoi avez-vous besoin\u202f?", { role: "heading" });
    await first.program.stop();
    const second = openWindow(scene, seeker.configHome, "fr", "");
    await second.wait("De quoi avez-vous besoin\u202f?", { role: "heading" });
  });
});

/** To the bar, by the screen reader, with the ticks of the consent card as they are or without voice. */
async function toTheBar(window: ScreenReader, scene: Scene, voice: boolean): Promise<void> {
  await window.wait("Choose Ada Lovelace");
  await window.press("Choose Ada Lovelace");
  await window.wait("Show your screen?", { role: "heading" });
  const tick = "Talk with me; my microphone stays off until I turn it on";
  await window.run({ do: "wait", name: tick, state: "checked" });
  await window.press(tick, "check box");
  await window.run({ do: "wait", name: tick, without: "checked" });
  if (voice) {
    keys(scene, "key", "alt+t");
    await window.run({ do: "wait", name: tick, state: "checked" });
  }
  await window.press("Show my screen");
  await scene.viewer.waitEvent("first_frame", undefined, 20000);
}

test("the microphone in the bar: on, silent for a moment, held, other devices, gone", async () => {
  await withScene(0, async (scene) => {
    const { stage, viewer } = scene;
    const sound = await Sound.start(stage, ["seeker", "other"]);
    const seeker = await makeSeeker(stage, scene.broker, "ines", "Inès");
    const logged = stage.agent(scene.broker, seeker, ["--ask", "printer", "--helper", "nobody", "--cap", "0"]);
    await logged.exited; // signed in for the window to come
    const args = ["--ask", "printer", ...sound.devices("seeker")];
    const window = openWindow(scene, seeker.configHome, "en", scene.broker.url, { args, env: sound.env });
    await toTheBar(window, scene, true);
    await viewer.waitEvent("granted", (event) => event.what === "voice");
    assert.deepEqual(sound.captured(), [], "off until the person turns it on");
    await window.press("Microphone on");
    await window.wait("Your microphone is open: Ada Lovelace hears you.");
    await until("open", () => sound.captured().join() === "seeker_mouth.monitor");
    await fullyNamed(window, "the bar with voice");
    await window.press("Mute");
    await window.wait("Your microphone is closed for the moment.");
    await until("muted", () => sound.captured().length === 0);
    await window.press("Unmute");
    await window.wait("Your microphone is open: Ada Lovelace hears you.");
    await window.press("Only while I hold a button");
    await until("not held", () => sound.captured().length === 0);
    await window.press("Hold to talk"); // a screen reader cannot hold: the next press ends it
    await until("held", () => sound.captured().length === 1);
    await window.press("Hold to talk");
    await until("let go", () => sound.captured().length === 0);
    await window.press("Only while I hold a button");
    await until("open again", () => sound.captured().length === 1);
    await window.press("Sound…");
    await window.wait("Microphone", { role: "label" });
    await fullyNamed(window, "the devices");
    sound.unplug("seeker_mouth");
    await window.wait("The microphone went away. Plug it in again or choose another one, then turn the microphone on.");
    await window.wait("Microphone on", { role: "push button" });
    assert.deepEqual(sound.captured(), []);
    await window.program.stop();
  });
});

test("without the tick for voice nobody speaks until the seeker agrees", async () => {
  await withScene(0, async (scene) => {
    const { stage, viewer } = scene;
    const seeker = await makeSeeker(stage, scene.broker, "ugo", "Ugo");
    const logged = stage.agent(scene.broker, seeker, ["--ask", "printer", "--helper", "nobody", "--cap", "0"]);
    await logged.exited;
    const window = openWindow(scene, seeker.configHome, "en", scene.broker.url, { args: ["--ask", "printer"] });
    await toTheBar(window, scene, false);
    viewer.write('{"do": "ask", "what": "voice"}');
    await window.wait("Ada Lovelace asks to talk with you.", { role: "label" });
    assert.equal(viewer.events("granted").filter((event) => event.what === "voice").length, 0);
    await fullyNamed(window, "the question");
    await window.press("Yes, I agree");
    await viewer.waitEvent("granted", (event) => event.what === "voice");
    await window.program.stop();
  });
});
