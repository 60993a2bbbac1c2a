// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Kernels for SSE2, which every x86-64 has.

#include "codec/video/screen/kernels.h"

#ifdef __SSE2__
#include "codec/video/screen/tables.h"
#include "codec/video/screen/transform.h"

#include <emmintrin.h>
#include <string.h>

static inline __m128i load16(const guint8 *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

static inline __m128i load8(const guint8 *p)
{
    return _mm_loadl_epi64((const __m128i *)p);
}

static inline __m128i load4(const guint8 *p)
{
    int pixels;
    memcpy(&pixels, p, sizeof pixels);
    return _mm_cvtsi32_si128(pixels);
}

static inline __m128i widen(__m128i pixels)
{
    return _mm_unpacklo_epi8(pixels, _mm_setzero_si128());
}

// Of both halves of what psadbw leaves.
static inline guint32 total(__m128i sum)
{
    return (guint32)(_mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8)));
}

static inline guint32 sad_rows(ScreenPixels a, ScreenPixels b, int rows)
{
    __m128i sum = _mm_setzero_si128();
    for (int y = 0; y < rows; y++)
        sum = _mm_add_epi32(
            sum, _mm_sad_epu8(load16(a.pixels + y * a.stride), load16(b.pixels + y * b.stride)));
    return total(sum);
}

static guint32 sad16(ScreenPixels a, ScreenPixels b)
{
    return sad_rows(a, b, 16);
}

static guint32 sad16x4(ScreenPixels a, ScreenPixels b)
{
    return sad_rows(a, b, 4);
}

static guint32 sse(ScreenPixels a, ScreenPixels b, int size_px)
{
    __m128i sum = _mm_setzero_si128();
    for (int y = 0; y < size_px; y++) {
        for (int x = 0; x < size_px; x += 8) {
            __m128i d = _mm_sub_epi16(widen(load8(a.pixels + y * a.stride + x)),
                widen(load8(b.pixels + y * b.stride + x)));
            sum = _mm_add_epi32(sum, _mm_madd_epi16(d, d));
        }
    }
    sum = _mm_add_epi32(sum, _mm_srli_si128(sum, 8));
    sum = _mm_add_epi32(sum, _mm_srli_si128(sum, 4));
    return (guint32)_mm_cvtsi128_si32(sum);
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
    return total(sum);
}

// Two rows of a small square lie side by side.
static inline __m128i load_rows(ScreenPixels from, int y, int size_px)
{
    const guint8 *row = from.pixels + y * from.stride;
    return size_px == 16 ? load16(row) : _mm_unpacklo_epi64(load8(row), load8(row + from.stride));
}

static inline __m128i left_rows(const guint8 *left, int size_px)
{
    return size_px == 16
               ? _mm_set1_epi8((char)left[0])
               : _mm_unpacklo_epi64(_mm_set1_epi8((char)left[0]), _mm_set1_epi8((char)left[1]));
}

static void intra_sads(
    guint32 sads[4], ScreenPixels source, const ScreenEdge *edge, int dc, int size_px)
{
    __m128i zero = _mm_setzero_si128(), sums[4] = {zero, zero, zero, zero};
    __m128i flat = _mm_set1_epi8((char)dc), corner = _mm_set1_epi16(edge->corner);
    __m128i above = load_rows((ScreenPixels){edge->above, 0}, 0, size_px);
    __m128i slopes[2] = {_mm_sub_epi16(_mm_unpacklo_epi8(above, zero), corner),
        _mm_sub_epi16(_mm_unpackhi_epi8(above, zero), corner)};
    for (int y = 0; y < size_px; y += 16 / size_px) {
        __m128i row = load_rows(source, y, size_px), left = left_rows(edge->left + y, size_px);
        __m128i tm = _mm_packus_epi16(_mm_add_epi16(slopes[0], _mm_unpacklo_epi8(left, zero)),
            _mm_add_epi16(slopes[1], _mm_unpackhi_epi8(left, zero)));
        sums[SCREEN_MODE_DC] = _mm_add_epi32(sums[SCREEN_MODE_DC], _mm_sad_epu8(row, flat));
        sums[SCREEN_MODE_V] = _mm_add_epi32(sums[SCREEN_MODE_V], _mm_sad_epu8(row, above));
        sums[SCREEN_MODE_H] = _mm_add_epi32(sums[SCREEN_MODE_H], _mm_sad_epu8(row, left));
        sums[SCREEN_MODE_TM] = _mm_add_epi32(sums[SCREEN_MODE_TM], _mm_sad_epu8(row, tm));
    }
    for (int mode = 0; mode < 4; mode++)
        sads[mode] = total(sums[mode]);
}

