// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// An hour of mixed work between the real programs on one machine, in two lanes: one session that lasts, native
// viewer, with typing, scrolling, switching windows, film, voice, loans, pauses, and a line that drops and returns;
// beside it sessions one after another, by turns with a native viewer and with Chromium, which stay. A line a minute
// tells latency and what each program holds (memory of its own, descriptors, threads); at the end nothing may have
// grown. Exits 1 if something did.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/soak.ts build/release/soak.mjs [--minutes 60]

import { parseArgs } from "node:util";
import { BrowserHelper } from "../../support/browser_helper.ts";
import { logIn, makeHelper, makeSeeker } from "../../support/people.ts";
import { type Broker, onStage, type Person, type Program, type Stage } from "../../support/programs.ts";
import { Sound } from "../../support/sound.ts";
import { browserProbe, processes, takeSeen } from "./browser_probe.ts";
import { msOf, pairSeen, parseSeen, play, probe, type Scene } from "./counter.ts";
import { Growth } from "./soak_growth.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const endAt = performance.now() + Number(values.minutes) * 60_000;
const goesOn = (): boolean => performance.now() < endAt;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const tell = (program: Program, command: object): void => program.write(JSON.stringify(command));

type World = { stage: Stage; broker: Broker; sound: Sound; seeker: Person; other: Person; display: string; second: string };
type Session = { world: World; agent: Program; viewer: Program };

/**
 * The next event called @name. Looks at each line once: after an hour there are ten thousands of them. A soak runs
 * beside other work, so it waits long before it gives up.
 */
function next(program: Program, name: string, deadlineMs = 180_000): Promise<unknown> {
  const is = (line: string): boolean => line.includes(`"event":"${name}"`);
  const before = program.lines.filter(is).length;
  let seen = 0;
  return program.waitLine(`another ${name}`, (line) => (is(line) && ++seen > before ? true : undefined), deadlineMs);
}

// The lane of the session that lasts

async function latency({ world, viewer }: Session): Promise<number[]> {
  const from = viewer.lines.length;
  const drawn = await play(world.stage, world.display, "patch", { count: 40, intervalMs: 70, jitterMs: 40 });
  return msOf(pairSeen(drawn, parseSeen(viewer.lines.slice(from))).hits);
}

async function borrow({ world, agent, viewer }: Session): Promise<void> {
  const granted = next(viewer, "granted");
  tell(viewer, { do: "ask", what: "control", ms: 60000 });
  await granted;
  for (let i = 0; i < 20; i++) {
    tell(viewer, { do: "move", x: 0.2 + i / 40, y: 0.3 + i / 50 });
    tell(viewer, { do: "key", keysym: 0x61 + i });
    await pause(60);
  }
  const revoked = next(agent, "revoked");
  tell(viewer, { do: "give_back" });
  await revoked;
  await play(world.stage, world.display, "patch", { count: 2, intervalMs: 50 });
}

async function talk({ agent, viewer }: Session): Promise<void> {
  for (const on of [true, false]) {
    tell(agent, { do: "voice", on });
    tell(viewer, { do: "voice", on });
    await pause(on ? 5000 : 1000);
  }
}

async function rest({ agent }: Session): Promise<void> {
  const paused = next(agent, "paused");
  tell(agent, { do: "pause" });
  await paused;
  await pause(3000);
  const resumed = next(agent, "paused");
  tell(agent, { do: "resume" });
  await resumed;
}

async function drop({ agent, viewer }: Session): Promise<void> {
  const lost = next(agent, "lost");
  viewer.child.kill("SIGSTOP");
  await lost;
  const back = next(agent, "bound");
  viewer.child.kill("SIGCONT");
  await back;
  await next(viewer, "stats");
}

function show(scene: Scene, count: number, intervalMs: number): (session: Session) => Promise<void> {
  return async ({ world }) => void (await play(world.stage, world.display, scene, { count, intervalMs, jitterMs: intervalMs / 3, seed: Date.now() % 1000 }));
}

const work: [string, (session: Session) => Promise<void>][] = [
  ["typing", show("typing", 150, 90)],
  ["scrolling", show("scrolling", 200, 40)],
  ["loan", borrow],
  ["windows", show("windows", 20, 500)],
  ["voice", talk],
  ["film", show("video", 200, 50)],
  ["pause", rest],
  ["pages", show("whole", 20, 600)],
  ["drop and return", drop],
];

function startAgent(world: World, person: Person, helper: string, display: string, sound: string[]): Program {
  const request = ["--ask", "printing", "--helper", helper, "--cap", "60.00", "--consent", "view,pointer,control,voice"];
  return world.stage.agent(world.broker, person, ["--source", `x11:${display}`, ...sound, ...request], world.sound.env);
}

