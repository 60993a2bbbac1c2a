// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/transform.h"

// sqrt(2) cos(pi/8) and sqrt(2) sin(pi/8) in 1/4096, for the forward transform.
#define FORWARD_COS 5352
#define FORWARD_SIN 2217

// One pass over four values, scaled by 4096 / 2^@shift times the unitary factor of 2.
static inline void forward_pass(const int in[4], int out[4], int shift)
{
    int a = in[0] + in[3], b = in[1] + in[2], c = in[1] - in[2], d = in[0] - in[3];
    int round = 1 << (shift - 1);
    out[0] = ((a + b) * 4096 + round) >> shift;
    out[1] = (c * FORWARD_SIN + d * FORWARD_COS + round) >> shift;
    out[2] = ((a - b) * 4096 + round) >> shift;
    out[3] = (d * FORWARD_SIN - c * FORWARD_COS + round) >> shift;
}

// Columns first with three more bits of precision, then rows; 16 bits hold what is between.
#define COLUMN_SHIFT 9
#define ROW_SHIFT 16

void screen_transform_forward_plain(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    int columns[4][4], result[4];
    for (int x = 0; x < 4; x++) {
        int d[4];
        for (int y = 0; y < 4; y++)
            d[y] = src[y * src_stride + x] - pred[y * pred_stride + x];
        forward_pass(d, columns[x], COLUMN_SHIFT);
    }
    for (int y = 0; y < 4; y++) {
        int row[4] = {columns[0][y], columns[1][y], columns[2][y], columns[3][y]};
        forward_pass(row, result, ROW_SHIFT);
        for (int x = 0; x < 4; x++)
            out[y * 4 + x] = (gint16)result[x];
    }
}

#ifdef __SSE2__
#include <emmintrin.h>
#include <string.h>

// The same pass on eight columns at once.
static inline void forward_pass8(__m128i r[4], int shift)
{
    __m128i a = _mm_add_epi16(r[0], r[3]), b = _mm_add_epi16(r[1], r[2]);
    __m128i c = _mm_sub_epi16(r[1], r[2]), d = _mm_sub_epi16(r[0], r[3]);
    __m128i round = _mm_set1_epi32(1 << (shift - 1));
    const __m128i pairs[4][2] = {{_mm_unpacklo_epi16(a, b), _mm_unpackhi_epi16(a, b)},
        {_mm_unpacklo_epi16(c, d), _mm_unpackhi_epi16(c, d)},
        {_mm_unpacklo_epi16(a, b), _mm_unpackhi_epi16(a, b)},
        {_mm_unpacklo_epi16(c, d), _mm_unpackhi_epi16(c, d)}};
    const __m128i factors[4] = {_mm_set1_epi32(4096 << 16 | 4096),
        _mm_set1_epi32(FORWARD_COS << 16 | FORWARD_SIN), _mm_set1_epi32(-4096 * 65536 + 4096),
        _mm_set1_epi32((FORWARD_SIN << 16) | (guint16)-FORWARD_COS)};
    for (int i = 0; i < 4; i++) {
        __m128i low = _mm_add_epi32(_mm_madd_epi16(pairs[i][0], factors[i]), round);
        __m128i high = _mm_add_epi32(_mm_madd_epi16(pairs[i][1], factors[i]), round);
        r[i] = _mm_packs_epi32(_mm_srai_epi32(low, shift), _mm_srai_epi32(high, shift));
    }
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
    forward_pass8(r, COLUMN_SHIFT);
    transpose(r);
    forward_pass8(r, ROW_SHIFT);
    transpose(r);
}

void screen_transform_forward_pair(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    __m128i r[4], zero = _mm_setzero_si128();
    for (int y = 0; y < 4; y++) {
        __m128i p = _mm_loadl_epi64((const __m128i *)(src + y * src_stride));
        __m128i q = _mm_loadl_epi64((const __m128i *)(pred + y * pred_stride));
        r[y] = _mm_sub_epi16(_mm_unpacklo_epi8(p, zero), _mm_unpacklo_epi8(q, zero));
    }
    forward8(r);
    for (int y = 0; y < 4; y++) {
        _mm_storel_epi64((__m128i *)(out + y * 4), r[y]);
        _mm_storel_epi64((__m128i *)(out + 16 + y * 4), _mm_srli_si128(r[y], 8));
    }
}

void screen_transform_forward(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    __m128i r[4], zero = _mm_setzero_si128();
    for (int y = 0; y < 4; y++) {
        int p, q;
        memcpy(&p, src + y * src_stride, 4);
        memcpy(&q, pred + y * pred_stride, 4);
        r[y] = _mm_sub_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(p), zero),
            _mm_unpacklo_epi8(_mm_cvtsi32_si128(q), zero));
    }
    forward8(r);
    for (int y = 0; y < 4; y++)
        _mm_storel_epi64((__m128i *)(out + y * 4), r[y]);
}
#else
void screen_transform_forward(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    screen_transform_forward_plain(out, src, src_stride, pred, pred_stride);
}

void screen_transform_forward_pair(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    for (int i = 0; i < 2; i++)
        screen_transform_forward_plain(
            out + i * 16, src + i * 4, src_stride, pred + i * 4, pred_stride);
}
#endif

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

