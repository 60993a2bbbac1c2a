// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Messages of the `control` channel: one discriminated union, parsed strictly by a table.

import { base64uDecode, utf8 } from "./bytes.ts";
import { parseObject, type Json } from "./json.ts";
import * as limits from "./limits.ts";
import type { Role } from "./texts.ts";

export const CAPABILITIES = ["view", "pointer", "control", "record", "voice", "clipboard", "files"] as const;
export const REVOKERS = ["owner", "local_input", "timeout", "helper", "policy"] as const;
export const END_REASONS = [
  "", "seeker", "helper", "cap", "silence", "withdrawn", "declined", "expired", "failed", "broker",
] as const;
export type Capability = (typeof CAPABILITIES)[number];
export type RevokeBy = (typeof REVOKERS)[number];
export type EndReason = (typeof END_REASONS)[number];

export interface Monitor {
  id: number;
  name: string;
  width: number;
  height: number;
  primary: boolean;
}

export type Control =
  | { type: "bind"; role: Role; own_fp: string; peer_fp: string; price: string; expires_s: number; sig: string }
  | { type: "tick"; tick: string; sig: string }
  | { type: "countersign"; seq: number; sig: string }
  | { type: "ask"; id: number; what: Capability; ms: number }
  | { type: "grant"; id: number; what: Capability; ms: number }
  | { type: "refuse"; id: number; what: Capability }
  | { type: "revoke"; what: Capability; by: RevokeBy }
  | { type: "screen"; width: number; height: number; monitor: number; monitors: Monitor[] }
  | { type: "ink"; stroke: number; color: string; points: number[]; end: boolean }
  | { type: "ink_clear" }
  | { type: "chat"; id: number; text: string }
  | { type: "pause"; paused: boolean }
  | { type: "voice"; on: boolean }
  | { type: "stats"; fps: number; bitrate_bps: number; rtt_ms: number; lost: number; decoded: number }
  | { type: "bye"; reason: EndReason }
  | { type: "unknown"; of: string };

export type ControlType = Control["type"];
export type ControlResult =
  | { result: "ok"; message: Control }
  | { result: "unknown_type"; answer: Control }
  | { result: "malformed"; reason: string };

/** Says what is wrong with one field. */
class Malformed extends Error {}

type Reader = (value: Json | undefined, key: string) => unknown;
type Shape = Record<string, Reader>;

const fail = (key: string): never => {
  throw new Malformed(`The field "${key}" is missing or not what the protocol says.`);
};

const integer =
  (min: number, max: number): Reader =>
  (value, key) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max ? value : fail(key);
const text =
  (min: number, max: number): Reader =>
  (value, key) => {
    if (typeof value !== "string") return fail(key);
    const chars = [...value].length;
    return chars >= min && chars <= max ? value : fail(key);
  };
const word =
  (words: readonly string[]): Reader =>
  (value, key) =>
    typeof value === "string" && words.includes(value) ? value : fail(key);
const matching =
  (pattern: RegExp): Reader =>
  (value, key) =>
    typeof value === "string" && pattern.test(value) ? value : fail(key);
const base64u =
  (min: number, max: number): Reader =>
  (value, key) => {
    const bytes = typeof value === "string" ? base64uDecode(value) : null;
    return bytes && bytes.length >= min && bytes.length <= max ? value : fail(key);
  };
const boolean: Reader = (value, key) => (typeof value === "boolean" ? value : fail(key));
const natural = integer(0, limits.INTEGER_MAX);
const pixels = integer(1, 65535);
const hex64 = matching(/^[0-9a-f]{64}$/);
const signature = base64u(64, 64);
const capability = word(CAPABILITIES);

const points: Reader = (value, key) => {
  if (!Array.isArray(value) || value.length % 2 !== 0 || value.length > 2 * limits.INK_POINTS_MAX) return fail(key);
  return value.map((point) => integer(0, 65535)(point, key));
};

const MONITOR: Shape = { id: natural, name: text(0, limits.NAME_MAX_CHARS), width: pixels, height: pixels, primary: boolean };

const monitors: Reader = (value, key) => {
  if (!Array.isArray(value) || value.length > limits.MONITORS_MAX) return fail(key);
  return value.map((one) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return fail(key);
    return read(MONITOR, one as { [key: string]: Json });
  });
};

const LOAN: Shape = { id: natural, what: capability, ms: natural };

const SHAPES: Record<ControlType, { from: Role | "both"; shape: Shape }> = {
  bind: {
    from: "both",
    shape: { role: word(["seeker", "helper"]), own_fp: hex64, peer_fp: hex64, price: hex64, expires_s: natural, sig: signature },
  },
  tick: { from: "both", shape: { tick: base64u(1, limits.TEXT_MAX_BYTES - 1), sig: signature } },
  countersign: { from: "both", shape: { seq: integer(1, limits.INTEGER_MAX), sig: signature } },
  ask: { from: "helper", shape: LOAN },
  grant: { from: "seeker", shape: LOAN },
  refuse: { from: "seeker", shape: { id: natural, what: capability } },
  revoke: { from: "both", shape: { what: capability, by: word(REVOKERS) } },
  screen: { from: "seeker", shape: { width: pixels, height: pixels, monitor: natural, monitors } },
  ink: { from: "helper", shape: { stroke: natural, color: matching(/^#[0-9a-f]{6}$/), points, end: boolean } },
  ink_clear: { from: "helper", shape: {} },
  chat: { from: "both", shape: { id: natural, text: text(1, limits.CHAT_MAX_CHARS) } },
  pause: { from: "both", shape: { paused: boolean } },
  voice: { from: "both", shape: { on: boolean } },
  stats: { from: "helper", shape: { fps: natural, bitrate_bps: natural, rtt_ms: natural, lost: natural, decoded: natural } },
  bye: { from: "both", shape: { reason: word(END_REASONS) } },
  unknown: { from: "both", shape: { of: text(0, limits.TYPE_MAX_CHARS) } },
};

function read(shape: Shape, object: { [key: string]: Json }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shape).map(([key, reader]) => [key, reader(object[key], key)]));
}

export function parseControl(data: string): ControlResult {
  if (data.length > limits.CONTROL_MAX_BYTES || utf8(data).length > limits.CONTROL_MAX_BYTES) {
    return { result: "malformed", reason: "The message is larger than 16 KiB." };
  }
  try {
    const object = parseObject(data);
    const type = object["type"];
    if (typeof type !== "string") return fail("type");
    if (!Object.hasOwn(SHAPES, type)) {
      return { result: "unknown_type", answer: { type: "unknown", of: [...type].slice(0, limits.TYPE_MAX_CHARS).join("") } };
    }
    const message = { type, ...read(SHAPES[type as ControlType].shape, object) };
    return { result: "ok", message: message as Control };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return { result: "malformed", reason: error.message };
    throw error;
  }
}

/** Compact JSON with the fields in the order of the page. */
export function buildControl(message: Control): string {
  const source = message as unknown as Record<string, unknown>;
  const { shape } = SHAPES[message.type];
  return JSON.stringify({ type: message.type, ...Object.fromEntries(Object.keys(shape).map((key) => [key, source[key]])) });
}

/** May that role send this type? The rest is dropped and counted. */
export function allowedFrom(type: ControlType, role: Role): boolean {
  const { from } = SHAPES[type];
  return from === "both" || from === role;
}
