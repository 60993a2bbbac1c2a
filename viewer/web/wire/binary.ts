// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The binary data channels: input, motion, cursor. Big-endian, exactly the size of the kind.

import { CURSOR_MAX_PX } from "./limits.ts";
import type { Bytes } from "./bytes.ts";

export type Input =
  | { kind: "key"; down: boolean; code: number }
  | { kind: "character"; scalar: number }
  | { kind: "button"; button: 1 | 2 | 3; down: boolean; x: number; y: number }
  | { kind: "wheel"; dx: number; dy: number; x: number; y: number }
  | { kind: "release_all" }
  | { kind: "keysym"; down: boolean; keysym: number };

export type Motion =
  | { kind: "pointer"; visible: boolean; moves: boolean; seq: number; x: number; y: number }
  | { kind: "heartbeat"; seq: number; echo: number; decoded: number }
  | { kind: "cursor"; visible: boolean; seq: number; x: number; y: number; shape: number }
  | { kind: "decoded"; rtp_timestamp: number };

export interface Cursor {
  shape: number;
  width: number;
  height: number;
  hot_x: number;
  hot_y: number;
  rgba: Bytes; // not premultiplied
}

function writer(bytes: number): { view: DataView; out: Bytes } {
  const out = new Uint8Array(bytes);
  return { view: new DataView(out.buffer), out };
}

