// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/json.h"

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/id.h"
#include "signaling/wire/limits.h"
#include "signaling/wire/wire_error.h"

// Brackets open at once, outside texts. jansson's own limit (2048) is not ours to set.
static gboolean is_too_deep(const char *text, gsize bytes)
{
    guint depth = 0;
    gboolean in_text = FALSE;
    for (gsize i = 0; i < bytes; i++) {
        if (in_text && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_text = !in_text;
        else if (!in_text && (text[i] == '{' || text[i] == '[') && ++depth > POUCE_JSON_MAX_DEPTH)
            return TRUE;
        else if (!in_text && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return FALSE;
}

json_t *pouce_json_parse(const void *data, gsize bytes, gsize max, GError **error)
{
    if (bytes > max) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_LIMIT,
            "The message has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are allowed.",
            bytes, max);
        return NULL;
    }
    if (is_too_deep(data, bytes)) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_LIMIT,
            "The message is nested deeper than %d.", POUCE_JSON_MAX_DEPTH);
        return NULL;
    }
    json_error_t problem;
    json_t *object = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, &problem);
    if (!object) {
        // jansson quotes what it read, perhaps in the middle of a character
        g_autofree char *why = g_utf8_make_valid(problem.text, -1);
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The message is not valid JSON at byte %d: %s.", problem.position, why);
        return NULL;
    }
    if (!json_is_object(object)) {
        json_decref(object);
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The message is not a JSON object.");
        return NULL;
    }
    return object;
}

char *pouce_json_text(const json_t *json)
{
    gsize bytes = json_dumpb(json, NULL, 0, JSON_COMPACT);
    char *text = g_malloc(bytes + 1);
    json_dumpb(json, text, bytes, JSON_COMPACT);
    text[bytes] = '\0';
    return text;
}

char *pouce_json_clip(const char *text, gsize chars)
{
    const char *end = text;
    while (*end && chars-- > 0)
        end = g_utf8_next_char(end);
    return g_strndup(text, (gsize)(end - text));
}

gboolean pouce_json_refuse(GError **error, const char *key)
{
    g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
        "The field \"%s\" is missing or not what the protocol says.", key);
    return FALSE;
}

static gboolean refuse_limit(GError **error, const char *key, gint64 min, gint64 max)
{
    g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_LIMIT,
        "The field \"%s\" must be between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT ".", key, min,
        max);
    return FALSE;
}

gboolean pouce_json_get_text(
    json_t *object, const char *key, gsize min, gsize max, const char **out, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return pouce_json_refuse(error, key);
    // jansson has checked the UTF-8; more bytes than four a character need no counting
    const char *text = json_string_value(value);
    gsize bytes = json_string_length(value);
    gsize chars = bytes > 4 * max ? bytes : (gsize)g_utf8_strlen(text, (gssize)bytes);
    if (chars < min || chars > max) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_LIMIT,
            "The field \"%s\" must have %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " characters.",
            key, min, max);
        return FALSE;
    }
    *out = text;
    return TRUE;
}

gboolean pouce_json_get_int(
    json_t *object, const char *key, gint64 min, gint64 max, gint64 *out, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        return pouce_json_refuse(error, key);
    gint64 number = json_integer_value(value);
    if (number < min || number > max)
        return refuse_limit(error, key, min, max);
    *out = number;
    return TRUE;
}

gboolean pouce_json_get_bool(json_t *object, const char *key, gboolean *out, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_boolean(value))
        return pouce_json_refuse(error, key);
    *out = json_is_true(value);
    return TRUE;
}

gboolean pouce_json_get_id(json_t *object, const char *key, char *out37, GError **error)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!pouce_id_valid(text))
        return pouce_json_refuse(error, key);
    strcpy(out37, text);
    return TRUE;
}

gboolean pouce_json_get_hex(json_t *object, const char *key, gsize chars, char *out, GError **error)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!pouce_hex_valid(text, chars))
        return pouce_json_refuse(error, key);
    strcpy(out, text);
    return TRUE;
}

gboolean pouce_json_get_b64u(
    json_t *object, const char *key, void *out, gsize bytes, GError **error)
{
    const char *text = json_string_value(json_object_get(object, key));
    return pouce_base64u_decode(text, out, bytes) ? TRUE : pouce_json_refuse(error, key);
}

gboolean pouce_json_get_array(
    json_t *object, const char *key, gsize max, json_t **out, GError **error)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_array(value))
        return pouce_json_refuse(error, key);
    if (json_array_size(value) > max)
        return refuse_limit(error, key, 0, (gint64)max);
    *out = value;
    return TRUE;
}

gboolean pouce_json_get_natural(json_t *object, const char *key, gint64 *out, GError **error)
{
    return pouce_json_get_int(object, key, 0, POUCE_INTEGER_MAX, out, error);
}

gboolean pouce_json_copy_text(
    json_t *object, const char *key, gsize min, gsize max, char **out, GError **error)
{
    const char *value;
    if (!pouce_json_get_text(object, key, min, max, &value, error))
        return FALSE;
    *out = g_strdup(value);
    return TRUE;
}

const char *pouce_json_word(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

void pouce_json_put_text(json_t *object, const char *key, const char *text)
{
    json_t *value = json_string(text);
    g_assert(value);
    json_object_set_new(object, key, value);
}

void pouce_json_put_int(json_t *object, const char *key, gint64 value)
{
    json_object_set_new(object, key, json_integer(value));
}
