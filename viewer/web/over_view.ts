// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// After the end: what was signed, what it costs, the receipt. The receipt exists a moment after the session is over.

import { call } from "../../broker/web/session.ts";
import { byId, facts, showScreen } from "./dom.ts";
import type { Receipt, Session } from "./objects.ts";
import type { Wrong } from "./wire/texts.ts";
import { duration, money, onLanguage, say } from "./words.ts";

export class OverView {
  #session: Session | null = null;
  #receipt: Receipt | null = null;
  #refused: Wrong | null = null;
  #asking = false;

  constructor(back: () => void) {
    byId("over-back").addEventListener("click", () => {
      this.#session = null;
      back();
    });
    onLanguage(() => this.#write());
  }

  get open(): boolean {
    return this.#session !== null;
  }

  /** The session that is shown, while there is no receipt of it; "" if none is. */
  get awaited(): string {
    return this.#receipt ? "" : (this.#session?.id ?? "");
  }

  begin(session: Session, refused: Wrong | null): void {
    this.#session = session;
    this.#receipt = null;
    this.#refused = refused;
    this.#write();
    showScreen("over");
    void this.#ask();
  }

  /** follow - the broker says more about the session that is shown */
  follow(session: Session): void {
    if (session.id !== this.#session?.id) return;
    this.#session = session;
    this.#write();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const session = this.#session;
    if (!session || this.#receipt || this.#asking) return;
    if (session.state !== "settled" && session.state !== "rated") return;
    this.#asking = true;
    try {
      const { receipt } = await call<{ receipt: Receipt }>("GET", `/sessions/${session.id}/receipt`);
      if (this.#session?.id === session.id) this.#receipt = receipt;
    } catch {
      // the figures of the session itself stay on the page
    } finally {
      this.#asking = false;
      this.#write();
    }
  }

  #write(): void {
    const session = this.#session;
    if (!session) return;
    const name = session.seeker.name;
    const came = session.signed_ms > 0 || ["ended", "settled", "rated"].includes(session.state);
    const title = this.#receipt ? "over.settled" : came && !this.#refused ? "over.ended" : "over.failed";
    byId("over-title").textContent = say(title, { name });
    byId("over-note").textContent = this.#note(session, name);
    facts(byId("over-facts"), this.#rows(name));
  }

  #note(session: Session, name: string): string {
    if (this.#refused) return say("over.refused", { detail: say(`wrong.${this.#refused}`) });
    const reason = session.end_reason === "" ? "" : say(`reason.${session.end_reason}`, { name });
    if (this.#receipt) return reason;
    const pending = !["declined", "expired", "failed"].includes(session.state);
    return `${reason} ${say(pending ? "over.settling" : "over.nothing")}`.trim();
  }

  #rows(name: string): [string, string][] {
    const receipt = this.#receipt;
    if (!receipt) return [];
    const { currency } = receipt;
    return [
      [say("over.time"), duration(receipt.signed_ms)],
      [say("over.rate"), say("ring.per_minute", { amount: money(receipt.rate_minor_per_min, currency) })],
      [say("over.amount", { name }), money(receipt.amount_minor, currency)],
      [say("over.fee"), money(receipt.fee_minor, currency)],
      [say("over.yours"), money(receipt.helper_amount_minor, currency)],
      [say("over.receipt"), receipt.number],
    ];
  }
}