async function lasting(world: World, growth: Growth): Promise<void> {
  const { stage, broker, sound } = world;
  const helper = await makeHelper(stage, broker, "helper", "Ada Lovelace");
  const { account } = await logIn(broker, helper);
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", probe, ...sound.devices("helper")], sound.env);
  await viewer.waitEvent("ready");
  const agent = startAgent(world, world.seeker, account.id, world.display, sound.devices("seeker"));
  await viewer.waitEvent("first_frame", undefined, 180_000);
  growth.follow("agent", () => [agent.child.pid ?? 0]);
  growth.follow("viewer", () => [viewer.child.pid ?? 0]);
  const session = { world, agent, viewer };
  for (let round = 0; goesOn(); round++) {
    for (const [name, run] of work) {
      if (!goesOn()) break;
      if (round > 0 || name !== "drop and return") await run(session);
      growth.latency("native", await latency(session));
      if (agent.exitCode !== null) throw agent.failure("ended before its time");
    }
  }
  const settled = agent.waitEvent("settled", undefined, 180_000);
  tell(agent, { do: "end" });
  const { signed_ms } = await settled;
  console.log(`the lasting session: ${Math.round(Number(signed_ms) / 1000)} s signed by both, exit ${await agent.exited}`);
  await viewer.stop();
}

// The lane of sessions one after another

const scenes: Scene[] = ["typing", "scrolling", "windows", "video", "whole"];

async function shortSession(world: World, growth: Growth, index: number, viewer: Program, ids: string[], browser: BrowserHelper): Promise<void> {
  const chromium = index % 2 === 1;
  const agent = startAgent(world, world.other, ids[chromium ? 1 : 0] ?? "first", world.second, []);
  const startedAt = performance.now();
  if (chromium) {
    await browser.accept();
    await browser.firstFrame();
    await browser.page.locator("#stage-note").waitFor({ state: "hidden", timeout: 180_000 });
  }
  await agent.waitEvent("bound", undefined, 180_000);
  growth.latency(chromium ? "first picture, Chromium" : "bound, native", [performance.now() - startedAt]);
  const from = viewer.lines.length;
  if (chromium) await takeSeen(browser.page);
  const drawn = await play(world.stage, world.second, "patch", { count: 30, intervalMs: 80, jitterMs: 40 });
  const seen = chromium ? await takeSeen(browser.page) : parseSeen(viewer.lines.slice(from));
  growth.latency(chromium ? "Chromium" : "native, short", msOf(pairSeen(drawn, seen).hits));
  await play(world.stage, world.second, scenes[index % scenes.length] ?? "typing", { count: 100, intervalMs: 60 });
  if (chromium) {
    await browser.end();
    await browser.page.locator("#over-facts div").first().waitFor({ timeout: 180_000 });
    await browser.page.locator("#over-back").click();
  } else {
    tell(agent, { do: "end" });
  }
  const code = await agent.exited;
  if (code !== 0) throw agent.failure(`ended with ${code}`);
  growth.sessions++;
}

async function oneAfterAnother(world: World, growth: Growth): Promise<void> {
  const { stage, broker } = world;
  const people = [await makeHelper(stage, broker, "nearby", "Emmy Noether"), await makeHelper(stage, broker, "abroad", "Mary Somerville")];
  const ids = await Promise.all(people.map(async (person) => (await logIn(broker, person)).account.id as string));
  const [nearby, abroad] = people as [Person, Person];
  const viewer = stage.viewer(broker, nearby, ["--accept", "--probe", probe]);
  await viewer.waitEvent("ready");
  const browser = await BrowserHelper.open(broker, abroad, {}, browserProbe);
  try {
    let pids = (await processes(browser.page)).map(({ id }) => id);
    growth.follow("viewer, sessions", () => [viewer.child.pid ?? 0]);
    growth.follow("Chromium", () => pids);
    for (let index = 0; goesOn(); index++) {
      await shortSession(world, growth, index, viewer, ids, browser);
      pids = (await processes(browser.page)).map(({ id }) => id);
    }
  } finally {
    await browser.close();
  }
  await viewer.stop();
}

async function run(stage: Stage): Promise<boolean> {
  const broker = await stage.broker();
  const seeker = await makeSeeker(stage, broker, "seeker", "Sophie Germain", "500.00");
  const other = await makeSeeker(stage, broker, "other", "Maria Agnesi", "500.00");
  const sound = await Sound.start(stage, ["seeker", "helper"]);
  const [display, second] = [await stage.xvfb(), await stage.xvfb()];
  const growth = new Growth();
  growth.follow("broker", () => [broker.program.child.pid ?? 0]);
  const world = { stage, broker, sound, seeker, other, display, second };
  process.on("unhandledRejection", (error) => console.error(error)); // of what was waited for beside a failure
  const timer = setInterval(() => growth.minute(), 60_000);
  try {
    await Promise.all([lasting(world, growth), oneAfterAnother(world, growth)]);
  } finally {
    clearInterval(timer);
  }
  broker.ctl(["ledger", "verify"]);
  return growth.judge();
}

await onStage(async (stage) => {
  process.exitCode = (await run(stage)) ? 0 : 1;
});
