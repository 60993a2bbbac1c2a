// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What operators need to know of people: who is an operator, and the list of accounts.
// Narrow verbs for closures of broker/store/store.h.

#include "broker/store/db.h"

G_BEGIN_DECLS

/** pouce_operators_has - is @account an operator of this broker? */
gboolean pouce_operators_has(PouceDb *db, const char *account, gboolean *out, GError **error);
/** pouce_operators_set - twice is once */
gboolean pouce_operators_set(
    PouceDb *db, const char *account, gboolean is, gint64 now_s, GError **error);

typedef struct {
    char *id;
    char *login;
    char *name;
    gboolean is_operator;
    gboolean is_helper; // has a profile
    gint64 created_s;
} PouceRosterRow;

void pouce_roster_row_free(PouceRosterRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceRosterRow, pouce_roster_row_free)

/** pouce_roster_list - by login, after @after (""; all from the start); the array frees its rows */
GPtrArray *pouce_roster_list(PouceDb *db, const char *after, gint64 limit, GError **error);

G_END_DECLS
