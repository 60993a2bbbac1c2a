// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/call.h"

#include <string.h>

#include "broker/http/call_private.h"
#include "broker/http/listener.h"
#include "signaling/wire/json.h"

void pouce_call_common_headers(SoupMessageHeaders *headers)
{
    static const char *const common[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        /* see listener.h */
        {"Connection", "close"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(common); i++)
        soup_message_headers_replace(headers, common[i][0], common[i][1]);
}

static void on_finished(SoupServerMessage *msg, gpointer data)
{
    PouceCall *call = data;
    call->finished = TRUE;
    if (call->streaming) {
        call->streaming = FALSE;
        if (call->gone)
            call->gone(call->gone_data);
    }
    pouce_call_unref(call);
}

static void on_wrote_chunk(SoupServerMessage *msg, gpointer data)
{
    PouceCall *call = data;
    call->writing = FALSE;
}

PouceCall *pouce_call_new(SoupServerMessage *msg, const char *address)
{
    PouceCall *call = g_rc_box_new0(PouceCall);
    call->msg = g_object_ref(msg);
    call->address = g_strdup(address);
    call->now_us = g_get_monotonic_time();
    call->now_s = g_get_real_time() / G_USEC_PER_SEC;
    g_signal_connect(msg, "finished", G_CALLBACK(on_finished), pouce_call_ref(call));
    g_signal_connect(msg, "wrote-chunk", G_CALLBACK(on_wrote_chunk), call);
    return call;
}

static void call_clear(gpointer data)
{
    PouceCall *call = data;
    g_signal_handlers_disconnect_by_data(call->msg, call);
    g_object_unref(call->msg);
    g_clear_pointer(&call->query, g_hash_table_unref);
    g_clear_pointer(&call->who, pouce_who_unref);
    g_clear_pointer(&call->body, json_decref);
    g_free(call->key);
    g_free(call->token);
    g_free(call->address);
}

PouceCall *pouce_call_ref(PouceCall *call)
{
    return g_rc_box_acquire(call);
}

void pouce_call_unref(PouceCall *call)
{
    if (call)
        g_rc_box_release_full(call, call_clear);
}

PouceWho *pouce_call_who(PouceCall *call)
{
    return call->who;
}

const char *pouce_call_param(PouceCall *call, guint index)
{
    g_assert(index < call->params.count);
    return call->params.value[index];
}

json_t *pouce_call_body(PouceCall *call)
{
    return call->body;
}

const char *pouce_call_key(PouceCall *call)
{
    return call->key;
}

const char *pouce_call_token(PouceCall *call)
{
    return call->token;
}

const char *pouce_call_address(PouceCall *call)
{
    return call->address;
}

gint64 pouce_call_now_us(PouceCall *call)
{
    return call->now_us;
}

gint64 pouce_call_now_s(PouceCall *call)
{
    return call->now_s;
}

GBytes *pouce_call_hash(PouceCall *call)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(call->msg));
    const char *method = soup_server_message_get_method(call->msg);
    const char *path = g_uri_get_path(soup_server_message_get_uri(call->msg));
    g_checksum_update(sum, (const guchar *)method, strlen(method) + 1);
    g_checksum_update(sum, (const guchar *)path, strlen(path) + 1);
    g_checksum_update(sum, g_bytes_get_data(body, NULL), g_bytes_get_size(body));
    guint8 digest[32];
    gsize bytes = sizeof digest;
    g_checksum_get_digest(sum, digest, &bytes);
    return g_bytes_new(digest, bytes);
}

