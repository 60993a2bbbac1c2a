// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/audit.h"

PouceRequestSeen pouce_requests_find(PouceDb *db, const char *account, const char *key,
    GBytes *body_hash, gint64 *out_status, GBytes **out_answer, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error,
        "SELECT body_hash, status, answer FROM requests WHERE account = $1 AND key = $2", "tt",
        account, key);
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_FAILED) {
        return POUCE_REQUEST_FAILED;
    }
    if (step == POUCE_DB_END) {
        return POUCE_REQUEST_NEW;
    }
    g_autoptr(GBytes) first = pouce_db_blob(rows, 0);

    if (!g_bytes_equal(first, body_hash)) {
        return POUCE_REQUEST_MISMATCH;
    }
    *out_status = pouce_db_int(rows, 1);
    *out_answer = pouce_db_blob(rows, 2);
    return POUCE_REQUEST_REPLAY;
}

gboolean pouce_requests_put(PouceDb *db, const char *account, const char *key, GBytes *body_hash,
    gint64 status, GBytes *answer, gint64 now_s, GError **error)
{
    return pouce_db_exec(db, error,
        "INSERT INTO requests (account, key, body_hash, status, answer, answered_s) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        "ttbibi", account, key, body_hash, status, answer, now_s);
}
