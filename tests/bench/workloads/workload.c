// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Draws a scene moment by moment and writes raw BGRX frames for codec_bench, with their damage:
// bounding boxes of what differs in each 64x64 tile, as a capture would report it. The damage of a
// frame is written before its pixels, so both can be read as they come.

#include "tests/bench/workloads/scenes.h"

#include <stdio.h>
#include <string.h>

#define TILE_PX 64

typedef struct {
    char *size, *damage;
    int fps, frames, seed;
    gboolean list;
} Options;

static gboolean tile_differs(
    const guint8 *a, const guint8 *b, int stride, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        if (memcmp(a + row * stride + x * 4, b + row * stride + x * 4, (gsize)width * 4) != 0)
            return TRUE;
    return FALSE;
}

static void write_damage(
    FILE *file, const guint8 *now, const guint8 *before, int stride, int width_px, int height_px)
{
    for (int y = 0; y < height_px; y += TILE_PX)
        for (int x = 0; x < width_px; x += TILE_PX) {
            int width = MIN(TILE_PX, width_px - x), height = MIN(TILE_PX, height_px - y);
            if (tile_differs(now, before, stride, x, y, width, height))
                fprintf(file, "%d,%d,%d,%d ", x, y, width, height);
        }
    fprintf(file, "\n");
    fflush(file);
}

static gboolean run(const Scene *scene, const Options *options, int width_px, int height_px)
{
    FILE *damage = options->damage ? fopen(options->damage, "w") : NULL;
    if (options->damage && !damage) {
        perror(options->damage);
        return FALSE;
    }
    SceneStage stage;
    scene_stage_init(&stage, width_px, height_px, (guint32)options->seed);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    int stride = cairo_image_surface_get_stride(surface);
    gsize bytes = (gsize)stride * height_px;
    guint8 *before = g_malloc0(bytes);
    gboolean written = TRUE;
    for (int i = 0; i < options->frames && written; i++) {
        cairo_t *cairo = cairo_create(surface);
        scene->draw(&stage, cairo, (double)i / options->fps);
        cairo_destroy(cairo);
        cairo_surface_flush(surface);
        const guint8 *now = cairo_image_surface_get_data(surface);
        if (damage && i == 0)
            fprintf(damage, "*\n");
        else if (damage)
            write_damage(damage, now, before, stride, width_px, height_px);
        if (damage)
            fflush(damage);
        written = fwrite(now, 1, bytes, stdout) == bytes;
        memcpy(before, now, bytes);
    }
    g_free(before);
    cairo_surface_destroy(surface);
    scene_stage_clear(&stage);
    if (damage)
        fclose(damage);
    return fflush(stdout) == 0 && written;
}

int main(int argc, char **argv)
{
    Options options = {.fps = 60, .frames = 240, .seed = 1};
    const GOptionEntry entries[] = {
        {"size", 0, 0, G_OPTION_ARG_STRING, &options.size, "picture (1920x1080)", "WxH"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "moments a second (60)", "N"},
        {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "how many (240)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "of all that is random (1)", "N"},
        {"damage", 0, 0, G_OPTION_ARG_FILENAME, &options.damage, "damage for codec_bench", "FILE"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &options.list, "names of scenes", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("SCENE > frames.bgrx");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    for (const Scene *scene = scene_list(); options.list && scene->name; scene++)
        printf("%-12s %s\n", scene->name, scene->what);
    if (options.list)
        return 0;
    int width_px = 1920, height_px = 1080;
    const Scene *scene = argc == 2 ? scene_find(argv[1]) : NULL;
    if (!scene || (options.size && sscanf(options.size, "%dx%d", &width_px, &height_px) != 2) ||
        width_px < 400 || height_px < 300 || width_px > 8192 || height_px > 8192 ||
        options.fps < 1 || options.frames < 1) {
        fprintf(stderr, "usage: workload [options] SCENE; --list names them; sizes from 400x300\n");
        return 2;
    }
    return run(scene, &options, width_px, height_px) ? 0 : 1;
}
