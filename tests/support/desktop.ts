// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Something to look at on an otherwise empty X display: a window manager and a terminal that works.

import type { Stage } from "./programs.ts";

/** A line of text four times a second, so that the picture really changes. */
const busyShell = 'i=0; while :; do i=$((i+1)); echo "line $i: a page of text that goes on"; read -t 0.25 x; done';

export async function furnish(stage: Stage, display: string): Promise<void> {
  const env = { DISPLAY: display };
  stage.start("openbox", ["--sm-disable"], env);
  // A terminal that maps while the window manager starts waits five seconds for its answer.
  for (const until = performance.now() + 15000; ; ) {
    const asked = stage.start("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"], env);
    await asked.exited;
    if (asked.lines.some((line) => line.includes("window id #"))) break;
    if (performance.now() > until) throw asked.failure("found no window manager");
  }
  stage.start("xsetroot", ["-solid", "#2e5a66"], env);
  const look = ["-fa", "DejaVu Sans Mono", "-fs", "12", "-bg", "#fbf8f1", "-fg", "#1d2b30"];
  const shell = ["-e", "bash", "-c", busyShell];
  const title = "A busy terminal";
  stage.start("xterm", [...look, "-geometry", "90x30+60+60", "-title", title, ...shell], env);
  // Returns once the window is on the screen.
  const seen = stage.start("timeout", ["20", "xdotool", "search", "--sync", "--onlyvisible", "--name", title], env);
  if ((await seen.exited) !== 0) throw seen.failure("found no window");
}
