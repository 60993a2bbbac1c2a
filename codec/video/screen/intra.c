// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/intra.h"

#include <string.h>

// Values outside the frame: RFC 6386, 12.2.
#define ABOVE_FRAME 127
#define LEFT_OF_FRAME 129

// For sizes that the compiler knows: copies become moves.
static inline void gather(
    ScreenEdge *edge, const guint8 *plane, int stride, int x, int y, int size_px, int width_px)
{
    const guint8 *at = plane + (gsize)y * stride + x;
    edge->has_above = y > 0;
    edge->has_left = x > 0;
    if (y > 0) {
        memcpy(edge->above, at - stride, (gsize)size_px);
        if (size_px == 16 && x + 16 < width_px)
            memcpy(edge->above + 16, at - stride + 16, 4);
        else if (size_px == 16)
            memset(edge->above + 16, at[15 - stride], 4); // the row goes on with its last pixel
    } else {
        memset(edge->above, ABOVE_FRAME, sizeof edge->above);
    }
    if (x > 0)
        for (int i = 0; i < size_px; i++)
            edge->left[i] = at[i * stride - 1];
    else
        memset(edge->left, LEFT_OF_FRAME, (gsize)size_px);
    edge->corner = y == 0 ? ABOVE_FRAME : x == 0 ? LEFT_OF_FRAME : at[-stride - 1];
}

void screen_edge_gather(
    ScreenEdge *edge, const guint8 *plane, int stride, int x, int y, int size_px, int width_px)
{
    if (size_px == 16)
        gather(edge, plane, stride, x, y, 16, width_px);
    else
        gather(edge, plane, stride, x, y, 8, width_px);
}

#ifdef __SSE2__
#include <emmintrin.h>

static int sum_of(const guint8 *pixels, int size_px)
{
    __m128i all = size_px == 16 ? _mm_loadu_si128((const __m128i *)pixels)
                                : _mm_loadl_epi64((const __m128i *)pixels);
    __m128i sum = _mm_sad_epu8(all, _mm_setzero_si128());
    return _mm_cvtsi128_si32(sum) + _mm_cvtsi128_si32(_mm_srli_si128(sum, 8));
}
#else
static int sum_of(const guint8 *pixels, int size_px)
{
    int sum = 0;
    for (int i = 0; i < size_px; i++)
        sum += pixels[i];
    return sum;
}
#endif

int screen_edge_dc(const ScreenEdge *edge, int size_px)
{
    int above = edge->has_above ? sum_of(edge->above, size_px) : 0;
    int left = edge->has_left ? sum_of(edge->left, size_px) : 0;
    int shift = size_px == 16 ? 4 : 3;
    if (edge->has_above && edge->has_left)
        return (above + left + size_px) >> (shift + 1);
    if (edge->has_above || edge->has_left)
        return (above + left + size_px / 2) >> shift;
    return 128;
}

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

#ifdef __SSE2__
// Eight pixels at a time: left + above - corner, held in 0..255 by the final packing.
static void predict_tm(guint8 *dst, int stride, const ScreenEdge *edge, int size_px)
{
    __m128i zero = _mm_setzero_si128(), corner = _mm_set1_epi16(edge->corner);
    for (int x = 0; x < size_px; x += 8) {
        __m128i above = _mm_loadl_epi64((const __m128i *)(edge->above + x));
        __m128i slope = _mm_sub_epi16(_mm_unpacklo_epi8(above, zero), corner);
        for (int y = 0; y < size_px; y++) {
            __m128i sum = _mm_add_epi16(slope, _mm_set1_epi16(edge->left[y]));
            _mm_storel_epi64((__m128i *)(dst + y * stride + x), _mm_packus_epi16(sum, sum));
        }
    }
}
#else
static void predict_tm(guint8 *dst, int stride, const ScreenEdge *edge, int size_px)
{
    for (int y = 0; y < size_px; y++, dst += stride)
        for (int x = 0; x < size_px; x++)
            dst[x] = clamp_pixel(edge->left[y] + edge->above[x] - edge->corner);
}
#endif

static inline void predict(
    guint8 *dst, int stride, const ScreenEdge *edge, ScreenMode mode, int size_px)
{
    int dc = mode == SCREEN_MODE_DC ? screen_edge_dc(edge, size_px) : 0;
    for (int y = 0; y < size_px; y++, dst += stride) {
        if (mode == SCREEN_MODE_V)
            memcpy(dst, edge->above, (gsize)size_px);
        else
            memset(dst, mode == SCREEN_MODE_H ? edge->left[y] : dc, (gsize)size_px);
    }
}

void screen_intra_predict(
    guint8 *dst, int stride, const ScreenEdge *edge, ScreenMode mode, int size_px)
{
    if (mode == SCREEN_MODE_TM)
        predict_tm(dst, stride, edge, size_px);
    else if (size_px == 16)
        predict(dst, stride, edge, mode, 16);
    else
        predict(dst, stride, edge, mode, 8);
}

#define LEFT 4 // left[i] is pixel LEFT - i
#define CORNER 5
#define ABOVE 6

