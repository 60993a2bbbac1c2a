// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/switchboard/exchange.h"

#include <string.h>

#include "broker/http/api.h"
#include "broker/http/listener.h"
#include "broker/switchboard/line.h"
#include "broker/switchboard/relay_book.h"
#include "signaling/wire/wire_error.h"

#define TEND_MS 1000

struct PouceExchange {
    PouceTokens *tokens;
    void (*line_gone)(gpointer data);
    gpointer gone_data;
    PouceView view;
    GHashTable *lines;      /* set of PouceLine, owned */
    GHashTable *by_device;  /* device id -> PouceLine, borrowed */
    GHashTable *by_account; /* account id -> GPtrArray of PouceLine, borrowed */
    GHashTable *stats;      /* session id -> PouceLineStats */
    PouceRelayBook *book;
    PouceExchangeCounts counts;
    guint tend_id;
    gboolean stopping;
};

static PouceDeskCall desk_call(const PouceLine *line)
{
    return (PouceDeskCall){
        .account = line->who->account,
        .name = line->who->name,
        .device = line->who->device,
        .key = line->who->key,
        .now_us = g_get_monotonic_time(),
        .now_s = g_get_real_time() / G_USEC_PER_SEC,
    };
}

static gint64 wall_s(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

/* --- who is on the line --- */

static void enlist(PouceExchange *exchange, PouceLine *line)
{
    g_hash_table_replace(exchange->by_device, g_strdup(line->who->device), line);
    GPtrArray *own = g_hash_table_lookup(exchange->by_account, line->who->account);
    if (!own) {
        own = g_ptr_array_new();
        g_hash_table_insert(exchange->by_account, g_strdup(line->who->account), own);
    }
    g_ptr_array_add(own, line);
}

/* TRUE if it was the line of its device, not one that a newer has replaced */
static gboolean delist(PouceExchange *exchange, PouceLine *line)
{
    GPtrArray *own = g_hash_table_lookup(exchange->by_account, line->who->account);
    if (own) {
        g_ptr_array_remove_fast(own, line);
        if (own->len == 0)
            g_hash_table_remove(exchange->by_account, line->who->account);
    }
    if (g_hash_table_lookup(exchange->by_device, line->who->device) != line)
        return FALSE;
    g_hash_table_remove(exchange->by_device, line->who->device);
    return TRUE;
}

static void welcome(PouceExchange *exchange, PouceLine *line)
{
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_WELCOME};
    g_strlcpy(message.welcome.account, line->who->account, sizeof message.welcome.account);
    g_strlcpy(message.welcome.device, line->who->device, sizeof message.welcome.device);
    message.welcome.heartbeat_ms = POUCE_EXCHANGE_HEARTBEAT_MS;
    g_autoptr(GPtrArray) rows = pouce_desk_unfinished(exchange->view.desk, line->who->account);
    for (guint i = 0; i < rows->len && message.welcome.n_sessions < POUCE_WELCOME_SESSIONS_MAX;
         i++) {
        PouceSession *session =
            pouce_view_session(&exchange->view, rows->pdata[i], line->who->account, wall_s());
        if (session)
            message.welcome.sessions[message.welcome.n_sessions++] = session;
    }
    pouce_line_send(line, &message);
    pouce_switchboard_clear(&message);
}

static void on_who(gpointer data, PouceWho *who, gboolean failed)
{
    g_autoptr(PouceLine) line = data;
    PouceExchange *exchange = line->exchange;
    if (!exchange || line->closing)
        return;
    if (!who) {
        pouce_line_close(line, failed ? POUCE_CLOSE_STOPPING : POUCE_CLOSE_UNAUTHENTICATED,
            failed ? "The broker is busy." : "Log in again.");
        return;
    }
    line->who = pouce_who_ref(who);
    g_autoptr(PouceLine) older = g_hash_table_lookup(exchange->by_device, who->device);
    if (older) {
        pouce_line_ref(older);
        delist(exchange, older);
        pouce_line_close(
            older, POUCE_CLOSE_REPLACED, "A newer connection of this device took over.");
    }
    enlist(exchange, line);
    PouceDeskCall call = desk_call(line);
    pouce_desk_device_up(exchange->view.desk, &call, line->available);
    welcome(exchange, line);
}

/* --- what ends say --- */

/* The desk's answer to one message of a line. */
typedef struct {
    PouceLine *line;
    PouceSwitchboardType type;
} Asked;

static Asked *asked_new(PouceLine *line, const PouceSwitchboard *message)
{
    Asked *asked = g_new0(Asked, 1);
    asked->line = pouce_line_ref(line);
    asked->type = message->type;
    return asked;
}

