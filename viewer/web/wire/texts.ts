// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The signed texts of PROTOCOL.md section 3: build, parse strictly, sign, verify, countersign.

import { base64uDecode, base64uEncode, sha256Hex, utf8, type Bytes } from "./bytes.ts";
import { verify, type Identity } from "./identity.ts";
import { TEXT_MAX_BYTES } from "./limits.ts";

export type Role = "seeker" | "helper";

export interface Price {
  session: string;
  rate_minor_per_min: number;
  currency: string;
  cap_minor: number;
}

export interface Bind {
  session: string;
  role: Role;
  own_fp: string; // hex SHA-256 of the signer's DTLS certificate
  peer_fp: string;
  price: string;
  expires_s: number;
}

export interface Tick {
  session: string;
  role: Role;
  seq: number;
  live_ms: number;
  price: string;
  own_fp: string;
  peer_fp: string;
  prev: string;
  nonce: string;
  peer_nonce: string;
}

/** As in JSON: `tick` is b64u of the text; counter_sig is absent before the countersignature. */
export interface SignedTick {
  tick: string;
  sig: string;
  counter_sig?: string;
}

export const ZERO64 = "0".repeat(64);
export const ZERO32 = "0".repeat(32);

type Field = { key: string; pattern: RegExp; number?: true };

const INTEGER = "(0|[1-9][0-9]{0,15})";
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX64 = /^[0-9a-f]{64}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const NUMBER = new RegExp(`^${INTEGER}$`);
const ROLE = /^(seeker|helper)$/;

const PRICE_FIELDS: Field[] = [
  { key: "session", pattern: ID },
  { key: "rate_minor_per_min", pattern: NUMBER, number: true },
  { key: "currency", pattern: /^[A-Z]{3}$/ },
  { key: "cap_minor", pattern: NUMBER, number: true },
];
const BIND_FIELDS: Field[] = [
  { key: "session", pattern: ID },
  { key: "role", pattern: ROLE },
  { key: "own_fp", pattern: HEX64 },
  { key: "peer_fp", pattern: HEX64 },
  { key: "price", pattern: HEX64 },
  { key: "expires_s", pattern: NUMBER, number: true },
];
const TICK_FIELDS: Field[] = [
  { key: "session", pattern: ID },
  { key: "role", pattern: ROLE },
  { key: "seq", pattern: NUMBER, number: true },
  { key: "live_ms", pattern: NUMBER, number: true },
  { key: "price", pattern: HEX64 },
  { key: "own_fp", pattern: HEX64 },
  { key: "peer_fp", pattern: HEX64 },
  { key: "prev", pattern: HEX64 },
  { key: "nonce", pattern: HEX32 },
  { key: "peer_nonce", pattern: HEX32 },
];

function build(title: string, fields: Field[], value: object): string {
  const source = value as Record<string, string | number>;
  return `${title}\n${fields.map((f) => `${f.key}=${source[f.key]}\n`).join("")}`;
}

function parse<T>(title: string, fields: Field[], text: string): T | null {
  if (text.length > TEXT_MAX_BYTES) return null;
  const lines = text.split("\n");
  if (lines.length !== fields.length + 2 || lines[0] !== title || lines[fields.length + 1] !== "") return null;
  const out: Record<string, string | number> = {};
  for (const [index, field] of fields.entries()) {
    const line = lines[index + 1] ?? "";
    if (!line.startsWith(`${field.key}=`)) return null;
    const value = line.slice(field.key.length + 1);
    if (!field.pattern.test(value)) return null;
    if (field.number && !Number.isSafeInteger(Number(value))) return null;
    out[field.key] = field.number ? Number(value) : value;
  }
  return out as T;
}

export const isId = (text: string): boolean => ID.test(text);
export const priceText = (price: Price): string => build("pouce-price-v1", PRICE_FIELDS, price);
export const parsePrice = (text: string): Price | null => parse("pouce-price-v1", PRICE_FIELDS, text);
export const priceId = (price: Price): Promise<string> => sha256Hex(priceText(price));
export const bindText = (bind: Bind): string => build("pouce-bind-v1", BIND_FIELDS, bind);
export const parseBind = (text: string): Bind | null => parse("pouce-bind-v1", BIND_FIELDS, text);
export const tickText = (tick: Tick): string => build("pouce-tick-v1", TICK_FIELDS, tick);
export const countersignText = (tickHash: string): string => `pouce-countersign-v1\ntick=${tickHash}\n`;

export function parseTick(text: string): Tick | null {
  const tick = parse<Tick>("pouce-tick-v1", TICK_FIELDS, text);
  return tick && tick.seq >= 1 ? tick : null;
}

/** What does not fit about the other end; each has a sentence among the words of the page. */
export type Wrong = "role" | "certificate" | "price" | "expiry" | "signature" | "unnamed";

/** null if the peer's bind is the exact mirror of one's own and verifies; else what is wrong. */
export async function checkPeerBind(own: Bind, peer: Omit<Bind, "session">, peerKey: string, sig: Uint8Array): Promise<Wrong | null> {
  if (peer.role === own.role) return "role";
  if (peer.own_fp !== own.peer_fp) return "certificate";
  if (peer.peer_fp !== own.own_fp) return "certificate";
  if (peer.price !== own.price) return "price";
  if (peer.expires_s !== own.expires_s) return "expiry";
  const text = bindText({ ...peer, session: own.session });
  return (await verify(peerKey, text, sig)) ? null : "signature";
}

export async function signTick(tick: Tick, identity: Identity): Promise<SignedTick> {
  const text = tickText(tick);
  return { tick: base64uEncode(utf8(text)), sig: base64uEncode(await identity.sign(text)) };
}

/** The exact text that was signed; null if it is not b64u of ASCII. */
export function signedTickText(signed: SignedTick): string | null {
  if (signed.tick.length > TEXT_MAX_BYTES * 2) return null;
  const bytes: Bytes | null = base64uDecode(signed.tick);
  if (!bytes || bytes.some((byte) => byte > 127)) return null;
  return String.fromCharCode(...bytes);
}

export async function countersign(signed: SignedTick, identity: Identity): Promise<SignedTick> {
  const text = signedTickText(signed) ?? "";
  const sig = await identity.sign(countersignText(await sha256Hex(text)));
  return { tick: signed.tick, sig: signed.sig, counter_sig: base64uEncode(sig) };
}

export async function verifyTick(signed: SignedTick, key: string): Promise<boolean> {
  const text = signedTickText(signed);
  const sig = base64uDecode(signed.sig, 64);
  return text !== null && sig !== null && (await verify(key, text, sig));
}

export async function verifyCountersign(signed: SignedTick, peerKey: string, counterSig: string): Promise<boolean> {
  const text = signedTickText(signed);
  const sig = base64uDecode(counterSig, 64);
  if (text === null || sig === null) return false;
  return verify(peerKey, countersignText(await sha256Hex(text)), sig);
}
