// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the canvas: canvas.c keeps the picture, canvas_over.c what is drawn over it. All under
// the canvas's lock.

#include "viewer/ui/canvas.h"

#define CANVAS_LEVELS_MAX 4
#define CANVAS_RECTS_MAX 32

typedef struct {
    guint32 id;
    cairo_surface_t *surface;
    int hot_x, hot_y, width, height;
} CanvasShape;

typedef struct {
    guint32 rgb;
    GArray *points; // guint16 pairs
} CanvasStroke;

struct PouceCanvas {
    GMutex lock;
    void (*on_layout)(gpointer user);
    gpointer user;
    PouceOutlet *outlet;
    PoucePixels out; // the outlet's

    // picture
    PouceFrame *kept; // what is shown now; NULL: none
    PouceDamage damage;
    PoucePixels levels[CANVAS_LEVELS_MAX]; // each half of the one before
    int level;                             // the one that is scaled
    PoucePixels scaled;                    // its size as shown; without memory: levels[0] itself

    // where
    int room_width, room_height, scroll_x, scroll_y;
    int screen_width, screen_height; // 0: unknown
    PouceFitting fitting;
    PouceSmoothing smoothing;
    PoucePlacement placement;

    // over it
    GArray *shapes; // CanvasShape
    gboolean cursor_visible;
    guint16 cursor_x, cursor_y;
    guint32 cursor_shape;
    GPtrArray *strokes; // CanvasStroke

    // what is to be shown at the end of one call; in the outlet's pixels
    PouceRect rects[CANVAS_RECTS_MAX];
    guint rect_count;
};

/** canvas_repaint - @rect of the shown picture, with what is over it */
void canvas_repaint(PouceCanvas *canvas, PouceRect rect);
/** canvas_flush - hands over what was repainted */
void canvas_flush(PouceCanvas *canvas);

// canvas_over.c
void canvas_over_init(PouceCanvas *canvas);
void canvas_over_forget(PouceCanvas *canvas);
void canvas_over_clear(PouceCanvas *canvas);
/** canvas_over_draw - onto the outlet's pixels; @rect of the shown picture, inside what is seen */
void canvas_over_draw(PouceCanvas *canvas, PouceRect rect);
