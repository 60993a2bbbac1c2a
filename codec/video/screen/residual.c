// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/residual.h"

#include "codec/video/screen/kernels.h"
#include "codec/video/screen/transform.h"

#include <string.h>

// Four blocks at once; those without coefficients cost a copy when all are.
static void reconstruct(guint8 *dst, int dst_stride, ScreenPixels prediction,
    const gint16 *dequantized, gboolean empty, ScreenBlocks blocks)
{
    if (!empty) {
        screen_kernels.inverse(dst, dst_stride, prediction, dequantized, blocks);
        return;
    }
    gsize size = blocks == SCREEN_BLOCKS_ROW ? 16 : 8;
    for (int y = 0; y < (blocks == SCREEN_BLOCKS_ROW ? 4 : 8); y++)
        memcpy(dst + y * dst_stride, prediction.pixels + y * prediction.stride, size);
}

static gboolean are_empty(const guint8 *ends)
{
    guint32 all;
    memcpy(&all, ends, sizeof all);
    return all == 0;
}

void screen_residual_luma(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const guint8 *prediction, const ScreenQuantizer *quantizer)
{
    gint16 coefficients[16 * 16], dequantized[16 * 16], second[16], second_dequantized[16];
    int stride = source->strides[0];
    for (int y = 0; y < 4; y++) {
        ScreenPixels row = {source->planes[0] + y * 4 * stride, stride};
        screen_kernels.forward(
            coefficients + y * 64, row, (ScreenPixels){prediction + y * 64, 16}, SCREEN_BLOCKS_ROW);
    }
    screen_kernels.quantize(
        levels->levels, levels->ends, dequantized, coefficients, &quantizer->y, 1, 16);
    screen_transform_forward_dc(second, coefficients);
    screen_kernels.quantize(
        &levels->levels[24], &levels->ends[24], second_dequantized, second, &quantizer->y2, 0, 1);
    if (levels->ends[24])
        screen_transform_inverse_dc(dequantized, second_dequantized);
    for (int y = 0; y < 4; y++)
        reconstruct(current->planes[0] + y * 4 * current->strides[0], current->strides[0],
            (ScreenPixels){prediction + y * 64, 16}, dequantized + y * 64,
            !levels->ends[24] && are_empty(levels->ends + y * 4), SCREEN_BLOCKS_ROW);
}

void screen_residual_block(ScreenLevels *levels, int block, guint8 *dst, int dst_stride,
    const guint8 *source, int source_stride, const ScreenQuantizer *quantizer)
{
    gint16 coefficients[16], dequantized[16];
    ScreenPixels prediction = {dst, dst_stride};
    screen_kernels.forward_one(coefficients, (ScreenPixels){source, source_stride}, prediction);
    screen_kernels.quantize(&levels->levels[block], &levels->ends[block], dequantized, coefficients,
        &quantizer->y, 0, 1);
    if (levels->ends[block])
        screen_kernels.inverse_one(dst, dst_stride, prediction, dequantized);
}

void screen_residual_blocks(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const guint8 *prediction, const ScreenQuantizer *quantizer,
    guint16 bare)
{
    int stride = current->strides[0], source_stride = source->strides[0];
    for (int y = 0; y < 16; y++)
        memcpy(current->planes[0] + y * stride, prediction + y * 16, 16);
    for (int block = 0; block < 16; block++) {
        int x = block % 4 * 4, y = block / 4 * 4;
        levels->ends[block] = 0;
        if (!(bare >> block & 1))
            screen_residual_block(levels, block, current->planes[0] + y * stride + x, stride,
                source->planes[0] + y * source_stride + x, source_stride, quantizer);
    }
}

void screen_residual_chroma(ScreenLevels *levels, const ScreenWindow *current,
    const ScreenWindow *source, const ScreenPrediction *prediction,
    const ScreenQuantizer *quantizer)
{
    for (int plane = 1; plane < 3; plane++) {
        ScreenPixels from = {plane == 1 ? prediction->u : prediction->v, 8};
        ScreenPixels to = {source->planes[plane], source->strides[plane]};
        gint16 coefficients[4 * 16], dequantized[4 * 16];
        int first = 12 + plane * 4;
        screen_kernels.forward(coefficients, to, from, SCREEN_BLOCKS_SQUARE);
        screen_kernels.quantize(levels->levels + first, levels->ends + first, dequantized,
            coefficients, &quantizer->uv, 0, 4);
        reconstruct(current->planes[plane], current->strides[plane], from, dequantized,
            are_empty(levels->ends + first), SCREEN_BLOCKS_SQUARE);
    }
}

void screen_residual_no_luma(
    ScreenLevels *levels, const ScreenWindow *current, const ScreenPrediction *prediction)
{
    for (int y = 0; y < 16; y++)
        memcpy(current->planes[0] + y * current->strides[0], prediction->y + y * 16, 16);
    if (levels) {
        memset(levels->ends, 0, 16);
        levels->ends[24] = 0;
    }
}