function reader(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

const isFlag = (byte: number): boolean => byte <= 1;
const isScalar = (n: number): boolean => n > 0 && n <= 0x10ffff && !(n >= 0xd800 && n <= 0xdfff);

const INPUT_PARSERS: Record<number, { bytes: number; parse: (v: DataView) => Input | null }> = {
  1: {
    bytes: 4,
    parse: (v) => (isFlag(v.getUint8(1)) ? { kind: "key", down: v.getUint8(1) === 1, code: v.getUint16(2) } : null),
  },
  2: { bytes: 5, parse: (v) => (isScalar(v.getUint32(1)) ? { kind: "character", scalar: v.getUint32(1) } : null) },
  3: {
    bytes: 7,
    parse: (v) => {
      const button = v.getUint8(1);
      if ((button !== 1 && button !== 2 && button !== 3) || !isFlag(v.getUint8(2))) return null;
      return { kind: "button", button, down: v.getUint8(2) === 1, x: v.getUint16(3), y: v.getUint16(5) };
    },
  },
  4: {
    bytes: 9,
    parse: (v) => ({ kind: "wheel", dx: v.getInt16(1), dy: v.getInt16(3), x: v.getUint16(5), y: v.getUint16(7) }),
  },
  5: { bytes: 1, parse: () => ({ kind: "release_all" }) },
  6: {
    bytes: 6,
    parse: (v) =>
      isFlag(v.getUint8(1)) && v.getUint32(2) !== 0
        ? { kind: "keysym", down: v.getUint8(1) === 1, keysym: v.getUint32(2) }
        : null,
  },
};

const MOTION_PARSERS: Record<number, { bytes: number; parse: (v: DataView) => Motion | null }> = {
  1: {
    bytes: 10,
    parse: (v) => {
      const flags = v.getUint8(1);
      if (flags > 3) return null;
      const [visible, moves] = [(flags & 1) !== 0, (flags & 2) !== 0];
      return { kind: "pointer", visible, moves, seq: v.getUint32(2), x: v.getUint16(6), y: v.getUint16(8) };
    },
  },
  2: {
    bytes: 13,
    parse: (v) => ({ kind: "heartbeat", seq: v.getUint32(1), echo: v.getUint32(5), decoded: v.getUint32(9) }),
  },
  3: {
    bytes: 14,
    parse: (v) => {
      if (!isFlag(v.getUint8(1))) return null;
      const [visible, seq] = [v.getUint8(1) === 1, v.getUint32(2)];
      return { kind: "cursor", visible, seq, x: v.getUint16(6), y: v.getUint16(8), shape: v.getUint32(10) };
    },
  },
  4: { bytes: 5, parse: (v) => ({ kind: "decoded", rtp_timestamp: v.getUint32(1) }) },
};

export function parseInput(data: Uint8Array): Input | null {
  const entry = INPUT_PARSERS[data[0] ?? 0];
  return entry && data.length === entry.bytes ? entry.parse(reader(data)) : null;
}

export function parseMotion(data: Uint8Array): Motion | null {
  const entry = MOTION_PARSERS[data[0] ?? 0];
  return entry && data.length === entry.bytes ? entry.parse(reader(data)) : null;
}

const INPUT_BUILDERS: { [K in Input["kind"]]: (m: Extract<Input, { kind: K }>) => Bytes } = {
  key: (m) => {
    const { view, out } = writer(4);
    out.set([1, Number(m.down)]);
    view.setUint16(2, m.code);
    return out;
  },
  character: (m) => {
    const { view, out } = writer(5);
    out[0] = 2;
    view.setUint32(1, m.scalar);
    return out;
  },
  button: (m) => {
    const { view, out } = writer(7);
    out.set([3, m.button, Number(m.down)]);
    view.setUint16(3, m.x);
    view.setUint16(5, m.y);
    return out;
  },
  wheel: (m) => {
    const { view, out } = writer(9);
    out[0] = 4;
    [m.dx, m.dy].forEach((value, i) => view.setInt16(1 + 2 * i, value));
    [m.x, m.y].forEach((value, i) => view.setUint16(5 + 2 * i, value));
    return out;
  },
  release_all: () => new Uint8Array([5]),
  keysym: (m) => {
    const { view, out } = writer(6);
    out.set([6, Number(m.down)]);
    view.setUint32(2, m.keysym);
    return out;
  },
};

const MOTION_BUILDERS: { [K in Motion["kind"]]: (m: Extract<Motion, { kind: K }>) => Bytes } = {
  pointer: (m) => {
    const { view, out } = writer(10);
    out.set([1, Number(m.visible) | (Number(m.moves) << 1)]);
    view.setUint32(2, m.seq);
    view.setUint16(6, m.x);
    view.setUint16(8, m.y);
    return out;
  },
  heartbeat: (m) => {
    const { view, out } = writer(13);
    out[0] = 2;
    [m.seq, m.echo, m.decoded].forEach((value, i) => view.setUint32(1 + 4 * i, value));
    return out;
  },
  cursor: (m) => {
    const { view, out } = writer(14);
    out.set([3, Number(m.visible)]);
    view.setUint32(2, m.seq);
    view.setUint16(6, m.x);
    view.setUint16(8, m.y);
    view.setUint32(10, m.shape);
    return out;
  },
  decoded: (m) => {
    const { view, out } = writer(5);
    out[0] = 4;
    view.setUint32(1, m.rtp_timestamp);
    return out;
  },
};

export function buildInput(message: Input): Bytes {
  return (INPUT_BUILDERS[message.kind] as (m: Input) => Bytes)(message);
}

export function buildMotion(message: Motion): Bytes {
  return (MOTION_BUILDERS[message.kind] as (m: Motion) => Bytes)(message);
}

/** Is `seq` after `last`, in serial-number arithmetic? */
export function isNewer(seq: number, last: number): boolean {
  return ((seq - last) | 0) > 0;
}

const CURSOR_HEADER_BYTES = 13;

export function parseCursor(data: Uint8Array): Cursor | null {
  if (data.length < CURSOR_HEADER_BYTES || data[0] !== 1) return null;
  const v = reader(data);
  const [width, height, hot_x, hot_y] = [v.getUint16(5), v.getUint16(7), v.getUint16(9), v.getUint16(11)];
  if (width < 1 || height < 1 || width > CURSOR_MAX_PX || height > CURSOR_MAX_PX) return null;
  if (hot_x >= width || hot_y >= height) return null;
  if (data.length !== CURSOR_HEADER_BYTES + width * height * 4) return null;
  return { shape: v.getUint32(1), width, height, hot_x, hot_y, rgba: new Uint8Array(data.slice(CURSOR_HEADER_BYTES)) };
}

export function buildCursor(cursor: Cursor): Bytes {
  const { view, out } = writer(CURSOR_HEADER_BYTES + cursor.rgba.length);
  out[0] = 1;
  view.setUint32(1, cursor.shape);
  [cursor.width, cursor.height, cursor.hot_x, cursor.hot_y].forEach((value, i) => view.setUint16(5 + 2 * i, value));
  out.set(cursor.rgba, CURSOR_HEADER_BYTES);
  return out;
}
