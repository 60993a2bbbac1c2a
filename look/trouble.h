// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What went wrong, as people read it in any window: a code becomes a sentence in the language of
// the process. Pure.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *code, *sentence; // the sentence marked by N_
} PouceTrouble;

/**
 * pouce_trouble_say - the sentence of @code, translated
 * @own:    the program's, ended by an empty row; looked at first
 * @code:   of these, of PROTOCOL.md's problems, "unreachable" (the broker), "not_met" (the other
 *          computer), "not_prepared", or of codec/voice; NULL and unknown ones get a general
 * sentence Returns: static
 */
const char *pouce_trouble_say(const PouceTrouble *own, const char *code);

G_END_DECLS
