// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Chromium as it would be started in a home, and what an administrator would have told it.

import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Home } from "./internet.ts";
import { runTool } from "./netns.ts";
import type { Town } from "./town.ts";

/** A program that starts it on the host of @home. */
export function chromiumIn(town: Town, home: Home): string {
  const script = town.stage.path(`chromium-${home.host.name}`);
  writeFileSync(script, `#!/bin/sh\nexec ${home.prefix.join(" ")} /usr/bin/chromium "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

const settings = "/etc/chromium";

/** Makes it trust the lab's authority by policy; in this run's mount namespace alone. */
export function trust(town: Town): void {
  const policies = town.stage.path("chromium-etc/policies/managed");
  mkdirSync(policies, { recursive: true });
  const der = new X509Certificate(readFileSync(town.relay.caFile)).raw.toString("base64");
  writeFileSync(`${policies}/lab.json`, JSON.stringify({ CACertificates: [der] }));
  runTool("mount", ["--bind", town.stage.path("chromium-etc"), settings]);
}

export function distrust(): void {
  runTool("umount", [settings]);
}
