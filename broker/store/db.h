// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One small face over SQL engines: the same text runs on each of them.
//
// Parameters are $1, $2 … in order, types are TEXT, BIGINT and BLOB, upserts say ON CONFLICT,
// results come by RETURNING or SELECT. Statements are prepared once and cached by their text, so
// callers pass literals. A connection belongs to one thread. Errors: any failure of the engine
// itself (disk, lock, corruption) is POUCE_DB_ERROR_FATAL and the program must stop; the others are
// the caller's to handle.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_DB_ERROR (pouce_db_error_quark())
GQuark pouce_db_error_quark(void);

typedef enum {
    POUCE_DB_ERROR_FATAL,    // I/O, corruption, no space: stop, never retry
    POUCE_DB_ERROR_CONFLICT, // a uniqueness or check rule said no
    POUCE_DB_ERROR_RULE,     // a trigger said no (append-only tables)
    POUCE_DB_ERROR_MISSING,  // the row asked for is not there
    POUCE_DB_ERROR_CLOSED,   // the store is stopping, or its queue is full
} PouceDbError;

typedef struct PouceDb PouceDb;
typedef struct PouceDbRows PouceDbRows;

typedef enum {
    POUCE_DB_WRITE, // creates the file, WAL, synchronous=FULL, both asserted; migrates
    POUCE_DB_READ,  // refuses every change
} PouceDbMode;

/**
 * pouce_db_open - open one connection, to SQLite today
 * @uri:  "sqlite:PATH"
 * Returns: owned; close on the same thread
 */
PouceDb *pouce_db_open(const char *uri, PouceDbMode mode, GError **error);
void pouce_db_close(PouceDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDb, pouce_db_close)

/**
 * pouce_db_exec - run a statement that gives no rows
 * @sql:   prepared once and kept: a literal, never a made-up text
 * @types: one letter a parameter: t const char * (NULL: NULL) · i gint64 · b GBytes * (NULL: NULL)
 */
gboolean pouce_db_exec(PouceDb *db, GError **error, const char *sql, const char *types, ...);

/** pouce_db_changed - rows that the last exec inserted, updated or deleted */
gint64 pouce_db_changed(const PouceDb *db);

/**
 * pouce_db_query - start a statement that gives rows
 * Returns: owned cursor
 */
PouceDbRows *pouce_db_query(PouceDb *db, GError **error, const char *sql, const char *types, ...);

typedef enum {
    POUCE_DB_ROW,
    POUCE_DB_END,
    POUCE_DB_FAILED, // @error is set
} PouceDbStep;

PouceDbStep pouce_db_next(PouceDbRows *rows, GError **error);
/** Columns count from 0. Text is borrowed until the next step, "" for NULL; a blob is owned, NULL
 * for NULL. */
const char *pouce_db_text(PouceDbRows *rows, int column);
gint64 pouce_db_int(PouceDbRows *rows, int column);
GBytes *pouce_db_blob(PouceDbRows *rows, int column);
gboolean pouce_db_is_null(PouceDbRows *rows, int column);
void pouce_db_rows_free(PouceDbRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDbRows, pouce_db_rows_free)

/** Transactions; savepoints nest inside one and are named by depth. */
gboolean pouce_db_begin(PouceDb *db, GError **error);
gboolean pouce_db_commit(PouceDb *db, GError **error);
gboolean pouce_db_rollback(PouceDb *db, GError **error);
gboolean pouce_db_savepoint(PouceDb *db, GError **error);
gboolean pouce_db_release(PouceDb *db, GError **error);
gboolean pouce_db_undo(PouceDb *db, GError **error); // back to the savepoint, and drop it
/** pouce_db_in_transaction - so that a verb that needs one can insist */
gboolean pouce_db_in_transaction(const PouceDb *db);

/** pouce_db_is_fatal - must the program stop on @error? NULL: no */
gboolean pouce_db_is_fatal(const GError *error);

/** What an engine implements. */
typedef struct {
    const char *scheme; // "sqlite"
    PouceDb *(*open)(const char *where, PouceDbMode mode, GError **error);
    void (*close)(PouceDb *db);
    gpointer (*prepare)(PouceDb *db, const char *sql, GError **error);
    void (*finalize)(PouceDb *db, gpointer statement);
    void (*bind_text)(gpointer statement, int at, const char *value);
    void (*bind_int)(gpointer statement, int at, gint64 value);
    void (*bind_blob)(gpointer statement, int at, GBytes *value);
    PouceDbStep (*step)(PouceDb *db, gpointer statement, GError **error);
    void (*reset)(gpointer statement);
    const char *(*column_text)(gpointer statement, int column);
    gint64 (*column_int)(gpointer statement, int column);
    GBytes *(*column_blob)(gpointer statement, int column);
    gboolean (*column_is_null)(gpointer statement, int column);
    gint64 (*changed)(const PouceDb *db);
    gboolean (*script)(
        PouceDb *db, const char *sql, GError **error); // several statements, no parameters
} PouceDbEngine;

/** First member of each engine's own struct. */
struct PouceDb {
    const PouceDbEngine *engine;
    GHashTable *statements; // sql text -> statement
    gboolean writes;
    int depth; // 0: none, 1: a transaction, more: savepoints
};

extern const PouceDbEngine pouce_db_sqlite;

G_END_DECLS
