// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A patch on an X display, black and white in turn (easel.h: `monotonic_us luma`). The other half
// of `pouce-viewer --probe`, which says when the change was decoded; both read CLOCK_MONOTONIC, so
// the difference is the latency of the whole path. With --around each change brings random pixels
// too, which no encoder makes small.

#include "tests/bench/live/easel.h"

#include <stdio.h>

#define AROUND_MAX_PX 1000

typedef struct {
    Easel easel;
    int size_px, around_px;
    guint32 *noise; // a square of side_px
    int side_px;    // of the patch and what is around it
} Flip;

static void draw(Flip *flip, guint32 grey)
{
    Easel *easel = &flip->easel;
    int side = flip->side_px, around = flip->around_px;
    for (int i = 0; around > 0 && i < side * side; i++)
        flip->noise[i] = g_rand_int(easel->rand);
    if (around > 0)
        xcb_put_image(easel->x11, XCB_IMAGE_FORMAT_Z_PIXMAP, easel->window, easel->gc,
            (guint16)side, (guint16)side, 0, 0, 0, 24, (guint32)(side * side * 4),
            (const guint8 *)flip->noise);
    easel_fill(easel, grey | grey << 8 | grey << 16, around, around, flip->size_px, flip->size_px);
}

static void run(Flip *flip)
{
    Easel *easel = &flip->easel;
    int side = flip->side_px = flip->size_px + 2 * flip->around_px;
    g_autofree guint32 *noise = g_new0(guint32, (gsize)side * (gsize)side);
    flip->noise = noise;
    easel_make_window(easel, easel->x - flip->around_px, easel->y - flip->around_px, side, side);
    easel_show_window(easel);
    for (int i = 0; i < easel->count && easel_wait_turn(easel); i++) {
        guint32 grey = i % 2 == 0 ? 255 : 0;
        gint64 before_us = g_get_monotonic_time();
        draw(flip, grey);
        easel_say(easel, before_us, grey);
    }
    g_usleep((gulong)easel->interval_ms * 1000); // the last change stays until it is seen
}

int main(int argc, char **argv)
{
    Flip flip = {
        .easel = {.x = 608, .y = 400, .count = 100, .interval_ms = 100, .seed = 1}, .size_px = 64};
    const GOptionEntry more[] = {
        {"size", 0, 0, G_OPTION_ARG_INT, &flip.size_px, "Side of the patch", "PX"},
        {"around", 0, 0, G_OPTION_ARG_INT, &flip.around_px, "Random pixels around it", "PX"},
        G_OPTION_ENTRY_NULL,
    };
    int status = easel_open(&flip.easel, "flip", more, argc, argv);
    if (status != 0)
        return status;
    if (flip.size_px < 1 || flip.around_px < 0 || flip.around_px > AROUND_MAX_PX) {
        fprintf(stderr, "flip: --size is 1 px or more, --around 0 to %d\n", AROUND_MAX_PX);
        status = 2;
    } else {
        run(&flip);
    }
    easel_close(&flip.easel);
    return status;
}
