// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_input.h"

#include "codec/frame/compare.h"
#include "codec/frame/convert.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

struct BenchInput {
    BenchInputConfig config;
    FILE *file;
    GDataInputStream *damage_lines, *text_lines;
    PouceDamage text;
    guint8 *now; // raw bytes
    guint8 *before;
    gsize frame_bytes;
    int index; // of the frame in now; -1 before the first
};

static gsize raw_bytes(const BenchInputConfig *config)
{
    gsize luma = (gsize)config->width_px * config->height_px;
    gsize chroma = (gsize)((config->width_px + 1) / 2) * ((config->height_px + 1) / 2);
    return config->is_bgrx ? luma * 4 : luma + 2 * chroma;
}

void bench_input_free(BenchInput *input)
{
    if (!input)
        return;
    if (input->file && input->file != stdin)
        fclose(input->file);
    g_clear_object(&input->damage_lines);
    g_clear_object(&input->text_lines);
    pouce_damage_clear(&input->text);
    g_free(input->now);
    g_free(input->before);
    g_free(input);
}

static gboolean open_lines(const char *path, GDataInputStream **out, GError **error)
{
    if (!path)
        return TRUE;
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
    if (stream)
        *out = g_data_input_stream_new(G_INPUT_STREAM(stream));
    return stream != NULL;
}

BenchInput *bench_input_new(const BenchInputConfig *config, GError **error)
{
    BenchInput *input = g_new0(BenchInput, 1);
    input->config = *config;
    input->index = -1;
    input->frame_bytes = raw_bytes(config);
    input->now = g_malloc0(input->frame_bytes);
    input->before = g_malloc0(input->frame_bytes);
    input->file = g_str_equal(config->path, "-") ? stdin : fopen(config->path, "rbe");
    if (!input->file) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot open %s: %s",
            config->path, g_strerror(errno));
        g_clear_pointer(&input, bench_input_free);
        return NULL;
    }
    pouce_damage_init(&input->text, config->width_px, config->height_px);
    if (!open_lines(config->damage_path, &input->damage_lines, error) ||
        !open_lines(config->text_path, &input->text_lines, error))
        g_clear_pointer(&input, bench_input_free);
    return input;
}

static gboolean parse_damage(const char *line, PouceDamage *damage)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t\r", -1);
    for (char **word = words; *word; word++) {
        PouceRect rect;
        int end = 0;
        if (**word == '\0')
            continue;
        if (g_str_equal(*word, "*"))
            pouce_damage_fill(damage);
        else if (sscanf(*word, "%d,%d,%d,%d%n", &rect.x, &rect.y, &rect.width, &rect.height,
                     &end) == 4 &&
                 (*word)[end] == '\0')
            pouce_damage_add_rect(damage, rect);
        else
            return FALSE;
    }
    return TRUE;
}

static gboolean read_blocks(BenchInput *input, GDataInputStream *lines, const char *path,
    PouceDamage *damage, GError **error)
{
    g_autofree char *line = NULL;
    do {
        g_clear_pointer(&line, g_free);
        line = g_data_input_stream_read_line(lines, NULL, NULL, error);
    } while (line && line[0] == '#');
    if (line && parse_damage(line, damage))
        return TRUE;
    if (!*error)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
            "%s: %s for frame %d; a line is 'x,y,w,h x,y,w,h ...', '*' or empty", path,
            line ? "a line that cannot be read" : "no line", input->index);
    return FALSE;
}

static void compare(const BenchInput *input, PouceDamage *damage)
{
    const BenchInputConfig *config = &input->config;
    if (config->is_bgrx) {
        pouce_compare_bgrx(damage, input->now, input->before, config->width_px * 4,
            config->width_px, config->height_px);
        return;
    }
    int half = (config->width_px + 1) / 2, half_height = (config->height_px + 1) / 2;
    gsize luma = (gsize)config->width_px * config->height_px;
    PouceFrame a = {.width_px = config->width_px,
        .height_px = config->height_px,
        .mb_columns = damage->mb_columns,
        .mb_rows = damage->mb_rows,
        .planes = {input->now, input->now + luma, input->now + luma + (gsize)half * half_height},
        .strides = {config->width_px, half, half}};
    PouceFrame b = a;
    for (int plane = 0; plane < 3; plane++)
        b.planes[plane] = input->before + (a.planes[plane] - input->now);
    pouce_compare_frames(damage, &a, &b);
}

gboolean bench_input_next(BenchInput *input, PouceDamage *damage, GError **error)
{
    guint8 *swap = input->before;
    input->before = input->now;
    input->now = swap;
    gsize got = fread(input->now, 1, input->frame_bytes, input->file);
    if (got != input->frame_bytes) {
        if (got > 0)
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s ends inside frame %d (%zu of %zu bytes): check --size and --format",
                input->config.path, input->index + 1, got, input->frame_bytes);
        return FALSE;
    }
    input->index++;
    pouce_damage_empty(damage);
    pouce_damage_empty(&input->text);
    const BenchInputConfig *config = &input->config;
    if (input->damage_lines &&
        !read_blocks(input, input->damage_lines, config->damage_path, damage, error))
        return FALSE;
    if (input->text_lines &&
        !read_blocks(input, input->text_lines, config->text_path, &input->text, error))
        return FALSE;
    if (input->index == 0)
        pouce_damage_fill(damage);
    else if (!input->damage_lines)
        compare(input, damage);
    return TRUE;
}

const PouceDamage *bench_input_text(const BenchInput *input)
{
    return input->text_lines ? &input->text : NULL;
}

// I420 rows into the padded frame; the padding repeats the edge.
static void copy_plane(const guint8 *from, int width, int height, guint8 *to, int stride, int side)
{
    int padded_width = (width + side - 1) / side * side;
    int padded_height = (height + side - 1) / side * side;
    for (int y = 0; y < padded_height; y++) {
        const guint8 *line = from + (gsize)MIN(y, height - 1) * width;
        memcpy(to + (gsize)y * stride, line, width);
        memset(to + (gsize)y * stride + width, line[width - 1], padded_width - width);
    }
}

void bench_input_convert(const BenchInput *input, PouceFrame *frame, const PouceDamage *damage)
{
    int width = input->config.width_px, height = input->config.height_px;
    if (input->config.is_bgrx) {
        pouce_convert_bgrx(frame, input->now, width * 4, damage);
        return;
    }
    const guint8 *from = input->now;
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0;
        int plane_width = (width + shift) >> shift, plane_height = (height + shift) >> shift;
        copy_plane(from, plane_width, plane_height, frame->planes[plane], frame->strides[plane],
            POUCE_MACROBLOCK_PX >> shift);
        from += (gsize)plane_width * plane_height;
    }
}
