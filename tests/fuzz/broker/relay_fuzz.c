// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the answer of a STUN or TURN server: what is read lies inside the message.

#include "broker/program/stun_message.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static void assert_inside(PouceStunBytes part, const guint8 *message, gsize bytes)
{
    guint sum = 0;
    g_assert(part.data || part.bytes == 0);
    g_assert(!part.data || (part.data >= message && part.data + part.bytes <= message + bytes));
    for (gsize i = 0; i < part.bytes; i++)
        sum += part.data[i];
    g_assert(sum <= 255 * part.bytes);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_autofree guint8 *message = g_memdup2(data, bytes); // its end is where the sanitizer looks
    PouceStun stun;
    if (!pouce_stun_parse(message, bytes, &stun))
        return 0;
    g_assert(bytes >= POUCE_STUN_HEADER_BYTES && stun.error_code < 1000);
    assert_inside(stun.realm, message, bytes);
    assert_inside(stun.nonce, message, bytes);
    assert_inside(stun.data, message, bytes);
    return 0;
}
