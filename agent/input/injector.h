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

#define POUCE_INJECTOR_ERROR (pouce_injector_error_quark())
GQuark pouce_injector_error_quark(void);

typedef enum {
    POUCE_INJECTOR_ERROR_USAGE,       // no such variant
    POUCE_INJECTOR_ERROR_UNSUPPORTED, // the desktop does not let us
} PouceInjectorError;

/** Events waiting behind a character; when full, new ones are dropped and counted. */
#define POUCE_INJECTOR_QUEUE_MAX 4096

typedef struct PouceInjector PouceInjector;

/**
 * pouce_injector_open - "xtest[:DISPLAY]" or "null"
 * @context: NULL for the default one; kept
 * Errors:   USAGE, UNSUPPORTED, or DENIED of POUCE_X11_ERROR
 */
PouceInjector *pouce_injector_open(const char *spec, GMainContext *context, GError **error);
/** pouce_injector_free - releases all; may block for 1.2 s if foreign characters were just typed */
void pouce_injector_free(PouceInjector *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceInjector, pouce_injector_free)

/** pouce_injector_key - key by its place; @evdev is a Linux code (KEY_A is 30); others are ignored
 */
void pouce_injector_key(PouceInjector *input, guint16 evdev, gboolean down);
/** pouce_injector_keysym - key by its meaning, an X keysym */
void pouce_injector_keysym(PouceInjector *input, guint32 keysym, gboolean down);
/** pouce_injector_character - press and release of whatever gives @scalar in any layout */
void pouce_injector_character(PouceInjector *input, guint32 scalar);
/** pouce_injector_button - 1 left, 2 middle, 3 right; px of the desktop */
void pouce_injector_button(PouceInjector *input, int button, gboolean down, int x_px, int y_px);
/** pouce_injector_wheel - 120 is one notch; down and right positive; smaller steps add up */
void pouce_injector_wheel(PouceInjector *input, int dx, int dy, int x_px, int y_px);
/** pouce_injector_move - not queued: the newest position counts */
void pouce_injector_move(PouceInjector *input, int x_px, int y_px);
/** pouce_injector_release_all - drops what waits and releases what is pressed, now */
void pouce_injector_release_all(PouceInjector *input);

typedef enum {
    POUCE_INJECT_KEY,
    POUCE_INJECT_KEYSYM,
    POUCE_INJECT_CHARACTER,
    POUCE_INJECT_BUTTON,
    POUCE_INJECT_WHEEL,
    POUCE_INJECT_MOVE,
    POUCE_INJECT_RELEASE_ALL,
} PouceInjectorKind;

/** One thing done. For KEY, KEYSYM, CHARACTER and BUTTON @code is what their functions take. */
typedef struct {
    PouceInjectorKind kind;
    guint32 code;
    gboolean down;
    int dx, dy;
    int x_px, y_px;
} PouceInjectorEvent;

/** pouce_injector_null_events - what a "null" input was told, oldest first; borrowed */
const GArray *pouce_injector_null_events(PouceInjector *input); // of PouceInjectorEvent

/** What a variant implements. */
typedef struct {
    const char *name;
    PouceInjector *(*open)(const char *rest, GMainContext *context, GError **error);
    void (*free)(PouceInjector *input);
    void (*inject)(PouceInjector *input, const PouceInjectorEvent *event);
} PouceInjectorClass;

/** First member of each variant's own struct. */
struct PouceInjector {
    const PouceInjectorClass *klass;
};

extern const PouceInjectorClass pouce_injector_xtest;
extern const PouceInjectorClass pouce_injector_null;

G_END_DECLS
