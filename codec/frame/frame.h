// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// One picture in I420 (BT.601, limited range), counted by reference.
// Planes are padded to whole macroblocks and aligned to 64 bytes, so that a reader may always touch
// the full last macroblock. Shared frames are read-only; whoever writes must hold the only
// reference. References may be taken and dropped on any thread; pixels follow the owner's rules.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_MACROBLOCK_PX 16
/** Largest side accepted anywhere: VP8's own limit is 16383; this bounds memory at 8K. */
#define POUCE_FRAME_SIDE_MAX_PX 8192

typedef struct PouceFrame PouceFrame;

struct PouceFrame {
    gint ref_count; // atomic
    int width_px;   // visible size
    int height_px;
    int mb_columns; // ceil(width / 16)
    int mb_rows;
    guint8 *planes[3]; // Y, U, V; each mb_rows * 16 (or 8) lines long
    int strides[3];    // bytes; at least the padded width
};

typedef struct PouceFramePool PouceFramePool;

/** pouce_frame_new - a black frame; NULL if a side is < 1 or > POUCE_FRAME_SIDE_MAX_PX */
PouceFrame *pouce_frame_new(int width_px, int height_px);
PouceFrame *pouce_frame_ref(PouceFrame *frame);
void pouce_frame_unref(PouceFrame *frame);
/** pouce_frame_copy - @to gets @from's pixels; both must have the same size */
void pouce_frame_copy(PouceFrame *to, const PouceFrame *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceFrame, pouce_frame_unref)

/** Most frames that one pool may hold; a source needs as many as it hands out at once, plus one. */
#define POUCE_FRAME_POOL_MAX 16

/**
 * pouce_frame_pool_new - frames of one size, made when first needed and used again
 * @frames_max: 1..POUCE_FRAME_POOL_MAX
 * Returns:     NULL if the size is out of bounds
 */
PouceFramePool *pouce_frame_pool_new(int width_px, int height_px, int frames_max);
/** pouce_frame_pool_free - frames still referenced elsewhere live on */
void pouce_frame_pool_free(PouceFramePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceFramePool, pouce_frame_pool_free)
/**
 * pouce_frame_pool_take - a frame that nobody else refers to; its pixels are whatever they were
 * @pool:   one thread at a time; frames may be unreferenced on any thread
 * Returns: a new reference; NULL while all are in use: drop the picture or wait. While the caller
 *          holds it the pool holds another, so "the only reference" is the only one taken.
 */
PouceFrame *pouce_frame_pool_take(PouceFramePool *pool);

G_END_DECLS
