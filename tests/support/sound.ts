// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A sound server of one test: PulseAudio with a null sink for each mouth and each ear. What a person
// says is played into `NAME_mouth`, whose monitor is the microphone; what is heard comes out of the
// monitor of `NAME_ear`.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildDir, type Program, type Stage } from "./programs.ts";

export type Heard = { level: number; onsets_us: number[] };
export type Tone = { mouth: Heard; ear: Heard };

export class Sound {
  private constructor(
    private readonly stage: Stage,
    readonly env: NodeJS.ProcessEnv,
    readonly program: Program,
  ) {}

  static async start(stage: Stage, people: string[]): Promise<Sound> {
    const home = stage.path("sound");
    mkdirSync(home, { mode: 0o700 });
    const socket = join(home, "socket");
    const sinks = people.flatMap((name) => [`${name}_mouth`, `${name}_ear`]);
    const modules = sinks.flatMap((sink) => [
      "-L",
      `module-null-sink sink_name=${sink} rate=48000 channels=1 norewinds=1`,
    ]);
    const env = { HOME: home, XDG_RUNTIME_DIR: home, PULSE_SERVER: `unix:${socket}` };
    const quiet = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"];
    const door = ["-L", `module-native-protocol-unix auth-anonymous=1 socket=${socket}`];
    const program = stage.start("pulseaudio", [...quiet, ...door, ...modules], { ...env, PULSE_SERVER: "" });
    const sound = new Sound(stage, env, program);
    await until("the sound server", () => sound.pactl("info") !== "", 15000);
    return sound;
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
    const sources = new Map(
      this.pactl("list", "short", "sources")
        .split("\n")
        .map((line) => line.split("\t"))
        .map(([id, name]) => [id ?? "", name ?? ""]),
    );
    return this.pactl("list", "short", "source-outputs")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => sources.get(line.split("\t")[1] ?? "") ?? "?");
  }

  /** One speaks (bursts of a tone), and what both the microphone and the other one's ear get. */
  async speak(from: string, to: string, seconds: number, hz = 1000): Promise<Tone> {
    const args = [`${from}_mouth`, `${from}_mouth.monitor`, `${to}_ear.monitor`, `${seconds}`, `${hz}`];
    const program = this.stage.start(join(buildDir, "tests/tone_probe"), args, this.env);
    if ((await program.exited) !== 0) throw program.failure("failed");
    return JSON.parse(program.lines.join("")) as Tone;
  }
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
