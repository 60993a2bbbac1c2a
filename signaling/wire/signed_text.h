// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The shape that all signed texts share: a title line, then `key=value` lines in a fixed order,
// each ended by \n. A table says which key goes where in a struct. Internal to the wire library.
#pragma once

#include <glib.h>

typedef enum {
    POUCE_FIELD_ID,       // char[37]
    POUCE_FIELD_ROLE,     // PouceRole
    POUCE_FIELD_INTEGER,  // gint64, 0 … 2^53 - 1, no leading zero
    POUCE_FIELD_HEX64,    // char[65]
    POUCE_FIELD_HEX32,    // char[33]
    POUCE_FIELD_CURRENCY, // char[4]
} PouceFieldKind;

typedef struct {
    const char *key;
    PouceFieldKind kind;
    gsize offset;
} PouceTextField;

/** pouce_signed_text_build - owned; programmer error if a value is not valid */
char *pouce_signed_text_build(
    const char *title, const PouceTextField *fields, guint n_fields, const void *value);

/** pouce_signed_text_parse - strict: the only text accepted is what build would make of @out */
gboolean pouce_signed_text_parse(const char *text, gsize bytes, const char *title,
    const PouceTextField *fields, guint n_fields, void *out, GError **error);
