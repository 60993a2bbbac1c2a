// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One session between two homes, measured: shared by the matrix and its short form in ctest.

import type { Home } from "./internet.ts";
import type { Kind } from "./nat.ts";
import type { Town } from "./town.ts";

export const connectMaxMs = 5000;

export type Row = { seeker: string; helper: string; ms: number; path: string; problem: string };

/** @path: what it must come to, if not at once; without it, where it stands a second after the first picture. */
export async function measure(town: Town, seeker: Home, helper: Home, path?: RegExp): Promise<Row> {
  const row: Row = { seeker: seeker.kind, helper: helper.kind, ms: NaN, path: "", problem: "" };
  try {
    const pair = await town.connect(seeker, helper);
    row.ms = Math.round(pair.connectMs);
    row.path = await town.path(pair.viewer, path);
    await pair.agent.stop();
    await pair.viewer.waitEvent("settled");
    await pair.viewer.stop();
  } catch (error) {
    row.problem = String(error);
    await town.stage.last("pouce-agent").stop("SIGKILL");
    await town.stage.last("pouce-viewer").stop("SIGKILL");
  }
  return row;
}

export function line(row: Row): string {
  const said = row.problem ? `**not connected**: ${row.problem.split("\n")[0]}` : `${row.ms} ms | ${row.path}`;
  return `| ${row.seeker} | ${row.helper} | ${said} |`;
}

export const heading = "| seeker | helper | first picture after | path, the helper's side first |\n|---|---|---|---|";

export function pairsOf(town: Town, chosen: readonly Kind[]): [Home, Home][] {
  const side = (): Home[] => chosen.map((kind) => town.internet.home(kind));
  const seekers = side();
  const helpers = side();
  return seekers.flatMap((seeker) => helpers.map((helper): [Home, Home] => [seeker, helper]));
}

