// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Draws a scene moment by moment and writes raw BGRX frames for codec_bench, with their damage:
// bounding boxes of what differs in each 64x64 tile, as a capture would report it. The damage of a
// frame is written before its pixels, so both can be read as they come. With --text a second file
// says in the same way where text stands: macroblocks of which it covers half. With --steps a third
// one says how far each thing that moves as a whole went since the frame before: "dx,dy dx,dy".

#include "tests/bench/workloads/scenes.h"

#include <stdio.h>
#include <string.h>

#define TILE_PX 64
#define BLOCK_PX 16

typedef struct {
    char *size, *damage, *text, *steps, *font;
    int fps, frames, seed;
    double scale, speed;
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

static gboolean mostly_marked(const guint8 *pixels, int stride, int width, int height)
{
    int marked = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            guint32 pixel;
            memcpy(&pixel, pixels + y * stride + x * 4, 4);
            marked += draw_is_mark(pixel);
        }
    return marked * 2 >= width * height;
}

static void write_text(FILE *file, const guint8 *marks, int stride, int width_px, int height_px)
{
    for (int y = 0; y < height_px; y += BLOCK_PX)
        for (int x = 0; x < width_px; x += BLOCK_PX) {
            int width = MIN(BLOCK_PX, width_px - x), height = MIN(BLOCK_PX, height_px - y);
            if (mostly_marked(marks + y * stride + x * 4, stride, width, height))
                fprintf(file, "%d,%d,%d,%d ", x, y, width, height);
        }
    fprintf(file, "\n");
    fflush(file);
}

/** One way to look at the scene: as it is, or only where its text stands. */
typedef struct {
    FILE *file; // NULL: not wanted
    DrawStyle style;
    SceneStage stage;
    cairo_surface_t *surface;
} View;

static gboolean view_init(View *view, const char *path, DrawStyle style, const Options *options,
    int width_px, int height_px)
{
    *view = (View){.style = style};
    if (!path && style.mark_text)
        return TRUE;
    if (path && !(view->file = fopen(path, "w"))) {
        perror(path);
        return FALSE;
    }
    draw_set_style(&view->style);
    scene_stage_init(&view->stage, width_px, height_px, (guint32)options->seed);
    view->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    return TRUE;
}

static void view_clear(View *view)
{
    if (view->surface) {
        cairo_surface_destroy(view->surface);
        scene_stage_clear(&view->stage);
    }
    if (view->file)
        fclose(view->file);
}

// Returns the pixels; they are the view's.
static const guint8 *view_draw(View *view, const Scene *scene, double t_s)
{
    draw_set_style(&view->style);
    cairo_t *cairo = cairo_create(view->surface);
    scene->draw(&view->stage, cairo, t_s);
    cairo_destroy(cairo);
    cairo_surface_flush(view->surface);
    return cairo_image_surface_get_data(view->surface);
}

static void write_steps(
    FILE *file, const View *view, const Scene *scene, double t_s, double before_s)
{
    ScenePlace now[SCENE_PLACES_MAX], before[SCENE_PLACES_MAX];
    int count = scene->places ? scene->places(&view->stage, t_s, now) : 0;
    if (count)
        scene->places(&view->stage, before_s, before);
    for (int i = 0; i < count; i++)
        fprintf(file, "%d,%d ", now[i].x - before[i].x, now[i].y - before[i].y);
    fprintf(file, "\n");
    fflush(file);
}

static gboolean write_frames(
    View *view, View *text, FILE *steps, const Scene *scene, const Options *options)
{
    int width_px = view->stage.width_px, height_px = view->stage.height_px;
    int stride = cairo_image_surface_get_stride(view->surface);
    gsize bytes = (gsize)stride * height_px;
    g_autofree guint8 *before = g_malloc0(bytes);
    gboolean written = TRUE;
    for (int i = 0; i < options->frames && written; i++) {
        double t_s = i * options->speed / options->fps;
        const guint8 *now = view_draw(view, scene, t_s);
        if (view->file && i == 0)
            fprintf(view->file, "*\n");
        else if (view->file)
            write_damage(view->file, now, before, stride, width_px, height_px);
        if (view->file)
            fflush(view->file);
        if (steps)
            write_steps(steps, view, scene, t_s, MAX(i - 1, 0) * options->speed / options->fps);
        if (text->file)
            write_text(text->file, view_draw(text, scene, t_s), stride, width_px, height_px);
        written = fwrite(now, 1, bytes, stdout) == bytes;
        memcpy(before, now, bytes);
    }
    return fflush(stdout) == 0 && written;
}

static gboolean run(const Scene *scene, const Options *options, int width_px, int height_px)
{
    DrawStyle style = {.family = options->font, .scale = options->scale};
    DrawStyle marks = style;
    marks.mark_text = TRUE;
    View view = {0}, text = {0};
    FILE *steps = options->steps ? fopen(options->steps, "w") : NULL;
    if (options->steps && !steps)
        perror(options->steps);
    gboolean ok = !steps == !options->steps &&
                  view_init(&view, options->damage, style, options, width_px, height_px) &&
                  view_init(&text, options->text, marks, options, width_px, height_px) &&
                  write_frames(&view, &text, steps, scene, options);
    if (steps)
        fclose(steps);
    view_clear(&view);
    view_clear(&text);
    return ok;
}

int main(int argc, char **argv)
{
    Options options = {.fps = 60, .frames = 240, .seed = 1, .scale = 1, .speed = 1};
    const GOptionEntry entries[] = {
        {"size", 0, 0, G_OPTION_ARG_STRING, &options.size, "picture (1920x1080)", "WxH"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "moments a second (60)", "N"},
        {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "how many (240)", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "of all that is random (1)", "N"},
        {"damage", 0, 0, G_OPTION_ARG_FILENAME, &options.damage, "damage for codec_bench", "FILE"},
        {"text", 0, 0, G_OPTION_ARG_FILENAME, &options.text, "where text stands", "FILE"},
        {"steps", 0, 0, G_OPTION_ARG_FILENAME, &options.steps, "what moved how far", "FILE"},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &options.speed, "of everything (1)", "FACTOR"},
        {"font", 0, 0, G_OPTION_ARG_STRING, &options.font, "instead of Sans", "FAMILY"},
        {"scale", 0, 0, G_OPTION_ARG_DOUBLE, &options.scale, "of all text (1)", "FACTOR"},
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
        options.fps < 1 || options.frames < 1 || !(options.scale >= 0.5 && options.scale <= 4) ||
        !(options.speed >= 0.01 && options.speed <= 100)) {
        fprintf(stderr, "usage: workload [options] SCENE; --list names them; sizes from 400x300\n");
        return 2;
    }
    return run(scene, &options, width_px, height_px) ? 0 : 1;
}
