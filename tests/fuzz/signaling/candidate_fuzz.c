// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a candidate line; what is read reads again as itself.

#include "signaling/peer/candidate.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_autofree char *first = pouce_candidate_read((const char *)data, bytes, NULL);
    if (first && strlen(first) <= 512) {
        g_autofree char *second = pouce_candidate_read(first, strlen(first), NULL);
        g_assert_cmpstr(first, ==, second);
    }
    g_autofree char *text = g_strndup((const char *)data, bytes);
    g_autofree char *uri = pouce_ice_server_uri(text, text, text);
    return 0;
}
