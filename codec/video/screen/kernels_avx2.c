// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Kernels for AVX2, and what came before it from SSSE3 on. Compiled for AVX2 as a whole; nothing in
// here may run before the machine was asked.

#include "codec/video/screen/kernels.h"

#ifdef __AVX2__
#include "codec/video/screen/kernels_ssse3.h"
#include "codec/video/screen/transform.h"

#include <immintrin.h>

static inline __m128i load16(const guint8 *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

static inline __m128i load8(const guint8 *p)
{
    return _mm_loadl_epi64((const __m128i *)p);
}

static inline __m256i load32(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

static inline guint32 total(__m128i sum)
{
    return (guint32)(_mm_cvtsi128_si32(sum) + _mm_extract_epi32(sum, 2));
}

static guint32 sad16(ScreenPixels a, ScreenPixels b)
{
    __m128i sums[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
    for (int y = 0; y < 16; y++)
        sums[y & 1] = _mm_add_epi32(sums[y & 1],
            _mm_sad_epu8(load16(a.pixels + y * a.stride), load16(b.pixels + y * b.stride)));
    return total(_mm_add_epi32(sums[0], sums[1]));
}

// Two rows of a small square lie side by side.
static inline __m128i load_rows(ScreenPixels from, int y, int size_px)
{
    const guint8 *row = from.pixels + y * from.stride;
    return size_px == 16 ? load16(row) : _mm_unpacklo_epi64(load8(row), load8(row + from.stride));
}

static inline guint32 sse_of(ScreenPixels a, ScreenPixels b, int size_px)
{
    __m256i sum = _mm256_setzero_si256();
    for (int y = 0; y < size_px; y += 16 / size_px) {
        __m256i d = _mm256_sub_epi16(_mm256_cvtepu8_epi16(load_rows(a, y, size_px)),
            _mm256_cvtepu8_epi16(load_rows(b, y, size_px)));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(d, d));
    }
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_srli_si128(half, 8));
    return (guint32)(_mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 1));
}

static guint32 sse(ScreenPixels a, ScreenPixels b, int size_px)
{
    return size_px == 16 ? sse_of(a, b, 16) : sse_of(a, b, 8);
}

// @quarters of the way from a to b, by means of means.
static inline __m256i between(__m256i a, __m256i b, int quarters)
{
    if (quarters == 0)
        return a;
    __m256i half = _mm256_avg_epu8(a, b);
    return quarters == 2 ? half : _mm256_avg_epu8(quarters == 1 ? a : b, half);
}

static inline __m256i load_two(const guint8 *p, int stride)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(p)), load16(p + stride), 1);
}

static inline __m256i two_rows_at(const guint8 *p, int stride, int fx)
{
    __m256i here = load_two(p, stride);
    return fx ? between(here, load_two(p + 1, stride), fx) : here;
}

static inline guint32 sad_between_by(
    ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    __m256i sum = _mm256_setzero_si256();
    for (int y = 0; y < 16; y += 2, at += 2 * stride) {
        __m256i value = two_rows_at(at, stride, fx);
        if (fy)
            value = between(value, two_rows_at(at + stride, stride, fx), fy);
        __m256i wanted = load_two(source.pixels + y * source.stride, source.stride);
        sum = _mm256_add_epi32(sum, _mm256_sad_epu8(value, wanted));
    }
    return total(_mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1)));
}

// Each way gets a loop of its own, without questions inside.
static inline guint32 sad_between_at(
    ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    switch (fx) {
    case 1:
        return sad_between_by(source, at, stride, 1, fy);
    case 2:
        return sad_between_by(source, at, stride, 2, fy);
    case 3:
        return sad_between_by(source, at, stride, 3, fy);
    default:
        return sad_between_by(source, at, stride, 0, fy);
    }
}

static guint32 sad_between(ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    switch (fy) {
    case 1:
        return sad_between_at(source, at, stride, fx, 1);
    case 2:
        return sad_between_at(source, at, stride, fx, 2);
    case 3:
        return sad_between_at(source, at, stride, fx, 3);
    default:
        return sad_between_at(source, at, stride, fx, 0);
    }
}

