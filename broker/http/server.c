// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/server.h"

#include <string.h>

#include "broker/http/bucket.h"
#include "broker/http/call_private.h"
#include "broker/http/listener.h"
#include "signaling/wire/json.h"

/* After a refusal of the headers the rest of the body is thrown away; it may take this long. */
#define REFUSED_US (2 * G_USEC_PER_SEC)
#define KEY_MAX_CHARS 64
#define REFUSED_KEY "pouce-refused"

const PouceServerLimits pouce_server_limits_default = {
    .address = {1200, 600},
    .account = {600, 300},
    .sign_up = {10, 30},
    .log_in = {20, 30},
    .request = {20, 30},
    .connections = 8192,
    .connections_address = 2048,
    .waiting = 2048,
};

static const char *const page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src "
    "'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

struct PouceServer {
    PouceServerConfig config;
    SoupServer *soup;
    PouceListener *listener;
    char *url;
    PouceBuckets *address, *account, *sign_up, *log_in, *request;
    gboolean stopping;
    guint waiting;
    PouceServerCounts counts;
    char *ws_path;
    GPtrArray *origins; /* strings */
    guint ws_max, ws_count;
    PouceServerSocket ws_accept;
    gpointer ws_data;
};

/* --- who asks --- */

static char *address_of(PouceServer *server, SoupServerMessage *msg)
{
    GSocketAddress *remote = soup_server_message_get_remote_address(msg);
    GInetAddress *inet =
        remote ? g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote)) : NULL;
    if (!inet)
        return g_strdup("unknown");
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *told = soup_message_headers_get_one(headers, "X-Real-IP");
    if (server->config.behind_proxy && told && g_inet_address_get_is_loopback(inet)) {
        g_autoptr(GInetAddress) real = g_inet_address_new_from_string(told);
        if (real)
            return g_inet_address_to_string(real);
    }
    return g_inet_address_to_string(inet);
}

static gboolean take(PouceBuckets *buckets, const char *key, PouceCall *call)
{
    if (pouce_buckets_take(buckets, key, call->now_us))
        return TRUE;
    pouce_call_fail(
        call, POUCE_PROBLEM_TOO_MANY, "That was too often. Wait a little and try again.");
    return FALSE;
}

gboolean pouce_server_take_log_in(PouceServer *server, const char *login, gint64 now_us)
{
    g_autofree char *key = g_strconcat("login ", login, NULL);
    return pouce_buckets_take(server->log_in, key, now_us);
}

/* --- reading a request --- */

static gboolean read_body(PouceCall *call)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(call->msg);
    const char *type = soup_message_headers_get_content_type(headers, NULL);
    SoupMessageBody *stored = soup_server_message_get_request_body(call->msg);
    if (!call->route->body && stored->length == 0)
        return TRUE;
    if (!type || g_ascii_strcasecmp(type, "application/json") != 0) {
        pouce_call_fail(call, POUCE_PROBLEM_UNSUPPORTED_MEDIA,
            "Send the body as JSON, with Content-Type: application/json.");
        return FALSE;
    }
    g_autoptr(GBytes) bytes = soup_message_body_flatten(stored);
    g_autoptr(GError) error = NULL;
    call->body = pouce_json_parse(
        g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), POUCE_HTTP_BODY_MAX_BYTES, &error);
    if (call->body)
        return TRUE;
    pouce_call_refuse(call, error);
    return FALSE;
}

static gboolean read_key(PouceCall *call)
{
    if (!call->route->key)
        return TRUE;
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(call->msg);
    const char *key = soup_message_headers_get_one(headers, "Idempotency-Key");
    gsize length = key ? strlen(key) : 0;
    gboolean fine = length >= 1 && length <= KEY_MAX_CHARS;
    for (gsize i = 0; fine && i < length; i++)
        fine = g_ascii_isgraph(key[i]);
    if (!fine) {
        pouce_call_fail(call, POUCE_PROBLEM_MALFORMED,
            "Send an Idempotency-Key header of 1 to 64 visible ASCII characters, a new one for "
            "each request.");
        return FALSE;
    }
    call->key = g_strdup(key);
    return TRUE;
}

