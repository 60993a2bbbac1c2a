// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long a change on an X screen takes to be pixels in our memory: from the flush of the drawing
// to the end of the grab that holds it, by the way that the agent uses. One JSON object on stdout.
//
// usage: capture_bench [--size WxH] [--rounds N] [--rows]      --rows: without a shared pixmap

#include "agent/capture/capture.h"
#include "tests/support/xserver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xcb/xcb.h>

#define DEADLINE_MS 10000

typedef struct {
    const char *name;
    int rects;
    int side_px; // 0: the whole screen
} Workload;

static const Workload workloads[] = {
    {"one_rect", 1, 32}, {"twenty_rects", 20, 32}, {"two_hundred_rects", 200, 32}, {"whole", 1, 0}};

typedef struct {
    XServer server;
    xcb_connection_t *xcb;
    xcb_screen_t *screen;
    xcb_gcontext_t gc;
    PouceCapture *capture;
    GRand *random;
    gboolean damaged;
} Bench;

static void on_damaged(void *data)
{
    ((Bench *)data)->damaged = TRUE;
}

static gboolean is_damaged(void *data)
{
    return ((Bench *)data)->damaged;
}

static void draw(Bench *bench, const Workload *workload)
{
    int width = bench->screen->width_in_pixels;
    int height = bench->screen->height_in_pixels;
    guint32 color = g_rand_int(bench->random) & 0xffffff;
    xcb_change_gc(bench->xcb, bench->gc, XCB_GC_FOREGROUND, &color);
    for (int i = 0; i < workload->rects; i++) {
        int w = workload->side_px ? workload->side_px : width;
        int h = workload->side_px ? workload->side_px : height;
        xcb_rectangle_t rect = {(gint16)g_rand_int_range(bench->random, 0, width - w + 1),
            (gint16)g_rand_int_range(bench->random, 0, height - h + 1), (guint16)w, (guint16)h};
        // One request each: rectangles of one request would be damaged as their bounding box.
        xcb_poly_fill_rectangle(bench->xcb, bench->screen->root, bench->gc, 1, &rect);
    }
    xcb_flush(bench->xcb);
}

static int compare(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static double cpu_ms(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec * 1e3 + (double)spent.tv_nsec / 1e6;
}

static void run(Bench *bench, const Workload *workload, int rounds, gboolean last)
{
    g_autoptr(GArray) us = g_array_new(FALSE, FALSE, sizeof(gint64));
    double cpu_before = cpu_ms();
    double blocks = 0;
    for (int i = 0; i < rounds; i++) {
        PoucePicture picture;
        bench->damaged = FALSE;
        gint64 from_us = g_get_monotonic_time();
        draw(bench, workload);
        if (!wait_until(NULL, is_damaged, bench, DEADLINE_MS) ||
            !pouce_capture_grab(bench->capture, 0, &picture, NULL)) {
            fprintf(stderr, "capture_bench: the change did not come\n");
            exit(1);
        }
        gint64 took_us = g_get_monotonic_time() - from_us;
        g_array_append_val(us, took_us);
        blocks += pouce_damage_count(picture.damage);
    }
    g_array_sort(us, compare);
    printf("  \"%s\": {\"p50_us\": %" G_GINT64_FORMAT ", \"p99_us\": %" G_GINT64_FORMAT
           ", \"cpu_us_mean\": %.0f, \"blocks_mean\": %.1f}%s\n",
        workload->name, g_array_index(us, gint64, us->len / 2),
        g_array_index(us, gint64, us->len * 99 / 100), (cpu_ms() - cpu_before) * 1000 / rounds,
        blocks / rounds, last ? "" : ",");
}

static void open_bench(Bench *bench, const char *size, gboolean rows)
{
    static const PouceCaptureListener listener = {.damaged = on_damaged};
    g_autoptr(GError) error = NULL;
    if (!xserver_start(&bench->server, "Xvfb", size)) {
        fprintf(stderr, "capture_bench: Xvfb is not installed\n");
        exit(1);
    }
    bench->xcb = xcb_connect(bench->server.display, NULL);
    bench->screen = xcb_setup_roots_iterator(xcb_get_setup(bench->xcb)).data;
    bench->gc = xcb_generate_id(bench->xcb);
    xcb_create_gc(bench->xcb, bench->gc, bench->screen->root, 0, NULL);
    bench->random = g_rand_new_with_seed(7);
    g_autofree char *spec = g_strdup_printf("x11:%s", bench->server.display);
    PouceCaptureConfig config = {
        .spec = spec, .listener = &listener, .data = bench, .avoid_shared_pixmap = rows};
    bench->capture = pouce_capture_open(&config, &error);
    if (!bench->capture) {
        fprintf(stderr, "capture_bench: %s\n", error->message);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    g_autofree char *size = NULL;
    int rounds = 300;
    gboolean rows = FALSE;
    const GOptionEntry entries[] = {
        {"size", 0, 0, G_OPTION_ARG_STRING, &size, "Of the screen [1920x1080]", "WxH"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Of each workload [300]", "N"},
        {"rows", 0, 0, G_OPTION_ARG_NONE, &rows, "Without a shared pixmap", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- from drawing to pixels");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || rounds < 1)
        return 2;
    Bench bench = {0};
    open_bench(&bench, size ? size : "1920x1080", rows);
    printf("{\n  \"size\": \"%s\", \"way\": \"%s\", \"rounds\": %d,\n", size ? size : "1920x1080",
        rows ? "rows" : "shared pixmap", rounds);
    PoucePicture picture;
    pouce_capture_grab(bench.capture, 0, &picture, NULL);
    wait_until(NULL, is_damaged, &bench, 500); // a new Damage reports the whole screen once
    pouce_capture_grab(bench.capture, 0, &picture, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(workloads); i++)
        run(&bench, &workloads[i], rounds, i + 1 == G_N_ELEMENTS(workloads));
    printf("}\n");
    pouce_capture_free(bench.capture);
    xcb_disconnect(bench.xcb);
    xserver_stop(&bench.server);
    g_rand_free(bench.random);
    return 0;
}
