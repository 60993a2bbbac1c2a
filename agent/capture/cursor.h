// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The cursor of a source: it is not in the picture and its moves damage nothing, so it goes its own
// way. A watch has its own connection and belongs to the thread that runs its GMainContext, which
// need not be the capture's: a cursor never waits for a picture.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_CURSOR_SIDE_MAX 96 // as the protocol's `cursor` message, px

typedef struct {
    guint32 id; // the same shape keeps its id; never 0
    int width_px;
    int height_px;
    int hot_x_px;
    int hot_y_px;
    const guint8 *rgba; // rows without padding, not premultiplied; borrowed for the call
} PouceCursorShape;

/** Called on the watch's context, not from inside a call of the caller's. */
typedef struct {
    void (*shape)(const PouceCursorShape *shape, void *data); // always the current one
    /** px in the desktop; @visible is FALSE when it is on another screen */
    void (*moved)(gboolean visible, int x_px, int y_px, guint32 shape, void *data);
} PouceCursorListener;

typedef struct {
    const char *spec;                    // as PouceCaptureConfig.spec
    GMainContext *context;               // NULL: the default one; kept
    const PouceCursorListener *listener; // kept
    void *data;
} PouceCursorConfig;

typedef struct PouceCursorWatch PouceCursorWatch;

/**
 * pouce_cursor_watch_open - shape and place are told soon, and then as they change
 * Returns: NULL without an error: a source without a cursor. When the source goes away the watch is
 *          silent; the capture tells that.
 * Errors:  as pouce_capture_open
 */
PouceCursorWatch *pouce_cursor_watch_open(const PouceCursorConfig *config, GError **error);
void pouce_cursor_watch_free(PouceCursorWatch *watch);

G_END_DECLS