static inline __m128i left_rows(const guint8 *left, int size_px)
{
    __m128i first = _mm_set1_epi8((char)left[0]);
    return size_px == 16 ? first : _mm_unpacklo_epi64(first, _mm_set1_epi8((char)left[1]));
}

static inline void intra_sads_of(
    guint32 sads[4], ScreenPixels source, const ScreenEdge *edge, int dc, int size_px)
{
    __m128i zero = _mm_setzero_si128(), sums[4] = {zero, zero, zero, zero};
    __m128i flat = _mm_set1_epi8((char)dc);
    __m128i above = load_rows((ScreenPixels){edge->above, 0}, 0, size_px);
    __m256i slope = _mm256_sub_epi16(_mm256_cvtepu8_epi16(above), _mm256_set1_epi16(edge->corner));
    for (int y = 0; y < size_px; y += 16 / size_px) {
        __m128i row = load_rows(source, y, size_px), left = left_rows(edge->left + y, size_px);
        __m256i tm = _mm256_add_epi16(slope, _mm256_cvtepu8_epi16(left));
        __m128i ramp =
            _mm_packus_epi16(_mm256_castsi256_si128(tm), _mm256_extracti128_si256(tm, 1));
        sums[SCREEN_MODE_DC] = _mm_add_epi32(sums[SCREEN_MODE_DC], _mm_sad_epu8(row, flat));
        sums[SCREEN_MODE_V] = _mm_add_epi32(sums[SCREEN_MODE_V], _mm_sad_epu8(row, above));
        sums[SCREEN_MODE_H] = _mm_add_epi32(sums[SCREEN_MODE_H], _mm_sad_epu8(row, left));
        sums[SCREEN_MODE_TM] = _mm_add_epi32(sums[SCREEN_MODE_TM], _mm_sad_epu8(row, ramp));
    }
    for (int mode = 0; mode < 4; mode++)
        sads[mode] = total(sums[mode]);
}

static void intra_sads(
    guint32 sads[4], ScreenPixels source, const ScreenEdge *edge, int dc, int size_px)
{
    if (size_px == 16)
        intra_sads_of(sads, source, edge, dc, 16);
    else
        intra_sads_of(sads, source, edge, dc, 8);
}

// Each mode of a 4x4 block is a choice of bytes from the triples and the pairs around it: 0x80
// takes none.
#define NO 0x80
typedef guint8 Choice[16] __attribute__((aligned(16)));
static const Choice from_triples[SCREEN_BLOCK_MODES] = {
    [SCREEN_BLOCK_VE] = {6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9},
    [SCREEN_BLOCK_HE] = {4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1},
    [SCREEN_BLOCK_LD] = {7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12, 10, 11, 12, 13},
    [SCREEN_BLOCK_RD] = {5, 6, 7, 8, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5},
    [SCREEN_BLOCK_VR] = {NO, NO, NO, NO, 5, 6, 7, 8, 4, NO, NO, NO, 3, 5, 6, 7},
    [SCREEN_BLOCK_VL] = {NO, NO, NO, NO, 7, 8, 9, 10, NO, NO, NO, 11, 8, 9, 10, 12},
    [SCREEN_BLOCK_HD] = {NO, 5, 6, 7, NO, 4, NO, 5, NO, 3, NO, 4, NO, 2, NO, 3},
    [SCREEN_BLOCK_HU] = {NO, 3, NO, 2, NO, 2, NO, 1, NO, 1, NO, NO, NO, NO, NO, NO},
};
static const Choice from_pairs[SCREEN_BLOCK_MODES] = {
    [SCREEN_BLOCK_VR] = {5, 6, 7, 8, NO, NO, NO, NO, NO, 5, 6, 7, NO, NO, NO, NO},
    [SCREEN_BLOCK_VL] = {6, 7, 8, 9, NO, NO, NO, NO, 7, 8, 9, NO, NO, NO, NO, NO},
    [SCREEN_BLOCK_HD] = {4, NO, NO, NO, 3, NO, 4, NO, 2, NO, 3, NO, 1, NO, 2, NO},
    [SCREEN_BLOCK_HU] = {3, NO, 2, NO, 2, NO, 1, NO, 1, NO, NO, NO, NO, NO, NO, NO},
};
static const Choice last_left = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 1, 1, 1, 1, 1, 1}; // what HU ends with
static const Choice beside_dc = {NO, 1, 2, 3, 4, NO, 6, 7, 8, 9, NO, NO, NO, NO, NO, NO};
static const Choice each_above = {6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9};
static const Choice each_left = {4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1};

