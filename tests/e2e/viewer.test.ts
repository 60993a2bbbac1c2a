// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The native viewer without a window: recording only with consent, playable after kill -9; commands that are refused
// say why; pictures go on being probed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { asks, makePair } from "../support/people.ts";
import { type Program, Stage } from "../support/programs.ts";

async function play(consent: string, record: string, act: (viewer: Program, agent: Program, stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const { broker, helper, seeker } = await makePair(stage);
    const viewer = stage.viewer(broker, helper, ["--accept", "--record", stage.path(record), "--probe", "100,100"]);
    await viewer.waitEvent("ready");
    const request = asks(consent);
    const agent = stage.agent(broker, seeker, ["--source", "pattern", ...request]);
    await viewer.waitEvent("first_frame", undefined, 30000);
    await act(viewer, agent, stage);
  } finally {
    await stage.close();
  }
}

test("a recording that was agreed to can be played after the viewer was killed", { timeout: 60000 }, async () => {
  await play("view,record", "agreed.webm", async (viewer, _agent, stage) => {
    await viewer.waitEvent("recording");
    const { decoded } = viewer.events("stats").at(-1) ?? { decoded: 0 };
    await viewer.waitEvent("stats", (event) => Number(event.decoded) >= Number(decoded) + 40, 20000);
    await viewer.waitLine("a probed change", (line) => (/^\d+ \d+$/.test(line) ? line : undefined), 20000);
    await viewer.stop("SIGKILL");
    const count = ["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=codec_name,nb_read_frames"];
    const probe = spawnSync("ffprobe", [...count, "-of", "csv=p=0", stage.path("agreed.webm")], { encoding: "utf8" });
    const [codec, frames] = probe.stdout.trim().split(",");
    assert.equal(codec, "vp8", probe.stderr);
    assert.ok(Number(frames) >= 40, `${frames} frames`);
  });
});

test("without consent nothing is recorded; what is not granted is refused in words", { timeout: 60000 }, async () => {
  await play("view", "refused.webm", async (viewer, agent, stage) => {
    await viewer.waitEvent("refused", (event) => event.what === "record", 15000);
    assert.equal(existsSync(stage.path("refused.webm")), false);
    viewer.write(JSON.stringify({ do: "text", text: "x" }));
    await viewer.waitEvent("problem", (event) => /not granted control/.test(String(event.text)));
    viewer.write('{"do": "dance"}');
    await viewer.waitEvent("problem", (event) => /unknown command/.test(String(event.text)));
    viewer.write("not JSON");
    viewer.write(JSON.stringify({ do: "quit" }));
    assert.equal(await viewer.exited, 0);
    await agent.waitEvent("settled", undefined, 20000);
  });
});
