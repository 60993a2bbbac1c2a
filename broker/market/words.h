// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Words for comparing: without case, accents and ligatures, and without the words that say nothing.

#include <glib.h>

G_BEGIN_DECLS

/** Words kept of one text; a need has at most 500 characters. */
#define POUCE_WORDS_MAX 64

/** pouce_words_of - folded words without stop words, each once; NULL-terminated, owned */
char **pouce_words_of(const char *text);
/** pouce_words_fold - the whole text folded, for comparing places; owned */
char *pouce_words_fold(const char *text);
/** pouce_words_alike - 1 the same, 0.7 the same beginning, 0 different; both folded */
double pouce_words_alike(const char *a, const char *b);

G_END_DECLS
