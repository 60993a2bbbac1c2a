// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One line: a WebSocket with its deadlines, its rate and, once it said hello, its owner. Used by
// the exchange alone.
#pragma once

#include <libsoup/soup.h>

#include "broker/http/bucket.h"
#include "broker/http/tokens.h"
#include "signaling/wire/switchboard.h"

typedef struct PouceExchange PouceExchange;

typedef struct {
    PouceExchange *exchange; /* NULL once closed */
    SoupWebsocketConnection *socket;
    GSocketAddress *remote;
    PouceWho *who; /* NULL before hello */
    gboolean greeting, available, closing;
    double tokens; /* of the message rate */
    gint64 tokens_us;
    gint64 opened_us, heard_us, pinged_us, closing_us;
    gint64 ping_n;
    guint64 received_bytes; /* at the last whole message */
} PouceLine;

PouceLine *pouce_line_new(PouceExchange *exchange, SoupWebsocketConnection *socket,
    GSocketAddress *remote, gint64 now_us);
PouceLine *pouce_line_ref(PouceLine *line);
void pouce_line_unref(PouceLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceLine, pouce_line_unref)

/** Nothing happens on a line that is closing. */
void pouce_line_send(PouceLine *line, const PouceSwitchboard *message);
void pouce_line_send_error(
    PouceLine *line, const char *code, const char *detail, const char *about);
void pouce_line_close(PouceLine *line, gushort code, const char *reason);

/** Counts one message; FALSE: too many. */
gboolean pouce_line_take(PouceLine *line, gint64 now_us);

/** Applies deadlines: hello, silence, endless fragments, a close that the far end ignores; sends
 * pings. */
void pouce_line_tend(PouceLine *line, gint64 now_us);
