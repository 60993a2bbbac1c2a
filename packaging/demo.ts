// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The demonstration behind packaging/demo.sh: a broker on SQLite in a temporary folder, one helper,
// one seeker with a little money, a desktop to share. With --smoke it also plays both people.

import { parseArgs } from "node:util";
import { type Broker, onStage, type Person, type Stage } from "../tests/support/programs.ts";
import { defaultProfile, makeHelper, makeSeeker } from "../tests/support/people.ts";
import { furnish } from "../tests/support/desktop.ts";
import { smoke } from "./smoke.ts";

async function startBroker(stage: Stage, port: string | undefined): Promise<Broker> {
  if (port !== undefined) return stage.broker({ listen: `127.0.0.1:${port}` });
  try {
    return await stage.broker({ listen: "127.0.0.1:8080" });
  } catch {
    return stage.broker();
  }
}

async function desktop(stage: Stage, virtual: boolean): Promise<string> {
  const real = process.env.DISPLAY;
  if (real && !virtual) return real;
  const display = await stage.xvfb("1280x800");
  await furnish(stage, display);
  return display;
}

function tell(broker: Broker, helper: Person, seeker: Person, display: string, isReal: boolean): void {
  const screen = isReal ? "this desktop" : `a virtual desktop (${display})`;
  console.log(`
Pouce is running.

  Be the helper: open  ${broker.url}/viewer/
                 name  ${helper.login}
             password  ${helper.password}

  The seeker (${seeker.login}, with 50.00 to spend) will show ${screen}.
  Operators' view:     ${broker.url}/console/   (make yourself one: poucectl account operator NAME)

Ctrl+C stops everything.
`);
}

async function interactive(stage: Stage, port: string | undefined, virtual: boolean): Promise<number> {
  const broker = await startBroker(stage, port);
  const profile = { ...defaultProfile, rate_minor_per_min: 50 };
  const helper = await makeHelper(stage, broker, "helper", "Demo helper", profile);
  const seeker = await makeSeeker(stage, broker, "seeker", "Demo seeker");
  const display = await desktop(stage, virtual);
  const isReal = display === process.env.DISPLAY;
  tell(broker, helper, seeker, display, isReal);
  const who = ["--broker", broker.url, "--login", seeker.login, "--password-file", seeker.passwordFile];
  const agent = stage.pouce("pouce-agent", [...who, "--source", `x11:${display}`], {
    XDG_CONFIG_HOME: seeker.configHome,
    DISPLAY: display,
  });
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(0));
  });
  const code = await Promise.race([interrupted, agent.exited]);
  if (code !== 0) console.error(agent.failure(`ended with ${code}`).message);
  return code;
}

const { values } = parseArgs({
  options: { smoke: { type: "boolean" }, virtual: { type: "boolean" }, port: { type: "string" } },
});
await onStage(async (stage) => {
  process.exitCode = values.smoke ? await smoke(stage) : await interactive(stage, values.port, values.virtual ?? false);
});
