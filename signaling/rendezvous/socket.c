// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The WebSocket: hello, heartbeats, and coming back after a drop with a growing, jittered delay.

#include "signaling/rendezvous/link.h"

#include "signaling/wire/json.h"
#include "signaling/wire/wire_error.h"

#include <string.h>

#define RETRY_FIRST_MS 250
#define RETRY_MOST_MS 8000
/** Until the broker's welcome; also the heartbeat assumed before it. */
#define WELCOME_US (10 * G_USEC_PER_SEC)
/** The same when hurried, and the delay before the next attempt: a lost SYN is sent again after 1
 * s, and a network that returns is found within 1.5 s. */
#define HURRIED_WELCOME_US (2 * G_USEC_PER_SEC)
#define HURRIED_RETRY_MS 500
/** How often the clock is looked at: before the welcome, and then four times a heartbeat. */
#define WATCH_MS 500
/** A broker's heartbeat outside of these is brought inside. */
#define HEARTBEAT_LEAST_US (G_USEC_PER_SEC / 10)
#define HEARTBEAT_MOST_US (120 * G_USEC_PER_SEC)

static void set_state(PouceRendezvous *rendezvous, PouceRendezvousState state, const char *reason)
{
    if (rendezvous->state == state) {
        return;
    }
    rendezvous->state = state;
    if (rendezvous->events.on_state && !rendezvous->freed) {
        rendezvous->events.on_state(rendezvous->user, state, reason);
    }
}

static void clear_source(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_clear_pointer(source, g_source_unref);
    }
}

static GSource *start_timer(PouceRendezvous *rendezvous, guint ms, GSourceFunc on_time)
{
    GSource *timer = g_timeout_source_new(ms);
    g_source_set_callback(timer, on_time, rendezvous, NULL);
    g_source_attach(timer, g_main_context_get_thread_default());
    return timer;
}

