// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One log-in for all pages of this origin: the device's Ed25519 key (WebCrypto, not extractable, kept in
// IndexedDB), the token (sessionStorage: gone with the tab), and calls that throw the broker's problem.

export interface Account {
  id: string;
  login: string;
  name: string;
  locale: string;
  balance_minor: number;
  held_minor: number;
  currency: string;
  helper: Helper | null;
}

export interface Helper {
  id: string;
  name: string;
  stars_hundredths: number;
  ratings: number;
  sessions: number;
  skills: string[];
  languages: string[];
  place: string;
  rate_minor_per_min: number;
  currency: string;
  about: string;
  available: "now" | "busy" | "away";
  reasons: { code: string; value: string }[];
}

/** What the broker answered instead of what was asked; `detail` is a sentence that says what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

const STORED_TOKEN = "pouce-token";
const KEY_DATABASE = "pouce";
const KEY_STORE = "device";

export function token(): string | null {
  return sessionStorage.getItem(STORED_TOKEN);
}

export function forget(): void {
  sessionStorage.removeItem(STORED_TOKEN);
}

function openKeys(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(KEY_DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(KEY_STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function inKeys<T>(database: IDBDatabase, mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = act(database.transaction(KEY_STORE, mode).objectStore(KEY_STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** This browser's device key for one login name: made once, never leaves the browser. */
export async function deviceKey(login: string): Promise<CryptoKeyPair> {
  const database = await openKeys();
  try {
    const kept = await inKeys<CryptoKeyPair | undefined>(database, "readonly", (store) => store.get(login));
    if (kept) return kept;
    const made = (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
    await inKeys(database, "readwrite", (store) => store.put(made, login));
    return made;
  } finally {
    database.close();
  }
}

export function toB64u(bytes: ArrayBuffer | Uint8Array): string {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  let text = "";
  for (const byte of view) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** One call of the HTTP API; path is relative to /api/v1. Throws Problem; status 0 = the broker is out of reach. */
export async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const held = token();
  if (held) headers["Authorization"] = `Bearer ${held}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new Problem(0, "unreachable", "");
  }
  if (answer.status === 204) return undefined as T;
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, said?.code ?? "internal", said?.detail ?? answer.statusText);
  return said as T;
}

export interface LoggedIn {
  token: string;
  expires_in_s: number;
  account: Account;
  device: { id: string };
}

/** Logs this browser in and keeps the token for this tab. */
export async function logIn(login: string, password: string, deviceName: string): Promise<LoggedIn> {
  const keys = await deviceKey(login);
  const raw = await crypto.subtle.exportKey("raw", keys.publicKey);
  const answer = await call<LoggedIn>("POST", "/login", {
    login,
    password,
    device: { name: deviceName, kind: "browser", public_key: toB64u(raw) },
  });
  sessionStorage.setItem(STORED_TOKEN, answer.token);
  return answer;
}

export async function logOut(): Promise<void> {
  try {
    await call("POST", "/logout");
  } finally {
    forget();
  }
}
