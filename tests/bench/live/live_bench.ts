// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From a change on the screen to the changed decoded pixel, Pouce and its peers on one machine in one
// run: each contender in turn shows the same virtual screen, on which the same patch is flipped at
// irregular times; rounds are interleaved, so that a noisy minute hits all alike. Prints JSON.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/live_bench.ts build/release/live_bench.mjs [--rounds N] [--changes N]

import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cpuSeconds } from "../../support/cost.ts";
import { type Change, flip, pair, parseChanges, patch, percentile } from "../../support/latency.ts";
import { makeHelper, makeSeeker } from "../../support/people.ts";
import { type Broker, buildDir, type Person, type Program, Stage } from "../../support/programs.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    changes: { type: "string", default: "80" },
    only: { type: "string" },
  },
});

/** What runs while one contender is measured: who shows, who watches (a probe's lines). */
type Running = { shows: Program; watches: Program };
type Contender = { name: string; start: (display: string) => Promise<Running> };

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const ready = (line: string): true | undefined => (line === "READY" ? true : undefined);

/** Tries until the server listens; each try is a process that ends by itself. */
async function watchVnc(stage: Stage, port: number, shows: Program): Promise<Program> {
  for (let attempt = 0; attempt < 50 && shows.exitCode === null; attempt++) {
    const probe = stage.start(join(buildDir, "bench/vnc_probe"), ["127.0.0.1", `${port}`, patch.probe]);
    try {
      await probe.waitLine("READY", ready);
      return probe;
    } catch {
      await probe.exited;
    }
  }
  throw shows.failure("accepted no VNC viewer");
}

function vnc(stage: Stage, name: string, command: string, options: (display: string, port: number) => string[]): Contender {
  return {
    name,
    start: async (display) => {
      const port = await freePort();
      const shows = stage.start(command, options(display, port));
      return { shows, watches: await watchVnc(stage, port, shows) };
    },
  };
}

function gstreamer(stage: Stage): Contender {
  return {
    name: "ximagesrc ! vp8enc, tuned",
    start: async (display) => {
      const both = stage.start(join(buildDir, "bench/gst_probe"), [display, patch.probe]);
      await both.waitLine("READY", ready);
      return { shows: both, watches: both };
    },
  };
}

function pouce(stage: Stage, broker: Broker, helper: Person, seeker: Person, encoder: string): Contender {
  return {
    name: `Pouce, ${encoder}`,
    start: async (display) => {
      const watches = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe]);
      await watches.waitEvent("ready");
      const request = ["--ask", "printing", "--helper", "first", "--cap", "5.00", "--consent", "view"];
      const shows = stage.agent(broker, seeker, ["--source", `x11:${display}`, "--encoder", encoder, ...request]);
      await watches.waitEvent("first_frame", undefined, 30000);
      return { shows, watches };
    },
  };
}

type Tally = { ms: number[]; missed: number; cpuPercent: number[]; serverPercent: number[] };

async function measure(stage: Stage, contender: Contender, display: string, server: Program, tally: Tally): Promise<void> {
  const { shows, watches } = await contender.start(display);
  await flip(stage, display, 10, 100); // warm: caches, rate control, first pictures
  const before = { cpu: cpuSeconds(shows), server: cpuSeconds(server), at: performance.now() };
  const drawn: Change[] = await flip(stage, display, Number(values.changes), 100);
  const seconds = (performance.now() - before.at) / 1000;
  tally.cpuPercent.push((100 * (cpuSeconds(shows) - before.cpu)) / seconds);
  tally.serverPercent.push((100 * (cpuSeconds(server) - before.server)) / seconds);
  const { ms, missed } = pair(drawn, parseChanges(watches.lines));
  tally.ms.push(...ms);
  tally.missed += missed;
  await Promise.all([shows.stop(), watches.stop()]);
}

function summary(tally: Tally): object {
  const round = (value: number): number => Math.round(value * 100) / 100;
  const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  return {
    p50_ms: round(percentile(tally.ms, 50)),
    p95_ms: round(percentile(tally.ms, 95)),
    p99_ms: round(percentile(tally.ms, 99)),
    changes: tally.ms.length + tally.missed,
    missed: tally.missed,
    cpu_percent: round(mean(tally.cpuPercent)),
    x_server_percent: round(mean(tally.serverPercent)),
  };
}

async function run(stage: Stage): Promise<object> {
  const broker = await stage.broker();
  const helper = await makeHelper(stage, broker, "helper", "Helper");
  const seeker = await makeSeeker(stage, broker, "seeker", "Seeker", "500.00");
  const display = await stage.xvfb();
  const server = stage.last("Xvfb");
  const x11vnc = (...extra: string[]) => (shown: string, port: number): string[] =>
    ["-display", shown, "-rfbport", `${port}`, "-localhost", "-nopw", "-forever", "-quiet", ...extra];
  const contenders: Contender[] = [
    pouce(stage, broker, helper, seeker, "vpx"),
    pouce(stage, broker, helper, seeker, "screen"),
    vnc(stage, "TigerVNC x0vncserver", "X0tigervnc", (shown, port) => [
      "-display", shown, "-rfbport", `${port}`, "-SecurityTypes", "None", "-localhost",
    ]),
    vnc(stage, "x11vnc as shipped", "x11vnc", x11vnc()),
    vnc(stage, "x11vnc -wait 5 -defer 5", "x11vnc", x11vnc("-wait", "5", "-defer", "5")),
    gstreamer(stage),
  ].filter((contender) => values.only === undefined || contender.name.includes(values.only));
  const tallies = new Map(contenders.map(({ name }) => [name, { ms: [], missed: 0, cpuPercent: [], serverPercent: [] } as Tally]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of contenders) {
      const tally = tallies.get(contender.name);
      if (tally) await measure(stage, contender, display, server, tally);
    }
  }
  return Object.fromEntries([...tallies].map(([name, tally]) => [name, summary(tally)]));
}

const stage = new Stage();
try {
  console.log(JSON.stringify(await run(stage), null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stage.close();
}
