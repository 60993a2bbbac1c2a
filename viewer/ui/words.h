// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the helper reads, in the language of the process; viewer/web/texts.ts says the same. Pure;
// every text is owned by the caller unless said otherwise.

#include "signaling/wire/session.h"

G_BEGIN_DECLS

/** pouce_fill - @text with @value in place of @mark: "{name} asks for help" */
char *pouce_fill(const char *text, const char *mark, const char *value);
/** pouce_words_end - why it ended; "" if there is nothing to say */
char *pouce_words_end(PouceEndReason reason, const char *name);
char *pouce_words_loan_over(PouceRevokeBy by, const char *name);
/** pouce_words_ring_over - @reason as the desk tells it */
char *pouce_words_ring_over(const char *reason, const char *name);
/** pouce_words_trouble - a sentence in the user's language, for any code */
char *pouce_words_trouble(const char *code, const char *name);
/** pouce_words_error - the same for an error of viewer/core */
char *pouce_words_error(const GError *error, const char *name);
/** pouce_words_price - "€0.60 a minute" or "free"; of a ringing session too */
char *pouce_words_price(const PouceSession *session);
/** pouce_words_languages - their names, with commas */
char *pouce_words_languages(char *const *tags);
/** pouce_words_key - a device's key in groups of four, to be compared by eye or aloud */
char *pouce_words_key(const char *key);
/** pouce_words_rate - "1.25 Mb/s"; pouce_words_bytes - "12.5 MB" */
char *pouce_words_rate(gint64 bps);
char *pouce_words_bytes(gint64 bytes);

G_END_DECLS
