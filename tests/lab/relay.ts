// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The lab's relay: coturn with the configuration of packaging/coturn, as is; its certificate comes from an
// authority of this run. Only the homes' own public-looking range is excepted from what is denied.

import { createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, type Stage, sourceDir } from "../support/programs.ts";
import { publicRange, relayAddress, relayAddress6, relayName } from "./internet.ts";
import { runTool } from "./netns.ts";

export const plainPort = 3478;
export const tlsPort = 443;

export type Relay = {
  program: Program;
  secretFile: string;
  secret: string;
  /** The authority that signed its certificate. */
  caFile: string;
  stun: string[];
  turn: string[];
};

/** A user name and password as the broker makes them, good for @lifeS. */
export function credential(secret: string, name: string, lifeS = 600): { username: string; password: string } {
  const username = `${Math.floor(Date.now() / 1000) + lifeS}:${name}`;
  return { username, password: createHmac("sha1", secret).update(username).digest("base64") };
}

/** An authority and a certificate for @name; PEM files in the stage's folder. */
export function makeCertificate(stage: Stage, name: string): { ca: string; cert: string; key: string } {
  const at = (file: string): string => stage.path(`${name}.${file}`);
  const [ca, caKey, cert, key, request, extra] = ["ca.pem", "ca.key", "cert.pem", "key.pem", "csr", "ext"].map(at) as [
    string, string, string, string, string, string,
  ];
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const days = ["-days", "2"];
  runTool("openssl", ["req", "-x509", ...fresh, ...days, "-subj", "/CN=Lab authority", "-keyout", caKey, "-out", ca]);
  runTool("openssl", ["req", ...fresh, "-subj", `/CN=${name}`, "-keyout", key, "-out", request]);
  writeFileSync(extra, `subjectAltName=DNS:${name}\n`);
  const signed = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", ...days, "-extfile", extra];
  runTool("openssl", ["x509", "-req", "-in", request, ...signed, "-out", cert]);
  return { ca, cert, key };
}

/** Waits until a STUN Binding request is answered at @address. */
function answersStun(address: string, deadlineMs: number): Promise<void> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const request = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12)]);
  return new Promise((resolve, reject) => {
    const ask = setInterval(() => socket.send(request, plainPort, address), 50);
    const finish = (then: () => void): void => {
      clearInterval(ask);
      clearTimeout(timer);
      socket.close();
      then();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`no STUN answer from ${address}`))), deadlineMs);
    socket.on("error", () => undefined);
    socket.once("message", () => finish(resolve));
  });
}

export async function startRelay(stage: Stage, options: { allow?: string[]; log?: boolean } = {}): Promise<Relay> {
  const secret = randomBytes(32).toString("hex");
  const secretFile = stage.path("turn.secret");
  writeFileSync(secretFile, secret, { mode: 0o600 });
  const { ca, cert, key } = makeCertificate(stage, relayName);
  const config = stage.path("turnserver.conf");
  const log = stage.path("turnserver.log");
  const listen = ["--listen", relayAddress, "--listen", relayAddress6];
  const allow = (options.allow ?? [publicRange, relayAddress]).flatMap((each) => ["--allow-peer", each]);
  const tls = ["--tls-port", String(tlsPort), "--cert", cert, "--key", key];
  const who = ["--secret-file", secretFile, "--realm", relayName];
  runTool("sh", [join(sourceDir, "packaging/coturn/render.sh"), ...who, ...listen, ...tls, ...allow, "--log", log, "-o", config]);
  const program = stage.start("turnserver", ["-c", config, "--pidfile", stage.path("turnserver.pid"), "--db", stage.path("turn.db")]);
  try {
    await answersStun(relayAddress, 15000);
    await answersStun(relayAddress6, 15000);
  } catch (error) {
    const said = existsSync(log) ? readFileSync(log, "utf8").slice(-3000) : "";
    throw program.failure(`${error}\n${said}`);
  }
  return {
    program,
    secretFile,
    secret,
    caFile: ca,
    stun: [`stun:${relayName}:${plainPort}`],
    turn: [
      `turn:${relayName}:${plainPort}?transport=udp`,
      `turn:${relayName}:${plainPort}?transport=tcp`,
      `turns:${relayName}:${tlsPort}?transport=tcp`,
    ],
  };
}
