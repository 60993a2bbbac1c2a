// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The cursor's way out, beside the picture's: from its watch to the listener, all on the owner's
// thread, so that it never waits for a frame that is being grabbed or encoded.

#include "agent/core/media.h"

typedef struct {
    PouceCursorWatch *watch; // NULL: the source has no cursor
    const PouceMediaListener *listener;
    void *data;
    GHashTable *shapes; // ids told already
    PouceRect area;     // of the shown monitor, in the desktop's px; empty: not known yet
    gboolean known;     // the place is
    gboolean visible;
    int x_px, y_px; // in the desktop
    guint32 shape;
    gint place; // atomic: y * 65536 + x in the shown picture; -1: outside it
} MediaCursor;

/** pouce_media_cursor_open - Errors: those of pouce_cursor_watch_open */
gboolean pouce_media_cursor_open(MediaCursor *cursor, const char *source, GMainContext *context,
    const PouceMediaListener *listener, void *data, GError **error);
void pouce_media_cursor_close(MediaCursor *cursor);

/** pouce_media_cursor_show - @area of the desktop is shown from now on */
void pouce_media_cursor_show(MediaCursor *cursor, PouceRect area);

/** pouce_media_cursor_place - where it is in the shown picture, -1, -1 if outside; any thread */
void pouce_media_cursor_place(MediaCursor *cursor, int *out_x_px, int *out_y_px);
