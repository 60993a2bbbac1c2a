// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Frames are one aligned block for all three planes; a pool is a short array searched for a frame
// that only the pool refers to.

#include "codec/frame/frame.h"

#include <string.h>

#define ALIGNMENT_BYTES 64 // a cache line, and the widest vector that libyuv loads
#define BLACK_Y 16
#define NEUTRAL_UV 128

struct PouceFramePool {
    int width_px;
    int height_px;
    int frames_max;
    PouceFrame *frames[POUCE_FRAME_POOL_MAX];
};

static gboolean size_is_valid(int width_px, int height_px)
{
    return width_px >= 1 && height_px >= 1 && width_px <= POUCE_FRAME_SIDE_MAX_PX &&
           height_px <= POUCE_FRAME_SIDE_MAX_PX;
}

static int align_up(int value, int alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

PouceFrame *pouce_frame_new(int width_px, int height_px)
{
    if (!size_is_valid(width_px, height_px))
        return NULL;
    PouceFrame *frame = g_new0(PouceFrame, 1);
    frame->ref_count = 1;
    frame->width_px = width_px;
    frame->height_px = height_px;
    frame->mb_columns = (width_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    frame->mb_rows = (height_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    frame->strides[0] = align_up(frame->mb_columns * POUCE_MACROBLOCK_PX, ALIGNMENT_BYTES);
    frame->strides[1] = align_up(frame->mb_columns * POUCE_MACROBLOCK_PX / 2, ALIGNMENT_BYTES);
    frame->strides[2] = frame->strides[1];

    gsize luma_bytes = (gsize)frame->strides[0] * frame->mb_rows * POUCE_MACROBLOCK_PX;
    gsize chroma_bytes = (gsize)frame->strides[1] * frame->mb_rows * POUCE_MACROBLOCK_PX / 2;
    frame->planes[0] = g_aligned_alloc(1, luma_bytes + 2 * chroma_bytes, ALIGNMENT_BYTES);
    frame->planes[1] = frame->planes[0] + luma_bytes;
    frame->planes[2] = frame->planes[1] + chroma_bytes;
    memset(frame->planes[0], BLACK_Y, luma_bytes);
    memset(frame->planes[1], NEUTRAL_UV, 2 * chroma_bytes);
    return frame;
}

PouceFrame *pouce_frame_ref(PouceFrame *frame)
{
    g_atomic_int_inc(&frame->ref_count);
    return frame;
}

void pouce_frame_unref(PouceFrame *frame)
{
    if (!frame || !g_atomic_int_dec_and_test(&frame->ref_count))
        return;
    g_aligned_free(frame->planes[0]);
    g_free(frame);
}

void pouce_frame_copy(PouceFrame *to, const PouceFrame *from)
{
    g_assert(to->width_px == from->width_px && to->height_px == from->height_px);
    for (int plane = 0; plane < 3; plane++) {
        int side = plane == 0 ? POUCE_MACROBLOCK_PX : POUCE_MACROBLOCK_PX / 2;
        for (int y = 0; y < from->mb_rows * side; y++)
            memcpy(to->planes[plane] + (gsize)y * to->strides[plane],
                from->planes[plane] + (gsize)y * from->strides[plane],
                (gsize)from->mb_columns * side);
    }
}

PouceFramePool *pouce_frame_pool_new(int width_px, int height_px, int frames_max)
{
    g_assert(frames_max >= 1 && frames_max <= POUCE_FRAME_POOL_MAX);
    if (!size_is_valid(width_px, height_px))
        return NULL;
    PouceFramePool *pool = g_new0(PouceFramePool, 1);
    pool->width_px = width_px;
    pool->height_px = height_px;
    pool->frames_max = frames_max;
    return pool;
}

void pouce_frame_pool_free(PouceFramePool *pool)
{
    if (!pool)
        return;
    for (int i = 0; i < pool->frames_max; i++)
        pouce_frame_unref(pool->frames[i]);
    g_free(pool);
}

PouceFrame *pouce_frame_pool_take(PouceFramePool *pool)
{
    for (int i = 0; i < pool->frames_max; i++) {
        if (!pool->frames[i])
            pool->frames[i] = pouce_frame_new(pool->width_px, pool->height_px);
        // Only the pool's owner takes, so a count of one cannot rise behind our back.
        if (g_atomic_int_get(&pool->frames[i]->ref_count) == 1)
            return pouce_frame_ref(pool->frames[i]);
    }
    return NULL;
}