static inline __m128i choose(__m128i bytes, const Choice choice)
{
    return _mm_shuffle_epi8(bytes, _mm_load_si128((const __m128i *)choice));
}

static inline __m128i predict_tm(__m128i pixels)
{
    __m256i above = _mm256_cvtepu8_epi16(choose(pixels, each_above));
    __m256i left = _mm256_cvtepu8_epi16(choose(pixels, each_left));
    __m256i corner = _mm256_set1_epi16((gint16)_mm_extract_epi8(pixels, 5));
    __m256i sum = _mm256_sub_epi16(_mm256_add_epi16(above, left), corner);
    return _mm_packus_epi16(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
}

static void block_sads(guint32 sads[SCREEN_BLOCK_MODES], guint8 predictions[][16],
    const ScreenAround *around, const guint8 source[16])
{
    __m128i wanted = load16(source), pixels = load16(around->pixels);
    pixels = _mm_insert_epi8(pixels, around->pixels[1], 0);
    pixels = _mm_insert_epi8(pixels, around->pixels[13], 14);
    __m128i next = _mm_srli_si128(pixels, 1), previous = _mm_slli_si128(pixels, 1);
    __m128i pairs = _mm_avg_epu8(pixels, next);
    // (a + 2b + c + 2) / 4 is the rounded mean of b and of the mean of a and c rounded down.
    __m128i odd = _mm_and_si128(_mm_xor_si128(previous, next), _mm_set1_epi8(1));
    __m128i triples = _mm_avg_epu8(pixels, _mm_sub_epi8(_mm_avg_epu8(previous, next), odd));
    __m128i all[SCREEN_BLOCK_MODES];
    guint32 dc = total(_mm_sad_epu8(choose(pixels, beside_dc), _mm_setzero_si128()));
    all[SCREEN_BLOCK_DC] = _mm_set1_epi8((char)((dc + 4) >> 3));
    all[SCREEN_BLOCK_TM] = predict_tm(pixels);
    for (int mode = SCREEN_BLOCK_VE; mode <= SCREEN_BLOCK_RD; mode++)
        all[mode] = choose(triples, from_triples[mode]);
    for (int mode = SCREEN_BLOCK_VR; mode <= SCREEN_BLOCK_HU; mode++)
        all[mode] =
            _mm_or_si128(choose(triples, from_triples[mode]), choose(pairs, from_pairs[mode]));
    all[SCREEN_BLOCK_HU] = _mm_or_si128(all[SCREEN_BLOCK_HU], choose(pixels, last_left));
    for (int mode = 0; mode < SCREEN_BLOCK_MODES; mode++) {
        _mm_storeu_si128((__m128i *)predictions[mode], all[mode]);
        sads[mode] = total(_mm_sad_epu8(wanted, all[mode]));
    }
}

static inline __m256i forward_odd(__m256i low, __m256i high, __m256i factors, int shift)
{
    __m256i round = _mm256_set1_epi32(1 << (shift - 1));
    low = _mm256_add_epi32(_mm256_madd_epi16(low, factors), round);
    high = _mm256_add_epi32(_mm256_madd_epi16(high, factors), round);
    return _mm256_packs_epi32(_mm256_srai_epi32(low, shift), _mm256_srai_epi32(high, shift));
}

// One pass on sixteen columns; see kernels_sse2.c.
static inline void forward_pass(__m256i r[4], int shift)
{
    __m256i a = _mm256_add_epi16(r[0], r[3]), b = _mm256_add_epi16(r[1], r[2]);
    __m256i c = _mm256_sub_epi16(r[1], r[2]), d = _mm256_sub_epi16(r[0], r[3]);
    __m256i low = _mm256_unpacklo_epi16(c, d), high = _mm256_unpackhi_epi16(c, d);
    r[0] = _mm256_add_epi16(a, b);
    r[2] = _mm256_sub_epi16(a, b);
    if (shift == SCREEN_FORWARD_COLUMN_SHIFT) {
        r[0] = _mm256_slli_epi16(r[0], 3);
        r[2] = _mm256_slli_epi16(r[2], 3);
    } else {
        __m256i round = _mm256_set1_epi16(8);
        r[0] = _mm256_srai_epi16(_mm256_add_epi16(r[0], round), 4);
        r[2] = _mm256_srai_epi16(_mm256_add_epi16(r[2], round), 4);
    }
    r[1] = forward_odd(
        low, high, _mm256_set1_epi32(SCREEN_FORWARD_COS << 16 | SCREEN_FORWARD_SIN), shift);
    r[3] = forward_odd(low, high,
        _mm256_set1_epi32((SCREEN_FORWARD_SIN << 16) | (guint16)-SCREEN_FORWARD_COS), shift);
}

// Transposes the 4x4 block in each quarter.
static inline void transpose(__m256i r[4])
{
    __m256i a = _mm256_unpacklo_epi16(r[0], r[1]), b = _mm256_unpackhi_epi16(r[0], r[1]);
    __m256i c = _mm256_unpacklo_epi16(r[2], r[3]), d = _mm256_unpackhi_epi16(r[2], r[3]);
    __m256i e = _mm256_unpacklo_epi32(a, c), f = _mm256_unpackhi_epi32(a, c);
    __m256i g = _mm256_unpacklo_epi32(b, d), h = _mm256_unpackhi_epi32(b, d);
    r[0] = _mm256_unpacklo_epi64(e, g);
    r[1] = _mm256_unpackhi_epi64(e, g);
    r[2] = _mm256_unpacklo_epi64(f, h);
    r[3] = _mm256_unpackhi_epi64(f, h);
}

// Row @y of all four blocks.
static inline __m256i four_rows(ScreenPixels from, int y, ScreenBlocks blocks)
{
    const guint8 *row = from.pixels + y * from.stride;
    if (blocks == SCREEN_BLOCKS_ROW)
        return _mm256_cvtepu8_epi16(load16(row));
    return _mm256_cvtepu8_epi16(_mm_unpacklo_epi64(load8(row), load8(row + 4 * from.stride)));
}

static inline void forward_of(
    gint16 *out, ScreenPixels source, ScreenPixels prediction, ScreenBlocks blocks)
{
    __m256i r[4];
    for (int y = 0; y < 4; y++)
        r[y] = _mm256_sub_epi16(four_rows(source, y, blocks), four_rows(prediction, y, blocks));
    forward_pass(r, SCREEN_FORWARD_COLUMN_SHIFT);
    transpose(r);
    forward_pass(r, SCREEN_FORWARD_ROW_SHIFT);
    transpose(r);
    // From rows of all blocks to blocks of all rows.
    __m256i even = _mm256_permute2x128_si256(r[0], r[2], 0x20);
    __m256i odd = _mm256_permute2x128_si256(r[1], r[3], 0x20);
    _mm256_storeu_si256((__m256i *)out, _mm256_unpacklo_epi64(even, odd));
    _mm256_storeu_si256((__m256i *)(out + 16), _mm256_unpackhi_epi64(even, odd));
    even = _mm256_permute2x128_si256(r[0], r[2], 0x31);
    odd = _mm256_permute2x128_si256(r[1], r[3], 0x31);
    _mm256_storeu_si256((__m256i *)(out + 32), _mm256_unpacklo_epi64(even, odd));
    _mm256_storeu_si256((__m256i *)(out + 48), _mm256_unpackhi_epi64(even, odd));
}

static void forward(gint16 *out, ScreenPixels source, ScreenPixels prediction, ScreenBlocks blocks)
{
    if (blocks == SCREEN_BLOCKS_ROW)
        forward_of(out, source, prediction, SCREEN_BLOCKS_ROW);
    else
        forward_of(out, source, prediction, SCREEN_BLOCKS_SQUARE);
}

// One pass on sixteen columns; see kernels_sse2.c.
static inline void inverse_pass(__m256i r[4])
{
    const __m256i cos = _mm256_set1_epi16(SCREEN_INVERSE_COS);
    const __m256i sin = _mm256_set1_epi16((gint16)SCREEN_INVERSE_SIN);
    __m256i sin1 = _mm256_add_epi16(_mm256_mulhi_epi16(r[1], sin), r[1]);
    __m256i sin3 = _mm256_add_epi16(_mm256_mulhi_epi16(r[3], sin), r[3]);
    __m256i cos1 = _mm256_add_epi16(_mm256_mulhi_epi16(r[1], cos), r[1]);
    __m256i cos3 = _mm256_add_epi16(_mm256_mulhi_epi16(r[3], cos), r[3]);
    __m256i a = _mm256_add_epi16(r[0], r[2]), b = _mm256_sub_epi16(r[0], r[2]);
    __m256i c = _mm256_sub_epi16(sin1, cos3), d = _mm256_add_epi16(cos1, sin3);
    r[0] = _mm256_add_epi16(a, d);
    r[1] = _mm256_add_epi16(b, c);
    r[2] = _mm256_sub_epi16(b, c);
    r[3] = _mm256_sub_epi16(a, d);
}

static inline void inverse_of(
    guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in, ScreenBlocks blocks)
{
    __m256i a = load32(in), b = load32(in + 16), c = load32(in + 32), d = load32(in + 48), r[4];
    __m256i ab = _mm256_unpacklo_epi64(a, b), cd = _mm256_unpacklo_epi64(c, d);
    r[0] = _mm256_permute2x128_si256(ab, cd, 0x20);
    r[2] = _mm256_permute2x128_si256(ab, cd, 0x31);
    ab = _mm256_unpackhi_epi64(a, b);
    cd = _mm256_unpackhi_epi64(c, d);
    r[1] = _mm256_permute2x128_si256(ab, cd, 0x20);
    r[3] = _mm256_permute2x128_si256(ab, cd, 0x31);
    inverse_pass(r);
    transpose(r);
    inverse_pass(r);
    transpose(r);
    for (int y = 0; y < 4; y++) {
        __m256i residual = _mm256_srai_epi16(_mm256_add_epi16(r[y], _mm256_set1_epi16(4)), 3);
        __m256i sum = _mm256_add_epi16(four_rows(prediction, y, blocks), residual);
        __m128i low = _mm256_castsi256_si128(sum), high = _mm256_extracti128_si256(sum, 1);
        __m128i pixels = _mm_packus_epi16(low, high);
        if (blocks == SCREEN_BLOCKS_ROW) {
            _mm_storeu_si128((__m128i *)(dst + y * stride), pixels);
        } else {
            _mm_storel_epi64((__m128i *)(dst + y * stride), pixels);
            _mm_storel_epi64((__m128i *)(dst + (y + 4) * stride), _mm_srli_si128(pixels, 8));
        }
    }
}

static void inverse(
    guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in, ScreenBlocks blocks)
{
    if (blocks == SCREEN_BLOCKS_ROW)
        inverse_of(dst, stride, prediction, in, SCREEN_BLOCKS_ROW);
    else
        inverse_of(dst, stride, prediction, in, SCREEN_BLOCKS_SQUARE);
}

static void quantize(gint16 (*levels)[16], guint8 *ends, gint16 *dequantized,
    const gint16 *coefficients, const ScreenSteps *steps, int first, int count)
{
    __m256i step = load32(steps->step), rounding = load32(steps->rounding);
    __m256i inverses = load32(steps->inverse), most = _mm256_set1_epi16(SCREEN_LEVEL_MAX);
    __m256i wanted = _mm256_set1_epi16(-1);
    if (first)
        wanted = _mm256_insert_epi16(wanted, 0, 0);
    for (int n = 0; n < count; n++, coefficients += 16, dequantized += 16) {
        __m256i value = _mm256_and_si256(load32(coefficients), wanted);
        __m256i magnitude = _mm256_add_epi16(_mm256_abs_epi16(value), rounding);
        __m256i level = _mm256_min_epi16(_mm256_mulhi_epu16(magnitude, inverses), most);
        level = _mm256_sign_epi16(level, value);
        _mm256_storeu_si256((__m256i *)dequantized, _mm256_mullo_epi16(level, step));
        ends[n] = 0; // nobody reads levels of an empty block
        if (!_mm256_testz_si256(level, level))
            ends[n] = (guint8)screen_quantize_trim(levels[n], dequantized, coefficients, steps,
                screen_ssse3_to_zigzag(
                    levels[n], _mm256_castsi256_si128(level), _mm256_extracti128_si256(level, 1)));
    }
}

/** Taps in pairs that 16 bits hold: the outermost two, and each large one with a small one. */
typedef struct {
    __m256i outer, left, right;
} Taps;

static inline Taps taps_of(int eighths)
{
    const gint8 *t = screen_filter_taps[eighths];
    return (Taps){_mm256_set1_epi16((gint16)((guint8)t[0] | t[5] * 256)),
        _mm256_set1_epi16((gint16)((guint8)t[1] | t[3] * 256)),
        _mm256_set1_epi16((gint16)((guint8)t[2] | t[4] * 256))};
}

// Sums may pass 32767 only where the result is 255 anyway: what is added last is never negative.
static inline __m256i weigh(__m256i outer, __m256i left, __m256i right, const Taps *taps)
{
    __m256i sum = _mm256_adds_epi16(
        _mm256_maddubs_epi16(left, taps->left), _mm256_maddubs_epi16(right, taps->right));
    __m256i rest =
        _mm256_adds_epi16(_mm256_maddubs_epi16(outer, taps->outer), _mm256_set1_epi16(64));
    return _mm256_srai_epi16(_mm256_adds_epi16(sum, rest), 7);
}

// Sixteen words to bytes, eight in each half.
static inline __m256i halves(__m256i words)
{
    return _mm256_packus_epi16(words, words);
}

static inline __m128i join(__m256i bytes)
{
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(bytes, 0x08));
}

