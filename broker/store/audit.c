// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/audit.h"

#include <string.h>

#include "broker/store/chain.h"

void pouce_audit_row_free(PouceAuditRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->actor);
    g_free(row->subject);
    g_free(row->event);
    g_free(row->detail);
    g_free(row->hash);
    g_free(row);
}

static char *link_of(const PouceAuditRow *row, const char *previous)
{
    PouceChain *chain = pouce_chain_begin("pouce-audit-v1", previous);

    pouce_chain_int(chain, row->seq);
    pouce_chain_int(chain, row->time_s);
    pouce_chain_text(chain, row->actor);
    pouce_chain_text(chain, row->subject);
    pouce_chain_text(chain, row->event);
    pouce_chain_text(chain, row->detail);
    return pouce_chain_end(chain);
}

gboolean pouce_audit_append(PouceDb *db, gint64 time_s, const char *actor, const char *subject,
    const char *event, const char *detail, GError **error)
{
    g_assert(pouce_db_in_transaction(db));
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
    PouceDbStep step = rows ? pouce_db_next(rows, error) : POUCE_DB_FAILED;

    if (step == POUCE_DB_FAILED) {
        return FALSE;
    }
    gboolean first = step == POUCE_DB_END;
    PouceAuditRow row = {
        .seq = first ? 1 : pouce_db_int(rows, 0) + 1,
        .time_s = time_s,
        .actor = (char *)actor,
        .subject = (char *)subject,
        .event = (char *)event,
        .detail = (char *)detail,
    };
    g_autofree char *hash = link_of(&row, first ? POUCE_CHAIN_START : pouce_db_text(rows, 1));

    return pouce_db_exec(db, error,
        "INSERT INTO audit (seq, time_s, actor, subject, event, detail, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        "iittttt", row.seq, time_s, actor, subject, event, detail, hash);
}

#define COLUMNS "SELECT seq, time_s, actor, subject, event, detail, hash FROM audit "

static PouceAuditRow *take_audit(PouceDbRows *rows)
{
    PouceAuditRow *row = g_new0(PouceAuditRow, 1);

    row->seq = pouce_db_int(rows, 0);
    row->time_s = pouce_db_int(rows, 1);
    row->actor = g_strdup(pouce_db_text(rows, 2));
    row->subject = g_strdup(pouce_db_text(rows, 3));
    row->event = g_strdup(pouce_db_text(rows, 4));
    row->detail = g_strdup(pouce_db_text(rows, 5));
    row->hash = g_strdup(pouce_db_text(rows, 6));
    return row;
}

GPtrArray *pouce_audit_list(
    PouceDb *db, const char *subject, gint64 after_seq, gint64 limit, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        subject ? pouce_db_query(db, error,
                      COLUMNS "WHERE subject = $1 AND seq > $2 ORDER BY seq LIMIT $3", "tii",
                      subject, after_seq, limit)
                : pouce_db_query(db, error, COLUMNS "WHERE seq > $1 ORDER BY seq LIMIT $2", "ii",
                      after_seq, limit);
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_audit_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_ptr_array_add(list, take_audit(rows));
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}

gboolean pouce_audit_verify(PouceDb *db, gint64 *out_entries, char **out_problem, GError **error)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, error, COLUMNS "ORDER BY seq", "");
    g_autofree char *previous = g_strdup(POUCE_CHAIN_START);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;
    gint64 entries = 0;
    char *problem = NULL;

    while (
        !problem && step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_autoptr(PouceAuditRow) row = take_audit(rows);
        g_autofree char *hash = link_of(row, previous);

        if (row->seq != entries + 1) {
            problem = g_strdup_printf("Audit entry %" G_GINT64_FORMAT " is missing.", entries + 1);
        } else if (strcmp(hash, row->hash) != 0) {
            problem = g_strdup_printf(
                "Audit entry %" G_GINT64_FORMAT " does not fit its hash.", row->seq);
        } else {
            entries++;
        }
        g_free(previous);
        previous = g_steal_pointer(&hash);
    }
    if (step == POUCE_DB_FAILED) {
        return FALSE;
    }
    *out_entries = entries;
    *out_problem = problem;
    return TRUE;
}
