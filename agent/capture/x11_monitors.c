// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The list of monitors by RandR 1.5, always cut to the desktop: while a size changes, the server
// may name areas that lie outside it for a moment.

#include "agent/capture/x11_capture.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/randr.h>

gboolean pouce_x11_monitors_open(PouceX11Capture *capture, GError **error)
{
    xcb_connection_t *xcb = capture->x11.xcb;
    xcb_randr_query_version_reply_t *version =
        xcb_randr_query_version_reply(xcb, xcb_randr_query_version(xcb, 1, 5), NULL);
    gboolean fit = version && (version->major_version > 1 || version->minor_version >= 5);
    free(version);
    if (!fit) {
        g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_UNSUPPORTED,
            "This X server's RandR extension is older than 1.5 and cannot list its monitors.");
        return FALSE;
    }
    xcb_randr_select_input(xcb, capture->x11.screen->root,
        XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE |
            XCB_RANDR_NOTIFY_MASK_OUTPUT_CHANGE);
    pouce_x11_monitors_read(capture);
    return TRUE;
}

static PouceRect clip_to_root(const xcb_screen_t *screen, const xcb_randr_monitor_info_t *info)
{
    int left = CLAMP(info->x, 0, screen->width_in_pixels);
    int top = CLAMP(info->y, 0, screen->height_in_pixels);
    int right = CLAMP(info->x + info->width, 0, screen->width_in_pixels);
    int bottom = CLAMP(info->y + info->height, 0, screen->height_in_pixels);
    return (PouceRect){left, top, MIN(right - left, POUCE_CAPTURE_SIDE_MAX_PX),
        MIN(bottom - top, POUCE_CAPTURE_SIDE_MAX_PX)};
}

static void read_name(xcb_connection_t *xcb, xcb_atom_t atom, char *out, gsize bytes)
{
    g_autofree char *valid = NULL;
    xcb_get_atom_name_reply_t *reply =
        atom ? xcb_get_atom_name_reply(xcb, xcb_get_atom_name(xcb, atom), NULL) : NULL;
    if (reply)
        valid =
            g_utf8_make_valid(xcb_get_atom_name_name(reply), xcb_get_atom_name_name_length(reply));
    free(reply);
    // Cut at a character, not inside one.
    g_autofree char *head = g_utf8_substring(
        valid ? valid : "", 0, MIN(g_utf8_strlen(valid ? valid : "", -1), (glong)bytes / 5));
    g_strlcpy(out, *head ? head : "screen", bytes);
}

static int find_choice(const PouceCapture *base, const char *name)
{
    int primary = 0;
    for (int i = 0; i < base->monitor_count; i++) {
        if (*name && strcmp(base->monitors[i].name, name) == 0)
            return i;
        if (base->monitors[i].primary)
            primary = i;
    }
    return primary;
}

void pouce_x11_monitors_read(PouceX11Capture *capture)
{
    PouceCapture *base = &capture->base;
    const xcb_screen_t *screen = capture->x11.screen;
    char chosen[POUCE_MONITOR_NAME_MAX] = "";
    if (base->monitor_count > 0)
        g_strlcpy(chosen, base->monitors[base->monitor].name, sizeof chosen);
    xcb_randr_get_monitors_reply_t *reply = xcb_randr_get_monitors_reply(
        capture->x11.xcb, xcb_randr_get_monitors(capture->x11.xcb, screen->root, 1), NULL);
    int count = 0;
    xcb_randr_monitor_info_iterator_t it = {0};
    if (reply)
        it = xcb_randr_get_monitors_monitors_iterator(reply);
    for (; it.rem > 0 && count < POUCE_CAPTURE_MONITORS_MAX; xcb_randr_monitor_info_next(&it)) {
        PouceCaptureMonitor *monitor = &base->monitors[count];
        PouceRect area = clip_to_root(screen, it.data);
        if (area.width < 1 || area.height < 1)
            continue;
        *monitor = (PouceCaptureMonitor){.id = count++, .area = area, .primary = it.data->primary};
        read_name(capture->x11.xcb, it.data->name, monitor->name, sizeof monitor->name);
    }
    free(reply);
    if (count == 0) {
        base->monitors[0] = (PouceCaptureMonitor){.name = "screen",
            .area = {0, 0, MIN(screen->width_in_pixels, POUCE_CAPTURE_SIDE_MAX_PX),
                MIN(screen->height_in_pixels, POUCE_CAPTURE_SIDE_MAX_PX)},
            .primary = TRUE};
        count = 1;
    }
    base->monitor_count = count;
    base->monitor = find_choice(base, chosen);
    capture->pixels.whole = TRUE;
}
