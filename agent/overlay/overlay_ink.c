// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Strokes, drawn by the X server's own wide lines: a light rim first, the colour on it. Without a
// compositor each new piece first widens the window's shape, then is drawn there.

#include "agent/overlay/overlay_private.h"

#include <xcb/shape.h>

static const xcb_visualtype_t *find_argb(const xcb_screen_t *screen)
{
    xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(screen);
    for (; depth.rem > 0; xcb_depth_next(&depth)) {
        xcb_visualtype_iterator_t it = xcb_depth_visuals_iterator(depth.data);
        for (; depth.data->depth == 32 && it.rem > 0; xcb_visualtype_next(&it))
            if (it.data->_class == XCB_VISUAL_CLASS_TRUE_COLOR && it.data->red_mask == 0xff0000)
                return it.data;
    }
    return NULL;
}

static void make_window(PouceOverlay *overlay, const xcb_visualtype_t *argb)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    const xcb_screen_t *screen = overlay->x11.screen;
    xcb_visualid_t visual = argb ? argb->visual_id : screen->root_visual;
    overlay->depth = argb ? 32 : screen->root_depth;
    overlay->colormap = xcb_generate_id(xcb);
    xcb_create_colormap(xcb, XCB_COLORMAP_ALLOC_NONE, overlay->colormap, screen->root, visual);
    overlay->window = xcb_generate_id(xcb);
    // Without a compositor there is no background: the server must not paint what we draw at once.
    guint32 mask = XCB_CW_BORDER_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_SAVE_UNDER |
                   XCB_CW_EVENT_MASK | XCB_CW_COLORMAP | (argb ? XCB_CW_BACK_PIXEL : 0);
    const guint32 rest[] = {0, TRUE, !argb,
        XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_VISIBILITY_CHANGE, overlay->colormap};
    guint32 values[6] = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(rest); i++)
        values[i + (argb ? 1 : 0)] = rest[i];
    xcb_create_window(xcb, overlay->depth, overlay->window, screen->root, (gint16)overlay->area.x,
        (gint16)overlay->area.y, (guint16)overlay->area.width, (guint16)overlay->area.height, 0,
        XCB_WINDOW_CLASS_INPUT_OUTPUT, visual, mask, values);
    overlay->gc = xcb_generate_id(xcb);
    xcb_create_gc(xcb, overlay->gc, overlay->window,
        XCB_GC_CAP_STYLE | XCB_GC_JOIN_STYLE | XCB_GC_GRAPHICS_EXPOSURES,
        (guint32[]){XCB_CAP_STYLE_ROUND, XCB_JOIN_STYLE_ROUND, 0});
}

static void open_window(PouceOverlay *overlay)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    const xcb_visualtype_t *argb = overlay->composited ? find_argb(overlay->x11.screen) : NULL;
    make_window(overlay, argb);
    pouce_overlay_make_click_through(overlay, overlay->window);
    if (!argb)
        xcb_shape_rectangles(xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING,
            XCB_CLIP_ORDERING_UNSORTED, overlay->window, 0, 0, 0, NULL);
    pouce_overlay_raise(overlay, overlay->window);
    xcb_map_window(xcb, overlay->window);
}

void pouce_overlay_ink_close(PouceOverlay *overlay)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    if (overlay->mask_gc)
        xcb_free_gc(xcb, overlay->mask_gc);
    if (overlay->window) {
        xcb_free_gc(xcb, overlay->gc);
        xcb_destroy_window(xcb, overlay->window);
        xcb_free_colormap(xcb, overlay->colormap);
    }
    overlay->window = 0;
    overlay->mask_gc = 0;
}

static void draw_line(PouceOverlay *overlay, xcb_drawable_t target, xcb_gcontext_t gc,
    guint32 width_px, guint32 color, const xcb_point_t *points, guint count)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    xcb_point_t dot[2] = {points[0], points[0]};
    xcb_change_gc(xcb, gc, XCB_GC_FOREGROUND | XCB_GC_LINE_WIDTH, (guint32[]){color, width_px});
    if (count == 1) // a line of no length shows its round caps
        xcb_poly_line(xcb, XCB_COORD_MODE_ORIGIN, target, gc, 2, dot);
    else
        xcb_poly_line(xcb, XCB_COORD_MODE_ORIGIN, target, gc, count, points);
}

