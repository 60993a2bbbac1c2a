// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the helper does with the keyboard, to messages for the `input` channel. Pure; caller's
// memory. viewer/web/input_map.ts follows the same rules:
//
// - Text travels by character, so the layouts of the two people need not agree.
// - Shortcuts and special keys travel by meaning (keysym); by place (evdev) when the keysym is a
//   character beyond Latin-1, as a shortcut typed on a Greek layout, or when the helper asks for
//   it.
// - A modifier is sent once something uses it: Shift for a capital never reaches the seeker,
//   Shift+Left does. Alt and Super released unused are taps, for menus.
// - A release undoes what the press sent, whatever the key means by then.

#include "signaling/wire/input.h"

G_BEGIN_DECLS

/** Keys held at once; further ones are not sent. */
#define POUCE_INPUT_MAP_HELD_MAX 32
/** Most messages that one event makes: every modifier, a press and a release. */
#define POUCE_INPUT_MAP_OUT_MAX 12
#define POUCE_INPUT_MAP_MODIFIERS 9

/** One event of a window, in X11's numbers (GDK's are the same). */
typedef struct {
    gboolean down;
    guint32 keysym;  // with the helper's layout and modifiers applied
    guint16 evdev;   // hardware keycode - 8; 0 if unknown
    guint32 unicode; // what the keysym types; 0 if nothing
    gboolean ctrl;   // held beside it, AltGr not counted
    gboolean alt;
    gboolean super;
} PouceKeyEvent;

typedef struct {
    guint16 evdev;
    PouceInput press; // kind 0: free
} PouceHeldKey;

typedef struct {
    guint32 keysym;
    gboolean sent;
    gboolean used;
} PouceHeldModifier;

typedef struct {
    gboolean by_place; // set by the owner: every key by its place
    PouceHeldKey held[POUCE_INPUT_MAP_HELD_MAX];
    PouceHeldModifier modifiers[POUCE_INPUT_MAP_MODIFIERS];
    guint buttons; // bits 1 << button
} PouceInputMap;

void pouce_input_map_init(PouceInputMap *map);

/** pouce_input_map_key - Returns: messages written to @out; repeats of a held key give none */
guint pouce_input_map_key(
    PouceInputMap *map, const PouceKeyEvent *event, PouceInput out[POUCE_INPUT_MAP_OUT_MAX]);

/** pouce_input_map_button - @button: 1 left, 2 middle, 3 right; others give none */
guint pouce_input_map_button(PouceInputMap *map, guint button, gboolean down, guint16 x, guint16 y,
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX]);

/** pouce_input_map_wheel - 120 is one notch */
guint pouce_input_map_wheel(PouceInputMap *map, int dx, int dy, guint16 x, guint16 y,
    PouceInput out[POUCE_INPUT_MAP_OUT_MAX]);

/** pouce_input_map_release_all - the window lost the focus, or the loan is over */
guint pouce_input_map_release_all(PouceInputMap *map, PouceInput out[POUCE_INPUT_MAP_OUT_MAX]);

G_END_DECLS
