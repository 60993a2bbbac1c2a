// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// One call of libyuv for each rectangle of the damage. Those begin at even pixels: chroma comes out
// the same as from the whole picture.

#include "codec/frame/convert.h"

#include <libyuv.h>
#include <string.h>

// Repeats the last visible column and row of one plane up to whole macroblocks, where @rect
// (in this plane's pixels) reaches the edge.
static void pad_plane(guint8 *plane, int stride, int width, int height, int side, PouceRect rect)
{
    int padded_width = (width + side - 1) / side * side;
    int padded_height = (height + side - 1) / side * side;
    int right = rect.x + rect.width, bottom = rect.y + rect.height;
    if (right == width && padded_width > width) {
        for (int y = rect.y; y < bottom; y++) {
            guint8 *line = plane + (gsize)y * stride;
            memset(line + width, line[width - 1], padded_width - width);
        }
        right = padded_width;
    }
    if (bottom == height) {
        const guint8 *last = plane + (gsize)(height - 1) * stride + rect.x;
        for (int y = height; y < padded_height; y++)
            memcpy(plane + (gsize)y * stride + rect.x, last, right - rect.x);
    }
}

typedef struct {
    PouceFrame *frame;
    const guint8 *bgrx;
    int stride_bytes;
} ToFrame;

static void convert_rect(PouceRect rect, gpointer data)
{
    const ToFrame *to = data;
    PouceFrame *frame = to->frame;
    PouceRect half = {rect.x / 2, rect.y / 2, (rect.width + 1) / 2, (rect.height + 1) / 2};
    const guint8 *from = to->bgrx + (gsize)rect.y * to->stride_bytes + (gsize)rect.x * 4;
    guint8 *at[3];
    at[0] = frame->planes[0] + (gsize)rect.y * frame->strides[0] + rect.x;
    for (int plane = 1; plane < 3; plane++)
        at[plane] = frame->planes[plane] + (gsize)half.y * frame->strides[plane] + half.x;
    ARGBToI420(from, to->stride_bytes, at[0], frame->strides[0], at[1], frame->strides[1], at[2],
        frame->strides[2], rect.width, rect.height);

    pad_plane(frame->planes[0], frame->strides[0], frame->width_px, frame->height_px,
        POUCE_MACROBLOCK_PX, rect);
    for (int plane = 1; plane < 3; plane++)
        pad_plane(frame->planes[plane], frame->strides[plane], (frame->width_px + 1) / 2,
            (frame->height_px + 1) / 2, POUCE_MACROBLOCK_PX / 2, half);
}

void pouce_convert_bgrx(
    PouceFrame *frame, const guint8 *bgrx, int stride_bytes, const PouceDamage *damage)
{
    g_assert(stride_bytes >= frame->width_px * 4);
    g_assert(
        !damage || (damage->mb_columns == frame->mb_columns && damage->mb_rows == frame->mb_rows));
    ToFrame to = {frame, bgrx, stride_bytes};
    pouce_damage_for_each_rect(damage, frame->width_px, frame->height_px, convert_rect, &to);
}

typedef struct {
    const PouceFrame *frame;
    guint8 *bgrx;
    int stride_bytes;
} FromFrame;

static void show_rect(PouceRect rect, gpointer data)
{
    const FromFrame *from = data;
    const PouceFrame *frame = from->frame;
    const guint8 *at[3];
    at[0] = frame->planes[0] + (gsize)rect.y * frame->strides[0] + rect.x;
    for (int plane = 1; plane < 3; plane++)
        at[plane] = frame->planes[plane] + (gsize)(rect.y / 2) * frame->strides[plane] + rect.x / 2;
    guint8 *to = from->bgrx + (gsize)rect.y * from->stride_bytes + (gsize)rect.x * 4;
    I420ToARGB(at[0], frame->strides[0], at[1], frame->strides[1], at[2], frame->strides[2], to,
        from->stride_bytes, rect.width, rect.height);
}

void pouce_convert_to_bgrx(
    guint8 *bgrx, int stride_bytes, const PouceFrame *frame, const PouceDamage *damage)
{
    g_assert(stride_bytes >= frame->width_px * 4);
    g_assert(
        !damage || (damage->mb_columns == frame->mb_columns && damage->mb_rows == frame->mb_rows));
    FromFrame from = {frame, bgrx, stride_bytes};
    pouce_damage_for_each_rect(damage, frame->width_px, frame->height_px, show_rect, &from);
}
