// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The desk: where the market's decisions become durable, and only then visible.
//
// It holds the directory and all sessions in memory, turns each request into market events, carries
// the effects out in one closure of the store (session, ticks, money, receipt, audit, answer), and
// after the commit tells the listener what to send. HTTP and the switchboard talk to the desk alone
// for everything about sessions. One thread: that of the store's owner. Time is an argument.
//
// Life: new (loads the directory, takes up unfinished sessions) → calls → pouce_store_free, which
// reports what is in flight → pouce_desk_free.

#include "broker/ledger/ledger.h"
#include "broker/market/directory.h"
#include "broker/market/session.h"
#include "broker/store/people.h"
#include "broker/store/sessions.h"
#include "broker/store/store.h"

G_BEGIN_DECLS

#define POUCE_DESK_SESSIONS_MAX 10000 // in memory at once; beyond: POUCE_MARKET_ERROR_LIMIT
#define POUCE_DESK_OWN_MAX 4          // unfinished sessions that one seeker may have

typedef struct PouceDesk PouceDesk;

/** What to send, on the owner's context, after the commit. Rows are borrowed for the call. */
typedef struct {
    /** ring: to the available devices of @session's helper; @expires_ms from now */
    void (*ring)(gpointer data, const PouceSessionRow *session, gint64 expires_ms);
    /** ring_over: to the devices of @helper; when answered: to all but the one that accepted */
    void (*ring_over)(
        gpointer data, const PouceSessionRow *session, const char *helper, PouceRingOver why);
    /** changed: the session, to both ends, after each transition */
    void (*changed)(gpointer data, const PouceSessionRow *session);
    /** ticks: ticks_ack, to both ends */
    void (*ticks)(
        gpointer data, const PouceSessionRow *session, gint64 seeker_seq, gint64 helper_seq);
} PouceDeskListener;

typedef struct {
    PouceStore *store; // borrowed; freed before the desk
    const PouceDeskListener *listener;
    gpointer data;
    const char *currency; // of this broker
    gint64 fee_bp;        // the operator's share in basis points
    gint64 now_us;
    gint64 now_s;
    PouceDb *db; // any connection, for loading; borrowed for the call
} PouceDeskConfig;

PouceDesk *pouce_desk_new(const PouceDeskConfig *config, GError **error);
/** pouce_desk_free - after the store: nothing may be in flight any more */
void pouce_desk_free(PouceDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDesk, pouce_desk_free)

/** Who calls, as the token says, and when. All borrowed for the call. */
typedef struct {
    const char *account;
    const char *name;   // of the account
    const char *device; // id
    const guint8 *key;  // the device's Ed25519 key, POUCE_KEY_BYTES
    gint64 now_us;      // monotonic
    gint64 now_s;       // wall
} PouceDeskCall;

/**
 * PouceDeskDone - the answer, after the commit (or at once when nothing was to be written)
 * @session: as committed; NULL on error
 * @error:   POUCE_MARKET_ERROR, POUCE_LEDGER_ERROR or POUCE_DB_ERROR
 */
typedef void (*PouceDeskDone)(gpointer data, const PouceSessionRow *session, const GError *error);

/** PouceDeskAnswer - make the body that is kept for the idempotency key; owned by the desk */
typedef GBytes *(*PouceDeskAnswer)(gpointer data, const PouceSessionRow *session);
/**
 * PouceDeskCreated - @answer is what @make said, now or the first time; NULL on error
 * @error: also POUCE_LEDGER_ERROR_DENIED (not_enough_money) and _MISMATCH (idempotency_mismatch)
 */
typedef void (*PouceDeskCreated)(gpointer data, GBytes *answer, const GError *error);

typedef struct {
    const char *idempotency_key;
    GBytes *body_hash; // SHA-256 of the request
    const char *need;
    const char *helper; // id; NULL: the first free of the best
    const char *language;
    const char *place;
    gint64 cap_minor;
    PouceDeskAnswer make;
    PouceDeskCreated done;
    gpointer data;
} PouceDeskRequest;

/** pouce_desk_create - hold, record, ring */
void pouce_desk_create(PouceDesk *desk, const PouceDeskCall *call, const PouceDeskRequest *request);

/** Transitions. @done may be NULL. Whoever is not a party gets POUCE_MARKET_ERROR_MISSING. */
void pouce_desk_accept(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data);
void pouce_desk_decline(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data);
void pouce_desk_confirm(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceCapability may, PouceDeskDone done, gpointer data);
/** pouce_desk_end - what the caller says as @reason counts only between seeker, helper, cap,
 * silence */
void pouce_desk_end(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceEndReason reason, PouceDeskDone done, gpointer data);
void pouce_desk_rate(PouceDesk *desk, const PouceDeskCall *call, const char *session, gint64 stars,
    const char *comment, PouceDeskDone done, gpointer data);
void pouce_desk_bound(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    PouceDeskDone done, gpointer data);
void pouce_desk_pause(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    gboolean paused, PouceDeskDone done, gpointer data);
/** pouce_desk_ticks - in the order given; stops at the first that does not hold; the rest stands */
void pouce_desk_ticks(PouceDesk *desk, const PouceDeskCall *call, const char *session,
    const PouceSignedTick *ticks, guint count, PouceDeskDone done, gpointer data);

/** Presence, from the switchboard: after hello, on `available`, and when the socket closed. */
void pouce_desk_device_up(PouceDesk *desk, const PouceDeskCall *call, gboolean available);
void pouce_desk_device_down(PouceDesk *desk, const PouceDeskCall *call);

/**
 * pouce_desk_relay_to - may this device relay in this session, and to which device?
 * Returns: borrowed device id; NULL with @error (only the two ends, from accepted to paused)
 */
const char *pouce_desk_relay_to(
    PouceDesk *desk, const PouceDeskCall *call, const char *session, GError **error);

/** pouce_desk_directory - borrowed */
PouceDirectory *pouce_desk_directory(PouceDesk *desk);
/** pouce_desk_publish - a helper's profile, once it is committed; FALSE: the directory is full */
gboolean pouce_desk_publish(PouceDesk *desk, const PouceHelperRow *row);

/** pouce_desk_find - as it stands in memory; owned copy; NULL: not (or no longer) in memory */
PouceSessionRow *pouce_desk_find(PouceDesk *desk, const char *session);
/** pouce_desk_unfinished - rows of @account's sessions that are not over; NULL: everybody's */
GPtrArray *pouce_desk_unfinished(PouceDesk *desk, const char *account);

/** pouce_desk_next_due_us - monotonic; set a timer after each call; -1: none */
gint64 pouce_desk_next_due_us(const PouceDesk *desk);
void pouce_desk_on_time(PouceDesk *desk, gint64 now_us, gint64 now_s);

G_END_DECLS
