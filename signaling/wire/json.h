// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Strict reading of one JSON object from bytes, for every part that takes JSON from a socket.
#pragma once

#include <glib.h>
#include <jansson.h>

/**
 * pouce_json_parse - one object: UTF-8, no duplicate key, nothing behind it, at most @max bytes
 * Returns: new reference, or NULL with MALFORMED or LIMIT
 */
json_t *pouce_json_parse(const void *data, gsize bytes, gsize max, GError **error);

// json_t * in g_autoptr.
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

/** pouce_json_text - compact text, owned by the caller and freed with g_free */
char *pouce_json_text(const json_t *json);

/** pouce_json_clip - owned copy of at most @chars characters of valid UTF-8, to quote it */
char *pouce_json_clip(const char *text, gsize chars);

// Field readers: FALSE with a sentence naming @key if it is missing, mistyped or out of bounds.
// Texts are borrowed from the object and counted in characters.
gboolean pouce_json_get_text(
    json_t *object, const char *key, gsize min, gsize max, const char **out, GError **error);
gboolean pouce_json_get_int(
    json_t *object, const char *key, gint64 min, gint64 max, gint64 *out, GError **error);
gboolean pouce_json_get_bool(json_t *object, const char *key, gboolean *out, GError **error);
gboolean pouce_json_get_id(json_t *object, const char *key, char *out37, GError **error);
gboolean pouce_json_get_hex(
    json_t *object, const char *key, gsize chars, char *out, GError **error);
gboolean pouce_json_get_b64u(
    json_t *object, const char *key, void *out, gsize bytes, GError **error);
gboolean pouce_json_get_array(
    json_t *object, const char *key, gsize max, json_t **out, GError **error);
gboolean pouce_json_get_natural( // 0 to POUCE_INTEGER_MAX
    json_t *object, const char *key, gint64 *out, GError **error);
gboolean pouce_json_copy_text( // *out: owned
    json_t *object, const char *key, gsize min, gsize max, char **out, GError **error);

/** pouce_json_refuse - MALFORMED, with a sentence naming @key; FALSE */
gboolean pouce_json_refuse(GError **error, const char *key);
/** pouce_json_word - a text, borrowed from @object; NULL if there is none */
const char *pouce_json_word(json_t *object, const char *key);

// Field writers. @text is valid UTF-8 and not NULL.
void pouce_json_put_text(json_t *object, const char *key, const char *text);
void pouce_json_put_int(json_t *object, const char *key, gint64 value);
