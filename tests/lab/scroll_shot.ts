// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a helper's Chromium shows of text in the middle of a scroll, by each encoder, at 8 Mb/s: pictures of 900x500
// decoded pixels to look at.
//
// usage: sh tests/lab/run.sh tests/lab/scroll_shot.ts build/scroll_shot.mjs FOLDER

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserHelper } from "../support/browser_helper.ts";
import { watchScrolling } from "./scrolling.ts";

const folder = process.argv[2];
if (!folder) throw new Error("usage: scroll_shot.ts FOLDER");

async function shoot(helper: BrowserHelper, path: string): Promise<void> {
  const url = await helper.page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>("#video");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [900, 500];
    if (video) canvas.getContext("2d")?.drawImage(video, 110, 200, 900, 500, 0, 0, 900, 500);
    return canvas.toDataURL("image/png");
  });
  writeFileSync(path, Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
}

for (const encoder of ["screen", "vpx"]) {
  const path = join(folder, `${encoder}.png`);
  const seen = await watchScrolling({ lossPermille: 0, encoder, watchedMs: 16_000, midway: (helper) => shoot(helper, path) });
  console.log(`${path}: ${seen.framesDecoded} frames in 16 s`);
}
