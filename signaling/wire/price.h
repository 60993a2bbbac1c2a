// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The price text: what both ends bind to. Pure values.
#pragma once

#include <glib.h>

#include "signaling/wire/limits.h"

typedef struct {
    char session[POUCE_ID_CHARS + 1];
    gint64 rate_minor_per_min;               // 0 … POUCE_INTEGER_MAX
    char currency[POUCE_CURRENCY_CHARS + 1]; // ISO 4217, upper case
    gint64 cap_minor;
} PoucePrice;

/** pouce_price_text - Returns: owned text; programmer error if @price is not valid */
char *pouce_price_text(const PoucePrice *price);

/** pouce_price_id - hex SHA-256 of the text */
void pouce_price_id(const PoucePrice *price, char out[POUCE_HEX64_CHARS + 1]);

/** pouce_price_parse - strict; POUCE_WIRE_ERROR_MALFORMED */
gboolean pouce_price_parse(const char *text, gsize bytes, PoucePrice *out, GError **error);

/** pouce_currency_valid - three capital ASCII letters */
gboolean pouce_currency_valid(const char *text);
