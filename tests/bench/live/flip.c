// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Draws a patch on an X display, black and white in turn, and says when: one line `monotonic_us
// luma` after the server has drawn it. The other half of `pouce-viewer --probe`, which says when
// the change was decoded; both read CLOCK_MONOTONIC, so the difference is the latency of the whole
// path. With --around each change brings random pixels too, which no encoder makes small; with
// --on-key each pressed key makes the change.

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
    int around;
    gboolean on_key;
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
        {"around", 0, 0, G_OPTION_ARG_INT, &options->around, "Random pixels around it", "PX"},
        {"on-key", 0, 0, G_OPTION_ARG_NONE, &options->on_key, "A change for each key", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- flip a patch and say when");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

typedef struct {
    xcb_connection_t *x11;
    xcb_window_t window;
    xcb_gcontext_t gc;
    const Options *options;
    GRand *rand;
    guint32 *noise; // a square of side options->size + 2 * options->around
} Canvas;

static void draw(Canvas *canvas, guint32 grey)
{
    xcb_connection_t *x11 = canvas->x11;
    guint16 size = (guint16)canvas->options->size, around = (guint16)canvas->options->around;
    guint16 side = (guint16)(size + 2 * around);
    guint32 colour = grey | grey << 8 | grey << 16;
    for (guint i = 0; around > 0 && i < (guint)side * side; i++)
        canvas->noise[i] = g_rand_int(canvas->rand);
    if (around > 0)
        xcb_put_image(x11, XCB_IMAGE_FORMAT_Z_PIXMAP, canvas->window, canvas->gc, side, side, 0, 0,
            0, 24, (guint32)side * side * 4, (const guint8 *)canvas->noise);
    xcb_change_gc(x11, canvas->gc, XCB_GC_FOREGROUND, &colour);
    xcb_rectangle_t patch = {(gint16)around, (gint16)around, size, size};
    xcb_poly_fill_rectangle(x11, canvas->window, canvas->gc, 1, &patch);
    // The reply comes after the server has drawn: from here on the change is on the screen.
    free(xcb_get_input_focus_reply(x11, xcb_get_input_focus(x11), NULL));
}

static xcb_window_t make_window(xcb_connection_t *x11, const xcb_screen_t *screen, const Options *o)
{
    xcb_window_t window = xcb_generate_id(x11);
    const guint32 values[] = {screen->black_pixel, 1, XCB_EVENT_MASK_KEY_PRESS};
    guint16 side = (guint16)(o->size + 2 * o->around);
    xcb_create_window(x11, XCB_COPY_FROM_PARENT, window, screen->root, (gint16)(o->x - o->around),
        (gint16)(o->y - o->around), side, side, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
        screen->root_visual, XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
        values);
    xcb_map_window(x11, window);
    if (o->on_key)
        xcb_set_input_focus(x11, XCB_INPUT_FOCUS_PARENT, window, XCB_CURRENT_TIME);
    xcb_flush(x11);
    return window;
}

// Until the next change is due: by the clock, or by a key; FALSE when the server is gone.
static gboolean wait_turn(const Canvas *canvas)
{
    const Options *o = canvas->options;
    if (!o->on_key) {
        int jitter_ms = o->jitter_ms > 0 ? g_rand_int_range(canvas->rand, 0, o->jitter_ms) : 0;
        g_usleep((gulong)(o->interval_ms + jitter_ms) * 1000);
        return TRUE;
    }
    xcb_generic_event_t *event;
    while ((event = xcb_wait_for_event(canvas->x11))) {
        gboolean key = (event->response_type & 0x7f) == XCB_KEY_PRESS;
        free(event);
        if (key)
            return TRUE;
    }
    return FALSE;
}

int main(int argc, char **argv)
{
    Options o = {.x = 608, .y = 400, .size = 64, .count = 100, .interval_ms = 100, .seed = 1};
    g_autoptr(GError) error = NULL;
    if (!parse(&o, &argc, &argv, &error) || o.size < 1 || o.count < 1 || o.interval_ms < 1 ||
        o.around < 0 || o.around > 1000) {
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
    gsize side = (gsize)o.size + 2 * (gsize)o.around;
    g_autofree guint32 *noise = g_new0(guint32, side * side);
    Canvas canvas = {x11, window, gc, &o, rand, noise};
    for (int i = 0; i < o.count && wait_turn(&canvas); i++) {
        guint32 grey = i % 2 == 0 ? 255 : 0;
        gint64 before_us = g_get_monotonic_time();
        draw(&canvas, grey);
        printf("%" G_GINT64_FORMAT " %u\n", before_us, grey);
        fflush(stdout);
    }
    g_usleep((gulong)o.interval_ms * 1000); // leave the last change on the screen until it is seen
    xcb_disconnect(x11);
    return 0;
}
