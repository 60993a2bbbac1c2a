// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Messages of the WebSocket, both directions: the broker parses what ends send and the other way
// round; a message from the wrong direction is an unknown type. A tagged value that owns what it
// points to.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/limits.h"
#include "signaling/wire/role.h"
#include "signaling/wire/session.h"
#include "signaling/wire/tick.h"

typedef enum { POUCE_FROM_END = 1, POUCE_FROM_BROKER = 2 } PouceFrom;

typedef enum {
    POUCE_SWITCHBOARD_HELLO,     // end
    POUCE_SWITCHBOARD_WELCOME,   // broker
    POUCE_SWITCHBOARD_AVAILABLE, // end
    POUCE_SWITCHBOARD_RING,      // broker
    POUCE_SWITCHBOARD_RING_OVER, // broker
    POUCE_SWITCHBOARD_SESSION,   // broker
    POUCE_SWITCHBOARD_RELAY,     // both
    POUCE_SWITCHBOARD_BOUND,     // end
    POUCE_SWITCHBOARD_TICKS,     // end
    POUCE_SWITCHBOARD_TICKS_ACK, // broker
    POUCE_SWITCHBOARD_PAUSE,     // end
    POUCE_SWITCHBOARD_END,       // end
    POUCE_SWITCHBOARD_STATS,     // end
    POUCE_SWITCHBOARD_PING,      // both
    POUCE_SWITCHBOARD_PONG,      // both
    POUCE_SWITCHBOARD_ERROR,     // broker
    POUCE_SWITCHBOARD_N_TYPES,
} PouceSwitchboardType;

typedef enum {
    POUCE_RELAY_OFFER,
    POUCE_RELAY_ANSWER,
    POUCE_RELAY_CANDIDATE,
    POUCE_RELAY_RESTART,
} PouceRelayKind;

typedef enum { POUCE_RING_EXPIRED, POUCE_RING_WITHDRAWN, POUCE_RING_ANSWERED } PouceRingOver;

// Close codes of the WebSocket.
#define POUCE_CLOSE_UNAUTHENTICATED 4001
#define POUCE_CLOSE_MALFORMED 4002
#define POUCE_CLOSE_REPLACED 4003
#define POUCE_CLOSE_TOO_MANY 4008
#define POUCE_CLOSE_STOPPING 1001

typedef struct {
    PouceSwitchboardType type;
    char session_id[POUCE_ID_CHARS + 1]; // the `session: ID` of those that have one; else ""
    union {
        struct {
            char *token;
            gint64 protocol;
            gboolean available;
        } hello;
        struct {
            char account[POUCE_ID_CHARS + 1];
            char device[POUCE_ID_CHARS + 1];
            gint64 heartbeat_ms;
            guint n_sessions;
            PouceSession *sessions[POUCE_WELCOME_SESSIONS_MAX];
        } welcome;
        struct {
            gboolean available;
        } available;
        struct {
            PouceSession *session;
            gint64 expires_ms; // from now
        } ring;
        struct {
            PouceRingOver reason;
        } ring_over;
        struct {
            PouceSession *session;
        } session;
        struct {
            PouceRelayKind kind;
            char *text;   // sdp, or the candidate line; NULL for restart
            gint64 mline; // candidate only
        } relay;
        struct {
            guint n_ticks;
            PouceSignedTick *ticks; // owned array, 1…POUCE_TICKS_MAX
        } ticks;
        struct {
            gint64 seeker_seq, helper_seq, signed_ms, cost_minor;
        } ticks_ack;
        struct {
            gboolean paused;
        } pause;
        struct {
            PouceEndReason reason;
        } end;
        struct {
            gint64 fps, bitrate_bps, rtt_ms, lost, bytes;
        } stats;
        struct {
            gint64 n;
        } ping; // ping and pong
        struct {
            char *code, *detail, *about;
        } error;
    };
} PouceSwitchboard;

/**
 * pouce_switchboard_parse - strict
 * @from:  who sent it
 * @out:   filled on TRUE, to be cleared; untouched on FALSE
 * Errors: UNKNOWN (answer with `error`, go on), MALFORMED or LIMIT (close with 4002)
 */
gboolean pouce_switchboard_parse(
    const void *data, gsize bytes, PouceFrom from, PouceSwitchboard *out, GError **error);

/** pouce_switchboard_build - Returns: owned JSON text; programmer error if a text is missing */
char *pouce_switchboard_build(const PouceSwitchboard *message);

void pouce_switchboard_clear(PouceSwitchboard *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PouceSwitchboard, pouce_switchboard_clear)

const char *pouce_switchboard_type_name(PouceSwitchboardType type);
