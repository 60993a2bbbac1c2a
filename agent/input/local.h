// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Notices the person at the desk: any mouse movement, button, wheel or key that does not come from
// an XTEST device, and the global key that ends everything.
//
// X tells all XTEST users apart from real devices, but not from each other, so another program
// that injects through XTEST is taken for the helper's hand, never for the owner's.
// Raw events come even while another client holds a grab; a key grab does not. The stop key
// therefore uses both: the grab keeps the key from the applications, the raw event always works.
// Owner's thread only, the one that runs the context.

#include <glib.h>

G_BEGIN_DECLS

/** Where every laptop and desktop keyboard has it, and no application uses it. */
#define POUCE_LOCAL_STOP_KEY_DEFAULT "Ctrl+Alt+End"

typedef enum {
    POUCE_LOCAL_MOTION,
    POUCE_LOCAL_BUTTON, // the wheel too
    POUCE_LOCAL_KEY,
} PouceLocalKind;

typedef struct {
    void (*input)(PouceLocalKind kind, void *data); // each event; cheap to ignore
    void (*stop)(void *data);                       // the stop key went down
    void (*lost)(void *data);                       // the X server went away
} PouceLocalListener;

typedef struct PouceLocal PouceLocal;

/**
 * pouce_local_open - begins to watch
 * @display:  NULL or "" for $DISPLAY
 * @stop_key: [Ctrl+][Alt+][Shift+][Super+]KEYSYM, as in "Ctrl+Alt+End" or "Pause"; NULL: the
 *            default. If another program holds it already, it still works, but the other sees it.
 * @listener: kept
 * Errors:    POUCE_INJECTOR_ERROR USAGE (no such key), UNSUPPORTED; POUCE_X11_ERROR DENIED
 */
PouceLocal *pouce_local_open(const char *display, const char *stop_key, GMainContext *context,
    const PouceLocalListener *listener, void *data, GError **error);
void pouce_local_free(PouceLocal *local);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceLocal, pouce_local_free)

/** pouce_local_parse_key - FALSE if @text names no key; @out_modifiers in X's bits; pure */
gboolean pouce_local_parse_key(const char *text, guint32 *out_keysym, guint *out_modifiers);

G_END_DECLS
