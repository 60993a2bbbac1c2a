// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The page in the middle of a session: picture, tools, loan, chat, time and figures, all driven by one Viewing.

import { Chat } from "./chat.ts";
import { announce, byId, showScreen } from "./dom.ts";
import { Ink } from "./ink.ts";
import { InputMap } from "./input_map.ts";
import { followKeyboard } from "./keyboard.ts";
import { followPointer } from "./pointer.ts";
import { Stage } from "./stage.ts";
import { Statistics } from "./statistics.ts";
import { GRACE_MS, type Told, type Viewing } from "./viewing.ts";
import { Tools } from "./tools.ts";
import { Voice } from "./voice.ts";
import { duration, money, onLanguage, say } from "./words.ts";
import type { ToBroker } from "./objects.ts";

/** A loan that is asked for: long enough to do something, short enough to be agreed to. */
const ASK_MS = 10 * 60_000;
const SECOND_MS = 1000;
/** The operators' page is told every so many seconds. */
const BROKER_STATS_EVERY = 5;
const STILL_FPS = 1; // null frames

export class SessionView {
  readonly statistics: Statistics;
  #viewing: Viewing | null = null;
  #stage: Stage;
  #ink: Ink;
  #map = new InputMap(navigator.platform.startsWith("Mac"));
  #tools: Tools;
  #chat: Chat;
  #voice = new Voice();
  #send: (message: ToBroker) => boolean;
  #timer = 0;
  #seconds = 0;
  #asked = false;
  #signed = { ms: 0, cost: 0 };

