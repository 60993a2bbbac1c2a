// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From a change on the seeker's screen to light on the helper's: a patch is flipped on one X display and watched on the
// other, where the native viewer's window shows it. Pixel for pixel, made smaller, drawn by GTK (what is done where there
// is no X11), and decoded only (no window), in turns. Prints JSON.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/window_bench.ts build/release/window_bench.mjs [--rounds N] [--changes N]

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { flip, pair, parseChanges, patch, percentile } from "../../support/latency.ts";
import { asks, makePair } from "../../support/people.ts";
import { type Broker, buildDir, onStage, type Person, type Program, type Stage } from "../../support/programs.ts";
import { ScreenReader } from "../../support/screen_reader.ts";
import { lookFor } from "../../support/screenshot.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "2" }, changes: { type: "string", default: "60" } } });

const SCREEN = { width: 1920, height: 1080 };
const ready = (line: string): true | undefined => (line === "READY" ? true : undefined);

type People = { broker: Broker; helper: Person; seeker: Person; far: string };
type Watching = { probe: Program; end: () => Promise<void> };
type Way = { name: string; start: (stage: Stage, people: People) => Promise<Watching> };

function call(stage: Stage, { broker, seeker, far }: People): Program {
  const request = asks("view");
  return stage.agent(broker, seeker, ["--source", `x11:${far}`, ...request]);
}

const decoded: Way = {
  name: "decoded, no window",
  start: async (stage, people) => {
    const viewer = stage.viewer(people.broker, people.helper, ["--accept", "--probe", patch.probe]);
    await viewer.waitEvent("ready");
    const agent = call(stage, people);
    await viewer.waitEvent("first_frame", undefined, 30000);
    const end = async (): Promise<void> => void (await Promise.all([agent.stop(), viewer.stop()]));
    return { probe: viewer, end };
  },
};

/** @size: of the window, on a display of its own */
function inWindow(name: string, size: [number, number], exact: boolean, env: NodeJS.ProcessEnv = {}): Way {
  return {
    name,
    start: async (stage, people) => {
      const { broker, helper } = people;
      const near = await stage.xvfb("2400x1500");
      const server = stage.last("Xvfb");
      const manager = stage.start("openbox", ["--sm-disable"], { DISPLAY: near });
      const who = ["--broker", broker.url, "--login", helper.login, "--password-file", helper.passwordFile];
      const own = { DISPLAY: near, XDG_CONFIG_HOME: helper.configHome, LC_ALL: "C.UTF-8", ...env };
      mkdirSync(join(helper.configHome, "pouce"), { recursive: true });
      writeFileSync(join(helper.configHome, "pouce/viewer.conf"), "[viewer]\navailable=true\n");
      const window = ScreenReader.start(stage, [join(buildDir, "bin/pouce-viewer"), ...who], own);
      await window.wait("Hello, Helper", { role: "heading" });
      await window.wait("Connected");
      const agent = call(stage, people);
      await window.press("Help now");
      await window.wait("Seeker's screen", { deadlineMs: 30000 });
      const place = ["windowsize", "--sync", `${size[0]}`, `${size[1]}`, "windowmove", "0", "0"];
      spawnSync("xdotool", ["search", "--onlyvisible", "--name", "^Seeker$", ...place], { env: { ...process.env, DISPLAY: near } });
      await window.press("Chat"); // more room
      await window.gone("Write a message");
      if (exact) await window.press("1:1");
      let before = "";
      const box = lookFor(near, "the seeker's screen, at rest", (shot) => {
        const found = shot.boxOf([0x2e, 0x5a, 0x66], 4);
        const fits = exact ? found?.width === SCREEN.width && found.height === SCREEN.height : (found?.width ?? 0) > size[0] / 2;
        const still = JSON.stringify(found) === before;
        before = JSON.stringify(found);
        return fits && still ? found : undefined;
      });
      const at = (from: number, side: number, whole: number, middle: number): number => Math.floor(from + (middle * side) / whole);
      const x = at(box.x, box.width, SCREEN.width, patch.x + patch.size / 2);
      const y = at(box.y, box.height, SCREEN.height, patch.y + patch.size / 2);
      const probe = stage.start(join(buildDir, "bench/screen_probe"), [near, `${x},${y}`]);
      await probe.waitLine("READY", ready);
      const end = async (): Promise<void> => {
        await probe.stop();
        await window.press("End");
        await window.wait("Back");
        await agent.exited;
        for (const program of [window.program, manager, server]) await program.stop();
      };
      return { probe, end };
    },
  };
}

const ways: Way[] = [
  decoded,
  inWindow("shown, pixel for pixel", [2300, 1400], true),
  inWindow("shown, made smaller", [1400, 900], false),
  inWindow("shown by GTK's tiles, pixel for pixel", [2300, 1400], true, { POUCE_PICTURE: "tiles" }),
];

async function run(stage: Stage): Promise<object> {
  const { broker, helper, seeker } = await makePair(stage, "500.00");
  const far = await stage.xvfb(`${SCREEN.width}x${SCREEN.height}`);
  stage.start("xsetroot", ["-solid", "#2e5a66"], { DISPLAY: far });
  const tallies = new Map(ways.map(({ name }) => [name, { ms: [] as number[], missed: 0 }]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const way of ways) {
      const watching = await way.start(stage, { broker, helper, seeker, far });
      await flip(stage, far, 10, 100); // warm: caches, rate control
      const drawn = await flip(stage, far, Number(values.changes), 100);
      const { ms, missed } = pair(drawn, parseChanges(watching.probe.lines));
      const tally = tallies.get(way.name);
      tally?.ms.push(...ms);
      if (tally) tally.missed += missed;
      await watching.end();
    }
  }
  const round = (value: number): number => Math.round(value * 100) / 100;
  const summary = ({ ms, missed }: { ms: number[]; missed: number }): object => ({
    p50_ms: round(percentile(ms, 50)),
    p95_ms: round(percentile(ms, 95)),
    changes: ms.length + missed,
    missed,
  });
  return Object.fromEntries([...tallies].map(([name, tally]) => [name, summary(tally)]));
}

await onStage(async (stage) => console.log(JSON.stringify(await run(stage), null, 2)));
