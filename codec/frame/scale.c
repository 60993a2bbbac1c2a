// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/frame/scale.h"

#include <libyuv.h>

// A bilinear sample reads two pixels; libyuv aligns corners when enlarging and centres when making
// smaller, which differ by less than one source pixel. Together, rounded up.
#define REACH_PX 3

static int scale_down(gint64 value, int to, int from)
{
    return (int)(value * to / from);
}

PouceRect pouce_scale_reach(const PoucePixels *from, const PoucePixels *to, PouceRect rect)
{
    int left = MAX(0, rect.x - REACH_PX), top = MAX(0, rect.y - REACH_PX);
    int right = MIN(from->width_px, rect.x + rect.width + REACH_PX);
    int bottom = MIN(from->height_px, rect.y + rect.height + REACH_PX);
    int x = MAX(0, scale_down(left, to->width_px, from->width_px) - 1);
    int y = MAX(0, scale_down(top, to->height_px, from->height_px) - 1);
    int end_x = MIN(to->width_px, scale_down(right, to->width_px, from->width_px) + 2);
    int end_y = MIN(to->height_px, scale_down(bottom, to->height_px, from->height_px) + 2);
    return (PouceRect){x, y, end_x - x, end_y - y};
}

void pouce_scale_rect(
    const PoucePixels *from, const PoucePixels *to, PouceRect rect, PouceScaleFilter filter)
{
    g_assert(rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= to->width_px &&
             rect.y + rect.height <= to->height_px);
    ARGBScaleClip(from->bgrx, from->stride_bytes, from->width_px, from->height_px, to->bgrx,
        to->stride_bytes, to->width_px, to->height_px, rect.x, rect.y, rect.width, rect.height,
        filter == POUCE_SCALE_NEAREST ? kFilterNone : kFilterBilinear);
}

PouceRect pouce_scale_halve(const PoucePixels *from, const PoucePixels *to, PouceRect rect)
{
    int x = rect.x / 2, y = rect.y / 2;
    int end_x = MIN((rect.x + rect.width + 1) / 2, to->width_px);
    int end_y = MIN((rect.y + rect.height + 1) / 2, to->height_px);
    PouceRect out = {x, y, MAX(0, end_x - x), MAX(0, end_y - y)};
    if (out.width == 0 || out.height == 0)
        return out;
    const guint8 *at = from->bgrx + (gsize)(2 * y) * from->stride_bytes + (gsize)(2 * x) * 4;
    ARGBScale(at, from->stride_bytes, out.width * 2, out.height * 2,
        to->bgrx + (gsize)y * to->stride_bytes + (gsize)x * 4, to->stride_bytes, out.width,
        out.height, kFilterBox);
    return out;
}
