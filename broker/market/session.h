// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One session's rules: which event may follow which state, and what must be done about it.
//
// Pure: no clock, socket or thread; events and times in, effects out. The owner carries the effects
// out in order (broker/desk does). Illegal events change nothing and say why. Deadlines are
// monotonic µs of the broker; wall time is only copied into the record for people to read.
//
//   create ─ ringing ─accept→ accepted ─confirm→ connecting ─bound ×2→ live ⇄ paused
//               │                                                     │ end, cap, silence
//               │                                                   ended ─→ settled ─→ rated
//               ├ decline, or 30 s: the next candidate, else declined or expired
//               └ withdrawn, left before live, no bind: failed; no confirm: expired
//
// An end that comes from a person leaves 2 s for the last ticks; cap and silence settle at once. A
// doubly signed tick proves that both ends are bound, so that it also takes a session live whose
// `bound` messages were lost with the broker.

#include <glib.h>

#include "signaling/meter/billing.h"
#include "signaling/wire/role.h"
#include "signaling/wire/switchboard.h"
#include "signaling/wire/tick.h"

G_BEGIN_DECLS

#define POUCE_MARKET_ERROR (pouce_market_error_quark())
GQuark pouce_market_error_quark(void);

typedef enum {
    POUCE_MARKET_ERROR_CONFLICT,    // not in this state
    POUCE_MARKET_ERROR_FORBIDDEN,   // not this party, or not this device
    POUCE_MARKET_ERROR_MISSING,     // no such session or helper
    POUCE_MARKET_ERROR_UNAVAILABLE, // the helper is busy or away; nobody is free
    POUCE_MARKET_ERROR_MALFORMED,   // a value out of range, a tick that does not hold
    POUCE_MARKET_ERROR_LIMIT,       // a maximum was reached
} PouceMarketError;

#define POUCE_RING_US (30 * G_USEC_PER_SEC)     // a helper's phone time: DESIGN.md
#define POUCE_CONFIRM_US (120 * G_USEC_PER_SEC) // reading the consent card without hurry
#define POUCE_CONNECT_US (60 * G_USEC_PER_SEC)  // ICE with a relay takes seconds; slow lines more
#define POUCE_STARVE_US (12500 * 1000) // two ticks of 5 s missed, and half of one for the road
/** Without ticks: the ends wait for the grace time after they noticed (5 s), and tick 5 s after
 * they are back. */
#define POUCE_SILENCE_US (75 * G_USEC_PER_SEC)
#define POUCE_GRACE_US (60 * G_USEC_PER_SEC)      // a drop: reconnect under the same consent
#define POUCE_SETTLE_US (2 * G_USEC_PER_SEC)      // after an end: the last ticks may still come
#define POUCE_PAUSE_US (30 * 60 * G_USEC_PER_SEC) // a pause that was forgotten
#define POUCE_BIND_VALID_S (12 * 3600)            // copied into both binds; longer than any session
#define POUCE_CAP_MAX_MINOR G_GINT64_CONSTANT(1000000000000) // what the ledger takes at once
#define POUCE_RANKED_MAX 8                                   // helpers rung one after another

typedef struct {
    char *account; // id; "" until known
    char *name;
    char *device;                // id; "" until known
    guint8 key[POUCE_KEY_BYTES]; // valid once the device is known
    gboolean present;            // its device is connected
    gboolean bound;
    gboolean pausing; // asked for the pause
    gint64 tick_us;   // monotonic; its last tick, or when it could have begun to tick
} PouceSessionEnd;

typedef struct {
    char *helper; // id
    char *name;
    gint64 rate_minor_per_min;
} PouceRanked;

/** One session in memory. Fields are read by all, written by this module alone. */
typedef struct {
    char *id;
    PouceState state;
    PouceSessionEnd ends[2]; // by PouceRole
    char *need;
    char *language;
    char *place;
    PouceRanked candidates[POUCE_RANKED_MAX];
    int candidate_count;
    int candidate;         // the one that rings or rang
    PoucePrice price;      // with the rate of the helper who rings or helps
    PouceBilling *billing; // the chains; NULL until confirmed
    gint64 hold_minor;     // cap, or 0 when every candidate is free of charge
    PouceCapability may;   // a set
    gint64 expires_s;
    gint64 signed_ms;
    gint64 cost_minor;
    PouceEndReason end_reason;
    char *receipt;
    gint64 created_s;
    gint64 live_s;
    gint64 ended_s;
    gint64 stars;
    char *comment;
    gint64 broker_live_us; // own elapsed live time
    gint64 counted_us;     // monotonic; up to when it is counted
    gint64 pause_us;       // monotonic; since when an end has asked for the pause
    gint64 away_us;        // monotonic; when an end's device went last
    gint64 due_us;         // monotonic; when TIME must be applied; -1: never
    gboolean starving;     // paused because ticks are missing
} PouceMarketSession;

typedef struct {
    const char *id; // UUIDv7, from the caller
    const char *seeker;
    const char *seeker_name;
    const char *seeker_device;
    const guint8 *seeker_key; // POUCE_KEY_BYTES
    const char *need;
    const char *language;
    const char *place;
    const char *currency;
    gint64 cap_minor;
    const PouceRanked *candidates; // copied; at least one, best first
    int candidate_count;
} PouceSessionRequest;

