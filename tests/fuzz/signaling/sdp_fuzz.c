// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a description; what the guard lets through passes it again unchanged.

#include "signaling/peer/sdp.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_auto(PouceSdp) first = {0};
    g_auto(PouceSdp) second = {0};
    if (pouce_sdp_read("offer", (const char *)data, bytes, &first, NULL)) {
        gsize length = strlen(first.text);
        // a line more for each candidate rebuilt may push a text at the limit over it
        if (pouce_sdp_read("offer", first.text, length, &second, NULL)) {
            g_assert_cmpstr(first.text, ==, second.text);
            g_assert_cmpstr(first.fingerprint, ==, second.fingerprint);
        } else {
            g_assert_cmpuint(length, >, 20 * 1024);
        }
    }
    return 0;
}
