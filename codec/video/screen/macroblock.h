// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// One macroblock from source to tokens: which prediction, which residual, and the reconstruction
// that the decoder will have. The picture being made starts as a copy of the last one, so that
// every neighbour is right, coded in this frame or not.

#include "codec/video/screen/glyphs.h"
#include "codec/video/screen/refine.h"
#include "codec/video/screen/residual.h"
#include "codec/video/screen/store.h"
#include "codec/video/screen/vectors.h"

/** Whole-picture vectors that are tried on each macroblock. */
#define SCREEN_CANDIDATES_MAX 8

/** Most squared error of a macroblock's luma that still counts as sharp: 256 px at 48 dB. */
#define SCREEN_SHARP_LUMA_SSE 256
/** The same for each chroma plane, where half-pel vectors blur a little: 64 px at 45 dB. */
#define SCREEN_SHARP_CHROMA_SSE 128
/** What is coded with this quantizer index or a smaller one is sharp by definition. */
#define SCREEN_SHARP_QUANTIZER 2
/** A quality: sharp but for chroma that has blurred on the way, half a pixel at a time. */
#define SCREEN_QUALITY_FADED (SCREEN_SHARP_QUANTIZER + 1)
/** Coding anew what is only a little coarser costs bits and shows nothing, unless it is the last
 * time. */
#define SCREEN_IMPROVEMENT_MIN 10
/** So far chroma may blur while it moves; SSE of 64 px at 33 dB. What stands still is sharpened. */
#define SCREEN_MOVING_CHROMA_SSE 2048

/** A quality is the quantizer index that a macroblock was coded with, or this; a block that moves
 * takes it along. */
#define SCREEN_QUALITY_POOR 255

/** Segments of a frame: of what changed, of the rung that all is brought to, of that for some. */
typedef enum {
    SCREEN_SEGMENT_CHANGED,
    SCREEN_SEGMENT_WHOLE,
    SCREEN_SEGMENT_NEXT,
} ScreenSegment;

/** A choice made elsewhere: the conformance test goes through all that the format allows. */
typedef struct {
    guint8 mode;
    guint8 ref;
    guint8 uv_mode;
    guint8 segment;
    guint8 blocks[16];
    ScreenVector vector; // for inter modes; the mode follows from it
    gboolean bare;       // no residual
    gboolean split;      // instead of vector:
    ScreenVector vectors[16];
    guint16 copied; // blocks without residual
} ScreenForced;

/** Macroblocks that a rung of refinement was meant for, and what it cost. */
typedef struct {
    int count;
    guint64 cost; // 1/256 bit
} ScreenRefined;

/** What the macroblocks of a frame are coded with; set for each frame, pointers borrowed. */
typedef struct {
    gboolean key;
    int columns, rows;
    ScreenMacroblock *first; // rows are columns + 1 apart, with a border above and to the left
    const PouceFrame *source;
    PouceFrame *current;
    const PouceFrame *refs[SCREEN_REFS];  // whole pictures; but in tests, LAST alone or none
    const ScreenStore *store;             // of golden and altref
    gboolean saved_offered[SCREEN_REFS];  // golden and altref: what has not moved, and is there
    const guint8 *qualities[SCREEN_REFS]; // for each macroblock, see above
    const guint64 *shown[SCREEN_REFS];    // fingerprints of the source behind a reference
    const guint8 *shown_luma;             // of the source behind LAST: tells exact copies
    int shown_stride;
    const guint64 *fingerprints;                 // of the source now
    ScreenGlyphs *glyphs;                        // of shown_luma
    ScreenQuantizer quantizers[SCREEN_SEGMENTS]; // [0]: of what changed
    const ScreenQuantizer *quantizer;            // of the macroblock at work
    ScreenTokens *tokens;
    ScreenVector candidates[SCREEN_CANDIDATES_MAX];
    int candidate_count;
    const ScreenForced *forced;   // NULL but in tests
    gboolean repeats;             // what an earlier attempt decided still holds
    gboolean frugal;              // the budget is spent: prediction only
    const ScreenRefinePlan *plan; // which exact copies of something coarse are sharpened on the way
    guint64 polish_until;         // token cost, 1/256 bit, that may be spent on that
    guint64 polish_cost;          // out: what was
    ScreenRefined refined[SCREEN_RUNGS]; // out: on each rung
    int copies;                          // out: exact copies among the macroblocks
} ScreenCoder;

/**
 * screen_macroblock_code - decides, reconstructs into current, records tokens
 * @out_quality: of what is there now
 * Returns: TRUE if the macroblock is sharp now
 */
gboolean screen_macroblock_code(ScreenCoder *coder, int x, int y, guint8 *out_quality);
