// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Helpers who use the browser, in homes where the way differs: Chromium inside the home's namespace.

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { BrowserHelper } from "../support/browser_helper.ts";
import type { Home } from "./internet.ts";
import type { Kind } from "./nat.ts";
import { connectMaxMs } from "./pairs.ts";
import { Town } from "./town.ts";

/** Chromium as it would be started on the host of @home. */
function chromiumIn(town: Town, home: Home): string {
  const script = town.stage.path(`chromium-${home.host.name}`);
  writeFileSync(script, `#!/bin/sh\nexec ${home.prefix.join(" ")} /usr/bin/chromium "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

async function helpFrom(town: Town, kind: Kind, seekerHome: Home): Promise<number> {
  const home = town.internet.home(kind);
  // the page needs a secure context; with TLS in front of the broker it is one
  const args = [`--unsafely-treat-insecure-origin-as-secure=${town.named.url}`];
  const launch = { program: chromiumIn(town, home), args };
  const helper = await BrowserHelper.open(town.named, town.helper, {}, undefined, launch);
  try {
    const agent = town.agent(seekerHome);
    await helper.accept();
    const ms = await helper.firstFrame();
    await helper.end();
    await agent.waitEvent("settled", () => true, 20000);
    await agent.stop();
    return ms;
  } finally {
    await helper.close();
  }
}

test("a helper's Chromium connects through three kinds of networks within 5 s", async () => {
  const town = await Town.open();
  try {
    const seekerHome = town.internet.home("symmetric");
    for (const kind of ["full-cone", "symmetric", "udp-blocked"] as const) {
      const ms = await helpFrom(town, kind, seekerHome);
      console.log(`Chromium, ${kind} to symmetric: first picture ${Math.round(ms)} ms after accepting`);
      assert.ok(ms < connectMaxMs, `${kind}: ${ms} ms`);
    }
  } finally {
    await town.close();
  }
});
