// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The bar's second line: whose microphone is open, in words and always there while one is; silence
// for a moment, talk while held, and which devices. Main thread only.

#include "agent/ui/flow.h"

G_BEGIN_DECLS

typedef struct PouceVoiceRow PouceVoiceRow;

/** pouce_voice_row_new - @parent: the box that gets its lines; they go with it */
PouceVoiceRow *pouce_voice_row_new(PouceFlow *flow, GtkWidget *parent);
/** pouce_voice_row_free - after its widgets are gone */
void pouce_voice_row_free(PouceVoiceRow *row);
void pouce_voice_row_set(PouceVoiceRow *row, const PouceAgentVoice *voice);
/** pouce_voice_row_choose - shows the devices: one of them could not be had */
void pouce_voice_row_choose(PouceVoiceRow *row);

G_END_DECLS
