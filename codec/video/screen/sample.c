// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/sample.h"

#include "codec/video/screen/choose.h"
#include "codec/video/screen/distortion.h"
#include "codec/video/screen/inter.h"
#include "codec/video/screen/transform.h"

#include <stdlib.h>
#include <string.h>

// Below this an inter prediction is taken as it is.
#define INTER_GOOD_SAD 2048

static void add_block(ScreenEstimate *estimate, ScreenPixels source, ScreenPixels prediction)
{
    gint16 coefficients[16];
    screen_transform_forward(
        coefficients, source.pixels, source.stride, prediction.pixels, prediction.stride);
    for (int i = 0; i < 16; i++) {
        int bin = abs(coefficients[i]) / 2;
        estimate->bins[MIN(bin, SCREEN_ESTIMATE_BINS - 1)]++;
    }
}

// Stands for the ten block modes: the row above or the column to the left, from the source.
static void predict_from_source(guint8 out[16], ScreenPixels source, gboolean border)
{
    guint8 here[16], down[16], across[16];
    if (border) {
        memset(out, 128, 16);
        return;
    }
    for (int y = 0; y < 4; y++) {
        const guint8 *row = source.pixels + y * source.stride;
        memcpy(here + y * 4, row, 4);
        memcpy(down + y * 4, source.pixels - source.stride, 4);
        memset(across + y * 4, row[-1], 4);
    }
    gboolean vertical = screen_sad_block(here, down) < screen_sad_block(here, across);
    memcpy(out, vertical ? down : across, 16);
}

static void sample_macroblock(ScreenEstimate *estimate, const ScreenCoder *coder, int x, int y)
{
    ScreenWindow window = screen_window(coder->source, x, y);
    ScreenPixels source = {window.planes[0], window.strides[0]};
    ScreenChoice inter;
    gboolean moved = !coder->key && screen_choose_inter(coder, x, y, &inter) &&
                     (inter.exact || inter.ramp || inter.cost < INTER_GOOD_SAD);
    estimate->sampled_mb++;
    if (moved && (inter.exact || inter.ramp))
        return;
    guint8 moved_pixels[256];
    if (moved) {
        const PouceFrame *ref = coder->refs[inter.ref];
        ScreenPlane plane = {
            ref->planes[0], ref->strides[0], coder->columns * 16, coder->rows * 16};
        screen_inter_predict_luma(moved_pixels, 16, &plane, x * 16, y * 16, inter.vector);
    }
    for (int block = 0; block < 16; block++) {
        int bx = block % 4 * 4, by = block / 4 * 4;
        ScreenPixels at = {source.pixels + by * source.stride + bx, source.stride};
        if (moved) {
            add_block(estimate, at, (ScreenPixels){moved_pixels + by * 16 + bx, 16});
            continue;
        }
        guint8 prediction[16];
        predict_from_source(prediction, at, (x == 0 && bx == 0) || (y == 0 && by == 0));
        add_block(estimate, at, (ScreenPixels){prediction, 4});
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
