// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/media_cursor.h"

#include "signaling/wire/cursor.h"

// Shapes that the far end is expected to remember; animated cursors of many programs fit.
#define SHAPES_MAX 512

static void on_shape(const PouceCursorShape *shape, void *data)
{
    MediaCursor *cursor = data;
    if (g_hash_table_size(cursor->shapes) >= SHAPES_MAX)
        g_hash_table_remove_all(cursor->shapes);
    if (!g_hash_table_add(cursor->shapes, GUINT_TO_POINTER(shape->id)) ||
        !cursor->listener->cursor_shape)
        return;
    PouceCursor wire = {.shape = shape->id,
        .width = (guint16)shape->width_px,
        .height = (guint16)shape->height_px,
        .hot_x = (guint16)shape->hot_x_px,
        .hot_y = (guint16)shape->hot_y_px,
        .rgba = shape->rgba};
    g_autoptr(GBytes) message = pouce_cursor_build(&wire);
    cursor->listener->cursor_shape(message, shape->id, cursor->data);
}

static guint16 to_wire(int px, int side_px)
{
    return side_px > 1 ? (guint16)((CLAMP(px, 0, side_px - 1) * 65535LL + (side_px - 1) / 2) /
                                   (side_px - 1))
                       : 0;
}

static void tell(MediaCursor *cursor)
{
    int x = cursor->x_px - cursor->area.x, y = cursor->y_px - cursor->area.y;
    gboolean inside =
        cursor->visible && x >= 0 && y >= 0 && x < cursor->area.width && y < cursor->area.height;
    if (!cursor->known || cursor->area.width == 0)
        return;
    g_atomic_int_set(&cursor->place, inside ? y * 65536 + x : -1);
    PouceMediaCursor told = {
        inside, to_wire(x, cursor->area.width), to_wire(y, cursor->area.height), cursor->shape};
    if (cursor->listener->cursor)
        cursor->listener->cursor(&told, cursor->data);
}

static void on_moved(gboolean visible, int x_px, int y_px, guint32 shape, void *data)
{
    MediaCursor *cursor = data;
    cursor->known = TRUE;
    cursor->visible = visible;
    cursor->x_px = x_px;
    cursor->y_px = y_px;
    cursor->shape = shape;
    tell(cursor);
}

gboolean pouce_media_cursor_open(MediaCursor *cursor, const char *source, GMainContext *context,
    const PouceMediaListener *listener, void *data, GError **error)
{
    static const PouceCursorListener watch = {.shape = on_shape, .moved = on_moved};
    PouceCursorConfig config = {
        .spec = source, .context = context, .listener = &watch, .data = cursor};
    GError *problem = NULL;
    *cursor = (MediaCursor){
        .listener = listener, .data = data, .shapes = g_hash_table_new(NULL, NULL), .place = -1};
    cursor->watch = pouce_cursor_watch_open(&config, &problem);
    if (!problem)
        return TRUE;
    g_propagate_error(error, problem);
    return FALSE;
}

void pouce_media_cursor_close(MediaCursor *cursor)
{
    g_clear_pointer(&cursor->watch, pouce_cursor_watch_free);
    g_clear_pointer(&cursor->shapes, g_hash_table_unref);
}

void pouce_media_cursor_show(MediaCursor *cursor, PouceRect area)
{
    cursor->area = area;
    tell(cursor);
}

void pouce_media_cursor_place(MediaCursor *cursor, int *out_x_px, int *out_y_px)
{
    int place = g_atomic_int_get(&cursor->place);
    *out_x_px = place < 0 ? -1 : place % 65536;
    *out_y_px = place < 0 ? -1 : place / 65536;
}
