// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The device keys of the people that this account has met, pinned at first use. The broker names
// the key of each session's far end; a key that differs from the pinned one is shown to the person
// and never accepted silently. One file, mode 0600, rewritten as a whole. One thread.

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    POUCE_PIN_KNOWN,   // as pinned
    POUCE_PIN_NEW,     // nobody met yet: pin it once the far end has proved it
    POUCE_PIN_CHANGED, // another key is pinned: ask the person
} PoucePin;

typedef struct PoucePins PoucePins;

/** pouce_pins_load - no file is no pins. Errors: of G_FILE_ERROR, G_KEY_FILE_ERROR (not replaced)
 */
PoucePins *pouce_pins_load(const char *path, GError **error);
void pouce_pins_free(PoucePins *pins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePins, pouce_pins_free)

/**
 * pouce_pins_check - @own, @peer: account ids; @key: b64u
 * @out_pinned: owned; set on CHANGED
 */
PoucePin pouce_pins_check(
    PoucePins *pins, const char *own, const char *peer, const char *key, char **out_pinned);

/** pouce_pins_set - replaces what was pinned for the pair, and writes the file */
gboolean pouce_pins_set(
    PoucePins *pins, const char *own, const char *peer, const char *key, GError **error);

G_END_DECLS