void pouce_rendezvous_close_socket(PouceRendezvous *rendezvous)
{
    clear_source(&rendezvous->retry);
    clear_source(&rendezvous->watch);
    if (rendezvous->opening) {
        g_cancellable_cancel(rendezvous->opening);
        g_clear_object(&rendezvous->opening);
    }
    SoupWebsocketConnection *socket = g_steal_pointer(&rendezvous->socket);
    if (socket) {
        g_signal_handlers_disconnect_by_data(socket, rendezvous);
        if (soup_websocket_connection_get_state(socket) == SOUP_WEBSOCKET_STATE_OPEN) {
            soup_websocket_connection_close(socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
        }
        g_object_unref(socket);
    }
}

static void open_socket(PouceRendezvous *rendezvous);

static gboolean on_retry(gpointer user)
{
    PouceRendezvous *rendezvous = user;
    clear_source(&rendezvous->retry);
    open_socket(rendezvous);
    return G_SOURCE_REMOVE;
}

// Half of the delay is certain, the other half a draw: a restarted broker is not stormed.
static void drop(PouceRendezvous *rendezvous, const char *reason)
{
    pouce_rendezvous_close_socket(rendezvous);
    if (!rendezvous->wanted) {
        return;
    }
    guint shift = MIN(rendezvous->attempts, 5);
    guint ms = rendezvous->hurried ? HURRIED_RETRY_MS : MIN(RETRY_FIRST_MS << shift, RETRY_MOST_MS);
    ms -= (guint)g_rand_int_range(rendezvous->rand, 0, (gint32)(ms / 2) + 1);
    rendezvous->attempts++;
    pouce_rendezvous_make_session(rendezvous);
    rendezvous->retry = start_timer(rendezvous, ms, on_retry);
    set_state(rendezvous, POUCE_RENDEZVOUS_OFFLINE, reason);
}

static void refuse(PouceRendezvous *rendezvous, const char *reason)
{
    rendezvous->wanted = FALSE;
    pouce_rendezvous_close_socket(rendezvous);
    set_state(rendezvous, POUCE_RENDEZVOUS_REFUSED, reason);
}

gboolean pouce_rendezvous_write(PouceRendezvous *rendezvous, const char *text)
{
    if (!rendezvous->socket ||
        soup_websocket_connection_get_state(rendezvous->socket) != SOUP_WEBSOCKET_STATE_OPEN) {
        return FALSE;
    }
    soup_websocket_connection_send_text(rendezvous->socket, text);
    return TRUE;
}

static void write_message(PouceRendezvous *rendezvous, const PouceSwitchboard *message)
{
    g_autofree char *text = pouce_switchboard_build(message);
    pouce_rendezvous_write(rendezvous, text);
}

static void keep_alive(PouceRendezvous *rendezvous, gint64 now_us)
{
    if (now_us - rendezvous->pinged_us >= rendezvous->heartbeat_us) {
        rendezvous->pinged_us = now_us;
        write_message(rendezvous,
            &(PouceSwitchboard){.type = POUCE_SWITCHBOARD_PING, .ping.n = ++rendezvous->ping});
    }
}

static gboolean on_watch(gpointer user)
{
    PouceRendezvous *rendezvous = user;
    gint64 now_us = g_get_monotonic_time();
    gint64 limit_us = rendezvous->state == POUCE_RENDEZVOUS_ONLINE ? 2 * rendezvous->heartbeat_us
                      : rendezvous->hurried                        ? HURRIED_WELCOME_US
                                                                   : WELCOME_US;
    if (now_us - rendezvous->heard_us > limit_us) {
        g_autofree char *reason =
            g_strdup_printf("%s does not answer any more.", rendezvous->broker_name);
        drop(rendezvous, reason);
        return G_SOURCE_REMOVE;
    }
    if (rendezvous->state == POUCE_RENDEZVOUS_ONLINE) {
        keep_alive(rendezvous, now_us);
    }
    return G_SOURCE_CONTINUE;
}

static void on_welcome(PouceRendezvous *rendezvous, const PouceSwitchboard *message)
{
    rendezvous->attempts = 0;
    rendezvous->hurried = FALSE;
    rendezvous->heartbeat_us =
        CLAMP(message->welcome.heartbeat_ms * 1000, HEARTBEAT_LEAST_US, HEARTBEAT_MOST_US);
    rendezvous->pinged_us = g_get_monotonic_time();
    clear_source(&rendezvous->watch);
    rendezvous->watch = start_timer(rendezvous, (guint)(rendezvous->heartbeat_us / 4000), on_watch);
    pouce_rendezvous_kept_flush(rendezvous);
    set_state(rendezvous, POUCE_RENDEZVOUS_ONLINE, "");
}

// TRUE if the message is for the owner too.
static gboolean handle(PouceRendezvous *rendezvous, const PouceSwitchboard *message)
{
    switch (message->type) {
    case POUCE_SWITCHBOARD_PING:
        write_message(rendezvous,
            &(PouceSwitchboard){.type = POUCE_SWITCHBOARD_PONG, .ping.n = message->ping.n});
        return FALSE;
    case POUCE_SWITCHBOARD_PONG:
        return FALSE;
    case POUCE_SWITCHBOARD_WELCOME:
        on_welcome(rendezvous, message);
        break;
    default:
        break;
    }
    pouce_rendezvous_kept_heard(rendezvous, message);
    return TRUE;
}

static void tell(PouceRendezvous *rendezvous, const PouceSwitchboard *message, GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    if (rendezvous->events.on_message && !rendezvous->freed) {
        g_autoptr(json_t) json =
            pouce_json_parse(data, size, POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES, NULL);
        rendezvous->events.on_message(
            rendezvous->user, pouce_switchboard_type_name(message->type), json);
    }
    if (rendezvous->events.on_switchboard && !rendezvous->freed) {
        rendezvous->events.on_switchboard(rendezvous->user, message);
    }
}

static void on_message(
    SoupWebsocketConnection *socket, SoupWebsocketDataType kind, GBytes *bytes, gpointer user)
{
    PouceRendezvous *rendezvous = user;
    g_auto(PouceSwitchboard) message = {0};
    g_autoptr(GError) error = NULL;
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    rendezvous->heard_us = g_get_monotonic_time();
    if (kind != SOUP_WEBSOCKET_DATA_TEXT ||
        !pouce_switchboard_parse(data, size, POUCE_FROM_BROKER, &message, &error)) {
        if (!g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_UNKNOWN)) {
            g_autofree char *reason = g_strdup_printf("%s sent something that is not Pouce's "
                                                      "protocol.",
                rendezvous->broker_name);
            soup_websocket_connection_close(socket, POUCE_CLOSE_MALFORMED, NULL);
            drop(rendezvous, reason);
        }
        return;
    }
    pouce_rendezvous_ref(rendezvous);
    if (handle(rendezvous, &message)) {
        tell(rendezvous, &message, bytes);
    }
    pouce_rendezvous_unref(rendezvous);
}

static void on_closed(SoupWebsocketConnection *socket, gpointer user)
{
    PouceRendezvous *rendezvous = user;
    pouce_rendezvous_ref(rendezvous);
    switch (soup_websocket_connection_get_close_code(socket)) {
    case POUCE_CLOSE_UNAUTHENTICATED:
        refuse(rendezvous, "The broker does not know this log-in any more. Log in again.");
        break;
    case POUCE_CLOSE_REPLACED:
        refuse(rendezvous, "Pouce was started a second time with this account on this computer; "
                           "this one steps back.");
        break;
    default: {
        g_autofree char *reason =
            g_strdup_printf("The connection to %s was lost.", rendezvous->broker_name + 4);
        drop(rendezvous, reason);
    }
    }
    pouce_rendezvous_unref(rendezvous);
}

static void say_hello(PouceRendezvous *rendezvous)
{
    write_message(rendezvous, &(PouceSwitchboard){.type = POUCE_SWITCHBOARD_HELLO,
                                  .hello.token = rendezvous->token,
                                  .hello.protocol = POUCE_PROTOCOL_VERSION,
                                  .hello.available = rendezvous->available});
}

