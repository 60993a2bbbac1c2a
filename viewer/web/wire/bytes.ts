// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// base64url without padding, lower-case hex, SHA-256: one text for one value.

export type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
  return new Uint8Array(encoder.encode(text));
}

export function base64uEncode(data: Uint8Array): string {
  let out = "";
  let bits = 0;
  let count = 0;
  for (const byte of data) {
    bits = ((bits << 8) | byte) & 0xffff;
    for (count += 8; count >= 6; count -= 6) out += ALPHABET[(bits >> (count - 6)) & 63];
  }
  if (count > 0) out += ALPHABET[(bits << (6 - count)) & 63];
  return out;
}

/** null for another alphabet, padding, loose bits or, with `bytes`, another length. */
export function base64uDecode(text: string, bytes?: number): Bytes | null {
  const out: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return null;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push((bits >> count) & 255);
    }
  }
  if (count >= 6 || (bits & ((1 << count) - 1)) !== 0) return null;
  if (bytes !== undefined && out.length !== bytes) return null;
  return new Uint8Array(out);
}

export function hexEncode(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function hexDecode(text: string): Bytes | null {
  if (!/^([0-9a-f]{2})*$/.test(text)) return null;
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

export async function sha256Hex(text: string | Uint8Array): Promise<string> {
  const data = typeof text === "string" ? utf8(text) : new Uint8Array(text);
  return hexEncode(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
}
