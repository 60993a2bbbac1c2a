// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The tunnel to a relay against a real TLS server whose certificate an authority of this run
// signed: the right one is let through, others are not, bytes arrive whole, a slow reader slows the
// writer, limits hold. tests/lab does the same with coturn.

#include "signaling/peer/turn_tunnel.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)

typedef struct {
    char *folder;
    char *ca;
    char *other_ca;
    GTlsCertificate *certificate; // of localhost
    GSocketListener *listener;
    GCancellable *cancellable;
    GThread *thread;
    GPtrArray *talks; // GThread
    guint16 port;
    gboolean swallow; // never reads
} Server;

typedef struct {
    Server *server;
    GSocketConnection *plain;
} Talk;

static void openssl(const Server *server, const char *arguments)
{
    g_autofree char *line = g_strdup_printf("openssl %s", arguments);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = NULL;
    int status = 0;
    assert_true(g_shell_parse_argv(line, NULL, &words, &error));
    assert_true(g_spawn_sync(server->folder, words, NULL,
        G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error));
    assert_int_equal(status, 0);
}

static void make_certificates(Server *server)
{
    static const char key[] = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    g_autofree char *ca =
        g_strdup_printf("req -x509 %s -days 2 -subj /CN=one -keyout ca.key -out ca.pem", key);
    g_autofree char *other =
        g_strdup_printf("req -x509 %s -days 2 -subj /CN=two -keyout o.key -out other.pem", key);
    g_autofree char *request =
        g_strdup_printf("req %s -subj /CN=localhost -keyout key.pem -out csr", key);
    g_autofree char *names = g_build_filename(server->folder, "names", NULL);
    openssl(server, ca);
    openssl(server, other);
    openssl(server, request);
    assert_true(g_file_set_contents(names, "subjectAltName=DNS:localhost\n", -1, NULL));
    openssl(server, "x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
                    "-extfile names -out cert.pem");
    g_autofree char *cert = g_build_filename(server->folder, "cert.pem", NULL);
    g_autofree char *cert_key = g_build_filename(server->folder, "key.pem", NULL);
    server->certificate = g_tls_certificate_new_from_files(cert, cert_key, NULL);
    assert_non_null(server->certificate);
    server->ca = g_build_filename(server->folder, "ca.pem", NULL);
    server->other_ca = g_build_filename(server->folder, "other.pem", NULL);
}

// Sends back what comes, or nothing.
static gpointer run_talk(gpointer user)
{
    Talk *talk = user;
    GCancellable *cancellable = talk->server->cancellable;
    g_autoptr(GSocketConnection) plain = talk->plain;
    g_autoptr(GIOStream) tls =
        g_tls_server_connection_new(G_IO_STREAM(plain), talk->server->certificate, NULL);
    if (tls && g_tls_connection_handshake(G_TLS_CONNECTION(tls), cancellable, NULL)) {
        if (talk->server->swallow) {
            GPollFD until;
            if (g_cancellable_make_pollfd(cancellable, &until)) {
                g_poll(&until, 1, -1);
                g_cancellable_release_fd(cancellable);
            }
        } else {
            g_output_stream_splice(g_io_stream_get_output_stream(tls),
                g_io_stream_get_input_stream(tls), G_OUTPUT_STREAM_SPLICE_NONE, cancellable, NULL);
        }
    }
    g_socket_close(g_socket_connection_get_socket(plain), NULL);
    g_free(talk);
    return NULL;
}

static gpointer run_server(gpointer user)
{
    Server *server = user;
    GSocketConnection *plain;
    while ((plain = g_socket_listener_accept(server->listener, NULL, server->cancellable, NULL))) {
        Talk *talk = g_new(Talk, 1);
        *talk = (Talk){server, plain};
        g_ptr_array_add(server->talks, g_thread_new("talk", run_talk, talk));
    }
    return NULL;
}

