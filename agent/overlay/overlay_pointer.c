// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's pointer: a small window in the shape of an arrow, moved about. It needs no
// transparency, so it is the same with and without a compositor.

#include "agent/overlay/overlay_private.h"

#include <xcb/shape.h>

#define SIDE_PX 28
#define MOVE_INTERVAL_US (G_USEC_PER_SEC / 60)
#define POINTER_RGB 0xe0452f // the thumb's red; its rim is white

static const xcb_point_t arrow[] = {
    {0, 0}, {0, 24}, {6, 18}, {10, 27}, {15, 25}, {11, 16}, {19, 16}, {0, 0}};

static void draw_arrow(PouceOverlay *overlay, xcb_drawable_t target, guint32 inner, guint32 rim)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    xcb_gcontext_t gc = xcb_generate_id(xcb);
    xcb_create_gc(xcb, gc, target, XCB_GC_FOREGROUND | XCB_GC_LINE_WIDTH, (guint32[]){inner, 2});
    xcb_fill_poly(xcb, target, gc, XCB_POLY_SHAPE_NONCONVEX, XCB_COORD_MODE_ORIGIN,
        G_N_ELEMENTS(arrow), arrow);
    xcb_change_gc(xcb, gc, XCB_GC_FOREGROUND, &rim);
    xcb_poly_line(xcb, XCB_COORD_MODE_ORIGIN, target, gc, G_N_ELEMENTS(arrow), arrow);
    xcb_free_gc(xcb, gc);
}

static void cut_to_arrow(PouceOverlay *overlay)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    xcb_pixmap_t mask = xcb_generate_id(xcb);
    xcb_gcontext_t gc = xcb_generate_id(xcb);
    xcb_create_pixmap(xcb, 1, mask, overlay->x11.screen->root, SIDE_PX, SIDE_PX);
    xcb_create_gc(xcb, gc, mask, XCB_GC_FOREGROUND, (guint32[]){0});
    xcb_poly_fill_rectangle(xcb, mask, gc, 1, &(xcb_rectangle_t){0, 0, SIDE_PX, SIDE_PX});
    xcb_free_gc(xcb, gc);
    draw_arrow(overlay, mask, 1, 1);
    xcb_shape_mask(xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, overlay->pointer, 0, 0, mask);
    xcb_free_pixmap(xcb, mask);
}

static void open_pointer(PouceOverlay *overlay)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    const xcb_screen_t *screen = overlay->x11.screen;
    // The arrow is the window's background: the server paints it without being asked again.
    xcb_pixmap_t picture = xcb_generate_id(xcb);
    xcb_create_pixmap(xcb, screen->root_depth, picture, screen->root, SIDE_PX, SIDE_PX);
    draw_arrow(overlay, picture, POINTER_RGB, 0xffffff);
    overlay->pointer = xcb_generate_id(xcb);
    xcb_create_window(xcb, XCB_COPY_FROM_PARENT, overlay->pointer, screen->root, 0, 0, SIDE_PX,
        SIDE_PX, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
        XCB_CW_BACK_PIXMAP | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_SAVE_UNDER | XCB_CW_EVENT_MASK,
        (guint32[]){picture, TRUE, TRUE, XCB_EVENT_MASK_VISIBILITY_CHANGE});
    xcb_free_pixmap(xcb, picture);
    cut_to_arrow(overlay);
    pouce_overlay_make_click_through(overlay, overlay->pointer);
}

void pouce_overlay_pointer_update(PouceOverlay *overlay)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    if (!overlay->pointer_visible) {
        if (overlay->pointer_mapped)
            xcb_unmap_window(xcb, overlay->pointer);
        overlay->pointer_mapped = FALSE;
        return;
    }
    if (!overlay->pointer)
        open_pointer(overlay);
    gboolean moved =
        overlay->pointer_x != overlay->drawn_x || overlay->pointer_y != overlay->drawn_y;
    if (moved || !overlay->pointer_mapped) {
        xcb_configure_window(xcb, overlay->pointer,
            XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_STACK_MODE,
            (guint32[]){
                (guint32)overlay->pointer_x, (guint32)overlay->pointer_y, XCB_STACK_MODE_ABOVE});
        overlay->drawn_x = overlay->pointer_x;
        overlay->drawn_y = overlay->pointer_y;
        overlay->pointer_moved_us = g_get_monotonic_time();
    }
    if (!overlay->pointer_mapped)
        xcb_map_window(xcb, overlay->pointer);
    overlay->pointer_mapped = TRUE;
}

void pouce_overlay_pointer(PouceOverlay *overlay, gboolean visible, int x_px, int y_px)
{
    overlay->pointer_visible = visible;
    if (visible) {
        overlay->pointer_x =
            CLAMP(x_px, overlay->area.x, overlay->area.x + overlay->area.width - 1);
        overlay->pointer_y =
            CLAMP(y_px, overlay->area.y, overlay->area.y + overlay->area.height - 1);
    }
    gint64 due_us = overlay->pointer_moved_us + MOVE_INTERVAL_US;
    if (visible && overlay->pointer_mapped && g_get_monotonic_time() < due_us) {
        g_source_set_ready_time(overlay->timer, due_us);
        return;
    }
    pouce_overlay_pointer_update(overlay);
    xcb_flush(overlay->x11.xcb);
}
