// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The choice of a prediction for one macroblock.

#include "codec/video/screen/intra.h"
#include "codec/video/screen/macroblock.h"
#include "codec/video/screen/pieces.h"

#define SCREEN_SAD_UNKNOWN G_MAXUINT32

/** A prediction and what it costs: absolute luma differences plus its bits, weighed. */
typedef struct {
    guint8 mode;
    guint8 ref;
    ScreenVector vector;
    guint32 cost;
    guint32 sad;    // of luma; SCREEN_SAD_UNKNOWN between pixels
    gboolean exact; // the source of this block has moved here unchanged
    guint8 quality; // of what it points to, see macroblock.h
    gboolean ramp;  // a useless prediction that brings a long vector within its neighbours' reach
} ScreenChoice;

/** screen_choose_weight - absolute differences that one bit is worth, in 1/256 */
guint32 screen_choose_weight(const ScreenQuantizer *quantizer);

/** screen_choose_good - cost below which a vector at hand leaves next to nothing, and is taken */
guint32 screen_choose_good(const ScreenQuantizer *quantizer);

/**
 * screen_choose_inter - the best of the vectors that offer themselves; FALSE when no reference may
 * be used
 * @pieces: out, if the mode is SPLIT
 */
gboolean screen_choose_inter(
    const ScreenCoder *coder, int x, int y, ScreenChoice *best, ScreenPieces *pieces);

/** screen_choose_nearby - follows @best, which choose_inter found, to a better vector if it pays */
void screen_choose_nearby(const ScreenCoder *coder, int x, int y, ScreenChoice *best);

/** screen_choose_intra - the best of the four modes of a whole macroblock */
void screen_choose_intra(
    const ScreenCoder *coder, const ScreenEdge *edge, int x, int y, ScreenChoice *best);

/** screen_choose_chroma - the best chroma mode; @out_sad: of both planes */
ScreenMode screen_choose_chroma(const ScreenCoder *coder, const ScreenEdge *u, const ScreenEdge *v,
    int x, int y, guint32 *out_sad);
