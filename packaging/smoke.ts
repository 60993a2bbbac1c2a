// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The whole of Pouce, played unattended: two paid sessions on a real X11 desktop, one helped from the
// native viewer and one from Chromium. Each figure printed is read from the programs themselves, and
// the bill is worked out again here from the signed seconds. Returns 0 only if all of it is right.

import { type Broker, type Event, type Person, type Program, Stage } from "../tests/support/programs.ts";
import { BrowserHelper } from "../tests/support/browser_helper.ts";
import { furnish } from "../tests/support/desktop.ts";
import { flip, pair, parseChanges, patch, percentile } from "../tests/support/latency.ts";
import { defaultProfile, makeHelper, makeSeeker } from "../tests/support/people.ts";

const rateMinorPerMin = 90;
/** Three ticks of 5 s and a little: enough for a bill of more than one cent. */
const liveMs = 16000;

type Seen = { viewer: string; frames: number; firstFrameMs: number; latencyMs?: number; settled: Event };

/** Cost of PROTOCOL.md: rate x ms / 60000, halves away from zero. */
function costMinor(signedMs: number): number {
  return Math.floor((rateMinorPerMin * signedMs + 30000) / 60000);
}

function ask(stage: Stage, broker: Broker, seeker: Person, display: string): Program {
  const request = ["--ask", "My printer does not print", "--helper", "first", "--cap", "5.00"];
  const consent = ["--consent", "view,pointer,control"];
  return stage.agent(broker, seeker, ["--source", `x11:${display}`, ...request, ...consent]);
}

async function liveFor(agent: Program, ms: number): Promise<void> {
  await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= ms - 6000, ms + 20000);
}

async function native(stage: Stage, broker: Broker, helper: Person, seeker: Person, display: string): Promise<Seen> {
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe]);
  await viewer.waitEvent("ready");
  const agent = ask(stage, broker, seeker, display);
  const first = await viewer.waitEvent("first_frame", undefined, 30000);
  const drawn = await flip(stage, display, 40, 150);
  const { ms, missed } = pair(drawn, parseChanges(viewer.lines));
  if (missed > drawn.length / 10) throw viewer.failure(`missed ${missed} of ${drawn.length} changes`);
  await liveFor(agent, liveMs);
  const stats = viewer.events("stats").at(-1);
  viewer.write(JSON.stringify({ do: "end" }));
  const settled = await agent.waitEvent("settled", undefined, 20000);
  await agent.exited;
  await viewer.stop();
  const frames = Number(stats?.decoded ?? 0);
  return { viewer: "native viewer", frames, firstFrameMs: Number(first.ms), latencyMs: percentile(ms, 50), settled };
}

async function chromium(stage: Stage, broker: Broker, helper: Person, seeker: Person, display: string): Promise<Seen> {
  const browser = await BrowserHelper.open(broker, helper);
  try {
    const agent = ask(stage, broker, seeker, display);
    await browser.accept();
    const firstFrameMs = await browser.firstFrame();
    await liveFor(agent, liveMs);
    const frames = await browser.framesDecoded();
    await browser.end();
    const settled = await agent.waitEvent("settled", undefined, 20000);
    await agent.exited;
    return { viewer: `Chromium ${browser.version}`, frames, firstFrameMs, settled };
  } finally {
    await browser.close();
  }
}

/** What is wrong with what was seen; nothing when all is right. */
function faults(seen: Seen): string[] {
  const signedMs = Number(seen.settled.signed_ms);
  const amount = Number(seen.settled.amount_minor);
  const found = [];
  if (seen.frames < 2) found.push(`only ${seen.frames} frames decoded`);
  if (signedMs < 5000) found.push(`only ${signedMs} ms signed`);
  if (amount !== costMinor(signedMs)) found.push(`billed ${amount}, but ${signedMs} ms cost ${costMinor(signedMs)}`);
  if (!seen.settled.receipt) found.push("no receipt number");
  return found.map((fault) => `${seen.viewer}: ${fault}`);
}

function report(seen: Seen): void {
  const { settled } = seen;
  const latency = seen.latencyMs === undefined ? "" : `
  latency           ${seen.latencyMs.toFixed(1)} ms from a change on the screen to its decoded pixel (median)`;
  const money = (Number(settled.amount_minor) / 100).toFixed(2);
  console.log(`${seen.viewer}
  frames decoded    ${seen.frames}
  first frame       ${Math.round(seen.firstFrameMs)} ms after the answer${latency}
  seconds signed    ${(Number(settled.signed_ms) / 1000).toFixed(3)} by both
  amount settled    ${money} ${settled.currency} at ${(rateMinorPerMin / 100).toFixed(2)} a minute
  receipt           ${settled.receipt}`);
}

export async function smoke(stage: Stage): Promise<number> {
  const broker = await stage.broker();
  const profile = { ...defaultProfile, rate_minor_per_min: rateMinorPerMin };
  const helper = await makeHelper(stage, broker, "helper", "Demo helper", profile);
  const seeker = await makeSeeker(stage, broker, "seeker", "Demo seeker");
  const display = await stage.xvfb();
  await furnish(stage, display);
  const all = [
    await native(stage, broker, helper, seeker, display),
    await chromium(stage, broker, helper, seeker, display),
  ];
  all.forEach(report);
  console.log(broker.ctl(["ledger", "verify"]).trim());
  const wrong = all.flatMap(faults);
  for (const fault of wrong) console.error(fault);
  console.log(wrong.length === 0 ? "smoke: all of it is right" : `smoke: ${wrong.length} faults`);
  return wrong.length === 0 ? 0 : 1;
}
