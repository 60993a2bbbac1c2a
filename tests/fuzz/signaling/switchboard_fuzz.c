// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a WebSocket message from either side; the first byte chooses the side.

#include <string.h>

#include "signaling/wire/switchboard.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    if (bytes < 1)
        return 0;
    PouceFrom from = data[0] == 'e' ? POUCE_FROM_END : POUCE_FROM_BROKER;
    g_auto(PouceSwitchboard) first = {0}, second = {0};
    g_autoptr(GError) error = NULL;
    if (!pouce_switchboard_parse(data + 1, bytes - 1, from, &first, &error)) {
        g_assert(error && g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    g_autofree char *built = pouce_switchboard_build(&first);
    // a message that came within the limit may be a little longer when written in full
    if (strlen(built) > POUCE_SWITCHBOARD_MAX_BYTES)
        return 0;
    g_assert(pouce_switchboard_parse(built, strlen(built), from, &second, NULL));
    g_autofree char *again = pouce_switchboard_build(&second);
    g_assert(strcmp(built, again) == 0);
    return 0;
}
