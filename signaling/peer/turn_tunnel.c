// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/turn_tunnel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define BUFFER_BYTES (16 * 1024)
#define ACCEPT_AGAIN_MS 200
#define URL_MAX_BYTES 512

typedef struct Wire Wire;

typedef struct {
    Wire *wire;
    GInputStream *from; // borrowed from the wire's streams
    GOutputStream *to;
    guint8 buffer[BUFFER_BYTES];
} Pump;

// One connection of the library and its continuation to the relay.
struct Wire {
    PouceTurnTunnel *tunnel;
    GSocketConnection *near;
    GSocketConnection *far;
    GCancellable *cancellable;
    guint pending; // operations under way; freed at none
    GSource *delay;
    Pump out, in;
};

struct PouceTurnTunnel {
    GNetworkAddress *relay; // immutable
    GTlsDatabase *trust;    // NULL: the system's
    gint64 begin_us;        // no connection to the relay before
    guint16 ports[2];       // IPv4, IPv6
    GThread *thread;
    GMainContext *context;
    gint stopping; // atomic

    // its thread
    GSocketListener *listener;
    GSocketClient *client;
    GCancellable *cancellable;
    gboolean accepting;
    GList *wires;

    GMutex lock;
    char *problem;
    guint64 bytes;
};

// --- one connection ---

static void close_socket(GSocketConnection *connection)
{
    // Straight away: the streams' own close would say goodbye in TLS and could block.
    if (connection) {
        g_socket_close(g_socket_connection_get_socket(connection), NULL);
    }
}

static void wire_end(Wire *wire)
{
    g_cancellable_cancel(wire->cancellable);
    if (wire->delay) {
        g_source_destroy(wire->delay);
        g_clear_pointer(&wire->delay, g_source_unref);
        wire->pending--;
    }
    if (wire->pending > 0) {
        return;
    }
    PouceTurnTunnel *tunnel = wire->tunnel;
    tunnel->wires = g_list_remove(tunnel->wires, wire);
    close_socket(wire->near);
    close_socket(wire->far);
    g_clear_object(&wire->near);
    g_clear_object(&wire->far);
    g_clear_object(&wire->cancellable);
    g_free(wire);
}

static void pump_on(Pump *pump);

static void on_written(GObject *source, GAsyncResult *result, gpointer user)
{
    Pump *pump = user;
    gboolean written =
        g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    pump->wire->pending--;
    if (written && !g_cancellable_is_cancelled(pump->wire->cancellable)) {
        pump_on(pump);
    } else {
        wire_end(pump->wire);
    }
}

static void on_read(GObject *source, GAsyncResult *result, gpointer user)
{
    Pump *pump = user;
    gssize bytes = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
    if (bytes <= 0 || g_cancellable_is_cancelled(pump->wire->cancellable)) {
        pump->wire->pending--;
        wire_end(pump->wire);
        return;
    }
    PouceTurnTunnel *tunnel = pump->wire->tunnel;
    g_mutex_lock(&tunnel->lock);
    tunnel->bytes += (guint64)bytes;
    g_mutex_unlock(&tunnel->lock);
    g_output_stream_write_all_async(pump->to, pump->buffer, (gsize)bytes, G_PRIORITY_DEFAULT,
        pump->wire->cancellable, on_written, pump);
}

static void pump_on(Pump *pump)
{
    pump->wire->pending++;
    g_input_stream_read_async(pump->from, pump->buffer, BUFFER_BYTES, G_PRIORITY_DEFAULT,
        pump->wire->cancellable, on_read, pump);
}

static void prepare_socket(GSocketConnection *connection)
{
    GSocket *socket = g_socket_connection_get_socket(connection);
    g_socket_set_timeout(socket, 0);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void remember_problem(PouceTurnTunnel *tunnel, const GError *error)
{
    g_mutex_lock(&tunnel->lock);
    g_free(tunnel->problem);
    tunnel->problem = error ? g_strdup(error->message) : NULL;
    g_mutex_unlock(&tunnel->lock);
}

static void on_connected(GObject *source, GAsyncResult *result, gpointer user)
{
    Wire *wire = user;
    g_autoptr(GError) error = NULL;
    wire->far = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &error);
    wire->pending--;
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        remember_problem(wire->tunnel, error);
    }
    if (!wire->far || g_cancellable_is_cancelled(wire->cancellable)) {
        wire_end(wire);
        return;
    }
    prepare_socket(wire->far);
    prepare_socket(wire->near);
    GIOStream *near = G_IO_STREAM(wire->near), *far = G_IO_STREAM(wire->far);
    wire->out.from = g_io_stream_get_input_stream(near);
    wire->out.to = g_io_stream_get_output_stream(far);
    wire->in.from = g_io_stream_get_input_stream(far);
    wire->in.to = g_io_stream_get_output_stream(near);
    pump_on(&wire->out);
    pump_on(&wire->in);
}