static void block_sads(guint32 sads[SCREEN_BLOCK_MODES], guint8 predictions[][16],
    const ScreenAround *around, const guint8 source[16])
{
    ScreenAround finished = *around;
    screen_around_finish(&finished);
    __m128i pixels = load16(source);
    for (int mode = 0; mode < SCREEN_BLOCK_MODES; mode++) {
        screen_intra_predict_block(predictions[mode], &finished, mode);
        sads[mode] = total(_mm_sad_epu8(pixels, load16(predictions[mode])));
    }
}

static inline __m128i forward_odd(__m128i low, __m128i high, __m128i factors, int shift)
{
    __m128i round = _mm_set1_epi32(1 << (shift - 1));
    low = _mm_add_epi32(_mm_madd_epi16(low, factors), round);
    high = _mm_add_epi32(_mm_madd_epi16(high, factors), round);
    return _mm_packs_epi32(_mm_srai_epi32(low, shift), _mm_srai_epi32(high, shift));
}

// One pass on eight columns. The even half is a power of two: 8 in the first, 1/16 in the second.
static inline void forward_pass(__m128i r[4], int shift)
{
    __m128i a = _mm_add_epi16(r[0], r[3]), b = _mm_add_epi16(r[1], r[2]);
    __m128i c = _mm_sub_epi16(r[1], r[2]), d = _mm_sub_epi16(r[0], r[3]);
    __m128i low = _mm_unpacklo_epi16(c, d), high = _mm_unpackhi_epi16(c, d);
    r[0] = _mm_add_epi16(a, b);
    r[2] = _mm_sub_epi16(a, b);
    if (shift == SCREEN_FORWARD_COLUMN_SHIFT) {
        r[0] = _mm_slli_epi16(r[0], 3);
        r[2] = _mm_slli_epi16(r[2], 3);
    } else {
        __m128i round = _mm_set1_epi16(8);
        r[0] = _mm_srai_epi16(_mm_add_epi16(r[0], round), 4);
        r[2] = _mm_srai_epi16(_mm_add_epi16(r[2], round), 4);
    }
    r[1] = forward_odd(
        low, high, _mm_set1_epi32(SCREEN_FORWARD_COS << 16 | SCREEN_FORWARD_SIN), shift);
    r[3] = forward_odd(low, high,
        _mm_set1_epi32((SCREEN_FORWARD_SIN << 16) | (guint16)-SCREEN_FORWARD_COS), shift);
}

// Transposes the 4x4 block in each half.
static inline void transpose(__m128i r[4])
{
    __m128i a = _mm_unpacklo_epi16(r[0], r[1]), b = _mm_unpackhi_epi16(r[0], r[1]);
    __m128i c = _mm_unpacklo_epi16(r[2], r[3]), d = _mm_unpackhi_epi16(r[2], r[3]);
    __m128i e = _mm_unpacklo_epi32(a, c), f = _mm_unpackhi_epi32(a, c);
    __m128i g = _mm_unpacklo_epi32(b, d), h = _mm_unpackhi_epi32(b, d);
    r[0] = _mm_unpacklo_epi64(e, g);
    r[1] = _mm_unpackhi_epi64(e, g);
    r[2] = _mm_unpacklo_epi64(f, h);
    r[3] = _mm_unpackhi_epi64(f, h);
}

static inline void forward8(__m128i r[4])
{
    forward_pass(r, SCREEN_FORWARD_COLUMN_SHIFT);
    transpose(r);
    forward_pass(r, SCREEN_FORWARD_ROW_SHIFT);
    transpose(r);
}

static void forward_one(gint16 *out, ScreenPixels source, ScreenPixels prediction)
{
    __m128i r[4];
    for (int y = 0; y < 4; y++)
        r[y] = _mm_sub_epi16(widen(load4(source.pixels + y * source.stride)),
            widen(load4(prediction.pixels + y * prediction.stride)));
    forward8(r);
    for (int y = 0; y < 4; y++)
        _mm_storel_epi64((__m128i *)(out + y * 4), r[y]);
}

// Where the second pair of blocks begins.
static inline gsize pair_offset(int stride, ScreenBlocks blocks)
{
    return blocks == SCREEN_BLOCKS_ROW ? 8 : (gsize)stride * 4;
}

