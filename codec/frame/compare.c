// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/frame/compare.h"

#include <libyuv.h>
#include <math.h>
#include <string.h>

double pouce_compare_luma_psnr(const PouceFrame *a, const PouceFrame *b)
{
    g_assert(a->width_px == b->width_px && a->height_px == b->height_px);
    guint64 sum = ComputeSumSquareErrorPlane(
        a->planes[0], a->strides[0], b->planes[0], b->strides[0], a->width_px, a->height_px);
    if (sum == 0)
        return POUCE_PSNR_MAX_DB;
    double mean = (double)sum / ((double)a->width_px * a->height_px);
    return MIN(10 * log10(255.0 * 255.0 / mean), POUCE_PSNR_MAX_DB);
}

// Marks the blocks in which two planes of @width_bytes by @height differ; a macroblock spans
// @block_bytes by @block_lines of this plane.
static void compare_plane(PouceDamage *damage, const guint8 *a, int stride_a, const guint8 *b,
    int stride_b, int width_bytes, int height, int block_bytes, int block_lines)
{
    for (int y = 0; y < height; y++) {
        const guint8 *line_a = a + (gsize)y * stride_a, *line_b = b + (gsize)y * stride_b;
        if (memcmp(line_a, line_b, width_bytes) == 0)
            continue;
        for (int x = 0; x < width_bytes; x += block_bytes)
            if (memcmp(line_a + x, line_b + x, MIN(block_bytes, width_bytes - x)) != 0)
                pouce_damage_set(damage, x / block_bytes, y / block_lines);
    }
}

void pouce_compare_frames(PouceDamage *damage, const PouceFrame *a, const PouceFrame *b)
{
    g_assert(a->width_px == b->width_px && a->height_px == b->height_px);
    g_assert(damage->mb_columns == a->mb_columns && damage->mb_rows == a->mb_rows);
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0;
        compare_plane(damage, a->planes[plane], a->strides[plane], b->planes[plane],
            b->strides[plane], (a->width_px + shift) >> shift, (a->height_px + shift) >> shift,
            POUCE_MACROBLOCK_PX >> shift, POUCE_MACROBLOCK_PX >> shift);
    }
}

void pouce_compare_bgrx(PouceDamage *damage, const guint8 *a, const guint8 *b, int stride_bytes,
    int width_px, int height_px)
{
    compare_plane(damage, a, stride_bytes, b, stride_bytes, width_px * 4, height_px,
        POUCE_MACROBLOCK_PX * 4, POUCE_MACROBLOCK_PX);
}
