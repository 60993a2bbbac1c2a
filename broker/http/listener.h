// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The listening socket and the connections on it. libsoup has no deadlines and no ceilings of its
// own, so this module accepts, counts and hands over each connection, and shuts those that
// overstay: a request must be complete 10 s after it may begin, an answer must be out after 30 s. A
// long-lived exchange (WebSocket, events) lifts the deadline and keeps its own. Main thread.
//
// A connection serves one request: libsoup 3.2 never lets go of one that its client closed between
// two requests, and with it of a descriptor and of a place among the connections allowed.
#pragma once

#include <gio/gio.h>
#include <libsoup/soup.h>

#define POUCE_LISTENER_REQUEST_US (10 * G_USEC_PER_SEC)
#define POUCE_LISTENER_ANSWER_US (30 * G_USEC_PER_SEC)

typedef struct PouceListener PouceListener;

/**
 * pouce_listener_new - listens on @listen ("ADDR:PORT", port 0: any free one)
 * @soup:         receives the connections; referenced
 * @max:          connections in all; more are closed at once
 * @max_address:  connections from one address
 * Errors:        G_IO_ERROR, in a sentence
 */
PouceListener *pouce_listener_new(
    SoupServer *soup, const char *listen, guint max, guint max_address, GError **error);
void pouce_listener_free(PouceListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceListener, pouce_listener_free)

/** "ADDR:PORT" with the real port; borrowed. */
const char *pouce_listener_address(const PouceListener *listener);

guint pouce_listener_count(const PouceListener *listener);

/** No more connections; those that are stay. */
void pouce_listener_stop(PouceListener *listener);

/** The connection that @msg came on must be done @within_us from now; 0: no deadline. */
void pouce_listener_deadline(SoupServerMessage *msg, gint64 within_us);

/** Bytes that the kernel received on the connection of @msg so far; 0 if it is gone. */
guint64 pouce_listener_received(GSocketAddress *remote);

/** Shuts the connection with this address object; libsoup then ends the exchange. */
void pouce_listener_shut(GSocketAddress *remote);
