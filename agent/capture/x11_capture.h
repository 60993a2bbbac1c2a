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
    guint32 id;
    gboolean asked; // a query_pointer is under way
    gboolean again; // the pointer moved since it was sent
    xcb_query_pointer_cookie_t query;
    gboolean image_asked;
    gboolean image_again; // the shape changed since it was asked for
    xcb_xfixes_get_cursor_image_cookie_t image;
    gboolean visible;
    int x_px, y_px; // in the desktop
} PouceX11Cursor;

typedef struct {
    PouceCapture base;
    PouceX11 x11;
    GSource *source;
    PouceX11Pixels pixels;
    PouceX11Cursor cursor;
    PouceDamage damage; // of the chosen monitor
    gboolean avoid_shared_pixmap;
    gboolean lost;
    guint8 damage_event;
    guint8 xfixes_event;
    guint8 randr_event;
    guint8 xinput_opcode;
} PouceX11Capture;

/** pouce_x11_pixels_open - memory and objects for the desktop's present size */
gboolean pouce_x11_pixels_open(PouceX11Capture *capture, GError **error);
void pouce_x11_pixels_close(PouceX11Capture *capture);
/** pouce_x11_pixels_grab - one round trip (two without shared pixmaps) */
gboolean pouce_x11_pixels_grab(PouceX11Capture *capture, GError **error);

gboolean pouce_x11_monitors_open(PouceX11Capture *capture, GError **error);
/** pouce_x11_monitors_read - the list anew; keeps the choice by name, else takes the primary */
void pouce_x11_monitors_read(PouceX11Capture *capture);

gboolean pouce_x11_cursor_open(PouceX11Capture *capture, GError **error);
/** pouce_x11_cursor_event - TRUE if @event was about the cursor */
gboolean pouce_x11_cursor_event(PouceX11Capture *capture, xcb_generic_event_t *event);
/** pouce_x11_cursor_collect - replies that have come, without waiting */
void pouce_x11_cursor_collect(PouceX11Capture *capture);
void pouce_x11_cursor_query(PouceX11Capture *capture);

/** pouce_x11_capture_fail - tells the listener once that the source is gone */
void pouce_x11_capture_fail(PouceX11Capture *capture);
