// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Who is compared by live_bench: each shows one X display to a viewer of its kind, whose decoded picture is read
// for the counter (counter.h).

import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { BrowserHelper, chromiumArguments } from "../../support/browser_helper.ts";
import { asks } from "../../support/people.ts";
import { type Broker, buildDir, type Person, type Program, type Stage } from "../../support/programs.ts";
import { freePorts } from "../../support/ports.ts";
import { browserProbe, processes, receivedBytes, takeKeys, takeSeen } from "./browser_probe.ts";
import { isReady, parseSeen, probe, probePoint, type Seen } from "./counter.ts";

/** One who shows and one who watches, running. */
export type Running = {
  /** Process ids of either side; one list when both are the same programs. */
  shows: number[];
  watches: number[];
  /** What was read since the last call. */
  take: () => Promise<Seen[]>;
  /** Bytes of picture that have arrived so far. */
  bytes: () => Promise<number>;
  /** Lets the watching side press a key at the other; µs of the monotonic clock when it did. */
  key?: () => Promise<number>;
  stop: () => Promise<void>;
};

export type Contender = { name: string; start: (display: string) => Promise<Running> };

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Reads the lines of a probe from where the last call ended. */
function taker(program: Program): () => Promise<Seen[]> {
  let from = 0;
  return async () => {
    const lines = program.lines.slice(from);
    from += lines.length;
    return parseSeen(lines);
  };
}

const lastBytes = (program: Program) => async (): Promise<number> => parseSeen(program.lines).at(-1)?.bytes ?? 0;
const pids = (...programs: Program[]): number[] => programs.map(({ child }) => child.pid ?? 0);

/** Tries until the server listens; each try is a process that ends by itself. */
async function watchVnc(stage: Stage, port: number, shows: Program): Promise<Program> {
  for (let attempt = 0; attempt < 50 && shows.exitCode === null; attempt++) {
    const where = `${probePoint.x},${probePoint.y}`;
    const watches = stage.start(join(buildDir, "bench/vnc_probe"), ["127.0.0.1", `${port}`, where]);
    try {
      await watches.waitLine("READY", isReady);
      return watches;
    } catch {
      await watches.exited;
    }
  }
  throw shows.failure("accepted no VNC viewer");
}

function vnc(stage: Stage, name: string, command: string, options: (display: string, port: number) => string[]): Contender {
  return {
    name,
    start: async (display) => {
      const [port = 0] = await freePorts(1);
      const shows = stage.start(command, options(display, port));
      const watches = await watchVnc(stage, port, shows);
      const key = async (): Promise<number> => {
        const before = watches.lines.length;
        watches.write("key");
        const said = (line: string): number | undefined =>
          watches.lines.lastIndexOf(line) >= before ? Number(/^KEY (\d+)$/.exec(line)?.[1] ?? NaN) || undefined : undefined;
        return watches.waitLine("KEY", said);
      };
      const stop = async (): Promise<void> => void (await Promise.all([shows.stop(), watches.stop()]));
      return { shows: pids(shows), watches: pids(watches), take: taker(watches), bytes: lastBytes(watches), key, stop };
    },
  };
}

function gstreamer(stage: Stage): Contender {
  return {
    name: "ximagesrc ! vp8enc, tuned",
    start: async (display) => {
      const both = stage.start(join(buildDir, "bench/gst_probe"), [display, `${probePoint.x},${probePoint.y}`]);
      await both.waitLine("READY", isReady);
      const stop = async (): Promise<void> => void (await both.stop());
      return { shows: pids(both), watches: [], take: taker(both), bytes: lastBytes(both), stop };
    },
  };
}

export type Session = { stage: Stage; broker: Broker; helper: Person; seeker: Person };

function agent({ stage, broker, seeker }: Session, display: string, encoder: string): Program {
  const request = asks("view,pointer,control");
  return stage.agent(broker, seeker, ["--source", `x11:${display}`, "--encoder", encoder, ...request]);
}

