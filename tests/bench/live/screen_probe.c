// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a person sees on an X display: watches one pixel and prints `monotonic_us luma` each time
// that it changes by more than half the range. The other half of flip, for viewers with a window;
// the time includes the server's word of the damage and one round trip for the pixel.
//
// usage: screen_probe DISPLAY X,Y      prints READY first

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/damage.h>
#include <xcb/xcb.h>

#define STEP 128

// -1: none.
static int read_luma(xcb_connection_t *x11, xcb_window_t root, int x, int y)
{
    xcb_get_image_reply_t *image = xcb_get_image_reply(x11,
        xcb_get_image(
            x11, XCB_IMAGE_FORMAT_Z_PIXMAP, root, (gint16)x, (gint16)y, 1, 1, (guint32)~0U),
        NULL);
    int luma = -1;
    if (image && xcb_get_image_data_length(image) >= 3)
        luma = xcb_get_image_data(image)[1]; // the green of a grey
    free(image);
    return luma;
}

static void watch(xcb_connection_t *x11, xcb_window_t root, int x, int y)
{
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(x11, &xcb_damage_id);
    free(xcb_damage_query_version_reply(x11, xcb_damage_query_version(x11, 1, 1), NULL));
    xcb_damage_damage_t damage = xcb_generate_id(x11);
    xcb_damage_create(x11, damage, root, XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
    int shown = read_luma(x11, root, x, y);
    puts("READY");
    fflush(stdout);
    for (xcb_generic_event_t *event; (event = xcb_wait_for_event(x11)); free(event)) {
        if ((event->response_type & 0x7f) != extension->first_event + XCB_DAMAGE_NOTIFY)
            continue;
        xcb_damage_subtract(x11, damage, XCB_NONE, XCB_NONE);
        int luma = read_luma(x11, root, x, y);
        if (luma < 0 || abs(luma - shown) < STEP)
            continue;
        shown = luma;
        printf("%" G_GINT64_FORMAT " %d\n", g_get_monotonic_time(), luma);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    int x, y;
    if (argc != 3 || sscanf(argv[2], "%5d,%5d", &x, &y) != 2) {
        fprintf(stderr, "usage: screen_probe DISPLAY X,Y\n");
        return 2;
    }
    xcb_connection_t *x11 = xcb_connect(argv[1], NULL);
    if (xcb_connection_has_error(x11) || !xcb_get_extension_data(x11, &xcb_damage_id)->present) {
        fprintf(stderr, "screen_probe: no X display %s with the damage extension\n", argv[1]);
        return 1;
    }
    watch(x11, xcb_setup_roots_iterator(xcb_get_setup(x11)).data->root, x, y);
    xcb_disconnect(x11);
    return 0;
}
