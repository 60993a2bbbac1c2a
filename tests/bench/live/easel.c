// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/live/easel.h"

#include <stdio.h>
#include <stdlib.h>

static gboolean parse(
    Easel *easel, const GOptionEntry *more, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"display", 0, 0, G_OPTION_ARG_STRING, &easel->display, "X display", ":N"},
        {"x", 0, 0, G_OPTION_ARG_INT, &easel->x, "Left edge of what changes", "PX"},
        {"y", 0, 0, G_OPTION_ARG_INT, &easel->y, "Top edge of what changes", "PX"},
        {"count", 0, 0, G_OPTION_ARG_INT, &easel->count, "How many changes", "N"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &easel->interval_ms, "Time between changes", "MS"},
        {"jitter", 0, 0, G_OPTION_ARG_INT, &easel->jitter_ms, "Random addition to it", "MS"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &easel->seed, "Of all that is random", "N"},
        {"on-key", 0, 0, G_OPTION_ARG_NONE, &easel->on_key, "A change for each key", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- change a display and say when");
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, more, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

int easel_open(Easel *easel, const char *name, const GOptionEntry *more, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (!parse(easel, more, &argc, &argv, &error) || easel->count < 1 || easel->interval_ms < 1) {
        fprintf(stderr, "%s: %s\n", name, error ? error->message : "numbers must be positive");
        return 2;
    }
    easel->x11 = xcb_connect(easel->display, NULL);
    if (xcb_connection_has_error(easel->x11)) {
        fprintf(stderr, "%s: no X display %s\n", name, easel->display ? easel->display : "");
        return 1;
    }
    easel->screen = xcb_setup_roots_iterator(xcb_get_setup(easel->x11)).data;
    easel->rand = g_rand_new_with_seed((guint32)easel->seed);
    return 0;
}

void easel_make_window(Easel *easel, int x, int y, int width, int height)
{
    const xcb_screen_t *screen = easel->screen;
    const guint32 values[] = {screen->black_pixel, 1, XCB_EVENT_MASK_KEY_PRESS};
    const guint32 no_exposures = 0;
    easel->window = xcb_generate_id(easel->x11);
    xcb_create_window(easel->x11, XCB_COPY_FROM_PARENT, easel->window, screen->root, (gint16)x,
        (gint16)y, (guint16)width, (guint16)height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
        screen->root_visual, XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
        values);
    easel->gc = xcb_generate_id(easel->x11);
    xcb_create_gc(easel->x11, easel->gc, easel->window, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
}

void easel_show_window(Easel *easel)
{
    xcb_map_window(easel->x11, easel->window);
    if (easel->on_key)
        xcb_set_input_focus(easel->x11, XCB_INPUT_FOCUS_PARENT, easel->window, XCB_CURRENT_TIME);
    xcb_flush(easel->x11);
}

void easel_fill(Easel *easel, guint32 colour, int x, int y, int width, int height)
{
    xcb_rectangle_t area = {(gint16)x, (gint16)y, (guint16)width, (guint16)height};
    xcb_change_gc(easel->x11, easel->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(easel->x11, easel->window, easel->gc, 1, &area);
}

void easel_sync(Easel *easel)
{
    free(xcb_get_input_focus_reply(easel->x11, xcb_get_input_focus(easel->x11), NULL));
}

gboolean easel_wait_turn(Easel *easel)
{
    if (!easel->on_key) {
        int jitter_ms =
            easel->jitter_ms > 0 ? g_rand_int_range(easel->rand, 0, easel->jitter_ms) : 0;
        g_usleep((gulong)(easel->interval_ms + jitter_ms) * 1000);
        return TRUE;
    }
    xcb_generic_event_t *event;
    while ((event = xcb_wait_for_event(easel->x11))) {
        gboolean key = (event->response_type & 0x7f) == XCB_KEY_PRESS;
        free(event);
        if (key)
            return TRUE;
    }
    return FALSE;
}

void easel_say(Easel *easel, gint64 us, guint what)
{
    easel_sync(easel);
    printf("%" G_GINT64_FORMAT " %u\n", us, what);
    fflush(stdout);
}

void easel_close(Easel *easel)
{
    g_rand_free(easel->rand);
    xcb_disconnect(easel->x11);
    g_free(easel->display);
}
