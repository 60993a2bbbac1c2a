// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/codec/screen/strokes.h"

#include <string.h>

#define GROUND 235

void strokes_draw(PouceFrame *frame, PouceRect rect, GRand *random)
{
    int x = rect.x + g_rand_int_range(random, 0, MAX(1, rect.width - 8));
    int y = rect.y + g_rand_int_range(random, 0, MAX(1, rect.height - 8));
    int width = g_rand_int_range(random, 1, 8), height = g_rand_int_range(random, 1, 8);
    int value = g_rand_int_range(random, 16, GROUND);
    for (int j = y; j < MIN(y + height, frame->mb_rows * 16); j++)
        memset(frame->planes[0] + (gsize)j * frame->strides[0] + x, value,
            MAX(0, MIN(width, frame->mb_columns * 16 - x)));
}

void strokes_fill(PouceFrame *frame, guint32 seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    memset(frame->planes[0], GROUND, (gsize)frame->strides[0] * frame->mb_rows * 16);
    for (int plane = 1; plane < 3; plane++)
        memset(frame->planes[plane], 128, (gsize)frame->strides[plane] * frame->mb_rows * 8);
    PouceRect all = {0, 0, frame->width_px, frame->height_px};
    for (int n = frame->mb_columns * frame->mb_rows * 4; n > 0; n--)
        strokes_draw(frame, all, random);
    g_rand_free(random);
}

void strokes_shift(PouceFrame *frame, PouceRect rect, int dx, int dy)
{
    g_autoptr(PouceFrame) before = pouce_frame_new(frame->width_px, frame->height_px);
    pouce_frame_copy(before, frame);
    for (int y = rect.y; y < rect.y + rect.height; y++)
        for (int x = rect.x; x < rect.x + rect.width; x++) {
            int from_x = x - dx, from_y = y - dy;
            gboolean inside = from_x >= rect.x && from_x < rect.x + rect.width &&
                              from_y >= rect.y && from_y < rect.y + rect.height;
            frame->planes[0][y * frame->strides[0] + x] =
                inside ? before->planes[0][from_y * frame->strides[0] + from_x] : GROUND;
        }
}
