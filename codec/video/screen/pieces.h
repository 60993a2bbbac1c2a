// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Macroblocks that no single vector explains: where a scrolled area begins or ends in the middle of
// one, or something new came in beside what was there. Each 4x4 block that is an exact copy of what
// was shown takes the vector that says so; only the rest gets a residual.

#include "codec/video/screen/macroblock.h"

/** Most vectors that are tried on one macroblock. */
#define SCREEN_PIECES_VECTORS_MAX 16

typedef struct {
    ScreenVector vectors[16];
    guint16 copied; // blocks that are copies, and not much coarser than this frame makes them
    guint8 quality; // the worst of these, see macroblock.h
    guint32 price;  // of saying the vectors, 1/256 bit
} ScreenPieces;

/**
 * screen_pieces_choose - vectors for the sixteen blocks of macroblock @x, @y, all from LAST
 * @source:  its luma
 * @vectors: whole-pel ones that may explain a part of it
 * @weight:  absolute differences that one bit is worth, in 1/256
 * Returns:  the cost, as that of a ScreenChoice; G_MAXUINT32 if too little is a copy
 */
guint32 screen_pieces_choose(const ScreenCoder *coder, int x, int y, const ScreenSurvey *survey,
    const ScreenVector *vectors, int count, guint32 weight, ScreenPieces *out);