gboolean pouce_call_read_query(PouceCall *call)
{
    const char *text = g_uri_get_query(soup_server_message_get_uri(call->msg));
    if (text)
        call->query = g_uri_parse_params(text, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
    return !text || call->query;
}

const char *pouce_call_query(PouceCall *call, const char *name)
{
    const char *value = call->query ? g_hash_table_lookup(call->query, name) : NULL;
    return value ? value : "";
}

gboolean pouce_call_query_int(
    PouceCall *call, const char *name, gint64 min, gint64 max, gint64 missing, gint64 *out)
{
    const char *text = pouce_call_query(call, name);
    if (!*text) {
        *out = missing;
        return TRUE;
    }
    if (g_ascii_string_to_signed(text, 10, min, max, out, NULL))
        return TRUE;
    g_autofree char *detail =
        g_strdup_printf("The parameter %s must be a whole number from %" G_GINT64_FORMAT
                        " to %" G_GINT64_FORMAT ".",
            name, min, max);
    pouce_call_fail(call, POUCE_PROBLEM_MALFORMED, detail);
    return FALSE;
}

void pouce_call_answer_bytes(PouceCall *call, guint status, const char *type, GBytes *bytes)
{
    g_return_if_fail(!call->done);
    call->done = TRUE;
    if (!call->finished) {
        SoupMessageHeaders *headers = soup_server_message_get_response_headers(call->msg);
        pouce_call_common_headers(headers);
        if (!soup_message_headers_get_one(headers, "Cache-Control"))
            soup_message_headers_replace(headers, "Cache-Control", "no-store");
        soup_server_message_set_status(call->msg, status, NULL);
        if (bytes) {
            soup_message_headers_set_content_type(headers, type, NULL);
            soup_message_body_append_bytes(soup_server_message_get_response_body(call->msg), bytes);
        }
        pouce_listener_deadline(call->msg, POUCE_LISTENER_ANSWER_US);
        soup_server_message_unpause(call->msg);
    }
    if (call->on_done)
        call->on_done(call, status, call->server);
}

static void answer_json(PouceCall *call, guint status, const char *type, json_t *json)
{
    g_autoptr(json_t) owned = json;
    char *text = json_dumps(json, JSON_COMPACT);
    g_assert(text);
    g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(text, strlen(text), free, text);
    pouce_call_answer_bytes(call, status, type, bytes);
}

void pouce_call_answer(PouceCall *call, guint status, json_t *json)
{
    if (json)
        answer_json(call, status, "application/json", json);
    else
        pouce_call_answer_bytes(call, status, NULL, NULL);
}

void pouce_call_fail(PouceCall *call, PouceProblem problem, const char *detail)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(call->msg);
    if (problem == POUCE_PROBLEM_UNAUTHENTICATED && !call->finished)
        soup_message_headers_replace(headers, "WWW-Authenticate", "Bearer");
    if (problem == POUCE_PROBLEM_TOO_MANY && !call->finished)
        soup_message_headers_replace(headers, "Retry-After", "10");
    answer_json(call, pouce_problem_status(problem), "application/problem+json",
        pouce_problem_json(problem, detail));
}

void pouce_call_refuse(PouceCall *call, const GError *error)
{
    pouce_call_fail(call, POUCE_PROBLEM_MALFORMED, error->message);
}

void pouce_call_stream(
    PouceCall *call, const char *type, void (*gone)(gpointer data), gpointer data)
{
    call->done = TRUE;
    call->streaming = TRUE;
    call->gone = gone;
    call->gone_data = data;
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(call->msg);
    pouce_call_common_headers(headers);
    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    soup_message_headers_replace(headers, "X-Accel-Buffering", "no");
    soup_message_headers_set_content_type(headers, type, NULL);
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
    soup_message_body_set_accumulate(soup_server_message_get_response_body(call->msg), FALSE);
    soup_server_message_set_status(call->msg, 200, NULL);
    pouce_listener_deadline(call->msg, 0);
    if (call->on_done)
        call->on_done(call, 200, call->server);
}

gboolean pouce_call_stream_send(PouceCall *call, const char *text)
{
    if (!call->streaming || call->writing)
        return FALSE;
    call->writing = TRUE;
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    soup_message_body_append_bytes(soup_server_message_get_response_body(call->msg), bytes);
    soup_server_message_unpause(call->msg);
    return TRUE;
}

void pouce_call_stream_end(PouceCall *call)
{
    if (!call->streaming)
        return;
    call->streaming = FALSE;
    call->gone = NULL;
    soup_message_body_complete(soup_server_message_get_response_body(call->msg));
    soup_server_message_unpause(call->msg);
}
