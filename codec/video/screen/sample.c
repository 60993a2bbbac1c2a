// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/sample.h"

#include "codec/video/screen/choose.h"
#include "codec/video/screen/inter.h"
#include "codec/video/screen/kernels.h"

#include <stdlib.h>
#include <string.h>

// Below this an inter prediction is taken as it is.
#define INTER_GOOD_SAD 2048

// Four blocks of a row.
static void add_blocks(ScreenEstimate *estimate, ScreenPixels source, ScreenPixels prediction)
{
    gint16 coefficients[64];
    screen_kernels.forward(coefficients, source, prediction, SCREEN_BLOCKS_ROW);
    for (int i = 0; i < 64; i++) {
        int bin = abs(coefficients[i]) / 2;
        estimate->bins[MIN(bin, SCREEN_ESTIMATE_BINS - 1)]++;
    }
}

static guint32 distance(const guint8 *source, int stride, const guint8 *row, const guint8 *column)
{
    guint32 sum = 0;
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            sum += (guint32)abs(source[y * stride + x] - (row ? row[x] : column[y * stride]));
    return sum;
}

// Stands for the ten block modes: the row above or the column to the left, from the source.
static void predict_from_source(guint8 *out, ScreenPixels source, gboolean border)
{
    const guint8 *above = source.pixels - source.stride, *left = source.pixels - 1;
    gboolean vertical = !border && distance(source.pixels, source.stride, above, NULL) <
                                       distance(source.pixels, source.stride, NULL, left);
    for (int y = 0; y < 4; y++, out += 16) {
        if (vertical)
            memcpy(out, above, 4);
        else
            memset(out, border ? 128 : left[y * source.stride], 4);
    }
}

static void sample_macroblock(ScreenEstimate *estimate, const ScreenCoder *coder, int x, int y)
{
    ScreenWindow window = screen_window(coder->source, x, y);
    ScreenPixels source = {window.planes[0], window.strides[0]};
    ScreenChoice inter;
    ScreenPieces pieces;
    gboolean found = !coder->key && screen_choose_inter(coder, x, y, &inter, &pieces);
    if (found)
        screen_choose_nearby(coder, x, y, &inter);
    gboolean split = found && inter.mode == SCREEN_MODE_SPLIT;
    gboolean moved = found && !split && (inter.exact || inter.ramp || inter.cost < INTER_GOOD_SAD);
    estimate->sampled_mb++;
    if (moved && (inter.exact || inter.ramp))
        return;
    ScreenPrediction whole;
    guint8 *prediction = whole.y;
    if (moved && inter.ref != SCREEN_REF_LAST) {
        screen_store_read(coder->store, inter.ref, x, y, &whole);
    } else if (moved) {
        const PouceFrame *ref = coder->refs[SCREEN_REF_LAST];
        ScreenPlane plane = {
            ref->planes[0], ref->strides[0], coder->columns * 16, coder->rows * 16};
        screen_inter_predict_luma(prediction, 16, &plane, x * 16, y * 16, inter.vector);
    }
    for (int by = 0; by < 16; by += 4) {
        ScreenPixels row = {source.pixels + by * source.stride, source.stride};
        for (int bx = 0; !moved && bx < 16; bx += 4)
            predict_from_source(prediction + by * 16 + bx,
                (ScreenPixels){row.pixels + bx, row.stride},
                (x == 0 && bx == 0) || (y == 0 && by == 0));
        for (int i = 0; split && i < 16; i++) // copies leave nothing to code
            if (pieces.copied >> (by + i / 4) & 1)
                memcpy(prediction + (by + i % 4) * 16 + i / 4 * 4,
                    row.pixels + i % 4 * row.stride + i / 4 * 4, 4);
        add_blocks(estimate, row, (ScreenPixels){prediction + by * 16, 16});
    }
}

void screen_sample(ScreenEstimate *estimate, const ScreenCoder *coder, const PouceDamage *coded)
{
    *estimate = (ScreenEstimate){.total_mb = pouce_damage_count(coded)};
    // An odd stride does not fall in step with columns of the picture.
    int stride = MAX(1, estimate->total_mb / SCREEN_SAMPLE_MAX) | 1, skip = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            if (skip-- > 0)
                continue;
            skip = stride - 1;
            sample_macroblock(estimate, coder, i, y);
        }
}
