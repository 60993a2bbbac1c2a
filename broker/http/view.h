// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the broker shows its rows to people: the objects of PROTOCOL.md. Used by HTTP and by the
// switchboard, so that both always say the same. Main thread (they ask the directory).
#pragma once

#include <jansson.h>

#include "broker/desk/desk.h"
#include "broker/http/ice.h"
#include "broker/store/people.h"

/** What a view needs beside the row. Borrowed. */
typedef struct {
    PouceDesk *desk;
    const PouceIce *ice;
    const char *currency;
} PouceView;

/** The session as @account sees it; owned. NULL when @account is no party to it. */
PouceSession *pouce_view_session(
    const PouceView *view, const PouceSessionRow *row, const char *account, gint64 now_s);
json_t *pouce_view_session_json(
    const PouceView *view, const PouceSessionRow *row, const char *account, gint64 now_s);

/** A helper's card with its reasons; owned. */
PouceHelper *pouce_view_match(const PouceView *view, const PouceMatch *match);

/** One helper as @seeker with @need would see it, NULL if unknown; owned. @seeker and @need may be
 * NULL. */
PouceHelper *pouce_view_helper(
    const PouceView *view, const char *id, const char *seeker, const char *need);

json_t *pouce_view_receipt_json(const PouceReceiptRow *row);
json_t *pouce_view_tick_json(const PouceTickRow *row);

/** Money of one account, read by pouce_view_read_purse in a store closure. */
typedef struct {
    gint64 balance_minor, held_minor, earned_minor;
} PoucePurse;

gboolean pouce_view_read_purse(
    PouceDb *db, const char *account, const char *currency, PoucePurse *out, GError **error);
json_t *pouce_view_account_json(
    const PouceView *view, const PouceAccountRow *row, const PoucePurse *purse);
