// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// One end's clock of a session: counts live time, makes its own chain of ticks, judges the peer's,
// and keeps what still has to reach the broker. Pure: time is an argument (monotonic µs, never
// decreasing), nothing is sent. One owner thread.
//
// Life: new → (start → feed, due, make / take_tick, take_countersign → stop)* → free.
// `start` after both binds verified, again after each reconnection; `stop` when the link is lost.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/tick.h"

#define POUCE_METER_PERIOD_US (5 * G_USEC_PER_SEC)
#define POUCE_METER_TOGETHER_US (250 * 1000)      // see pouce_meter_answers
#define POUCE_METER_INTERVAL_MAX_US (7500 * 1000) // longer than this counts nothing
#define POUCE_METER_AHEAD_MAX_MS 10000            // a peer's claim beyond one's own count
#define POUCE_METER_MISSED_US (12500 * 1000)      // two periods and half a one of slack
#define POUCE_METER_PENDING_MAX 3  // own ticks without countersignature; then no more are made
#define POUCE_METER_OUTBOX_MAX 256 // doubly signed, not acknowledged: 10 min of both chains

typedef struct _PouceMeter PouceMeter;

typedef struct {
    char session[POUCE_ID_CHARS + 1];
    PouceRole role; // own
    char price[POUCE_HEX64_CHARS + 1];
    const PouceIdentity *identity; // borrowed, outlives the meter
    guint8 peer_key[POUCE_KEY_BYTES];
    void (*random)(gpointer data, guint8 *out, gsize bytes); // NULL: the system's
    gpointer random_data;
} PouceMeterConfig;

typedef enum {
    POUCE_METER_OK,            // countersigned / completed
    POUCE_METER_SEEN,          // seen before, unchanged; answer again (take_tick) or ignore
    POUCE_METER_LATER,         // chain holds, claim too far ahead: no countersignature yet; see
                               // pouce_meter_take_ripe
    POUCE_METER_BAD_TEXT,      // not a tick
    POUCE_METER_BAD_SIGNATURE, // not by the peer's key
    POUCE_METER_BAD_SESSION,   // another session, role or price
    POUCE_METER_BAD_BINDING,   // fingerprints that were never bound here
    POUCE_METER_BAD_CHAIN,     // seq, prev or nonce does not follow, or live_ms fell
    POUCE_METER_NOT_OWN,       // a countersignature for a tick that is not waiting
    POUCE_METER_FULL,          // too many undelivered
} PouceMeterVerdict;

PouceMeter *pouce_meter_new(const PouceMeterConfig *config);
void pouce_meter_free(PouceMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceMeter, pouce_meter_free)

/** pouce_meter_start - the link is bound with these certificates; a new interval begins */
void pouce_meter_start(
    PouceMeter *meter, gint64 now_us, const char *own_fp, const char *peer_fp, gint64 decoded);

/** pouce_meter_stop - the link is gone; nothing is counted until the next start */
void pouce_meter_stop(PouceMeter *meter);

/**
 * pouce_meter_feed - what is known now
 * @decoded: frames that the viewer decoded so far (own count, or from the peer's heartbeat); a
 *           smaller number than before begins a new count
 * @paused:  TRUE spoils the running interval up to now: it will count nothing
 */
void pouce_meter_feed(PouceMeter *meter, gint64 now_us, gint64 decoded, gboolean paused);

/** pouce_meter_due_us - when the next own tick is due; G_MAXINT64 if none (stopped, or pending) */
gint64 pouce_meter_due_us(const PouceMeter *meter);

/**
 * pouce_meter_answers - does one's own interval close with the peer's, whose tick came just now?
 * Only if it is older than an answer to one's own last tick can be: or else two ends on a long path
 * would answer each other's answers for ever.
 * @rtt_us: round trip, queues included; below 0: not known
 */
gboolean pouce_meter_answers(const PouceMeter *meter, gint64 now_us, gint64 rtt_us);

/**
 * pouce_meter_make - close the interval and sign own next tick
 * Call when due, and once more at the end of the session.
 * Returns: FALSE if stopped or too many are pending; else @out is to be sent as `tick`
 */
gboolean pouce_meter_make(PouceMeter *meter, gint64 now_us, PouceSignedTick *out);

/** pouce_meter_peek_pending - own tick without countersignature, oldest first; NULL beyond the
 *  last. After each start send them all again. */
const PouceSignedTick *pouce_meter_peek_pending(const PouceMeter *meter, guint index);

/**
 * pouce_meter_take_tick - the peer's tick
 * @out_countersign: on OK and SEEN: @tick completed; send its seq and counter_sig as `countersign`
 * @out_seq:         on OK and SEEN
 */
PouceMeterVerdict pouce_meter_take_tick(PouceMeter *meter, gint64 now_us,
    const PouceSignedTick *tick, PouceSignedTick *out_countersign, gint64 *out_seq);

/**
 * pouce_meter_take_ripe - a peer's tick that was LATER and may be countersigned now
 * Call after each make; repeat until FALSE.
 */
gboolean pouce_meter_take_ripe(
    PouceMeter *meter, PouceSignedTick *out_countersign, gint64 *out_seq);

/** pouce_meter_take_countersign - the peer's answer to own tick @seq; OK puts it in the outbox */
PouceMeterVerdict pouce_meter_take_countersign(
    PouceMeter *meter, gint64 seq, const guint8 sig[POUCE_SIG_BYTES]);

/**
 * pouce_meter_peek_outbox - doubly signed ticks of both chains for the broker's `ticks`
 * @out:    room for @max; copied; stay in the outbox until acknowledged
 * Returns: how many; send again after each reconnection to the broker
 */
guint pouce_meter_peek_outbox(const PouceMeter *meter, PouceSignedTick *out, guint max);

/** pouce_meter_on_ack - the broker has committed both chains up to here */
void pouce_meter_on_ack(PouceMeter *meter, gint64 seeker_seq, gint64 helper_seq);

/** pouce_meter_is_stalled - two ticks missed by either end: loans end, nothing is counted */
gboolean pouce_meter_is_stalled(const PouceMeter *meter, gint64 now_us);

/** pouce_meter_own_ms - own count so far, closed intervals only */
gint64 pouce_meter_own_ms(const PouceMeter *meter);

/** pouce_meter_signed_ms - min of both chains as doubly signed: what the bill will say at most */
gint64 pouce_meter_signed_ms(const PouceMeter *meter);
