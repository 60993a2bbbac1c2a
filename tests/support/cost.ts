// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a running program has cost so far, from the kernel's own accounting.

import { readFileSync } from "node:fs";
import type { Program } from "./programs.ts";

const ticksPerSecond = 100; // USER_HZ on Linux

function ofProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function cpuSeconds(program: Program): number {
  return ofProcess(program.child.pid ?? 0);
}

/** Of several processes together; one that has ended counts nothing. */
export function cpuSecondsOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + ofProcess(pid);
    } catch {
      return sum;
    }
  }, 0);
}

export function residentMb(program: Program): number {
  const status = readFileSync(`/proc/${program.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}
