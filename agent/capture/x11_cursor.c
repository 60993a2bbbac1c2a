// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The cursor of an X server: shapes by XFixes, moves by XInput2 raw events, which carry no
// position. One position query is under way at a time; its answer is collected when it comes, never
// waited for.

#include "agent/capture/x11_capture.h"

#include <stdlib.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>

struct PouceCursorWatch {
    PouceX11 x11;
    GSource *source;
    const PouceCursorListener *listener;
    void *data;
    guint8 xfixes_event;
    guint8 xinput_opcode;
    guint32 id;
    gboolean asked; // a query_pointer is under way
    gboolean again; // the pointer moved since it was sent
    xcb_query_pointer_cookie_t query;
    gboolean image_asked;
    gboolean image_again; // the shape changed since it was asked for
    xcb_xfixes_get_cursor_image_cookie_t image;
    gboolean visible;
    int x_px, y_px; // in the desktop
};

// One at a time; what is under way may be of before the change.
static void ask_image(PouceCursorWatch *watch)
{
    if (watch->image_asked) {
        watch->image_again = TRUE;
        return;
    }
    watch->image = xcb_xfixes_get_cursor_image(watch->x11.xcb);
    watch->image_asked = TRUE;
    watch->image_again = FALSE;
}

static void ask_position(PouceCursorWatch *watch)
{
    if (watch->asked) {
        watch->again = TRUE;
        return;
    }
    watch->query = xcb_query_pointer(watch->x11.xcb, watch->x11.screen->root);
    watch->asked = TRUE;
    watch->again = FALSE;
}

static void on_event(xcb_generic_event_t *event, void *data)
{
    PouceCursorWatch *watch = data;
    int type = event->response_type & 0x7f;
    const xcb_ge_generic_event_t *generic = (const xcb_ge_generic_event_t *)event;
    if (type == watch->xfixes_event + XCB_XFIXES_CURSOR_NOTIFY)
        ask_image(watch);
    else if (type == XCB_GE_GENERIC && generic->extension == watch->xinput_opcode &&
             generic->event_type == XCB_INPUT_RAW_MOTION)
        ask_position(watch);
}

static void tell_position(PouceCursorWatch *watch)
{
    watch->listener->moved(watch->visible, watch->x_px, watch->y_px, watch->id, watch->data);
}

// Multiplied colours back to plain ones; scaled down by dropping pixels if it is too large for the
// protocol. @argb holds width x height words.
static guint8 *to_rgba(const guint32 *argb, int width, int height, int out_width, int out_height)
{
    guint8 *rgba = g_malloc((gsize)out_width * out_height * 4);
    guint8 *out = rgba;
    for (int y = 0; y < out_height; y++) {
        for (int x = 0; x < out_width; x++, out += 4) {
            guint32 pixel = argb[(gsize)(y * height / out_height) * width + x * width / out_width];
            guint alpha = pixel >> 24;
            for (int i = 0; i < 3; i++) {
                guint value = pixel >> (16 - 8 * i) & 0xff;
                out[i] = alpha ? MIN((value * 255 + alpha / 2) / alpha, 255) : 0;
            }
            out[3] = alpha;
        }
    }
    return rgba;
}

static void tell_shape(PouceCursorWatch *watch, xcb_xfixes_get_cursor_image_reply_t *image)
{
    int width = image->width;
    int height = image->height;
    if (width < 1 || height < 1 ||
        xcb_xfixes_get_cursor_image_cursor_image_length(image) < width * height)
        return;
    int side = MAX(width, height);
    int out_width = width, out_height = height;
    if (side > POUCE_CURSOR_SIDE_MAX) {
        out_width = MAX(width * POUCE_CURSOR_SIDE_MAX / side, 1);
        out_height = MAX(height * POUCE_CURSOR_SIDE_MAX / side, 1);
    }
    g_autofree guint8 *rgba = to_rgba(
        xcb_xfixes_get_cursor_image_cursor_image(image), width, height, out_width, out_height);
    watch->id = MAX(image->cursor_serial, 1);
    PouceCursorShape shape = {
        .id = watch->id,
        .width_px = out_width,
        .height_px = out_height,
        .hot_x_px = CLAMP(image->xhot * out_width / width, 0, out_width - 1),
        .hot_y_px = CLAMP(image->yhot * out_height / height, 0, out_height - 1),
        .rgba = rgba,
    };
    watch->listener->shape(&shape, watch->data);
}

