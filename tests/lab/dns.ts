// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The lab's DNS, for programs that do not content themselves with /etc/hosts: knows a table of names, denies
// others, and says nothing at all to questions about ".local", as many home routers do.

import { createSocket, type Socket } from "node:dgram";

const type = { a: 1, aaaa: 28 };

function readName(message: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0 && length < 64; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

function pack(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const words = (part: string): number[] => part.split(":").filter(Boolean).map((word) => parseInt(word, 16));
  const fill = new Array<number>(8 - words(head).length - words(tail).length).fill(0);
  return Buffer.from([...words(head), ...fill, ...words(tail)].flatMap((word) => [word >> 8, word & 255]));
}

function answerTo(question: Buffer, table: Record<string, string[]>): Buffer {
  const { name, end } = readName(question);
  const wanted = question.readUInt16BE(end);
  const known = table[name];
  const addresses = (known ?? []).filter((each) => wanted === (each.includes(":") ? type.aaaa : type.a));
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(known ? 0x8580 : 0x8583, 2); // an answer, authoritative, recursion done; 3: no such name
  [1, addresses.length, 0, 0].forEach((count, i) => head.writeUInt16BE(count, 4 + 2 * i));
  const records = addresses.map((each) => {
    const data = pack(each);
    const fixed = Buffer.from([0xc0, 12, 0, wanted, 0, 1, 0, 0, 0, 60, 0, data.length]);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([head, question.subarray(12, end + 4), ...records]);
}

export class Dns {
  private readonly sockets: Socket[] = [];
  /** Names that got no answer. */
  readonly ignored: string[] = [];

  private constructor(private readonly table: Record<string, string[]>) {}

  static async serve(addresses: string[], table: Record<string, string[]>): Promise<Dns> {
    const dns = new Dns(table);
    for (const address of addresses) await dns.listen(address);
    return dns;
  }

  private listen(address: string): Promise<void> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    this.sockets.push(socket);
    socket.on("message", (question, from) => {
      const { name, end } = readName(question);
      if (name.endsWith(".local")) this.ignored.push(name);
      else if (end + 4 <= question.length) socket.send(answerTo(question, this.table), from.port, from.address);
    });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(53, address, resolve);
    });
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}
