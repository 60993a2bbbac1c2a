// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Which key gives which character on the desktop's present keyboard, and keys on loan for those
// that it lacks. Part of xtest.c.
//
// A foreign character goes onto a keycode that the layout leaves free, two to a keycode (plain and
// with Shift). Applications read the new map late, so the caller waits POUCE_KEYS_SETTLE_MS between
// borrowing and typing, and a keycode keeps its character for POUCE_KEYS_HOLD_MS after its last
// use: giving it back after 50 ms lost everything typed with it.

#include "agent/x11/connection.h"

#include <xkbcommon/xkbcommon.h>

G_BEGIN_DECLS

#define POUCE_KEYS_SETTLE_MS 40
#define POUCE_KEYS_HOLD_MS 1200
/** Keycodes used at most: Xvfb leaves 19 free. */
#define POUCE_KEYS_SPARE_MAX 32

typedef struct {
    xcb_keycode_t keycode;
    xkb_keysym_t keysyms[2]; // 0: free
    gint64 used_us[2];       // last use or loan
} PouceSpareKey;

typedef struct {
    PouceX11 *x11; // borrowed
    struct xkb_context *context;
    struct xkb_keymap *keymap;
    gint32 device;
    guint8 xkb_event;
    xkb_layout_index_t group;
    gboolean stale;      // the map changed since it was read
    gint64 ready_us;     // borrowed keys may be typed from then on
    xcb_keycode_t shift; // 0: none
    xcb_keycode_t level3;
    PouceSpareKey spares[POUCE_KEYS_SPARE_MAX];
    int spare_count;
    gboolean lent; // some spare holds a character
} PouceKeys;

typedef struct {
    xcb_keycode_t keycode;
    gboolean shift;
    gboolean level3;
} PouceStroke;

gboolean pouce_keys_open(PouceKeys *keys, PouceX11 *x11, GError **error);
void pouce_keys_close(PouceKeys *keys);
/** pouce_keys_event - any event of the connection */
void pouce_keys_event(PouceKeys *keys, const xcb_generic_event_t *event);
/** pouce_keys_refresh - the present group and map; undoes Caps Lock; one round trip or two */
void pouce_keys_refresh(PouceKeys *keys);
/** pouce_keys_find - the stroke that gives @keysym in the layout or on a borrowed key */
gboolean pouce_keys_find(
    PouceKeys *keys, xkb_keysym_t keysym, gint64 now_us, PouceStroke *out_stroke);
/**
 * pouce_keys_borrow - puts @keysym on a spare key; typed from ready_us on
 * Returns: 0 done; else the time at which a spare key gets free; -1 if there is none at all
 */
gint64 pouce_keys_borrow(PouceKeys *keys, xkb_keysym_t keysym, gint64 now_us);
/** pouce_keys_give_back - those not used for @idle_ms; returns when to come again, -1: never */
gint64 pouce_keys_give_back(PouceKeys *keys, gint64 idle_ms, gint64 now_us);
/** pouce_keys_keysym - plain meaning of @keycode in the present group */
xkb_keysym_t pouce_keys_keysym(PouceKeys *keys, xcb_keycode_t keycode);

G_END_DECLS
