// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/rendezvous/rendezvous.h"

#include "signaling/rendezvous/link.h"
#include "signaling/wire/base64u.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define TIMEOUT_S 20

G_DEFINE_QUARK(pouce_rendezvous_error_quark, pouce_rendezvous_error)

PouceRendezvous *pouce_rendezvous_ref(PouceRendezvous *rendezvous)
{
    rendezvous->refs++;
    return rendezvous;
}

void pouce_rendezvous_unref(PouceRendezvous *rendezvous)
{
    if (--rendezvous->refs > 0) {
        return;
    }
    g_free(rendezvous->broker_url);
    g_free(rendezvous->broker_name);
    g_free(rendezvous->device_name);
    g_free(rendezvous->device_kind);
    g_free(rendezvous->device_key);
    g_free(rendezvous->token_path);
    g_free(rendezvous->token);
    g_object_unref(rendezvous->http);
    g_object_unref(rendezvous->cancel);
    g_rand_free(rendezvous->rand);
    g_free(rendezvous);
}

static gboolean is_token(const char *text)
{
    gsize length = strlen(text);
    for (gsize i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return FALSE;
        }
    }
    return length >= 1 && length <= POUCE_TOKEN_MAX_BYTES;
}

// The file holds the broker's URL and the token, a line each: a token is for one broker only.
static void load_token(PouceRendezvous *rendezvous)
{
    GStatBuf status;
    g_autofree char *text = NULL;
    if (!rendezvous->token_path || g_stat(rendezvous->token_path, &status) != 0 ||
        (status.st_mode & 077) != 0 || status.st_size > 4096 ||
        !g_file_get_contents(rendezvous->token_path, &text, NULL, NULL)) {
        return;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    if (g_strv_length(lines) >= 2 && g_str_equal(lines[0], rendezvous->broker_url) &&
        is_token(lines[1])) {
        rendezvous->token = g_strdup(lines[1]);
    }
}

void pouce_rendezvous_take_token(PouceRendezvous *rendezvous, const char *token)
{
    g_free(rendezvous->token);
    rendezvous->token = g_strdup(token);
    if (!rendezvous->token_path) {
        return;
    }
    g_autofree char *folder = g_path_get_dirname(rendezvous->token_path);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", rendezvous->broker_url, token);
    // Without the file the next start asks for the password again: no more than that.
    if (g_mkdir_with_parents(folder, 0700) == 0) {
        g_file_set_contents_full(
            rendezvous->token_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
    }
}

gboolean pouce_rendezvous_has_token(PouceRendezvous *rendezvous)
{
    return rendezvous->token != NULL;
}

void pouce_rendezvous_forget_token(PouceRendezvous *rendezvous)
{
    g_clear_pointer(&rendezvous->token, g_free);
    if (rendezvous->token_path) {
        g_unlink(rendezvous->token_path);
    }
    pouce_rendezvous_disconnect(rendezvous);
}

GError *pouce_rendezvous_network_error(PouceRendezvous *rendezvous, const GError *cause)
{
    if (cause->domain == G_TLS_ERROR) {
        return g_error_new(POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_DENIED,
            "%s cannot prove who it is (%s). Do not log in; ask its operator.",
            rendezvous->broker_name, cause->message);
    }
    return g_error_new(POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_RETRY,
        "%s cannot be reached: %s. Check the network and try again.", rendezvous->broker_name,
        cause->message);
}

// Scheme, host and port of the broker; its path is kept, a slash at the end is not.
static gboolean read_url(PouceRendezvous *rendezvous, const char *url, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, SOUP_HTTP_URI_FLAGS, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    gboolean http = g_str_equal(scheme, "http") || g_str_equal(scheme, "https");
    if (!http || !g_uri_get_host(uri) || !*g_uri_get_host(uri) || g_uri_get_query(uri) ||
        g_uri_get_userinfo(uri)) {
        g_set_error(error, POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED,
            "\"%s\" is no address of a broker. It looks like https://pouce.example.", url);
        return FALSE;
    }
    rendezvous->broker_url = g_uri_to_string(uri);
    for (gsize n = strlen(rendezvous->broker_url); n > 0 && rendezvous->broker_url[n - 1] == '/';
         n--) {
        rendezvous->broker_url[n - 1] = 0;
    }
    rendezvous->broker_name = g_strdup_printf("The broker at %s", g_uri_get_host(uri));
    return TRUE;
}

void pouce_rendezvous_make_session(PouceRendezvous *rendezvous)
{
    g_clear_object(&rendezvous->http); // calls under way keep theirs
    rendezvous->http = soup_session_new_with_options("timeout", TIMEOUT_S, "idle-timeout", 30,
        "user-agent", "pouce/" POUCE_VERSION, "max-conns-per-host", 8, NULL);
    // Compressed WebSocket messages could unfold into much more than the limit.
    soup_session_remove_feature_by_type(rendezvous->http, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
}

PouceRendezvous *pouce_rendezvous_new(const PouceRendezvousConfig *config,
    const PouceRendezvousEvents *events, gpointer user, GError **error)
{
    PouceRendezvous *rendezvous = g_new0(PouceRendezvous, 1);
    rendezvous->refs = 1;
    rendezvous->cancel = g_cancellable_new();
    rendezvous->rand = config->seed ? g_rand_new_with_seed((guint32)config->seed) : g_rand_new();
    pouce_rendezvous_make_session(rendezvous);
    if (!read_url(rendezvous, config->broker_url, error)) {
        pouce_rendezvous_unref(rendezvous);
        return NULL;
    }
    rendezvous->events = *events;
    rendezvous->user = user;
    rendezvous->device_name = g_strdup(config->device_name);
    rendezvous->device_kind = g_strdup(config->device_kind);
    rendezvous->device_key = pouce_base64u_encode(config->device_public_key, POUCE_KEY_BYTES);
    rendezvous->token_path = g_strdup(config->token_path);
    g_queue_init(&rendezvous->kept);
    load_token(rendezvous);
    return rendezvous;
}

void pouce_rendezvous_free(PouceRendezvous *rendezvous)
{
    if (!rendezvous) {
        return;
    }
    rendezvous->freed = TRUE;
    rendezvous->wanted = FALSE;
    pouce_rendezvous_close_socket(rendezvous);
    g_cancellable_cancel(rendezvous->cancel);
    pouce_rendezvous_kept_clear(rendezvous);
    pouce_rendezvous_unref(rendezvous);
}
