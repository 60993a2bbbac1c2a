// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The device keys of the people met from this browser, pinned at first use, in IndexedDB. The broker names the key
// of each session's far end; one that differs is shown and never accepted silently.

const DATABASE = "pouce-known-devices";
const STORE = "pins";

export type Pin = { kind: "known" } | { kind: "new" } | { kind: "changed"; before: string };

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const pair = (own: string, peer: string): string => `${own} ${peer}`;

export async function checkPin(own: string, peer: string, key: string): Promise<Pin> {
  const kept = (await run("readonly", (store) => store.get(pair(own, peer)))) as string | undefined;
  if (kept === undefined) return { kind: "new" };
  return kept === key ? { kind: "known" } : { kind: "changed", before: kept };
}

export async function setPin(own: string, peer: string, key: string): Promise<void> {
  await run("readwrite", (store) => store.put(key, pair(own, peer)));
}
