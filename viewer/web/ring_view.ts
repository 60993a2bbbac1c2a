// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bell: who asks, for what, at which price, and how long there is to answer.

import { byId, facts, showScreen } from "./dom.ts";
import { Call } from "./call.ts";
import type { Session } from "./objects.ts";
import { money, onLanguage, say } from "./words.ts";

const COUNT_MS = 250;

export class RingView {
  session: Session | null = null;
  #call = new Call();
  #timer = 0;
  #until = 0;

  constructor(accept: (session: Session) => void, decline: (session: Session) => void) {
    byId("ring-accept").addEventListener("click", () => this.#answer(accept));
    byId("ring-decline").addEventListener("click", () => this.#answer(decline));
    onLanguage(() => this.#write());
  }

  begin(session: Session, expiresMs: number): void {
    this.session = session;
    this.#until = performance.now() + expiresMs;
    byId<HTMLProgressElement>("ring-left").max = expiresMs / 1000;
    window.clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#count(), COUNT_MS);
    this.#write();
    showScreen("ring");
    byId("ring-accept").focus();
    this.#call.begin(session.seeker.name, session.need);
  }

  /** stop - it was answered, withdrawn, or is over */
  stop(): void {
    this.session = null;
    window.clearInterval(this.#timer);
    this.#call.stop();
  }

  #answer(how: (session: Session) => void): void {
    const { session } = this;
    this.stop();
    if (session) how(session);
  }

  #write(): void {
    const { session } = this;
    if (!session) return;
    byId("ring-title").textContent = say("ring.title", { name: session.seeker.name });
    byId("ring-need").textContent = session.need;
    facts(byId("ring-facts"), priceRows(session));
    this.#count();
  }

  #count(): void {
    const left = Math.max(0, (this.#until - performance.now()) / 1000);
    byId<HTMLProgressElement>("ring-left").value = left;
    byId("ring-count").textContent = say("ring.left", { seconds: Math.ceil(left) });
  }
}

export function priceRows(session: Session): [string, string][] {
  const price = session.price;
  const rate = price?.rate_minor_per_min ?? session.helper_card?.rate_minor_per_min ?? 0;
  const currency = price?.currency ?? session.helper_card?.currency ?? "EUR";
  if (rate === 0) return [[say("ring.price"), say("ring.free")]];
  const rows: [string, string][] = [[say("ring.price"), say("ring.per_minute", { amount: money(rate, currency) })]];
  if (price && price.cap_minor > 0) rows.push([say("ring.cap"), money(price.cap_minor, currency)]);
  return rows;
}
