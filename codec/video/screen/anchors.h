// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Places in a picture that can be found again after they moved: upper left corners of something
// drawn on a flat ground, as glyphs, icons and frames of windows have them. A corner is chosen by
// the pixels around it alone, not by where it lies, so the same content yields the same anchors
// wherever it goes. Photographs have few; they are not what exact motion is for.

#include "codec/frame/frame.h"

/** Most anchors kept for a macroblock. */
#define SCREEN_ANCHORS_PER_MB 4

typedef struct {
    guint32 hash; // of the 16x8 pixels that begin at the corner
    guint16 x, y; // px
} ScreenAnchor;

/** screen_anchors_find - Returns: how many, at most SCREEN_ANCHORS_PER_MB */
int screen_anchors_find(ScreenAnchor *anchors, const PouceFrame *frame, int mb_x, int mb_y);

/** The plain C version of the corner test, for comparison in tests: bit i for column x + i. */
guint32 screen_anchors_corners_plain(const guint8 *row, int stride);
guint32 screen_anchors_corners(const guint8 *row, int stride);
