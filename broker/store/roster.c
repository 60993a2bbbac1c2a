// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/roster.h"

gboolean pouce_operators_has(PouceDb *db, const char *account, gboolean *out, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT 1 FROM operators WHERE account = $1", "t", account);

    if (!rows) {
        return FALSE;
    }
    PouceDbStep step = pouce_db_next(rows, error);
    if (step == POUCE_DB_FAILED) {
        return FALSE;
    }
    *out = step == POUCE_DB_ROW;
    return TRUE;
}

gboolean pouce_operators_set(
    PouceDb *db, const char *account, gboolean is, gint64 now_s, GError **error)
{
    if (!is) {
        return pouce_db_exec(db, error, "DELETE FROM operators WHERE account = $1", "t", account);
    }
    return pouce_db_exec(db, error,
        "INSERT INTO operators (account, since_s) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING",
        "ti", account, now_s);
}

void pouce_roster_row_free(PouceRosterRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->id);
    g_free(row->login);
    g_free(row->name);
    g_free(row);
}

GPtrArray *pouce_roster_list(PouceDb *db, const char *after, gint64 limit, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT a.id, a.login, a.name, o.account, h.account, a.created_s FROM accounts a"
        " LEFT JOIN operators o ON o.account = a.id LEFT JOIN helpers h ON h.account = a.id"
        " WHERE a.login > $1 ORDER BY a.login LIMIT $2",
        "ti", after, limit);

    if (!rows) {
        return NULL;
    }
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_roster_row_free);
    for (;;) {
        PouceDbStep step = pouce_db_next(rows, error);
        if (step == POUCE_DB_FAILED) {
            return NULL;
        }
        if (step == POUCE_DB_END) {
            return g_steal_pointer(&out);
        }
        PouceRosterRow *row = g_new0(PouceRosterRow, 1);
        row->id = g_strdup(pouce_db_text(rows, 0));
        row->login = g_strdup(pouce_db_text(rows, 1));
        row->name = g_strdup(pouce_db_text(rows, 2));
        row->is_operator = !pouce_db_is_null(rows, 3);
        row->is_helper = !pouce_db_is_null(rows, 4);
        row->created_s = pouce_db_int(rows, 5);
        g_ptr_array_add(out, row);
    }
}
