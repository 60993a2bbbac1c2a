// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes on `input`, `motion` and `cursor`; what parses is built again to the same bytes.

#include <string.h>

#include "signaling/wire/cursor.h"
#include "signaling/wire/input.h"
#include "signaling/wire/motion.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    PouceInput input;
    guint8 input_out[POUCE_INPUT_MAX_BYTES];
    if (pouce_input_parse(data, bytes, &input))
        g_assert(
            pouce_input_build(&input, input_out) == bytes && memcmp(input_out, data, bytes) == 0);

    PouceMotion motion;
    guint8 motion_out[POUCE_MOTION_MAX_BYTES];
    if (pouce_motion_parse(data, bytes, &motion))
        g_assert(pouce_motion_build(&motion, motion_out) == bytes &&
                 memcmp(motion_out, data, bytes) == 0);

    PouceCursor cursor;
    if (pouce_cursor_parse(data, bytes, &cursor)) {
        g_autoptr(GBytes) built = pouce_cursor_build(&cursor);
        g_autoptr(GBytes) given = g_bytes_new_static(data, bytes);
        g_assert(g_bytes_equal(built, given));
    }
    return 0;
}
