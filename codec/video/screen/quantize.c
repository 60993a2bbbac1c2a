// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/quantize.h"

#include "codec/video/screen/tables.h"

#include <stdlib.h>

/** Largest magnitude a token can carry: RFC 6386, 13.2. */
#define LEVEL_MAX 2048

static void steps_init(ScreenSteps *steps, int dc, int ac)
{
    int step[2] = {dc, ac};
    for (int i = 0; i < 2; i++) {
        steps->step[i] = (guint16)step[i];
        // 1/3 instead of 1/2: small coefficients cost more bits than their error is worth.
        steps->rounding[i] = (guint16)(step[i] / 3);
        steps->inverse[i] = (guint16)((65536 + step[i] - 1) / step[i]);
    }
}

void screen_quantizer_init(ScreenQuantizer *quantizer, int index)
{
    g_assert(index >= 0 && index <= SCREEN_QUANTIZER_MAX);
    int dc = screen_dc_steps[index], ac = screen_ac_steps[index];
    quantizer->index = index;
    steps_init(&quantizer->y, dc, ac);
    steps_init(&quantizer->y2, dc * 2, MAX(ac * 155 / 100, 8));
    steps_init(&quantizer->uv, MIN(dc, 132), ac);
}

// A last level of one costs its place, its sign and a later end of the block: more than the error
// it takes away, unless its coefficient is large. In percent of a step; by trial on pages of text.
#define TRIM_ALONE 120 // after a zero
#define TRIM_NEXT 95

static int trim(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first, int end)
{
    while (end > first && abs(levels[end - 1]) == 1) {
        int at = screen_zigzag[end - 1];
        int percent = end >= 2 && levels[end - 2] == 0 ? TRIM_ALONE : TRIM_NEXT;
        if (abs(coefficients[at]) * 100 >= steps->step[at > 0] * percent)
            break;
        levels[end - 1] = dequantized[at] = 0;
        while (end > first && levels[end - 1] == 0)
            end--;
    }
    return end > first ? end : 0;
}

int screen_quantize_plain(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first)
{
    int end = 0;
    levels[0] = dequantized[0] = 0;
    for (int i = first; i < 16; i++) {
        int at = screen_zigzag[i], kind = at > 0;
        int value = coefficients[at];
        guint32 magnitude = (guint32)(value < 0 ? -value : value) + steps->rounding[kind];
        int level = MIN((int)((magnitude * steps->inverse[kind]) >> 16), LEVEL_MAX);
        if (level)
            end = i + 1;
        level = value < 0 ? -level : level;
        levels[i] = (gint16)level;
        dequantized[at] = (gint16)(level * steps->step[kind]);
    }
    return trim(levels, dequantized, coefficients, steps, first, end);
}

#ifdef __SSE2__
#include <emmintrin.h>

// Eight coefficients in raster order; writes what the decoder will see, returns the levels.
static __m128i quantize8(
    gint16 *dequantized, __m128i value, __m128i step, __m128i rounding, __m128i inverse)
{
    __m128i sign = _mm_srai_epi16(value, 15);
    __m128i magnitude = _mm_sub_epi16(_mm_xor_si128(value, sign), sign);
    __m128i level = _mm_mulhi_epu16(_mm_add_epi16(magnitude, rounding), inverse);
    level = _mm_min_epi16(level, _mm_set1_epi16(LEVEL_MAX));
    level = _mm_sub_epi16(_mm_xor_si128(level, sign), sign);
    _mm_storeu_si128((__m128i *)dequantized, _mm_mullo_epi16(level, step));
    return level;
}

int screen_quantize(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first)
{
    __m128i step = _mm_set1_epi16((gint16)steps->step[1]);
    __m128i rounding = _mm_set1_epi16((gint16)steps->rounding[1]);
    __m128i inverse = _mm_set1_epi16((gint16)steps->inverse[1]);
    __m128i low = _mm_loadu_si128((const __m128i *)coefficients);
    __m128i high = _mm_loadu_si128((const __m128i *)(coefficients + 8));
    if (first)
        low = _mm_insert_epi16(low, 0, 0);
    low = quantize8(dequantized, low, _mm_insert_epi16(step, steps->step[0], 0),
        _mm_insert_epi16(rounding, first ? 0 : steps->rounding[0], 0),
        _mm_insert_epi16(inverse, steps->inverse[0], 0));
    high = quantize8(dequantized + 8, high, step, rounding, inverse);
    __m128i zeros = _mm_cmpeq_epi8(_mm_packs_epi16(low, high), _mm_setzero_si128());
    guint32 filled = ~(guint32)_mm_movemask_epi8(zeros) & 0xffff;
    if (!filled)
        return 0; // nobody reads levels of an empty block
    gint16 raster[16];
    _mm_storeu_si128((__m128i *)raster, low);
    _mm_storeu_si128((__m128i *)(raster + 8), high);
    int end = 0;
    for (int i = 0; i < 16; i++) {
        levels[i] = raster[screen_zigzag[i]];
        end = levels[i] ? i + 1 : end;
    }
    return trim(levels, dequantized, coefficients, steps, first, end);
}
#else
int screen_quantize(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first)
{
    return screen_quantize_plain(levels, dequantized, coefficients, steps, first);
}
#endif
