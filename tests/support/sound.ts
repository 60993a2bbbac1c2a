// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A sound server of one test: PulseAudio with a null sink for each mouth and each ear. What a person
// says is played into `NAME_mouth`, whose monitor is the microphone; what is heard comes out of the
// monitor of `NAME_ear`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildDir, type Program, type Stage } from "./programs.ts";

export type Server = "pulseaudio" | "pipewire";
export type Heard = { level: number; rms: number; onsets_us: number[] };
export type Tone = { mouth: Heard; ear: Heard; flashes_us: number[] };

export class Sound {
  constructor(
    private readonly stage: Stage,
    readonly env: NodeJS.ProcessEnv,
    readonly program: Program,
  ) {}

  static async start(stage: Stage, people: string[], server: Server = "pulseaudio"): Promise<Sound> {
    const home = stage.path("sound");
    mkdirSync(home, { mode: 0o700 });
    const sinks = people.flatMap((name) => [`${name}_mouth`, `${name}_ear`]);
    const sound = server === "pulseaudio" ? startPulse(stage, home, sinks) : await startPipeWire(stage, home);
    await until("the sound server", () => sound.pactl("info") !== "", 15000);
    if (server === "pipewire") for (const sink of sinks) sound.addSink(sink);
    return sound;
  }

  /** What comes out of the speaker is heard by the microphone as well, a little later. */
  closeLoop(name: string, delayMs: number): void {
    const ends = [`source=${name}_ear.monitor`, `sink=${name}_mouth`];
    this.pactl("load-module", "module-loopback", ...ends, `latency_msec=${delayMs}`);
  }

  /** Takes a null sink away, as one pulls a plug. */
  unplug(name: string): void {
    const modules = this.pactl("list", "short", "modules").split("\n");
    const its = modules.find((line) => line.includes(`sink_name=${name} `) || line.endsWith(`sink_name=${name}`));
    this.pactl("unload-module", its?.split("\t")[0] ?? "?");
  }

  /** The sinks that somebody plays into now, by name. */
  played(): string[] {
    return this.used("sinks", "sink-inputs");
  }

  /** A further null sink; its number, for unload. */
  addSink(name: string): string {
    const shape = ["rate=48000", "channels=1"];
    return this.pactl("load-module", "module-null-sink", `sink_name=${name}`, ...shape).trim();
  }

  /** Options of pouce-agent and pouce-viewer for this person. */
  devices(name: string): string[] {
    return ["--microphone", `${name}_mouth.monitor`, "--speaker", `${name}_ear`];
  }

  pactl(...args: string[]): string {
    const run = spawnSync("pactl", args, { env: { ...process.env, ...this.env }, encoding: "utf8" });
    return run.status === 0 ? run.stdout : "";
  }

  /** Who has a microphone open now: the sources, by name. */
  captured(): string[] {
    return this.used("sources", "source-outputs");
  }

  private used(devices: string, streams: string): string[] {
    const names = new Map(
      this.pactl("list", "short", devices)
        .split("\n")
        .map((line) => line.split("\t"))
        .map(([id, name]) => [id ?? "", name ?? ""]),
    );
    return this.pactl("list", "short", streams)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => names.get(line.split("\t")[1] ?? "") ?? "?");
  }

  /**
   * One speaks (bursts of a tone), and what both the microphone and the other one's ear get. @flash: display, x, y and
   * size of a patch that changes with each burst.
   */
  async speak(from: string, to: string, seconds: number, hz = 1000, flash: string[] = []): Promise<Tone> {
    const args = [`${from}_mouth`, `${from}_mouth.monitor`, `${to}_ear.monitor`, `${seconds}`, `${hz}`, ...flash];
    const program = this.stage.start(join(buildDir, "tests/tone_probe"), args, this.env);
    if ((await program.exited) !== 0) throw program.failure("failed");
    return JSON.parse(program.lines.join("")) as Tone;
  }
}

export const isInstalled = (program: string): boolean => spawnSync("which", [program]).status === 0;

const environment = (home: string, socket: string): NodeJS.ProcessEnv => ({
  HOME: home,
  XDG_RUNTIME_DIR: home,
  PULSE_SERVER: `unix:${socket}`,
});

function startPulse(stage: Stage, home: string, sinks: string[]): Sound {
  const socket = join(home, "socket");
  const modules = sinks.flatMap((sink) => [
    "-L",
    `module-null-sink sink_name=${sink} rate=48000 channels=1 norewinds=1`,
  ]);
  const env = environment(home, socket);
  const quiet = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"];
  const door = ["-L", `module-native-protocol-unix auth-anonymous=1 socket=${socket}`];
  const program = stage.start("pulseaudio", [...quiet, ...door, ...modules], { ...env, PULSE_SERVER: "" });
  return new Sound(stage, env, program);
}

/** PipeWire with what a desktop runs beside it: a session manager, and the door that PulseAudio's clients know. */
async function startPipeWire(stage: Stage, home: string): Promise<Sound> {
  const env = environment(home, join(home, "pulse", "native"));
  const bus = join(home, "bus");
  const quiet = { ...env, PULSE_SERVER: "", DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` };
  stage.start("dbus-daemon", ["--session", "--nofork", `--address=unix:path=${bus}`], quiet);
  await until("the bus", () => existsSync(bus));
  const program = stage.start("pipewire", [], quiet);
  await until("PipeWire's socket", () => existsSync(join(home, "pipewire-0")));
  stage.start("wireplumber", [], quiet);
  stage.start("pipewire-pulse", [], quiet);
  return new Sound(stage, env, program);
}

/** From each burst at the mouth to the first one at the ear within half a second. */
export function mouthToEar(tone: Tone): number[] {
  return tone.mouth.onsets_us.flatMap((said) => {
    const heard = tone.ear.onsets_us.find((at) => at >= said && at - said < 500_000);
    return heard === undefined ? [] : [(heard - said) / 1000];
  });
}

export async function until(what: string, holds: () => boolean, deadlineMs = 5000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