// Adds the piece's own pixels to the window's shape, through a bitmap of the piece's size.
static void widen_shape(PouceOverlay *overlay, const xcb_point_t *points, guint count)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    int left = G_MAXINT16, top = G_MAXINT16, right = G_MININT16, bottom = G_MININT16;
    for (guint i = 0; i < count; i++) {
        left = MIN(left, points[i].x - HALO_WIDTH_PX);
        top = MIN(top, points[i].y - HALO_WIDTH_PX);
        right = MAX(right, points[i].x + HALO_WIDTH_PX);
        bottom = MAX(bottom, points[i].y + HALO_WIDTH_PX);
    }
    xcb_pixmap_t mask = xcb_generate_id(xcb);
    guint16 width = (guint16)(right - left);
    guint16 height = (guint16)(bottom - top);
    xcb_create_pixmap(xcb, 1, mask, overlay->x11.screen->root, width, height);
    if (!overlay->mask_gc) {
        overlay->mask_gc = xcb_generate_id(xcb);
        xcb_create_gc(xcb, overlay->mask_gc, mask, XCB_GC_CAP_STYLE | XCB_GC_JOIN_STYLE,
            (guint32[]){XCB_CAP_STYLE_ROUND, XCB_JOIN_STYLE_ROUND});
    }
    xcb_change_gc(xcb, overlay->mask_gc, XCB_GC_FOREGROUND, (guint32[]){0});
    xcb_poly_fill_rectangle(
        xcb, mask, overlay->mask_gc, 1, &(xcb_rectangle_t){0, 0, width, height});
    g_autofree xcb_point_t *moved = g_new(xcb_point_t, count);
    for (guint i = 0; i < count; i++)
        moved[i] = (xcb_point_t){(gint16)(points[i].x - left), (gint16)(points[i].y - top)};
    draw_line(overlay, mask, overlay->mask_gc, HALO_WIDTH_PX, 1, moved, count);
    xcb_shape_mask(xcb, XCB_SHAPE_SO_UNION, XCB_SHAPE_SK_BOUNDING, overlay->window, (gint16)left,
        (gint16)top, mask);
    xcb_free_pixmap(xcb, mask);
}

static void paint(PouceOverlay *overlay, const Stroke *stroke, guint from)
{
    const xcb_point_t *points = (const xcb_point_t *)(const void *)stroke->points->data;
    guint32 opaque = overlay->depth == 32 ? 0xff000000u : 0;
    from = from > 0 ? from - 1 : 0;
    guint count = stroke->points->len - from;
    draw_line(overlay, overlay->window, overlay->gc, HALO_WIDTH_PX, opaque | 0xffffff,
        points + from, count);
    // The rim of this piece lies on the colour of the piece before: paint that once more.
    guint back = MIN(from, 3);
    draw_line(overlay, overlay->window, overlay->gc, INK_WIDTH_PX, opaque | stroke->rgb,
        points + from - back, count + back);
}

void pouce_overlay_ink_draw(PouceOverlay *overlay, const Stroke *stroke, guint from)
{
    if (!overlay->window)
        open_window(overlay);
    if (overlay->depth != 32) {
        guint first = from > 0 ? from - 1 : 0;
        widen_shape(overlay, (const xcb_point_t *)(const void *)stroke->points->data + first,
            stroke->points->len - first);
    }
    paint(overlay, stroke, from);
}

void pouce_overlay_ink_expose(PouceOverlay *overlay)
{
    gboolean fresh = overlay->window == 0;
    for (guint i = 0; i < overlay->strokes->len; i++) {
        const Stroke *stroke = g_ptr_array_index(overlay->strokes, i);
        if (fresh)
            pouce_overlay_ink_draw(overlay, stroke, 0);
        else
            paint(overlay, stroke, 0);
    }
}
