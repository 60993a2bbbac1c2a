// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/signaling/rendezvous/desk.h"

#include <jansson.h>
#include <string.h>

#define HEARTBEAT_MS 100

static const char session_json[] =
    "{\"id\":\"" DESK_SESSION "\",\"state\":\"live\",\"role\":\"seeker\",\"need\":\"\",\"seeker\":{"
    "\"id\":\"" DESK_SESSION "\",\"name\":\"Ana\",\"device_id\":\"\",\"device_key\":\"\"},"
    "\"helper\":null,\"helper_card\":null,\"price\":null,\"may\":[],\"ice_servers\":[],"
    "\"expires_s\":1,\"signed_ms\":0,\"cost_minor\":0,\"end_reason\":\"\",\"receipt_number\":\"\","
    "\"created_s\":1}";

static void answer(SoupServerMessage *message, guint status, const char *type, const char *text)
{
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, type, SOUP_MEMORY_COPY, text, strlen(text));
}

static void on_login(SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer user)
{
    SoupMessageBody *body = soup_server_message_get_request_body(message);
    json_t *root = json_loadb(body->data, (size_t)body->length, 0, NULL);
    const char *password = json_string_value(json_object_get(root, "password"));
    json_t *device = json_object_get(root, "device");
    if (g_strcmp0(password, "correct horse") != 0) {
        answer(message, 401, "application/problem+json",
            "{\"type\":\"urn:pouce:problem:wrong_credentials\",\"title\":\"no\",\"status\":401,"
            "\"detail\":\"The name or the password is wrong.\",\"code\":\"wrong_credentials\"}");
    } else if (json_string_length(json_object_get(device, "public_key")) == 43) {
        answer(message, 200, "application/json",
            "{\"token\":\"tok-1\",\"expires_in_s\":60,\"account\":{\"name\":\"Ana\"},"
            "\"device\":{\"id\":\"x\"}}");
    } else {
        answer(message, 400, "text/plain", "no device");
    }
    json_decref(root);
}

static void on_call(SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer user)
{
    Desk *desk = user;
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    g_free(desk->authorization);
    g_free(desk->idempotency_key);
    desk->authorization = g_strdup(soup_message_headers_get_one(headers, "Authorization"));
    desk->idempotency_key = g_strdup(soup_message_headers_get_one(headers, "Idempotency-Key"));
    if (g_str_has_suffix(path, "/me")) {
        answer(message, 200, "application/json", "{\"account\":{\"name\":\"Ana\"}}");
    } else if (g_str_has_suffix(path, "/poor")) {
        answer(message, 402, "application/problem+json",
            "{\"status\":402,\"detail\":\"There is not enough money in the account. Add some.\"}");
    } else if (g_str_has_suffix(path, "/huge")) {
        g_autofree char *huge = g_strnfill(2 * 1024 * 1024, ' ');
        answer(message, 200, "application/json", huge);
    } else if (g_str_has_suffix(path, "/html")) {
        answer(message, 200, "text/html", "<html>");
    } else if (g_str_has_suffix(path, "/away")) {
        soup_server_message_set_redirect(message, 302, "http://127.0.0.1:1/steal");
    } else {
        answer(message, 500, "text/plain", "oops");
    }
}

void desk_say(Desk *desk, const char *text)
{
    soup_websocket_connection_send_text(desk->socket, text);
}

static void on_hello(Desk *desk, json_t *root)
{
    desk->hellos++;
    g_free(desk->token);
    desk->token = g_strdup(json_string_value(json_object_get(root, "token")));
    desk->available = json_is_true(json_object_get(root, "available"));
    if (desk->refuse_code) {
        soup_websocket_connection_close(desk->socket, (gushort)desk->refuse_code, NULL);
        return;
    }
    g_autofree char *welcome = g_strdup_printf(
        "{\"type\":\"welcome\",\"account\":\"%s\",\"device\":\"%s\",\"heartbeat_ms\":%d,"
        "\"sessions\":[%s]}",
        DESK_SESSION, DESK_SESSION, HEARTBEAT_MS, desk->session_known ? session_json : "");
    desk_say(desk, welcome);
}

static void on_text(
    SoupWebsocketConnection *socket, SoupWebsocketDataType kind, GBytes *bytes, gpointer user)
{
    Desk *desk = user;
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    json_t *root = json_loadb(data, size, 0, NULL);
    const char *type = json_string_value(json_object_get(root, "type"));
    if (g_strcmp0(type, "hello") == 0) {
        on_hello(desk, root);
    } else if (g_strcmp0(type, "ping") == 0) {
        desk->pings++;
        if (!desk->mute) {
            desk_say(desk, "{\"type\":\"pong\",\"n\":1}");
        }
    } else {
        g_ptr_array_add(desk->received, g_strndup(data, size));
    }
    json_decref(root);
}

static void on_socket(SoupServer *server, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *socket, gpointer user)
{
    Desk *desk = user;
    g_clear_object(&desk->socket);
    desk->socket = g_object_ref(socket);
    g_signal_connect(socket, "message", G_CALLBACK(on_text), desk);
}

Desk *desk_new(guint port)
{
    Desk *desk = g_new0(Desk, 1);
    g_autoptr(GError) error = NULL;
    desk->server = soup_server_new(NULL, NULL);
    desk->received = g_ptr_array_new_with_free_func(g_free);
    soup_server_add_handler(desk->server, "/api/v1", on_call, desk, NULL);
    soup_server_add_handler(desk->server, "/api/v1/login", on_login, desk, NULL);
    soup_server_add_websocket_handler(
        desk->server, "/api/v1/ws", NULL, NULL, on_socket, desk, NULL);
    if (!soup_server_listen_local(desk->server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error)) {
        g_error("%s", error->message);
    }
    GSList *uris = soup_server_get_uris(desk->server);
    desk->port = (guint)g_uri_get_port(uris->data);
    g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
    return desk;
}

void desk_free(Desk *desk)
{
    if (desk->socket) {
        g_signal_handlers_disconnect_by_data(desk->socket, desk);
        g_io_stream_close(
            soup_websocket_connection_get_io_stream(desk->socket), NULL, NULL); // as if killed
        g_object_unref(desk->socket);
    }
    soup_server_disconnect(desk->server);
    g_object_unref(desk->server);
    g_ptr_array_unref(desk->received);
    g_free(desk->token);
    g_free(desk->authorization);
    g_free(desk->idempotency_key);
    g_free(desk);
}

char *desk_url(Desk *desk)
{
    return g_strdup_printf("http://127.0.0.1:%u/", desk->port);
}
