// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How the live link behaves on bad lines: the real broker, agent and viewer, the agent behind a line in
// user space with a rate, a queue, a delay and loss (tests/support/line.c). Each scenario is a session of
// its own, at 1920x1080. Prints JSON. Needs root, because it builds a network of its own.
//
// usage: POUCE_SOURCE_DIR=. POUCE_BUILD_DIR=build/release sh tests/lab/run.sh \
//          tests/bench/live/link_bench.ts build/release/link_bench.mjs [--only WORD] [--encoder NAME] [--seed N] [--seconds N]

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Place, runTool } from "../../lab/netns.ts";
import { type Change, pair, parseChanges, patch, percentile } from "../../support/latency.ts";
import { makeHelper, makeSeeker } from "../../support/people.ts";
import { type Broker, buildDir, type Event, type Person, type Program, Stage } from "../../support/programs.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, encoder: { type: "string", default: "screen" },
  seed: { type: "string", default: "1" }, seconds: { type: "string", default: "60" } } });
const nearAddress = "10.77.0.1";
const farAddress = "10.77.0.2";

type Way = { seconds: number; bytes: number; packets: number; dropped: number; queued_p95_ms: number; queued_max_ms: number };
type Report = Event & { up: Way; down: Way };
type Session = { stage: Stage; line: Program; agent: Program; viewer: Program; display: string };
type Scenario = { name: string; path: string; run: (session: Session) => Promise<object> };

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);
const round = (value: number): number => Math.round(value * 10) / 10;

/** Resolves when @ms of the far end's life have passed: @program says something each second. */
async function pass(program: Program, ms: number): Promise<void> {
  const until = performance.now() + ms;
  await program.waitEvent("stats", () => performance.now() >= until, ms + 10000);
}

async function report(line: Program): Promise<Report> {
  const before = line.events("report").length;
  line.write("report");
  return (await line.waitEvent("report", () => line.events("report").length > before)) as Report;
}

function flipper(session: Session, args: string[]): Program {
  const where = ["--display", session.display, "--x", `${patch.x}`, "--y", `${patch.y}`, "--size", `${patch.size}`];
  return session.stage.start(join(buildDir, "bench/flip"), [...where, ...args]);
}

/** Random pixels some forty times a second: more than any of the lines carries. */
const busy = (session: Session): Program => flipper(session, ["--around", "160", "--count", "100000", "--interval", "15", "--jitter", "20"]);

/** The times between two pictures that showed a change, from @fromUs on. */
function freezesMs(decoded: Change[], fromUs: number, untilUs: number): number[] {
  const times = [fromUs, ...decoded.map(({ us }) => us).filter((us) => us > fromUs && us < untilUs), untilUs];
  return times.slice(1).map((us, index) => (us - (times[index] ?? us)) / 1000);
}

async function measureBusy(session: Session, ms: number): Promise<{ way: Way; freeze_ms: number; freezes: number[] }> {
  const fromUs = nowUs();
  session.line.write("mark");
  await pass(session.viewer, ms);
  const { up } = await report(session.line);
  const freezes = freezesMs(parseChanges(session.viewer.lines), fromUs, nowUs());
  return { way: up, freeze_ms: round(Math.max(...freezes)), freezes };
}

const used = (way: Way, bps: number): number => Math.round((way.bytes * 800) / way.seconds / bps);

async function steps(session: Session): Promise<object> {
  const load = busy(session);
  await pass(session.viewer, 10000);
  const wide = await measureBusy(session, 4000);
  session.line.write("up rate_bps=2000000 queue_bytes=100000");
  const fall = await measureBusy(session, 1000);
  const narrow = await measureBusy(session, 8000);
  session.line.write("up rate_bps=8000000 queue_bytes=250000");
  const rise = await measureBusy(session, 5000);
  const after = await measureBusy(session, 4000);
  await load.stop();
  return {
    wide: { used_percent: used(wide.way, 8e6), queued_p95_ms: wide.way.queued_p95_ms },
    step_down: { freeze_ms: fall.freeze_ms, queued_max_ms: fall.way.queued_max_ms },
    narrow: { used_percent: used(narrow.way, 2e6), queued_p95_ms: narrow.way.queued_p95_ms, freeze_ms: narrow.freeze_ms },
    rise_5_s: { used_percent: used(rise.way, 8e6) },
    after_rise: { used_percent: used(after.way, 8e6), freeze_ms: after.freeze_ms },
  };
}

