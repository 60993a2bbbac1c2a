// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The helper's place: logged in, available, rung, and at most one session at a time.
//
// Lifecycle: new -> start -> events -> free. It keeps the device's key, its token and the known
// devices in a folder of its own. One owner thread and its thread-default main context.

#include "viewer/core/viewing.h"

G_BEGIN_DECLS

typedef enum {
    POUCE_DESK_ACCOUNT, // who is logged in
    POUCE_DESK_ONLINE,  // welcomed by the broker and available: it may ring
    POUCE_DESK_OFFLINE, // trying again by itself; @text says why
    POUCE_DESK_REFUSED, // for good: wrong password, replaced by a newer connection
    POUCE_DESK_LOGGED_OUT,
    POUCE_DESK_RING,
    POUCE_DESK_RING_OVER,
    POUCE_DESK_ACCEPTED, // a viewing has begun
    POUCE_DESK_STATE,    // of the session, as the broker says
    POUCE_DESK_SETTLED,  // after the viewing's OVER, once there is a receipt
    POUCE_DESK_PROBLEM,  // a sentence
} PouceDeskEventKind;

/** Pointers are borrowed for the call. */
typedef struct {
    PouceDeskEventKind kind;
    const char *text; // OFFLINE, REFUSED, RING_OVER, PROBLEM
    const char *code; // REFUSED, PROBLEM: of the problem document; "unreachable": no answer
    const PouceAccount *account; // ACCOUNT
    const PouceSession *session; // RING, ACCEPTED, STATE
    gint64 expires_ms;           // RING
    const PouceReceipt *receipt; // SETTLED
} PouceDeskEvent;

typedef struct {
    const char *broker_url;
    const char *login;
    const char *password;   // NULL: a token kept from an earlier log-in must do
    const char *folder;     // made with mode 0700 if it is not there
    PoucePicture *picture;  // borrowed, outlives the desk
    const char *backend;    // of the peer; NULL: webrtcbin
    const char *microphone; // NULL: the system's choice
    const char *speaker;
} PouceDeskConfig;

typedef struct {
    void (*on_event)(gpointer user, const PouceDeskEvent *event);
    void (*on_viewing)(gpointer user, const PouceViewingEvent *event);
} PouceDeskEvents;

typedef struct PouceDesk PouceDesk;

/** pouce_desk_new - Errors: bad URL, a folder or key that cannot be read */
PouceDesk *pouce_desk_new(
    const PouceDeskConfig *config, const PouceDeskEvents *events, gpointer user, GError **error);
void pouce_desk_free(PouceDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDesk, pouce_desk_free)

/** pouce_desk_start - logs in, connects, becomes available */
void pouce_desk_start(PouceDesk *desk);

/** pouce_desk_set_available - whether it may ring on this device; TRUE at first */
void pouce_desk_set_available(PouceDesk *desk, gboolean available);
/** pouce_desk_log_out - the broker and this device forget the log-in; LOGGED_OUT follows */
void pouce_desk_log_out(PouceDesk *desk);

/** pouce_desk_accept, _decline - the ring that stands, if one does; FALSE if none */
gboolean pouce_desk_accept(PouceDesk *desk);
gboolean pouce_desk_decline(PouceDesk *desk);

/** pouce_desk_peek_viewing - the running session; NULL if none. Valid until its OVER returns. */
PouceViewing *pouce_desk_peek_viewing(PouceDesk *desk);

/** pouce_desk_is_settling - a session is over, its receipt not yet here */
gboolean pouce_desk_is_settling(const PouceDesk *desk);

G_END_DECLS
