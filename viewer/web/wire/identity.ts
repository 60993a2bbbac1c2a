// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The device's Ed25519 key. In a page: made once, not extractable, kept in IndexedDB as the
// CryptoKeyPair that makeKeyPair returns (structured clone keeps it non-extractable).

import { base64uDecode, base64uEncode, utf8, type Bytes } from "./bytes.ts";

export interface Identity {
  readonly publicKey: string; // b64u(32)
  sign(text: string): Promise<Bytes>; // 64 bytes
}

export async function makeKeyPair(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
}

export async function identityFromKeyPair(pair: CryptoKeyPair): Promise<Identity> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey: base64uEncode(raw),
    sign: async (text) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, utf8(text))),
  };
}

/** A key from its RFC 8032 seed, for tests and vectors. */
export async function identityFromSeed(seed: Uint8Array): Promise<Identity> {
  const prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
  const pkcs8 = new Uint8Array([...prefix, ...seed]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  const raw = base64uDecode(jwk.x ?? "", 32);
  if (!raw) throw new Error("The platform exports no Ed25519 public key.");
  return {
    publicKey: base64uEncode(raw),
    sign: async (text) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, utf8(text))),
  };
}

/** false for a wrong signature, a wrong key, or a key that is no key; never throws. */
export async function verify(publicKey: string, text: string | Uint8Array, sig: Uint8Array): Promise<boolean> {
  const raw = base64uDecode(publicKey, 32);
  if (!raw || sig.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    const data = typeof text === "string" ? utf8(text) : new Uint8Array(text);
    return await crypto.subtle.verify("Ed25519", key, new Uint8Array(sig), data);
  } catch {
    return false;
  }
}