static void forward(gint16 *out, ScreenPixels source, ScreenPixels prediction, ScreenBlocks blocks)
{
    for (int pair = 0; pair < 2; pair++, out += 32) {
        const guint8 *s = source.pixels, *p = prediction.pixels;
        __m128i r[4];
        if (pair) {
            s += pair_offset(source.stride, blocks);
            p += pair_offset(prediction.stride, blocks);
        }
        for (int y = 0; y < 4; y++)
            r[y] = _mm_sub_epi16(
                widen(load8(s + y * source.stride)), widen(load8(p + y * prediction.stride)));
        forward8(r);
        for (int y = 0; y < 4; y++) {
            _mm_storel_epi64((__m128i *)(out + y * 4), r[y]);
            _mm_storel_epi64((__m128i *)(out + 16 + y * 4), _mm_srli_si128(r[y], 8));
        }
    }
}

// One pass on eight columns. 16 bits suffice: residuals are at most 255, and twice the unitary
// transform of them stays below 2^12.
static inline void inverse_pass(__m128i r[4])
{
    const __m128i cos = _mm_set1_epi16(SCREEN_INVERSE_COS);
    const __m128i sin = _mm_set1_epi16((gint16)SCREEN_INVERSE_SIN);
    // The sine does not fit into a signed word: the product lacks one r.
    __m128i sin1 = _mm_add_epi16(_mm_mulhi_epi16(r[1], sin), r[1]);
    __m128i sin3 = _mm_add_epi16(_mm_mulhi_epi16(r[3], sin), r[3]);
    __m128i cos1 = _mm_add_epi16(_mm_mulhi_epi16(r[1], cos), r[1]);
    __m128i cos3 = _mm_add_epi16(_mm_mulhi_epi16(r[3], cos), r[3]);
    __m128i a = _mm_add_epi16(r[0], r[2]), b = _mm_sub_epi16(r[0], r[2]);
    __m128i c = _mm_sub_epi16(sin1, cos3), d = _mm_add_epi16(cos1, sin3);
    r[0] = _mm_add_epi16(a, d);
    r[1] = _mm_add_epi16(b, c);
    r[2] = _mm_sub_epi16(b, c);
    r[3] = _mm_sub_epi16(a, d);
}

static inline void inverse8(__m128i r[4])
{
    inverse_pass(r);
    transpose(r);
    inverse_pass(r);
    transpose(r);
    for (int y = 0; y < 4; y++)
        r[y] = _mm_srai_epi16(_mm_add_epi16(r[y], _mm_set1_epi16(4)), 3);
}

static void inverse_one(guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in)
{
    __m128i r[4];
    for (int y = 0; y < 4; y++)
        r[y] = _mm_loadl_epi64((const __m128i *)(in + y * 4));
    inverse8(r);
    for (int y = 0; y < 4; y++) {
        __m128i sum = _mm_add_epi16(widen(load4(prediction.pixels + y * prediction.stride)), r[y]);
        int pixels = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
        memcpy(dst + y * stride, &pixels, sizeof pixels);
    }
}

static void inverse(
    guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in, ScreenBlocks blocks)
{
    for (int pair = 0; pair < 2; pair++, in += 32) {
        const guint8 *p = prediction.pixels;
        guint8 *out = dst;
        __m128i r[4];
        if (pair) {
            p += pair_offset(prediction.stride, blocks);
            out += pair_offset(stride, blocks);
        }
        for (int y = 0; y < 4; y++)
            r[y] = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(in + y * 4)),
                _mm_loadl_epi64((const __m128i *)(in + 16 + y * 4)));
        inverse8(r);
        for (int y = 0; y < 4; y++) {
            __m128i sum = _mm_add_epi16(widen(load8(p + y * prediction.stride)), r[y]);
            _mm_storel_epi64((__m128i *)(out + y * stride), _mm_packus_epi16(sum, sum));
        }
    }
}

// Eight coefficients in raster order; writes what the decoder will see, returns the levels.
static inline __m128i quantize8(gint16 *dequantized, __m128i value, const ScreenSteps *steps, int i)
{
    __m128i step = _mm_loadu_si128((const __m128i *)(steps->step + i));
    __m128i rounding = _mm_loadu_si128((const __m128i *)(steps->rounding + i));
    __m128i inverses = _mm_loadu_si128((const __m128i *)(steps->inverse + i));
    __m128i sign = _mm_srai_epi16(value, 15);
    __m128i magnitude = _mm_sub_epi16(_mm_xor_si128(value, sign), sign);
    __m128i level = _mm_mulhi_epu16(_mm_add_epi16(magnitude, rounding), inverses);
    level = _mm_min_epi16(level, _mm_set1_epi16(SCREEN_LEVEL_MAX));
    level = _mm_sub_epi16(_mm_xor_si128(level, sign), sign);
    _mm_storeu_si128((__m128i *)(dequantized + i), _mm_mullo_epi16(level, step));
    return level;
}