/* g_utf8_substring reads on past the end of a text that is shorter than it was asked for */
static char *at_most(const char *text, glong chars)
{
    return g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), chars));
}

static void on_answer(gpointer data, const PouceSessionRow *row, const GError *error)
{
    Asked *asked = data;
    if (error) {
        PouceProblem problem = pouce_api_problem(error);
        g_autofree char *detail = at_most(error->message, POUCE_DETAIL_MAX_CHARS);
        pouce_line_send_error(asked->line, pouce_problem_code(problem), detail,
            pouce_switchboard_type_name(asked->type));
    }
    pouce_line_unref(asked->line);
    g_free(asked);
}

static void on_hello(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    if (message->hello.protocol != POUCE_PROTOCOL_VERSION) {
        pouce_line_send_error(line, "malformed", "This broker speaks protocol 1.", "hello");
        pouce_line_close(line, POUCE_CLOSE_MALFORMED, "This broker speaks protocol 1.");
        return;
    }
    line->greeting = TRUE;
    line->available = message->hello.available;
    pouce_tokens_find_who(exchange->tokens, message->hello.token, on_who, pouce_line_ref(line));
}

static void on_available(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    line->available = message->available.available;
    pouce_desk_device_up(exchange->view.desk, &call, line->available);
}

static void on_relay(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    g_autoptr(GError) error = NULL;
    const char *to = pouce_desk_relay_to(exchange->view.desk, &call, message->session_id, &error);
    if (!to) {
        exchange->counts.refused++;
        pouce_line_send_error(
            line, pouce_problem_code(pouce_api_problem(error)), error->message, "relay");
        return;
    }
    const char *why_not = pouce_relay_book_take(
        exchange->book, message->session_id, call.device, message->relay.kind);
    if (why_not) {
        exchange->counts.refused++;
        pouce_line_send_error(line, "too_many", why_not, "relay");
        return;
    }
    PouceLine *far = g_hash_table_lookup(exchange->by_device, to);
    if (!far) {
        pouce_line_send_error(
            line, "conflict", "The other end is not connected. Wait for it.", "relay");
        return;
    }
    exchange->counts.relayed++;
    pouce_line_send(far, message);
}

static void on_bound(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    pouce_desk_bound(
        exchange->view.desk, &call, message->session_id, on_answer, asked_new(line, message));
}

static void on_ticks(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    pouce_desk_ticks(exchange->view.desk, &call, message->session_id, message->ticks.ticks,
        message->ticks.n_ticks, on_answer, asked_new(line, message));
}

static void on_pause(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    pouce_desk_pause(exchange->view.desk, &call, message->session_id, message->pause.paused,
        on_answer, asked_new(line, message));
}

static void on_end(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    pouce_desk_end(exchange->view.desk, &call, message->session_id, message->end.reason, on_answer,
        asked_new(line, message));
}

static void on_stats(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceDeskCall call = desk_call(line);
    if (!pouce_desk_relay_to(exchange->view.desk, &call, message->session_id, NULL))
        return;
    PouceLineStats *stats = g_new0(PouceLineStats, 1);
    stats->fps = message->stats.fps;
    stats->bitrate_bps = message->stats.bitrate_bps;
    stats->rtt_ms = message->stats.rtt_ms;
    stats->lost = message->stats.lost;
    stats->bytes = message->stats.bytes;
    stats->at_us = call.now_us;
    g_hash_table_replace(exchange->stats, g_strdup(message->session_id), stats);
}

static void on_ping(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    PouceSwitchboard pong = {.type = POUCE_SWITCHBOARD_PONG, .ping = {.n = message->ping.n}};
    pouce_line_send(line, &pong);
}

static void on_pong(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
}

typedef void (*Heard)(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message);

static const Heard heard[POUCE_SWITCHBOARD_N_TYPES] = {
    [POUCE_SWITCHBOARD_AVAILABLE] = on_available,
    [POUCE_SWITCHBOARD_RELAY] = on_relay,
    [POUCE_SWITCHBOARD_BOUND] = on_bound,
    [POUCE_SWITCHBOARD_TICKS] = on_ticks,
    [POUCE_SWITCHBOARD_PAUSE] = on_pause,
    [POUCE_SWITCHBOARD_END] = on_end,
    [POUCE_SWITCHBOARD_STATS] = on_stats,
    [POUCE_SWITCHBOARD_PING] = on_ping,
    [POUCE_SWITCHBOARD_PONG] = on_pong,
};

