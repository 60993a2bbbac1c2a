// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the broker says, as PROTOCOL.md section 1 and 2 name it.

import type { Capability, EndReason } from "./wire/control.ts";
import type { SignedTick } from "./wire/texts.ts";
import type { Helper } from "../../broker/web/session.ts";

export type State =
  | "open" | "ringing" | "accepted" | "connecting" | "live" | "paused" | "ended" | "settled" | "rated"
  | "declined" | "expired" | "failed";

export interface Party {
  id: string;
  name: string;
  device_id: string;
  device_key: string;
}

export interface SessionPrice {
  id: string;
  rate_minor_per_min: number;
  currency: string;
  cap_minor: number;
}

export interface Session {
  id: string;
  state: State;
  role: "seeker" | "helper";
  need: string;
  seeker: Party;
  helper: Party | null;
  helper_card: Helper | null;
  price: SessionPrice | null;
  may: Capability[];
  ice_servers: { urls: string[]; username: string; credential: string }[];
  expires_s: number;
  signed_ms: number;
  cost_minor: number;
  end_reason: EndReason;
  receipt_number: string;
  created_s: number;
}

export interface Receipt {
  number: string;
  session: string;
  seeker: string;
  helper: string;
  need: string;
  signed_ms: number;
  rate_minor_per_min: number;
  currency: string;
  amount_minor: number;
  helper_amount_minor: number;
  fee_minor: number;
  issued_s: number;
}

export type Relay =
  | { type: "relay"; session: string; kind: "offer" | "answer"; body: { sdp: string } }
  | { type: "relay"; session: string; kind: "candidate"; body: { candidate: string; mline: number } }
  | { type: "relay"; session: string; kind: "restart"; body: Record<string, never> };

export type FromBroker =
  | { type: "welcome"; account: string; device: string; heartbeat_ms: number; sessions: Session[] }
  | { type: "ring"; session: Session; expires_ms: number }
  | { type: "ring_over"; session: string; reason: "expired" | "withdrawn" | "answered" }
  | { type: "session"; session: Session }
  | Relay
  | { type: "ticks_ack"; session: string; seeker_seq: number; helper_seq: number; signed_ms: number; cost_minor: number }
  | { type: "ping" | "pong"; n: number }
  | { type: "error"; code: string; detail: string; about: string };

export type ToBroker =
  | { type: "hello"; token: string; protocol: 1; available: boolean }
  | { type: "available"; available: boolean }
  | Relay
  | { type: "bound"; session: string }
  | { type: "ticks"; session: string; ticks: SignedTick[] }
  | { type: "end"; session: string; reason: EndReason }
  | { type: "stats"; session: string; fps: number; bitrate_bps: number; rtt_ms: number; lost: number; bytes: number }
  | { type: "ping" | "pong"; n: number };

const OVER: readonly State[] = ["ended", "settled", "rated", "declined", "expired", "failed"];

export function isOver(state: State): boolean {
  return OVER.includes(state);
}