static void quantize(gint16 (*levels)[16], guint8 *ends, gint16 *dequantized,
    const gint16 *coefficients, const ScreenSteps *steps, int first, int count)
{
    for (int n = 0; n < count; n++, coefficients += 16, dequantized += 16) {
        __m128i low = _mm_loadu_si128((const __m128i *)coefficients);
        __m128i high = _mm_loadu_si128((const __m128i *)(coefficients + 8));
        if (first)
            low = _mm_insert_epi16(low, 0, 0);
        low = quantize8(dequantized, low, steps, 0);
        high = quantize8(dequantized, high, steps, 8);
        __m128i zeros = _mm_cmpeq_epi8(_mm_packs_epi16(low, high), _mm_setzero_si128());
        ends[n] = 0; // nobody reads levels of an empty block
        if (_mm_movemask_epi8(zeros) == 0xffff)
            continue;
        gint16 raster[16];
        _mm_storeu_si128((__m128i *)raster, low);
        _mm_storeu_si128((__m128i *)(raster + 8), high);
        guint32 filled = 0;
        for (int i = 0; i < 16; i++) {
            levels[n][i] = raster[screen_zigzag[i]];
            filled |= (guint32)(levels[n][i] != 0) << i;
        }
        ends[n] = (guint8)screen_quantize_trim(levels[n], dequantized, coefficients, steps, filled);
    }
}

// Two taps on each of four pixels; sums need more than 16 bits.
static inline __m128i weigh(__m128i pixels, const gint8 *taps)
{
    return _mm_madd_epi16(
        pixels, _mm_set1_epi32((guint16)(gint16)taps[0] | (gint32)((guint32)taps[1] << 16)));
}

// Eight pixels; @step leads from one tap's pixel to the next.
static inline void filter8(guint8 *out, const guint8 *p, int step, const gint8 *taps)
{
    __m128i low = _mm_set1_epi32(64), high = low;
    for (int i = 0; i < 6; i += 2) {
        __m128i first = widen(load8(p + (i - 2) * step)), second = widen(load8(p + (i - 1) * step));
        low = _mm_add_epi32(low, weigh(_mm_unpacklo_epi16(first, second), taps + i));
        high = _mm_add_epi32(high, weigh(_mm_unpackhi_epi16(first, second), taps + i));
    }
    __m128i sum = _mm_packs_epi32(_mm_srai_epi32(low, 7), _mm_srai_epi32(high, 7));
    _mm_storel_epi64((__m128i *)out, _mm_packus_epi16(sum, sum));
}

static void filter(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy)
{
    guint8 rows[(16 + 5) * 16];
    for (int y = fy ? -2 : 0; y < (fy ? size_px + 3 : size_px); y++) {
        const guint8 *in = source.pixels + y * source.stride;
        guint8 *out = rows + (y + 2) * 16;
        if (fx == 0)
            memcpy(out, in, (gsize)size_px);
        for (int x = 0; fx && x < size_px; x += 8)
            filter8(out + x, in + x, 1, screen_filter_taps[fx]);
    }
    for (int y = 0; y < size_px; y++, dst += dst_stride) {
        const guint8 *in = rows + (y + 2) * 16;
        if (fy == 0)
            memcpy(dst, in, (gsize)size_px);
        for (int x = 0; fy && x < size_px; x += 8)
            filter8(dst + x, in + x, 16, screen_filter_taps[fy]);
    }
}

void screen_kernels_sse2(ScreenKernels *kernels)
{
    *kernels = (ScreenKernels){
        .name = "sse2",
        .sad16 = sad16,
        .sad16x4 = sad16x4,
        .sse = sse,
        .sad_between = sad_between,
        .intra_sads = intra_sads,
        .block_sads = block_sads,
        .forward_one = forward_one,
        .forward = forward,
        .inverse_one = inverse_one,
        .inverse = inverse,
        .quantize = quantize,
        .filter = filter,
    };
}
#endif
