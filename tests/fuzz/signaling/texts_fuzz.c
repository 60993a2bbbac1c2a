// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a signed text; what parses is exactly what would be built. Also base64url and ids.

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/bind.h"
#include "signaling/wire/id.h"
#include "signaling/wire/price.h"
#include "signaling/wire/tick.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static void check_same(const char *built, const char *text, gsize bytes)
{
    g_assert(strlen(built) == bytes && memcmp(built, text, bytes) == 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    const char *text = (const char *)data;
    PoucePrice price;
    PouceBind bind;
    PouceTick tick;
    if (pouce_price_parse(text, bytes, &price, NULL)) {
        g_autofree char *built = pouce_price_text(&price);
        check_same(built, text, bytes);
    }
    if (pouce_bind_parse(text, bytes, &bind, NULL)) {
        g_autofree char *built = pouce_bind_text(&bind);
        check_same(built, text, bytes);
    }
    if (pouce_tick_parse(text, bytes, &tick, NULL)) {
        g_autofree char *built = pouce_tick_text(&tick);
        check_same(built, text, bytes);
    }
    g_autofree char *line = g_strndup(text, bytes);
    guint8 raw[64];
    gsize raw_bytes;
    if (pouce_base64u_decode_upto(line, raw, sizeof raw, &raw_bytes)) {
        g_autofree char *built = pouce_base64u_encode(raw, raw_bytes);
        g_assert(strcmp(built, line) == 0);
    }
    pouce_id_valid(line);
    return 0;
}
