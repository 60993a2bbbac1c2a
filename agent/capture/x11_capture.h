// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The parts of the X11 capture: x11.c opens and dispatches events, x11_grab.c owns the shared
// pixels, x11_cursor.c the cursor, x11_monitors.c the list of monitors. Included by them alone.

#include "agent/capture/capture.h"
#include "agent/x11/connection.h"

#include <xcb/damage.h>
#include <xcb/shm.h>
#include <xcb/xfixes.h>

/** The pixels of the whole desktop, in memory that the X server writes. */
typedef struct {
    xcb_shm_seg_t segment;
    xcb_pixmap_t pixmap; // 0: the server has no shared pixmaps, rows are fetched
    xcb_gcontext_t gc;
    xcb_xfixes_region_t region;
    xcb_damage_damage_t damage;
    guint8 *bgrx;
    gsize bytes;
    int width_px;
    int height_px;
    int stride_bytes;
    gboolean whole; // the next grab takes everything
} PouceX11Pixels;

typedef struct {
    PouceCapture base;
    PouceX11 x11;
    GSource *source;
    PouceX11Pixels pixels;
    PouceDamage damage; // of the chosen monitor
    gboolean avoid_shared_pixmap;
    gboolean lost;
    guint8 damage_event;
    guint8 randr_event;
} PouceX11Capture;

/** pouce_x11_pixels_open - memory and objects for the desktop's present size */
gboolean pouce_x11_pixels_open(PouceX11Capture *capture, GError **error);
void pouce_x11_pixels_close(PouceX11Capture *capture);
/** pouce_x11_pixels_grab - one round trip (two without shared pixmaps) */
gboolean pouce_x11_pixels_grab(PouceX11Capture *capture, GError **error);

gboolean pouce_x11_monitors_open(PouceX11Capture *capture, GError **error);
/** pouce_x11_monitors_read - the list anew; keeps the choice by name, else takes the primary */
void pouce_x11_monitors_read(PouceX11Capture *capture);

/** pouce_x11_need - FALSE with UNSUPPORTED if the server lacks @extension */
gboolean pouce_x11_need(
    PouceX11 *x11, xcb_extension_t *extension, guint8 *out_first_event, GError **error);

PouceCursorWatch *pouce_x11_watch_open(
    const PouceCursorConfig *config, const char *display, GError **error);

/** pouce_x11_capture_fail - tells the listener once that the source is gone */
void pouce_x11_capture_fail(PouceX11Capture *capture);
