// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What the sets of SSSE3 and AVX2 share.

#include "codec/video/screen/kernels.h"

#include <tmmintrin.h>

// Coefficients 0, 1, 4, 8, 5, 2, 3, 6 and 9, 12, 13, 10, 7, 11, 14, 15: but for one each, both
// halves of the zigzag order come from one half of the raster order. Returns: which are not 0.
static inline guint32 screen_ssse3_to_zigzag(gint16 *levels, __m128i low, __m128i high)
{
    const __m128i first = _mm_setr_epi8(0, 1, 2, 3, 8, 9, -1, -1, 10, 11, 4, 5, 6, 7, 12, 13);
    const __m128i second = _mm_setr_epi8(2, 3, 8, 9, 10, 11, 4, 5, -1, -1, 6, 7, 12, 13, 14, 15);
    __m128i a = _mm_insert_epi16(_mm_shuffle_epi8(low, first), _mm_extract_epi16(high, 0), 3);
    __m128i b = _mm_insert_epi16(_mm_shuffle_epi8(high, second), _mm_extract_epi16(low, 7), 4);
    _mm_storeu_si128((__m128i *)levels, a);
    _mm_storeu_si128((__m128i *)(levels + 8), b);
    __m128i zeros = _mm_cmpeq_epi8(_mm_packs_epi16(a, b), _mm_setzero_si128());
    return ~(guint32)_mm_movemask_epi8(zeros) & 0xffff;
}
