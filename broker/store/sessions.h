// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Sessions as they stand, their signed ticks, and the ratings.
// One row a session, overwritten by each transition; what happened in between is in the audit log
// (broker/store/audit.h). Ticks are only ever added, never changed.

#include "broker/store/db.h"

G_BEGIN_DECLS

typedef struct {
    char *account; // id; "" until known
    char *name;
    char *device; // id; "" until known
    GBytes *key;  // Ed25519 public key of the device; NULL until known
} PoucePartyRow;

typedef struct {
    char *id;
    char *state; // the words of PROTOCOL.md
    PoucePartyRow seeker;
    PoucePartyRow helper;
    char *need;
    char *language;
    char *place;
    char *candidates; // "ID:RATE ID:RATE …", those still to ring; the market's own text
    char *price;      // price id in hex; "" until a helper is rung
    gint64 rate_minor_per_min;
    char *currency;
    gint64 cap_minor;
    gint64 hold_minor;
    char *may; // capabilities separated by spaces
    gint64 expires_s;
    char *billing;         // state of both chains, the market's own text; "" before the first tick
    gint64 broker_live_ms; // the broker's own elapsed live time
    gint64 signed_ms;      // billable
    gint64 cost_minor;
    char *end_reason;
    char *receipt; // number; "" until settled
    gint64 created_s;
    gint64 live_s;  // wall time of going live, for people's eyes; 0: never
    gint64 ended_s; // likewise
    gint64 stars;   // 0: not rated
    char *comment;
} PouceSessionRow;

PouceSessionRow *pouce_session_row_new(void); // all strings ""
PouceSessionRow *pouce_session_row_copy(const PouceSessionRow *row);
void pouce_session_row_free(PouceSessionRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceSessionRow, pouce_session_row_free)

gboolean pouce_sessions_save(PouceDb *db, const PouceSessionRow *row, GError **error);
PouceSessionRow *pouce_sessions_find(PouceDb *db, const char *id, GError **error);
/**
 * pouce_sessions_list - newest first; the array frees its rows
 * @account: as seeker or helper; NULL: everybody's (operators, exports)
 * @from_s, @to_s: created in [from, to); 0, G_MAXINT64: no bound
 */
GPtrArray *pouce_sessions_list(
    PouceDb *db, const char *account, gint64 from_s, gint64 to_s, gint64 limit, GError **error);
/** pouce_sessions_unfinished - what a restarted broker must take up again */
GPtrArray *pouce_sessions_unfinished(PouceDb *db, GError **error);
typedef struct {
    char *seeker;
    char *helper;
    gint64 sessions; // settled
} PoucePairRow;

void pouce_pair_row_free(PoucePairRow *row);
/** pouce_sessions_pairs - who has helped whom, for filling the directory; the array frees its rows
 */
GPtrArray *pouce_sessions_pairs(PouceDb *db, GError **error);

typedef struct {
    char *session;
    char *role; // seeker, helper: whose chain
    gint64 seq;
    gint64 live_ms;
    GBytes *text; // the signed text exactly
    GBytes *sig;
    GBytes *counter_sig;
    gint64 received_s;
} PouceTickRow;

void pouce_tick_row_free(PouceTickRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceTickRow, pouce_tick_row_free)

/** pouce_ticks_insert - the same tick again is no error and changes nothing; another one is
 * CONFLICT */
gboolean pouce_ticks_insert(PouceDb *db, const PouceTickRow *row, GError **error);
/** pouce_ticks_list - by role and seq; the array frees its rows */
GPtrArray *pouce_ticks_list(PouceDb *db, const char *session, GError **error);
/** pouce_ticks_last - NULL without an error: none */
PouceTickRow *pouce_ticks_last(PouceDb *db, const char *session, const char *role, GError **error);

/** pouce_ratings_insert - once a session, else CONFLICT */
gboolean pouce_ratings_insert(PouceDb *db, const char *session, const char *seeker,
    const char *helper, gint64 stars, const char *comment, gint64 now_s, GError **error);

typedef struct {
    gint64 created;
    gint64 settled;
    gint64 failed; // declined, expired, failed
    gint64 signed_ms;
    gint64 cost_minor;
} PouceSessionTotals;

/** pouce_sessions_totals - of sessions created in [from, to); for the operators' page */
gboolean pouce_sessions_totals(
    PouceDb *db, gint64 from_s, gint64 to_s, PouceSessionTotals *out, GError **error);

G_END_DECLS
