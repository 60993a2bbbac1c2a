// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plays a scene (tests/bench/workloads) on an X display (easel.h: `monotonic_us code`), with a
// number in the picture that counts the changes (counter.h). The moments are drawn beforehand into
// pixmaps of the server; playing is copying what differs from one to the next, forth and back, as a
// toolkit with a buffer of its own would.

#include "tests/bench/live/counter.h"
#include "tests/bench/live/easel.h"
#include "tests/bench/workloads/scenes.h"

#include <stdio.h>
#include <string.h>

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
    {"caret", "idle", "idle", 0.55, 2},
    {"scrolling", "smooth600", "smooth600", 1.0 / 30, 48},
    {"windows", "switch", "slides", 2, 12},
    {"whole", "slides", "smooth2000", 1.77, 12},
    {"video", "video640", "video640", 1.0 / 30, 48},
};

typedef struct {
    Easel easel;
    const Play *play;
    int x, y;                // of the counter in the window
    int moments, shown, way; // way: 1 or -1
    xcb_pixmap_t pixmaps[MOMENTS_MAX];
    GArray *changes[MOMENTS_MAX]; // of xcb_rectangle_t, from one moment to the next
    guint code;
} Player;

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
    xcb_pixmap_t pixmap = xcb_generate_id(player->easel.x11);
    xcb_create_pixmap(player->easel.x11, player->easel.screen->root_depth, pixmap,
        player->easel.window, (guint16)width, (guint16)height);
    int rows = REQUEST_MAX_BYTES / stride;
    for (int y = 0; y < height; y += rows) {
        int part = MIN(rows, height - y);
        xcb_put_image(player->easel.x11, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, player->easel.gc,
            (guint16)width, (guint16)part, 0, (gint16)y, 0, player->easel.screen->root_depth,
            (guint32)(part * stride), pixels + y * stride);
    }
    return pixmap;
}

static void draw_moments(Player *player)
{
    int width = player->easel.screen->width_in_pixels,
        height = player->easel.screen->height_in_pixels;
    SceneStage stage;
    cairo_surface_t *surfaces[2], *shown;
    scene_stage_init(&stage, width, height, (guint32)player->easel.seed);
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

static void draw_counter(Player *player)
{
    for (int bit = 0; bit < COUNTER_BITS; bit++)
        easel_fill(&player->easel, player->code >> bit & 1 ? 0xffffff : 0,
            player->x + bit * COUNTER_CELL_PX, player->y, COUNTER_CELL_PX, COUNTER_CELL_PX);
}

static void copy(Player *player, int moment, const xcb_rectangle_t *area)
{
    xcb_copy_area(player->easel.x11, player->pixmaps[moment], player->easel.window,
        player->easel.gc, area->x, area->y, area->x, area->y, area->width, area->height);
}

static void draw_next(Player *player)
{
    if (player->moments == 0) {
        easel_fill(
            &player->easel, player->code & 1 ? 0xf0f0f0 : 0x101010, 0, 0, PATCH_PX, PATCH_PX);
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

static void make_window(Player *player)
{
    Easel *easel = &player->easel;
    if (player->moments == 0) {
        easel_make_window(easel, easel->x, easel->y, PATCH_PX, PATCH_PX);
        return;
    }
    player->x = easel->x;
    player->y = easel->y;
    easel_make_window(easel, 0, 0, easel->screen->width_in_pixels, easel->screen->height_in_pixels);
}

static void show_window(Player *player)
{
    Easel *easel = &player->easel;
    xcb_rectangle_t all = {0, 0, easel->screen->width_in_pixels, easel->screen->height_in_pixels};
    easel_show_window(easel);
    if (player->moments > 0)
        copy(player, 0, &all);
    draw_counter(player);
    easel_sync(easel);
    g_usleep(500000); // what follows is one change at a time
}

static void run(Player *player)
{
    Easel *easel = &player->easel;
    make_window(player);
    draw_moments(player);
    show_window(player);
    printf("READY\n");
    fflush(stdout);
    for (int i = 1; i <= easel->count && easel_wait_turn(easel); i++) {
        gint64 before_us = g_get_monotonic_time();
        player->code = counter_code((guint)i);
        draw_next(player);
        draw_counter(player);
        easel_say(easel, before_us, player->code);
    }
    g_usleep((gulong)MAX(easel->interval_ms, 300) * 1000); // the last change stays until it is seen
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
    g_autofree char *scene = NULL;
    Player player = {
        .easel = {.x = 1216, .y = 704, .count = 100, .interval_ms = 100, .seed = 1}, .way = 1};
    const GOptionEntry more[] = {
        {"scene", 0, 0, G_OPTION_ARG_STRING, &scene, "What to play (patch)", "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    int status = easel_open(&player.easel, "play", more, argc, argv);
    if (status != 0)
        return status;
    player.play = find_play(scene ? scene : "patch");
    if (player.play) {
        player.moments = player.play->moments;
        run(&player);
    } else {
        fprintf(
            stderr, "play: scenes are patch, typing, caret, scrolling, windows, whole and video\n");
        status = 2;
    }
    easel_close(&player.easel);
    return status;
}
