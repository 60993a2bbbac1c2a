// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plays a scene (tests/bench/workloads) on an X display, with a number in the picture that counts
// the changes (counter.h), and says when each was drawn: one line `monotonic_us code`. The moments
// are drawn beforehand into pixmaps of the server; playing is copying what differs from one to the
// next, forth and back, as a toolkit with a buffer of its own would.
//
// With --on-key each pressed key makes the change.

#include "tests/bench/live/counter.h"
#include "tests/bench/workloads/scenes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#define TILE_PX 64
#define PATCH_PX 64
#define MOMENTS_MAX 64
/** A request of 256 KiB at most: what any X server takes. */
#define REQUEST_MAX_BYTES (200 * 1024)

typedef struct {
    const char *name;
    const char *even, *odd; // scenes that take turns; NULL: the patch alone
    double step_s;          // of the scene's time, from one moment to the next
    int moments;
} Play;

static const Play plays[] = {
    {"patch", NULL, NULL, 0, 0},
    {"typing", "typing", "typing", 0.1112, 48},
    {"scrolling", "smooth600", "smooth600", 1.0 / 30, 48},
    {"windows", "switch", "slides", 2, 12},
    {"whole", "slides", "smooth2000", 1.77, 12},
    {"video", "video640", "video640", 1.0 / 30, 48},
};

typedef struct {
    char *display, *scene;
    int x, y; // of the counter
    int count, interval_ms, jitter_ms, seed;
    gboolean on_key;
} Options;

typedef struct {
    xcb_connection_t *x11;
    const xcb_screen_t *screen;
    xcb_window_t window;
    xcb_gcontext_t gc;
    const Options *options;
    const Play *play;
    GRand *rand;
    int x, y;                // of the counter in the window
    int moments, shown, way; // way: 1 or -1
    xcb_pixmap_t pixmaps[MOMENTS_MAX];
    GArray *changes[MOMENTS_MAX]; // of xcb_rectangle_t, from one moment to the next
    guint code;
} Player;

static gboolean parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"display", 0, 0, G_OPTION_ARG_STRING, &options->display, "X display", ":N"},
        {"scene", 0, 0, G_OPTION_ARG_STRING, &options->scene, "What to play (patch)", "NAME"},
        {"x", 0, 0, G_OPTION_ARG_INT, &options->x, "Left edge of the counter", "PX"},
        {"y", 0, 0, G_OPTION_ARG_INT, &options->y, "Top edge of the counter", "PX"},
        {"count", 0, 0, G_OPTION_ARG_INT, &options->count, "How many changes", "N"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options->interval_ms, "Time between changes", "MS"},
        {"jitter", 0, 0, G_OPTION_ARG_INT, &options->jitter_ms, "Random addition to it", "MS"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Of all that is random", "N"},
        {"on-key", 0, 0, G_OPTION_ARG_NONE, &options->on_key, "A change for each key", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- play a scene and say when");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static gboolean differs(
    const guint8 *a, const guint8 *b, int stride, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        if (memcmp(a + row * stride + x * 4, b + row * stride + x * 4, (gsize)width * 4) != 0)
            return TRUE;
    return FALSE;
}

// Tiles that differ, joined along rows.
static GArray *find_changes(const guint8 *a, const guint8 *b, int stride, int width, int height)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(xcb_rectangle_t));
    for (int y = 0; y < height; y += TILE_PX) {
        xcb_rectangle_t *last = NULL;
        for (int x = 0; x < width; x += TILE_PX) {
            int w = MIN(TILE_PX, width - x), h = MIN(TILE_PX, height - y);
            if (!differs(a, b, stride, x, y, w, h)) {
                last = NULL;
            } else if (last) {
                last->width = (guint16)(last->width + w);
            } else {
                xcb_rectangle_t one = {(gint16)x, (gint16)y, (guint16)w, (guint16)h};
                g_array_append_val(found, one);
                last = &g_array_index(found, xcb_rectangle_t, found->len - 1);
            }
        }
    }
    return found;
}

