// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper in a real Chromium watches a desktop that scrolls, over a line of 8 Mb/s and 60 ms. To be run in the
// lab's namespaces (run.sh).

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BrowserHelper } from "../support/browser_helper.ts";
import { asks, makeHelper, makeSeeker } from "../support/people.ts";
import { buildDir, Stage } from "../support/programs.ts";
import { Place, runTool } from "./netns.ts";

const nearAddress = "10.77.0.1";
const farAddress = "10.77.0.2";
const home = "rate_bps=8000000 queue_bytes=250000 delay_us=30000 jitter_us=2000";

export interface Scrolling {
  lossPermille: number;
  encoder: string;
  watchedMs: number;
  /** Called once it scrolls and half of the time is over. */
  midway?: (helper: BrowserHelper) => Promise<void>;
}

export interface Watched {
  framesDecoded: number;
  keyFramesDecoded: number;
  framesDropped: number;
  nackCount: number;
  pliCount: number;
  freezeCount: number;
  totalFreezesDuration: number;
  packetsLost: number;
}

/** In the page before its own code: keeps the connections. */
function keepConnections(): void {
  const kept: RTCPeerConnection[] = [];
  const Native = RTCPeerConnection;
  Object.assign(globalThis, { pouceConnections: kept });
  globalThis.RTCPeerConnection = class extends Native {
    constructor(config?: RTCConfiguration) {
      super(config);
      kept.push(this);
    }
  };
}

function watched(helper: BrowserHelper): Promise<Watched> {
  return helper.page.evaluate(async () => {
    const [connection] = (globalThis as unknown as { pouceConnections: RTCPeerConnection[] }).pouceConnections;
    let found = {};
    (await connection?.getStats())?.forEach((entry: { type: string; kind?: string }) => {
      if (entry.type === "inbound-rtp" && entry.kind === "video") found = entry;
    });
    const names = ["framesDecoded", "keyFramesDecoded", "framesDropped", "nackCount", "pliCount", "freezeCount",
      "totalFreezesDuration", "packetsLost"];
    return Object.fromEntries(names.map((name) => [name, (found as Record<string, number>)[name] ?? -1]));
  }) as Promise<unknown> as Promise<Watched>;
}

export async function watchScrolling({ lossPermille, encoder, watchedMs, midway }: Scrolling): Promise<Watched> {
  const stage = new Stage();
  const far = new Place("far");
  let helper: BrowserHelper | undefined;
  try {
    const line = stage.start(join(buildDir, "tests/line"), ["far", nearAddress, farAddress]);
    await line.waitLine("READY", (text) => (text === "READY" ? true : undefined));
    const broker = await stage.broker({ listen: `${nearAddress}:0` });
    const person = await makeHelper(stage, broker, "helper", "Helper");
    const seeker = await makeSeeker(stage, broker, "seeker", "Seeker");
    const display = await stage.xvfb();
    for (const way of ["up", "down"]) line.write(`${way} ${home}`);
    const args = [`--unsafely-treat-insecure-origin-as-secure=${broker.url}`];
    helper = await BrowserHelper.open(broker, person, {}, keepConnections, { args });
    const who = ["--login", seeker.login, "--password-file", seeker.passwordFile, "--headless", "--json"];
    const request = asks("view,pointer,control");
    const source = ["--broker", broker.url, "--source", `x11:${display}`, "--encoder", encoder];
    const command = [join(buildDir, "bin/pouce-agent"), ...who, ...source, ...request];
    const agent = stage.start("ip", ["netns", "exec", "far", ...command], { XDG_CONFIG_HOME: seeker.configHome });
    await helper.accept();
    await helper.firstFrame();
    for (const way of ["up", "down"]) line.write(`${way} loss_permille=${lossPermille}`);
    const scene = ["--display", display, "--scene", "scrolling", "--count", "100000", "--interval", "33"];
    const playing = stage.start(join(buildDir, "bench/play"), scene);
    await playing.waitLine("READY", (text) => (text === "READY" ? true : undefined), 120_000);
    const startedAt = performance.now();
    const waitFor = (ms: number): Promise<unknown> =>
      agent.waitEvent("stats", () => performance.now() - startedAt >= ms, ms + 20_000);
    await waitFor(watchedMs / 2);
    await midway?.(helper);
    await waitFor(watchedMs);
    const result = await watched(helper);
    await playing.stop();
    await agent.stop();
    return result;
  } finally {
    await helper?.close();
    await stage.close();
    far.remove();
  }
}

new Place("");
mkdirSync("/tmp/.X11-unix", { recursive: true });
runTool("mount", ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp/.X11-unix"]); // displays of this network alone