static void on_who(gpointer data, PouceWho *who, gboolean failed)
{
    g_autoptr(PouceCall) call = data;
    PouceServer *server = call->server;
    if (failed) {
        pouce_call_fail(
            call, POUCE_PROBLEM_STOPPING, "The broker is busy or stopping. Try again in a moment.");
        return;
    }
    if (!who) {
        pouce_call_fail(
            call, POUCE_PROBLEM_UNAUTHENTICATED, "Your log-in has ended. Log in again.");
        return;
    }
    call->who = pouce_who_ref(who);
    if (!take(server->account, who->account, call))
        return;
    if (call->route->auth == POUCE_AUTH_OPERATOR && !who->is_operator) {
        pouce_call_fail(
            call, POUCE_PROBLEM_FORBIDDEN, "Only operators of this broker may see this.");
        return;
    }
    if (call->route->rate == POUCE_RATE_REQUEST && !take(server->request, who->account, call))
        return;
    if (read_key(call) && read_body(call))
        call->route->handle(call, server->config.app);
}

static void authenticate(PouceServer *server, PouceCall *call)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(call->msg);
    const char *given = soup_message_headers_get_one(headers, "Authorization");
    if (!given || g_ascii_strncasecmp(given, "Bearer ", 7) != 0) {
        pouce_call_fail(
            call, POUCE_PROBLEM_UNAUTHENTICATED, "Log in, and send Authorization: Bearer TOKEN.");
        return;
    }
    call->token = g_strdup(given + 7);
    pouce_tokens_find_who(server->config.tokens, call->token, on_who, pouce_call_ref(call));
}

/* --- pages --- */

static void answer_with(SoupServerMessage *msg, const PouceFile *file, guint status)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(msg);
    pouce_call_common_headers(headers);
    soup_message_headers_replace(headers, "Content-Security-Policy", page_policy);
    soup_message_headers_replace(
        headers, "Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=()");
    soup_message_headers_replace(headers, "Cache-Control", "no-cache");
    soup_message_headers_replace(headers, "ETag", file->etag);
    const char *known = soup_message_headers_get_list(
        soup_server_message_get_request_headers(msg), "If-None-Match");
    if (status == 200 && known && strstr(known, file->etag)) {
        soup_server_message_set_status(msg, 304, NULL);
        return;
    }
    soup_message_headers_set_content_type(headers, file->type, NULL);
    soup_server_message_set_status(msg, status, NULL);
    soup_message_body_append_bytes(soup_server_message_get_response_body(msg), file->bytes);
}

