// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The place of the picture among GTK's widgets: gives the canvas its room and its outlet, and
// scrolls what does not fit. Main thread, except where said.

#include "viewer/ui/canvas.h"

G_BEGIN_DECLS

#define POUCE_TYPE_STAGE (pouce_stage_get_type())
G_DECLARE_FINAL_TYPE(PouceStage, pouce_stage, POUCE, STAGE, GtkWidget)

/** pouce_stage_new - the canvas and the widgets around it; floating */
PouceStage *pouce_stage_new(void);
/** pouce_stage_box - the stage with its scroll bars; to be put into the window */
GtkWidget *pouce_stage_box(PouceStage *stage);
PouceCanvas *pouce_stage_canvas(PouceStage *stage);

/**
 * pouce_stage_to_wire - a point of an event, in the window's surface
 * Returns: FALSE outside the picture unless clamped
 */
gboolean pouce_stage_to_wire(PouceStage *stage, double surface_x, double surface_y, gboolean clamp,
    guint16 *out_x, guint16 *out_y);

G_END_DECLS
