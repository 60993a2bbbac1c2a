// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the address of a relay, as the broker names it.

#include "signaling/peer/candidate.h"
#include "signaling/peer/turn_tunnel.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_autofree char *url = g_strndup((const char *)data, bytes);
    PouceTurnTunnelConfig config = {0};
    if (pouce_turn_url_read(url, &config)) {
        g_autofree char *host = (char *)config.host;
        g_assert(host && *host && config.port > 0);
    }
    g_autofree char *uri = pouce_ice_server_uri(url, "1780000000:name", "se/cret+=");
    return 0;
}
