// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The kernels as they are meant, in plain C: what all others are checked against.

#include "codec/video/screen/kernels.h"
#include "codec/video/screen/transform.h"

#include <stdlib.h>
#include <string.h>

static guint32 sad(ScreenPixels a, ScreenPixels b, int size_px)
{
    guint32 sum = 0;
    for (int y = 0; y < size_px; y++)
        for (int x = 0; x < size_px; x++)
            sum += (guint32)abs(a.pixels[y * a.stride + x] - b.pixels[y * b.stride + x]);
    return sum;
}

static guint32 sad16(ScreenPixels a, ScreenPixels b)
{
    return sad(a, b, 16);
}

static guint32 sad16x4(ScreenPixels a, ScreenPixels b)
{
    guint32 sum = 0;
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 16; x++)
            sum += (guint32)abs(a.pixels[y * a.stride + x] - b.pixels[y * b.stride + x]);
    return sum;
}

static guint32 sse(ScreenPixels a, ScreenPixels b, int size_px)
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

static void intra_sads(
    guint32 sads[4], ScreenPixels source, const ScreenEdge *edge, int dc, int size_px)
{
    guint8 prediction[256];
    for (int mode = SCREEN_MODE_DC; mode <= SCREEN_MODE_TM; mode++) {
        screen_intra_predict(prediction, size_px, edge, mode, size_px);
        sads[mode] = sad(source, (ScreenPixels){prediction, size_px}, size_px);
    }
}

static void block_sads(guint32 sads[SCREEN_BLOCK_MODES], guint8 predictions[][16],
    const ScreenAround *around, const guint8 source[16])
{
    ScreenAround finished = *around;
    screen_around_finish(&finished);
    for (int mode = 0; mode < SCREEN_BLOCK_MODES; mode++) {
        screen_intra_predict_block(predictions[mode], &finished, mode);
        sads[mode] = sad((ScreenPixels){source, 4}, (ScreenPixels){predictions[mode], 4}, 4);
    }
}

// Where block @i of four lies.
static inline gsize offset_of(int i, int stride, ScreenBlocks blocks)
{
    return blocks == SCREEN_BLOCKS_ROW ? (gsize)i * 4 : (gsize)(i / 2) * 4 * stride + i % 2 * 4;
}

static void forward(gint16 *out, ScreenPixels source, ScreenPixels prediction, ScreenBlocks blocks)
{
    for (int i = 0; i < 4; i++) {
        ScreenPixels s = {source.pixels + offset_of(i, source.stride, blocks), source.stride};
        ScreenPixels p = {
            prediction.pixels + offset_of(i, prediction.stride, blocks), prediction.stride};
        screen_transform_forward_plain(out + i * 16, s, p);
    }
}

static void inverse(
    guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in, ScreenBlocks blocks)
{
    for (int i = 0; i < 4; i++) {
        ScreenPixels p = {
            prediction.pixels + offset_of(i, prediction.stride, blocks), prediction.stride};
        screen_transform_inverse_plain(dst + offset_of(i, stride, blocks), stride, p, in + i * 16);
    }
}

static void quantize(gint16 (*levels)[16], guint8 *ends, gint16 *dequantized,
    const gint16 *coefficients, const ScreenSteps *steps, int first, int count)
{
    for (int i = 0; i < count; i++)
        ends[i] = (guint8)screen_quantize_plain(
            levels[i], dequantized + i * 16, coefficients + i * 16, steps, first);
}

const gint8 screen_filter_taps[8][6] = {
    {0, 0, 0, 0, 0, 0}, // copies
    {0, -6, 123, 12, -1, 0},
    {2, -11, 108, 36, -8, 1},
    {0, -9, 93, 50, -6, 0},
    {3, -16, 77, 77, -16, 3},
    {0, -6, 50, 93, -9, 0},
    {1, -8, 36, 108, -11, 2},
    {0, -1, 12, 123, -6, 0},
};

// @step leads from one tap's pixel to the next.
static inline guint8 filter_pixel(const guint8 *p, int step, const gint8 *taps)
{
    int sum = 64;
    for (int i = 0; i < 6; i++)
        sum += p[(i - 2) * step] * taps[i];
    return (guint8)CLAMP(sum >> 7, 0, 255);
}

static void filter(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy)
{
    guint8 rows[(16 + 5) * 16];
    for (int y = fy ? -2 : 0; y < (fy ? size_px + 3 : size_px); y++) {
        const guint8 *in = source.pixels + y * source.stride;
        for (int x = 0; x < size_px; x++)
            rows[(y + 2) * 16 + x] = fx ? filter_pixel(in + x, 1, screen_filter_taps[fx]) : in[x];
    }
    for (int y = 0; y < size_px; y++)
        for (int x = 0; x < size_px; x++) {
            const guint8 *in = rows + (y + 2) * 16 + x;
            dst[y * dst_stride + x] = fy ? filter_pixel(in, 16, screen_filter_taps[fy]) : *in;
        }
}

void screen_kernels_plain(ScreenKernels *kernels)
{
    *kernels = (ScreenKernels){
        .name = "plain",
        .sad16 = sad16,
        .sad16x4 = sad16x4,
        .sse = sse,
        .sad_between = sad_between,
        .intra_sads = intra_sads,
        .block_sads = block_sads,
        .forward_one = screen_transform_forward_plain,
        .forward = forward,
        .inverse_one = screen_transform_inverse_plain,
        .inverse = inverse,
        .quantize = quantize,
        .filter = filter,
    };
}
