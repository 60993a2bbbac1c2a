// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where finished pixels go. Two variants: a child window of X11, to which changed rectangles are
// put at once from whatever thread has them (0.12 ms for 64x64, 1.1 ms for a whole 1080p picture,
// and the X server's share), and GTK's own drawing by kept tiles (0.8 and 12.4 ms), where there is
// no X11 or no shared memory.
//
// The pixels are the outlet's memory. One caller at a time: the canvas, under its lock; new, free,
// move and snapshot on the main thread.

#include <gtk/gtk.h>

#include "codec/frame/scale.h"

G_BEGIN_DECLS

typedef struct PouceOutlet PouceOutlet;

typedef struct {
    /** area: where in the widget, device pixels; new memory, its content undefined; FALSE: none */
    gboolean (*resize)(PouceOutlet *outlet, PouceRect area, PoucePixels *out_pixels);
    /** wait: until what was shown before has been read, so that pixels may be written */
    void (*wait)(PouceOutlet *outlet);
    void (*show)(PouceOutlet *outlet, const PouceRect *rects, guint count);
    void (*move)(PouceOutlet *outlet, int x_px, int y_px); // the widget, in its window
    void (*set_visible)(PouceOutlet *outlet, gboolean visible);
    void (*snapshot)(PouceOutlet *outlet, GtkSnapshot *snapshot); // NULL: draws by itself
    void (*free)(PouceOutlet *outlet);
} PouceOutletClass;

struct PouceOutlet {
    const PouceOutletClass *class;
};

/** pouce_outlet_x11_new - @native realized; NULL where it cannot be done: use the tiles */
PouceOutlet *pouce_outlet_x11_new(GtkNative *native);
/** pouce_outlet_tiles_new - draws in @widget's snapshot */
PouceOutlet *pouce_outlet_tiles_new(GtkWidget *widget);

G_END_DECLS
