// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What people read, compared in both languages. Failures are those of cmocka.

#include <glib.h>

/** reading_speak - "en" or "fr" from here on; needs the catalogs of the build */
void reading_speak(const char *language);
/** reading_assert - @taken: owned, freed; @expected: "~" is the no-break space, "^" the narrow one
 */
void reading_assert(char *taken, const char *expected);
/** reading_assert_known - @say has a sentence of its own for @code, in both languages */
void reading_assert_known(char *(*say)(const char *code), const char *code);
/**
 * reading_assert_all_known - the same for each code in the text of @path
 * @path:    a file of the sources, or a folder whose .c files are read
 * @pattern: its first group is a code
 * Returns:  how many there are
 */
guint reading_assert_all_known(
    char *(*say)(const char *code), const char *path, const char *pattern);
/** reading_assert_protocol_known - the same for each code of PROTOCOL.md's problems */
void reading_assert_protocol_known(char *(*say)(const char *code));
