// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Device keys of the helpers that this account has met, pinned at first use. One file of mode 0600,
// rewritten as a whole. The broker names the key of each session's helper; a key that changed for a
// device already known is shown and never accepted silently. One thread.

#include "agent/core/agent.h"

G_BEGIN_DECLS

/** Helpers remembered; beyond this no new one is written. */
#define POUCE_PINS_MAX 10000

typedef struct PoucePins PoucePins;

/** pouce_pins_load - no file is no pins. Errors: G_FILE_ERROR, G_KEY_FILE_ERROR (never replaced) */
PoucePins *pouce_pins_load(const char *path, GError **error);
void pouce_pins_free(PoucePins *pins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePins, pouce_pins_free)

PouceAgentTrust pouce_pins_check(PoucePins *pins, const char *own_account, const PouceParty *party);
/** pouce_pins_set - once the far end proved its key; errors of writing the file */
gboolean pouce_pins_set(
    PoucePins *pins, const char *own_account, const PouceParty *party, GError **error);

G_END_DECLS
