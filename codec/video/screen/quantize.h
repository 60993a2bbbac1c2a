// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Steps of the quantizer for each kind of block, and quantization with a dead zone.

#include <glib.h>

typedef struct {
    guint16 step[2];     // DC, AC
    guint16 rounding[2]; // added to the magnitude before the division
    guint16 inverse[2];  // ceil(2^16 / step)
} ScreenSteps;

typedef struct {
    int index; // 0..127
    ScreenSteps y, y2, uv;
} ScreenQuantizer;

#define SCREEN_QUANTIZER_MAX 127

void screen_quantizer_init(ScreenQuantizer *quantizer, int index);

/**
 * screen_quantize - coefficients @first..15 of one block; a last level of one may be dropped
 * @levels: out, in zigzag order, those below @first 0; not to be read when the block is empty
 * @dequantized: out, in raster order, what the decoder will see; 0 below @first
 * Returns: one past the last nonzero level in zigzag order, 0 when there is none
 * The plain version is for comparison in tests.
 */
int screen_quantize_plain(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first);
int screen_quantize(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first);