static gboolean on_begin(gpointer user)
{
    Wire *wire = user;
    g_clear_pointer(&wire->delay, g_source_unref);
    g_socket_client_connect_async(wire->tunnel->client, G_SOCKET_CONNECTABLE(wire->tunnel->relay),
        wire->cancellable, on_connected, wire);
    return G_SOURCE_REMOVE;
}

static void wire_new(PouceTurnTunnel *tunnel, GSocketConnection *near)
{
    Wire *wire = g_new0(Wire, 1);
    wire->tunnel = tunnel;
    wire->near = near;
    wire->out.wire = wire->in.wire = wire;
    wire->cancellable = g_cancellable_new();
    wire->pending = 1;
    tunnel->wires = g_list_prepend(tunnel->wires, wire);
    gint64 wait_us = MAX(0, tunnel->begin_us - g_get_monotonic_time());
    wire->delay = g_timeout_source_new((guint)(wait_us / 1000));
    g_source_set_callback(wire->delay, on_begin, wire, NULL);
    g_source_attach(wire->delay, tunnel->context);
}

// --- the tunnel's thread ---

static void accept_next(PouceTurnTunnel *tunnel);

static gboolean on_accept_again(gpointer user)
{
    accept_next(user);
    return G_SOURCE_REMOVE;
}

// No descriptors left, say: asked again a little later.
static void accept_later(PouceTurnTunnel *tunnel)
{
    g_autoptr(GSource) later = g_timeout_source_new(ACCEPT_AGAIN_MS);
    g_source_set_callback(later, on_accept_again, tunnel, NULL);
    g_source_attach(later, tunnel->context);
}

static void on_accepted(GObject *source, GAsyncResult *result, gpointer user)
{
    PouceTurnTunnel *tunnel = user;
    g_autoptr(GSocketConnection) near =
        g_socket_listener_accept_finish(G_SOCKET_LISTENER(source), result, NULL, NULL);
    gboolean accepted = near != NULL;
    tunnel->accepting = FALSE;
    if (g_cancellable_is_cancelled(tunnel->cancellable)) {
        return;
    }
    if (near && g_list_length(tunnel->wires) < POUCE_TURN_TUNNEL_WIRES_MAX) {
        wire_new(tunnel, g_steal_pointer(&near));
    }
    if (accepted) {
        accept_next(tunnel);
    } else {
        accept_later(tunnel);
    }
}

static void accept_next(PouceTurnTunnel *tunnel)
{
    tunnel->accepting = TRUE;
    g_socket_listener_accept_async(tunnel->listener, tunnel->cancellable, on_accepted, tunnel);
}

static void on_client_event(GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, gpointer user)
{
    PouceTurnTunnel *tunnel = user;
    if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && tunnel->trust) {
        g_tls_connection_set_database(G_TLS_CONNECTION(stream), tunnel->trust);
    }
}

static gboolean on_stop(gpointer user)
{
    PouceTurnTunnel *tunnel = user;
    g_cancellable_cancel(tunnel->cancellable);
    for (GList *at = tunnel->wires; at;) {
        GList *next = at->next;
        wire_end(at->data);
        at = next;
    }
    return G_SOURCE_REMOVE;
}

static gpointer run(gpointer user)
{
    PouceTurnTunnel *tunnel = user;
    g_main_context_push_thread_default(tunnel->context);
    accept_next(tunnel);
    while (!g_atomic_int_get(&tunnel->stopping) || tunnel->wires || tunnel->accepting) {
        g_main_context_iteration(tunnel->context, TRUE);
    }
    g_main_context_pop_thread_default(tunnel->context);
    return NULL;
}

// --- life ---

static guint16 listen_on(PouceTurnTunnel *tunnel, GSocketFamily family, GError **error)
{
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(family);
    g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) got = NULL;
    if (!g_socket_listener_add_address(tunnel->listener, wanted, G_SOCKET_TYPE_STREAM,
            G_SOCKET_PROTOCOL_TCP, NULL, &got, error)) {
        return 0;
    }
    return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
}

