// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/ice.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

void pouce_ice_clear(PouceIce *ice)
{
    g_clear_pointer(&ice->stun, g_strfreev);
    g_clear_pointer(&ice->turn, g_strfreev);
    g_clear_pointer(&ice->secret, g_free);
}

gboolean pouce_ice_url_valid(const char *kind, const char *text)
{
    gsize length = strlen(text), scheme = strlen(kind);
    if (length > POUCE_ICE_TEXT_MAX_CHARS || !g_str_has_prefix(text, kind))
        return FALSE;
    const char *rest = text + scheme;
    if (*rest == 's')
        rest++;
    if (*rest != ':' || !rest[1])
        return FALSE;
    for (const char *at = text; *at; at++) {
        if (!g_ascii_isgraph(*at) || *at == '"' || *at == '\\')
            return FALSE;
    }
    return TRUE;
}

char *pouce_ice_credential(const char *secret, const char *username)
{
    guint8 mac[EVP_MAX_MD_SIZE];
    guint bytes = 0;
    HMAC(EVP_sha1(), secret, strlen(secret), (const guint8 *)username, strlen(username), mac,
        &bytes);
    return g_base64_encode(mac, bytes);
}

static void add(PouceSession *session, char **urls, char *username, char *credential)
{
    g_auto(GStrv) some = g_new0(char *, POUCE_ICE_URLS_MAX + 1);
    for (guint i = 0; i < POUCE_ICE_URLS_MAX && urls[i]; i++)
        some[i] = g_strdup(urls[i]);
    session->ice_servers[session->n_ice_servers++] = (PouceIceServer){
        .urls = g_steal_pointer(&some),
        .username = username,
        .credential = credential,
    };
}

static json_t *server_json(char **urls, const char *username, const char *credential)
{
    json_t *list = json_array();
    for (guint i = 0; i < POUCE_ICE_URLS_MAX && urls[i]; i++)
        json_array_append_new(list, json_string(urls[i]));
    return json_pack(
        "{s:o, s:s, s:s}", "urls", list, "username", username, "credential", credential);
}

json_t *pouce_ice_check_json(const PouceIce *ice, const char *device, gint64 now_s)
{
    json_t *servers = json_array();
    if (ice->stun && ice->stun[0])
        json_array_append_new(servers, server_json(ice->stun, "", ""));
    if (!ice->turn || !ice->turn[0] || !ice->secret)
        return servers;
    g_autofree char *username =
        g_strdup_printf("%" G_GINT64_FORMAT ":check.%s", now_s + POUCE_ICE_CHECK_LIFE_S, device);
    g_autofree char *credential = pouce_ice_credential(ice->secret, username);
    json_array_append_new(servers, server_json(ice->turn, username, credential));
    return servers;
}

void pouce_ice_fill(const PouceIce *ice, const char *device, gint64 now_s, PouceSession *session)
{
    g_assert(session->n_ice_servers == 0);
    if (ice->stun && ice->stun[0])
        add(session, ice->stun, g_strdup(""), g_strdup(""));
    if (!ice->turn || !ice->turn[0] || !ice->secret)
        return;
    char *username = g_strdup_printf(
        "%" G_GINT64_FORMAT ":%s.%s", now_s + POUCE_ICE_LIFE_S, session->id, device);
    add(session, ice->turn, username, pouce_ice_credential(ice->secret, username));
}
