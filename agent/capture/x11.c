// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// X11 capture: opening, events, and the vtable.

#include "agent/capture/x11_capture.h"

#include <stdlib.h>
#include <xcb/randr.h>
#include <xcb/xcbext.h>

gboolean pouce_x11_need(
    PouceX11 *x11, xcb_extension_t *extension, guint8 *out_first_event, GError **error)
{
    const xcb_query_extension_reply_t *reply = xcb_get_extension_data(x11->xcb, extension);
    if (!reply || !reply->present) {
        g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_UNSUPPORTED,
            "This X server lacks the %s extension, without which its picture cannot be shared.",
            extension->name);
        return FALSE;
    }
    if (out_first_event)
        *out_first_event = reply->first_event;
    return TRUE;
}

static gboolean need_extensions(PouceX11Capture *capture, GError **error)
{
    xcb_connection_t *xcb = capture->x11.xcb;
    if (!pouce_x11_need(&capture->x11, &xcb_shm_id, NULL, error) ||
        !pouce_x11_need(&capture->x11, &xcb_damage_id, &capture->damage_event, error) ||
        !pouce_x11_need(&capture->x11, &xcb_xfixes_id, NULL, error) ||
        !pouce_x11_need(&capture->x11, &xcb_randr_id, &capture->randr_event, error))
        return FALSE;
    // Both extensions refuse every request before a client has told its version.
    free(xcb_damage_query_version_reply(xcb, xcb_damage_query_version(xcb, 1, 1), NULL));
    free(xcb_xfixes_query_version_reply(xcb, xcb_xfixes_query_version(xcb, 5, 0), NULL));
    return TRUE;
}

void pouce_x11_capture_fail(PouceX11Capture *capture)
{
    if (capture->lost)
        return;
    capture->lost = TRUE;
    g_autoptr(GError) error = g_error_new_literal(POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_LOST,
        "The desktop went away (its X server closed the connection), so there is nothing left to "
        "show.");
    if (capture->base.listener && capture->base.listener->lost)
        capture->base.listener->lost(error, capture->base.data);
}

static void on_lost(void *data)
{
    pouce_x11_capture_fail(data);
}

static void on_screen_change(PouceX11Capture *capture)
{
    g_autoptr(GError) error = NULL;
    pouce_x11_monitors_read(capture);
    if (capture->pixels.width_px != capture->x11.screen->width_in_pixels ||
        capture->pixels.height_px != capture->x11.screen->height_in_pixels) {
        pouce_x11_pixels_close(capture);
        if (!pouce_x11_pixels_open(capture, &error)) {
            pouce_x11_capture_fail(capture);
            return;
        }
    }
    capture->pixels.whole = TRUE;
    if (capture->base.listener && capture->base.listener->monitors_changed)
        capture->base.listener->monitors_changed(capture->base.data);
    if (capture->base.listener && capture->base.listener->damaged)
        capture->base.listener->damaged(capture->base.data);
}

static void on_event(xcb_generic_event_t *event, void *data)
{
    PouceX11Capture *capture = data;
    int type = event->response_type & 0x7f;
    if (type == capture->damage_event + XCB_DAMAGE_NOTIFY) {
        const xcb_damage_notify_event_t *notify = (const xcb_damage_notify_event_t *)event;
        if (notify->damage == capture->pixels.damage && capture->base.listener &&
            capture->base.listener->damaged)
            capture->base.listener->damaged(capture->base.data);
    } else if (type == capture->randr_event + XCB_RANDR_SCREEN_CHANGE_NOTIFY) {
        const xcb_randr_screen_change_notify_event_t *change =
            (const xcb_randr_screen_change_notify_event_t *)event;
        if (change->root != capture->x11.screen->root)
            return;
        // The event speaks in the unrotated frame; the root's own size is asked for instead.
        xcb_get_geometry_reply_t *root = xcb_get_geometry_reply(
            capture->x11.xcb, xcb_get_geometry(capture->x11.xcb, capture->x11.screen->root), NULL);
        if (root) {
            capture->x11.screen->width_in_pixels = root->width;
            capture->x11.screen->height_in_pixels = root->height;
        }
        free(root);
        on_screen_change(capture);
    } else if (type == capture->randr_event + XCB_RANDR_NOTIFY) {
        on_screen_change(capture);
    }
}

static const PouceX11Listener listener = {.event = on_event, .lost = on_lost};

static void x11_free(PouceCapture *base)
{
    PouceX11Capture *capture = (PouceX11Capture *)base;
    if (capture->source) {
        g_source_destroy(capture->source);
        g_source_unref(capture->source);
    }
    if (capture->x11.xcb)
        pouce_x11_pixels_close(capture);
    pouce_x11_close(&capture->x11);
    pouce_damage_clear(&capture->damage);
    g_free(capture);
}

static PouceCapture *x11_open(const PouceCaptureConfig *config, const char *rest, GError **error)
{
    PouceX11Capture *capture = g_new0(PouceX11Capture, 1);
    capture->base.klass = &pouce_capture_x11;
    capture->base.listener = config->listener;
    capture->base.data = config->data;
    capture->avoid_shared_pixmap = config->avoid_shared_pixmap;
    if (!pouce_x11_open(&capture->x11, rest, error) || !need_extensions(capture, error) ||
        !pouce_x11_monitors_open(capture, error) || !pouce_x11_pixels_open(capture, error)) {
        x11_free(&capture->base);
        return NULL;
    }
    capture->source = pouce_x11_attach(&capture->x11, config->context, &listener, capture);
    return &capture->base;
}

static gboolean x11_choose(PouceCapture *base, int id)
{
    PouceX11Capture *capture = (PouceX11Capture *)base;
    base->monitor = id;
    on_screen_change(capture);
    return TRUE;
}

static gboolean x11_grab(PouceCapture *base, gint64 now_us, PoucePicture *out, GError **error)
{
    PouceX11Capture *capture = (PouceX11Capture *)base;
    PouceRect area = base->monitors[base->monitor].area;
    if (!pouce_x11_pixels_grab(capture, error)) {
        if (xcb_connection_has_error(capture->x11.xcb))
            pouce_x11_capture_fail(capture);
        return FALSE;
    }
    const PouceX11Pixels *pixels = &capture->pixels;
    *out = (PoucePicture){
        .bgrx = pixels->bgrx + (gsize)area.y * pixels->stride_bytes + (gsize)area.x * 4,
        .stride_bytes = pixels->stride_bytes,
        .width_px = area.width,
        .height_px = area.height,
        .damage = &capture->damage,
    };
    return TRUE;
}

const PouceCaptureClass pouce_capture_x11 = {
    .name = "x11",
    .open = x11_open,
    .free = x11_free,
    .choose = x11_choose,
    .grab = x11_grab,
    .watch = pouce_x11_watch_open,
};
