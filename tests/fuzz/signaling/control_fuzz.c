// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a `control` message; what parses must survive being built and parsed again.

#include <string.h>

#include "signaling/wire/control.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_auto(PouceControl) first = {0}, second = {0};
    g_autoptr(GError) error = NULL;
    PouceControlResult result = pouce_control_parse(data, bytes, &first, &error);
    if (result == POUCE_CONTROL_MALFORMED) {
        g_assert(error && g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    g_autofree char *built = pouce_control_build(&first);
    g_assert(pouce_control_parse(built, strlen(built), &second, NULL) == POUCE_CONTROL_OK);
    g_autofree char *again = pouce_control_build(&second);
    g_assert(strcmp(built, again) == 0);
    return 0;
}
