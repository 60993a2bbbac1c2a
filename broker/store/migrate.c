// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/schema.h"

#include <stdlib.h>
#include <string.h>

static gboolean is_for(const char *name, const PouceDb *db)
{
    static const char *const engines[] = {"_sqlite", "_postgres"};

    for (gsize i = 0; i < G_N_ELEMENTS(engines); i++) {
        if (g_str_has_suffix(name, engines[i])) {
            return strcmp(engines[i] + 1, db->engine->scheme) == 0;
        }
    }
    return TRUE;
}

static gboolean read_version(PouceDb *db, gint64 *out, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT COALESCE(MAX(version), 0) FROM schema_version", "");

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    *out = pouce_db_int(rows, 0);
    return TRUE;
}

static gboolean apply(PouceDb *db, const PouceMigration *migration, gint64 version, GError **error)
{
    if (!pouce_db_begin(db, error)) {
        return FALSE;
    }
    if ((is_for(migration->name, db) && !db->engine->script(db, migration->sql, error)) ||
        !pouce_db_exec(db, error, "INSERT INTO schema_version (version, name) VALUES ($1, $2)",
            "it", version, migration->name)) {
        pouce_db_rollback(db, NULL);
        return FALSE;
    }
    return pouce_db_commit(db, error);
}

gboolean pouce_db_migrate(PouceDb *db, GError **error)
{
    gint64 have = 0;
    gint64 newest = 0;

    if (!db->engine->script(db,
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT "
            "NULL)",
            error) ||
        !read_version(db, &have, error)) {
        return FALSE;
    }
    for (const PouceMigration *migration = pouce_migrations; migration->name; migration++) {
        gint64 version = g_ascii_strtoll(migration->name, NULL, 10);

        g_assert(version == newest + 1);
        newest = version;
        if (version > have && !apply(db, migration, version, error)) {
            g_prefix_error(error, "schema %s: ", migration->name);
            return FALSE;
        }
    }
    if (have > newest) {
        g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_FATAL,
            "The database has schema %" G_GINT64_FORMAT
            " and this program knows up to %" G_GINT64_FORMAT ": use a newer pouce-broker.",
            have, newest);
        return FALSE;
    }
    return TRUE;
}
