// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The WebSocket to the broker: says hello, comes back by itself, notices silence.

import type { FromBroker, ToBroker } from "./objects.ts";
import { parseObject } from "./wire/json.ts";
import { SWITCHBOARD_MAX_BYTES } from "./wire/limits.ts";

export interface SwitchboardEvents {
  onUp(): void;
  onDown(): void;
  /** For good: the token is not accepted, or a newer tab took over. */
  onRefused(why: "logged_out" | "replaced"): void;
  onMessage(message: FromBroker): void;
}

/** First wait before trying again, doubling up to the last; up to half is taken off at random. */
const WAIT_FIRST_MS = 250;
const WAIT_LAST_MS = 8000;
const CLOSE_UNAUTHENTICATED = 4001;
const CLOSE_REPLACED = 4003;

export class Switchboard {
  #events: SwitchboardEvents;
  #token: string;
  #socket: WebSocket | null = null;
  #available = false;
  #up = false;
  #stopped = false;
  #wait = WAIT_FIRST_MS;
  #timer = 0;
  #heartbeat = 0;
  #heard = 0;
  #pings = 0;

  constructor(token: string, events: SwitchboardEvents) {
    this.#token = token;
    this.#events = events;
    this.#open();
    window.addEventListener("online", () => this.#retryNow());
  }

  get up(): boolean {
    return this.#up;
  }

  get available(): boolean {
    return this.#available;
  }

  setAvailable(available: boolean): void {
    this.#available = available;
    this.send({ type: "available", available });
  }

  /** send - false while the connection is down: nothing is kept */
  send(message: ToBroker): boolean {
    if (!this.#socket || !this.#up) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** renew - the network is doubtful, and a dead line looks alive for a minute: another one is opened at once */
  renew(): void {
    if (this.#stopped || !this.#up) return; // or it is being opened already
    const old = this.#socket;
    this.#socket = null;
    this.#up = false;
    window.clearInterval(this.#heartbeat);
    old?.close(1000);
    this.#events.onDown();
    this.#retryNow();
  }

  close(): void {
    this.#stopped = true;
    window.clearTimeout(this.#timer);
    window.clearInterval(this.#heartbeat);
    this.#socket?.close(1000);
  }

  #open(): void {
    const url = new URL("/api/v1/ws", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const hello: ToBroker = { type: "hello", token: this.#token, protocol: 1, available: this.#available };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", (event) => this.#take(socket, event.data));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  #take(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== "string" || data.length > SWITCHBOARD_MAX_BYTES) return;
    this.#heard = performance.now();
    let message: FromBroker;
    try {
      message = parseObject(data) as unknown as FromBroker;
    } catch {
      return;
    }
    if (message.type === "ping") this.send({ type: "pong", n: message.n });
    else if (message.type === "welcome") this.#welcomed(message);
    else if (message.type !== "pong") this.#events.onMessage(message);
  }

  #welcomed(message: Extract<FromBroker, { type: "welcome" }>): void {
    this.#up = true;
    this.#wait = WAIT_FIRST_MS;
    const period = Math.max(1000, message.heartbeat_ms);
    window.clearInterval(this.#heartbeat);
    this.#heartbeat = window.setInterval(() => this.#beat(period), period);
    this.#events.onUp();
    this.#events.onMessage(message);
  }

  #beat(period: number): void {
    if (performance.now() - this.#heard > 2 * period) this.#socket?.close(4000);
    else this.send({ type: "ping", n: ++this.#pings });
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    const was = this.#up;
    this.#up = false;
    this.#socket = null;
    window.clearInterval(this.#heartbeat);
    if (this.#stopped) return;
    if (was) this.#events.onDown();
    if (code === CLOSE_UNAUTHENTICATED || code === CLOSE_REPLACED) {
      this.#stopped = true;
      this.#events.onRefused(code === CLOSE_REPLACED ? "replaced" : "logged_out");
      return;
    }
    this.#timer = window.setTimeout(() => this.#open(), this.#wait * (0.5 + Math.random() / 2));
    this.#wait = Math.min(WAIT_LAST_MS, this.#wait * 2);
  }

  #retryNow(): void {
    if (this.#stopped || this.#socket) return;
    window.clearTimeout(this.#timer);
    this.#wait = WAIT_FIRST_MS;
    this.#open();
  }
}
