// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/search.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i load16(const guint8 *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

// @quarters of the way from a to b, by means of means.
static inline __m128i between(__m128i a, __m128i b, int quarters)
{
    if (quarters == 0)
        return a;
    __m128i half = _mm_avg_epu8(a, b);
    return quarters == 2 ? half : _mm_avg_epu8(quarters == 1 ? a : b, half);
}

static inline __m128i row_at(const guint8 *p, int fx)
{
    return fx ? between(load16(p), load16(p + 1), fx) : load16(p);
}

static guint32 sad_between(ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    __m128i sum = _mm_setzero_si128(), row = row_at(at, fx);
    for (int y = 0; y < 16; y++) {
        __m128i value = row;
        if (fy) {
            __m128i next = row_at(at + (y + 1) * stride, fx);
            value = between(row, next, fy);
            row = next;
        } else if (y < 15) {
            row = row_at(at + (y + 1) * stride, fx);
        }
        sum = _mm_add_epi32(sum, _mm_sad_epu8(value, load16(source.pixels + y * source.stride)));
    }
    return (guint32)(_mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8)));
}
#else
static inline int between(int a, int b, int quarters)
{
    if (quarters == 0)
        return a;
    int half = (a + b + 1) >> 1;
    return quarters == 2 ? half : ((quarters == 1 ? a : b) + half + 1) >> 1;
}

static guint32 sad_between(ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    guint32 sum = 0;
    for (int y = 0; y < 16; y++, at += stride)
        for (int x = 0; x < 16; x++) {
            const guint8 *p = at + x;
            int value = fx ? between(p[0], p[1], fx) : p[0];
            if (fy)
                value = between(value, fx ? between(p[stride], p[stride + 1], fx) : p[stride], fy);
            sum += (guint32)abs(source.pixels[y * source.stride + x] - value);
        }
    return sum;
}
#endif

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
    return sad_between(search->source, at, plane->stride, fx, fy) +
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
