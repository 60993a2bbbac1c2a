// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Hands for the helper: keys, characters, buttons and wheel, injected into the seeker's desktop.
// One small vtable with its variants beside it (xtest.c, null.c).
//
// Owner's thread only, the one that runs its GMainContext. Events take effect in the order given;
// a character that the keyboard layout lacks may delay what follows by some 40 ms. This module
// injects whatever it is told: whether anything may be injected is consent's question
// (agent/core/consent.h). Whatever was pressed through it is released by release_all and by free.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_INPUT_ERROR (pouce_input_error_quark())
GQuark pouce_input_error_quark(void);

typedef enum {
    POUCE_INPUT_ERROR_USAGE,       // no such variant
    POUCE_INPUT_ERROR_UNSUPPORTED, // the desktop does not let us
} PouceInputError;

/** Events waiting behind a character; when full, new ones are dropped and counted. */
#define POUCE_INPUT_QUEUE_MAX 4096

typedef struct PouceInput PouceInput;

/**
 * pouce_input_open - "xtest[:DISPLAY]" or "null"
 * @context: NULL for the default one; kept
 * Errors:   USAGE, UNSUPPORTED, or DENIED of POUCE_X11_ERROR
 */
PouceInput *pouce_input_open(const char *spec, GMainContext *context, GError **error);
/** pouce_input_free - releases all; may block for 1.2 s if foreign characters were just typed */
void pouce_input_free(PouceInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceInput, pouce_input_free)

/** pouce_input_key - key by its place; @evdev is a Linux code (KEY_A is 30); others are ignored */
void pouce_input_key(PouceInput *input, guint16 evdev, gboolean down);
/** pouce_input_keysym - key by its meaning, an X keysym */
void pouce_input_keysym(PouceInput *input, guint32 keysym, gboolean down);
/** pouce_input_character - press and release of whatever gives @scalar in any layout */
void pouce_input_character(PouceInput *input, guint32 scalar);
/** pouce_input_button - 1 left, 2 middle, 3 right; px of the desktop */
void pouce_input_button(PouceInput *input, int button, gboolean down, int x_px, int y_px);
/** pouce_input_wheel - 120 is one notch; down and right positive; smaller steps add up */
void pouce_input_wheel(PouceInput *input, int dx, int dy, int x_px, int y_px);
/** pouce_input_move - not queued: the newest position counts */
void pouce_input_move(PouceInput *input, int x_px, int y_px);
/** pouce_input_release_all - drops what waits and releases what is pressed, now */
void pouce_input_release_all(PouceInput *input);

typedef enum {
    POUCE_INPUT_KEY,
    POUCE_INPUT_KEYSYM,
    POUCE_INPUT_CHARACTER,
    POUCE_INPUT_BUTTON,
    POUCE_INPUT_WHEEL,
    POUCE_INPUT_MOVE,
    POUCE_INPUT_RELEASE_ALL,
} PouceInputKind;

/** One thing done. For KEY, KEYSYM, CHARACTER and BUTTON @code is what their functions take. */
typedef struct {
    PouceInputKind kind;
    guint32 code;
    gboolean down;
    int dx, dy;
    int x_px, y_px;
} PouceInputEvent;

/** pouce_input_null_events - what a "null" input was told, oldest first; borrowed */
const GArray *pouce_input_null_events(PouceInput *input); // of PouceInputEvent

/** What a variant implements. */
typedef struct {
    const char *name;
    PouceInput *(*open)(const char *rest, GMainContext *context, GError **error);
    void (*free)(PouceInput *input);
    void (*inject)(PouceInput *input, const PouceInputEvent *event);
} PouceInputClass;

/** First member of each variant's own struct. */
struct PouceInput {
    const PouceInputClass *klass;
};

extern const PouceInputClass pouce_input_xtest;
extern const PouceInputClass pouce_input_null;

G_END_DECLS