#ifdef __SSE2__
void screen_around_finish(ScreenAround *around)
{
    around->pixels[0] = around->pixels[1];
    around->pixels[14] = around->pixels[15] = around->pixels[13];
    __m128i here = _mm_loadu_si128((const __m128i *)around->pixels);
    __m128i next = _mm_srli_si128(here, 1), previous = _mm_slli_si128(here, 1);
    _mm_storeu_si128((__m128i *)around->pairs, _mm_avg_epu8(here, next));
    // (a + 2b + c + 2) / 4 is the rounded mean of b and of the mean of a and c rounded down.
    __m128i odd = _mm_and_si128(_mm_xor_si128(previous, next), _mm_set1_epi8(1));
    __m128i outer = _mm_sub_epi8(_mm_avg_epu8(previous, next), odd);
    _mm_storeu_si128((__m128i *)around->triples, _mm_avg_epu8(here, outer));
}
#else
void screen_around_finish(ScreenAround *around)
{
    const guint8 *p = around->pixels;
    around->pixels[0] = around->pixels[1];
    around->pixels[14] = around->pixels[15] = around->pixels[13];
    for (int i = 0; i < 15; i++)
        around->pairs[i] = (guint8)((p[i] + p[i + 1] + 1) >> 1);
    for (int i = 1; i < 15; i++)
        around->triples[i] = (guint8)((p[i - 1] + 2 * p[i] + p[i + 1] + 2) >> 2);
}
#endif

static inline void set_row(guint8 *dst, int y, const guint8 *from)
{
    memcpy(dst + y * 4, from, 4);
}

static void fill_dc(guint8 *dst, const guint8 *p)
{
    int sum = 4;
    for (int i = 0; i < 4; i++)
        sum += p[LEFT - i] + p[ABOVE + i];
    memset(dst, sum >> 3, 16);
}

static void fill_tm(guint8 *dst, const guint8 *p)
{
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            dst[y * 4 + x] = clamp_pixel(p[LEFT - y] + p[ABOVE + x] - p[CORNER]);
}

// Lines of slope two: even rows hold pairs, odd rows triples, and each second row moves on by one.
static void fill_vertical_right(guint8 *dst, const ScreenAround *around)
{
    const guint8 *pairs = around->pairs, *triples = around->triples;
    set_row(dst, 0, pairs + CORNER);
    set_row(dst, 1, triples + CORNER);
    memcpy(dst + 9, pairs + CORNER, 3);
    memcpy(dst + 13, triples + CORNER, 3);
    dst[8] = triples[LEFT];
    dst[12] = triples[LEFT - 1];
}

static void fill_vertical_left(guint8 *dst, const ScreenAround *around)
{
    const guint8 *pairs = around->pairs, *triples = around->triples;
    set_row(dst, 0, pairs + ABOVE);
    set_row(dst, 1, triples + ABOVE + 1);
    set_row(dst, 2, pairs + ABOVE + 1);
    set_row(dst, 3, triples + ABOVE + 2);
    dst[11] = triples[ABOVE + 5]; // these two break the pattern, by the format
    dst[15] = triples[ABOVE + 6];
}

static void fill_horizontal_down(guint8 *dst, const ScreenAround *around)
{
    guint8 line[10];
    for (int i = 0; i < 4; i++) {
        line[2 * i] = around->pairs[1 + i];
        line[2 * i + 1] = around->triples[2 + i];
    }
    line[8] = around->triples[ABOVE];
    line[9] = around->triples[ABOVE + 1];
    for (int y = 0; y < 4; y++)
        set_row(dst, y, line + 6 - 2 * y);
}

static void fill_horizontal_up(guint8 *dst, const ScreenAround *around)
{
    const guint8 *pairs = around->pairs, *triples = around->triples;
    guint8 line[10] = {pairs[3], triples[3], pairs[2], triples[2], pairs[1], triples[1]};
    memset(line + 6, around->pixels[1], 4);
    for (int y = 0; y < 4; y++)
        set_row(dst, y, line + 2 * y);
}

void screen_intra_predict_block(guint8 *dst, const ScreenAround *around, ScreenBlockMode mode)
{
    switch (mode) {
    case SCREEN_BLOCK_TM:
        fill_tm(dst, around->pixels);
        break;
    case SCREEN_BLOCK_VE:
        for (int y = 0; y < 4; y++)
            set_row(dst, y, around->triples + ABOVE);
        break;
    case SCREEN_BLOCK_HE:
        for (int y = 0; y < 4; y++)
            memset(dst + y * 4, around->triples[LEFT - y], 4);
        break;
    case SCREEN_BLOCK_LD:
        for (int y = 0; y < 4; y++)
            set_row(dst, y, around->triples + ABOVE + 1 + y);
        break;
    case SCREEN_BLOCK_RD:
        for (int y = 0; y < 4; y++)
            set_row(dst, y, around->triples + CORNER - y);
        break;
    case SCREEN_BLOCK_VR:
        fill_vertical_right(dst, around);
        break;
    case SCREEN_BLOCK_VL:
        fill_vertical_left(dst, around);
        break;
    case SCREEN_BLOCK_HD:
        fill_horizontal_down(dst, around);
        break;
    case SCREEN_BLOCK_HU:
        fill_horizontal_up(dst, around);
        break;
    default:
        fill_dc(dst, around->pixels);
    }
}

ScreenBlockMode screen_intra_derived_block(guint8 mode)
{
    switch (mode) {
    case SCREEN_MODE_V:
        return SCREEN_BLOCK_VE;
    case SCREEN_MODE_H:
        return SCREEN_BLOCK_HE;
    case SCREEN_MODE_TM:
        return SCREEN_BLOCK_TM;
    default:
        return SCREEN_BLOCK_DC;
    }
}
