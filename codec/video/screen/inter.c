// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/inter.h"

#include <string.h>

// The filter reaches 2 px before and 3 px after the pixel it makes.
#define BEFORE 2
#define REACH 5
#define WINDOW_STRIDE 32

static const gint16 filters[8][6] = {
    {0, 0, 128, 0, 0, 0},
    {0, -6, 123, 12, -1, 0},
    {2, -11, 108, 36, -8, 1},
    {0, -9, 93, 50, -6, 0},
    {3, -16, 77, 77, -16, 3},
    {0, -6, 50, 93, -9, 0},
    {1, -8, 36, 108, -11, 2},
    {0, -1, 12, 123, -6, 0},
};

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static inline guint8 filter(const guint8 *p, int step, const gint16 *taps)
{
    int sum = p[-2 * step] * taps[0] + p[-step] * taps[1] + p[0] * taps[2] + p[step] * taps[3] +
              p[2 * step] * taps[4] + p[3 * step] * taps[5];
    return clamp_pixel((sum + 64) >> 7);
}

static void filter_2d(
    guint8 *dst, int dst_stride, const guint8 *src, int src_stride, int size, int fy, int fx)
{
    guint8 rows[(16 + REACH) * 16];
    int first = fy ? -BEFORE : 0, last = fy ? size + REACH - BEFORE : size;
    for (int y = first; y < last; y++) {
        const guint8 *in = src + y * src_stride;
        guint8 *out = rows + (y + BEFORE) * 16;
        if (fx == 0) {
            memcpy(out, in, size);
            continue;
        }
        for (int x = 0; x < size; x++)
            out[x] = filter(in + x, 1, filters[fx]);
    }
    for (int y = 0; y < size; y++, dst += dst_stride) {
        const guint8 *in = rows + (y + BEFORE) * 16;
        if (fy == 0) {
            memcpy(dst, in, size);
            continue;
        }
        for (int x = 0; x < size; x++)
            dst[x] = filter(in + x, 16, filters[fy]);
    }
}

// Copies the block and its surroundings with coordinates held inside the plane.
static const guint8 *gather_window(guint8 *window, const ScreenPlane *plane, int x, int y, int size)
{
    for (int j = 0; j < size + REACH; j++) {
        int from_y = CLAMP(y + j - BEFORE, 0, plane->height_px - 1);
        const guint8 *row = plane->pixels + (gsize)from_y * plane->stride;
        for (int i = 0; i < size + REACH; i++)
            window[j * WINDOW_STRIDE + i] = row[CLAMP(x + i - BEFORE, 0, plane->width_px - 1)];
    }
    return window + BEFORE * WINDOW_STRIDE + BEFORE;
}

void screen_inter_predict(guint8 *dst, int dst_stride, const ScreenPlane *plane, int x, int y,
    int size_px, int row8, int column8)
{
    guint8 window[(16 + REACH) * WINDOW_STRIDE];
    x += column8 >> 3;
    y += row8 >> 3;
    int fx = column8 & 7, fy = row8 & 7;
    int before_x = fx ? BEFORE : 0, before_y = fy ? BEFORE : 0;
    int after_x = fx ? REACH - BEFORE : 0, after_y = fy ? REACH - BEFORE : 0;
    const guint8 *src = plane->pixels + (gssize)y * plane->stride + x;
    int stride = plane->stride;
    if (x < before_x || y < before_y || x + size_px + after_x > plane->width_px ||
        y + size_px + after_y > plane->height_px) {
        src = gather_window(window, plane, x, y, size_px);
        stride = WINDOW_STRIDE;
    }
    if (fx || fy) {
        filter_2d(dst, dst_stride, src, stride, size_px, fy, fx);
        return;
    }
    for (int i = 0; i < size_px; i++)
        memcpy(dst + i * dst_stride, src + i * stride, size_px);
}
