// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Macroblocks whose sixteen luma blocks have vectors of their own: how vectors are grouped, told
// and averaged for chroma (RFC 6386, 16.4 and 18.1). Pure.

#include "codec/video/screen/vectors.h"

/**
 * screen_split_write - the grouping, the way of each group and its vector if it is a new one
 * @mb: among its neighbours, rows of @stride; @best: what new vectors are relative to
 */
void screen_split_write(ScreenBoolCoder *coder, const ScreenMacroblock *mb, int stride,
    ScreenVectorProbs probs, ScreenVector best);

/** screen_split_count - the vectors that write would write */
void screen_split_count(
    ScreenVectorCounts counts, const ScreenMacroblock *mb, int stride, ScreenVector best);

/**
 * screen_split_cost - 1/256 bit of what write would write, @vector_cost for each new vector
 * Returns: G_MAXUINT32 if one of them is too far from @best to be written
 */
guint32 screen_split_cost(
    const ScreenMacroblock *mb, int stride, ScreenVector best, guint32 vector_cost);

/** screen_split_chroma - the vector of chroma block @block (0..3, raster order) */
ScreenVector screen_split_chroma(const ScreenVector vectors[16], int block);
