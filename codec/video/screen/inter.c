// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/inter.h"

#include "codec/video/screen/kernels.h"

#include <string.h>

// The filter reaches 2 px before and 3 px after the pixel it makes.
#define BEFORE 2
#define REACH 5
#define WINDOW_STRIDE 32

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
    int span = size_px == 4 && (fx || fy) ? 8 : size_px; // eight rows and columns are filtered
    int after_x = fx ? REACH - BEFORE : 0, after_y = fy ? REACH - BEFORE : 0;
    const guint8 *src = plane->pixels + (gssize)y * plane->stride + x;
    int stride = plane->stride;
    if (x < before_x || y < before_y || x + span + after_x > plane->width_px ||
        y + span + after_y > plane->height_px) {
        src = gather_window(window, plane, x, y, span);
        stride = WINDOW_STRIDE;
    }
    if (fx || fy) {
        guint8 larger[64];
        if (size_px == 4) {
            screen_kernels.filter(larger, 8, (ScreenPixels){src, stride}, 8, fx, fy);
            for (int i = 0; i < 4; i++)
                memcpy(dst + i * dst_stride, larger + i * 8, 4);
            return;
        }
        screen_kernels.filter(dst, dst_stride, (ScreenPixels){src, stride}, size_px, fx, fy);
        return;
    }
    for (int i = 0; i < size_px; i++)
        memcpy(dst + i * dst_stride, src + i * stride, size_px);
}
