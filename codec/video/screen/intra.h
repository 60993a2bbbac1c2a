// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Prediction from already reconstructed neighbours: RFC 6386, section 12. Neighbours are gathered
// into an edge first, so that frame borders are one question, asked once.

#include "codec/video/screen/types.h"

/** Pixels around a square block: left from top to bottom, corner, above from left to right. */
typedef struct {
    guint8 above[16 + 4]; // four more to the right for 4x4 blocks
    guint8 left[16];
    guint8 corner;
    gboolean has_above; // FALSE at the frame's border: DC leaves that side out
    gboolean has_left;
} ScreenEdge;

/**
 * screen_edge_gather - neighbours of the block at @x, @y px of a plane
 * @plane: reconstructed so far; @size_px: 16 or 8; @width_px: whole macroblocks
 */
void screen_edge_gather(
    ScreenEdge *edge, const guint8 *plane, int stride, int x, int y, int size_px, int width_px);

/** screen_edge_dc - the mean of what is there of an edge */
int screen_edge_dc(const ScreenEdge *edge, int size_px);

/** screen_intra_predict - @mode: DC, V, H or TM; @dst is @size_px square */
void screen_intra_predict(
    guint8 *dst, int stride, const ScreenEdge *edge, ScreenMode mode, int size_px);

/**
 * The pixels around a 4x4 block, and their averages, from which all its predictions are cut.
 * Index 1-4: left from bottom to top, 5: corner, 6-13: above from left to right; the first and the
 * last are repeated at 0 and 14.
 */
typedef struct {
    guint8 pixels[16];
    guint8 pairs[16];   // of i and i + 1
    guint8 triples[16]; // centred on i
} ScreenAround;

/** screen_around_finish - repeats the ends of pixels 1-13 and makes the averages */
void screen_around_finish(ScreenAround *around);

/** screen_intra_predict_block - 16 pixels, without gaps between rows */
void screen_intra_predict_block(guint8 *dst, const ScreenAround *around, ScreenBlockMode mode);

/** screen_intra_derived_block - the block mode that a whole-macroblock mode stands for as context
 */
ScreenBlockMode screen_intra_derived_block(guint8 mode);