  constructor(send: (message: ToBroker) => boolean) {
    this.#send = send;
    const video = byId<HTMLVideoElement>("video");
    this.#stage = new Stage(byId("stage"), byId("content"), video, byId<HTMLCanvasElement>("overlay"));
    this.statistics = new Statistics(video);
    this.#ink = new Ink((message) => {
      this.#viewing?.say(message);
      this.#inkChanged();
    });
    this.#tools = new Tools(this.#stage, this.#ink, this.#map);
    this.#chat = new Chat((text) => this.#viewing?.chat(text) ?? false);
    this.#followDevices();
    byId("ask").addEventListener("click", () => this.#ask());
    byId("loan-back").addEventListener("click", () => this.#viewing?.giveBack());
    byId("end").addEventListener("click", () => this.#viewing?.end());
    onLanguage(() => this.#write());
  }

  /** begin - the session has been accepted; the page shows it once the picture may come */
  begin(viewing: Viewing): void {
    this.#viewing = viewing;
    this.#asked = false;
    this.#seconds = 0;
    this.#signed = { ms: viewing.session.signed_ms, cost: viewing.session.cost_minor };
    this.#ink.forget();
    this.#voice.begin(viewing);
    this.#stage.reset();
    this.statistics.forget();
    this.#chat.clear();
    window.clearInterval(this.#timer);
    this.#timer = window.setInterval(() => void this.#second(), SECOND_MS);
    this.#write();
  }

  finish(): void {
    window.clearInterval(this.#timer);
    this.#voice.finish();
    this.#viewing = null;
    this.#stage.reset();
    this.#loanChanged();
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  told(told: Told): void {
    const name = this.#viewing?.session.seeker.name ?? "";
    this.#voice.told(told);
    switch (told.type) {
      case "bound":
        showScreen("session");
        if (this.#ink.strokes.length > 0) this.#ink.resend();
        else this.#viewing?.say({ type: "ink_clear" }); // this page may have drawn before it was loaded again
        return this.#await();
      case "stream":
        this.#tellShown();
        return this.#stage.show(told.stream);
      case "phase":
        return this.#phase();
      case "grant":
        return this.#granted(told.what, name);
      case "refuse":
        this.#asked = false;
        if (told.what === "control") announce(say("ask.refused", { name }));
        return this.#loanChanged();
      case "revoke":
        if (told.what === "control") announce(say(`loan.over.${told.by}`, { name }));
        return this.#loanChanged();
      case "chat":
        return this.#chat.heard(name, told.text);
      case "screen":
        this.#stage.screen = { width: told.width, height: told.height };
        return this.#stage.layout();
      case "motion":
        return this.#stage.moveCursor(told.motion);
      case "cursor":
        return this.#stage.addShape(told.shape);
      case "signed":
        this.#signed = { ms: told.signed_ms, cost: told.cost_minor };
        return this.#write();
      case "pause":
        return this.#write();
      default:
        return;
    }
  }

  #await(): void {
    if (!this.#viewing) return;
    this.#note(say("stage.wait"));
    announce(say("stage.wait"));
    this.statistics.waitFirst(this.#viewing.answeredAt, () => this.#note(""));
  }

  #phase(): void {
    if (this.#viewing?.phase === "lost") {
      this.statistics.restart();
      announce(say("stage.lost", { seconds: GRACE_MS / 1000 })); // once: what is shown counts down
    }
    if (this.#viewing?.phase === "live") this.#note("");
    this.#write();
  }

  #followDevices(): void {
    const stage = byId("stage");
    const typing = byId<HTMLTextAreaElement>("typing");
    followPointer(stage, {
      viewing: () => this.#viewing,
      stage: this.#stage,
      ink: this.#ink,
      map: this.#map,
      points: () => this.#tools.points,
      draws: () => this.#tools.draws,
      color: () => this.#tools.color,
    });
    followKeyboard(typing, {
      map: this.#map,
      controls: () => this.#viewing?.controls ?? false,
      send: (input) => this.#viewing?.input(input),
      leave: () => byId("loan-back").focus(),
    });
    const type = (): void => {
      if (this.#viewing?.controls) typing.focus({ preventScroll: true });
    };
    stage.addEventListener("focus", type);
    // A press on the picture would take the focus from the typing field, and that lets go of all keys and buttons.
    stage.addEventListener("mousedown", (event) => {
      if (!this.#viewing?.controls) return;
      event.preventDefault();
      type();
    });
  }

  #ask(): void {
    const viewing = this.#viewing;
    if (!viewing || viewing.controls || !viewing.ask("control", ASK_MS)) return;
    this.#asked = true;
    announce(say("ask.note", { name: viewing.session.seeker.name }));
    this.#loanChanged();
  }

  #granted(what: string, name: string): void {
    if (what !== "control") return;
    this.#asked = false;
    this.#tools.draw(false);
    announce(say("loan.begin", { name }));
    this.#loanChanged();
    byId("typing").focus({ preventScroll: true });
  }

  #loanChanged(): void {
    const controls = this.#viewing?.controls ?? false;
    if (!controls) {
      this.#map.releaseAll();
      if (document.activeElement === byId("typing")) byId("stage").focus({ preventScroll: true });
    }
    this.#tools.lend(controls);
    byId("loan").hidden = !controls;
    byId("by-place").hidden = !controls;
    byId("stage").classList.toggle("lent", controls);
    const ask = byId<HTMLButtonElement>("ask");
    ask.textContent = say(this.#asked ? "ask.asked" : "ask.ask");
    ask.disabled = controls || this.#asked;
    this.#writeLoan();
  }

  #writeLoan(): void {
    const left = this.#viewing?.controlLeftMs ?? 0;
    byId("loan-left").textContent =
      left === Infinity ? say("loan.until_revoked") : say("loan.left", { time: duration(left + 999) });
  }

  #inkChanged(): void {
    this.#stage.strokes = this.#ink.strokes;
    const none = this.#ink.strokes.length === 0;
    byId<HTMLButtonElement>("ink-undo").disabled = none;
    byId<HTMLButtonElement>("ink-clear").disabled = none;
    this.#stage.redraw();
  }

  #note(text: string): void {
    const note = byId("stage-note");
    note.textContent = text;
    note.hidden = text === "";
  }

  /** The seeker goes by it when packets get lost. */
  #tellShown(): void {
    const link = this.#viewing?.link;
    this.statistics.watch((rtp_timestamp) => {
      if (!link || link !== this.#viewing?.link) return false;
      link.sendMotion({ kind: "decoded", rtp_timestamp });
      return true;
    });
  }

  async #second(): Promise<void> {
    const viewing = this.#viewing;
    if (!viewing) return;
    this.#writeLoan();
    this.#writeMeter();
    if (viewing.phase === "lost") {
      const seconds = Math.max(0, Math.ceil((GRACE_MS - (performance.now() - viewing.lostAt)) / 1000));
      this.#note(say("stage.lost", { seconds }));
    }
    const { link } = viewing;
    if (viewing.phase !== "live" || !link) return;
    const figures = await this.statistics.read(link.connection, link.roundTripMs);
    link.decoded = figures.decoded;
    this.#writeStatistics(byId<HTMLDetailsElement>("stats").open);
    const { fps, bitrate_bps, rtt_ms, lost, decoded, bytes } = figures;
    // A still screen has little to tell, and each message costs both ends a wake-up.
    const rare = this.#seconds++ % BROKER_STATS_EVERY === 0;
    if (rare || fps > STILL_FPS) viewing.stats({ fps, bitrate_bps, rtt_ms, lost, decoded });
    if (!rare) return;
    this.#send({ type: "stats", session: viewing.session.id, fps, bitrate_bps, rtt_ms, lost, bytes });
  }

  #writeMeter(): void {
    const viewing = this.#viewing;
    if (!viewing) return;
    const { price } = viewing.session;
    byId("meter-time").textContent = duration(this.#signed.ms);
    byId("meter-cost").textContent =
      price && price.rate_minor_per_min > 0 ? money(this.#signed.cost, price.currency) : say("ring.free");
    const stops = viewing.phase === "lost" || viewing.stalled;
    const note = viewing.paused ? say("meter.paused") : stops ? say("meter.stopped") : "";
    byId("meter-note").textContent = note;
    byId("meter-note").hidden = note === "";
  }

  #write(): void {
    const session = this.#viewing?.session;
    if (!session) return;
    byId("session-title").textContent = session.seeker.name;
    byId("session-need").textContent = byId("session-need").title = session.need;
    byId("stage").setAttribute("aria-label", say("stage.label", { name: session.seeker.name }));
    this.#writeMeter();
    this.#loanChanged();
    this.#writeStatistics(true);
  }

  #writeStatistics(all: boolean): void {
    byId("stats-line").textContent = this.statistics.line();
    if (all) this.statistics.write(byId("stats-list"));
  }
}
