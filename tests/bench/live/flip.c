// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Draws a patch on an X display, black and white in turn, and says when: one line `monotonic_us
// luma` after the server has drawn it. The other half of `pouce-viewer --probe`, which says when
// the change was decoded; both read CLOCK_MONOTONIC, so the difference is the latency of the whole
// path.

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

typedef struct {
    char *display;
    int x, y, size;
    int count;
    int interval_ms;
    int jitter_ms;
    int seed;
} Options;

static gboolean parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"display", 0, 0, G_OPTION_ARG_STRING, &options->display, "X display", ":N"},
        {"x", 0, 0, G_OPTION_ARG_INT, &options->x, "Left edge of the patch", "PX"},
        {"y", 0, 0, G_OPTION_ARG_INT, &options->y, "Top edge of the patch", "PX"},
        {"size", 0, 0, G_OPTION_ARG_INT, &options->size, "Side of the patch", "PX"},
        {"count", 0, 0, G_OPTION_ARG_INT, &options->count, "How many changes", "N"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options->interval_ms, "Time between changes", "MS"},
        {"jitter", 0, 0, G_OPTION_ARG_INT, &options->jitter_ms, "Random addition to it", "MS"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Seed of the jitter", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- flip a patch and say when");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static void draw(
    xcb_connection_t *x11, xcb_window_t window, xcb_gcontext_t gc, int size, guint32 grey)
{
    guint32 colour = grey | grey << 8 | grey << 16;
    xcb_change_gc(x11, gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(x11, window, gc, 1, &(xcb_rectangle_t){0, 0, size, size});
    // The reply comes after the server has drawn: from here on the change is on the screen.
    free(xcb_get_input_focus_reply(x11, xcb_get_input_focus(x11), NULL));
}

static xcb_window_t make_window(xcb_connection_t *x11, const xcb_screen_t *screen, const Options *o)
{
    xcb_window_t window = xcb_generate_id(x11);
    const guint32 values[] = {screen->black_pixel, 1};
    xcb_create_window(x11, XCB_COPY_FROM_PARENT, window, screen->root, o->x, o->y, o->size, o->size,
        0, XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
        XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(x11, window);
    return window;
}

int main(int argc, char **argv)
{
    Options o = {.x = 608, .y = 400, .size = 64, .count = 100, .interval_ms = 100, .seed = 1};
    g_autoptr(GError) error = NULL;
    if (!parse(&o, &argc, &argv, &error) || o.size < 1 || o.count < 1 || o.interval_ms < 1) {
        fprintf(stderr, "flip: %s\n", error ? error->message : "numbers must be positive");
        return 2;
    }
    xcb_connection_t *x11 = xcb_connect(o.display, NULL);
    if (xcb_connection_has_error(x11)) {
        fprintf(stderr, "flip: no X display %s\n", o.display ? o.display : "");
        return 1;
    }
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(x11)).data;
    xcb_window_t window = make_window(x11, screen, &o);
    xcb_gcontext_t gc = xcb_generate_id(x11);
    xcb_create_gc(x11, gc, window, 0, NULL);
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)o.seed);
    for (int i = 0; i < o.count; i++) {
        int jitter_ms = o.jitter_ms > 0 ? g_rand_int_range(rand, 0, o.jitter_ms) : 0;
        g_usleep((gulong)(o.interval_ms + jitter_ms) * 1000);
        guint32 grey = i % 2 == 0 ? 255 : 0;
        gint64 before_us = g_get_monotonic_time();
        draw(x11, window, gc, o.size, grey);
        printf("%" G_GINT64_FORMAT " %u\n", before_us, grey);
        fflush(stdout);
    }
    g_usleep((gulong)o.interval_ms * 1000); // leave the last change on the screen until it is seen
    xcb_disconnect(x11);
    return 0;
}
