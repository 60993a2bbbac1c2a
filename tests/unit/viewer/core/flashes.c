// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/viewer/core/flashes.h"

#include <string.h>

#include "codec/video/encoder.h"

#define DARK 16
#define LIGHT 235
#define BITRATE_BPS 4000000
#define FRAME_US 40000

GPtrArray *flashes_new(int width_px, int height_px, guint count)
{
    g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(PouceFrame) frame = pouce_frame_new(width_px, height_px);
    PouceEncoderConfig config = {width_px, height_px, BITRATE_BPS, 30};
    g_autoptr(PouceEncoder) encoder = pouce_encoder_new("vpx", &config, NULL);
    g_assert(encoder);
    gint64 now_us = G_USEC_PER_SEC;
    while (frames->len < count) {
        PouceEncodedFrame encoded;
        gsize bytes = (gsize)frame->strides[0] * (gsize)frame->mb_rows * 16;
        memset(frame->planes[0], frames->len % 2 ? LIGHT : DARK, bytes);
        PouceEncodeRequest request = {
            .frame = frame, .now_us = now_us, .key = frames->len == 0, .cursor_x_px = -1};
        now_us += FRAME_US;
        if (pouce_encoder_encode(encoder, &request, &encoded, NULL) == POUCE_ENCODE_FRAME)
            g_ptr_array_add(frames, g_bytes_new(encoded.data, encoded.bytes));
    }
    return g_steal_pointer(&frames);
}
