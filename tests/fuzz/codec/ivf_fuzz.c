// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The IVF reader over any bytes: frames lie inside the file and every walk ends.

#include "codec/video/ivf.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static volatile guint8 sink; // what is read must not be optimised away

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    PouceIvfReader reader;
    if (!pouce_ivf_reader_init(&reader, data, bytes))
        return 0;
    const guint8 *frame = NULL;
    gsize length = 0;
    guint64 at = 0;
    while (pouce_ivf_reader_next(&reader, &frame, &length, &at) == POUCE_IVF_FRAME) {
        g_assert(frame >= data && frame + length <= data + bytes);
        if (length > 0)
            sink ^= frame[0] ^ frame[length - 1];
    }
    return 0;
}