static void take_message(PouceExchange *exchange, PouceLine *line, PouceSwitchboard *message)
{
    if (!line->who && (message->type != POUCE_SWITCHBOARD_HELLO || line->greeting)) {
        pouce_line_close(
            line, POUCE_CLOSE_UNAUTHENTICATED, "The first message is hello, then wait.");
        return;
    }
    if (!line->who)
        on_hello(exchange, line, message);
    else if (heard[message->type])
        heard[message->type](exchange, line, message);
    else
        pouce_line_send_error(line, "malformed", "This message is not expected here.",
            pouce_switchboard_type_name(message->type));
}

static void on_message(
    SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
    g_autoptr(PouceLine) line = pouce_line_ref(data);
    PouceExchange *exchange = line->exchange;
    if (!exchange || line->closing)
        return;
    gint64 now_us = g_get_monotonic_time();
    line->heard_us = now_us;
    line->received_bytes = pouce_listener_received(line->remote);
    exchange->counts.messages++;
    if (!pouce_line_take(line, now_us)) {
        pouce_line_close(line, POUCE_CLOSE_TOO_MANY, "Too many messages.");
        return;
    }
    gsize size;
    gconstpointer text = g_bytes_get_data(bytes, &size);
    g_auto(PouceSwitchboard) message = {0};
    g_autoptr(GError) error = NULL;
    if (type == SOUP_WEBSOCKET_DATA_TEXT &&
        pouce_switchboard_parse(text, size, POUCE_FROM_END, &message, &error)) {
        take_message(exchange, line, &message);
    } else if (error && g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN)) {
        pouce_line_send_error(line, "malformed", error->message, "unknown");
    } else {
        exchange->counts.malformed++;
        g_autofree char *reason = at_most(error ? error->message : "Only text is understood.", 30);
        pouce_line_close(line, POUCE_CLOSE_MALFORMED, reason);
    }
}

/* --- life of a line --- */

static void on_closed(SoupWebsocketConnection *socket, gpointer data)
{
    PouceLine *line = data;
    PouceExchange *exchange = line->exchange;
    if (!exchange)
        return;
    line->exchange = NULL;
    g_signal_handlers_disconnect_by_data(socket, line);
    if (line->who && delist(exchange, line)) {
        PouceDeskCall call = desk_call(line);
        pouce_desk_device_down(exchange->view.desk, &call);
    }
    if (exchange->line_gone)
        exchange->line_gone(exchange->gone_data);
    g_hash_table_remove(exchange->lines, line);
}

void pouce_exchange_accept(
    gpointer data, SoupWebsocketConnection *socket, const char *address, GSocketAddress *remote)
{
    PouceExchange *exchange = data;
    soup_websocket_connection_set_max_incoming_payload_size(socket, POUCE_SWITCHBOARD_MAX_BYTES);
    PouceLine *line = pouce_line_new(exchange, socket, remote, g_get_monotonic_time());
    g_hash_table_add(exchange->lines, line);
    g_signal_connect(socket, "message", G_CALLBACK(on_message), line);
    g_signal_connect(socket, "closed", G_CALLBACK(on_closed), line);
    if (exchange->stopping)
        pouce_line_close(line, POUCE_CLOSE_STOPPING, "The broker is stopping.");
}

static gboolean tend(gpointer data)
{
    PouceExchange *exchange = data;
    gint64 now_us = g_get_monotonic_time();
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)pouce_line_unref);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, exchange->lines);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(all, pouce_line_ref(key));
    for (guint i = 0; i < all->len; i++)
        pouce_line_tend(all->pdata[i], now_us);
    return G_SOURCE_CONTINUE;
}

void pouce_exchange_drop(gpointer data, const char *device)
{
    PouceExchange *exchange = data;
    PouceLine *line = g_hash_table_lookup(exchange->by_device, device);
    if (line)
        pouce_line_close(line, POUCE_CLOSE_UNAUTHENTICATED, "You logged out.");
}

/* --- what the desk tells --- */

static void send_session(
    PouceExchange *exchange, const PouceSessionRow *row, const PoucePartyRow *end)
{
    PouceLine *line = end->device ? g_hash_table_lookup(exchange->by_device, end->device) : NULL;
    if (!line)
        return;
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_SESSION};
    g_strlcpy(message.session_id, row->id, sizeof message.session_id);
    message.session.session = pouce_view_session(&exchange->view, row, end->account, wall_s());
    if (message.session.session)
        pouce_line_send(line, &message);
    pouce_switchboard_clear(&message);
}

static void desk_ring(gpointer data, const PouceSessionRow *row, gint64 expires_ms)
{
    PouceExchange *exchange = data;
    GPtrArray *own = g_hash_table_lookup(exchange->by_account, row->helper.account);
    for (guint i = 0; own && i < own->len; i++) {
        PouceLine *line = own->pdata[i];
        if (!line->available)
            continue;
        PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_RING};
        message.ring.session =
            pouce_view_session(&exchange->view, row, row->helper.account, wall_s());
        message.ring.expires_ms = expires_ms;
        if (message.ring.session)
            pouce_line_send(line, &message);
        pouce_switchboard_clear(&message);
    }
}