void screen_residual_no_chroma(
    ScreenLevels *levels, const ScreenWindow *current, const ScreenPrediction *prediction)
{
    for (int y = 0; y < 8; y++) {
        memcpy(current->planes[1] + y * current->strides[1], prediction->u + y * 8, 8);
        memcpy(current->planes[2] + y * current->strides[2], prediction->v + y * 8, 8);
    }
    if (levels)
        memset(levels->ends + 16, 0, 8);
}

static gboolean is_empty(const ScreenLevels *levels, gboolean y2)
{
    guint64 words[3];
    memcpy(words, levels->ends, sizeof words);
    return !(words[0] | words[1] | words[2]) && !(y2 && levels->ends[24]);
}

static guint32 price_plane(const ScreenTokens *tokens, ScreenTokenPlane plane,
    const ScreenLevels *levels, int first, int side, guint down, guint across)
{
    guint32 cost = 0;
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int block = first + y * side + x, end = levels->ends[block];
            int context = (int)((down >> x & 1) + (across >> y & 1));
            cost += screen_tokens_price(tokens, plane, context, levels->levels[block], end);
            down = (down & ~(1u << x)) | (guint)(end > 0) << x;
            across = (across & ~(1u << y)) | (guint)(end > 0) << y;
        }
    }
    return cost;
}

guint32 screen_residual_price(const ScreenTokens *tokens, const ScreenMacroblock *mb, int stride,
    guint8 mode, const ScreenLevels *levels)
{
    const ScreenMacroblock *above = mb - stride, *left = mb - 1;
    gboolean y2 = screen_mode_has_y2(mode);
    guint32 cost = 0;
    if (is_empty(levels, y2))
        return 0;
    if (y2)
        cost += screen_tokens_price(tokens, SCREEN_PLANE_Y2, above->y2_below + left->y2_right,
            levels->levels[24], levels->ends[24]);
    cost += price_plane(tokens, y2 ? SCREEN_PLANE_Y_AFTER_Y2 : SCREEN_PLANE_Y, levels, 0, 4,
        above->y_bottom, left->y_right);
    for (int i = 0; i < 2; i++)
        cost += price_plane(tokens, SCREEN_PLANE_UV, levels, 16 + i * 4, 2,
            above->uv_bottom >> i * 2 & 3, left->uv_right >> i * 2 & 3);
    return cost;
}

// @down, @across: bits of the blocks' neighbours; replaced by the bits the blocks leave behind.
static inline void record_plane(ScreenTokens *tokens, ScreenTokenPlane plane,
    const ScreenLevels *levels, int first, int side, guint32 *down, guint32 *across)
{
    guint32 below = *down, right = 0;
    for (int y = 0; y < side; y++) {
        guint32 left = *across >> y & 1;
        for (int x = 0; x < side; x++) {
            int block = first + y * side + x, end = levels->ends[block];
            screen_tokens_record(
                tokens, plane, (int)((below >> x & 1) + left), levels->levels[block], end);
            left = end > 0;
            below = (below & ~(1u << x)) | left << x;
        }
        right |= left << y;
    }
    *down = below;
    *across = right;
}

void screen_residual_record(
    ScreenTokens *tokens, ScreenMacroblock *mb, int stride, const ScreenLevels *levels)
{
    const ScreenMacroblock *above = mb - stride, *left = mb - 1;
    gboolean y2 = screen_mode_has_y2(mb->mode);
    mb->skip = !levels || is_empty(levels, y2);
    mb->y2_below = y2 ? 0 : above->y2_below;
    mb->y2_right = y2 ? 0 : left->y2_right;
    if (mb->skip) {
        mb->y_bottom = mb->y_right = mb->uv_bottom = mb->uv_right = 0;
        return;
    }
    if (y2) {
        screen_tokens_record(tokens, SCREEN_PLANE_Y2, above->y2_below + left->y2_right,
            levels->levels[24], levels->ends[24]);
        mb->y2_below = mb->y2_right = levels->ends[24] > 0;
    }
    guint32 bottom = above->y_bottom, right = left->y_right;
    record_plane(
        tokens, y2 ? SCREEN_PLANE_Y_AFTER_Y2 : SCREEN_PLANE_Y, levels, 0, 4, &bottom, &right);
    mb->y_bottom = (guint8)bottom;
    mb->y_right = (guint8)right;
    mb->uv_bottom = mb->uv_right = 0;
    for (int i = 0; i < 2; i++) {
        bottom = above->uv_bottom >> (i * 2) & 3;
        right = left->uv_right >> (i * 2) & 3;
        record_plane(tokens, SCREEN_PLANE_UV, levels, 16 + i * 4, 2, &bottom, &right);
        mb->uv_bottom |= (guint8)(bottom << (i * 2));
        mb->uv_right |= (guint8)(right << (i * 2));
    }
}
