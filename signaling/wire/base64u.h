// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// base64url without padding and lower-case hex, both strict: one text for one value. Pure.
#pragma once

#include <glib.h>

/** pouce_base64u_encode - Returns: owned text of @bytes bytes at @data */
char *pouce_base64u_encode(const void *data, gsize bytes);

/**
 * pouce_base64u_decode - decode exactly @bytes bytes into @out
 * Returns: FALSE (out untouched) for another length, another alphabet, padding, or loose bits
 */
gboolean pouce_base64u_decode(const char *text, void *out, gsize bytes);

/**
 * pouce_base64u_decode_upto - decode up to @max bytes into @out, which has room for them
 * @out_bytes: how many came out; untouched on FALSE
 */
gboolean pouce_base64u_decode_upto(const char *text, void *out, gsize max, gsize *out_bytes);

/** pouce_hex_encode - @out has room for 2 × @bytes + 1 */
void pouce_hex_encode(const void *data, gsize bytes, char *out);

/** pouce_hex_valid - TRUE if @text is exactly @chars lower-case hex digits */
gboolean pouce_hex_valid(const char *text, gsize chars);

/** pouce_hex_sha256 - SHA-256 of @bytes at @data in hex; @out has room for 65 */
void pouce_hex_sha256(const void *data, gsize bytes, char out[65]);
