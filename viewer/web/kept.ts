// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What this tab keeps of its session, so that the page, loaded again, finds it: in sessionStorage, beside the token and
// gone with the tab, from "accept" to the end. Nothing in it is secret: who cannot sign with this browser's device key
// can do nothing with it. It is written before a signature leaves the page; a copy that is older than what left is
// refused here by the broker's figures, or else by the far end, which takes no second tick of one number.

import type { Session } from "./objects.ts";
import type { Identity } from "./wire/identity.ts";
import { Meter, type MeterConfig, type MeterState } from "./wire/meter.ts";

const STORED = "pouce-session";

interface Kept {
  account: string;
  session: string;
  meter: MeterState | null;
}

export function keep(account: string, session: string, meter: MeterState | null): void {
  const kept: Kept = { account, session, meter };
  try {
    sessionStorage.setItem(STORED, JSON.stringify(kept));
  } catch {
    drop(); // better none than an old one
  }
}

export function drop(): void {
  sessionStorage.removeItem(STORED);
}

function read(account: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Kept | null;
    return kept?.account === account && typeof kept.session === "string" ? kept : null;
  } catch {
    return null;
  }
}

/** keptSession - the id of the session that this tab was in, as this account; "" if none */
export function keptSession(account: string): string {
  return read(account)?.session ?? "";
}

export type Returned = { meter: Meter | null };

/** comeBack - what is needed to go on with @session; null: this page is not, or no longer, the one that may */
export async function comeBack(account: string, session: Session, identity: Identity): Promise<Returned | null> {
  const kept = read(account);
  if (kept?.session !== session.id || session.helper?.device_key !== identity.publicKey) return null;
  if (!kept.meter) return session.signed_ms === 0 ? { meter: null } : null;
  const config = meterConfig(session, identity);
  const meter = config && (await Meter.restore(config, kept.meter));
  return meter && session.signed_ms <= meter.claimed_ms() ? { meter } : null;
}

/** meterConfig - null while there is no price yet */
export function meterConfig(session: Session, identity: Identity): MeterConfig | null {
  const { id, price, seeker } = session;
  return price && { session: id, role: "helper", price: price.id, identity, peerKey: seeker.device_key };
}
