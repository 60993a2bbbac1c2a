// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A window on an X display that changes at its time and says when: one line `monotonic_us what` on
// stdout for each change, after the server has drawn it. Changes come by the clock or, with
// --on-key, with each pressed key. One thread; all functions may wait for the server.

#include <glib.h>
#include <xcb/xcb.h>

typedef struct {
    // From the command line; what stands here before it is read is the default.
    char *display;
    int x, y; // px
    int count, interval_ms, jitter_ms, seed;
    gboolean on_key;
    // Once open.
    xcb_connection_t *x11;
    const xcb_screen_t *screen;
    xcb_window_t window;
    xcb_gcontext_t gc; // makes no exposures
    GRand *rand;
} Easel;

/**
 * easel_open - reads the options and connects
 * @name: of the program, for its errors on stderr
 * @more: its own options, ended by an empty row
 * Returns: 0, or what the program exits with; then nothing is open
 */
int easel_open(Easel *easel, const char *name, const GOptionEntry *more, int argc, char **argv);
/** easel_make_window - black, without a frame, not shown yet */
void easel_make_window(Easel *easel, int x, int y, int width, int height);
void easel_show_window(Easel *easel);
/** easel_fill - @colour: 0xrrggbb */
void easel_fill(Easel *easel, guint32 colour, int x, int y, int width, int height);
/** easel_sync - returns once the server has drawn all */
void easel_sync(Easel *easel);
/** easel_wait_turn - until the next change is due; FALSE when the server is gone */
gboolean easel_wait_turn(Easel *easel);
/** easel_say - syncs, then prints the change @what that began to be drawn at @us (monotonic) */
void easel_say(Easel *easel, gint64 us, guint what);
void easel_close(Easel *easel);
