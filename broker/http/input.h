// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading texts that people typed: bounds in characters, no control characters, nothing but space
// refused. Pure.
#pragma once

#include <glib.h>
#include <jansson.h>

/** One text of 0 or @min to @max characters on one line (@lines: newlines and tabs allowed). */
gboolean pouce_input_text(json_t *body, const char *key, gsize min, gsize max, gboolean lines,
    const char **out, GError **error);

/** PROTOCOL.md's login: 3 to 64 of a-z 0-9 . _ @ + - */
gboolean pouce_input_login(json_t *body, const char **out, GError **error);

/** 8 to 256 bytes, anything. */
gboolean pouce_input_password(json_t *body, const char **out, GError **error);

/** A language tag: letters, digits and hyphens, at most 16; "" allowed when @optional. */
gboolean pouce_input_tag_valid(const char *text, gboolean optional);

/** A list of at most @max distinct texts of 1 to @max_chars characters; owned by the caller. NULL
 * on error. */
char **pouce_input_list(json_t *body, const char *key, gsize max, gsize max_chars, GError **error);
