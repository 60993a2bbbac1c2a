// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/store/people.h"

void pouce_helper_row_free(PouceHelperRow *row)
{
    if (!row) {
        return;
    }
    g_free(row->account);
    g_strfreev(row->skills);
    g_strfreev(row->languages);
    g_free(row->place);
    g_free(row->about);
    g_free(row->currency);
    g_free(row->name);
    g_free(row);
}

// One item a line: items are short texts in which control characters have no business.
static char *join(char *const *items)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; items && items[i]; i++) {
        g_autofree char *item = g_strdelimit(g_strdup(items[i]), "\n", ' ');

        g_string_append_printf(text, "%s%s", i ? "\n" : "", item);
    }
    return g_string_free(text, FALSE);
}

gboolean pouce_helpers_put(PouceDb *db, const PouceHelperRow *row, GError **error)
{
    g_autofree char *skills = join(row->skills);
    g_autofree char *languages = join(row->languages);

    return pouce_db_exec(db, error,
        "INSERT INTO helpers (account, skills, languages, place, about, currency, "
        "rate_minor_per_min, changed_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT (account) DO UPDATE SET skills = excluded.skills, "
        "languages = excluded.languages, place = excluded.place, about = excluded.about, "
        "currency = excluded.currency, rate_minor_per_min = excluded.rate_minor_per_min, "
        "changed_s = excluded.changed_s",
        "ttttttii", row->account, skills, languages, row->place, row->about, row->currency,
        row->rate_minor_per_min, row->changed_s);
}

#define HELPER_COLUMNS                                                                             \
    "SELECT h.account, h.skills, h.languages, h.place, h.about, h.currency, "                      \
    "h.rate_minor_per_min, h.changed_s, a.name, "                                                  \
    "(SELECT COUNT(*) FROM ratings r WHERE r.helper = h.account), "                                \
    "(SELECT COALESCE(SUM(stars), 0) FROM ratings r WHERE r.helper = h.account), "                 \
    "(SELECT COUNT(*) FROM sessions s WHERE s.helper = h.account "                                 \
    "AND s.state IN ('settled', 'rated')) "                                                        \
    "FROM helpers h JOIN accounts a ON a.id = h.account "

static char **split(const char *text)
{
    return *text ? g_strsplit(text, "\n", -1) : g_new0(char *, 1);
}

static PouceHelperRow *take_helper(PouceDbRows *rows)
{
    PouceHelperRow *row = g_new0(PouceHelperRow, 1);

    row->account = g_strdup(pouce_db_text(rows, 0));
    row->skills = split(pouce_db_text(rows, 1));
    row->languages = split(pouce_db_text(rows, 2));
    row->place = g_strdup(pouce_db_text(rows, 3));
    row->about = g_strdup(pouce_db_text(rows, 4));
    row->currency = g_strdup(pouce_db_text(rows, 5));
    row->rate_minor_per_min = pouce_db_int(rows, 6);
    row->changed_s = pouce_db_int(rows, 7);
    row->name = g_strdup(pouce_db_text(rows, 8));
    row->ratings = pouce_db_int(rows, 9);
    row->stars = pouce_db_int(rows, 10);
    row->sessions = pouce_db_int(rows, 11);
    return row;
}

PouceHelperRow *pouce_helpers_find(PouceDb *db, const char *account, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, HELPER_COLUMNS "WHERE h.account = $1", "t", account);

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return NULL;
    }
    return take_helper(rows);
}

GPtrArray *pouce_helpers_all(PouceDb *db, GError **error)
{
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, HELPER_COLUMNS "ORDER BY h.account", "");
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)pouce_helper_row_free);
    PouceDbStep step = rows ? POUCE_DB_ROW : POUCE_DB_FAILED;

    while (step == POUCE_DB_ROW && (step = pouce_db_next(rows, error)) == POUCE_DB_ROW) {
        g_ptr_array_add(list, take_helper(rows));
    }
    return step == POUCE_DB_END ? g_steal_pointer(&list) : NULL;
}
