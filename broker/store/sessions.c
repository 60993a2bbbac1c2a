// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/sessions.h"

// All texts of a row, so that new, copy and free cannot disagree.
static void each_text(PouceSessionRow *row, void (*visit)(char **text))
{
    char **texts[] = {&row->id, &row->state, &row->seeker.account, &row->seeker.name,
        &row->seeker.device, &row->helper.account, &row->helper.name, &row->helper.device,
        &row->need, &row->language, &row->place, &row->candidates, &row->price, &row->currency,
        &row->may, &row->billing, &row->end_reason, &row->receipt, &row->comment};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        visit(texts[i]);
    }
}

static void make_empty(char **text)
{
    *text = g_strdup("");
}

static void make_copy(char **text)
{
    *text = g_strdup(*text);
}

static void make_free(char **text)
{
    g_free(*text);
}

PouceSessionRow *pouce_session_row_new(void)
{
    PouceSessionRow *row = g_new0(PouceSessionRow, 1);

    each_text(row, make_empty);
    return row;
}

PouceSessionRow *pouce_session_row_copy(const PouceSessionRow *row)
{
    PouceSessionRow *copy = g_memdup2(row, sizeof *row);

    each_text(copy, make_copy);
    copy->seeker.key = row->seeker.key ? g_bytes_ref(row->seeker.key) : NULL;
    copy->helper.key = row->helper.key ? g_bytes_ref(row->helper.key) : NULL;
    return copy;
}

void pouce_session_row_free(PouceSessionRow *row)
{
    if (!row) {
        return;
    }
    each_text(row, make_free);
    g_clear_pointer(&row->seeker.key, g_bytes_unref);
    g_clear_pointer(&row->helper.key, g_bytes_unref);
    g_free(row);
}

#define COLUMNS                                                                                    \
    "id, state, seeker, seeker_name, seeker_device, seeker_key, helper, helper_name, "             \
    "helper_device, helper_key, need, language, place, candidates, price, rate_minor_per_min, "    \
    "currency, cap_minor, hold_minor, may, expires_s, billing, broker_live_ms, signed_ms, "        \
    "cost_minor, end_reason, receipt, created_s, live_s, ended_s, stars, comment"

gboolean pouce_sessions_save(PouceDb *db, const PouceSessionRow *row, GError **error)
{
    // What can change after the first save stands behind DO UPDATE; the rest is the session's
    // identity.
    return pouce_db_exec(db, error,
        "INSERT INTO sessions (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, "
        "$29, $30, $31, $32) ON CONFLICT (id) DO UPDATE SET state = excluded.state, "
        "helper = excluded.helper, helper_name = excluded.helper_name, "
        "helper_device = excluded.helper_device, helper_key = excluded.helper_key, "
        "candidates = excluded.candidates, price = excluded.price, "
        "rate_minor_per_min = excluded.rate_minor_per_min, may = excluded.may, "
        "expires_s = excluded.expires_s, billing = excluded.billing, "
        "broker_live_ms = excluded.broker_live_ms, signed_ms = excluded.signed_ms, "
        "cost_minor = excluded.cost_minor, end_reason = excluded.end_reason, "
        "receipt = excluded.receipt, live_s = excluded.live_s, ended_s = excluded.ended_s, "
        "stars = excluded.stars, comment = excluded.comment",
        "tttttbtttbtttttitiititiiittiiiit", row->id, row->state, row->seeker.account,
        row->seeker.name, row->seeker.device, row->seeker.key, row->helper.account,
        row->helper.name, row->helper.device, row->helper.key, row->need, row->language, row->place,
        row->candidates, row->price, row->rate_minor_per_min, row->currency, row->cap_minor,
        row->hold_minor, row->may, row->expires_s, row->billing, row->broker_live_ms,
        row->signed_ms, row->cost_minor, row->end_reason, row->receipt, row->created_s, row->live_s,
        row->ended_s, row->stars, row->comment);
}

static char *take_text(PouceDbRows *rows, int column)
{
    return g_strdup(pouce_db_text(rows, column));
}

