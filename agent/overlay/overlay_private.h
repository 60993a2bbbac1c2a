// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The parts of the overlay: overlay.c owns connection and events, overlay_ink.c the strokes,
// overlay_pointer.c the pointer. Included by them alone.

#include "agent/overlay/overlay.h"
#include "agent/x11/connection.h"

#define INK_WIDTH_PX 4
#define HALO_WIDTH_PX 8 // a light rim, so that ink shows on any ground

typedef struct {
    gint64 id;
    guint32 rgb;
    GArray *points; // of xcb_point_t, relative to the area
} Stroke;

struct PouceOverlay {
    PouceX11 x11;
    GSource *source;
    GSource *timer; // the pointer's pace
    PouceRect area;
    gboolean composited;
    xcb_atom_t manager; // _NET_WM_CM_Sn
    guint8 xfixes_event;

    xcb_window_t window; // 0 while there is no ink
    xcb_gcontext_t gc;
    xcb_colormap_t colormap;
    guint8 depth;
    xcb_gcontext_t mask_gc; // depth 1, made with the first mask
    GPtrArray *strokes;     // of Stroke, oldest first
    guint points;
    gint64 raised_us;

    xcb_window_t pointer;
    gboolean pointer_visible;
    gboolean pointer_mapped;
    int pointer_x, pointer_y;
    int drawn_x, drawn_y;
    gint64 pointer_moved_us;
};

/** pouce_overlay_ink_draw - points @from and later of @stroke, with the line that leads to them */
void pouce_overlay_ink_draw(PouceOverlay *overlay, const Stroke *stroke, guint from);
void pouce_overlay_ink_close(PouceOverlay *overlay);  // the window
void pouce_overlay_ink_expose(PouceOverlay *overlay); // draws all strokes again
void pouce_overlay_pointer_update(PouceOverlay *overlay);
/** pouce_overlay_make_click_through - no input reaches @window */
void pouce_overlay_make_click_through(PouceOverlay *overlay, xcb_window_t window);
void pouce_overlay_raise(PouceOverlay *overlay, xcb_window_t window);
