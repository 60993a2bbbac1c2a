// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/overlay/overlay_private.h"

#include <stdlib.h>
#include <xcb/shape.h>
#include <xcb/xfixes.h>

// Another window that also wants to be on top must not start a race.
#define RAISE_INTERVAL_US (250 * 1000)

static gboolean ask_composited(PouceOverlay *overlay)
{
    xcb_get_selection_owner_reply_t *owner = xcb_get_selection_owner_reply(
        overlay->x11.xcb, xcb_get_selection_owner(overlay->x11.xcb, overlay->manager), NULL);
    gboolean composited = owner && owner->owner != XCB_NONE;
    free(owner);
    return composited;
}

void pouce_overlay_make_click_through(PouceOverlay *overlay, xcb_window_t window)
{
    xcb_shape_rectangles(overlay->x11.xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
        XCB_CLIP_ORDERING_UNSORTED, window, 0, 0, 0, NULL);
}

void pouce_overlay_raise(PouceOverlay *overlay, xcb_window_t window)
{
    xcb_configure_window(
        overlay->x11.xcb, window, XCB_CONFIG_WINDOW_STACK_MODE, (guint32[]){XCB_STACK_MODE_ABOVE});
}

static void on_obscured(PouceOverlay *overlay, xcb_window_t window)
{
    gint64 now_us = g_get_monotonic_time();
    if (now_us < overlay->raised_us + RAISE_INTERVAL_US)
        return;
    overlay->raised_us = now_us;
    pouce_overlay_raise(overlay, window);
}

static void on_event(xcb_generic_event_t *event, void *data)
{
    PouceOverlay *overlay = data;
    int type = event->response_type & 0x7f;
    if (type == XCB_EXPOSE) {
        const xcb_expose_event_t *expose = (const xcb_expose_event_t *)event;
        if (expose->window == overlay->window && expose->count == 0)
            pouce_overlay_ink_expose(overlay);
    } else if (type == XCB_VISIBILITY_NOTIFY) {
        const xcb_visibility_notify_event_t *notify = (const xcb_visibility_notify_event_t *)event;
        if (notify->state != XCB_VISIBILITY_UNOBSCURED)
            on_obscured(overlay, notify->window);
    } else if (type == overlay->xfixes_event + XCB_XFIXES_SELECTION_NOTIFY) {
        gboolean composited = ask_composited(overlay);
        if (composited == overlay->composited)
            return;
        overlay->composited = composited;
        pouce_overlay_ink_close(overlay);
        pouce_overlay_ink_expose(overlay);
    }
    xcb_flush(overlay->x11.xcb);
}

static const PouceX11Listener listener = {.event = on_event};

static gboolean on_timer(gpointer data)
{
    PouceOverlay *overlay = data;
    g_source_set_ready_time(overlay->timer, -1);
    pouce_overlay_pointer_update(overlay);
    xcb_flush(overlay->x11.xcb);
    return G_SOURCE_CONTINUE;
}

static gboolean timer_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

static GSourceFuncs timer_funcs = {.dispatch = timer_dispatch};

static gboolean need_extensions(PouceOverlay *overlay, GError **error)
{
    xcb_connection_t *xcb = overlay->x11.xcb;
    const xcb_query_extension_reply_t *shape = xcb_get_extension_data(xcb, &xcb_shape_id);
    const xcb_query_extension_reply_t *fixes = xcb_get_extension_data(xcb, &xcb_xfixes_id);
    if (!shape || !shape->present || !fixes || !fixes->present) {
        g_set_error(error, POUCE_X11_ERROR, POUCE_X11_ERROR_UNSUPPORTED,
            "This X server lacks the SHAPE or XFIXES extension, so nothing can be drawn on it.");
        return FALSE;
    }
    overlay->xfixes_event = fixes->first_event;
    free(xcb_xfixes_query_version_reply(xcb, xcb_xfixes_query_version(xcb, 5, 0), NULL));
    return TRUE;
}

static void stroke_free(gpointer data)
{
    Stroke *stroke = data;
    g_array_unref(stroke->points);
    g_free(stroke);
}

