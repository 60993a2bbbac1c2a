// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Starts the real programs for tests and for the demo: broker, agent, viewer, X server. Each waits
// for what the program itself says (READY, a JSON event, a display number), always with a deadline;
// each is ended by its own process id. A Stage ends all that it started, and removes its folders.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const buildDir = process.env.POUCE_BUILD_DIR ?? join(process.cwd(), "build/dev");
export const sourceDir = process.env.POUCE_SOURCE_DIR ?? process.cwd();

export type Event = { event: string } & Record<string, unknown>;

type Waiter = { found: (line: string) => boolean; failed: (why: Error) => void };

/** One running program: its lines, its JSON events, its end. */
export class Program {
  readonly lines: string[] = [];
  stderr = "";
  exitCode: number | null = null;
  readonly exited: Promise<number>;
  private rest = "";
  private readonly waiters = new Set<Waiter>();

  constructor(
    readonly name: string,
    readonly child: ChildProcess,
  ) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.take(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-20000);
    });
    this.exited = new Promise((resolve) => {
      child.on("error", (error) => {
        this.stderr += String(error);
        resolve(this.end(127));
      });
      child.on("close", (code, signal) => resolve(this.end(code ?? (signal ? 128 : 1))));
    });
  }

  private end(code: number): number {
    this.exitCode ??= code;
    for (const waiter of this.waiters) waiter.failed(this.failure(`ended with ${code}`));
    this.waiters.clear();
    return this.exitCode;
  }

  private take(text: string): void {
    const parts = (this.rest + text).split("\n");
    this.rest = parts.pop() ?? "";
    for (const line of parts) {
      this.lines.push(line);
      for (const waiter of this.waiters) if (waiter.found(line)) this.waiters.delete(waiter);
    }
  }

  failure(what: string): Error {
    const last = this.lines.slice(-15).join("\n");
    return new Error(`${this.name} ${what}\n--- stdout\n${last}\n--- stderr\n${this.stderr.slice(-4000)}`);
  }

  /** The first line, past or future, for which @match gives something. */
  waitLine<T>(what: string, match: (line: string) => T | undefined, deadlineMs = 15000): Promise<T> {
    for (const line of this.lines) {
      const value = match(line);
      if (value !== undefined) return Promise.resolve(value);
    }
    if (this.exitCode !== null) return Promise.reject(this.failure(`ended before: ${what}`));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        found: (line) => {
          const value = match(line);
          if (value === undefined) return false;
          clearTimeout(timer);
          resolve(value);
          return true;
        },
        failed: (why) => {
          clearTimeout(timer);
          reject(why);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(this.failure(`gave no "${what}" within ${deadlineMs} ms`));
      }, deadlineMs);
      this.waiters.add(waiter);
    });
  }

  events(name?: string): Event[] {
    const all = this.lines.map(parseEvent).filter((event): event is Event => event !== undefined);
    return name === undefined ? all : all.filter((event) => event.event === name);
  }

  /** The first event called @name that satisfies @where, past or future. */
  waitEvent(name: string, where: (event: Event) => boolean = () => true, deadlineMs = 15000): Promise<Event> {
    return this.waitLine(
      name,
      (line) => {
        const event = parseEvent(line);
        return event?.event === name && where(event) ? event : undefined;
      },
      deadlineMs,
    );
  }

  write(line: string): void {
    this.child.stdin?.write(line + "\n");
  }

  async stop(signal: NodeJS.Signals = "SIGTERM", deadlineMs = 10000): Promise<number> {
    if (this.exitCode !== null) return this.exitCode;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), deadlineMs);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}

function parseEvent(line: string): Event | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const named = typeof value === "object" && value !== null && "event" in value;
    return named && typeof value.event === "string" ? (value as Event) : undefined;
  } catch {
    return undefined;
  }
}

export type Person = { login: string; password: string; passwordFile: string; configHome: string };

export type Broker = {
  url: string;
  data: string;
  program: Program;
  ctl: (args: string[], input?: string) => string;
};