static int set_up(void **state)
{
    Server *server = g_new0(Server, 1);
    server->folder = g_dir_make_tmp("pouce-tunnel-XXXXXX", NULL);
    make_certificates(server);
    server->cancellable = g_cancellable_new();
    server->talks = g_ptr_array_new();
    server->listener = g_socket_listener_new();
    server->port = g_socket_listener_add_any_inet_port(server->listener, NULL, NULL);
    server->thread = g_thread_new("server", run_server, server);
    *state = server;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {
        "ca.key", "ca.pem", "ca.srl", "o.key", "other.pem", "key.pem", "csr", "names", "cert.pem"};
    Server *server = *state;
    g_cancellable_cancel(server->cancellable);
    g_thread_join(server->thread);
    for (guint i = 0; i < server->talks->len; i++) {
        g_thread_join(server->talks->pdata[i]);
    }
    g_ptr_array_unref(server->talks);
    g_socket_listener_close(server->listener);
    g_object_unref(server->listener);
    g_object_unref(server->cancellable);
    g_object_unref(server->certificate);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(server->folder, files[i], NULL);
        g_unlink(path);
    }
    g_rmdir(server->folder);
    g_free(server->folder);
    g_free(server->ca);
    g_free(server->other_ca);
    g_free(server);
    return 0;
}

static PouceTurnTunnel *tunnel_to(
    const Server *server, const char *host, const char *ca, guint delay_ms)
{
    PouceTurnTunnelConfig config = {
        .host = host, .port = server->port, .tls = TRUE, .ca_file = ca, .delay_ms = delay_ms};
    g_autoptr(GError) error = NULL;
    PouceTurnTunnel *tunnel = pouce_turn_tunnel_new(&config, &error);
    if (!tunnel) {
        fail_msg("%s", error->message);
    }
    return tunnel;
}

static GSocketConnection *dial(PouceTurnTunnel *tunnel)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, 20);
    guint16 port = pouce_turn_tunnel_port(tunnel, G_SOCKET_FAMILY_IPV4);
    GSocketConnection *connection =
        g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, NULL);
    assert_non_null(connection);
    return connection;
}

static gboolean echoes(GSocketConnection *connection, gsize bytes)
{
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    g_autofree guint8 *sent = g_malloc(bytes);
    g_autofree guint8 *got = g_malloc0(bytes);
    for (gsize i = 0; i < bytes; i++) {
        sent[i] = (guint8)(i * 31 + (i >> 8));
    }
    gsize done = 0;
    return g_output_stream_write_all(output, sent, bytes, NULL, NULL, NULL) &&
           g_input_stream_read_all(input, got, bytes, &done, NULL, NULL) && done == bytes &&
           memcmp(sent, got, bytes) == 0;
}

static void right_certificate_passes(void **state)
{
    Server *server = *state;
    g_autoptr(PouceTurnTunnel) tunnel = tunnel_to(server, "localhost", server->ca, 0);
    g_autoptr(GSocketConnection) one = dial(tunnel);
    g_autoptr(GSocketConnection) two = dial(tunnel);
    assert_true(echoes(one, 20));
    assert_true(echoes(two, 100 * 1000));
    assert_true(echoes(one, 1500));
    assert_null(pouce_turn_tunnel_problem(tunnel));
    assert_true(pouce_turn_tunnel_bytes(tunnel) >= 2 * (20 + 100 * 1000 + 1500));
}

static void is_refused(PouceTurnTunnel *tunnel)
{
    g_autoptr(GSocketConnection) connection = dial(tunnel);
    assert_false(echoes(connection, 20));
    g_autofree char *problem = pouce_turn_tunnel_problem(tunnel);
    assert_non_null(problem);
    assert_int_equal(pouce_turn_tunnel_bytes(tunnel), 0);
}

static void strange_authority_is_refused(void **state)
{
    Server *server = *state;
    g_autoptr(PouceTurnTunnel) other = tunnel_to(server, "localhost", server->other_ca, 0);
    is_refused(other);
    g_autoptr(PouceTurnTunnel) system = tunnel_to(server, "localhost", NULL, 0);
    is_refused(system);
}

static void wrong_name_is_refused(void **state)
{
    Server *server = *state;
    g_autoptr(PouceTurnTunnel) tunnel = tunnel_to(server, "127.0.0.1", server->ca, 0);
    is_refused(tunnel);
}

static void waits_its_time(void **state)
{
    Server *server = *state;
    gint64 start_us = g_get_monotonic_time();
    g_autoptr(PouceTurnTunnel) tunnel = tunnel_to(server, "localhost", server->ca, 300);
    g_autoptr(GSocketConnection) connection = dial(tunnel);
    assert_true(echoes(connection, 20));
    assert_in_range(g_get_monotonic_time() - start_us, 290 * 1000, DEADLINE_US);
}