static gboolean set_up(PouceTurnTunnel *tunnel, const PouceTurnTunnelConfig *config, GError **error)
{
    if (config->tls && !g_tls_backend_supports_tls(g_tls_backend_get_default())) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
            "TLS to the relay is not possible: install the package glib-networking.");
        return FALSE;
    }
    if (config->tls && config->ca_file &&
        !(tunnel->trust = g_tls_file_database_new(config->ca_file, error))) {
        return FALSE;
    }
    tunnel->ports[0] = listen_on(tunnel, G_SOCKET_FAMILY_IPV4, NULL);
    tunnel->ports[1] = listen_on(tunnel, G_SOCKET_FAMILY_IPV6, tunnel->ports[0] ? NULL : error);
    return tunnel->ports[0] || tunnel->ports[1];
}

PouceTurnTunnel *pouce_turn_tunnel_new(const PouceTurnTunnelConfig *config, GError **error)
{
    g_autoptr(PouceTurnTunnel) tunnel = g_new0(PouceTurnTunnel, 1);
    g_mutex_init(&tunnel->lock);
    tunnel->relay = G_NETWORK_ADDRESS(g_network_address_new(config->host, config->port));
    tunnel->begin_us = g_get_monotonic_time() + config->delay_ms * 1000LL;
    tunnel->context = g_main_context_new();
    tunnel->cancellable = g_cancellable_new();
    tunnel->listener = g_socket_listener_new();
    tunnel->client = g_socket_client_new();
    g_socket_client_set_timeout(tunnel->client, POUCE_TURN_TUNNEL_CONNECT_S);
    g_socket_client_set_tls(tunnel->client, config->tls);
    g_signal_connect(tunnel->client, "event", G_CALLBACK(on_client_event), tunnel);
    if (!set_up(tunnel, config, error)) {
        return NULL;
    }
    tunnel->thread = g_thread_new("turn-tunnel", run, tunnel);
    return g_steal_pointer(&tunnel);
}

void pouce_turn_tunnel_free(PouceTurnTunnel *tunnel)
{
    if (!tunnel) {
        return;
    }
    if (tunnel->thread) {
        g_autoptr(GSource) stop = g_idle_source_new();
        g_source_set_callback(stop, on_stop, tunnel, NULL);
        g_source_set_priority(stop, G_PRIORITY_HIGH);
        g_atomic_int_set(&tunnel->stopping, 1);
        g_source_attach(stop, tunnel->context);
        g_thread_join(tunnel->thread);
        g_source_destroy(stop);
    }
    g_socket_listener_close(tunnel->listener);
    g_clear_object(&tunnel->listener);
    g_clear_object(&tunnel->client);
    g_clear_object(&tunnel->trust);
    g_clear_object(&tunnel->relay);
    g_clear_object(&tunnel->cancellable);
    g_main_context_unref(tunnel->context);
    g_mutex_clear(&tunnel->lock);
    g_free(tunnel->problem);
    g_free(tunnel);
}

guint16 pouce_turn_tunnel_port(PouceTurnTunnel *tunnel, GSocketFamily family)
{
    return tunnel->ports[family == G_SOCKET_FAMILY_IPV6];
}

guint64 pouce_turn_tunnel_bytes(PouceTurnTunnel *tunnel)
{
    g_mutex_lock(&tunnel->lock);
    guint64 bytes = tunnel->bytes;
    g_mutex_unlock(&tunnel->lock);
    return bytes;
}

char *pouce_turn_tunnel_problem(PouceTurnTunnel *tunnel)
{
    g_mutex_lock(&tunnel->lock);
    char *problem = g_strdup(tunnel->problem);
    g_mutex_unlock(&tunnel->lock);
    return problem;
}

gboolean pouce_turn_url_read(const char *url, PouceTurnTunnelConfig *out)
{
    gboolean tls = g_str_has_prefix(url, "turns:");
    if ((!tls && !g_str_has_prefix(url, "turn:")) || strlen(url) > URL_MAX_BYTES) {
        return FALSE;
    }
    g_auto(GStrv) parts = g_strsplit(strchr(url, ':') + 1, "?", 2);
    const char *query = parts[0] && parts[1] ? parts[1] : tls ? "transport=tcp" : "";
    if (!parts[0] || strpbrk(parts[0], "/@ ") || !g_str_equal(query, "transport=tcp")) {
        return FALSE;
    }
    g_autoptr(GSocketConnectable) address =
        g_network_address_parse(parts[0], tls ? 5349 : 3478, NULL);
    if (!address) {
        return FALSE;
    }
    const char *host = g_network_address_get_hostname(G_NETWORK_ADDRESS(address));
    guint16 port = g_network_address_get_port(G_NETWORK_ADDRESS(address));
    if (!*host || port == 0) {
        return FALSE;
    }
    out->host = g_strdup(host);
    out->port = port;
    out->tls = tls;
    return TRUE;
}
