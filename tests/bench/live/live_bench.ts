// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// From a change on the screen to the same change in the decoded picture, Pouce and its peers on one machine in one
// run. Each contender in turn shows the same virtual screen, on which the same scenes are played; rounds are
// interleaved, so that a noisy minute hits all alike. A counter in the picture pairs what was drawn with what was
// decoded (counter.h). CPU is that of each side; the X server's is what it took beyond drawing the scene itself.
// Prints tables, and with --json FILE writes all figures there.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/support/node_test.sh \
//          tests/bench/live/live_bench.ts build/live_bench.mjs [--rounds N] [--only WORD[,WORD]] [--scenes NAME[,NAME]]

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { percentile } from "../../support/latency.ts";
import { makePair } from "../../support/people.ts";
import { onStage, type Program, type Stage } from "../../support/programs.ts";
import { type Contender, contenders, type Running } from "./contenders.ts";
import { isReady, meter, msOf, pairSeen, parseSeen, type Scene, startPlay } from "./counter.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "2" },
    only: { type: "string" },
    scenes: { type: "string" },
    json: { type: "string" },
  },
});

type Workload = { scene: Scene; count: number; intervalMs: number };
const workloads: Workload[] = [
  { scene: "patch", count: 50, intervalMs: 100 },
  { scene: "typing", count: 50, intervalMs: 100 },
  { scene: "scrolling", count: 80, intervalMs: 40 },
  { scene: "video", count: 80, intervalMs: 40 },
  { scene: "whole", count: 12, intervalMs: 900 },
];
const keyPresses = 25;

type Tally = { ms: number[]; shownMs: number[]; missed: number; shows: number[]; watches: number[]; server: number[]; kbps: number[] };
type World = { stage: Stage; display: string; server: number; nobody: Map<Scene, number> };

const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a scene and waits until its first picture has been seen, which is no change of it. */
async function begin(world: World, { scene, count, intervalMs }: Workload): Promise<Program> {
  const program = startPlay(world.stage, world.display, scene, { count, intervalMs, jitterMs: intervalMs / 2 });
  await program.waitLine("READY", isReady, 180_000);
  await pause(1500);
  return program;
}

/** What the X server alone takes to draw the scene. */
async function drawingCost(world: World, workload: Workload): Promise<number> {
  const { cpu } = await meter(await begin(world, workload), [[world.server]]);
  return cpu[0] ?? 0;
}

async function measure(world: World, running: Running, workload: Workload, tally: Tally): Promise<void> {
  const program = await begin(world, workload);
  const bytes = await running.bytes();
  const { cpu, seconds } = await meter(program, [running.shows, running.watches, [world.server]]);
  const { hits, missed } = pairSeen(parseSeen(program.lines), await running.take());
  tally.ms.push(...msOf(hits));
  tally.shownMs.push(...hits.flatMap(({ drawn, seen }) => (seen.shownUs ? [(seen.shownUs - drawn.us) / 1000] : [])));
  tally.missed += missed;
  tally.shows.push(cpu[0] ?? 0);
  tally.watches.push(cpu[1] ?? 0);
  tally.server.push((cpu[2] ?? 0) - (world.nobody.get(workload.scene) ?? 0));
  tally.kbps.push(((await running.bytes()) - bytes) / 125 / seconds);
}

/** From a key pressed at the watching side to the decoded picture of what it did. */
async function measureKeys(world: World, running: Running, key: () => Promise<number>, tally: Tally): Promise<void> {
  const pace = { count: keyPresses, intervalMs: 300, onKey: true };
  const program = startPlay(world.stage, world.display, "patch", pace);
  await program.waitLine("READY", isReady, 180_000);
  await running.take();
  const pressed: number[] = [];
  for (let i = 0; i < keyPresses; i++) {
    pressed.push(await key());
    await pause(120);
  }
  await Promise.race([program.exited, pause(5000)]);
  const seen = await running.take();
  const drawn = parseSeen(program.lines).map(({ code }, index) => ({ us: pressed[index] ?? NaN, code }));
  const { hits } = pairSeen(drawn, seen);
  tally.ms.push(...msOf(hits));
  tally.missed += keyPresses - hits.length;
  await program.stop();
}

