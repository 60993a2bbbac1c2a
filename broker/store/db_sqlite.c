// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/db.h"

#include <sqlite3.h>
#include <string.h>

#include "broker/store/schema.h"

// A reader of an older snapshot may hold the write-ahead log for this long at most.
#define BUSY_MS 5000

// The log may grow to 16 MB before it is moved into the file: each move waits for the disk twice.
// The cache keeps the indexes of a year of a town's sessions.
#define TUNING "PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536"

typedef struct {
    PouceDb base;
    sqlite3 *sqlite;
} SqliteDb;

static SqliteDb *self(const PouceDb *db)
{
    return (SqliteDb *)db;
}

static int code_of(int result)
{
    if ((result & 0xff) != SQLITE_CONSTRAINT) {
        return POUCE_DB_ERROR_FATAL;
    }
    return result == SQLITE_CONSTRAINT_TRIGGER ? POUCE_DB_ERROR_RULE : POUCE_DB_ERROR_CONFLICT;
}

static void set_error(GError **error, sqlite3 *sqlite, int result)
{
    g_set_error(
        error, POUCE_DB_ERROR, code_of(result), "%s (SQLite %d)", sqlite3_errmsg(sqlite), result);
}

static gboolean script(PouceDb *db, const char *sql, GError **error)
{
    int result = sqlite3_exec(self(db)->sqlite, sql, NULL, NULL, NULL);

    if (result != SQLITE_OK) {
        set_error(error, self(db)->sqlite, sqlite3_extended_errcode(self(db)->sqlite));
    }
    return result == SQLITE_OK;
}

static gboolean pragma_is(PouceDb *db, const char *sql, const char *wanted, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error, sql, "");

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    if (strcmp(pouce_db_text(rows, 0), wanted) != 0) {
        g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_FATAL,
            "The database answers '%s' to '%s' where '%s' is needed: put it on a local disk.",
            pouce_db_text(rows, 0), sql, wanted);
        return FALSE;
    }
    return TRUE;
}

static gboolean configure(PouceDb *db, GError **error)
{
    if (!script(db, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF", error)) {
        return FALSE;
    }
    if (!db->writes) {
        return script(db, "PRAGMA query_only=ON", error);
    }
    return pragma_is(db, "PRAGMA journal_mode=WAL", "wal", error) &&
           script(db, "PRAGMA synchronous=FULL", error) &&
           pragma_is(db, "PRAGMA synchronous", "2", error) && script(db, TUNING, error) &&
           pouce_db_migrate(db, error);
}

static PouceDb *open_file(const char *where, PouceDbMode mode, GError **error)
{
    SqliteDb *db = g_new0(SqliteDb, 1);
    int flags =
        mode == POUCE_DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int result = sqlite3_open_v2(
        where, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    db->base.engine = &pouce_db_sqlite;
    db->base.writes = mode == POUCE_DB_WRITE;
    db->base.statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (result != SQLITE_OK) {
        g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_FATAL,
            "Cannot open the database %s: %s. Check that the folder exists and may be written.",
            where, db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory");
    } else {
        sqlite3_busy_timeout(db->sqlite, BUSY_MS);
    }
    if (result != SQLITE_OK || !configure(&db->base, error)) {
        pouce_db_close(&db->base);
        return NULL;
    }
    return &db->base;
}

static void close_file(PouceDb *db)
{
    int result = sqlite3_close(self(db)->sqlite);

    g_assert(result == SQLITE_OK);
    g_free(db);
}

static gpointer prepare(PouceDb *db, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int result =
        sqlite3_prepare_v3(self(db)->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

    if (result != SQLITE_OK) {
        set_error(error, self(db)->sqlite, result);
        g_prefix_error(error, "in '%s': ", sql);
    }
    return statement;
}

static void finalize(PouceDb *db, gpointer statement)
{
    sqlite3_finalize(statement);
}

// To SQLite "$2" is a name, and names get their places in order of appearance.
static int place_of(gpointer statement, int at)
{
    char name[16];

    g_snprintf(name, sizeof name, "$%d", at);
    const char *there = sqlite3_bind_parameter_name(statement, at);
    int place =
        there && strcmp(there, name) == 0 ? at : sqlite3_bind_parameter_index(statement, name);
    g_assert(place > 0);
    return place;
}

static void bind_text(gpointer statement, int at, const char *value)
{
    int result = sqlite3_bind_text(statement, place_of(statement, at), value, -1, SQLITE_TRANSIENT);

    g_assert(result == SQLITE_OK);
}

static void bind_int(gpointer statement, int at, gint64 value)
{
    int result = sqlite3_bind_int64(statement, place_of(statement, at), value);

    g_assert(result == SQLITE_OK);
}

static void bind_blob(gpointer statement, int at, GBytes *value)
{
    gsize bytes = 0;
    const void *data = value ? g_bytes_get_data(value, &bytes) : NULL;
    int place = place_of(statement, at);
    // An empty blob is not NULL.
    int result =
        !value ? sqlite3_bind_null(statement, place)
               : sqlite3_bind_blob64(statement, place, data ? data : "", bytes, SQLITE_TRANSIENT);

    g_assert(result == SQLITE_OK);
}

static PouceDbStep step(PouceDb *db, gpointer statement, GError **error)
{
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW) {
        return POUCE_DB_ROW;
    }
    if (result == SQLITE_DONE) {
        return POUCE_DB_END;
    }
    set_error(error, self(db)->sqlite, result);
    return POUCE_DB_FAILED;
}

static void reset(gpointer statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static const char *column_text(gpointer statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

static gint64 column_int(gpointer statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static GBytes *column_blob(gpointer statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        return NULL;
    }
    const void *data = sqlite3_column_blob(statement, column);

    return g_bytes_new(data, (gsize)sqlite3_column_bytes(statement, column));
}

static gboolean column_is_null(gpointer statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

static gint64 changed(const PouceDb *db)
{
    return sqlite3_changes64(self(db)->sqlite);
}

const PouceDbEngine pouce_db_sqlite = {
    .scheme = "sqlite",
    .open = open_file,
    .close = close_file,
    .prepare = prepare,
    .finalize = finalize,
    .bind_text = bind_text,
    .bind_int = bind_int,
    .bind_blob = bind_blob,
    .step = step,
    .reset = reset,
    .column_text = column_text,
    .column_int = column_int,
    .column_blob = column_blob,
    .column_is_null = column_is_null,
    .changed = changed,
    .script = script,
};
