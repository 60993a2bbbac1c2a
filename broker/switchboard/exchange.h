// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The exchange: every WebSocket to the broker is a line, every line belongs to a device, and two
// lines may talk while the desk says so. It carries PROTOCOL.md section 2: presence, rings,
// relaying between the two ends of an accepted session, ticks, and what the desk tells after each
// commit. It decides nothing about sessions.
//
// Life: new → accept lines, be the desk's listener → stop → free (before the desk). Main thread.
#pragma once

#include <libsoup/soup.h>

#include "broker/desk/desk.h"
#include "broker/http/tokens.h"
#include "broker/http/view.h"

#define POUCE_EXCHANGE_HEARTBEAT_MS 15000
#define POUCE_EXCHANGE_HELLO_US (5 * G_USEC_PER_SEC)
/** Messages of one line: 20 a second for ever, 200 at once (a page of candidates, ticks and
 * statistics). */
#define POUCE_EXCHANGE_MESSAGES_PER_MIN 1200
#define POUCE_EXCHANGE_MESSAGES_BURST 200
/** Descriptions and restarts of one end in one session; each makes room for POUCE_CANDIDATES_MAX
 * candidates. */
#define POUCE_EXCHANGE_DESCRIPTIONS_MAX 64
/** Bytes received since the last whole message: beyond it somebody feeds endless fragments. */
#define POUCE_EXCHANGE_UNFINISHED_MAX_BYTES (256 * 1024)

typedef struct PouceExchange PouceExchange;

/** The listener for PouceDeskConfig; its data is the exchange. */
extern const PouceDeskListener pouce_exchange_listener;

/** @tokens: borrowed, outlives the exchange. */
PouceExchange *pouce_exchange_new(PouceTokens *tokens);
void pouce_exchange_free(PouceExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceExchange, pouce_exchange_free)

/**
 * pouce_exchange_connect - the desk that it speaks for; before the first line
 * @view:      copied
 * @line_gone: called with @data for each line that closed
 */
void pouce_exchange_connect(PouceExchange *exchange, const PouceView *view,
    void (*line_gone)(gpointer data), gpointer data);

/** A PouceServerSocket: a new line; it must say hello within 5 s. */
void pouce_exchange_accept(gpointer exchange, SoupWebsocketConnection *socket, const char *address,
    GSocketAddress *remote);

/** pouce_exchange_drop - closes the line of @device, if any: its token was given back */
void pouce_exchange_drop(gpointer exchange, const char *device);

/** pouce_exchange_stop - every line is closed with 1001; new ones as well */
void pouce_exchange_stop(PouceExchange *exchange);

guint pouce_exchange_lines(const PouceExchange *exchange);

/** pouce_exchange_foreach - every device on the line; @each must not change the exchange */
void pouce_exchange_foreach(const PouceExchange *exchange,
    void (*each)(gpointer data, const PouceWho *who, gboolean available), gpointer data);

/** What an end last said of its stream; for operators, never for the bill. */
typedef struct {
    gint64 fps, bitrate_bps, rtt_ms, lost, bytes;
    gint64 at_us; /* monotonic */
} PouceLineStats;

/** FALSE when nothing was heard. */
gboolean pouce_exchange_stats(
    const PouceExchange *exchange, const char *session, PouceLineStats *out);

/** Messages relayed and refused since the start. */
typedef struct {
    guint64 messages, relayed, refused, malformed;
} PouceExchangeCounts;
void pouce_exchange_counts(const PouceExchange *exchange, PouceExchangeCounts *out);
