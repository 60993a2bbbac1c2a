// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/console/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/console/order.h"
#include "signaling/wire/json.h"

/* Reference counted: each connection holds one. */
struct PouceAdmin {
    PouceAdminConfig config;
    GCancellable *stop;
    GSocketService *service;
    int folder_fd;
    guint connections;
};

/* One poucectl. Reference counted: a read or an order in flight holds one. */
typedef struct {
    PouceAdmin *admin;
    GSocketConnection *socket;
    GDataInputStream *input;
} Connection;

static void read_next(Connection *connection);

static void admin_clear(gpointer data)
{
    PouceAdmin *admin = data;
    g_clear_object(&admin->stop);
    json_decref(admin->config.status);
}

static void connection_clear(gpointer data)
{
    Connection *connection = data;
    connection->admin->connections--;
    g_rc_box_release_full(connection->admin, admin_clear);
    g_io_stream_close(G_IO_STREAM(connection->socket), NULL, NULL);
    g_object_unref(connection->input);
    g_object_unref(connection->socket);
}

static void connection_unref(Connection *connection)
{
    g_rc_box_release_full(connection, connection_clear);
}

GSocketAddress *pouce_admin_address(const char *data, int *out_folder_fd, GError **error)
{
    int fd = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
            "Cannot open the data folder %s: %s.", data, g_strerror(errno));
        return NULL;
    }
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/" POUCE_ADMIN_SOCKET, fd);
    *out_folder_fd = fd;
    return g_unix_socket_address_new(path);
}

static void on_sent(GObject *source, GAsyncResult *result, gpointer data)
{
    Connection *connection = data;
    gboolean sent = g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    if (sent)
        read_next(connection);
    else
        connection_unref(connection);
}

static void reply(PouceOrder *order, const char *detail)
{
    Connection *connection = order->connection;
    if (detail) {
        json_object_clear(order->answer);
        json_object_set_new(order->answer, "detail", json_string(detail));
    }
    json_object_set_new(order->answer, "ok", json_boolean(detail == NULL));
    char *text = json_dumps(order->answer, JSON_COMPACT);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    free(text);
    json_decref(order->answer);
    json_decref(order->request);
    g_free(order->reached);
    pouce_secret_clear(&order->secret);
    g_free(order);
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(connection->socket));
    gsize bytes = strlen(line);
    g_object_set_data_full(G_OBJECT(output), "line", g_steal_pointer(&line), g_free);
    g_output_stream_write_all_async(output, g_object_get_data(G_OBJECT(output), "line"), bytes,
        G_PRIORITY_DEFAULT, NULL, on_sent, connection);
}

static void on_line(GObject *source, GAsyncResult *result, gpointer data)
{
    Connection *connection = data;
    gsize bytes = 0;
    g_autofree char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, &bytes, NULL);
    if (!line) {
        connection_unref(connection);
        return;
    }
    g_autoptr(GError) error = NULL;
    json_t *request = pouce_json_parse(line, bytes, POUCE_ADMIN_LINE_MAX_BYTES, &error);
    PouceOrder *order = g_new0(PouceOrder, 1);
    order->api = connection->admin->config.api;
    order->status = connection->admin->config.status;
    order->request = request;
    order->answer = json_object();
    order->reply = reply;
    order->connection = connection;
    memset(line, 0, bytes); /* it may hold a password */
    if (request)
        pouce_order_run(order);
    else
        reply(order, error->message);
}

static void read_next(Connection *connection)
{
    g_data_input_stream_read_line_async(
        connection->input, G_PRIORITY_DEFAULT, connection->admin->stop, on_line, connection);
}

static gboolean on_incoming(
    GSocketService *service, GSocketConnection *socket, GObject *source, gpointer data)
{
    PouceAdmin *admin = data;
    if (admin->connections >= POUCE_ADMIN_MAX_CONNECTIONS)
        return TRUE;
    Connection *connection = g_rc_box_new0(Connection);
    connection->admin = g_rc_box_acquire(admin);
    connection->socket = g_object_ref(socket);
    connection->input = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(socket)));
    admin->connections++;
    read_next(connection);
    return TRUE;
}

static gboolean listen_in(PouceAdmin *admin, const char *data, GError **error)
{
    g_autoptr(GSocketAddress) address = pouce_admin_address(data, &admin->folder_fd, error);
    if (!address)
        return FALSE;
    unlinkat(admin->folder_fd, POUCE_ADMIN_SOCKET,
        0); /* of a broker that was killed; the lock is ours */
    mode_t before = umask(0177);
    gboolean bound = g_socket_listener_add_address(G_SOCKET_LISTENER(admin->service), address,
        G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
    umask(before);
    if (!bound)
        g_prefix_error(error, "Cannot make %s/" POUCE_ADMIN_SOCKET ": ", data);
    return bound;
}

PouceAdmin *pouce_admin_new(const PouceAdminConfig *config, GError **error)
{
    g_autoptr(PouceAdmin) admin = g_rc_box_new0(PouceAdmin);
    admin->config = *config;
    admin->stop = g_cancellable_new();
    admin->folder_fd = -1;
    json_incref(config->status);
    admin->service = g_socket_service_new();
    if (!listen_in(admin, config->data, error))
        return NULL;
    g_signal_connect(admin->service, "incoming", G_CALLBACK(on_incoming), admin);
    g_socket_service_start(admin->service);
    return g_steal_pointer(&admin);
}

void pouce_admin_free(PouceAdmin *admin)
{
    if (!admin)
        return;
    g_signal_handlers_disconnect_by_data(admin->service, admin);
    g_socket_service_stop(admin->service);
    g_socket_listener_close(G_SOCKET_LISTENER(admin->service));
    if (admin->folder_fd >= 0) {
        unlinkat(admin->folder_fd, POUCE_ADMIN_SOCKET, 0);
        close(admin->folder_fd);
    }
    g_object_unref(admin->service);
    g_cancellable_cancel(admin->stop);
    g_rc_box_release_full(admin, admin_clear);
}
