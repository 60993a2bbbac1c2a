// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The decoder over a few frames, each led by a 16-bit little-endian length, as a peer would send
// them. Frames that claim a large size are left out: they only cost the fuzzer time.

#include "codec/video/decoder.h"

#define SIDE_MAX_PX 512
#define FRAMES_MAX 8

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

static volatile guint8 sink; // what is read must not be optimised away

static gboolean is_large(const guint8 *frame, gsize length)
{
    return length >= 10 && !(frame[0] & 1) &&
           (((frame[6] | frame[7] << 8) & 0x3fff) > SIDE_MAX_PX ||
               ((frame[8] | frame[9] << 8) & 0x3fff) > SIDE_MAX_PX);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    g_autoptr(PouceDecoder) decoder = pouce_decoder_new(NULL);
    for (int i = 0; i < FRAMES_MAX && bytes >= 2; i++) {
        gsize length = MIN((gsize)(data[0] | data[1] << 8), bytes - 2);
        const PouceFrame *shown = NULL;
        if (!is_large(data + 2, length) &&
            pouce_decoder_decode(decoder, data + 2, length, &shown, NULL) && shown) {
            g_assert(shown->width_px >= 1 && shown->height_px >= 1);
            sink ^= shown->planes[0][0];
            sink ^= shown->planes[0][(gsize)(shown->height_px - 1) * shown->strides[0] +
                                     shown->width_px - 1];
        }
        data += 2 + length;
        bytes -= 2 + length;
    }
    return 0;
}
