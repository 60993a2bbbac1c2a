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

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i widen8(const guint8 *p)
{
    return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)p), _mm_setzero_si128());
}

// Two taps on each of four pixels; sums need more than 16 bits.
static inline __m128i weigh(__m128i pixels, const gint16 *taps)
{
    return _mm_madd_epi16(
        pixels, _mm_set1_epi32((guint16)taps[0] | (gint32)((guint32)taps[1] << 16)));
}

// Eight pixels; @step leads from one tap's pixel to the next.
static inline void filter_8(guint8 *out, const guint8 *p, int step, const gint16 *taps)
{
    __m128i low = _mm_set1_epi32(64), high = low;
    for (int i = 0; i < 6; i += 2) {
        __m128i first = widen8(p + (i - 2) * step), second = widen8(p + (i - 1) * step);
        low = _mm_add_epi32(low, weigh(_mm_unpacklo_epi16(first, second), taps + i));
        high = _mm_add_epi32(high, weigh(_mm_unpackhi_epi16(first, second), taps + i));
    }
    __m128i sum = _mm_packs_epi32(_mm_srai_epi32(low, 7), _mm_srai_epi32(high, 7));
    _mm_storel_epi64((__m128i *)out, _mm_packus_epi16(sum, sum));
}
#else
static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static inline void filter_8(guint8 *out, const guint8 *p, int step, const gint16 *taps)
{
    for (int x = 0; x < 8; x++, p++) {
        int sum = 64;
        for (int i = 0; i < 6; i++)
            sum += p[(i - 2) * step] * taps[i];
        out[x] = clamp_pixel(sum >> 7);
    }
}
#endif

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
        for (int x = 0; x < size; x += 8)
            filter_8(out + x, in + x, 1, filters[fx]);
    }
    for (int y = 0; y < size; y++, dst += dst_stride) {
        const guint8 *in = rows + (y + BEFORE) * 16;
        if (fy == 0) {
            memcpy(dst, in, size);
            continue;
        }
        for (int x = 0; x < size; x += 8)
            filter_8(dst + x, in + x, 16, filters[fy]);
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
