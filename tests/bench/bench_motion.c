// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_motion.h"

#include "tests/bench/bench_vectors.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#define STEPS_MAX 4
// Fewer macroblocks than this that could be coded by a vector are chance.
#define COPIES_MIN 8

typedef struct {
    int x, y; // px
} Step;

struct BenchMotion {
    GDataInputStream *lines;
    BenchVectors *vectors;
    PouceFrame *before; // the source of the last frame that was coded for a change
    gboolean started;
    Step steps[STEPS_MAX]; // since then
    int step_count;
    int moved, found;
};

BenchMotion *bench_motion_new(const char *path, int width_px, int height_px, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
    if (!stream)
        return NULL;
    BenchMotion *motion = g_new0(BenchMotion, 1);
    motion->lines = g_data_input_stream_new(G_INPUT_STREAM(stream));
    motion->vectors = bench_vectors_new(width_px, height_px);
    motion->before = pouce_frame_new(width_px, height_px);
    return motion;
}

void bench_motion_free(BenchMotion *motion)
{
    if (!motion)
        return;
    g_object_unref(motion->lines);
    bench_vectors_free(motion->vectors);
    pouce_frame_unref(motion->before);
    g_free(motion);
}

gboolean bench_motion_next(BenchMotion *motion, GError **error)
{
    g_autofree char *line = g_data_input_stream_read_line(motion->lines, NULL, NULL, error);
    const char *at = line;
    int count = 0, end = 0;
    for (Step step; at && count < STEPS_MAX; at += end, count++) {
        if (sscanf(at, " %d,%d%n", &step.x, &step.y, &end) != 2)
            break;
        motion->steps[count].x += step.x;
        motion->steps[count].y += step.y;
    }
    motion->step_count = MAX(motion->step_count, count);
    if (line && at[strspn(at, " ")] == '\0')
        return TRUE;
    if (error && !*error)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
            "a line of steps is missing or cannot be read; it is 'dx,dy dx,dy ...' or empty");
    return FALSE;
}

static gboolean equal_blocks(
    const PouceFrame *a, int ax, int ay, const PouceFrame *b, int bx, int by)
{
    const guint8 *p = a->planes[0] + (gsize)ay * a->strides[0] + ax;
    const guint8 *q = b->planes[0] + (gsize)by * b->strides[0] + bx;
    for (int row = 0; row < 16; row++)
        if (memcmp(p + row * a->strides[0], q + row * b->strides[0], 16) != 0)
            return FALSE;
    return TRUE;
}

// Returns: whether anything moved by @step; @out_found: half of it is coded that way.
static gboolean look(
    const BenchMotion *motion, const PouceFrame *source, Step step, gboolean *out_found)
{
    int copies = 0, coded = 0;
    ScreenVector vector = {.row = (gint16)(-step.y * 4), .column = (gint16)(-step.x * 4)};
    for (int y = 0; y + 16 <= source->height_px; y += 16)
        for (int x = 0; x + 16 <= source->width_px; x += 16) {
            int from_x = x - step.x, from_y = y - step.y;
            if (from_x < 0 || from_y < 0 || from_x + 16 > source->width_px ||
                from_y + 16 > source->height_px ||
                equal_blocks(source, x, y, motion->before, x, y) ||
                !equal_blocks(source, x, y, motion->before, from_x, from_y))
                continue;
            copies++;
            coded += bench_vectors_has(motion->vectors, x / 16, y / 16, vector);
        }
    *out_found = coded * 2 >= copies;
    return copies >= COPIES_MIN;
}

static void judge(BenchMotion *motion, const PouceFrame *source)
{
    gboolean moved = FALSE, found = TRUE;
    for (int i = 0; i < motion->step_count; i++) {
        Step step = motion->steps[i];
        gboolean this_found;
        if ((step.x == 0 && step.y == 0) || !look(motion, source, step, &this_found))
            continue;
        moved = TRUE;
        found &= this_found;
    }
    motion->moved += moved;
    motion->found += moved && found;
}

gboolean bench_motion_sent(
    BenchMotion *motion, const PouceFrame *source, const guint8 *data, gsize bytes)
{
    if (!bench_vectors_read(motion->vectors, data, bytes))
        return FALSE;
    if (!source)
        return TRUE;
    if (motion->started)
        judge(motion, source);
    motion->started = TRUE;
    pouce_frame_copy(motion->before, source);
    memset(motion->steps, 0, sizeof motion->steps);
    motion->step_count = 0;
    return TRUE;
}

void bench_motion_verdict(const BenchMotion *motion, int *out_moved, int *out_found)
{
    *out_moved = motion->moved;
    *out_found = motion->found;
}
