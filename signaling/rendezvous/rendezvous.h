// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The way to the broker: log in, HTTP calls, and one WebSocket that comes back by itself.
//
// Lifecycle: new -> login (or a token from the token file) -> connect -> events -> free. Everything
// happens on the thread that made it, in its thread-default main context. Callbacks are never
// called after free. Errors are sentences for people; @error codes say how to react.

#include "signaling/wire/switchboard.h"

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

#define POUCE_RENDEZVOUS_ERROR (pouce_rendezvous_error_quark())
GQuark pouce_rendezvous_error_quark(void);

typedef enum {
    POUCE_RENDEZVOUS_ERROR_RETRY,       // the broker cannot be reached, or is stopping
    POUCE_RENDEZVOUS_ERROR_DENIED,      // 401, 403: log in again
    POUCE_RENDEZVOUS_ERROR_REFUSED,     // another problem document: @message is its detail
    POUCE_RENDEZVOUS_ERROR_MALFORMED,   // the answer is not what the protocol says
    POUCE_RENDEZVOUS_ERROR_LIMIT,       // the answer is too long, or too many calls wait
    POUCE_RENDEZVOUS_ERROR_UNSUPPORTED, // not an http(s) URL; the broker speaks another version
} PouceRendezvousError;

/** Most bytes of an HTTP answer, of a WebSocket message either way; calls under way. */
#define POUCE_RENDEZVOUS_BODY_MAX_BYTES (1024 * 1024)
#define POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES (32 * 1024)
#define POUCE_RENDEZVOUS_CALLS_MAX 32
/** Messages kept until acknowledged (ticks, end): ten minutes of ticks sent one by one. */
#define POUCE_RENDEZVOUS_KEPT_MAX 128

typedef enum {
    POUCE_RENDEZVOUS_OFFLINE,    // not asked to connect, or waiting to try again
    POUCE_RENDEZVOUS_CONNECTING, // up to the broker's welcome
    POUCE_RENDEZVOUS_ONLINE,     // welcomed; on_message of type "welcome" follows
    POUCE_RENDEZVOUS_REFUSED,    // not tried again: bad token, replaced by a newer connection
} PouceRendezvousState;

typedef enum {
    POUCE_RENDEZVOUS_SEND_OK,      // handed over; or, for the kept ones, kept
    POUCE_RENDEZVOUS_SEND_OFFLINE, // not sent, not kept
    POUCE_RENDEZVOUS_SEND_FULL,    // POUCE_RENDEZVOUS_KEPT_MAX wait already
    POUCE_RENDEZVOUS_SEND_TOO_BIG,
} PouceRendezvousSend;

typedef struct {
    const char *broker_url;       // "http://127.0.0.1:8080", "https://pouce.example"
    const char *device_name;      // 1-80 characters
    const char *device_kind;      // "agent" or "viewer"
    guint8 device_public_key[32]; // Ed25519
    const char *token_path;       // NULL: memory only; else kept there, mode 0600
    guint64 seed;                 // of the back-off's jitter; 0: random
} PouceRendezvousConfig;

typedef struct {
    void (*on_state)(gpointer user, PouceRendezvousState state, const char *reason);
    /** Any message from the broker but ping, pong; @message borrowed. "welcome" after each connect
     */
    void (*on_message)(gpointer user, const char *type, json_t *message);
    /** The same, parsed and checked; borrowed. Use either. */
    void (*on_switchboard)(gpointer user, const PouceSwitchboard *message);
} PouceRendezvousEvents;

/**
 * PouceRendezvousCallback - the answer of one call
 * @status: HTTP status; 0 when there was no answer
 * @body:   borrowed; NULL without one
 * @error:  NULL on 2xx, else what happened and what to do
 */
typedef void (*PouceRendezvousCallback)(
    gpointer user, guint status, json_t *body, const GError *error);

typedef struct PouceRendezvous PouceRendezvous;

/** pouce_rendezvous_new - @config and @events are copied. Errors: UNSUPPORTED (bad URL) */
PouceRendezvous *pouce_rendezvous_new(const PouceRendezvousConfig *config,
    const PouceRendezvousEvents *events, gpointer user, GError **error);
/** pouce_rendezvous_free - calls under way are dropped without a callback */
void pouce_rendezvous_free(PouceRendezvous *rendezvous);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceRendezvous, pouce_rendezvous_free)

/** pouce_rendezvous_login - the token is kept; body: {account, device, …} without the token */
void pouce_rendezvous_login(PouceRendezvous *rendezvous, const char *login, const char *password,
    PouceRendezvousCallback callback, gpointer user);
/** pouce_rendezvous_has_token - after a login, or found in the token file */
gboolean pouce_rendezvous_has_token(PouceRendezvous *rendezvous);
/** pouce_rendezvous_forget_token - from memory and file; disconnects */
void pouce_rendezvous_forget_token(PouceRendezvous *rendezvous);

/**
 * pouce_rendezvous_call - one HTTP request, 20 s at most
 * @path:  below the broker's URL, with its query: "/api/v1/me"
 * @body:  borrowed, or NULL
 * @idempotency_key: NULL without; the same key and body may safely be sent again after RETRY
 */
void pouce_rendezvous_call(PouceRendezvous *rendezvous, const char *method, const char *path,
    json_t *body, const char *idempotency_key, PouceRendezvousCallback callback, gpointer user);

/**
 * pouce_rendezvous_connect - opens the WebSocket and keeps it open until disconnect
 * Tries again after 0.25 s, doubling up to 8 s, each with up to half of it taken off at random;
 * a refused token ends in REFUSED.
 */
void pouce_rendezvous_connect(PouceRendezvous *rendezvous);
void pouce_rendezvous_disconnect(PouceRendezvous *rendezvous);
/**
 * pouce_rendezvous_renew - the network is doubtful (the far end of a session was lost)
 * A dead TCP connection looks alive for half a minute: what is open is given up and opened anew at
 * once, and until the next welcome each attempt gets 2 s and the next follows within half a second.
 * ONLINE afterwards means that the broker is really there, with sessions as they are now.
 */
void pouce_rendezvous_renew(PouceRendezvous *rendezvous);
/** pouce_rendezvous_set_available - told now if online, and in each later hello */
void pouce_rendezvous_set_available(PouceRendezvous *rendezvous, gboolean available);
PouceRendezvousState pouce_rendezvous_state(PouceRendezvous *rendezvous);

/** pouce_rendezvous_send - one message, JSON text; refused while offline */
PouceRendezvousSend pouce_rendezvous_send(PouceRendezvous *rendezvous, const char *json);
/**
 * pouce_rendezvous_send_ticks - kept, in order, and sent again after each reconnect until acked
 * @role:     "seeker" or "helper": whose chain; acked once ticks_ack's count of that chain for
 *            @session reaches @last_seq
 * @json:     the whole "ticks" message
 */
PouceRendezvousSend pouce_rendezvous_send_ticks(PouceRendezvous *rendezvous, const char *session,
    const char *role, gint64 last_seq, const char *json);
/** pouce_rendezvous_send_end - as above; acked once the broker shows @session as over */
PouceRendezvousSend pouce_rendezvous_send_end(
    PouceRendezvous *rendezvous, const char *session, const char *json);
/** pouce_rendezvous_kept - how many messages wait for their acknowledgement */
guint pouce_rendezvous_kept(PouceRendezvous *rendezvous);

G_END_DECLS
