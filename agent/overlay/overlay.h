// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the helper draws on the seeker's desktop: ink, and a pointer with no power. Above all
// windows, and clicks fall through it.
//
// With a compositor the ink lies on one transparent window over the monitor; without one, on a
// window cut to the strokes' own shape, because there a transparent window would paint the screen
// black, and with one, reshaping a large window repaints all of it at each stroke. It follows a
// compositor that comes or goes. The overlay shows in the captured picture, so only what changed is
// drawn, and the pointer moves at most 60 times a second.
//
// Owner's thread only, the one that runs the context. Positions are pixels of the desktop.

#include "codec/frame/damage.h"

#include <glib.h>

G_BEGIN_DECLS

/** Points kept; beyond this the oldest stroke is forgotten. */
#define POUCE_OVERLAY_POINTS_MAX 16384

typedef struct PouceOverlay PouceOverlay;

typedef struct {
    gint16 x, y;
} PouceInkPoint;

/**
 * pouce_overlay_new
 * @display: NULL or "" for $DISPLAY
 * @area:    the shared monitor; ink beyond it is cut
 * Errors:   POUCE_X11_ERROR DENIED, UNSUPPORTED
 */
PouceOverlay *pouce_overlay_new(
    const char *display, GMainContext *context, PouceRect area, GError **error);
void pouce_overlay_free(PouceOverlay *overlay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceOverlay, pouce_overlay_free)

/** pouce_overlay_set_area - another monitor or size; clears everything */
void pouce_overlay_set_area(PouceOverlay *overlay, PouceRect area);
/** pouce_overlay_ink - more points of @stroke, which joins on to what it has; @rgb 0xrrggbb */
void pouce_overlay_ink(
    PouceOverlay *overlay, gint64 stroke, guint32 rgb, const PouceInkPoint *points, guint count);
void pouce_overlay_clear(PouceOverlay *overlay); // ink only
void pouce_overlay_pointer(PouceOverlay *overlay, gboolean visible, int x_px, int y_px);

/** pouce_overlay_is_composited - which of the two ways is in use (tests) */
gboolean pouce_overlay_is_composited(PouceOverlay *overlay);

G_END_DECLS
