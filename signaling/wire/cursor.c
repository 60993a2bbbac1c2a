// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/cursor.h"

#include <string.h>

#include "signaling/wire/byte_order.h"

static gboolean valid(const PouceCursor *cursor)
{
    return cursor->width >= 1 && cursor->width <= POUCE_CURSOR_MAX_PX && cursor->height >= 1 &&
           cursor->height <= POUCE_CURSOR_MAX_PX && cursor->hot_x < cursor->width &&
           cursor->hot_y < cursor->height;
}

gboolean pouce_cursor_parse(const void *data, gsize bytes, PouceCursor *out)
{
    const guint8 *in = data;
    if (bytes < POUCE_CURSOR_HEADER_BYTES || in[0] != 1)
        return FALSE;
    PouceCursor cursor = {
        .shape = pouce_read_u32(in + 1),
        .width = pouce_read_u16(in + 5),
        .height = pouce_read_u16(in + 7),
        .hot_x = pouce_read_u16(in + 9),
        .hot_y = pouce_read_u16(in + 11),
        .rgba = in + POUCE_CURSOR_HEADER_BYTES,
    };
    if (!valid(&cursor) ||
        bytes != POUCE_CURSOR_HEADER_BYTES + (gsize)cursor.width * cursor.height * 4)
        return FALSE;
    *out = cursor;
    return TRUE;
}

GBytes *pouce_cursor_build(const PouceCursor *cursor)
{
    g_assert(valid(cursor));
    gsize pixel_bytes = (gsize)cursor->width * cursor->height * 4;
    guint8 *out = g_malloc(POUCE_CURSOR_HEADER_BYTES + pixel_bytes);
    out[0] = 1;
    pouce_write_u32(out + 1, cursor->shape);
    pouce_write_u16(out + 5, cursor->width);
    pouce_write_u16(out + 7, cursor->height);
    pouce_write_u16(out + 9, cursor->hot_x);
    pouce_write_u16(out + 11, cursor->hot_y);
    memcpy(out + POUCE_CURSOR_HEADER_BYTES, cursor->rgba, pixel_bytes);
    return g_bytes_new_take(out, POUCE_CURSOR_HEADER_BYTES + pixel_bytes);
}
