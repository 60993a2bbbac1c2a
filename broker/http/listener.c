// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/listener.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Many come at once after a restart; who finds the queue full tries again only after a second. */
#define BACKLOG 1024
#define SWEEP_S 1
#define KEY "pouce-connection"

/* Lives as data of the remote address object, which libsoup keeps with the connection. */
typedef struct {
    PouceListener *listener; /* NULL once the listener is gone */
    GWeakRef stream;
    char *address;
    gint64 deadline_us; /* 0: none */
} Connection;

struct PouceListener {
    SoupServer *soup;
    GSocketService *service;
    GHashTable *connections; /* set of Connection, borrowed */
    GHashTable *by_address;  /* string -> count */
    char *own;
    guint max, max_address;
    guint sweep_id;
};

static GSocket *socket_of(Connection *connection, GObject **out_stream)
{
    *out_stream = g_weak_ref_get(&connection->stream);
    return *out_stream ? g_socket_connection_get_socket(G_SOCKET_CONNECTION(*out_stream)) : NULL;
}

static void connection_forget(Connection *connection)
{
    PouceListener *listener = connection->listener;
    if (!listener)
        return;
    connection->listener = NULL;
    g_hash_table_remove(listener->connections, connection);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(listener->by_address, connection->address));
    if (count > 1)
        g_hash_table_insert(
            listener->by_address, g_strdup(connection->address), GUINT_TO_POINTER(count - 1));
    else
        g_hash_table_remove(listener->by_address, connection->address);
}

static void connection_free(gpointer data)
{
    Connection *connection = data;
    connection_forget(connection);
    g_weak_ref_clear(&connection->stream);
    g_free(connection->address);
    g_free(connection);
}

static void shut(Connection *connection)
{
    g_autoptr(GObject) stream = NULL;
    GSocket *socket = socket_of(connection, &stream);
    if (socket)
        g_socket_shutdown(socket, TRUE, TRUE, NULL);
}

static gboolean sweep(gpointer data)
{
    PouceListener *listener = data;
    gint64 now_us = g_get_monotonic_time();
    g_autoptr(GPtrArray) late = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, listener->connections);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Connection *connection = key;
        if (connection->deadline_us && connection->deadline_us < now_us)
            g_ptr_array_add(late, connection);
    }
    for (guint i = 0; i < late->len; i++) {
        Connection *connection = late->pdata[i];
        connection->deadline_us = 0;
        shut(connection);
    }
    return G_SOURCE_CONTINUE;
}

static void adopt(
    PouceListener *listener, GSocketConnection *stream, GSocketAddress *remote, char *address)
{
    Connection *connection = g_new0(Connection, 1);
    connection->listener = listener;
    connection->address = address;
    connection->deadline_us = g_get_monotonic_time() + POUCE_LISTENER_REQUEST_US;
    g_weak_ref_init(&connection->stream, stream);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(listener->by_address, address));
    g_hash_table_insert(listener->by_address, g_strdup(address), GUINT_TO_POINTER(count + 1));
    g_hash_table_add(listener->connections, connection);
    g_object_set_data_full(G_OBJECT(remote), KEY, connection, connection_free);
}

static gboolean on_incoming(
    GSocketService *service, GSocketConnection *stream, GObject *source, gpointer data)
{
    PouceListener *listener = data;
    g_autoptr(GSocketAddress) peer = g_socket_connection_get_remote_address(stream, NULL);
    g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address(stream, NULL);
    if (!peer || !local || !G_IS_INET_SOCKET_ADDRESS(peer))
        return TRUE;
    GInetAddress *inet = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(peer));
    g_autofree char *address = g_inet_address_to_string(inet);
    guint same = GPOINTER_TO_UINT(g_hash_table_lookup(listener->by_address, address));
    if (g_hash_table_size(listener->connections) >= listener->max ||
        same >= listener->max_address) {
        g_io_stream_close(G_IO_STREAM(stream), NULL, NULL);
        return TRUE;
    }
    g_socket_set_option(g_socket_connection_get_socket(stream), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
    /* an address object of our own: its life is the connection's, because GIO caches the one above
     */
    guint16 port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(peer));
    g_autoptr(GSocketAddress) remote = g_inet_socket_address_new(inet, port);
    adopt(listener, stream, remote, g_steal_pointer(&address));
    soup_server_accept_iostream(listener->soup, G_IO_STREAM(stream), local, remote, NULL);
    return TRUE;
}

