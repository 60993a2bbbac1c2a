// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/input.h"

#include <string.h>

#include "signaling/wire/json.h"
#include "signaling/wire/limits.h"
#include "signaling/wire/wire_error.h"

static gboolean clean(const char *text, gboolean lines)
{
    gboolean seen = FALSE;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        GUnicodeType type = g_unichar_type(c);
        if (type == G_UNICODE_CONTROL && !(lines && (c == '\n' || c == '\t')))
            return FALSE;
        /* marks that turn the reading direction could make one name look like another */
        if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
            return FALSE;
        seen |= !g_unichar_isspace(c);
    }
    return seen || !*text;
}

static gboolean fail(GError **error, const char *format, const char *key)
{
    g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED, format, key);
    return FALSE;
}

gboolean pouce_input_text(json_t *body, const char *key, gsize min, gsize max, gboolean lines,
    const char **out, GError **error)
{
    const char *text = NULL;
    if (!pouce_json_get_text(body, key, min, max, &text, error))
        return FALSE;
    if (!clean(text, lines))
        return fail(error, "%s must be readable text, without control characters.", key);
    *out = text;
    return TRUE;
}

gboolean pouce_input_login(json_t *body, const char **out, GError **error)
{
    const char *text = NULL;
    if (!pouce_json_get_text(
            body, "login", POUCE_LOGIN_MIN_CHARS, POUCE_LOGIN_MAX_CHARS, &text, error))
        return FALSE;
    if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._@+-") != strlen(text))
        return fail(error, "%s may have lower-case letters, digits and . _ @ + - only.", "login");
    *out = text;
    return TRUE;
}

gboolean pouce_input_password(json_t *body, const char **out, GError **error)
{
    const char *text = NULL;
    if (!pouce_json_get_text(body, "password", 1, POUCE_PASSWORD_MAX_BYTES, &text, error))
        return FALSE;
    gsize bytes = strlen(text);
    if (bytes < POUCE_PASSWORD_MIN_BYTES || bytes > POUCE_PASSWORD_MAX_BYTES)
        return fail(error, "%s must have 8 to 256 bytes.", "password");
    *out = text;
    return TRUE;
}

gboolean pouce_input_tag_valid(const char *text, gboolean optional)
{
    gsize length = strlen(text);
    if (length == 0)
        return optional;
    if (length < 2 || length > POUCE_LANGUAGE_MAX_BYTES || !g_ascii_isalpha(text[0]))
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-')
            return FALSE;
    }
    return TRUE;
}

char **pouce_input_list(json_t *body, const char *key, gsize max, gsize max_chars, GError **error)
{
    json_t *list = NULL;
    if (!pouce_json_get_array(body, key, max, &list, error))
        return NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
    {
        const char *text = json_string_value(item);
        if (!text || strlen(text) != json_string_length(item) || !*text || !clean(text, FALSE) ||
            (gsize)g_utf8_strlen(text, -1) > max_chars) {
            g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
                "%s must be a list of texts of 1 to %zu characters each.", key, max_chars);
            return NULL;
        }
        if (g_hash_table_add(seen, (gpointer)text))
            g_strv_builder_add(builder, text);
    }
    return g_strv_builder_end(builder);
}
