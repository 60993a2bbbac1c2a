// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's page: log in, be available, be rung, help, read the receipt. One session at a time.

import { explain, sayCode } from "../../broker/web/problems.ts";
import { type Account, call, deviceKey, forget, logIn, logOut, Problem, token } from "../../broker/web/session.ts";
import { allowSound, askToNotify, mayAskToNotify } from "./call.ts";
import { alarm, announce, byId, facts, showScreen } from "./dom.ts";
import { comeBack, drop, keep, keptSession, type Returned } from "./kept.ts";
import { isOver, type FromBroker, type Session } from "./objects.ts";
import { OverView } from "./over_view.ts";
import { RingView } from "./ring_view.ts";
import { SessionView } from "./session_view.ts";
import { Switchboard } from "./switchboard.ts";
import { Viewing, type Surroundings, type Told } from "./viewing.ts";
import type { Wrong } from "./wire/texts.ts";
import { identityFromKeyPair, type Identity } from "./wire/identity.ts";
import { languageName, money, onLanguage, say, startWords } from "./words.ts";

class App {
  #account: Account | null = null;
  #identity: Identity | null = null;
  #device = "";
  #switchboard: Switchboard | null = null;
  #viewing: Viewing | null = null;
  #accepting = "";
  #refused: Wrong | null = null;
  #ring = new RingView(
    (session) => void this.#accept(session),
    (session) => void this.#decline(session),
  );
  #session = new SessionView((message) => this.#switchboard?.send(message) ?? false);
  #over = new OverView(() => this.#lobby());

  constructor() {
    byId("login-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#logIn();
    });
    byId("logout").addEventListener("click", () => void this.#logOut());
    byId("available").addEventListener("click", () => this.#toggleAvailable());
    byId("notify").addEventListener("click", () => void askToNotify().then(() => this.#writeLobby()));
    byId("waiting-end").addEventListener("click", () => this.#viewing?.end());
    byId("pin-stop").addEventListener("click", () => this.#viewing?.end());
    byId("pin-trust").addEventListener("click", () => {
      this.#waiting();
      this.#viewing?.trust();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#viewing && !["left", "over"].includes(this.#viewing.phase)) event.preventDefault();
    });
    const changed = (): void => this.#viewing?.networksChanged();
    window.addEventListener("online", changed);
    const { connection } = navigator as { connection?: EventTarget }; // not every browser tells
    connection?.addEventListener("change", changed);
    onLanguage(() => {
      this.#writeLobby();
      this.#writeWaiting();
    });
  }

  async start(): Promise<void> {
    if (!token()) return showScreen("login");
    try {
      const { account } = await call<{ account: Account }>("GET", "/me");
      await this.#enter(account);
    } catch {
      forget();
      showScreen("login");
    }
  }

  // Who is here

  async #logIn(): Promise<void> {
    const name = byId<HTMLInputElement>("login-name").value.trim();
    const password = byId<HTMLInputElement>("login-password");
    const error = byId("login-error");
    error.textContent = "";
    if (!name || !password.value) {
      error.textContent = say("login.missing");
      return;
    }
    allowSound();
    try {
      const { account } = await logIn(name, password.value, say("device.name"));
      password.value = "";
      await this.#enter(account);
    } catch (problem) {
      error.textContent = inWords(problem);
    }
  }

  async #enter(account: Account): Promise<void> {
    this.#account = account;
    this.#identity = await identityFromKeyPair(await deviceKey(account.login));
    byId("logout").hidden = false;
    this.#switchboard = new Switchboard(token() ?? "", {
      onUp: () => this.#writeLink(),
      onDown: () => this.#writeLink(),
      onRefused: (why) => this.#leave(say(`error.${why}`)),
      onMessage: (message) => this.#take(message),
    });
    this.#lobby();
  }

  async #logOut(): Promise<void> {
    this.#viewing?.end();
    await logOut().catch(() => undefined);
    this.#leave("");
  }

  #leave(why: string): void {
    this.#switchboard?.close();
    this.#switchboard = null;
    this.#viewing?.close();
    this.#viewing = null;
    this.#session.finish();
    this.#ring.stop();
    drop();
    forget();
    byId("logout").hidden = true;
    byId("login-error").textContent = why;
    showScreen("login");
    this.#writeLink();
  }

  // The lobby

  #lobby(): void {
    this.#writeLobby();
    showScreen("lobby");
  }

  #toggleAvailable(): void {
    allowSound();
    this.#switchboard?.setAvailable(!this.#switchboard.available);
    this.#writeLobby();
    announce(byId("available-note").textContent ?? "");
  }

  #writeLobby(): void {
    const account = this.#account;
    const on = this.#switchboard?.available ?? false;
    byId("available").setAttribute("aria-checked", String(on));
    const note = !on ? "available.off" : this.#switchboard?.up ? "available.on" : "available.waiting";
    byId("available-note").textContent = say(note);
    byId("notify").hidden = !on || !mayAskToNotify();
    this.#writeLink();
    if (!account) return;
    byId("lobby-title").textContent = say("lobby.title", { name: account.name });
    const { helper } = account;
    byId("lobby-none").hidden = helper !== null;
    const rate = helper?.rate_minor_per_min ?? 0;
    const price = rate === 0 ? say("ring.free") : say("ring.per_minute", { amount: money(rate, account.currency) });
    facts(byId("lobby-profile"), helper ? [
      [say("profile.rate"), price],
      [say("profile.skills"), helper.skills.join(", ")],
      [say("profile.languages"), helper.languages.map(languageName).join(", ")],
      [say("profile.place"), helper.place],
    ] : []);
  }

  #writeLink(): void {
    const link = byId("link");
    const up = this.#switchboard?.up ?? false;
    link.hidden = this.#switchboard === null;
    link.textContent = say(up ? "link.up" : "link.down");
    link.className = up ? "badge good" : "badge warn";
    if (byId("available").getAttribute("aria-checked") === "true") {
      byId("available-note").textContent = say(up ? "available.on" : "available.waiting");
    }
  }

  // From the broker

  #take(message: FromBroker): void {
    switch (message.type) {
      case "welcome":
        return this.#welcome(message);
      case "ring":
        if (!this.#viewing) this.#ring.begin(message.session, message.expires_ms);
        return;
      case "ring_over":
        return this.#ringOver(message);
      case "session":
        return this.#follow(message.session);
      case "relay":
        if (message.session === this.#viewing?.session.id) this.#viewing.onRelay(message);
        return;
      case "ticks_ack":
        if (message.session === this.#viewing?.session.id) this.#viewing.onAck(message);
        return;
      case "error":
        return alarm(sayCode(message.code, say));
      default:
        return;
    }
  }

  #welcome(message: Extract<FromBroker, { type: "welcome" }>): void {
    this.#device = message.device;
    const mine = message.sessions.filter((s) => s.role === "helper" && s.helper?.device_id === this.#device);
    for (const session of mine) {
      if (session.id === this.#viewing?.session.id) this.#viewing.takeSession(session);
      else if (session.state === "ringing" || isOver(session.state) || session.id === this.#accepting) continue;
      else void this.#comeBack(session);
    }
    this.#viewing?.onBrokerBack();
    const kept = keptSession(message.account);
    if (kept && !mine.some((session) => session.id === kept)) drop();
    const id = this.#viewing?.session.id ?? (this.#over.awaited || kept);
    if (id && !mine.some((session) => session.id === id)) void this.#lookUp(id);
  }

  /** A session that this page was in before it was loaded again. */
  async #comeBack(session: Session): Promise<void> {
    if (!this.#account || !this.#identity || this.#viewing) return;
    const returned = await comeBack(this.#account.id, session, this.#identity);
    if (this.#viewing) return;
    if (returned) return this.#begin(session, returned);
    // Another page has helped since, or what this one kept is gone: it cannot sign where the time has stopped.
    this.#switchboard?.send({ type: "end", session: session.id, reason: "helper" });
    this.#over.begin(session, null);
    alarm(say("return.outdated"));
    drop();
  }

  /** The broker no longer lists the session: it ended while the connection to it was down. */
  async #lookUp(id: string): Promise<void> {
    try {
      const { session } = await call<{ session: Session }>("GET", `/sessions/${id}`);
      // It ended while the page was loaded again, or away.
      if (!this.#viewing && !this.#over.open && isOver(session.state)) this.#over.begin(session, null);
      this.#follow(session);
    } catch {
      // the next welcome tries again
    }
  }

  #ringOver(message: Extract<FromBroker, { type: "ring_over" }>): void {
    const session = this.#ring.session;
    if (session?.id !== message.session) return;
    this.#ring.stop();
    this.#lobby();
    alarm(say(`ring.over.${message.reason}`, { name: session.seeker.name }));
  }

  #follow(session: Session): void {
    if (session.id === this.#accepting && (session.state === "accepted" || session.state === "connecting")) {
      this.#begin(session);
    }
    if (session.id === this.#viewing?.session.id) {
      this.#viewing.takeSession(session);
      this.#writeWaiting();
    }
    this.#over.follow(session);
  }

  // A session

  async #accept(ringing: Session): Promise<void> {
    allowSound();
    this.#accepting = ringing.id;
    if (this.#account) keep(this.#account.id, ringing.id, null);
    try {
      const { session } = await call<{ session: Session }>("POST", `/sessions/${ringing.id}/accept`);
      this.#begin(session);
    } catch (problem) {
      if (this.#viewing) return;
      drop();
      this.#lobby();
      alarm(inWords(problem));
    } finally {
      this.#accepting = "";
    }
  }

  /** The answer to "accept" and the broker's word of it race each other: the first begins. */
  #begin(session: Session, returned: Returned | null = null): void {
    const account = this.#account?.id;
    if (!account || !this.#identity) return;
    if (session.id === this.#viewing?.session.id) return;
    this.#refused = null;
    const around: Surroundings = {
      ownAccount: account,
      identity: this.#identity,
      send: (message) => this.#switchboard?.send(message) ?? false,
      tell: (told) => this.#told(told),
      decoded: () => this.#session.statistics.decoded,
      keep: (meter) => keep(account, session.id, meter),
      renew: () => this.#switchboard?.renew(),
    };
    this.#viewing = new Viewing(session, around, returned);
    this.#session.begin(this.#viewing);
    this.#waiting();
  }

  async #decline(session: Session): Promise<void> {
    this.#lobby();
    await call("POST", `/sessions/${session.id}/decline`).catch((problem: unknown) => alarm(inWords(problem)));
  }

  #waiting(): void {
    this.#writeWaiting();
    showScreen("waiting");
  }

  #writeWaiting(): void {
    const viewing = this.#viewing;
    if (!viewing) return;
    const { name } = viewing.session.seeker;
    const connecting = viewing.phase !== "waiting" || viewing.session.state !== "accepted";
    byId("waiting-title").textContent = say(connecting ? "connecting.title" : "waiting.title", { name });
    const note = viewing.phase === "lost" ? "return.note" : connecting ? "connecting.note" : "waiting.note";
    byId("waiting-note").textContent = say(note);
  }

  #told(told: Told): void {
    if (told.type === "refused_peer") this.#refused = told.wrong;
    if (told.type === "outdated") alarm(say("return.outdated"));
    if (told.type === "pin_changed") this.#showPin(told.before, told.now);
    if (told.type === "phase") {
      this.#writeWaiting();
      if (told.phase === "left" || told.phase === "over") return this.#ended();
    }
    this.#session.told(told);
  }

  #showPin(before: string, now: string): void {
    byId("pin-note").textContent = say("pin.note", { name: this.#viewing?.session.seeker.name ?? "" });
    facts(byId("pin-facts"), [
      [say("pin.before"), inGroups(before)],
      [say("pin.now"), inGroups(now)],
    ]);
    showScreen("pin");
  }

  #ended(): void {
    const viewing = this.#viewing;
    if (!viewing) return;
    drop();
    if (!this.#over.open) {
      this.#session.finish();
      this.#over.begin(viewing.session, this.#refused);
      announce(say("end.bye"));
    }
    if (viewing.phase !== "over") return;
    this.#over.follow(viewing.session);
    this.#viewing = null;
  }
}

/** A device's key in groups of four, to be compared by eye or aloud. */
function inGroups(key: string): string {
  return (key.slice(0, 24).match(/.{1,4}/g) ?? []).join(" ");
}

function inWords(problem: unknown): string {
  if (problem instanceof Problem) {
    if (problem.code === "unreachable") return say("error.network");
    if (problem.code === "wrong_credentials") return say("error.wrong_credentials");
    if (problem.code === "conflict") return say("error.conflict");
    if (problem.code === "too_many") return say("error.too_many");
    return explain(problem, say);
  }
  const name = problem instanceof DOMException ? problem.name : "";
  return say(name === "NotSupportedError" ? "error.ed25519" : "error.storage");
}

startWords(byId<HTMLSelectElement>("language"));
void new App().start();
