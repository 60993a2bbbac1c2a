// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A window used as a screen reader uses it: by role and name, in a D-Bus session of its own.

import { join } from "node:path";
import { type Program, type Stage, sourceDir } from "./programs.ts";

type Answer = { event: string; n: number } & Record<string, any>;

export class ScreenReader {
  private serial = 0;

  private constructor(readonly program: Program) {}

  static start(stage: Stage, command: string[], env: NodeJS.ProcessEnv): ScreenReader {
    const driver = join(sourceDir, "tests/support/screen_reader.py");
    const all = { GDK_BACKEND: "x11", ...env };
    return new ScreenReader(stage.start("/usr/bin/python3", [driver, ...command], all));
  }

  async run(command: { do: string } & Record<string, unknown>, deadlineMs = 10000): Promise<Answer> {
    const n = ++this.serial;
    if (process.env.POUCE_TRACE) console.error(n, JSON.stringify(command));
    this.program.write(JSON.stringify({ n, deadline_ms: deadlineMs, ...command }));
    const answered = (line: string): Answer | undefined => {
      const value = line.startsWith("{") ? (JSON.parse(line) as Answer) : undefined;
      return value?.n === n ? value : undefined;
    };
    const answer = await this.program.waitLine(JSON.stringify(command), answered, deadlineMs + 10000);
    if (answer.event !== "done") {
      const seen = (answer.nodes ?? []).map((node: string[]) => node.join(", ")).join("\n  ");
      throw new Error(`${answer.text}\non screen:\n  ${seen}\n${this.program.stderr.slice(-2000)}`);
    }
    return answer;
  }

  wait(name: string, options: { role?: string; part?: boolean; deadlineMs?: number } = {}): Promise<Answer> {
    return this.run({ do: "wait", name, role: options.role, part: options.part }, options.deadlineMs);
  }

  async gone(name: string): Promise<void> {
    await this.run({ do: "gone", name });
  }

  async press(name: string, role = "push button"): Promise<void> {
    await this.run({ do: "press", name, role });
  }

  async write(name: string, text: string): Promise<void> {
    await this.run({ do: "write", name, text });
  }

  /** Things that can take the focus and have no name: [role, name]; there should be none. */
  async silent(): Promise<[string, string][]> {
    const answer = await this.run({ do: "audit" });
    if (answer.count === 0) throw new Error("nothing can take the focus: is anything on screen?");
    return answer.silent;
  }

  /** Until the program ended by itself, and well. */
  async ended(): Promise<void> {
    const event = await this.program.waitEvent("ended");
    if (event.code !== 0) throw this.program.failure(`drove a program that ended with ${event.code}`);
    const complaints = this.program.stderr.split("\n").filter((line) => /Gtk-|GLib-|Gdk-/.test(line));
    if (complaints.length) throw new Error(complaints.join("\n"));
  }
}
