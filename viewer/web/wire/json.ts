// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Strict JSON: one object, no duplicate key, nothing behind it. JSON.parse keeps the last of two
// equal keys, which is how two readers of one message come to disagree; hence this small reader.

export type Json = null | boolean | number | string | Real | Json[] | { [key: string]: Json };

/** A number written with a point or an exponent: never an integer field, whatever its value. */
export class Real {
  constructor(readonly value: number) {}
}

const DEPTH_MAX = 32; // open brackets
const INT64_MAX = 2n ** 63n - 1n; // what the C reader can hold, even in a field that it ignores
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"([^"\\\u0000-\u001f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Reader {
  at = 0;
  constructor(readonly text: string) {}

  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  take(char: string): boolean {
    this.match(SPACE);
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  expect(char: string): void {
    if (!this.take(char)) throw new SyntaxError(`JSON: expected ${char} at ${this.at}`);
  }

  string(): string {
    this.match(SPACE);
    const raw = this.match(STRING);
    if (raw === null) throw new SyntaxError(`JSON: expected a text at ${this.at}`);
    const text = JSON.parse(raw) as string;
    if (text.includes("\u0000") || /[\ud800-\udfff]/u.test(text)) throw new SyntaxError("JSON: not a valid text");
    return text;
  }

  enter(depth: number): void {
    if (depth >= DEPTH_MAX) throw new SyntaxError("JSON: nested too deep");
  }

  number(): number | Real {
    const text = this.match(NUMBER);
    if (text === null) throw new SyntaxError(`JSON: expected a value at ${this.at}`);
    if (!/[.eE]/.test(text)) {
      const exact = BigInt(text);
      if (exact > INT64_MAX || exact < -INT64_MAX - 1n) throw new SyntaxError("JSON: a number is too large");
      return Number(exact);
    }
    const value = Number(text);
    if (!Number.isFinite(value)) throw new SyntaxError("JSON: a number is too large");
    return new Real(value);
  }

  object(depth: number): { [key: string]: Json } {
    const out: { [key: string]: Json } = Object.create(null) as { [key: string]: Json };
    this.enter(depth);
    this.expect("{");
    if (this.take("}")) return out;
    do {
      const key = this.string();
      if (key in out) throw new SyntaxError(`JSON: the key ${key} stands twice`);
      this.expect(":");
      out[key] = this.value(depth + 1);
    } while (this.take(","));
    this.expect("}");
    return out;
  }

  array(depth: number): Json[] {
    const out: Json[] = [];
    this.enter(depth);
    this.expect("[");
    if (this.take("]")) return out;
    do out.push(this.value(depth + 1));
    while (this.take(","));
    this.expect("]");
    return out;
  }

  value(depth: number): Json {
    this.match(SPACE);
    const char = this.text[this.at];
    if (char === "{") return this.object(depth);
    if (char === "[") return this.array(depth);
    if (char === '"') return this.string();
    const word = this.match(/true|false|null/y);
    if (word) return word === "null" ? null : word === "true";
    return this.number();
  }
}

/** Throws SyntaxError. */
export function parseObject(text: string): { [key: string]: Json } {
  const reader = new Reader(text);
  const out = reader.object(0);
  reader.match(SPACE);
  if (reader.at !== text.length) throw new SyntaxError("JSON: something follows the object");
  return out;
}
