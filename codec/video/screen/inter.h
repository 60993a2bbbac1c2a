// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Prediction from an earlier picture by a vector: RFC 6386, section 18 (version 0: six-tap filter).
// The picture goes on without end: beyond its border of whole macroblocks its edge pixels repeat.

#include "codec/video/screen/types.h"

typedef struct {
    const guint8 *pixels;
    int stride;
    int width_px; // whole macroblocks
    int height_px;
} ScreenPlane;

/**
 * screen_inter_predict - a square block of @size_px (16, 8 or 4) at @x, @y px of the plane
 * @row8, @column8: displacement in 1/8 px of this plane
 */
void screen_inter_predict(guint8 *dst, int dst_stride, const ScreenPlane *plane, int x, int y,
    int size_px, int row8, int column8);

/** For luma a vector counts quarters, for chroma the same number counts eighths. */
static inline void screen_inter_predict_luma(
    guint8 *dst, int stride, const ScreenPlane *plane, int x, int y, ScreenVector vector)
{
    screen_inter_predict(dst, stride, plane, x, y, 16, vector.row * 2, vector.column * 2);
}

static inline void screen_inter_predict_chroma(
    guint8 *dst, int stride, const ScreenPlane *plane, int x, int y, ScreenVector vector)
{
    screen_inter_predict(dst, stride, plane, x, y, 8, vector.row, vector.column);
}
