// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/id.h"

#include <string.h>

#include <openssl/rand.h>

#include "signaling/wire/base64u.h"

void pouce_id_make(gint64 unix_ms, char out[POUCE_ID_CHARS + 1])
{
    guint8 raw[16];
    if (RAND_bytes(raw, sizeof raw) != 1)
        g_error("The system gives no random bytes");
    for (int i = 0; i < 6; i++)
        raw[i] = (guint8)((guint64)unix_ms >> (40 - 8 * i));
    raw[6] = (raw[6] & 0x0f) | 0x70;
    raw[8] = (raw[8] & 0x3f) | 0x80;

    static const guint group_bytes[] = {4, 2, 2, 2, 6};
    const guint8 *in = raw;
    char *at = out;
    for (guint i = 0; i < G_N_ELEMENTS(group_bytes); i++) {
        pouce_hex_encode(in, group_bytes[i], at);
        in += group_bytes[i];
        at += 2 * group_bytes[i];
        if (i + 1 < G_N_ELEMENTS(group_bytes))
            *at++ = '-';
    }
}

gboolean pouce_id_valid(const char *text)
{
    if (!text || strnlen(text, POUCE_ID_CHARS + 1) != POUCE_ID_CHARS)
        return FALSE;
    for (int i = 0; i < POUCE_ID_CHARS; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return FALSE;
    }
    return text[14] == '7' && strchr("89ab", text[19]) != NULL;
}
