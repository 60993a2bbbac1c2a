// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/price.h"

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/signed_text.h"

#define TITLE "pouce-price-v1"

static const PouceTextField fields[] = {
    {"session", POUCE_FIELD_ID, offsetof(PoucePrice, session)},
    {"rate_minor_per_min", POUCE_FIELD_INTEGER, offsetof(PoucePrice, rate_minor_per_min)},
    {"currency", POUCE_FIELD_CURRENCY, offsetof(PoucePrice, currency)},
    {"cap_minor", POUCE_FIELD_INTEGER, offsetof(PoucePrice, cap_minor)},
};

gboolean pouce_currency_valid(const char *text)
{
    return text && strnlen(text, 4) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

char *pouce_price_text(const PoucePrice *price)
{
    return pouce_signed_text_build(TITLE, fields, G_N_ELEMENTS(fields), price);
}

void pouce_price_id(const PoucePrice *price, char out[POUCE_HEX64_CHARS + 1])
{
    g_autofree char *text = pouce_price_text(price);
    pouce_hex_sha256(text, strlen(text), out);
}

gboolean pouce_price_parse(const char *text, gsize bytes, PoucePrice *out, GError **error)
{
    PoucePrice price = {0};
    if (!pouce_signed_text_parse(text, bytes, TITLE, fields, G_N_ELEMENTS(fields), &price, error))
        return FALSE;
    *out = price;
    return TRUE;
}