static xcb_pixmap_t upload(Player *player, const guint8 *pixels, int stride, int width, int height)
{
    xcb_pixmap_t pixmap = xcb_generate_id(player->x11);
    xcb_create_pixmap(player->x11, player->screen->root_depth, pixmap, player->window,
        (guint16)width, (guint16)height);
    int rows = REQUEST_MAX_BYTES / stride;
    for (int y = 0; y < height; y += rows) {
        int part = MIN(rows, height - y);
        xcb_put_image(player->x11, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, player->gc, (guint16)width,
            (guint16)part, 0, (gint16)y, 0, player->screen->root_depth, (guint32)(part * stride),
            pixels + y * stride);
    }
    return pixmap;
}

static void draw_moments(Player *player)
{
    int width = player->screen->width_in_pixels, height = player->screen->height_in_pixels;
    SceneStage stage;
    cairo_surface_t *surfaces[2], *shown;
    scene_stage_init(&stage, width, height, (guint32)player->options->seed);
    for (int i = 0; i < 2; i++)
        surfaces[i] = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    int stride = cairo_image_surface_get_stride(surfaces[0]);
    for (int i = 0; i < player->moments; i++) {
        shown = surfaces[i % 2];
        cairo_t *cairo = cairo_create(shown);
        const Scene *scene = scene_find(i % 2 ? player->play->odd : player->play->even);
        scene->draw(&stage, cairo, i * player->play->step_s);
        cairo_destroy(cairo);
        cairo_surface_flush(shown);
        const guint8 *now = cairo_image_surface_get_data(shown);
        const guint8 *before = cairo_image_surface_get_data(surfaces[(i + 1) % 2]);
        player->pixmaps[i] = upload(player, now, stride, width, height);
        if (i > 0)
            player->changes[i - 1] = find_changes(before, now, stride, width, height);
    }
    cairo_surface_destroy(surfaces[0]);
    cairo_surface_destroy(surfaces[1]);
    scene_stage_clear(&stage);
}

