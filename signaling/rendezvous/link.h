// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Inside signaling/rendezvous only: the state shared by rendezvous.c (life, token), http.c (calls),
// socket.c (the WebSocket) and kept.c (what waits for an acknowledgement). One thread.

#include "signaling/rendezvous/rendezvous.h"
#include "signaling/wire/switchboard.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

struct PouceRendezvous {
    int refs; // the owner, and each asynchronous call under way
    gboolean freed;
    PouceRendezvousEvents events;
    gpointer user;
    char *broker_url;  // without a slash at the end
    char *broker_name; // host and port, for sentences
    char *device_name;
    char *device_kind;
    char *device_key; // b64u
    char *token_path;
    char *token; // NULL without
    SoupSession *http;
    GCancellable *cancel; // of everything under way
    guint calls;
    GRand *rand;

    // socket.c
    PouceRendezvousState state;
    gboolean wanted; // connect was called
    gboolean available;
    GCancellable *opening;
    SoupWebsocketConnection *socket;
    GSource *retry;
    GSource *watch;
    guint attempts;
    gboolean hurried; // by renew, until welcomed
    gint64 heard_us;
    gint64 pinged_us;
    gint64 heartbeat_us;
    gint64 ping;

    // kept.c
    GQueue kept;
};

PouceRendezvous *pouce_rendezvous_ref(PouceRendezvous *rendezvous);
void pouce_rendezvous_unref(PouceRendezvous *rendezvous);
void pouce_rendezvous_take_token(PouceRendezvous *rendezvous, const char *token);
/** pouce_rendezvous_make_session - a fresh one: connections kept open by the last are not trusted
 */
void pouce_rendezvous_make_session(PouceRendezvous *rendezvous);
/** pouce_rendezvous_network_error - a GIO or TLS error in words that a person understands */
GError *pouce_rendezvous_network_error(PouceRendezvous *rendezvous, const GError *cause);

/** pouce_rendezvous_write - on the socket as it is; FALSE while offline */
gboolean pouce_rendezvous_write(PouceRendezvous *rendezvous, const char *text);
void pouce_rendezvous_close_socket(PouceRendezvous *rendezvous);

void pouce_rendezvous_kept_flush(PouceRendezvous *rendezvous);
void pouce_rendezvous_kept_heard(PouceRendezvous *rendezvous, const PouceSwitchboard *message);
void pouce_rendezvous_kept_clear(PouceRendezvous *rendezvous);

G_END_DECLS
