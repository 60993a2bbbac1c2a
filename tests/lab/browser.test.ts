// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Helpers who use the browser, in homes where the way differs: Chromium inside the home's namespace. The
// browser hides its own addresses behind ".local" names, about which DNS says nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserHelper } from "../support/browser_helper.ts";
import { chromiumIn, distrust, trust } from "./chromium.ts";
import type { Home } from "./internet.ts";
import type { Kind } from "./nat.ts";
import { connectMaxMs } from "./pairs.ts";
import { resumeMaxMs } from "./returns.ts";
import { Town } from "./town.ts";

type Lab = { connections: RTCPeerConnection[]; hidden: number };

/** In the page, before its own code: keeps its connections, and counts the addresses that it hides. */
function watchConnections(): void {
  const lab: Lab = { connections: [], hidden: 0 };
  (window as unknown as { lab: Lab }).lab = lab;
  const Real = RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(config?: RTCConfiguration) {
      super(config);
      lab.connections.push(this);
      this.addEventListener("icecandidate", (event) => {
        if (event.candidate?.address?.endsWith(".local")) lab.hidden++;
      });
    }
  };
}

/** In the page: how the newest connection goes, this side first; as the native viewer names it. */
async function readPath(): Promise<{ path: string; hidden: number }> {
  const { connections, hidden } = (window as unknown as { lab: Lab }).lab;
  const stats = await connections[connections.length - 1]!.getStats();
  const all = new Map<string, any>([...stats.entries()]);
  const transport = [...all.values()].find((each) => each.type === "transport");
  const pair = all.get(transport?.selectedCandidatePairId);
  const near = all.get(pair?.localCandidateId);
  const way = near?.candidateType === "relay" ? `/${near.relayProtocol}` : "";
  return { path: `${near?.candidateType}${way}-${all.get(pair?.remoteCandidateId)?.candidateType}`, hidden };
}

type Help = { ms: number; path: string; hidden: number };

async function helpFrom(town: Town, home: Home, seekerHome: Home): Promise<Help> {
  // the page needs a secure context; with TLS in front of the broker it is one
  const args = [`--unsafely-treat-insecure-origin-as-secure=${town.named.url}`];
  const launch = { program: chromiumIn(town, home), args };
  const helper = await BrowserHelper.open(town.named, town.helper, {}, watchConnections, launch);
  try {
    const agent = town.agent(seekerHome);
    await helper.accept();
    const ms = await helper.firstFrame();
    const seen = await helper.page.evaluate(readPath);
    await helper.end();
    await agent.waitEvent("settled", () => true, 20000);
    await agent.stop();
    return { ms, ...seen };
  } finally {
    await helper.close();
  }
}

/** In the page: the longest wait for a picture from now on, once one of a second and more is over, or nothing happens. */
function longestWait(withinMs: number): Promise<number> {
  const video = document.querySelector<HTMLVideoElement>("#video");
  const start = performance.now();
  let longest = 0;
  let last = start;
  return new Promise((resolve) => {
    const shown = (now: number): void => {
      longest = Math.max(longest, now - last);
      last = now;
      if (longest > 1000 || now - start > withinMs) resolve(longest);
      else video?.requestVideoFrameCallback(shown);
    };
    video?.requestVideoFrameCallback(shown);
  });
}

/**
 * The helper's computer gets another address: the longest wait for a picture. The browser may find a new path under the
 * same connection; if it does not, the page comes back with another one.
 */
async function changeAddress(town: Town, home: Home, seekerHome: Home): Promise<number> {
  const args = [`--unsafely-treat-insecure-origin-as-secure=${town.named.url}`];
  const helper = await BrowserHelper.open(town.named, town.helper, {}, watchConnections, { program: chromiumIn(town, home), args });
  try {
    const agent = town.agent(seekerHome);
    await helper.accept();
    await helper.firstFrame();
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) > 0, 20000);
    const watched = helper.page.evaluate(longestWait, 10000);
    home.changeAddress();
    const ms = await watched;
    console.log(`the connection ${agent.events("bound").length > 1 ? "was made anew" : "found another path by itself"}`);
    const before = Number(agent.events("tick").at(-1)?.signed_ms);
    await agent.waitEvent("tick", (event) => Number(event.signed_ms) > before + 2500, 30000);
    await helper.end();
    await agent.waitEvent("settled", () => true, 20000);
    await agent.stop();
    return ms;
  } finally {
    await helper.close();
  }
}

/** Helper, seeker, and the path that it must be, the helper's side first. */
const pairs: [Kind, Kind, RegExp][] = [
  ["full-cone", "symmetric", /^(host|srflx|prflx)-(srflx|prflx)$/],
  ["symmetric", "symmetric", /relay/],
  ["udp-blocked", "symmetric", /^relay\/tcp-/],
  ["tcp-443", "port-restricted", /^relay\/tls-/],
];

test("a helper's Chromium connects through four kinds of networks within 5 s, and gets over another address", async () => {
  const town = await Town.open();
  try {
    trust(town);
    const dns = await town.internet.answerDns();
    for (const [kind, seekerKind, path] of pairs) {
      const help = await helpFrom(town, town.internet.home(kind), town.internet.home(seekerKind));
      const said = `Chromium, ${kind} to ${seekerKind}: first picture ${Math.round(help.ms)} ms after accepting, ${help.path}`;
      console.log(said);
      assert.ok(help.ms < connectMaxMs, said);
      assert.match(help.path, path, said);
      assert.ok(kind === "tcp-443" || help.hidden > 0, "the browser hides its addresses");
    }
    const ms = await changeAddress(town, town.internet.home("port-restricted"), town.internet.home("symmetric"));
    console.log(`Chromium's address changes: ${Math.round(ms)} ms without a picture`);
    assert.ok(ms < resumeMaxMs, `${ms} ms without a picture`);
    assert.deepEqual(dns.ignored, [], "nobody looks them up");
  } finally {
    await town.close();
    distrust();
  }
});
