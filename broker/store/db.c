// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/db.h"

#include <string.h>

// A statement may be asked for again while its cursor is still open: then a second one is made.
typedef struct {
    gpointer statement;
    gboolean busy;
} Cached;

struct PouceDbRows {
    PouceDb *db;
    Cached *cached; // NULL: @statement is ours alone
    gpointer statement;
};

G_DEFINE_QUARK(pouce - db - error - quark, pouce_db_error)

gboolean pouce_db_is_fatal(const GError *error)
{
    return g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_FATAL);
}

PouceDb *pouce_db_open(const char *uri, PouceDbMode mode, GError **error)
{
    static const PouceDbEngine *const engines[] = {&pouce_db_sqlite};

    for (gsize i = 0; i < G_N_ELEMENTS(engines); i++) {
        gsize bytes = strlen(engines[i]->scheme);

        if (strncmp(uri, engines[i]->scheme, bytes) == 0 && uri[bytes] == ':') {
            return engines[i]->open(uri + bytes + 1, mode, error);
        }
    }
    g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_FATAL,
        "The database '%s' is of no known kind: say sqlite:PATH.", uri);
    return NULL;
}

void pouce_db_close(PouceDb *db)
{
    if (!db) {
        return;
    }
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, db->statements);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Cached *cached = value;

        g_assert(!cached->busy);
        db->engine->finalize(db, cached->statement);
    }
    g_hash_table_unref(db->statements);
    db->engine->close(db);
}

static PouceDbRows *take_statement(PouceDb *db, const char *sql, GError **error)
{
    Cached *cached = g_hash_table_lookup(db->statements, sql);

    if (!cached || cached->busy) {
        gpointer statement = db->engine->prepare(db, sql, error);

        if (!statement) {
            return NULL;
        }
        if (cached) {
            PouceDbRows *rows = g_new0(PouceDbRows, 1);
            rows->db = db;
            rows->statement = statement;
            return rows;
        }
        cached = g_new0(Cached, 1);
        cached->statement = statement;
        g_hash_table_insert(db->statements, g_strdup(sql), cached);
    }
    cached->busy = TRUE;
    PouceDbRows *rows = g_new0(PouceDbRows, 1);
    rows->db = db;
    rows->cached = cached;
    rows->statement = cached->statement;
    return rows;
}

static void bind_all(PouceDbRows *rows, const char *types, va_list values)
{
    const PouceDbEngine *engine = rows->db->engine;

    for (int at = 1; types[at - 1]; at++) {
        switch (types[at - 1]) {
        case 't':
            engine->bind_text(rows->statement, at, va_arg(values, const char *));
            break;
        case 'i':
            engine->bind_int(rows->statement, at, va_arg(values, gint64));
            break;
        case 'b':
            engine->bind_blob(rows->statement, at, va_arg(values, GBytes *));
            break;
        default:
            g_assert_not_reached();
        }
    }
}

gboolean pouce_db_exec(PouceDb *db, GError **error, const char *sql, const char *types, ...)
{
    g_autoptr(PouceDbRows) rows = take_statement(db, sql, error);
    va_list values;

    if (!rows) {
        return FALSE;
    }
    va_start(values, types);
    bind_all(rows, types, values);
    va_end(values);
    return pouce_db_next(rows, error) != POUCE_DB_FAILED;
}

PouceDbRows *pouce_db_query(PouceDb *db, GError **error, const char *sql, const char *types, ...)
{
    PouceDbRows *rows = take_statement(db, sql, error);
    va_list values;

    if (rows) {
        va_start(values, types);
        bind_all(rows, types, values);
        va_end(values);
    }
    return rows;
}

gint64 pouce_db_changed(const PouceDb *db)
{
    return db->engine->changed(db);
}

PouceDbStep pouce_db_next(PouceDbRows *rows, GError **error)
{
    return rows->db->engine->step(rows->db, rows->statement, error);
}

const char *pouce_db_text(PouceDbRows *rows, int column)
{
    const char *text = rows->db->engine->column_text(rows->statement, column);

    return text ? text : "";
}

gint64 pouce_db_int(PouceDbRows *rows, int column)
{
    return rows->db->engine->column_int(rows->statement, column);
}

GBytes *pouce_db_blob(PouceDbRows *rows, int column)
{
    return rows->db->engine->column_blob(rows->statement, column);
}

gboolean pouce_db_is_null(PouceDbRows *rows, int column)
{
    return rows->db->engine->column_is_null(rows->statement, column);
}

void pouce_db_rows_free(PouceDbRows *rows)
{
    if (!rows) {
        return;
    }
    if (rows->cached) {
        rows->db->engine->reset(rows->statement);
        rows->cached->busy = FALSE;
    } else {
        rows->db->engine->finalize(rows->db, rows->statement);
    }
    g_free(rows);
}

static gboolean run(PouceDb *db, const char *verb, int number, GError **error)
{
    // Few different texts: depth is 1 or 2 in practice, so the cache stays small.
    g_autofree char *sql = number ? g_strdup_printf("%s s%d", verb, number) : g_strdup(verb);

    return pouce_db_exec(db, error, sql, "");
}

gboolean pouce_db_begin(PouceDb *db, GError **error)
{
    g_assert(db->depth == 0);
    if (!run(db, db->writes ? "BEGIN IMMEDIATE" : "BEGIN", 0, error)) {
        return FALSE;
    }
    db->depth = 1;
    return TRUE;
}

gboolean pouce_db_commit(PouceDb *db, GError **error)
{
    g_assert(db->depth == 1);
    if (!run(db, "COMMIT", 0, error)) {
        return FALSE;
    }
    db->depth = 0;
    return TRUE;
}

gboolean pouce_db_rollback(PouceDb *db, GError **error)
{
    g_assert(db->depth >= 1);
    db->depth = 0;
    return run(db, "ROLLBACK", 0, error);
}

gboolean pouce_db_savepoint(PouceDb *db, GError **error)
{
    g_assert(db->depth >= 1);
    if (!run(db, "SAVEPOINT", db->depth, error)) {
        return FALSE;
    }
    db->depth++;
    return TRUE;
}

gboolean pouce_db_release(PouceDb *db, GError **error)
{
    g_assert(db->depth >= 2);
    db->depth--;
    return run(db, "RELEASE SAVEPOINT", db->depth, error);
}

gboolean pouce_db_undo(PouceDb *db, GError **error)
{
    g_assert(db->depth >= 2);
    db->depth--;
    return run(db, "ROLLBACK TO SAVEPOINT", db->depth, error) &&
           run(db, "RELEASE SAVEPOINT", db->depth, error);
}

gboolean pouce_db_in_transaction(const PouceDb *db)
{
    return db->depth > 0;
}
