// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/switchboard/line.h"

#include "broker/http/listener.h"
#include "broker/switchboard/exchange.h"

#define HEARTBEAT_US (POUCE_EXCHANGE_HEARTBEAT_MS * G_GINT64_CONSTANT(1000))
#define CLOSING_US (5 * G_USEC_PER_SEC)

PouceLine *pouce_line_new(
    PouceExchange *exchange, SoupWebsocketConnection *socket, GSocketAddress *remote, gint64 now_us)
{
    PouceLine *line = g_rc_box_new0(PouceLine);
    line->exchange = exchange;
    line->socket = g_object_ref(socket);
    line->remote = remote ? g_object_ref(remote) : NULL;
    line->tokens = POUCE_EXCHANGE_MESSAGES_BURST;
    line->tokens_us = line->opened_us = line->heard_us = line->pinged_us = now_us;
    line->received_bytes = pouce_listener_received(remote);
    return line;
}

PouceLine *pouce_line_ref(PouceLine *line)
{
    return g_rc_box_acquire(line);
}

static void line_clear(gpointer data)
{
    PouceLine *line = data;
    g_clear_object(&line->socket);
    g_clear_object(&line->remote);
    g_clear_pointer(&line->who, pouce_who_unref);
}

void pouce_line_unref(PouceLine *line)
{
    if (line)
        g_rc_box_release_full(line, line_clear);
}

static gboolean is_open(const PouceLine *line)
{
    return !line->closing && line->exchange &&
           soup_websocket_connection_get_state(line->socket) == SOUP_WEBSOCKET_STATE_OPEN;
}

void pouce_line_send(PouceLine *line, const PouceSwitchboard *message)
{
    if (!is_open(line))
        return;
    g_autofree char *text = pouce_switchboard_build(message);
    soup_websocket_connection_send_text(line->socket, text);
}

void pouce_line_send_error(PouceLine *line, const char *code, const char *detail, const char *about)
{
    PouceSwitchboard message = {
        .type = POUCE_SWITCHBOARD_ERROR,
        .error = {.code = (char *)code, .detail = (char *)detail, .about = (char *)about},
    };
    pouce_line_send(line, &message);
}

void pouce_line_close(PouceLine *line, gushort code, const char *reason)
{
    if (!is_open(line))
        return;
    line->closing = TRUE;
    line->closing_us = g_get_monotonic_time();
    soup_websocket_connection_close(line->socket, code, reason);
}

gboolean pouce_line_take(PouceLine *line, gint64 now_us)
{
    double flown =
        (now_us - line->tokens_us) * (POUCE_EXCHANGE_MESSAGES_PER_MIN / (60.0 * G_USEC_PER_SEC));
    line->tokens = MIN(POUCE_EXCHANGE_MESSAGES_BURST, line->tokens + flown);
    line->tokens_us = now_us;
    if (line->tokens < 1)
        return FALSE;
    line->tokens -= 1;
    return TRUE;
}

void pouce_line_tend(PouceLine *line, gint64 now_us)
{
    if (line->closing) {
        if (now_us - line->closing_us > CLOSING_US)
            pouce_listener_shut(line->remote);
        return;
    }
    if (!line->who && now_us - line->opened_us > POUCE_EXCHANGE_HELLO_US) {
        pouce_line_close(line, POUCE_CLOSE_UNAUTHENTICATED, "Say hello within 5 seconds.");
        return;
    }
    if (now_us - line->heard_us > 2 * HEARTBEAT_US) {
        pouce_line_close(
            line, POUCE_CLOSE_UNAUTHENTICATED, "Nothing was heard for two heartbeats.");
        return;
    }
    guint64 received = pouce_listener_received(line->remote);
    if (received > line->received_bytes + POUCE_EXCHANGE_UNFINISHED_MAX_BYTES) {
        line->closing = TRUE;
        line->closing_us = now_us;
        pouce_listener_shut(line->remote);
        return;
    }
    if (now_us - line->pinged_us >= HEARTBEAT_US) {
        PouceSwitchboard ping = {.type = POUCE_SWITCHBOARD_PING, .ping = {.n = ++line->ping_n}};
        line->pinged_us = now_us;
        pouce_line_send(line, &ping);
    }
}
