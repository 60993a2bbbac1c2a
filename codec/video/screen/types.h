// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The words that all files of the screen encoder share: vectors, modes, what is known of a
// macroblock. Numbers of modes and references are those of RFC 6386.

#include <glib.h>

/** Where a block begins; its rows are @stride apart. */
typedef struct {
    const guint8 *pixels;
    int stride;
} ScreenPixels;

/** Quarter luma pixels, as in the bitstream. */
typedef struct {
    gint16 row;
    gint16 column;
} ScreenVector;

static inline gboolean screen_vector_equal(ScreenVector a, ScreenVector b)
{
    return a.row == b.row && a.column == b.column;
}

static inline gboolean screen_vector_is_zero(ScreenVector v)
{
    return v.row == 0 && v.column == 0;
}

/** Longest difference between a vector and its prediction: RFC 6386, 17.1. */
#define SCREEN_VECTOR_STEP_MAX 1023

typedef enum {
    SCREEN_MODE_DC,
    SCREEN_MODE_V,
    SCREEN_MODE_H,
    SCREEN_MODE_TM,
    SCREEN_MODE_BLOCKS, // B_PRED: each 4x4 block has its own mode
    SCREEN_MODE_NEAREST,
    SCREEN_MODE_NEAR,
    SCREEN_MODE_ZERO,
    SCREEN_MODE_NEW,
    SCREEN_MODE_SPLIT, // each 4x4 block has its own vector
} ScreenMode;

typedef enum {
    SCREEN_BLOCK_DC,
    SCREEN_BLOCK_TM,
    SCREEN_BLOCK_VE,
    SCREEN_BLOCK_HE,
    SCREEN_BLOCK_LD,
    SCREEN_BLOCK_RD,
    SCREEN_BLOCK_VR,
    SCREEN_BLOCK_VL,
    SCREEN_BLOCK_HD,
    SCREEN_BLOCK_HU,
    SCREEN_BLOCK_MODES,
} ScreenBlockMode;

typedef enum {
    SCREEN_REF_INTRA,
    SCREEN_REF_LAST,
    SCREEN_REF_GOLDEN,
    SCREEN_REF_ALTREF,
    SCREEN_REFS,
} ScreenRef;

/** What an attempt at a frame leaves for the next one, which only takes another quantizer. */
typedef enum {
    SCREEN_UNDECIDED,
    SCREEN_DECIDED,
    SCREEN_DECIDED_COPY, // the source of this block has moved here unchanged
} ScreenDecision;

/** What the bitstream says of one macroblock. The plain one: skipped, ZERO from LAST. */
typedef struct {
    guint8 mode; // ScreenMode
    guint8 ref;  // ScreenRef
    guint8 uv_mode;
    guint8 skip;      // no coefficients at all
    guint8 uv_bottom; // which blocks of the lowest row hold coefficients: U bits 0-1, V bits 2-3
    guint8 uv_right;  // the same for the rightmost column
    guint8 y_bottom;  // bits 0-3
    guint8 y_right;
    guint8 y2_below;     // Y2 context as seen from below and from the right: a macroblock without
    guint8 y2_right;     // Y2 passes on what it saw itself
    guint8 decided;      // ScreenDecision
    guint8 quality;      // of what a copy points to, see macroblock.h
    guint8 segment;      // which of the frame's quantizers; without coefficients it means nothing
    ScreenVector vector; // of SPLIT: that of the last block
    guint8 blocks[16];   // ScreenBlockMode; derived from mode when it is not BLOCKS
    ScreenVector vectors[16]; // of SPLIT; else undefined
} ScreenMacroblock;

/** Most quantizers of one frame: RFC 6386, 9.3. */
#define SCREEN_SEGMENTS 4

static inline gboolean screen_mode_has_y2(guint8 mode)
{
    return mode != SCREEN_MODE_BLOCKS && mode != SCREEN_MODE_SPLIT;
}
