// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/signed_text.h"

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/id.h"
#include "signaling/wire/price.h"
#include "signaling/wire/role.h"
#include "signaling/wire/wire_error.h"

#define VALUE_MAX_BYTES 64

static gboolean integer_parse(const char *text, gint64 *out)
{
    gsize digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 16 || text[digits] || (text[0] == '0' && digits > 1))
        return FALSE;
    gint64 value = g_ascii_strtoll(text, NULL, 10);
    if (value > POUCE_INTEGER_MAX)
        return FALSE;
    *out = value;
    return TRUE;
}

static gboolean copy_if(gboolean valid, void *out, const char *text)
{
    if (valid)
        strcpy(out, text); // the validators bound the length
    return valid;
}

static gboolean field_parse(const PouceTextField *field, const char *text, guint8 *out)
{
    void *at = out + field->offset;
    switch (field->kind) {
    case POUCE_FIELD_ID:
        return copy_if(pouce_id_valid(text), at, text);
    case POUCE_FIELD_ROLE:
        return pouce_role_parse(text, at);
    case POUCE_FIELD_INTEGER:
        return integer_parse(text, at);
    case POUCE_FIELD_HEX64:
        return copy_if(pouce_hex_valid(text, POUCE_HEX64_CHARS), at, text);
    case POUCE_FIELD_HEX32:
        return copy_if(pouce_hex_valid(text, POUCE_HEX32_CHARS), at, text);
    case POUCE_FIELD_CURRENCY:
        return copy_if(pouce_currency_valid(text), at, text);
    }
    return FALSE;
}

static void field_append(GString *text, const PouceTextField *field, const guint8 *value)
{
    const void *at = value + field->offset;
    switch (field->kind) {
    case POUCE_FIELD_ROLE:
        g_string_append(text, pouce_role_name(*(const PouceRole *)at));
        return;
    case POUCE_FIELD_INTEGER:
        g_assert(*(const gint64 *)at >= 0 && *(const gint64 *)at <= POUCE_INTEGER_MAX);
        g_string_append_printf(text, "%" G_GINT64_FORMAT, *(const gint64 *)at);
        return;
    case POUCE_FIELD_ID:
        g_assert(pouce_id_valid(at));
        break;
    case POUCE_FIELD_HEX64:
        g_assert(pouce_hex_valid(at, POUCE_HEX64_CHARS));
        break;
    case POUCE_FIELD_HEX32:
        g_assert(pouce_hex_valid(at, POUCE_HEX32_CHARS));
        break;
    case POUCE_FIELD_CURRENCY:
        g_assert(pouce_currency_valid(at));
        break;
    }
    g_string_append(text, at);
}

char *pouce_signed_text_build(
    const char *title, const PouceTextField *fields, guint n_fields, const void *value)
{
    GString *text = g_string_new(title);
    g_string_append_c(text, '\n');
    for (guint i = 0; i < n_fields; i++) {
        g_string_append_printf(text, "%s=", fields[i].key);
        field_append(text, &fields[i], value);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

// Moves *at behind "PREFIX" if that is what stands there.
static gboolean skip(const char **at, const char *end, const char *prefix)
{
    gsize n = strlen(prefix);
    if ((gsize)(end - *at) < n || memcmp(*at, prefix, n) != 0)
        return FALSE;
    *at += n;
    return TRUE;
}

static gboolean line_value(const char **at, const char *end, char out[VALUE_MAX_BYTES + 1])
{
    const char *newline = memchr(*at, '\n', (gsize)(end - *at));
    gsize n = newline ? (gsize)(newline - *at) : 0;
    if (!newline || n > VALUE_MAX_BYTES || memchr(*at, '\0', n))
        return FALSE;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at = newline + 1;
    return TRUE;
}

gboolean pouce_signed_text_parse(const char *text, gsize bytes, const char *title,
    const PouceTextField *fields, guint n_fields, void *out, GError **error)
{
    const char *at = text;
    const char *end = text + bytes;
    if (!skip(&at, end, title) || !skip(&at, end, "\n")) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The signed text does not begin with %s.", title);
        return FALSE;
    }
    for (guint i = 0; i < n_fields; i++) {
        char value[VALUE_MAX_BYTES + 1];
        if (!skip(&at, end, fields[i].key) || !skip(&at, end, "=") ||
            !line_value(&at, end, value) || !field_parse(&fields[i], value, out)) {
            g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
                "The line \"%s\" of the signed text is missing or not valid.", fields[i].key);
            return FALSE;
        }
    }
    if (at != end) {
        g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "Something follows the signed text.");
        return FALSE;
    }
    return TRUE;
}
