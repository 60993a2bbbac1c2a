// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// BGRX (little-endian 0xXXRRGGBB words, as X11 and PipeWire give) to and from I420, by libyuv,
// touching damaged macroblocks only.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

G_BEGIN_DECLS

/**
 * pouce_convert_bgrx - brings @frame up to date with @bgrx where @damage says
 * @frame:        the caller holds the only reference
 * @bgrx:         at least frame->height_px rows of @stride_bytes; only visible pixels are read;
 *                the padding up to whole macroblocks repeats the last column and row
 * @damage:       NULL for the whole picture
 */
void pouce_convert_bgrx(
    PouceFrame *frame, const guint8 *bgrx, int stride_bytes, const PouceDamage *damage);

/** pouce_convert_to_bgrx - the other way, for showing and comparing; @bgrx holds the visible size
 */
void pouce_convert_to_bgrx(
    guint8 *bgrx, int stride_bytes, const PouceFrame *frame, const PouceDamage *damage);

G_END_DECLS
