// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/ledger/transfer.h"

void pouce_receipt_row_free(PouceReceiptRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->number);
    g_free(row->session);
    g_free(row->seeker);
    g_free(row->helper);
    g_free(row->seeker_name);
    g_free(row->helper_name);
    g_free(row->need);
    g_free(row->currency);
    g_free(row);
}

#define COLUMNS                                                                                    \
    "number, session, seeker, helper, seeker_name, helper_name, need, signed_ms, "                 \
    "rate_minor_per_min, currency, amount_minor, helper_amount_minor, fee_minor, issued_s"

static gboolean next_ordinal(PouceDb *db, gint64 year, gint64 *out, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "INSERT INTO receipt_counters (year, last) VALUES ($1, 1) "
        "ON CONFLICT (year) DO UPDATE SET last = receipt_counters.last + 1 RETURNING last",
        "i", year);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    *out = pouce_db_int(rows, 0);
    return TRUE;
}

// A clock that was set back must not reopen a year that is closed: the sequence stays in order.
static gboolean read_year(PouceDb *db, gint64 now_s, gint64 *out, GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_s);
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT COALESCE(MAX(year), 0) FROM receipt_counters", "");

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    *out = MAX(now ? g_date_time_get_year(now) : 1970, pouce_db_int(rows, 0));
    return TRUE;
}

gboolean pouce_receipts_issue(PouceDb *db, PouceReceiptRow *row, GError **error)
{
    gint64 year = 0;
    gint64 ordinal = 0;

    if (!read_year(db, row->issued_s, &year, error) || !next_ordinal(db, year, &ordinal, error)) {
        return FALSE;
    }
    g_free(row->number);
    row->number = g_strdup_printf("%04" G_GINT64_FORMAT "-%06" G_GINT64_FORMAT, year, ordinal);
    return pouce_db_exec(db, error,
        "INSERT INTO receipts (" COLUMNS ", year, ordinal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
        "$9, $10, $11, $12, $13, $14, $15, $16)",
        "tttttttiitiiiiii", row->number, row->session, row->seeker, row->helper, row->seeker_name,
        row->helper_name, row->need, row->signed_ms, row->rate_minor_per_min, row->currency,
        row->amount_minor, row->helper_amount_minor, row->fee_minor, row->issued_s, year, ordinal);
}

static PouceReceiptRow *take_receipt(PouceDbRows *rows)
{
    PouceReceiptRow *row = g_new0(PouceReceiptRow, 1);

    row->number = g_strdup(pouce_db_text(rows, 0));
    row->session = g_strdup(pouce_db_text(rows, 1));
    row->seeker = g_strdup(pouce_db_text(rows, 2));
    row->helper = g_strdup(pouce_db_text(rows, 3));
    row->seeker_name = g_strdup(pouce_db_text(rows, 4));
    row->helper_name = g_strdup(pouce_db_text(rows, 5));
    row->need = g_strdup(pouce_db_text(rows, 6));
    row->signed_ms = pouce_db_int(rows, 7);
    row->rate_minor_per_min = pouce_db_int(rows, 8);
    row->currency = g_strdup(pouce_db_text(rows, 9));
    row->amount_minor = pouce_db_int(rows, 10);
    row->helper_amount_minor = pouce_db_int(rows, 11);
    row->fee_minor = pouce_db_int(rows, 12);
    row->issued_s = pouce_db_int(rows, 13);
    return row;
}

PouceReceiptRow *pouce_receipts_find(PouceDb *db, const char *session, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(
        db, error, "SELECT " COLUMNS " FROM receipts WHERE session = $1", "t", session);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    return take_receipt(rows);
}

GPtrArray *pouce_receipts_list(PouceDb *db, gint64 from_s, gint64 to_s, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " COLUMNS " FROM receipts WHERE issued_s >= $1 AND issued_s < $2 "
        "ORDER BY year, ordinal",
        "ii", from_s, to_s);
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_receipt_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_ptr_array_add(list, take_receipt(rows));
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}
