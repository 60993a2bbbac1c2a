// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// poucectl doctor names what is broken: each fault is made for real, and its sentence must say which port,
// name or setting it is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildDir, Stage } from "../support/programs.ts";
import { Internet } from "./internet.ts";
import { makeCertificate, startRelay } from "./relay.ts";

type Finding = { state: string; part: string; detail: string };
type Report = { code: number | null; findings: Finding[] };
type Settings = { stun?: string; turn?: string; secret?: string; ca?: string; url?: string; args?: string[] };
/** UDP ports that coturn gives out, on the way in. */
const relayRange = "table inet fire { chain in { type filter hook input priority 0\n udp sport != 3478 udp dport 49152-65535 drop\n }\n }";

type Examine = (settings?: Settings) => Promise<Report>;

async function withRelay(play: (examine: Examine, internet: Internet, otherCa: string) => Promise<void>): Promise<void> {
  const stage = new Stage();
  const internet = new Internet(stage.path("hosts"));
  let serial = 0;
  try {
    const relay = await startRelay(stage);
    const other = makeCertificate(stage, "other.pouce.test");
    const examine: Examine = async (settings = {}) => {
      const config = stage.path(`doctor-${++serial}.conf`);
      const ice = [`stun=${settings.stun ?? relay.stun.join(";")}`, `turn=${settings.turn ?? relay.turn.join(";")}`];
      writeFileSync(config, ["[ice]", ...ice, `turn_secret=${settings.secret ?? relay.secret}`, ""].join("\n"));
      const broker = await stage.broker({ args: ["--config", config] });
      const url = ["--url", settings.url ?? broker.url];
      const args = ["--data", broker.data, "--json", "--ca-file", settings.ca ?? relay.caFile, ...url, "doctor", ...(settings.args ?? [])];
      const run = spawnSync(join(buildDir, "bin/poucectl"), args, { encoding: "utf8" });
      await broker.program.stop();
      if (!run.stdout) throw new Error(`poucectl said nothing and ended with ${run.status ?? run.signal}: ${run.stderr}`);
      return { code: run.status, findings: JSON.parse(run.stdout).findings };
    };
    await play(examine, internet, other.ca);
  } finally {
    await stage.close();
    internet.close();
  }
}

const broken = (report: Report): string[] =>
  report.findings.filter((each) => each.state === "broken").map((each) => `${each.part} ${each.detail}`);

function assertBroken(report: Report, ...wanted: RegExp[]): void {
  assert.equal(report.code, 1);
  const said = broken(report);
  assert.equal(said.length, wanted.length, said.join("\n"));
  for (const [i, pattern] of wanted.entries()) assert.match(said[i] ?? "", pattern);
}

test("all is well, and faults are named one by one", async () => {
  await withRelay(async (examine, internet, otherCa) => {
    const well = await examine();
    assert.deepEqual(broken(well), []);
    assert.equal(well.code, 0);
    assert.equal(well.findings.filter((each) => each.part === "turn" && each.state === "ok").length, 3);
    assertBroken(await examine({ secret: "x".repeat(40) }), /turn_secret/, /turn_secret/, /turn_secret/);
    assertBroken(await examine({ ca: otherCa }), /turns:.*certificate/);
    assertBroken(await examine({ turn: "turns:203.0.113.20:443?transport=tcp" }), /certificate.*made out to 203/);
    assertBroken(await examine({ turn: "turn:nobody.invalid:3478?transport=tcp" }), /nobody\.invalid is not found/);
    assertBroken(await examine({ turn: "turn:relay.pouce.test:5?transport=tcp" }), /TCP port 5 .* closed/);
    internet.place.rules(relayRange);
    const outside = /allocates, but what is sent .* 203\.0\.113\.20 UDP port \d+, does not arrive: .*min-port.*external-ip/;
    assertBroken(await examine({ turn: "turn:relay.pouce.test:3478?transport=udp" }), outside);
    assertBroken(await examine({ turn: "turns:relay.pouce.test:443?transport=tcp" }), outside);
    internet.place.rules("");
    assertBroken(await examine({ url: "http://127.0.0.1:9" }), /public .*127\.0\.0\.1:9 does not answer/, /websocket/);
    internet.place.rules("table inet fire { chain in { type filter hook input priority 0\n udp dport 3478 drop\n }\n }");
    assertBroken(await examine(), /stun.*UDP port 3478 .* does not answer/, /transport=udp.*UDP port 3478/);
    const bare = await examine({ stun: "", turn: "" });
    assert.equal(bare.code, 1, "what is missing is not fine");
    assert.equal((await examine({ stun: "", turn: "", args: ["--without-relay"] })).code, 0);
    assert.deepEqual(bare.findings.filter((each) => each.state === "missing").map((each) => each.part), ["stun", "turn"]);
  });
});
