// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// HTTP calls: one request, a bounded answer, and an error in words. Each ends within DEADLINE_S.

#include "signaling/rendezvous/link.h"

#include "signaling/wire/json.h"

#include <string.h>

#define DEADLINE_S 20
#define CHUNK_BYTES (16 * 1024)

typedef struct {
    PouceRendezvous *rendezvous;
    SoupMessage *message;
    GInputStream *stream;
    GByteArray *body;
    GCancellable *cancel;
    gulong cancel_chain;
    GSource *deadline;
    gboolean late;
    gboolean login;
    PouceRendezvousCallback callback;
    gpointer user;
} Call;

static void call_free(Call *call)
{
    g_cancellable_disconnect(call->rendezvous->cancel, call->cancel_chain);
    if (call->deadline) {
        g_source_destroy(call->deadline);
        g_source_unref(call->deadline);
    }
    g_clear_object(&call->message);
    g_clear_object(&call->stream);
    g_clear_object(&call->cancel);
    g_byte_array_unref(call->body);
    call->rendezvous->calls--;
    pouce_rendezvous_unref(call->rendezvous);
    g_free(call);
}

static void finish(Call *call, guint status, json_t *body, const GError *error)
{
    if (!call->rendezvous->freed) {
        call->callback(call->user, status, body, error);
    }
    call_free(call);
}

static void fail(Call *call, const GError *cause)
{
    g_autoptr(GError) slow =
        g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "it does not answer");
    g_autoptr(GError) error =
        pouce_rendezvous_network_error(call->rendezvous, call->late ? slow : cause);
    finish(call, 0, NULL, error);
}

static PouceRendezvousError reaction(guint status)
{
    if (status == 401 || status == 403) {
        return POUCE_RENDEZVOUS_ERROR_DENIED;
    }
    return status == 429 || status >= 500 ? POUCE_RENDEZVOUS_ERROR_RETRY
                                          : POUCE_RENDEZVOUS_ERROR_REFUSED;
}

// A problem document's detail is a sentence that says what to do; without one the status is told.
static GError *read_problem(Call *call, guint status, json_t *body)
{
    const char *detail = NULL;
    if (!body || !pouce_json_get_text(body, "detail", 1, POUCE_DETAIL_MAX_CHARS, &detail, NULL)) {
        return g_error_new(POUCE_RENDEZVOUS_ERROR, reaction(status),
            "%s answered with an error (%u). Try again later.", call->rendezvous->broker_name,
            status);
    }
    return g_error_new_literal(POUCE_RENDEZVOUS_ERROR, reaction(status), detail);
}

static gboolean take_login(Call *call, json_t *body)
{
    const char *token;
    if (!pouce_json_get_text(body, "token", 1, POUCE_TOKEN_MAX_BYTES, &token, NULL)) {
        return FALSE;
    }
    pouce_rendezvous_take_token(call->rendezvous, token);
    json_object_del(body, "token");
    return TRUE;
}

static void conclude(Call *call)
{
    guint status = soup_message_get_status(call->message);
    gboolean good = status >= 200 && status < 300;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) body = NULL;
    if (call->body->len > 0) {
        body = pouce_json_parse(
            call->body->data, call->body->len, POUCE_RENDEZVOUS_BODY_MAX_BYTES, NULL);
    }
    if (!good) {
        error = read_problem(call, status, body);
    } else if ((call->body->len > 0 && !body) ||
               (call->login && !(body && take_login(call, body)))) {
        error = g_error_new(POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_MALFORMED,
            "%s answered something that is not Pouce's protocol. Check its address.",
            call->rendezvous->broker_name);
    }
    finish(call, status, body, error);
}

static void read_on(Call *call);

static void on_read(GObject *source, GAsyncResult *result, gpointer user)
{
    Call *call = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) chunk =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &error);
    if (!chunk) {
        fail(call, error);
        return;
    }
    gsize bytes;
    const guint8 *data = g_bytes_get_data(chunk, &bytes);
    if (bytes == 0) {
        conclude(call);
    } else if (call->body->len + bytes > POUCE_RENDEZVOUS_BODY_MAX_BYTES) {
        g_autoptr(GError) limit = g_error_new(POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_LIMIT,
            "%s answered more than this program accepts.", call->rendezvous->broker_name);
        finish(call, soup_message_get_status(call->message), NULL, limit);
    } else {
        g_byte_array_append(call->body, data, (guint)bytes);
        read_on(call);
    }
}

static void read_on(Call *call)
{
    g_input_stream_read_bytes_async(
        call->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancel, on_read, call);
}

static void on_sent(GObject *source, GAsyncResult *result, gpointer user)
{
    Call *call = user;
    g_autoptr(GError) error = NULL;
    call->stream = soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (call->stream) {
        read_on(call);
    } else {
        fail(call, error);
    }
}

static gboolean on_deadline(gpointer user)
{
    Call *call = user;
    call->late = TRUE;
    g_cancellable_cancel(call->cancel);
    return G_SOURCE_REMOVE;
}

