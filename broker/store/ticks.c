// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/sessions.h"

void pouce_tick_row_free(PouceTickRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->session);
    g_free(row->role);
    g_clear_pointer(&row->text, g_bytes_unref);
    g_clear_pointer(&row->sig, g_bytes_unref);
    g_clear_pointer(&row->counter_sig, g_bytes_unref);
    g_free(row);
}

#define COLUMNS "session, role, seq, live_ms, tick, sig, counter_sig, received_s"

static PouceTickRow *take_tick(PouceDbRows *rows)
{
    PouceTickRow *row = g_new0(PouceTickRow, 1);

    row->session = g_strdup(pouce_db_text(rows, 0));
    row->role = g_strdup(pouce_db_text(rows, 1));
    row->seq = pouce_db_int(rows, 2);
    row->live_ms = pouce_db_int(rows, 3);
    row->text = pouce_db_blob(rows, 4);
    row->sig = pouce_db_blob(rows, 5);
    row->counter_sig = pouce_db_blob(rows, 6);
    row->received_s = pouce_db_int(rows, 7);
    return row;
}

static gboolean is_same(PouceDb *db, const PouceTickRow *row, gboolean *out, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT 1 FROM ticks WHERE session = $1 AND role = $2 AND seq = $3 AND tick = $4", "ttib",
        row->session, row->role, row->seq, row->text);
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    *out = step == POUCE_DB_ROW;
    return step != POUCE_DB_FAILED;
}

gboolean pouce_ticks_insert(PouceDb *db, const PouceTickRow *row, GError **error)
{
    gboolean same = FALSE;

    if (!pouce_db_exec(db, error,
            "INSERT INTO ticks (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (session, role, seq) DO NOTHING",
            "ttiibbbi", row->session, row->role, row->seq, row->live_ms, row->text, row->sig,
            row->counter_sig, row->received_s)) {
        return FALSE;
    }
    if (pouce_db_changed(db) == 1) {
        return TRUE;
    }
    if (!is_same(db, row, &same, error)) {
        return FALSE;
    }
    if (!same) {
        g_set_error(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT,
            "Another tick number %" G_GINT64_FORMAT " of the %s is stored already.", row->seq,
            row->role);
    }
    return same;
}

GPtrArray *pouce_ticks_list(PouceDb *db, const char *session, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " COLUMNS " FROM ticks WHERE session = $1 ORDER BY role, seq", "t", session);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_tick_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_ptr_array_add(list, take_tick(rows));
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}

PouceTickRow *pouce_ticks_last(PouceDb *db, const char *session, const char *role, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " COLUMNS " FROM ticks WHERE session = $1 AND role = $2 ORDER BY seq DESC LIMIT 1",
        "tt", session, role);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    return take_tick(rows);
}
