// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Steps of the quantizer for each kind of block, and quantization with a dead zone.

#include <glib.h>

/** For each coefficient in raster order: the first is the DC, the others are alike. */
typedef struct {
    guint16 step[16];
    guint16 rounding[16]; // added to the magnitude before the division
    guint16 inverse[16];  // ceil(2^16 / step)
    // A last level of one is dropped when its coefficient is below this: after a zero, and not.
    guint16 trim_alone[2], trim_next[2]; // DC, AC
    guint32 nothing_sad; // absolute differences up to which no level is left, however they lie
} ScreenSteps;

typedef struct {
    int index; // 0..127
    ScreenSteps y, y2, uv;
} ScreenQuantizer;

#define SCREEN_QUANTIZER_MAX 127

void screen_quantizer_init(ScreenQuantizer *quantizer, int index);

/**
 * screen_quantize_plain - coefficients @first..15 of one block; a last level of one may be dropped
 * @levels: out, in zigzag order, those below @first 0; not to be read when the block is empty
 * @dequantized: out, in raster order, what the decoder will see; 0 below @first
 * Returns: one past the last nonzero level in zigzag order, 0 when there is none
 * In plain C; kernels.h has the one to be used.
 */
int screen_quantize_plain(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first);

/** screen_quantize_trim - drops last levels of one; @filled: which levels are not 0; Returns: as
 * above */
int screen_quantize_trim(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, guint32 filled);

/** Largest magnitude a token can carry: RFC 6386, 13.2. */
#define SCREEN_LEVEL_MAX 2048
