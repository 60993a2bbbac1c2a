// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/search.h"

#include "codec/video/screen/kernels.h"

#include <stdlib.h>

// A difference costs about two bits for each doubling, in each direction.
static guint32 vector_bits(ScreenVector a, ScreenVector b)
{
    guint row = (guint)abs(a.row - b.row), column = (guint)abs(a.column - b.column);
    return 4 + 2 * (guint)(64 - __builtin_clz(row + 1) - __builtin_clz(column + 1));
}

guint32 screen_search_cost(const ScreenSearch *search, ScreenVector vector)
{
    int left = search->x + (vector.column >> 2), top = search->y + (vector.row >> 2);
    int fx = vector.column & 3, fy = vector.row & 3;
    const ScreenPlane *plane = search->plane;
    if (left < 0 || top < 0 || left + 16 + (fx > 0) > plane->width_px ||
        top + 16 + (fy > 0) > plane->height_px)
        return G_MAXUINT32;
    const guint8 *at = plane->pixels + (gsize)top * plane->stride + left;
    return screen_kernels.sad_between(search->source, at, plane->stride, fx, fy) +
           vector_bits(vector, search->expected) * search->weight / 256;
}

guint32 screen_search_refine(const ScreenSearch *search, ScreenVector *vector)
{
    static const gint8 ways[4][2] = {{0, -1}, {0, 1}, {-1, 0}, {1, 0}};
    guint32 cost = screen_search_cost(search, *vector);
    int from = -1; // the way just taken: going back is no use
    for (int unit = 4, steps = 0; unit > 0 && steps < SCREEN_SEARCH_STEPS_MAX; steps++) {
        int best = -1;
        for (int i = 0; i < 4; i++) {
            if (from >= 0 && i == (from ^ 1))
                continue;
            ScreenVector next = {.row = (gint16)(vector->row + ways[i][0] * unit),
                .column = (gint16)(vector->column + ways[i][1] * unit)};
            guint32 next_cost = screen_search_cost(search, next);
            if (next_cost < cost) {
                cost = next_cost;
                best = i;
            }
        }
        if (best >= 0) {
            vector->row = (gint16)(vector->row + ways[best][0] * unit);
            vector->column = (gint16)(vector->column + ways[best][1] * unit);
        } else {
            unit /= 2;
        }
        from = best;
    }
    return cost;
}