/** Keys pressed by the helper, each of which makes a change on the seeker's screen. */
async function keys(session: Session, count: number, gapMs: number): Promise<{ arrived: number; ms: number[]; missed: number }> {
  const target = flipper(session, ["--on-key", "--count", `${count}`, "--interval", "1000"]);
  const pressed: Change[] = [];
  const from = session.viewer.lines.length;
  await pass(session.viewer, 1000);
  for (let i = 0; i < count; i++) {
    pressed.push({ us: nowUs(), luma: i % 2 === 0 ? 255 : 0 });
    session.viewer.write(JSON.stringify({ do: "key", keysym: 0x61 }));
    await pause(gapMs);
  }
  const deadline = new Promise<number>((resolve) => setTimeout(() => resolve(-1), 10000));
  await Promise.race([target.exited, deadline]);
  await pass(session.viewer, 1000);
  const { ms, missed } = pair(pressed, parseChanges(session.viewer.lines.slice(from)));
  await target.stop();
  return { arrived: parseChanges(target.lines).length, ms, missed };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function loss(permille: number): (session: Session) => Promise<object> {
  return async (session) => {
    for (const way of ["up", "down"]) session.line.write(`${way} loss_permille=${permille}`);
    const load = flipper(session, ["--around", "24", "--count", "100000", "--interval", "50", "--jitter", "40"]);
    const { way, freeze_ms, freezes } = await measureBusy(session, Number(values.seconds) * 1000);
    await load.stop();
    const typed = await keys(session, 40, 200);
    return {
      changes: freezes.length,
      freeze_ms: { p95: round(percentile(freezes, 95)), p99: round(percentile(freezes, 99)), max: freeze_ms },
      packets: way.packets,
      dropped: way.dropped,
      keys: 40,
      keys_arrived: typed.arrived,
      key_to_picture_ms: { p50: round(percentile(typed.ms, 50)), p95: round(percentile(typed.ms, 95)) },
    };
  };
}

/** A bulk TCP download beside the session: from behind the line, as fast as TCP goes. */
async function beside(session: Session): Promise<object> {
  let received = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket: Socket) => {
    sockets.push(socket);
    socket.on("data", (data) => (received += data.length)).on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, nearAddress, resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const load = busy(session);
  await pass(session.viewer, 8000);
  const script = `exec 3<>/dev/tcp/${nearAddress}/${port}; exec cat /dev/zero >&3`;
  const bulk = spawn("ip", ["netns", "exec", "far", "bash", "-c", script], { stdio: "ignore" });
  await pass(session.viewer, 3000);
  received = 0;
  const before = Number(session.agent.events("stats").at(-1)?.bytes);
  const { way, freeze_ms } = await measureBusy(session, 15000);
  const ours = Number(session.agent.events("stats").at(-1)?.bytes) - before;
  bulk.kill();
  for (const socket of sockets) socket.destroy(); // which ends the writer too
  await load.stop();
  await new Promise((resolve) => server.close(resolve));
  return { share_percent: Math.round((100 * ours) / (ours + received)), used_percent: used(way, 8e6), freeze_ms, queued_p95_ms: way.queued_p95_ms };
}

async function slow(session: Session): Promise<object> {
  const typed = await keys(session, 30, 700);
  return {
    keys_arrived: typed.arrived,
    missed: typed.missed,
    key_to_picture_ms: { p50: round(percentile(typed.ms, 50)), p95: round(percentile(typed.ms, 95)), max: round(Math.max(...typed.ms)) },
  };
}

/**
 * A page of text that fills the screen. "r" draws another one; "a" turns some cells under the probed point, which
 * begin black, white and black again.
 */
const pageScript = `
read -r rows cols < <(stty size)
row=$((${patch.y + patch.size / 2} * rows / 1080)) col=$((${patch.x + patch.size / 2} * cols / 1920 - 2)) page=0
cells() { for line in 0 1 2; do printf '\\e[%d;%dH%s' $((row + line)) $((col - 1)) "$1$1$1$1$1$1$1"; done; }
draw() {
  awk -v rows=$rows -v cols=$cols -v seed=$page 'BEGIN {
    srand(seed); printf "\\033[H"
    for (row = 1; row <= rows; row++) {
      text = ""
      while (length(text) < cols) {
        word = ""
        for (i = 2 + int(rand() * 8); i > 0; i--) word = word sprintf("%c", 97 + int(rand() * 26))
        text = text word " "
      }
      printf "%s", substr(text, 1, cols)
    }
  }'
  cells '█'; dark=1; page=$((page + 1))
}
printf '\\e[?25l'; draw
while IFS= read -rsn1 key; do
  case $key in
    r) draw ;;
    a) if ((dark)); then cells ' '; else cells '█'; fi; dark=$((1 - dark)) ;;
  esac
done`;

/** Resolves when the picture is sharp: nothing but null frames for three seconds. Returns how long that took. */
async function settle(session: Session): Promise<number> {
  const from = performance.now();
  const before = session.viewer.events("stats").length;
  const still = (): boolean => {
    const last = session.viewer.events("stats").slice(before).slice(-3);
    return last.length === 3 && last.every(({ fps }) => Number(fps) <= 1);
  };
  await session.viewer.waitEvent("stats", still, 120000);
  return (performance.now() - from) / 1000 - 3;
}

/** Text typed while a whole new page is still coming. */
async function typedOnPage(session: Session): Promise<object> {
  const script = session.stage.path("page.sh");
  writeFileSync(script, pageScript);
  const look = ["-fa", "DejaVu Sans Mono", "-fs", "11", "-b", "0", "-bw", "0", "+sb", "-geometry", "213x56+0+0"];
  session.stage.start("xterm", [...look, "-bg", "white", "-fg", "black", "-e", "bash", script], {
    DISPLAY: session.display,
    LC_ALL: "C.UTF-8",
  });
  const before = session.viewer.events("stats").length;
  await session.viewer.waitEvent(
    "stats",
    () => session.viewer.events("stats").slice(before).some(({ bitrate_bps }) => Number(bitrate_bps) > 100000),
    60000,
  );
  await settle(session);
  const ms: number[] = [];
  const sharp: number[] = [];
  const coming: number[] = [];
  let missed = 0;
  const press = (character: string): void => session.viewer.write(JSON.stringify({ do: "key", keysym: character.charCodeAt(0) }));
  for (let page = 0; page < 5; page++) {
    press("r");
    await pause(700); // on its way: the round trip, and some of the page
    const typed: Change[] = [];
    const lines = session.viewer.lines.length;
    for (let i = 0; i < 6; i++) {
      typed.push({ us: nowUs(), luma: i % 2 === 0 ? 255 : 0 });
      press("a");
      await pause(900);
    }
    coming.push(Number(session.viewer.events("stats").at(-1)?.bitrate_bps));
    const read = pair(typed, parseChanges(session.viewer.lines.slice(lines)));
    ms.push(...read.ms);
    missed += read.missed;
    sharp.push((await settle(session)) + 0.7 + 6 * 0.9);
  }
  return {
    typed: 30,
    missed,
    key_to_picture_ms: { p50: round(percentile(ms, 50)), p95: round(percentile(ms, 95)), max: round(Math.max(...ms)) },
    still_coming_kbps: round(percentile(coming, 50) / 1000),
    page_sharp_s: round(percentile(sharp, 50)),
  };
}

async function quick(session: Session): Promise<object> {
  const typed = await keys(session, 100, 90);
  return { arrived: typed.arrived, key_to_picture_ms: { p50: round(percentile(typed.ms, 50)), p95: round(percentile(typed.ms, 95)) } };
}

function both(settings: string): string {
  return `up ${settings}\ndown ${settings}`;
}

const home = "rate_bps=8000000 queue_bytes=250000 delay_us=20000 jitter_us=3000";
const far = "rate_bps=8000000 queue_bytes=250000 delay_us=30000 jitter_us=2000";
const scenarios: Scenario[] = [
  { name: "local network", path: both("rate_bps=1000000000 queue_bytes=1000000"), run: quick },
  { name: "8 to 2 to 8 Mb/s", path: both(home), run: steps },
  { name: "loss 0 %, 60 ms", path: both(far), run: loss(0) }, // what the machine itself holds up
  { name: "loss 1 %, 60 ms", path: both(far), run: loss(10) },
  { name: "loss 5 %, 60 ms", path: both(far), run: loss(50) },
  { name: "loss 20 %, 60 ms", path: both(far), run: loss(200) },
  { name: "beside bulk TCP, 8 Mb/s", path: both(home), run: beside },
  { name: "256 kb/s, 300 ms", path: both("rate_bps=256000 queue_bytes=32000 delay_us=150000 jitter_us=5000"), run: slow },
  { name: "a page at 256 kb/s, 300 ms", path: both("rate_bps=256000 queue_bytes=32000 delay_us=150000 jitter_us=5000"), run: typedOnPage },
];

async function session(stage: Stage, line: Program, broker: Broker, helper: Person, seeker: Person, display: string): Promise<Session> {
  const viewer = stage.viewer(broker, helper, ["--accept", "--probe", patch.probe]);
  await viewer.waitEvent("ready");
  const who = ["--login", seeker.login, "--password-file", seeker.passwordFile, "--headless", "--json"];
  const request = ["--ask", "printing", "--helper", "first", "--cap", "5.00", "--consent", "view,pointer,control"];
  const source = ["--broker", broker.url, "--source", `x11:${display}`, "--encoder", values.encoder];
  const command = [join(buildDir, "bin/pouce-agent"), ...who, ...source, ...request];
  const agent = stage.start("ip", ["netns", "exec", "far", ...command], { XDG_CONFIG_HOME: seeker.configHome });
  await viewer.waitEvent("first_frame", undefined, 60000);
  viewer.write(JSON.stringify({ do: "ask", what: "control", ms: 600000 }));
  await viewer.waitEvent("granted", (event) => event.what === "control", 20000);
  await pass(viewer, 3000);
  return { stage, line, agent, viewer, display };
}

async function play(scenario: Scenario): Promise<object> {
  const stage = new Stage();
  const far = new Place("far");
  try {
    const line = stage.start(join(buildDir, "tests/line"), ["far", nearAddress, farAddress, values.seed]);
    await line.waitLine("READY", (text) => (text === "READY" ? true : undefined));
    const broker = await stage.broker({ listen: `${nearAddress}:0` });
    const helper = await makeHelper(stage, broker, "helper", "Helper");
    const seeker = await makeSeeker(stage, broker, "seeker", "Seeker");
    const display = await stage.xvfb();
    line.write(scenario.path);
    const running = await session(stage, line, broker, helper, seeker, display);
    const result = await scenario.run(running);
    const stats: Record<string, unknown> = running.agent.events("stats").at(-1) ?? {};
    const { estimate_bps, rtt_ms, loss_permille } = stats;
    await running.agent.stop();
    const estimates_mbps = running.agent.events("stats").map((each) => round(Number(each.estimate_bps) / 1e6));
    return { ...result, agent_says: { estimate_bps, rtt_ms, loss_permille, estimates_mbps } };
  } finally {
    await stage.close();
    far.remove();
  }
}

new Place("");
mkdirSync("/tmp/.X11-unix", { recursive: true });
runTool("mount", ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp/.X11-unix"]); // displays of this network alone
const results: Record<string, object> = {};
for (const scenario of scenarios.filter(({ name }) => values.only === undefined || name.includes(values.only))) {
  try {
    results[scenario.name] = await play(scenario);
    console.error(scenario.name, JSON.stringify(results[scenario.name]));
  } catch (error) {
    results[scenario.name] = { error: error instanceof Error ? error.message : String(error) };
    process.exitCode = 1;
  }
}
console.log(JSON.stringify(results, null, 2));