static void fill(Player *player, guint32 colour, int x, int y, int width, int height)
{
    xcb_rectangle_t area = {(gint16)x, (gint16)y, (guint16)width, (guint16)height};
    xcb_change_gc(player->x11, player->gc, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(player->x11, player->window, player->gc, 1, &area);
}

static void draw_counter(Player *player)
{
    for (int bit = 0; bit < COUNTER_BITS; bit++)
        fill(player, player->code >> bit & 1 ? 0xffffff : 0, player->x + bit * COUNTER_CELL_PX,
            player->y, COUNTER_CELL_PX, COUNTER_CELL_PX);
}

static void copy(Player *player, int moment, const xcb_rectangle_t *area)
{
    xcb_copy_area(player->x11, player->pixmaps[moment], player->window, player->gc, area->x,
        area->y, area->x, area->y, area->width, area->height);
}

static void draw_next(Player *player)
{
    if (player->moments == 0) {
        fill(player, player->code & 1 ? 0xf0f0f0 : 0x101010, 0, 0, PATCH_PX, PATCH_PX);
        return;
    }
    int next = player->shown + player->way;
    if (next < 0 || next >= player->moments) {
        player->way = -player->way;
        next = player->shown + player->way;
    }
    const GArray *changes = player->changes[MIN(next, player->shown)];
    for (guint i = 0; i < changes->len; i++)
        copy(player, next, &g_array_index(changes, xcb_rectangle_t, i));
    player->shown = next;
}

// The reply comes after the server has drawn: from there on the change is on the screen.
static void sync_server(Player *player)
{
    free(xcb_get_input_focus_reply(player->x11, xcb_get_input_focus(player->x11), NULL));
}

static void make_window(Player *player)
{
    const Options *o = player->options;
    const xcb_screen_t *screen = player->screen;
    gboolean whole = player->moments > 0;
    const guint32 values[] = {screen->black_pixel, 1, XCB_EVENT_MASK_KEY_PRESS};
    const guint32 no_exposures = 0;
    player->window = xcb_generate_id(player->x11);
    xcb_create_window(player->x11, XCB_COPY_FROM_PARENT, player->window, screen->root,
        (gint16)(whole ? 0 : o->x), (gint16)(whole ? 0 : o->y),
        whole ? screen->width_in_pixels : PATCH_PX, whole ? screen->height_in_pixels : PATCH_PX, 0,
        XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
        XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    player->gc = xcb_generate_id(player->x11);
    xcb_create_gc(
        player->x11, player->gc, player->window, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
    player->x = whole ? o->x : 0;
    player->y = whole ? o->y : 0;
}

static void show_window(Player *player)
{
    xcb_rectangle_t all = {0, 0, player->screen->width_in_pixels, player->screen->height_in_pixels};
    xcb_map_window(player->x11, player->window);
    if (player->options->on_key)
        xcb_set_input_focus(player->x11, XCB_INPUT_FOCUS_PARENT, player->window, XCB_CURRENT_TIME);
    if (player->moments > 0)
        copy(player, 0, &all);
    draw_counter(player);
    sync_server(player);
    g_usleep(500000); // what follows is one change at a time
}

// Until the next change is due: by the clock, or by a key; FALSE when the server is gone.
static gboolean wait_turn(const Player *player)
{
    const Options *o = player->options;
    if (!o->on_key) {
        int jitter_ms = o->jitter_ms > 0 ? g_rand_int_range(player->rand, 0, o->jitter_ms) : 0;
        g_usleep((gulong)(o->interval_ms + jitter_ms) * 1000);
        return TRUE;
    }
    xcb_generic_event_t *event;
    while ((event = xcb_wait_for_event(player->x11))) {
        gboolean key = (event->response_type & 0x7f) == XCB_KEY_PRESS;
        free(event);
        if (key)
            return TRUE;
    }
    return FALSE;
}

static void run(Player *player)
{
    make_window(player);
    draw_moments(player);
    show_window(player);
    printf("READY\n");
    fflush(stdout);
    for (int i = 1; i <= player->options->count && wait_turn(player); i++) {
        gint64 before_us = g_get_monotonic_time();
        player->code = counter_code((guint)i);
        draw_next(player);
        draw_counter(player);
        sync_server(player);
        printf("%" G_GINT64_FORMAT " %u\n", before_us, player->code);
        fflush(stdout);
    }
    // Leave the last change on the screen until it is seen.
    g_usleep((gulong)MAX(player->options->interval_ms, 300) * 1000);
    for (int i = 0; i < player->moments; i++)
        g_clear_pointer(&player->changes[i], g_array_unref);
}

static const Play *find_play(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(plays); i++)
        if (strcmp(plays[i].name, name) == 0)
            return &plays[i];
    return NULL;
}

int main(int argc, char **argv)
{
    Options o = {.x = 1216, .y = 704, .count = 100, .interval_ms = 100, .seed = 1};
    g_autoptr(GError) error = NULL;
    if (!parse(&o, &argc, &argv, &error) || o.count < 1 || o.interval_ms < 1) {
        fprintf(stderr, "play: %s\n", error ? error->message : "numbers must be positive");
        return 2;
    }
    const Play *play = find_play(o.scene ? o.scene : "patch");
    if (!play) {
        fprintf(stderr, "play: scenes are patch, typing, scrolling, windows, whole and video\n");
        return 2;
    }
    Player player = {.options = &o, .play = play, .moments = play->moments, .way = 1};
    player.x11 = xcb_connect(o.display, NULL);
    if (xcb_connection_has_error(player.x11)) {
        fprintf(stderr, "play: no X display %s\n", o.display ? o.display : "");
        return 1;
    }
    player.screen = xcb_setup_roots_iterator(xcb_get_setup(player.x11)).data;
    player.rand = g_rand_new_with_seed((guint32)o.seed);
    run(&player);
    g_rand_free(player.rand);
    xcb_disconnect(player.x11);
    g_free(o.display);
    g_free(o.scene);
    return 0;
}
