// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The store: one thread that writes, one that reads, and a promise: what was reported is on the
// disk.
//
// Work is a closure that runs on a store thread with that thread's connection. The writer takes
// many closures into one transaction, each behind its own savepoint, commits (synchronous=FULL),
// and only then posts each result to the context that was the default of the thread that made the
// store. A closure that fails is undone alone. A fatal error of the engine calls on_fatal once and
// nothing is ever reported as done afterwards. Reads see every write that was reported before they
// were asked.

#include "broker/store/db.h"

G_BEGIN_DECLS

/** Closures waiting in each queue; beyond it work is refused with POUCE_DB_ERROR_CLOSED. */
#define POUCE_STORE_QUEUE_MAX 4096
/** Closures in one commit: bounds how long the first of a group waits. */
#define POUCE_STORE_GROUP_MAX 256

typedef struct PouceStore PouceStore;

/**
 * PouceStoreWork - runs on a store thread, in a savepoint of a transaction (reads: no transaction)
 * Returns: FALSE with @error set to undo all that this closure did
 */
typedef gboolean (*PouceStoreWork)(PouceDb *db, gpointer data, GError **error);
/** PouceStoreDone - on the owner's context, after the commit; @error borrowed, NULL: it is durable
 */
typedef void (*PouceStoreDone)(gpointer data, const GError *error);
/** PouceStoreFatal - on the owner's context, once: log @error and exit 1 */
typedef void (*PouceStoreFatal)(gpointer data, const GError *error);

typedef struct {
    const char *uri; // "sqlite:DIR/pouce.db"
    PouceStoreFatal on_fatal;
    gpointer fatal_data; // borrowed; outlives the store
} PouceStoreConfig;

PouceStore *pouce_store_new(const PouceStoreConfig *config, GError **error);

/**
 * pouce_store_write, pouce_store_read - queue @work; any thread may ask, it never blocks
 * @data:    passed to both; freed by @destroy (may be NULL) after @done, on the owner's context
 * @done:    may be NULL
 * Returns:  FALSE when the store is stopping or the queue is full: @error is set, @done is not
 *           called, @destroy is called
 */
gboolean pouce_store_write(PouceStore *store, PouceStoreWork work, PouceStoreDone done,
    gpointer data, GDestroyNotify destroy, GError **error);
gboolean pouce_store_read(PouceStore *store, PouceStoreWork work, PouceStoreDone done,
    gpointer data, GDestroyNotify destroy, GError **error);

/** pouce_store_waiting - closures in the write queue, for metrics */
guint pouce_store_waiting(PouceStore *store);

/**
 * pouce_store_free - finish what was accepted, report it, join the threads
 * Runs the remaining @done calls before it returns; the owner's thread only.
 */
void pouce_store_free(PouceStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceStore, pouce_store_free)

G_END_DECLS
