// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A small TURN client over UDP, TCP or TLS (RFC 8656, RFC 6062) that asks for what it should not get.

import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export const method = { allocate: 3, refresh: 4, send: 6, data: 7, permission: 8, channel: 9, connect: 10 } as const;

const magic = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const attribute = { user: 0x06, integrity: 0x08, error: 0x09, channel: 0x0c, lifetime: 0x0d, peer: 0x12, data: 0x13 };
const more = { realm: 0x14, nonce: 0x15, relayed: 0x16, family: 0x17, transport: 0x19 };

type Answer = { ok: boolean; code: number; attributes: Map<number, Buffer> };

function pack(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function expand6(address: string): number[] {
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (mapped) {
    const [a, b, c, d] = mapped.slice(2).map(Number) as [number, number, number, number];
    return expand6(`${mapped[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  }
  const [left = "", right] = address.split("::") as [string, string?];
  const words = (text: string): number[] => (text ? text.split(":").map((each) => parseInt(each, 16)) : []);
  const tail = right === undefined ? [] : words(right);
  return [...words(left), ...Array(8 - words(left).length - tail.length).fill(0), ...tail];
}

function peerAddress(address: string, port: number, transaction: Buffer): Buffer {
  const six = isIPv6(address);
  const bytes = six
    ? Buffer.from(expand6(address).flatMap((word) => [word >> 8, word & 255]))
    : Buffer.from(address.split(".").map(Number));
  const mask = Buffer.concat([magic, transaction]);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask[i] ?? 0);
  const head = Buffer.from([0, six ? 2 : 1, 0, 0]);
  head.writeUInt16BE(port ^ 0x2112, 2);
  return Buffer.concat([head, bytes]);
}

/** A relay, and how it is asked; @tls: its name and the authority that vouches for it, PEM. */
export type Door = { address: string; port: number; from: string; by: "udp" | "tcp" | "tls"; tls?: { name: string; ca: Buffer } };

type Wire = { send: (message: Buffer) => void; close: () => void };

function udpWire(door: Door, take: (message: Buffer) => void): Wire {
  const socket = createSocket("udp4");
  socket.bind(0, door.from);
  socket.on("message", take);
  return { send: (message) => socket.send(message, door.port, door.address), close: () => void socket.close() };
}

/** Over a stream messages stand one after the other; their heads tell how long they are. */
function streamWire(door: Door, take: (message: Buffer) => void): Wire {
  const where = { host: door.address, port: door.port, localAddress: door.from };
  const { tls } = door;
  const socket: Socket = tls ? connectTls({ ...where, servername: tls.name, ca: [tls.ca] } as object) : connectTcp(where);
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => undefined); // then nothing is answered, which is what the caller sees
  socket.on("data", (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 20 && rest.length >= 20 + rest.readUInt16BE(2)) {
      const bytes = 20 + rest.readUInt16BE(2);
      take(rest.subarray(0, bytes));
      rest = rest.subarray(bytes);
    }
  });
  return { send: (message) => void socket.write(message), close: () => void socket.destroy() };
}

export class TurnClient {
  private readonly wire: Wire;
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private realm: Buffer = Buffer.alloc(0);
  private nonce: Buffer = Buffer.alloc(0);
  /** Data indications that came back through the relay. */
  readonly received: Buffer[] = [];

  constructor(
    private readonly door: Door,
    private readonly username: string,
    private readonly password: string,
  ) {
    this.wire = (door.by === "udp" ? udpWire : streamWire)(door, (message) => this.take(message));
  }

  private take(message: Buffer): void {
    const attributes = new Map<number, Buffer>();
    for (let at = 20; at + 4 <= message.length; ) {
      const length = message.readUInt16BE(at + 2);
      attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
    const type = message.readUInt16BE(0);
    if (type === (0x0010 | method.data)) this.received.push(attributes.get(attribute.data) ?? Buffer.alloc(0));
    const error = attributes.get(attribute.error);
    const code = error ? (error[2] ?? 0) * 100 + (error[3] ?? 0) : 0;
    this.waiting.get(message.subarray(8, 20).toString("hex"))?.({ ok: (type & 0x110) === 0x100, code, attributes });
  }

  private build(type: number, transaction: Buffer, body: Buffer, signed: boolean): Buffer {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    const start = Buffer.concat([head, magic, transaction, body]);
    start.writeUInt16BE(body.length + (signed ? 24 : 0), 2);
    if (!signed) return start;
    const key = createHash("md5").update(`${this.username}:${this.realm}:${this.password}`).digest();
    return Buffer.concat([start, pack(attribute.integrity, createHmac("sha1", key).update(start).digest())]);
  }

  private async once(type: number, parts: (transaction: Buffer) => Buffer[]): Promise<Answer> {
    const transaction = randomBytes(12);
    const signed = this.realm.length > 0;
    const who = signed
      ? [pack(attribute.user, Buffer.from(this.username)), pack(more.realm, this.realm), pack(more.nonce, this.nonce)]
      : [];
    const message = this.build(type, transaction, Buffer.concat([...parts(transaction), ...who]), signed);
    const id = transaction.toString("hex");
    return new Promise((resolve, reject) => {
      const again = setInterval(() => this.door.by === "udp" && this.wire.send(message), 250);
      const finish = (): void => {
        clearInterval(again);
        clearTimeout(timer);
        this.waiting.delete(id);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`the relay does not answer method ${type}`));
      }, 5000);
      this.waiting.set(id, (answer) => {
        finish();
        resolve(answer);
      });
      this.wire.send(message);
    });
  }

  /** One request, again with realm and nonce when the relay asks for them. */
  private async ask(type: number, parts: (transaction: Buffer) => Buffer[]): Promise<Answer> {
    const first = await this.once(type, parts);
    if (first.code !== 401 && first.code !== 438) return first;
    const known = this.realm.length > 0 && first.code === 401;
    this.realm = first.attributes.get(more.realm) ?? this.realm;
    this.nonce = first.attributes.get(more.nonce) ?? this.nonce;
    return known ? first : this.once(type, parts);
  }

  /** @transport: 17 UDP, 6 TCP; @family: 1 IPv4, 2 IPv6. Returns the error's code, 0 without. */
  async allocate(transport = 17, family?: number): Promise<number> {
    const parts = [pack(more.transport, Buffer.from([transport, 0, 0, 0]))];
    if (family !== undefined) parts.push(pack(more.family, Buffer.from([family, 0, 0, 0])));
    return (await this.ask(method.allocate, () => parts)).code;
  }

  async refresh(lifetimeS: number): Promise<number> {
    const life = Buffer.alloc(4);
    life.writeUInt32BE(lifetimeS);
    return (await this.ask(method.refresh, () => [pack(attribute.lifetime, life)])).code;
  }

  async permission(address: string): Promise<number> {
    const parts = (id: Buffer): Buffer[] => [pack(attribute.peer, peerAddress(address, 0, id))];
    return (await this.ask(method.permission, parts)).code;
  }

  async channel(address: string, port: number, number: number): Promise<number> {
    const value = Buffer.from([number >> 8, number & 255, 0, 0]);
    const parts = (id: Buffer): Buffer[] => [
      pack(attribute.channel, value),
      pack(attribute.peer, peerAddress(address, port, id)),
    ];
    return (await this.ask(method.channel, parts)).code;
  }

  async connect(address: string, port: number): Promise<number> {
    const parts = (id: Buffer): Buffer[] => [pack(attribute.peer, peerAddress(address, port, id))];
    return (await this.ask(method.connect, parts)).code;
  }

  /** Sends without asking, as an attacker would. */
  send(address: string, port: number, data: Buffer): void {
    const id = randomBytes(12);
    const body = Buffer.concat([pack(attribute.peer, peerAddress(address, port, id)), pack(attribute.data, data)]);
    this.wire.send(this.build(0x0010 | method.send, id, body, false));
  }

  close(): void {
    this.wire.close();
  }
}