static void too_many_are_closed(void **state)
{
    Server *server = *state;
    g_autoptr(PouceTurnTunnel) tunnel = tunnel_to(server, "localhost", server->ca, 0);
    GSocketConnection *connections[POUCE_TURN_TUNNEL_WIRES_MAX];
    for (guint i = 0; i < POUCE_TURN_TUNNEL_WIRES_MAX; i++) {
        connections[i] = dial(tunnel);
        assert_true(echoes(connections[i], 20));
    }
    g_autoptr(GSocketConnection) extra = dial(tunnel);
    assert_false(echoes(extra, 20));
    for (guint i = 0; i < POUCE_TURN_TUNNEL_WIRES_MAX; i++) {
        assert_true(echoes(connections[i], 20));
        g_object_unref(connections[i]);
    }
}

// Nobody reads at the far end: what the tunnel takes stays within socket buffers and its own 16
// KiB.
static void slow_reader_slows_writer(void **state)
{
    Server *server = *state;
    server->swallow = TRUE;
    g_autoptr(PouceTurnTunnel) tunnel = tunnel_to(server, "localhost", server->ca, 0);
    g_autoptr(GSocketConnection) connection = dial(tunnel);
    GSocket *socket = g_socket_connection_get_socket(connection);
    g_autofree char *chunk = g_malloc0(64 * 1024);
    gsize total = 0;
    gssize done;
    g_socket_set_timeout(socket, 1);
    while ((done = g_socket_send(socket, chunk, 64 * 1024, NULL, NULL)) > 0) {
        total += (gsize)done;
        assert_true(total < 64 * 1024 * 1024);
    }
    gint64 start_us = g_get_monotonic_time();
    g_clear_pointer(&tunnel, pouce_turn_tunnel_free);
    assert_in_range(g_get_monotonic_time() - start_us, 0, G_USEC_PER_SEC);
}

static void free_ends_all(void **state)
{
    Server *server = *state;
    PouceTurnTunnel *tunnel = tunnel_to(server, "localhost", server->ca, 0);
    g_autoptr(GSocketConnection) live = dial(tunnel);
    assert_true(echoes(live, 20));
    g_autoptr(GSocketConnection) begun = dial(tunnel);
    pouce_turn_tunnel_free(tunnel);
    assert_false(echoes(live, 20));
    assert_false(echoes(begun, 20));
    // not yet begun
    tunnel = tunnel_to(server, "localhost", server->ca, 60 * 1000);
    g_autoptr(GSocketConnection) waiting = dial(tunnel);
    pouce_turn_tunnel_free(tunnel);
    assert_false(echoes(waiting, 20));
    pouce_turn_tunnel_free(NULL);
}

static void reads_urls(void **state)
{
    static const struct {
        const char *url, *host;
        guint16 port;
        gboolean tls;
    } rows[] = {
        {"turns:relay.example", "relay.example", 5349, TRUE},
        {"turns:relay.example:443?transport=tcp", "relay.example", 443, TRUE},
        {"turns:[2001:db8::1]:443", "2001:db8::1", 443, TRUE},
        {"turn:10.0.0.1?transport=tcp", "10.0.0.1", 3478, FALSE},
        {"turn:10.0.0.1:1?transport=tcp", "10.0.0.1", 1, FALSE},
        {"turn:relay.example", NULL, 0, FALSE},
        {"turn:relay.example?transport=udp", NULL, 0, FALSE},
        {"turns:relay.example?transport=udp", NULL, 0, FALSE},
        {"turns:", NULL, 0, FALSE},
        {"turns:?transport=tcp", NULL, 0, FALSE},
        {"turns:a@b:443", NULL, 0, FALSE},
        {"turns:a:99999", NULL, 0, FALSE},
        {"turns:a:0", NULL, 0, FALSE},
        {"turns:a/b", NULL, 0, FALSE},
        {"stun:relay.example", NULL, 0, FALSE},
        {"", NULL, 0, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        PouceTurnTunnelConfig config = {0};
        assert_int_equal(pouce_turn_url_read(rows[i].url, &config), rows[i].host != NULL);
        if (rows[i].host) {
            assert_string_equal(config.host, rows[i].host);
            assert_int_equal(config.port, rows[i].port);
            assert_int_equal(config.tls, rows[i].tls);
        }
        g_free((char *)config.host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(right_certificate_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strange_authority_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_name_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slow_reader_slows_writer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(free_ends_all, set_up, tear_down),
        cmocka_unit_test(reads_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
