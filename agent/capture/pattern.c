// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A moving test picture that depends on its size and the frame's number alone: a gradient, a band
// that travels down 8 px a frame, and in the top left corner a patch that counts: four rows of four
// 16-px squares, the frame's number in binary, white for 1, the lowest bit first. The first grab is
// frame 0; 30 frames a second follow.

#include "agent/capture/pattern.h"

#include <stdio.h>

#define FRAME_US (G_USEC_PER_SEC / 30)
#define SIDE_MIN_PX 64

typedef struct {
    PouceCapture base;
    GSource *timer;
    PouceDamage damage;
    guint8 *bgrx;
    int width_px;
    int height_px;
    gint64 start_us;
    gint64 shown; // number of the frame in bgrx; -1: none
} Pattern;

static void put(Pattern *pattern, int x, int y, guint32 color)
{
    ((guint32 *)(void *)pattern->bgrx)[(gsize)y * pattern->width_px + x] = color;
}

static int band_top(const Pattern *pattern, gint64 number)
{
    return (int)(number * 8 % pattern->height_px);
}

guint32 pouce_pattern_pixel(int width_px, int height_px, gint64 number, int x, int y)
{
    if (x < 64 && y < 64)
        return number >> (y / 16 * 4 + x / 16) & 1 ? 0xffffff : 0;
    int top = (int)(number * 8 % height_px);
    if (y >= top && y < top + POUCE_PATTERN_BAND_PX)
        return 0x0000ff00u | (guint32)((x * 7 + number * 3) & 0xff);
    return (guint32)(x * 255 / width_px) << 16 | (guint32)(y * 255 / height_px) << 8 | 0x40;
}

static void draw_rows(Pattern *pattern, gint64 number, int top, int bottom)
{
    bottom = MIN(bottom, pattern->height_px);
    for (int y = MAX(top, 0); y < bottom; y++)
        for (int x = 0; x < pattern->width_px; x++)
            put(pattern, x, y,
                pouce_pattern_pixel(pattern->width_px, pattern->height_px, number, x, y));
    if (bottom > top)
        pouce_damage_add_rect(
            &pattern->damage, (PouceRect){0, top, pattern->width_px, bottom - top});
}

static void draw(Pattern *pattern, gint64 number)
{
    pouce_damage_empty(&pattern->damage);
    if (number == pattern->shown)
        return;
    if (pattern->shown < 0) {
        draw_rows(pattern, number, 0, pattern->height_px);
    } else {
        int before = band_top(pattern, pattern->shown);
        int after = band_top(pattern, number);
        draw_rows(pattern, number, before, before + POUCE_PATTERN_BAND_PX);
        draw_rows(pattern, number, after, after + POUCE_PATTERN_BAND_PX);
        for (int y = 0; y < 64; y++)
            for (int x = 0; x < 64; x++)
                put(pattern, x, y,
                    pouce_pattern_pixel(pattern->width_px, pattern->height_px, number, x, y));
        pouce_damage_add_rect(&pattern->damage, (PouceRect){0, 0, 64, 64});
    }
    pattern->shown = number;
}

static gboolean on_frame_due(gpointer data)
{
    Pattern *pattern = data;
    if (pattern->base.listener && pattern->base.listener->damaged)
        pattern->base.listener->damaged(pattern->base.data);
    return G_SOURCE_CONTINUE;
}

static gboolean parse_size(const char *text, int *out_width, int *out_height)
{
    char rest;
    if (*text == '\0')
        return TRUE;
    return sscanf(text, "%4dx%4d%c", out_width, out_height, &rest) == 2 &&
           *out_width >= SIDE_MIN_PX && *out_height >= SIDE_MIN_PX &&
           *out_width <= POUCE_CAPTURE_SIDE_MAX_PX && *out_height <= POUCE_CAPTURE_SIDE_MAX_PX;
}

static PouceCapture *pattern_open(
    const PouceCaptureConfig *config, const char *rest, GError **error)
{
    int width = 1280, height = 720;
    if (!parse_size(rest, &width, &height)) {
        g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_USAGE,
            "\"%s\" is no size of a test picture: use pattern:WIDTHxHEIGHT, %d to %d pixels.", rest,
            SIDE_MIN_PX, POUCE_CAPTURE_SIDE_MAX_PX);
        return NULL;
    }
    Pattern *pattern = g_new0(Pattern, 1);
    pattern->base = (PouceCapture){
        .klass = &pouce_capture_pattern, .listener = config->listener, .data = config->data};
    pattern->base.monitors[0] =
        (PouceCaptureMonitor){.name = "pattern", .area = {0, 0, width, height}, .primary = TRUE};
    pattern->base.monitor_count = 1;
    pattern->width_px = width;
    pattern->height_px = height;
    pattern->shown = -1;
    pattern->bgrx = g_malloc0((gsize)width * height * 4);
    pouce_damage_init(&pattern->damage, width, height);
    pattern->timer = g_timeout_source_new(FRAME_US / 1000);
    g_source_set_callback(pattern->timer, on_frame_due, pattern, NULL);
    g_source_attach(pattern->timer, config->context);
    return &pattern->base;
}

static void pattern_free(PouceCapture *base)
{
    Pattern *pattern = (Pattern *)base;
    g_source_destroy(pattern->timer);
    g_source_unref(pattern->timer);
    pouce_damage_clear(&pattern->damage);
    g_free(pattern->bgrx);
    g_free(pattern);
}

static gboolean pattern_choose(PouceCapture *base, int id)
{
    return TRUE;
}

static gboolean pattern_grab(PouceCapture *base, gint64 now_us, PoucePicture *out, GError **error)
{
    Pattern *pattern = (Pattern *)base;
    if (pattern->shown < 0)
        pattern->start_us = now_us;
    draw(pattern, MAX((now_us - pattern->start_us) / FRAME_US, 0));
    *out = (PoucePicture){
        .bgrx = pattern->bgrx,
        .stride_bytes = pattern->width_px * 4,
        .width_px = pattern->width_px,
        .height_px = pattern->height_px,
        .damage = &pattern->damage,
    };
    return TRUE;
}

const PouceCaptureClass pouce_capture_pattern = {
    .name = "pattern",
    .open = pattern_open,
    .free = pattern_free,
    .choose = pattern_choose,
    .grab = pattern_grab,
};
