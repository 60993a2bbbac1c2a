// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Messages of the `input` data channel: keys and buttons of a loan of control. Parsing hostile
// bytes allocates nothing. Whether a loan stands is the receiver's question, not this module's.
#pragma once

#include <glib.h>

typedef enum {
    POUCE_INPUT_KEY = 1,       // by place on the keyboard
    POUCE_INPUT_CHARACTER = 2, // press and release of whatever types it
    POUCE_INPUT_BUTTON = 3,
    POUCE_INPUT_WHEEL = 4,
    POUCE_INPUT_RELEASE_ALL = 5,
    POUCE_INPUT_KEYSYM = 6, // by meaning
} PouceInputKind;

#define POUCE_INPUT_MAX_BYTES 9

typedef struct {
    PouceInputKind kind;
    gboolean down;  // KEY, BUTTON, KEYSYM
    guint16 code;   // KEY: evdev code
    guint32 scalar; // CHARACTER: Unicode scalar value, not 0
    guint32 keysym; // KEYSYM: X11 keysym, not 0
    guint8 button;  // BUTTON: 1 left, 2 middle, 3 right
    gint16 dx, dy;  // WHEEL: 120 = one notch; down and right positive
    guint16 x, y;   // BUTTON, WHEEL: 0…65535 across the picture
} PouceInput;

/** pouce_input_parse - FALSE (out untouched) unless the bytes are exactly one valid message */
gboolean pouce_input_parse(const void *data, gsize bytes, PouceInput *out);

/** pouce_input_build - Returns: bytes written; programmer error for an invalid value */
gsize pouce_input_build(const PouceInput *input, guint8 out[POUCE_INPUT_MAX_BYTES]);