// x * sqrt(2) cos(pi/8) and x * sqrt(2) sin(pi/8) with the format's own rounding.
static inline int inverse_cos(int x)
{
    return x + ((x * 20091) >> 16);
}

static inline int inverse_sin(int x)
{
    return (x * 35468) >> 16;
}

void screen_transform_inverse_plain(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in)
{
    int columns[16];
    for (int x = 0; x < 4; x++) {
        int a = in[x] + in[8 + x], b = in[x] - in[8 + x];
        int c = inverse_sin(in[4 + x]) - inverse_cos(in[12 + x]);
        int d = inverse_cos(in[4 + x]) + inverse_sin(in[12 + x]);
        columns[x] = a + d;
        columns[4 + x] = b + c;
        columns[8 + x] = b - c;
        columns[12 + x] = a - d;
    }
    for (int y = 0; y < 4; y++) {
        const int *row = columns + y * 4;
        int a = row[0] + row[2], b = row[0] - row[2];
        int c = inverse_sin(row[1]) - inverse_cos(row[3]);
        int d = inverse_cos(row[1]) + inverse_sin(row[3]);
        guint8 above[4] = {pred[0], pred[1], pred[2], pred[3]};
        dst[0] = clamp_pixel(above[0] + ((a + d + 4) >> 3));
        dst[1] = clamp_pixel(above[1] + ((b + c + 4) >> 3));
        dst[2] = clamp_pixel(above[2] + ((b - c + 4) >> 3));
        dst[3] = clamp_pixel(above[3] + ((a - d + 4) >> 3));
        dst += dst_stride;
        pred += pred_stride;
    }
}

#ifdef __SSE2__
// One pass on the four columns in the low half. 16 bits suffice: residuals are at most 255, and
// twice the unitary transform of them stays below 2^12.
static inline void inverse_pass(__m128i r[4])
{
    const __m128i cos = _mm_set1_epi16(20091), sin = _mm_set1_epi16((gint16)35468);
    // 35468 does not fit into a signed word: the product lacks one r.
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

void screen_transform_inverse(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in)
{
    __m128i r[4], zero = _mm_setzero_si128(), round = _mm_set1_epi16(4);
    for (int i = 0; i < 4; i++)
        r[i] = _mm_loadl_epi64((const __m128i *)(in + i * 4));
    inverse_pass(r);
    transpose(r);
    inverse_pass(r);
    transpose(r);
    for (int y = 0; y < 4; y++, dst += dst_stride, pred += pred_stride) {
        int pixels;
        memcpy(&pixels, pred, 4);
        __m128i residual = _mm_srai_epi16(_mm_add_epi16(r[y], round), 3);
        __m128i sum = _mm_add_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(pixels), zero), residual);
        pixels = _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
        memcpy(dst, &pixels, 4);
    }
}
#else
void screen_transform_inverse(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in)
{
    screen_transform_inverse_plain(dst, dst_stride, pred, pred_stride, in);
}
#endif

void screen_transform_forward_dc(gint16 *out, const gint16 *in)
{
    int rows[16];
    for (int y = 0; y < 4; y++) {
        int p = in[(y * 4) * 16], q = in[(y * 4 + 1) * 16];
        int r = in[(y * 4 + 2) * 16], s = in[(y * 4 + 3) * 16];
        int a = p + s, b = q + r, c = q - r, d = p - s;
        rows[y * 4 + 0] = a + b;
        rows[y * 4 + 1] = c + d;
        rows[y * 4 + 2] = a - b;
        rows[y * 4 + 3] = d - c;
    }
    for (int x = 0; x < 4; x++) {
        int a = rows[x] + rows[12 + x], b = rows[4 + x] + rows[8 + x];
        int c = rows[4 + x] - rows[8 + x], d = rows[x] - rows[12 + x];
        out[x] = (gint16)((a + b + (a + b > 0)) >> 1);
        out[4 + x] = (gint16)((c + d + (c + d > 0)) >> 1);
        out[8 + x] = (gint16)((a - b + (a - b > 0)) >> 1);
        out[12 + x] = (gint16)((d - c + (d - c > 0)) >> 1);
    }
}

void screen_transform_inverse_dc(gint16 *out, const gint16 *in)
{
    int columns[16];
    for (int x = 0; x < 4; x++) {
        int a = in[x] + in[12 + x], b = in[4 + x] + in[8 + x];
        int c = in[4 + x] - in[8 + x], d = in[x] - in[12 + x];
        columns[x] = a + b;
        columns[4 + x] = c + d;
        columns[8 + x] = a - b;
        columns[12 + x] = d - c;
    }
    for (int y = 0; y < 4; y++) {
        const int *row = columns + y * 4;
        int a = row[0] + row[3], b = row[1] + row[2];
        int c = row[1] - row[2], d = row[0] - row[3];
        out[(y * 4 + 0) * 16] = (gint16)((a + b + 3) >> 3);
        out[(y * 4 + 1) * 16] = (gint16)((c + d + 3) >> 3);
        out[(y * 4 + 2) * 16] = (gint16)((a - b + 3) >> 3);
        out[(y * 4 + 3) * 16] = (gint16)((d - c + 3) >> 3);
    }
}