static gboolean is_read(SoupServerMessage *msg)
{
    const char *method = soup_server_message_get_method(msg);
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static gboolean serve_file(PouceServer *server, SoupServerMessage *msg, const char *path)
{
    const PouceFile *file = is_read(msg) ? pouce_files_find(server->config.files, path) : NULL;
    if (file)
        answer_with(msg, file, 200);
    return file != NULL;
}

/* Somebody who mistyped an address in a browser gets a page, programs get their problem document.
 */
static gboolean serve_missing(PouceServer *server, SoupServerMessage *msg, const char *path)
{
    const char *accept =
        soup_message_headers_get_list(soup_server_message_get_request_headers(msg), "Accept");
    if (!is_read(msg) || g_str_has_prefix(path, "/api/") || !accept || !strstr(accept, "text/html"))
        return FALSE;
    PouceParams params;
    gboolean allowed = FALSE;
    gboolean route = pouce_route_find(server->config.routes, server->config.route_count,
                         soup_server_message_get_method(msg), path, &params, &allowed) != NULL;
    const PouceFile *file = pouce_files_find(server->config.files, "/missing.html");
    if (route || allowed || !file)
        return FALSE;
    answer_with(msg, file, 404);
    return TRUE;
}

static gboolean redirect_to_folder(PouceServer *server, SoupServerMessage *msg, const char *path)
{
    g_autofree char *folder = g_strconcat(path, "/", NULL);
    if (!pouce_files_find(server->config.files, folder))
        return FALSE;
    soup_server_message_set_redirect(msg, 301, folder);
    pouce_call_common_headers(soup_server_message_get_response_headers(msg));
    return TRUE;
}

/* --- the way through --- */

static void on_call_done(PouceCall *call, guint status, gpointer data)
{
    PouceServer *server = data;
    server->waiting--;
    server->counts.answers[MIN(status / 100, 5)]++;
    if (status == 429)
        server->counts.too_many++;
}

static void find_route(PouceServer *server, PouceCall *call, const char *path)
{
    gboolean allowed = FALSE;
    call->route = pouce_route_find(server->config.routes, server->config.route_count,
        soup_server_message_get_method(call->msg), path, &call->params, &allowed);
    if (!call->route && allowed)
        pouce_call_fail(
            call, POUCE_PROBLEM_METHOD_NOT_ALLOWED, "This address answers to another HTTP method.");
    else if (!call->route)
        pouce_call_fail(call, POUCE_PROBLEM_NOT_FOUND, "There is nothing at this address.");
}

static void on_request(
    SoupServer *soup, SoupServerMessage *msg, const char *decoded, GHashTable *query, gpointer data)
{
    PouceServer *server = data;
    if (g_object_get_data(G_OBJECT(msg), REFUSED_KEY) || soup_server_message_get_status(msg))
        return;
    const char *path = g_uri_get_path(soup_server_message_get_uri(msg));
    pouce_listener_deadline(msg, POUCE_LISTENER_ANSWER_US);
    if (serve_file(server, msg, path) || redirect_to_folder(server, msg, path)) {
        server->counts.answers[2]++;
        return;
    }
    if (serve_missing(server, msg, path)) {
        server->counts.answers[4]++;
        return;
    }
    g_autofree char *address = address_of(server, msg);
    soup_server_message_pause(msg);
    g_autoptr(PouceCall) call = pouce_call_new(msg, address);
    call->server = server;
    call->on_done = on_call_done;
    server->waiting++;
    if (!take(server->address, address, call))
        return;
    if (server->stopping || server->waiting > server->config.limits.waiting) {
        pouce_call_fail(
            call, POUCE_PROBLEM_STOPPING, "The broker is stopping or overloaded. Try again soon.");
        return;
    }
    find_route(server, call, path);
    if (!call->route)
        return;
    if (!pouce_call_read_query(call)) {
        pouce_call_fail(
            call, POUCE_PROBLEM_MALFORMED, "The part after ? must be name=value pairs of UTF-8.");
        return;
    }
    if (call->route->rate == POUCE_RATE_SIGN_UP && !take(server->sign_up, address, call))
        return;
    if (call->route->rate == POUCE_RATE_LOG_IN && !take(server->log_in, address, call))
        return;
    if (call->route->auth != POUCE_AUTH_NONE)
        authenticate(server, call);
    else if (read_key(call) && read_body(call))
        call->route->handle(call, server->config.app);
}

/* Refuses before the body is read; libsoup still reads it, but it is not kept and the time is
 * short. */
static void refuse_early(SoupServerMessage *msg, PouceProblem problem, const char *detail)
{
    g_autoptr(json_t) json = pouce_problem_json(problem, detail);
    char *text = json_dumps(json, JSON_COMPACT);
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(msg);
    pouce_call_common_headers(headers);
    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    soup_message_headers_set_content_type(headers, "application/problem+json", NULL);
    soup_server_message_set_status(msg, pouce_problem_status(problem), NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(text, strlen(text), free, text);
    soup_message_body_append_bytes(soup_server_message_get_response_body(msg), bytes);
    soup_message_body_set_accumulate(soup_server_message_get_request_body(msg), FALSE);
    g_object_set_data(G_OBJECT(msg), REFUSED_KEY, (gpointer) "");
    pouce_listener_deadline(msg, REFUSED_US);
}

static void on_chunk(SoupServerMessage *msg, GBytes *chunk, gpointer data)
{
    SoupMessageBody *body = soup_server_message_get_request_body(msg);
    gboolean refused = g_object_get_data(G_OBJECT(msg), REFUSED_KEY) != NULL;
    if (!refused && body->length > POUCE_HTTP_BODY_MAX_BYTES)
        refuse_early(msg, POUCE_PROBLEM_TOO_LARGE, "A request may have at most 64 KiB.");
}

static gboolean origin_allowed(PouceServer *server, SoupServerMessage *msg)
{
    const char *origin =
        soup_message_headers_get_one(soup_server_message_get_request_headers(msg), "Origin");
    if (!origin || g_strcmp0(origin, server->url) == 0)
        return TRUE;
    for (guint i = 0; i < server->origins->len; i++) {
        if (strcmp(origin, server->origins->pdata[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

static void on_headers(
    SoupServer *soup, SoupServerMessage *msg, const char *decoded, GHashTable *query, gpointer data)
{
    PouceServer *server = data;
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(msg);
    const char *path = g_uri_get_path(soup_server_message_get_uri(msg));
    pouce_listener_deadline(msg, POUCE_LISTENER_REQUEST_US);
    goffset length = soup_message_headers_get_content_length(headers);
    if (length > POUCE_HTTP_BODY_MAX_BYTES) {
        refuse_early(msg, POUCE_PROBLEM_TOO_LARGE, "A request may have at most 64 KiB.");
        return;
    }
    if (server->ws_path && strcmp(path, server->ws_path) == 0) {
        if (!origin_allowed(server, msg))
            refuse_early(msg, POUCE_PROBLEM_FORBIDDEN,
                "This page's origin is not on the broker's list (option --origin).");
        else if (server->stopping || server->ws_count >= server->ws_max)
            refuse_early(msg, POUCE_PROBLEM_STOPPING, "The broker takes no more connections now.");
    }
}

static void on_request_started(SoupServer *soup, SoupServerMessage *msg, gpointer data)
{
    g_signal_connect(msg, "got-chunk", G_CALLBACK(on_chunk), data);
}

/* --- WebSockets --- */

static void on_socket(SoupServer *soup, SoupServerMessage *msg, const char *path,
    SoupWebsocketConnection *socket, gpointer data)
{
    PouceServer *server = data;
    g_autofree char *address = address_of(server, msg);
    pouce_listener_deadline(msg, 0);
    server->ws_count++;
    server->ws_accept(
        server->ws_data, socket, address, soup_server_message_get_remote_address(msg));
}

void pouce_server_ws(PouceServer *server, const char *path, guint max, const char *const *origins,
    PouceServerSocket accept, gpointer data)
{
    server->ws_path = g_strdup(path);
    server->ws_max = max;
    server->ws_accept = accept;
    server->ws_data = data;
    for (; origins && *origins; origins++)
        g_ptr_array_add(server->origins, g_strdup(*origins));
    soup_server_add_early_handler(server->soup, path, on_headers, server, NULL);
    soup_server_add_websocket_handler(server->soup, path, NULL, NULL, on_socket, server, NULL);
}

void pouce_server_ws_gone(PouceServer *server)
{
    server->ws_count--;
}

/* --- life --- */

PouceServer *pouce_server_new(const PouceServerConfig *config)
{
    PouceServer *server = g_new0(PouceServer, 1);
    const PouceServerLimits *limits = &config->limits;
    server->config = *config;
    server->origins = g_ptr_array_new_with_free_func(g_free);
    server->address = pouce_buckets_new(limits->address.per_min, limits->address.burst);
    server->account = pouce_buckets_new(limits->account.per_min, limits->account.burst);
    server->sign_up = pouce_buckets_new(limits->sign_up.per_min, limits->sign_up.burst);
    server->log_in = pouce_buckets_new(limits->log_in.per_min, limits->log_in.burst);
    server->request = pouce_buckets_new(limits->request.per_min, limits->request.burst);
    server->soup = soup_server_new("server-header", "pouce", NULL);
    soup_server_remove_websocket_extension(server->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
    soup_server_add_early_handler(server->soup, NULL, on_headers, server, NULL);
    soup_server_add_handler(server->soup, NULL, on_request, server, NULL);
    g_signal_connect(server->soup, "request-started", G_CALLBACK(on_request_started), server);
    return server;
}

gboolean pouce_server_listen(PouceServer *server, const char *listen, GError **error)
{
    /* behind a proxy all connections come from one address, and the proxy counts its clients */
    const PouceServerLimits *limits = &server->config.limits;
    guint each = server->config.behind_proxy ? limits->connections : limits->connections_address;
    server->listener = pouce_listener_new(server->soup, listen, limits->connections, each, error);
    if (!server->listener)
        return FALSE;
    server->url = g_strconcat("http://", pouce_listener_address(server->listener), NULL);
    return TRUE;
}

const char *pouce_server_url(const PouceServer *server)
{
    return server->url;
}

void pouce_server_stop(PouceServer *server)
{
    server->stopping = TRUE;
    if (server->listener)
        pouce_listener_stop(server->listener);
}

void pouce_server_counts(const PouceServer *server, PouceServerCounts *out)
{
    *out = server->counts;
    out->connections = server->listener ? pouce_listener_count(server->listener) : 0;
    out->sockets = server->ws_count;
    out->waiting = server->waiting;
}

void pouce_server_free(PouceServer *server)
{
    if (!server)
        return;
    g_signal_handlers_disconnect_by_data(server->soup, server);
    pouce_listener_free(server->listener);
    soup_server_disconnect(server->soup);
    g_object_unref(server->soup);
    pouce_buckets_free(server->address);
    pouce_buckets_free(server->account);
    pouce_buckets_free(server->sign_up);
    pouce_buckets_free(server->log_in);
    pouce_buckets_free(server->request);
    g_ptr_array_unref(server->origins);
    g_free(server->ws_path);
    g_free(server->url);
    g_free(server);
}