/** Everything that one test started. Call close in a finally. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "pouce-"));
  private readonly programs: Program[] = [];
  private serial = 0;

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The program called @name that was started last. */
  last(name: string): Program {
    const found = [...this.programs].reverse().find((program) => program.name === name);
    if (!found) throw new Error(`${name} was not started`);
    return found;
  }

  /** @place: what stands before the command line, e.g. ["ip", "netns", "exec", NAME] */
  start(command: string, args: string[], env: NodeJS.ProcessEnv = {}, place: string[] = []): Program {
    const [first = command, ...rest] = [...place, command, ...args];
    const child = spawn(first, rest, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin?.on("error", () => undefined); // a program may end before it reads
    const program = new Program(command.split("/").pop() ?? command, child);
    this.programs.push(program);
    return program;
  }

  pouce(name: string, args: string[], env: NodeJS.ProcessEnv = {}, place: string[] = []): Program {
    return this.start(join(buildDir, "bin", name), args, env, place);
  }

  /** @data: a folder of an earlier broker, to start it again; @listen: its address, to keep it */
  async broker(options: { data?: string; listen?: string; args?: string[] } = {}): Promise<Broker> {
    const data = options.data ?? this.path(`broker-${++this.serial}`);
    const listen = options.listen ?? "127.0.0.1:0";
    const program = this.pouce("pouce-broker", ["--listen", listen, "--data", data, ...(options.args ?? [])]);
    const url = await program.waitLine("READY", (line) => /^READY (http\S+)$/.exec(line)?.[1], 30000);
    const ctl = (args: string[], input = ""): string => {
      const run = spawnSync(join(buildDir, "bin/poucectl"), ["--data", data, ...args], { input, encoding: "utf8" });
      if (run.status !== 0) throw new Error(`poucectl ${args.join(" ")}: ${run.stderr || run.stdout}`);
      return run.stdout;
    };
    return { url, data, program, ctl };
  }

  /** A file of the stage with this text. */
  file(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** A person with a password file and a configuration folder of their own. */
  person(login: string): Person {
    const password = `${login}-long-enough-1`;
    const passwordFile = this.path(`${login}.password`);
    writeFileSync(passwordFile, password + "\n", { mode: 0o600 });
    return { login, password, passwordFile, configHome: this.path(`${login}-config`) };
  }

  /** An X server on a free display, without a window manager. */
  async xvfb(size = "1920x1080"): Promise<string> {
    const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp", "-noreset"], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const program = new Program("Xvfb", child);
    this.programs.push(program);
    const pipe = child.stdio[3] as NodeJS.ReadableStream;
    const number = await new Promise<string>((resolve, reject) => {
      let text = "";
      const timer = setTimeout(() => reject(program.failure("named no display")), 15000);
      pipe.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.includes("\n")) {
          clearTimeout(timer);
          resolve(text.trim());
        }
      });
    });
    return `:${number}`;
  }

  agent(broker: Broker, person: Person, args: string[], env: NodeJS.ProcessEnv = {}, place: string[] = []): Program {
    return this.end("pouce-agent", broker, person, args, env, place);
  }

  viewer(broker: Broker, person: Person, args: string[], env: NodeJS.ProcessEnv = {}, place: string[] = []): Program {
    return this.end("pouce-viewer", broker, person, args, env, place);
  }

  private end(
    name: string,
    broker: Broker,
    person: Person,
    args: string[],
    env: NodeJS.ProcessEnv,
    place: string[],
  ): Program {
    const who = ["--login", person.login, "--password-file", person.passwordFile];
    const all = ["--broker", broker.url, ...who, "--headless", "--json", ...args];
    return this.pouce(name, all, { XDG_CONFIG_HOME: person.configHome, ...env }, place);
  }

  async close(): Promise<void> {
    await Promise.all([...this.programs].reverse().map((program) => program.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a script does with a stage; a failure is said on stderr, and by the exit code. */
export async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    await run(stage);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await stage.close();
  }
}

/** One JSON request to the broker, as a person's own program would make it. */
export async function api(
  broker: Broker,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; key?: string } = {},
): Promise<{ status: number; body: any }> {
  const headers: Record<string, string> = {};
  if (options.token) headers.Authorization = `Bearer ${options.token}`;
  if (options.key) headers["Idempotency-Key"] = options.key;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`${broker.url}/api/v1${path}`, {
    method,
    headers,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}