PouceOverlay *pouce_overlay_new(
    const char *display, GMainContext *context, PouceRect area, GError **error)
{
    g_autoptr(PouceOverlay) overlay = g_new0(PouceOverlay, 1);
    overlay->strokes = g_ptr_array_new_with_free_func(stroke_free);
    overlay->area = area;
    if (!pouce_x11_open(&overlay->x11, display, error) || !need_extensions(overlay, error))
        return NULL;
    g_autofree char *name = g_strdup_printf("_NET_WM_CM_S%d", overlay->x11.screen_number);
    overlay->manager = pouce_x11_atom(&overlay->x11, name);
    xcb_xfixes_select_selection_input(overlay->x11.xcb, overlay->x11.screen->root, overlay->manager,
        XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
            XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
            XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
    overlay->composited = ask_composited(overlay);
    overlay->source = pouce_x11_attach(&overlay->x11, context, &listener, overlay);
    overlay->timer = g_source_new(&timer_funcs, sizeof(GSource));
    g_source_set_callback(overlay->timer, on_timer, overlay, NULL);
    g_source_attach(overlay->timer, context);
    return g_steal_pointer(&overlay);
}

void pouce_overlay_free(PouceOverlay *overlay)
{
    if (!overlay)
        return;
    if (overlay->source) {
        g_source_destroy(overlay->source);
        g_source_unref(overlay->source);
        g_source_destroy(overlay->timer);
        g_source_unref(overlay->timer);
        xcb_flush(overlay->x11.xcb);
    }
    pouce_x11_close(&overlay->x11); // the server removes our windows
    g_ptr_array_unref(overlay->strokes);
    g_free(overlay);
}

void pouce_overlay_set_area(PouceOverlay *overlay, PouceRect area)
{
    pouce_overlay_clear(overlay);
    pouce_overlay_pointer(overlay, FALSE, 0, 0);
    overlay->area = area;
}

static Stroke *stroke_of(PouceOverlay *overlay, gint64 id, guint32 rgb)
{
    for (guint i = 0; i < overlay->strokes->len; i++) {
        Stroke *stroke = g_ptr_array_index(overlay->strokes, i);
        if (stroke->id == id)
            return stroke;
    }
    Stroke *stroke = g_new0(Stroke, 1);
    stroke->id = id;
    stroke->rgb = rgb;
    stroke->points = g_array_new(FALSE, FALSE, sizeof(xcb_point_t));
    g_ptr_array_add(overlay->strokes, stroke);
    return stroke;
}

static void forget_oldest(PouceOverlay *overlay)
{
    gboolean forgot = FALSE;
    while (overlay->points > POUCE_OVERLAY_POINTS_MAX && overlay->strokes->len > 1) {
        overlay->points -= ((Stroke *)g_ptr_array_index(overlay->strokes, 0))->points->len;
        g_ptr_array_remove_index(overlay->strokes, 0);
        forgot = TRUE;
    }
    if (!forgot)
        return;
    pouce_overlay_ink_close(overlay);
    pouce_overlay_ink_expose(overlay);
}

void pouce_overlay_ink(
    PouceOverlay *overlay, gint64 id, guint32 rgb, const PouceInkPoint *points, guint count)
{
    Stroke *stroke = stroke_of(overlay, id, rgb);
    guint from = stroke->points->len;
    // One endless stroke is cut off too: its own limit is that of all.
    count = MIN(count, POUCE_OVERLAY_POINTS_MAX - MIN(from, POUCE_OVERLAY_POINTS_MAX));
    for (guint i = 0; i < count; i++) {
        xcb_point_t point = {
            (gint16)(points[i].x - overlay->area.x), (gint16)(points[i].y - overlay->area.y)};
        g_array_append_val(stroke->points, point);
    }
    if (count == 0)
        return;
    overlay->points += count;
    pouce_overlay_ink_draw(overlay, stroke, from);
    forget_oldest(overlay);
    xcb_flush(overlay->x11.xcb);
}

void pouce_overlay_clear(PouceOverlay *overlay)
{
    g_ptr_array_set_size(overlay->strokes, 0);
    overlay->points = 0;
    pouce_overlay_ink_close(overlay);
    xcb_flush(overlay->x11.xcb);
}

gboolean pouce_overlay_is_composited(PouceOverlay *overlay)
{
    return overlay->composited;
}