static GSocketAddress *parse_listen(const char *listen, GError **error)
{
    const char *colon = strrchr(listen, ':');
    guint64 port = 0;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
            "\"%s\" is not an address to listen on: write ADDRESS:PORT, for example 127.0.0.1:8080",
            listen);
        return NULL;
    }
    g_autofree char *host = g_strndup(listen, colon - listen);
    gsize length = strlen(host);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        memmove(host, host + 1, length - 2);
        host[length - 2] = '\0';
    }
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    GSocketAddress *address = g_inet_socket_address_new_from_string(numeric, port);
    if (!address)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
            "\"%s\" is not an IP address: write for example 127.0.0.1:8080 or [::1]:8080", host);
    return address;
}

PouceListener *pouce_listener_new(
    SoupServer *soup, const char *listen, guint max, guint max_address, GError **error)
{
    g_autoptr(GSocketAddress) address = parse_listen(listen, error);
    if (!address)
        return NULL;
    g_autoptr(PouceListener) listener = g_new0(PouceListener, 1);
    listener->soup = g_object_ref(soup);
    listener->max = max;
    listener->max_address = max_address;
    listener->connections = g_hash_table_new(NULL, NULL);
    listener->by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    listener->service = g_socket_service_new();
    g_socket_listener_set_backlog(G_SOCKET_LISTENER(listener->service), BACKLOG);
    g_autoptr(GSocketAddress) bound = NULL;
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(listener->service), address,
            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, error)) {
        g_prefix_error(error, "Cannot listen on %s: ", listen);
        return NULL;
    }
    g_autofree char *host =
        g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(bound)));
    guint port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    listener->own = g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    g_signal_connect(listener->service, "incoming", G_CALLBACK(on_incoming), listener);
    g_socket_service_start(listener->service);
    listener->sweep_id = g_timeout_add_seconds(SWEEP_S, sweep, listener);
    return g_steal_pointer(&listener);
}

void pouce_listener_stop(PouceListener *listener)
{
    g_socket_service_stop(listener->service);
    g_socket_listener_close(G_SOCKET_LISTENER(listener->service));
}

void pouce_listener_free(PouceListener *listener)
{
    if (!listener)
        return;
    if (listener->service) {
        pouce_listener_stop(listener);
        g_signal_handlers_disconnect_by_data(listener->service, listener);
    }
    g_clear_handle_id(&listener->sweep_id, g_source_remove);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, listener->connections);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Connection *connection = key;
        connection->listener = NULL;
        shut(connection);
    }
    g_hash_table_unref(listener->connections);
    g_hash_table_unref(listener->by_address);
    g_clear_object(&listener->service);
    g_clear_object(&listener->soup);
    g_free(listener->own);
    g_free(listener);
}

const char *pouce_listener_address(const PouceListener *listener)
{
    return listener->own;
}

guint pouce_listener_count(const PouceListener *listener)
{
    return g_hash_table_size(listener->connections);
}

void pouce_listener_deadline(SoupServerMessage *msg, gint64 within_us)
{
    GSocketAddress *remote = soup_server_message_get_remote_address(msg);
    Connection *connection = remote ? g_object_get_data(G_OBJECT(remote), KEY) : NULL;
    if (connection)
        connection->deadline_us = within_us ? g_get_monotonic_time() + within_us : 0;
}

guint64 pouce_listener_received(GSocketAddress *remote)
{
    Connection *connection = remote ? g_object_get_data(G_OBJECT(remote), KEY) : NULL;
    if (!connection)
        return 0;
    g_autoptr(GObject) stream = NULL;
    GSocket *socket = socket_of(connection, &stream);
    struct tcp_info info;
    socklen_t bytes = sizeof info;
    if (!socket || getsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

void pouce_listener_shut(GSocketAddress *remote)
{
    Connection *connection = remote ? g_object_get_data(G_OBJECT(remote), KEY) : NULL;
    if (connection)
        shut(connection);
}
