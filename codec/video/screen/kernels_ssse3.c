// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Computers of 2006 to 2013: the quantizer and the six-tap filter, which gain most.

#include "codec/video/screen/kernels.h"

#ifdef __SSSE3__
#include "codec/video/screen/kernels_ssse3.h"
#include "codec/video/screen/tables.h"

static inline __m128i load8(const guint8 *p)
{
    return _mm_loadl_epi64((const __m128i *)p);
}

static inline __m128i load16(const guint8 *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/** Eight entries of each table. */
typedef struct {
    __m128i step, rounding, inverse;
} Steps;

static inline Steps steps_of(const ScreenSteps *steps, int i)
{
    return (Steps){load16((const guint8 *)(steps->step + i)),
        load16((const guint8 *)(steps->rounding + i)),
        load16((const guint8 *)(steps->inverse + i))};
}

// Eight coefficients in raster order; writes what the decoder will see, returns the levels.
static inline __m128i quantize8(gint16 *dequantized, __m128i value, const Steps *steps)
{
    __m128i magnitude = _mm_add_epi16(_mm_abs_epi16(value), steps->rounding);
    __m128i level = _mm_mulhi_epu16(magnitude, steps->inverse);
    level = _mm_sign_epi16(_mm_min_epi16(level, _mm_set1_epi16(SCREEN_LEVEL_MAX)), value);
    _mm_storeu_si128((__m128i *)dequantized, _mm_mullo_epi16(level, steps->step));
    return level;
}

static void quantize(gint16 (*levels)[16], guint8 *ends, gint16 *dequantized,
    const gint16 *coefficients, const ScreenSteps *steps, int first, int count)
{
    Steps upper = steps_of(steps, 0), lower = steps_of(steps, 8);
    for (int n = 0; n < count; n++, coefficients += 16, dequantized += 16) {
        __m128i low = load16((const guint8 *)coefficients);
        __m128i high = load16((const guint8 *)(coefficients + 8));
        if (first)
            low = _mm_insert_epi16(low, 0, 0);
        low = quantize8(dequantized, low, &upper);
        high = quantize8(dequantized + 8, high, &lower);
        __m128i any = _mm_cmpeq_epi8(_mm_or_si128(low, high), _mm_setzero_si128());
        ends[n] = 0; // nobody reads levels of an empty block
        if (_mm_movemask_epi8(any) != 0xffff)
            ends[n] = (guint8)screen_quantize_trim(levels[n], dequantized, coefficients, steps,
                screen_ssse3_to_zigzag(levels[n], low, high));
    }
}

/** Taps in pairs that 16 bits hold: the outermost two, and each large one with a small one. */
typedef struct {
    __m128i outer, left, right;
} Taps;

static inline Taps taps_of(int eighths)
{
    const gint8 *t = screen_filter_taps[eighths];
    return (Taps){_mm_set1_epi16((gint16)((guint8)t[0] | t[5] * 256)),
        _mm_set1_epi16((gint16)((guint8)t[1] | t[3] * 256)),
        _mm_set1_epi16((gint16)((guint8)t[2] | t[4] * 256))};
}

// Sums may pass 32767 only where the result is 255 anyway: what is added last is never negative.
static inline __m128i weigh(__m128i outer, __m128i left, __m128i right, const Taps *taps)
{
    __m128i sum =
        _mm_adds_epi16(_mm_maddubs_epi16(left, taps->left), _mm_maddubs_epi16(right, taps->right));
    __m128i rest = _mm_adds_epi16(_mm_maddubs_epi16(outer, taps->outer), _mm_set1_epi16(64));
    return _mm_srai_epi16(_mm_adds_epi16(sum, rest), 7);
}

// Eight pixels of a row: reads p[-2..10].
static inline __m128i filter_row8(const guint8 *p, const Taps *taps)
{
    // The 13 pixels are at 0-7 and 8-15, of which three are twice there.
    const __m128i outer = _mm_setr_epi8(0, 5, 1, 6, 2, 7, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    const __m128i left = _mm_setr_epi8(1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 11, 7, 12, 11, 13);
    const __m128i right = _mm_setr_epi8(2, 4, 3, 5, 4, 6, 5, 7, 6, 11, 7, 12, 11, 13, 12, 14);
    __m128i in = _mm_unpacklo_epi64(load8(p - 2), load8(p + 3));
    return weigh(
        _mm_shuffle_epi8(in, outer), _mm_shuffle_epi8(in, left), _mm_shuffle_epi8(in, right), taps);
}

static inline __m128i filter_column(const __m128i *rows, const Taps *taps, gboolean wide)
{
    __m128i low = weigh(_mm_unpacklo_epi8(rows[0], rows[5]), _mm_unpacklo_epi8(rows[1], rows[3]),
        _mm_unpacklo_epi8(rows[2], rows[4]), taps);
    if (!wide)
        return _mm_packus_epi16(low, low);
    __m128i high = weigh(_mm_unpackhi_epi8(rows[0], rows[5]), _mm_unpackhi_epi8(rows[1], rows[3]),
        _mm_unpackhi_epi8(rows[2], rows[4]), taps);
    return _mm_packus_epi16(low, high);
}

static inline void filter_of(
    guint8 *dst, int dst_stride, ScreenPixels source, int fx, int fy, gboolean wide)
{
    __m128i rows[16 + 5];
    int size_px = wide ? 16 : 8, before = fy ? 2 : 0, count = fy ? size_px + 5 : size_px;
    const guint8 *in = source.pixels - before * source.stride;
    Taps across = taps_of(fx), down = taps_of(fy);
    for (int y = 0; y < count; y++, in += source.stride) {
        if (!fx) {
            rows[y] = wide ? load16(in) : load8(in);
            continue;
        }
        __m128i low = filter_row8(in, &across);
        rows[y] = _mm_packus_epi16(low, wide ? filter_row8(in + 8, &across) : low);
    }
    for (int y = 0; y < size_px; y++, dst += dst_stride) {
        __m128i pixels = fy ? filter_column(rows + y, &down, wide) : rows[y];
        if (wide)
            _mm_storeu_si128((__m128i *)dst, pixels);
        else
            _mm_storel_epi64((__m128i *)dst, pixels);
    }
}

static void filter(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy)
{
    if (size_px == 16)
        filter_of(dst, dst_stride, source, fx, fy, TRUE);
    else
        filter_of(dst, dst_stride, source, fx, fy, FALSE);
}

void screen_kernels_ssse3(ScreenKernels *kernels)
{
    kernels->name = "ssse3";
    kernels->quantize = quantize;
    kernels->filter = filter;
}
#endif
