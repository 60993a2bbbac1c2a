// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The first partition after its header: one record for each macroblock (RFC 6386, sections 11 and
// 16). Long runs of plain macroblocks (skipped, ZERO from LAST) are written by precomputed steps of
// the bool coder, so that an unchanged area costs next to nothing.

#include "codec/frame/damage.h"
#include "codec/video/screen/segments.h"
#include "codec/video/screen/vectors.h"

typedef struct {
    gboolean key;
    int columns, rows;
    const ScreenMacroblock *first;  // of row 0; rows are columns + 1 apart, with a border
    const PouceDamage *coded;       // all macroblocks that are not plain; unused in a key frame
    const ScreenSegments *segments; // each record tells its own if send_map is set
    guint8 prob_skip;               // chances of 0, in 1/256
    guint8 prob_intra;
    guint8 prob_last;
    guint8 prob_golden;
    guint8 y_probs[4];
    guint8 uv_probs[3];
    ScreenVectorProbs vector_probs;
    ScreenVectorCounts vector_counts;
    guint32 y_counts[4][2];
    guint32 uv_counts[3][2];
} ScreenModes;

/** screen_modes_reset - the probabilities that a key frame sets */
void screen_modes_reset(ScreenModes *modes);

/** screen_modes_fit - counts what is to be written and sets the probabilities of the frame */
void screen_modes_fit(ScreenModes *modes);

/** screen_modes_write - all records, in raster order */
void screen_modes_write(ScreenModes *modes, ScreenBoolCoder *coder);