const round = (value: number): number => Math.round(value * 10) / 10;

function figures(tally: Tally): object {
  const [p50, p95, p99] = [50, 95, 99].map((p) => round(percentile(tally.ms, p)));
  const shown = tally.shownMs.length > 0 ? { shown_p50_ms: round(percentile(tally.shownMs, 50)) } : {};
  const changes = tally.ms.length + tally.missed;
  const cost = { shows_cpu: mean(tally.shows), watches_cpu: mean(tally.watches), x_server_cpu: mean(tally.server), kbps: mean(tally.kbps) };
  const rounded = Object.fromEntries(Object.entries(cost).map(([name, value]) => [name, round(value)]));
  return { p50_ms: p50, p95_ms: p95, p99_ms: p99, changes, missed: tally.missed, ...shown, ...(tally.shows.length > 0 ? rounded : {}) };
}

function printTable(what: string, rows: Map<string, Tally>): void {
  console.log(`\n${what}\n`);
  console.log("| | p50 ms | p95 | p99 | missed | shows, CPU % | watches | X server | kb/s |");
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const [name, tally] of rows) {
    const [p50, p95, p99] = [50, 95, 99].map((p) => percentile(tally.ms, p).toFixed(1));
    const cost = [tally.shows, tally.watches, tally.server].map((list) => (list.length > 0 ? mean(list).toFixed(1) : ""));
    const missed = `${tally.missed} of ${tally.ms.length + tally.missed}`;
    console.log(`| ${name} | ${p50} | ${p95} | ${p99} | ${missed} | ${cost.join(" | ")} | ${tally.kbps.length > 0 ? Math.round(mean(tally.kbps)) : ""} |`);
  }
}

class Tables {
  private readonly tables = new Map<string, Map<string, Tally>>();

  of(what: string, name: string): Tally {
    const rows = this.tables.get(what) ?? new Map<string, Tally>();
    this.tables.set(what, rows);
    const tally = rows.get(name) ?? { ms: [], shownMs: [], missed: 0, shows: [], watches: [], server: [], kbps: [] };
    rows.set(name, tally);
    return tally;
  }

  print(): void {
    for (const [what, rows] of this.tables) printTable(what, rows);
    const all = [...this.tables].map(([what, rows]) => [what, Object.fromEntries([...rows].map(([name, tally]) => [name, figures(tally)]))]);
    if (values.json) writeFileSync(values.json, JSON.stringify(Object.fromEntries(all), null, 2));
  }
}

async function playWith(world: World, contender: Contender, chosen: Workload[], tables: Tables): Promise<void> {
  const running = await contender.start(world.display);
  try {
    for (const workload of chosen) await measure(world, running, workload, tables.of(workload.scene, contender.name));
    if (running.key && (!values.scenes || values.scenes.split(",").includes("keys"))) await measureKeys(world, running, running.key, tables.of("key to picture", contender.name));
  } finally {
    await running.stop();
  }
}

async function run(stage: Stage): Promise<void> {
  const { broker, helper, seeker } = await makePair(stage, "500.00");
  const display = await stage.xvfb();
  const world: World = { stage, display, server: stage.last("Xvfb").child.pid ?? 0, nobody: new Map() };
  const chosen = workloads.filter(({ scene }) => !values.scenes || values.scenes.split(",").includes(scene));
  const wanted = contenders({ stage, broker, helper, seeker }).filter(({ name }) => !values.only || values.only.split(",").some((word) => name.includes(word)));
  const tables = new Tables();
  for (const workload of chosen) world.nobody.set(workload.scene, await drawingCost(world, workload));
  for (let at = 0; at < Number(values.rounds); at++) {
    for (const contender of wanted) {
      try {
        await playWith(world, contender, chosen, tables);
      } catch (error) {
        console.error(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
      }
    }
  }
  tables.print();
}

await onStage(run);
