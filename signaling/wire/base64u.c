// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/base64u.h"

#include <string.h>

#include <openssl/sha.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *pouce_base64u_encode(const void *data, gsize bytes)
{
    const guint8 *in = data;
    g_autoptr(GString) out = g_string_sized_new(bytes * 4 / 3 + 4);
    guint32 bits = 0;
    guint n_bits = 0;
    for (gsize i = 0; i < bytes; i++) {
        bits = (bits << 8 | in[i]) & 0xffff;
        for (n_bits += 8; n_bits >= 6; n_bits -= 6)
            g_string_append_c(out, alphabet[bits >> (n_bits - 6) & 63]);
    }
    if (n_bits > 0)
        g_string_append_c(out, alphabet[bits << (6 - n_bits) & 63]);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

// First pass (out NULL) validates, second writes: the output stays untouched on failure.
static gboolean decode(const char *text, gsize chars, guint8 *out)
{
    guint32 bits = 0;
    guint n_bits = 0;
    for (gsize i = 0; i < chars; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return FALSE;
        bits = (bits << 6 | (guint32)value) & 0xffff;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            if (out)
                *out++ = (guint8)(bits >> n_bits);
        }
    }
    return n_bits < 6 && (bits & ((1u << n_bits) - 1)) == 0;
}

gboolean pouce_base64u_decode_upto(const char *text, void *out, gsize max, gsize *out_bytes)
{
    if (!text)
        return FALSE;
    gsize limit = max * 4 / 3 + 2;
    gsize chars = strnlen(text, limit + 1);
    gsize bytes = chars * 3 / 4;
    if (chars > limit || bytes > max || !decode(text, chars, NULL))
        return FALSE;
    decode(text, chars, out);
    *out_bytes = bytes;
    return TRUE;
}

gboolean pouce_base64u_decode(const char *text, void *out, gsize bytes)
{
    gsize chars = (bytes * 8 + 5) / 6;
    if (!text || strnlen(text, chars + 1) != chars || !decode(text, chars, NULL))
        return FALSE;
    return decode(text, chars, out);
}

void pouce_hex_encode(const void *data, gsize bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const guint8 *in = data;
    for (gsize i = 0; i < bytes; i++) {
        *out++ = digits[in[i] >> 4];
        *out++ = digits[in[i] & 15];
    }
    *out = '\0';
}

gboolean pouce_hex_valid(const char *text, gsize chars)
{
    if (!text || strnlen(text, chars + 1) != chars)
        return FALSE;
    return strspn(text, "0123456789abcdef") == chars;
}

void pouce_hex_sha256(const void *data, gsize bytes, char out[65])
{
    guint8 hash[SHA256_DIGEST_LENGTH];
    SHA256(data, bytes, hash);
    pouce_hex_encode(hash, sizeof hash, out);
}