static void adopt(PouceRendezvous *rendezvous, SoupWebsocketConnection *socket)
{
    rendezvous->socket = socket;
    rendezvous->heard_us = g_get_monotonic_time();
    soup_websocket_connection_set_max_incoming_payload_size(
        socket, POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES);
    g_signal_connect(socket, "message", G_CALLBACK(on_message), rendezvous);
    g_signal_connect(socket, "closed", G_CALLBACK(on_closed), rendezvous);
    say_hello(rendezvous);
}

typedef struct {
    PouceRendezvous *rendezvous;
    GCancellable *cancel;
    SoupMessage *message;
} Opening;

static void opening_free(Opening *opening)
{
    pouce_rendezvous_unref(opening->rendezvous);
    g_object_unref(opening->cancel);
    g_object_unref(opening->message);
    g_free(opening);
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer user)
{
    Opening *opening = user;
    PouceRendezvous *rendezvous = opening->rendezvous;
    g_autoptr(GError) error = NULL;
    g_autoptr(SoupWebsocketConnection) socket =
        soup_session_websocket_connect_finish(SOUP_SESSION(source), result, &error);
    guint status = soup_message_get_status(opening->message);
    if (g_cancellable_is_cancelled(opening->cancel) || rendezvous->freed) {
        // closed meanwhile; what came is dropped
    } else if (socket) {
        g_clear_object(&rendezvous->opening);
        adopt(rendezvous, g_steal_pointer(&socket));
    } else if (status == 401 || status == 403) {
        g_clear_object(&rendezvous->opening);
        refuse(rendezvous, "The broker refuses this program. Log in again.");
    } else {
        g_clear_object(&rendezvous->opening);
        g_autoptr(GError) plain = pouce_rendezvous_network_error(rendezvous, error);
        drop(rendezvous, plain->message);
    }
    opening_free(opening);
}

static void open_socket(PouceRendezvous *rendezvous)
{
    g_autofree char *url = g_strconcat(rendezvous->broker_url, "/api/v1/ws", NULL);
    Opening *opening = g_new0(Opening, 1);
    opening->rendezvous = pouce_rendezvous_ref(rendezvous);
    opening->cancel = g_cancellable_new();
    opening->message = soup_message_new("GET", url);
    rendezvous->opening = g_object_ref(opening->cancel);
    rendezvous->heard_us = g_get_monotonic_time();
    rendezvous->watch = start_timer(rendezvous, WATCH_MS, on_watch);
    set_state(rendezvous, POUCE_RENDEZVOUS_CONNECTING, "");
    soup_session_websocket_connect_async(rendezvous->http, opening->message, NULL, NULL,
        G_PRIORITY_DEFAULT, opening->cancel, on_opened, opening);
}

void pouce_rendezvous_connect(PouceRendezvous *rendezvous)
{
    if (rendezvous->wanted) {
        return;
    }
    if (!rendezvous->token) {
        set_state(rendezvous, POUCE_RENDEZVOUS_REFUSED, "Log in first.");
        return;
    }
    rendezvous->wanted = TRUE;
    rendezvous->attempts = 0;
    open_socket(rendezvous);
}

void pouce_rendezvous_disconnect(PouceRendezvous *rendezvous)
{
    rendezvous->wanted = FALSE;
    pouce_rendezvous_close_socket(rendezvous);
    set_state(rendezvous, POUCE_RENDEZVOUS_OFFLINE, "");
}

void pouce_rendezvous_renew(PouceRendezvous *rendezvous)
{
    if (!rendezvous->wanted) {
        return;
    }
    rendezvous->hurried = TRUE;
    pouce_rendezvous_close_socket(rendezvous);
    pouce_rendezvous_make_session(rendezvous);
    open_socket(rendezvous);
}

void pouce_rendezvous_set_available(PouceRendezvous *rendezvous, gboolean available)
{
    rendezvous->available = available;
    if (rendezvous->state == POUCE_RENDEZVOUS_ONLINE) {
        write_message(rendezvous, &(PouceSwitchboard){.type = POUCE_SWITCHBOARD_AVAILABLE,
                                      .available.available = available});
    }
}

PouceRendezvousState pouce_rendezvous_state(PouceRendezvous *rendezvous)
{
    return rendezvous->state;
}

PouceRendezvousSend pouce_rendezvous_send(PouceRendezvous *rendezvous, const char *json)
{
    if (strlen(json) > POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES) {
        return POUCE_RENDEZVOUS_SEND_TOO_BIG;
    }
    if (rendezvous->state != POUCE_RENDEZVOUS_ONLINE || !pouce_rendezvous_write(rendezvous, json)) {
        return POUCE_RENDEZVOUS_SEND_OFFLINE;
    }
    return POUCE_RENDEZVOUS_SEND_OK;
}