// Replies that have come, without waiting.
static void collect(void *data)
{
    PouceCursorWatch *watch = data;
    xcb_connection_t *xcb = watch->x11.xcb;
    void *reply = NULL;
    xcb_generic_error_t *failure = NULL;
    if (watch->image_asked && xcb_poll_for_reply(xcb, watch->image.sequence, &reply, &failure)) {
        watch->image_asked = FALSE;
        if (reply) {
            tell_shape(watch, reply);
            tell_position(watch);
        }
        free(reply);
        free(failure);
        if (watch->image_again)
            ask_image(watch);
    }
    reply = NULL;
    failure = NULL;
    if (watch->asked && xcb_poll_for_reply(xcb, watch->query.sequence, &reply, &failure)) {
        watch->asked = FALSE;
        const xcb_query_pointer_reply_t *pointer = reply;
        if (pointer && (pointer->root_x != watch->x_px || pointer->root_y != watch->y_px ||
                           pointer->same_screen != watch->visible)) {
            watch->x_px = pointer->root_x;
            watch->y_px = pointer->root_y;
            watch->visible = pointer->same_screen;
            tell_position(watch);
        }
        free(reply);
        free(failure);
        if (watch->again)
            ask_position(watch);
    }
}

static const PouceX11Listener x11_listener = {.event = on_event, .after = collect};

static gboolean follow(PouceCursorWatch *watch, GError **error)
{
    xcb_connection_t *xcb = watch->x11.xcb;
    if (!pouce_x11_need(&watch->x11, &xcb_xfixes_id, &watch->xfixes_event, error))
        return FALSE;
    free(xcb_xfixes_query_version_reply(xcb, xcb_xfixes_query_version(xcb, 5, 0), NULL));
    const xcb_query_extension_reply_t *xinput = xcb_get_extension_data(xcb, &xcb_input_id);
    xcb_input_xi_query_version_reply_t *version =
        xinput && xinput->present
            ? xcb_input_xi_query_version_reply(xcb, xcb_input_xi_query_version(xcb, 2, 2), NULL)
            : NULL;
    if (!version) {
        g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_UNSUPPORTED,
            "This X server lacks XInput 2.2, without which the cursor cannot be followed.");
        return FALSE;
    }
    free(version);
    watch->xinput_opcode = xinput->major_opcode;
    struct {
        xcb_input_event_mask_t head;
        guint32 bits;
    } mask = {{.deviceid = XCB_INPUT_DEVICE_ALL_MASTER, .mask_len = 1},
        XCB_INPUT_XI_EVENT_MASK_RAW_MOTION};
    xcb_input_xi_select_events(xcb, watch->x11.screen->root, 1, &mask.head);
    xcb_xfixes_select_cursor_input(
        xcb, watch->x11.screen->root, XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
    ask_image(watch);
    ask_position(watch);
    return TRUE;
}

PouceCursorWatch *pouce_x11_watch_open(
    const PouceCursorConfig *config, const char *display, GError **error)
{
    PouceCursorWatch *watch = g_new0(PouceCursorWatch, 1);
    watch->listener = config->listener;
    watch->data = config->data;
    if (!pouce_x11_open(&watch->x11, display, error) || !follow(watch, error)) {
        pouce_cursor_watch_free(watch);
        return NULL;
    }
    watch->source = pouce_x11_attach(&watch->x11, config->context, &x11_listener, watch);
    return watch;
}

void pouce_cursor_watch_free(PouceCursorWatch *watch)
{
    if (!watch)
        return;
    if (watch->source) {
        g_source_destroy(watch->source);
        g_source_unref(watch->source);
    }
    pouce_x11_close(&watch->x11);
    g_free(watch);
}
