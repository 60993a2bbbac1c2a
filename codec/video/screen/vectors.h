// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Motion vectors in the bitstream: what the neighbours predict (RFC 6386, 16.3) and how a
// difference is written (section 17).

#include "codec/video/screen/bool_coder.h"
#include "codec/video/screen/types.h"

#define SCREEN_VECTOR_NODES 19

typedef guint8 ScreenVectorProbs[2][SCREEN_VECTOR_NODES]; // row, then column
typedef guint32 ScreenVectorCounts[2][SCREEN_VECTOR_NODES][2];

/** Where a macroblock stands; macroblocks lie in rows of @stride with a border above and left. */
typedef struct {
    int x, y; // macroblocks
    int columns, rows;
    int stride;
} ScreenPlace;

typedef struct {
    ScreenVector best; // what NEW is relative to
    ScreenVector nearest;
    ScreenVector near;
    guint8 probs[4]; // of the tree of inter modes
} ScreenSurvey;

void screen_vectors_survey(
    ScreenSurvey *survey, const ScreenMacroblock *here, const ScreenPlace *place);

/** screen_vectors_mode - cheapest mode that means @vector */
ScreenMode screen_vectors_mode(const ScreenSurvey *survey, ScreenVector vector);

/** screen_vectors_is_step - whether @vector can be written as a difference from @best */
gboolean screen_vectors_is_step(ScreenVector vector, ScreenVector best);

/** screen_vectors_reachable - whether NEW can express @vector here */
gboolean screen_vectors_reachable(const ScreenSurvey *survey, ScreenVector vector);

void screen_vectors_write(
    ScreenBoolCoder *coder, ScreenVectorProbs probs, ScreenVector vector, ScreenVector best);

void screen_vectors_count(ScreenVectorCounts counts, ScreenVector vector, ScreenVector best);

/**
 * screen_vectors_fit - changes @probs where @counts say that it pays, and writes the updates
 * @always: writes all of them, for a far end that may hold others
 */
void screen_vectors_fit(
    ScreenBoolCoder *coder, ScreenVectorProbs probs, ScreenVectorCounts counts, gboolean always);
