// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a running program has cost so far, from the kernel's own accounting.

import { readFileSync } from "node:fs";
import type { Program } from "./programs.ts";

const ticksPerSecond = 100; // USER_HZ on Linux

export function cpuSeconds(program: Program): number {
  const fields = readFileSync(`/proc/${program.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function residentMb(program: Program): number {
  const status = readFileSync(`/proc/${program.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}
