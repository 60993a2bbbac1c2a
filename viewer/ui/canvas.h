// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The picture as the helper sees it: decoded frames, converted and scaled where they changed, and
// over them what is not in the picture, the seeker's cursor and the helper's own ink. Work follows
// change: a frame costs a comparison with the last one, and beyond that only what differs.
//
// Threads: any function on any thread, one at a time by its own lock; pouce_canvas_take shows the
// frame before it returns. The outlet is used under that lock.

#include "codec/frame/frame.h"
#include "signaling/wire/cursor.h"
#include "viewer/ui/geometry.h"
#include "viewer/ui/outlet.h"

G_BEGIN_DECLS

/** Cursor shapes kept; a desktop has a few dozen. When full, the oldest goes. */
#define POUCE_CANVAS_SHAPES_MAX 64
/** Strokes kept, and points in one; older strokes go first, a longer stroke ends. */
#define POUCE_CANVAS_STROKES_MAX 200
#define POUCE_CANVAS_POINTS_MAX 4096

typedef struct PouceCanvas PouceCanvas;

/** pouce_canvas_new - @on_layout: another size is shown; ON ANY THREAD, under the lock; or NULL */
PouceCanvas *pouce_canvas_new(void (*on_layout)(gpointer user), gpointer user);
void pouce_canvas_free(PouceCanvas *canvas);

/** pouce_canvas_take - shows what differs from the frame before; @frame: borrowed */
void pouce_canvas_take(PouceCanvas *canvas, const PouceFrame *frame);
/** pouce_canvas_forget - no picture, no cursor, no ink */
void pouce_canvas_forget(PouceCanvas *canvas);
gboolean pouce_canvas_has_picture(PouceCanvas *canvas);

/** pouce_canvas_set_outlet - @outlet: taken; NULL: none; the one before is freed */
void pouce_canvas_set_outlet(PouceCanvas *canvas, PouceOutlet *outlet);
void pouce_canvas_move(PouceCanvas *canvas, int x_px, int y_px);
void pouce_canvas_set_visible(PouceCanvas *canvas, gboolean visible);
/** pouce_canvas_snapshot - what GTK has to draw; main thread */
void pouce_canvas_snapshot(PouceCanvas *canvas, GtkSnapshot *snapshot);

void pouce_canvas_set_room(PouceCanvas *canvas, int width_px, int height_px);
void pouce_canvas_set_fitting(PouceCanvas *canvas, PouceFitting fitting, PouceSmoothing smoothing);
void pouce_canvas_scroll(PouceCanvas *canvas, int x_px, int y_px);
/** pouce_canvas_set_screen - what the seeker shows; the picture may come smaller on a slow line */
void pouce_canvas_set_screen(PouceCanvas *canvas, int width_px, int height_px);
void pouce_canvas_placement(PouceCanvas *canvas, PoucePlacement *out);

void pouce_canvas_add_shape(PouceCanvas *canvas, const PouceCursor *shape);
void pouce_canvas_set_cursor(
    PouceCanvas *canvas, gboolean visible, guint16 x, guint16 y, guint32 shape);

// Ink; positions as on the wire.
void pouce_canvas_ink_begin(PouceCanvas *canvas, guint32 rgb, guint16 x, guint16 y);
void pouce_canvas_ink_extend(PouceCanvas *canvas, guint16 x, guint16 y);
void pouce_canvas_ink_undo(PouceCanvas *canvas);
void pouce_canvas_ink_clear(PouceCanvas *canvas);

G_END_DECLS
