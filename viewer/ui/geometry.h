// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where the seeker's picture stands in the room that the window has for it, and positions on it.
// Pure; lengths are device pixels. viewer/web/geometry.ts follows the same rules.

#include "codec/frame/damage.h"

G_BEGIN_DECLS

typedef enum {
    POUCE_FIT,   // as large as the room allows, aspect kept
    POUCE_EXACT, // pixel for pixel; what does not fit is scrolled to
} PouceFitting;

typedef enum {
    POUCE_SMOOTH_AUTO, // sharp when each pixel becomes a whole number of pixels
    POUCE_SMOOTH_NEVER,
    POUCE_SMOOTH_ALWAYS,
} PouceSmoothing;

typedef struct {
    int width_px, height_px; // of the whole picture as shown
    int x_px, y_px;          // its visible part in the room
    PouceRect seen;          // that part, in the shown picture
    gboolean sharp;          // nearest neighbour loses nothing, or is asked for
} PoucePlacement;

/**
 * pouce_place - the picture in the room; nothing is seen if either has no area
 * @scroll_x, @scroll_y: wanted first visible pixel, clipped to what there is
 */
void pouce_place(PouceFitting fitting, PouceSmoothing smoothing, int picture_width,
    int picture_height, int room_width, int room_height, int scroll_x, int scroll_y,
    PoucePlacement *out);

/**
 * pouce_place_to_wire - a point of the room as 0…65535 across the picture
 * Returns: FALSE if it is outside the picture and not to be clamped, or there is no picture
 */
gboolean pouce_place_to_wire(const PoucePlacement *placement, double x, double y, gboolean clamp,
    guint16 *out_x, guint16 *out_y);

/** pouce_place_from_wire - a wire position in pixels of the shown picture */
void pouce_place_from_wire(
    const PoucePlacement *placement, guint16 x, guint16 y, double *out_x, double *out_y);

/** pouce_rect_intersect - FALSE if nothing is in both; @out may be one of them */
gboolean pouce_rect_intersect(PouceRect a, PouceRect b, PouceRect *out);

/** pouce_rect_list_add - adds @rect; when @max are there already, they all become one */
void pouce_rect_list_add(PouceRect *list, guint *count, guint max, PouceRect rect);

G_END_DECLS
