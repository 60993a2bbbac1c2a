// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// BGRX pictures made smaller or larger, one changed rectangle at a time: the pixels that come out
// are those of scaling the whole picture. Pure, by libyuv; any thread.

#include "codec/frame/damage.h"

G_BEGIN_DECLS

typedef struct {
    guint8 *bgrx;
    int stride_bytes;
    int width_px, height_px;
} PoucePixels;

typedef enum {
    POUCE_SCALE_NEAREST, // sharp pixels
    POUCE_SCALE_BILINEAR,
} PouceScaleFilter;

/**
 * pouce_scale_reach - the part of @to that depends on @rect of @from
 * May be a few pixels more, never less; clipped to @to.
 */
PouceRect pouce_scale_reach(const PoucePixels *from, const PoucePixels *to, PouceRect rect);

/** pouce_scale_rect - writes @rect of @to from what of @from it depends on; @rect lies inside @to
 */
void pouce_scale_rect(
    const PoucePixels *from, const PoucePixels *to, PouceRect rect, PouceScaleFilter filter);

/**
 * pouce_scale_halve - the mean of each 2x2 of @from that @rect touches, into @to
 * @to:     half the size of @from, an odd last row or column left out
 * Returns: the rectangle of @to that was written
 */
PouceRect pouce_scale_halve(const PoucePixels *from, const PoucePixels *to, PouceRect rect);

G_END_DECLS
