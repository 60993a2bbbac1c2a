// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Motion search for films and photographs on the screen, where nothing is an exact copy: downhill
// in whole pixels from the best vector known, then in half and quarter pixels. Between pixels the
// cost is that of a two-tap mean, not of the six-tap filter that makes the prediction: it is five
// times cheaper and leads to the same place.

#include "codec/video/screen/inter.h"

typedef struct {
    ScreenPixels source; // 16x16
    const ScreenPlane *plane;
    int x, y;              // px
    ScreenVector expected; // vectors are coded as differences from this one
    guint32 weight;        // absolute differences that one bit is worth, in 1/256
} ScreenSearch;

/** screen_search_cost - absolute differences and bits of @vector; G_MAXUINT32 outside the plane */
guint32 screen_search_cost(const ScreenSearch *search, ScreenVector vector);

/**
 * screen_search_refine - follows falling cost from @vector, at most SCREEN_SEARCH_STEPS_MAX steps
 * @vector: in and out
 * Returns: its cost
 */
#define SCREEN_SEARCH_STEPS_MAX 24
guint32 screen_search_refine(const ScreenSearch *search, ScreenVector *vector);
