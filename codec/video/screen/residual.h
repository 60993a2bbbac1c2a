// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// From a prediction to levels, to the reconstruction, to tokens: all that a macroblock's residual
// needs, in the order of RFC 6386, sections 13 and 14.

#include "codec/frame/frame.h"
#include "codec/video/screen/quantize.h"
#include "codec/video/screen/tokens.h"
#include "codec/video/screen/types.h"

/** Prediction of one macroblock; strides 16, 8, 8. */
typedef struct {
    guint8 y[256];
    guint8 u[64];
    guint8 v[64];
} ScreenPrediction;

/** Blocks 0-15 Y, 16-19 U, 20-23 V, 24 Y2. */
typedef struct {
    gint16 levels[25][16];
    guint8 ends[25]; // one past the last nonzero level, 0: empty
} ScreenLevels;

/** Pixels of one macroblock in a frame. */
typedef struct {
    guint8 *planes[3];
    int strides[3];
} ScreenWindow;

static inline ScreenWindow screen_window(const PouceFrame *frame, int mb_x, int mb_y)
{
    return (ScreenWindow){
        .planes = {frame->planes[0] + (gsize)mb_y * 16 * frame->strides[0] + mb_x * 16,
            frame->planes[1] + (gsize)mb_y * 8 * frame->strides[1] + mb_x * 8,
            frame->planes[2] + (gsize)mb_y * 8 * frame->strides[2] + mb_x * 8},
        .strides = {frame->strides[0], frame->strides[1], frame->strides[2]},
    };
}

/** screen_residual_luma - with Y2; fills blocks 0-15 and 24 and reconstructs into @current */
void screen_residual_luma(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const guint8 *prediction, const ScreenQuantizer *quantizer);

/** screen_residual_block - one luma block without Y2; @dst holds the prediction at first */
void screen_residual_block(ScreenLevels *levels, int block, guint8 *dst, int dst_stride,
    const guint8 *source, int source_stride, const ScreenQuantizer *quantizer);

/**
 * screen_residual_blocks - sixteen luma blocks without Y2 that are all predicted already
 * @bare: one bit for each block that gets no residual
 */
void screen_residual_blocks(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const guint8 *prediction, const ScreenQuantizer *quantizer,
    guint16 bare);

/** screen_residual_chroma - blocks 16-23 */
void screen_residual_chroma(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const ScreenPrediction *prediction,
    const ScreenQuantizer *quantizer);

/** screen_residual_no_luma, _no_chroma - the prediction is the reconstruction; @levels may be NULL
 */
void screen_residual_no_luma(
    ScreenLevels *levels, const ScreenWindow *current, const ScreenPrediction *prediction);
void screen_residual_no_chroma(
    ScreenLevels *levels, const ScreenWindow *current, const ScreenPrediction *prediction);

/** screen_residual_price - what record would add to the cost of @tokens, for a macroblock of @mode
 */
guint32 screen_residual_price(const ScreenTokens *tokens, const ScreenMacroblock *mb, int stride,
    guint8 mode, const ScreenLevels *levels);

/**
 * screen_residual_record - tokens of a macroblock, and the contexts it leaves to its neighbours
 * @mb: skip is set here from @levels; NULL @levels means none
 */
void screen_residual_record(
    ScreenTokens *tokens, ScreenMacroblock *mb, int stride, const ScreenLevels *levels);