static void desk_ring_over(
    gpointer data, const PouceSessionRow *row, const char *helper, PouceRingOver why)
{
    PouceExchange *exchange = data;
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_RING_OVER, .ring_over = {.reason = why}};
    g_strlcpy(message.session_id, row->id, sizeof message.session_id);
    GPtrArray *own = g_hash_table_lookup(exchange->by_account, helper);
    for (guint i = 0; own && i < own->len; i++) {
        PouceLine *line = own->pdata[i];
        if (why != POUCE_RING_ANSWERED || g_strcmp0(line->who->device, row->helper.device) != 0)
            pouce_line_send(line, &message);
    }
}

static void desk_changed(gpointer data, const PouceSessionRow *row)
{
    PouceExchange *exchange = data;
    PouceState state;
    send_session(exchange, row, &row->seeker);
    send_session(exchange, row, &row->helper);
    if (pouce_state_parse(row->state, &state) && pouce_state_is_over(state)) {
        pouce_relay_book_close(exchange->book, row->id);
        g_hash_table_remove(exchange->stats, row->id);
    }
}

static void desk_ticks(
    gpointer data, const PouceSessionRow *row, gint64 seeker_seq, gint64 helper_seq)
{
    PouceExchange *exchange = data;
    PouceSwitchboard message = {
        .type = POUCE_SWITCHBOARD_TICKS_ACK,
        .ticks_ack = {.seeker_seq = seeker_seq,
            .helper_seq = helper_seq,
            .signed_ms = row->signed_ms,
            .cost_minor = row->cost_minor},
    };
    g_strlcpy(message.session_id, row->id, sizeof message.session_id);
    const char *devices[] = {row->seeker.device, row->helper.device};
    for (guint i = 0; i < G_N_ELEMENTS(devices); i++) {
        PouceLine *line = devices[i] ? g_hash_table_lookup(exchange->by_device, devices[i]) : NULL;
        if (line)
            pouce_line_send(line, &message);
    }
}

const PouceDeskListener pouce_exchange_listener = {
    .ring = desk_ring,
    .ring_over = desk_ring_over,
    .changed = desk_changed,
    .ticks = desk_ticks,
};

/* --- life --- */

PouceExchange *pouce_exchange_new(PouceTokens *tokens)
{
    PouceExchange *exchange = g_new0(PouceExchange, 1);
    exchange->tokens = tokens;
    exchange->lines = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)pouce_line_unref, NULL);
    exchange->by_device = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    exchange->by_account =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    exchange->stats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    exchange->book = pouce_relay_book_new();
    exchange->tend_id = g_timeout_add(TEND_MS, tend, exchange);
    return exchange;
}

void pouce_exchange_connect(
    PouceExchange *exchange, const PouceView *view, void (*line_gone)(gpointer data), gpointer data)
{
    exchange->view = *view;
    exchange->line_gone = line_gone;
    exchange->gone_data = data;
}

void pouce_exchange_stop(PouceExchange *exchange)
{
    exchange->stopping = TRUE;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, exchange->lines);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        pouce_line_close(key, POUCE_CLOSE_STOPPING, "The broker is stopping.");
}

void pouce_exchange_free(PouceExchange *exchange)
{
    if (!exchange)
        return;
    g_clear_handle_id(&exchange->tend_id, g_source_remove);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, exchange->lines);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        PouceLine *line = key;
        line->exchange = NULL;
        g_signal_handlers_disconnect_by_data(line->socket, line);
    }
    g_hash_table_unref(exchange->by_device);
    g_hash_table_unref(exchange->by_account);
    g_hash_table_unref(exchange->lines);
    g_hash_table_unref(exchange->stats);
    pouce_relay_book_free(exchange->book);
    g_free(exchange);
}

guint pouce_exchange_lines(const PouceExchange *exchange)
{
    return g_hash_table_size(exchange->by_device);
}

gboolean pouce_exchange_stats(
    const PouceExchange *exchange, const char *session, PouceLineStats *out)
{
    const PouceLineStats *stats = g_hash_table_lookup(exchange->stats, session);
    if (!stats)
        return FALSE;
    *out = *stats;
    return TRUE;
}

void pouce_exchange_counts(const PouceExchange *exchange, PouceExchangeCounts *out)
{
    *out = exchange->counts;
}

void pouce_exchange_foreach(const PouceExchange *exchange,
    void (*each)(gpointer data, const PouceWho *who, gboolean available), gpointer data)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, exchange->by_device);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PouceLine *line = value;
        each(data, line->who, line->available);
    }
}
