// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One connection to an X server, with its events on a GMainContext.
//
// Each module that talks to X (capture, input, overlay) opens a connection of its own, so that none
// waits for another's replies. A connection belongs to the thread that runs its context; nothing
// here is safe from another thread. When the server goes away, @lost is called once and the source
// removes itself; every later request is silently dropped by XCB.

#include <glib.h>
#include <xcb/xcb.h>

G_BEGIN_DECLS

#define POUCE_X11_ERROR (pouce_x11_error_quark())
GQuark pouce_x11_error_quark(void);

typedef enum {
    POUCE_X11_ERROR_DENIED,      // no server there, or it refuses us
    POUCE_X11_ERROR_UNSUPPORTED, // the server lacks what we need
    POUCE_X11_ERROR_GONE,        // the server went away
} PouceX11Error;

typedef struct {
    xcb_connection_t *xcb;
    xcb_screen_t *screen;
    int screen_number;
    char *display; // as given; "" for $DISPLAY
} PouceX11;

typedef struct {
    void (*event)(xcb_generic_event_t *event, void *data); // borrowed
    void (*after)(void *data);                             // replies may have come; may be NULL
    void (*lost)(void *data);                              // may be NULL
} PouceX11Listener;

/**
 * pouce_x11_open - connects
 * @display: NULL or "" for $DISPLAY
 * Errors:   DENIED, with a sentence that says what to check
 */
gboolean pouce_x11_open(PouceX11 *out, const char *display, GError **error);
void pouce_x11_close(PouceX11 *x11); // safe on a zeroed struct

/**
 * pouce_x11_attach - events of @x11 go to @listener on @context (NULL: the default one)
 * @listener: kept; static or outliving the source
 * Returns:   the source; g_source_destroy and g_source_unref it before pouce_x11_close
 */
GSource *pouce_x11_attach(
    PouceX11 *x11, GMainContext *context, const PouceX11Listener *listener, void *data);

/** pouce_x11_atom - interned; XCB_ATOM_NONE if the server is gone; one round trip */
xcb_atom_t pouce_x11_atom(PouceX11 *x11, const char *name);

/** pouce_x11_check - FALSE with UNSUPPORTED naming @what if @cookie's request failed; round trip */
gboolean pouce_x11_check(PouceX11 *x11, xcb_void_cookie_t cookie, const char *what, GError **error);

G_END_DECLS