static void on_cancel_all(GCancellable *all, gpointer user)
{
    g_cancellable_cancel(user);
}

// Refusals come by the main loop too, so that the callback never runs inside the call.
typedef struct {
    PouceRendezvous *rendezvous;
    PouceRendezvousCallback callback;
    gpointer user;
    GError *error;
} Refusal;

static gboolean on_refuse(gpointer user)
{
    Refusal *refusal = user;
    if (!refusal->rendezvous->freed) {
        refusal->callback(refusal->user, 0, NULL, refusal->error);
    }
    return G_SOURCE_REMOVE;
}

static void refusal_free(gpointer user)
{
    Refusal *refusal = user;
    g_error_free(refusal->error);
    pouce_rendezvous_unref(refusal->rendezvous);
    g_free(refusal);
}

static void refuse(PouceRendezvous *rendezvous, PouceRendezvousCallback callback, gpointer user,
    PouceRendezvousError code, const char *sentence)
{
    Refusal *refusal = g_new0(Refusal, 1);
    refusal->rendezvous = pouce_rendezvous_ref(rendezvous);
    refusal->callback = callback;
    refusal->user = user;
    refusal->error = g_error_new_literal(POUCE_RENDEZVOUS_ERROR, code, sentence);
    g_autoptr(GSource) idle = g_idle_source_new();
    g_source_set_callback(idle, on_refuse, refusal, refusal_free);
    g_source_attach(idle, g_main_context_get_thread_default());
}

static void set_body(SoupMessage *message, json_t *body)
{
    char *text = pouce_json_text(body);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    soup_message_set_request_body_from_bytes(message, "application/json", bytes);
}

static void call_start(PouceRendezvous *rendezvous, SoupMessage *message, gboolean login,
    PouceRendezvousCallback callback, gpointer user)
{
    Call *call = g_new0(Call, 1);
    call->rendezvous = pouce_rendezvous_ref(rendezvous);
    call->message = message;
    call->body = g_byte_array_new();
    call->login = login;
    call->callback = callback;
    call->user = user;
    call->cancel = g_cancellable_new();
    call->cancel_chain =
        g_cancellable_connect(rendezvous->cancel, G_CALLBACK(on_cancel_all), call->cancel, NULL);
    call->deadline = g_timeout_source_new_seconds(DEADLINE_S);
    g_source_set_callback(call->deadline, on_deadline, call, NULL);
    g_source_attach(call->deadline, g_main_context_get_thread_default());
    rendezvous->calls++;
    soup_session_send_async(
        rendezvous->http, message, G_PRIORITY_DEFAULT, call->cancel, on_sent, call);
}

static void start_call(PouceRendezvous *rendezvous, const char *method, const char *path,
    json_t *body, const char *idempotency_key, gboolean login, PouceRendezvousCallback callback,
    gpointer user)
{
    if (rendezvous->calls >= POUCE_RENDEZVOUS_CALLS_MAX) {
        refuse(rendezvous, callback, user, POUCE_RENDEZVOUS_ERROR_LIMIT,
            "Too many requests to the broker wait already. Wait a moment and try again.");
        return;
    }
    g_autofree char *url = g_strconcat(rendezvous->broker_url, path, NULL);
    SoupMessage *message = *path == '/' ? soup_message_new(method, url) : NULL;
    if (!message) {
        refuse(rendezvous, callback, user, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED,
            "The request has no valid address.");
        return;
    }
    soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT); // a token goes to one host only
    SoupMessageHeaders *headers = soup_message_get_request_headers(message);
    soup_message_headers_replace(headers, "Accept", "application/json, application/problem+json");
    if (rendezvous->token && !login) {
        g_autofree char *bearer = g_strconcat("Bearer ", rendezvous->token, NULL);
        soup_message_headers_replace(headers, "Authorization", bearer);
    }
    if (idempotency_key) {
        soup_message_headers_replace(headers, "Idempotency-Key", idempotency_key);
    }
    if (body) {
        set_body(message, body);
    }
    call_start(rendezvous, message, login, callback, user);
}

void pouce_rendezvous_call(PouceRendezvous *rendezvous, const char *method, const char *path,
    json_t *body, const char *idempotency_key, PouceRendezvousCallback callback, gpointer user)
{
    start_call(rendezvous, method, path, body, idempotency_key, FALSE, callback, user);
}

void pouce_rendezvous_login(PouceRendezvous *rendezvous, const char *login, const char *password,
    PouceRendezvousCallback callback, gpointer user)
{
    g_autoptr(json_t) body = json_pack("{s:s, s:s, s:{s:s, s:s, s:s}}", "login", login, "password",
        password, "device", "name", rendezvous->device_name, "kind", rendezvous->device_kind,
        "public_key", rendezvous->device_key);
    if (!body) {
        refuse(rendezvous, callback, user, POUCE_RENDEZVOUS_ERROR_MALFORMED,
            "The name or the password has characters that cannot be sent. Type them again.");
        return;
    }
    start_call(rendezvous, "POST", "/api/v1/login", body, NULL, TRUE, callback, user);
}
