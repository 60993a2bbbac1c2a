// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The cursor is not in the picture and its moves damage nothing, so it goes its own way: shapes by
// XFixes, moves by XInput2 raw events, which carry no position. One position query is under way at
// a time; its answer is collected when it comes, never waited for.

#include "agent/capture/x11_capture.h"

#include <stdlib.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>

// One at a time; what is under way may be of before the change.
static void ask_image(PouceX11Capture *capture)
{
    if (capture->cursor.image_asked) {
        capture->cursor.image_again = TRUE;
        return;
    }
    capture->cursor.image = xcb_xfixes_get_cursor_image(capture->x11.xcb);
    capture->cursor.image_asked = TRUE;
    capture->cursor.image_again = FALSE;
}

gboolean pouce_x11_cursor_open(PouceX11Capture *capture, GError **error)
{
    xcb_connection_t *xcb = capture->x11.xcb;
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
    capture->xinput_opcode = xinput->major_opcode;
    struct {
        xcb_input_event_mask_t head;
        guint32 bits;
    } mask = {{.deviceid = XCB_INPUT_DEVICE_ALL_MASTER, .mask_len = 1},
        XCB_INPUT_XI_EVENT_MASK_RAW_MOTION};
    xcb_input_xi_select_events(xcb, capture->x11.screen->root, 1, &mask.head);
    xcb_xfixes_select_cursor_input(
        xcb, capture->x11.screen->root, XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
    ask_image(capture);
    pouce_x11_cursor_query(capture);
    return TRUE;
}

void pouce_x11_cursor_query(PouceX11Capture *capture)
{
    if (capture->cursor.asked) {
        capture->cursor.again = TRUE;
        return;
    }
    capture->cursor.query = xcb_query_pointer(capture->x11.xcb, capture->x11.screen->root);
    capture->cursor.asked = TRUE;
    capture->cursor.again = FALSE;
}

gboolean pouce_x11_cursor_event(PouceX11Capture *capture, xcb_generic_event_t *event)
{
    int type = event->response_type & 0x7f;
    if (type == capture->xfixes_event + XCB_XFIXES_CURSOR_NOTIFY) {
        ask_image(capture);
        return TRUE;
    }
    const xcb_ge_generic_event_t *generic = (const xcb_ge_generic_event_t *)event;
    if (type == XCB_GE_GENERIC && generic->extension == capture->xinput_opcode &&
        generic->event_type == XCB_INPUT_RAW_MOTION) {
        pouce_x11_cursor_query(capture);
        return TRUE;
    }
    return FALSE;
}

static void tell_position(PouceX11Capture *capture)
{
    const PouceCapture *base = &capture->base;
    const PouceX11Cursor *cursor = &capture->cursor;
    PouceRect area = base->monitors[base->monitor].area;
    int x = cursor->x_px - area.x;
    int y = cursor->y_px - area.y;
    gboolean inside = cursor->visible && x >= 0 && y >= 0 && x < area.width && y < area.height;
    if (base->listener && base->listener->cursor_moved)
        base->listener->cursor_moved(inside, x, y, cursor->id, base->data);
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

static void tell_shape(PouceX11Capture *capture, xcb_xfixes_get_cursor_image_reply_t *image)
{
    int width = image->width;
    int height = image->height;
    if (width < 1 || height < 1 ||
        xcb_xfixes_get_cursor_image_cursor_image_length(image) < width * height)
        return;
    int side = MAX(width, height);
    int out_width = width, out_height = height;
    if (side > POUCE_CAPTURE_CURSOR_SIDE_MAX) {
        out_width = MAX(width * POUCE_CAPTURE_CURSOR_SIDE_MAX / side, 1);
        out_height = MAX(height * POUCE_CAPTURE_CURSOR_SIDE_MAX / side, 1);
    }
    g_autofree guint8 *rgba = to_rgba(
        xcb_xfixes_get_cursor_image_cursor_image(image), width, height, out_width, out_height);
    capture->cursor.id = MAX(image->cursor_serial, 1);
    PouceCursorShape shape = {
        .id = capture->cursor.id,
        .width_px = out_width,
        .height_px = out_height,
        .hot_x_px = CLAMP(image->xhot * out_width / width, 0, out_width - 1),
        .hot_y_px = CLAMP(image->yhot * out_height / height, 0, out_height - 1),
        .rgba = rgba,
    };
    if (capture->base.listener && capture->base.listener->cursor_shape)
        capture->base.listener->cursor_shape(&shape, capture->base.data);
}

void pouce_x11_cursor_collect(PouceX11Capture *capture)
{
    PouceX11Cursor *cursor = &capture->cursor;
    xcb_connection_t *xcb = capture->x11.xcb;
    void *reply = NULL;
    xcb_generic_error_t *failure = NULL;
    if (cursor->image_asked && xcb_poll_for_reply(xcb, cursor->image.sequence, &reply, &failure)) {
        cursor->image_asked = FALSE;
        if (reply) {
            tell_shape(capture, reply);
            tell_position(capture);
        }
        free(reply);
        free(failure);
        if (cursor->image_again)
            ask_image(capture);
    }
    reply = NULL;
    failure = NULL;
    if (cursor->asked && xcb_poll_for_reply(xcb, cursor->query.sequence, &reply, &failure)) {
        cursor->asked = FALSE;
        const xcb_query_pointer_reply_t *pointer = reply;
        if (pointer && (pointer->root_x != cursor->x_px || pointer->root_y != cursor->y_px ||
                           pointer->same_screen != cursor->visible)) {
            cursor->x_px = pointer->root_x;
            cursor->y_px = pointer->root_y;
            cursor->visible = pointer->same_screen;
            tell_position(capture);
        }
        free(reply);
        free(failure);
        if (cursor->again)
            pouce_x11_cursor_query(capture);
    }
}