typedef enum {
    POUCE_MARKET_HOLD_DENIED, // the ledger said no: the session is forgotten
    POUCE_MARKET_ACCEPT,      // helper; device, key
    POUCE_MARKET_DECLINE,     // helper
    POUCE_MARKET_CONFIRM,     // seeker; may
    POUCE_MARKET_BOUND,       // role
    POUCE_MARKET_TICK,        // tick: verified here, signatures and chain
    POUCE_MARKET_PAUSE,       // role; flag
    POUCE_MARKET_PRESENT,     // role; flag: its device came or went
    POUCE_MARKET_END,         // role; reason
    POUCE_MARKET_TIME,        // due_us has come
    POUCE_MARKET_SETTLED,     // text: receipt number
    POUCE_MARKET_RATE,        // seeker; stars, text
    POUCE_MARKET_RESTART,     // the broker came back: times are new, nobody is present yet
    POUCE_MARKET_COUNT,
} PouceMarketEventKind;

const char *pouce_market_event_name(PouceMarketEventKind kind);

typedef struct {
    PouceMarketEventKind kind;
    PouceRole role; // who, where the event has a who
    gint64 now_us;  // monotonic
    gint64 now_s;   // wall, for the record only
    const char *device;
    const guint8 *key; // POUCE_KEY_BYTES
    const char *text;
    const PouceSignedTick *tick;
    PouceCapability may;
    gint64 stars;
    gboolean flag;
    PouceEndReason reason;
} PouceMarketEvent;

typedef enum {
    POUCE_EFFECT_HOLD,      // place hold_minor; if denied: POUCE_MARKET_HOLD_DENIED
    POUCE_EFFECT_SAVE,      // write the session and an audit line from -> to
    POUCE_EFFECT_RING,      // ring @helper's available devices
    POUCE_EFFECT_RING_OVER, // stop @helper's devices; @why
    POUCE_EFFECT_TELL,      // send the session to both ends
    POUCE_EFFECT_SETTLE,    // post signed_ms, cost_minor; then POUCE_MARKET_SETTLED
    POUCE_EFFECT_VOID,      // give the hold back
    POUCE_EFFECT_TICK,      // write the tick that came with the event: role, seq, live_ms
    POUCE_EFFECT_ACK,       // both ends: ticks_ack
    POUCE_EFFECT_RATE,      // write the rating; the directory learns it
    POUCE_EFFECT_FORGET,    // take it out of memory
} PouceEffectKind;

typedef struct {
    PouceEffectKind kind;
    PouceState from; // SAVE: for the audit
    PouceState to;
    PouceMarketEventKind event;
    const char *actor; // account id, or "broker"; borrowed from the session
    int candidate;     // RING, RING_OVER: index into the session's candidates
    PouceRingOver why; // RING_OVER
    PouceRole role;    // TICK
    gint64 seq;
    gint64 live_ms;
} PouceEffect;

/** At most this many effects follow from one event. */
#define POUCE_EFFECTS_MAX 8

typedef struct {
    PouceEffect list[POUCE_EFFECTS_MAX];
    int count;
} PouceEffects;

/** pouce_market_session_new - in `ringing`, with HOLD, SAVE, RING in @effects; MALFORMED on bad
 * values */
PouceMarketSession *pouce_market_session_new(const PouceSessionRequest *request, gint64 now_us,
    gint64 now_s, PouceEffects *effects, GError **error);
/** pouce_market_session_blank - texts empty, in `open`; for pouce_market_session_restore */
PouceMarketSession *pouce_market_session_blank(void);
void pouce_market_session_free(PouceMarketSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceMarketSession, pouce_market_session_free)

/**
 * pouce_market_session_apply - one event
 * @effects: filled, in the order in which they must be done; empty when nothing changed
 * Returns:  FALSE with @error when the event is not allowed here: nothing changed
 */
gboolean pouce_market_session_apply(PouceMarketSession *session, const PouceMarketEvent *event,
    PouceEffects *effects, GError **error);

/** pouce_market_session_billing - state of both chains and of the pause as text, for the record;
 * owned */
char *pouce_market_session_billing(const PouceMarketSession *session);

/**
 * pouce_market_session_restore - after the caller filled a new, zeroed session from the record
 * @billing: what pouce_market_session_billing said; "" when there was none
 * Then apply POUCE_MARKET_RESTART. MALFORMED when the text is not that.
 */
gboolean pouce_market_session_restore(
    PouceMarketSession *session, const char *billing, GError **error);

/**
 * pouce_market_session_prune - leave out those still to ring whom @is_free refuses
 * Before DECLINE or TIME, since they may have become busy meanwhile.
 */
void pouce_market_session_prune(PouceMarketSession *session,
    gboolean (*is_free)(gpointer data, const char *helper), gpointer data);

/** pouce_market_session_price_id - hex SHA-256 of the price text */
void pouce_market_session_price_id(
    const PouceMarketSession *session, char out[POUCE_HEX64_CHARS + 1]);

/** pouce_market_session_role - which end @account is; FALSE: neither (a helper who rings is one) */
gboolean pouce_market_session_role(
    const PouceMarketSession *session, const char *account, PouceRole *out);

G_END_DECLS