static PouceSessionRow *take_session(PouceDbRows *rows)
{
    PouceSessionRow *row = g_new0(PouceSessionRow, 1);

    row->id = take_text(rows, 0);
    row->state = take_text(rows, 1);
    row->seeker.account = take_text(rows, 2);
    row->seeker.name = take_text(rows, 3);
    row->seeker.device = take_text(rows, 4);
    row->seeker.key = pouce_db_blob(rows, 5);
    row->helper.account = take_text(rows, 6);
    row->helper.name = take_text(rows, 7);
    row->helper.device = take_text(rows, 8);
    row->helper.key = pouce_db_blob(rows, 9);
    row->need = take_text(rows, 10);
    row->language = take_text(rows, 11);
    row->place = take_text(rows, 12);
    row->candidates = take_text(rows, 13);
    row->price = take_text(rows, 14);
    row->rate_minor_per_min = pouce_db_int(rows, 15);
    row->currency = take_text(rows, 16);
    row->cap_minor = pouce_db_int(rows, 17);
    row->hold_minor = pouce_db_int(rows, 18);
    row->may = take_text(rows, 19);
    row->expires_s = pouce_db_int(rows, 20);
    row->billing = take_text(rows, 21);
    row->broker_live_ms = pouce_db_int(rows, 22);
    row->signed_ms = pouce_db_int(rows, 23);
    row->cost_minor = pouce_db_int(rows, 24);
    row->end_reason = take_text(rows, 25);
    row->receipt = take_text(rows, 26);
    row->created_s = pouce_db_int(rows, 27);
    row->live_s = pouce_db_int(rows, 28);
    row->ended_s = pouce_db_int(rows, 29);
    row->stars = pouce_db_int(rows, 30);
    row->comment = take_text(rows, 31);
    return row;
}

PouceSessionRow *pouce_sessions_find(PouceDb *db, const char *id, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT " COLUMNS " FROM sessions WHERE id = $1", "t", id);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    return take_session(rows);
}

static GPtrArray *take_list(PouceDbRows *rows, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_session_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_ptr_array_add(list, take_session(rows));
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}

GPtrArray *pouce_sessions_list(
    PouceDb *db, const char *account, gint64 from_s, gint64 to_s, gint64 limit, GError **error)
{
    // Ids are UUIDv7: their order is that of creation.
    g_autoptr(PouceDbRows) rows =
        account ? pouce_db_query(db, error,
                      "SELECT " COLUMNS " FROM sessions WHERE (seeker = $1 OR helper = $1) "
                      "AND created_s >= $2 AND created_s < $3 ORDER BY id DESC LIMIT $4",
                      "tiii", account, from_s, to_s, limit)
                : pouce_db_query(db, error,
                      "SELECT " COLUMNS " FROM sessions WHERE created_s >= $1 AND created_s < $2 "
                      "ORDER BY id DESC LIMIT $3",
                      "iii", from_s, to_s, limit);

    return take_list(rows, error);
}

GPtrArray *pouce_sessions_unfinished(PouceDb *db, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT " COLUMNS " FROM sessions WHERE state IN ('open', 'ringing', 'accepted', "
        "'connecting', 'live', 'paused', 'ended') ORDER BY id",
        "");

    return take_list(rows, error);
}

void pouce_pair_row_free(PoucePairRow *row)
{
    if (row) {
        g_free(row->seeker);
        g_free(row->helper);
        g_free(row);
    }
}

GPtrArray *pouce_sessions_pairs(PouceDb *db, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT seeker, helper, COUNT(*) FROM sessions WHERE state IN ('settled', 'rated') "
        "GROUP BY seeker, helper",
        "");
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_pair_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        PoucePairRow *row = g_new0(PoucePairRow, 1);

        row->seeker = take_text(rows, 0);
        row->helper = take_text(rows, 1);
        row->sessions = pouce_db_int(rows, 2);
        g_ptr_array_add(list, row);
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}

gboolean pouce_ratings_insert(PouceDb *db, const char *session, const char *seeker,
    const char *helper, gint64 stars, const char *comment, gint64 now_s, GError **error)
{
    return pouce_db_exec(db, error,
        "INSERT INTO ratings (session, seeker, helper, stars, comment, rated_s) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        "tttiti", session, seeker, helper, stars, comment, now_s);
}

gboolean pouce_sessions_totals(
    PouceDb *db, gint64 from_s, gint64 to_s, PouceSessionTotals *out, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT COUNT(*), "
        "COALESCE(SUM(CASE WHEN state IN ('settled', 'rated') THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(CASE WHEN state IN ('declined', 'expired', 'failed') THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(signed_ms), 0), COALESCE(SUM(cost_minor), 0) "
        "FROM sessions WHERE created_s >= $1 AND created_s < $2",
        "ii", from_s, to_s);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    *out = (PouceSessionTotals){
        .created = pouce_db_int(rows, 0),
        .settled = pouce_db_int(rows, 1),
        .failed = pouce_db_int(rows, 2),
        .signed_ms = pouce_db_int(rows, 3),
        .cost_minor = pouce_db_int(rows, 4),
    };
    return TRUE;
}