function pouceNative(session: Session, encoder: string): Contender {
  return {
    name: encoder === "screen" ? "Pouce, native viewer" : `Pouce, native viewer, ${encoder}`,
    start: async (display) => {
      const watches = session.stage.viewer(session.broker, session.helper, ["--accept", "--probe", probe]);
      await watches.waitEvent("ready");
      const shows = agent(session, display, encoder);
      await watches.waitEvent("first_frame", undefined, 30000);
      watches.write(JSON.stringify({ do: "ask", what: "control", ms: 600000 }));
      await watches.waitEvent("granted", ({ what }) => what === "control");
      const key = async (): Promise<number> => {
        const us = nowUs();
        watches.write(JSON.stringify({ do: "key", keysym: 0x61 }));
        return us;
      };
      const bytes = async (): Promise<number> => Number(watches.events("stats").at(-1)?.bytes ?? 0);
      const stop = async (): Promise<void> => void (await Promise.all([shows.stop(), watches.stop()]));
      return { shows: pids(shows), watches: pids(watches), take: taker(watches), bytes, key, stop };
    },
  };
}

async function browserPids(page: Page): Promise<number[]> {
  return (await processes(page)).map(({ id }) => id);
}

function pouceChromium(session: Session): Contender {
  return {
    name: "Pouce, Chromium",
    start: async (display) => {
      const browser = await BrowserHelper.open(session.broker, session.helper, {}, browserProbe);
      const { page } = browser;
      const shows = agent(session, display, "screen");
      await browser.accept();
      await browser.firstFrame();
      await page.click("#ask");
      await page.locator("#loan").waitFor();
      const key = async (): Promise<number> => {
        await page.keyboard.press("a");
        return (await takeKeys(page)).at(-1) ?? NaN;
      };
      const stop = async (): Promise<void> => void (await Promise.all([shows.stop(), browser.close()]));
      return { shows: pids(shows), watches: await browserPids(page), take: () => takeSeen(page), bytes: () => receivedBytes(page), key, stop };
    },
  };
}

/** In the page: captures the whole screen and sends it to itself, as a conference's page does. */
async function share(): Promise<void> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 60 } });
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.addEventListener("icecandidate", ({ candidate }) => void far.addIceCandidate(candidate ?? undefined));
  far.addEventListener("icecandidate", ({ candidate }) => void near.addIceCandidate(candidate ?? undefined));
  const shown = new Promise<void>((resolve) => {
    far.addEventListener("track", ({ track }) => {
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = new MediaStream([track]);
      document.body.replaceChildren(video);
      void video.play().then(resolve);
    });
  });
  for (const track of stream.getVideoTracks()) {
    track.contentHint = "detail";
    near.addTrack(track, stream);
  }
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription as RTCSessionDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription as RTCSessionDescription);
  await shown;
}

function displayMedia(broker: Broker): Contender {
  return {
    name: "Chromium's getDisplayMedia",
    start: async (display) => {
      const place = ["--window-position=0,0", "--window-size=500,400", "--ozone-platform=x11"];
      const awake = ["--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"];
      const chosen = ["--auto-select-desktop-capture-source=Entire screen"];
      const browser = await chromium.launch({
        executablePath: "/usr/bin/chromium",
        headless: false,
        args: [...chromiumArguments, ...place, ...awake, ...chosen],
        env: { ...process.env, DISPLAY: display } as Record<string, string>,
      });
      const page = await (await browser.newContext({ viewport: null })).newPage();
      await page.addInitScript({ content: browserProbe });
      await page.goto(`${broker.url}/viewer/`); // any secure page
      await page.evaluate(share);
      const stop = (): Promise<void> => browser.close();
      return { shows: await browserPids(page), watches: [], take: () => takeSeen(page), bytes: () => receivedBytes(page), stop };
    },
  };
}

export function contenders(session: Session): Contender[] {
  const { stage } = session;
  const x11vnc = (...extra: string[]) => (shown: string, port: number): string[] =>
    ["-display", shown, "-rfbport", `${port}`, "-localhost", "-nopw", "-forever", "-quiet", ...extra];
  const tiger = (shown: string, port: number): string[] =>
    ["-display", shown, "-rfbport", `${port}`, "-SecurityTypes", "None", "-localhost"];
  return [
    pouceNative(session, "screen"),
    pouceChromium(session),
    pouceNative(session, "vpx"),
    vnc(stage, "TigerVNC x0vncserver", "X0tigervnc", tiger),
    vnc(stage, "x11vnc as shipped", "x11vnc", x11vnc()),
    vnc(stage, "x11vnc -wait 5 -defer 5", "x11vnc", x11vnc("-wait", "5", "-defer", "5")),
    gstreamer(stage),
    displayMedia(session.broker),
  ];
}
