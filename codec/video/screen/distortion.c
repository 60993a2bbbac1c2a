// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/distortion.h"

#include <stdlib.h>
#include <string.h>

guint32 screen_sad_plain(ScreenPixels a, ScreenPixels b, int size_px)
{
    guint32 sum = 0;
    for (int y = 0; y < size_px; y++)
        for (int x = 0; x < size_px; x++)
            sum += (guint32)abs(a.pixels[y * a.stride + x] - b.pixels[y * b.stride + x]);
    return sum;
}

guint32 screen_sse_plain(ScreenPixels a, ScreenPixels b, int size_px)
{
    guint32 sum = 0;
    for (int y = 0; y < size_px; y++) {
        for (int x = 0; x < size_px; x++) {
            int d = a.pixels[y * a.stride + x] - b.pixels[y * b.stride + x];
            sum += (guint32)(d * d);
        }
    }
    return sum;
}

#ifdef __SSE2__
#include <emmintrin.h>

guint32 screen_sad16(ScreenPixels a, ScreenPixels b)
{
    __m128i sum = _mm_setzero_si128();
    for (int y = 0; y < 16; y++) {
        __m128i p = _mm_loadu_si128((const __m128i *)(a.pixels + y * a.stride));
        __m128i q = _mm_loadu_si128((const __m128i *)(b.pixels + y * b.stride));
        sum = _mm_add_epi32(sum, _mm_sad_epu8(p, q));
    }
    return (guint32)(_mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8)));
}

guint32 screen_sad_block(const guint8 *a, const guint8 *b)
{
    __m128i sum =
        _mm_sad_epu8(_mm_loadu_si128((const __m128i *)a), _mm_loadu_si128((const __m128i *)b));
    return (guint32)(_mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8)));
}

static inline __m128i squares(__m128i p, __m128i q)
{
    __m128i d = _mm_sub_epi16(p, q);
    return _mm_madd_epi16(d, d);
}

guint32 screen_sse(ScreenPixels a, ScreenPixels b, int size_px)
{
    __m128i zero = _mm_setzero_si128(), sum = zero;
    for (int y = 0; y < size_px; y++) {
        for (int x = 0; x < size_px; x += 8) {
            __m128i p = _mm_loadl_epi64((const __m128i *)(a.pixels + y * a.stride + x));
            __m128i q = _mm_loadl_epi64((const __m128i *)(b.pixels + y * b.stride + x));
            sum =
                _mm_add_epi32(sum, squares(_mm_unpacklo_epi8(p, zero), _mm_unpacklo_epi8(q, zero)));
        }
    }
    sum = _mm_add_epi32(sum, _mm_srli_si128(sum, 8));
    sum = _mm_add_epi32(sum, _mm_srli_si128(sum, 4));
    return (guint32)_mm_cvtsi128_si32(sum);
}

#else

guint32 screen_sad16(ScreenPixels a, ScreenPixels b)
{
    return screen_sad_plain(a, b, 16);
}

guint32 screen_sad_block(const guint8 *a, const guint8 *b)
{
    return screen_sad_plain((ScreenPixels){a, 4}, (ScreenPixels){b, 4}, 4);
}

guint32 screen_sse(ScreenPixels a, ScreenPixels b, int size_px)
{
    return screen_sse_plain(a, b, size_px);
}

#endif
