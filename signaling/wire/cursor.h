// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Messages of the `cursor` data channel: one cursor shape each.
#pragma once

#include <glib.h>

#include "signaling/wire/limits.h"

typedef struct {
    guint32 shape;
    guint16 width, height; // px, 1…POUCE_CURSOR_MAX_PX
    guint16 hot_x, hot_y;  // px, inside the shape
    const guint8 *rgba;    // width × height × 4, not premultiplied; borrowed
} PouceCursor;

#define POUCE_CURSOR_HEADER_BYTES 13

/** pouce_cursor_parse - @out->rgba points into @data */
gboolean pouce_cursor_parse(const void *data, gsize bytes, PouceCursor *out);

/** pouce_cursor_build - Returns: owned bytes; programmer error for an invalid value */
GBytes *pouce_cursor_build(const PouceCursor *cursor);
