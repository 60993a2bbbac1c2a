// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ports for programs that cannot be told "any free one", and when somebody listens there.

import { type AddressInfo, connect, createServer } from "node:net";

/** TCP ports of 127.0.0.1 that nobody uses now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Resolves once a TCP connection to @port of 127.0.0.1 is accepted. */
export function listens(port: number, deadlineMs = 15000): Promise<void> {
  const until = performance.now() + deadlineMs;
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", (error) => {
        if (performance.now() > until) reject(error);
        else setTimeout(attempt, 20);
      });
    };
    attempt();
  });
}