// 16 pixels of a row; they end up with eight in the lower part of each half. Reads p[-2..18].
static inline __m256i filter_row16(const guint8 *p, const Taps *taps)
{
    const __m256i outer = _mm256_setr_epi8(0, 5, 1, 6, 2, 7, 3, 8, 4, 9, 5, 10, 6, 11, 7, 12, 3, 8,
        4, 9, 5, 10, 6, 11, 7, 12, 8, 13, 9, 14, 10, 15);
    const __m256i left = _mm256_setr_epi8(1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10, 4, 6, 5,
        7, 6, 8, 7, 9, 8, 10, 9, 11, 10, 12, 11, 13);
    const __m256i right = _mm256_setr_epi8(2, 4, 3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10, 9, 11, 5, 7,
        6, 8, 7, 9, 8, 10, 9, 11, 10, 12, 11, 13, 12, 14);
    __m256i in = _mm256_inserti128_si256(_mm256_castsi128_si256(load16(p - 2)), load16(p + 3), 1);
    return halves(weigh(_mm256_shuffle_epi8(in, outer), _mm256_shuffle_epi8(in, left),
        _mm256_shuffle_epi8(in, right), taps));
}

// Eight pixels of two rows, one in each half: reads p[-2..10] of each.
static inline __m256i filter_rows8(const guint8 *p, const guint8 *q, const Taps *taps)
{
    // The 13 pixels are at 0-7 and 8-15, of which three are twice there.
    const __m128i outer = _mm_setr_epi8(0, 5, 1, 6, 2, 7, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    const __m128i left = _mm_setr_epi8(1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 11, 7, 12, 11, 13);
    const __m128i right = _mm_setr_epi8(2, 4, 3, 5, 4, 6, 5, 7, 6, 11, 7, 12, 11, 13, 12, 14);
    __m128i a = _mm_unpacklo_epi64(load8(p - 2), load8(p + 3));
    __m128i b = _mm_unpacklo_epi64(load8(q - 2), load8(q + 3));
    __m256i in = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
    return halves(weigh(_mm256_shuffle_epi8(in, _mm256_broadcastsi128_si256(outer)),
        _mm256_shuffle_epi8(in, _mm256_broadcastsi128_si256(left)),
        _mm256_shuffle_epi8(in, _mm256_broadcastsi128_si256(right)), taps));
}

static inline __m256i filter_column(const __m256i *rows, const Taps *taps)
{
    return halves(weigh(_mm256_unpacklo_epi8(rows[0], rows[5]),
        _mm256_unpacklo_epi8(rows[1], rows[3]), _mm256_unpacklo_epi8(rows[2], rows[4]), taps));
}

static void filter16(guint8 *dst, int dst_stride, ScreenPixels source, int fx, int fy)
{
    __m256i rows[16 + 5];
    int before = fy ? 2 : 0, count = fy ? 16 + 5 : 16;
    const guint8 *in = source.pixels - before * source.stride;
    Taps across = taps_of(fx), down = taps_of(fy);
    for (int y = 0; y < count; y++, in += source.stride)
        rows[y] = fx ? filter_row16(in, &across)
                     : _mm256_permute4x64_epi64(_mm256_castsi128_si256(load16(in)), 0x10);
    for (int y = 0; y < 16; y++, dst += dst_stride)
        _mm_storeu_si128((__m128i *)dst, join(fy ? filter_column(rows + y, &down) : rows[y]));
}

// Rows lie two by two: row y in the lower half, row y + 4 in the upper one.
static void filter8(guint8 *dst, int dst_stride, ScreenPixels source, int fx, int fy)
{
    __m256i rows[4 + 5];
    int before = fy ? 2 : 0, count = fy ? 4 + 5 : 4, stride = source.stride;
    const guint8 *in = source.pixels - before * stride;
    Taps across = taps_of(fx), down = taps_of(fy);
    for (int y = 0; y < count; y++, in += stride)
        rows[y] = fx ? filter_rows8(in, in + 4 * stride, &across)
                     : _mm256_inserti128_si256(
                           _mm256_castsi128_si256(load8(in)), load8(in + 4 * stride), 1);
    for (int y = 0; y < 4; y++, dst += dst_stride) {
        __m256i pixels = fy ? filter_column(rows + y, &down) : rows[y];
        _mm_storel_epi64((__m128i *)dst, _mm256_castsi256_si128(pixels));
        _mm_storel_epi64((__m128i *)(dst + 4 * dst_stride), _mm256_extracti128_si256(pixels, 1));
    }
}

static void filter(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy)
{
    if (size_px == 16)
        filter16(dst, dst_stride, source, fx, fy);
    else
        filter8(dst, dst_stride, source, fx, fy);
}

void screen_kernels_avx2(ScreenKernels *kernels)
{
    kernels->name = "avx2";
    kernels->sad16 = sad16;
    kernels->sse = sse;
    kernels->sad_between = sad_between;
    kernels->intra_sads = intra_sads;
    kernels->block_sads = block_sads;
    kernels->forward = forward;
    kernels->inverse = inverse;
    kernels->quantize = quantize;
    kernels->filter = filter;
}
#endif
