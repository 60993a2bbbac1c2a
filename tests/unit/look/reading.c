// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/look/reading.h"

#include "look/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

void reading_speak(const char *language)
{
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_setenv("LANGUAGE", language, TRUE);
    pouce_catalog_use(); // naming the domain again makes gettext look again
}

static char *spaced(const char *text)
{
    g_auto(GStrv) wide = g_strsplit(text, "~", -1);
    g_autofree char *half = g_strjoinv("\u00a0", wide);
    g_auto(GStrv) narrow = g_strsplit(half, "^", -1);
    return g_strjoinv("\u202f", narrow);
}

void reading_assert(char *taken, const char *expected)
{
    g_autofree char *text = taken;
    g_autofree char *wanted = spaced(expected);
    assert_string_equal(text, wanted);
}

void reading_assert_known(char *(*say)(const char *code), const char *code)
{
    reading_speak("en");
    g_autofree char *unknown = say("never heard of");
    g_autofree char *english = say(code);
    reading_speak("fr");
    g_autofree char *french = say(code);
    if (g_str_equal(english, unknown))
        fail_msg("there is no sentence for \"%s\"", code);
    if (g_str_equal(english, french))
        fail_msg("po/fr.po has no sentence for \"%s\"", code);
}

static guint all_known_in(char *(*say)(const char *code), const char *text, const char *pattern)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint count = 0;
    g_regex_match(regex, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL), count++) {
        g_autofree char *code = g_match_info_fetch(match, 1);
        reading_assert_known(say, code);
    }
    return count;
}

static void read_source(char **out_text, const char *path)
{
    g_autofree char *full = g_build_filename(g_getenv("POUCE_SOURCE_DIR"), path, NULL);
    assert_true(g_file_get_contents(full, out_text, NULL, NULL));
}

guint reading_assert_all_known(
    char *(*say)(const char *code), const char *path, const char *pattern)
{
    g_autofree char *full = g_build_filename(g_getenv("POUCE_SOURCE_DIR"), path, NULL);
    g_autoptr(GDir) dir = g_dir_open(full, 0, NULL);
    guint count = 0;
    if (!dir) {
        g_autofree char *text = NULL;
        read_source(&text, path);
        return all_known_in(say, text, pattern);
    }
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_str_has_suffix(name, ".c"))
            count += reading_assert_all_known(say, file, pattern);
    }
    return count;
}

void reading_assert_protocol_known(char *(*say)(const char *code))
{
    g_autofree char *text = NULL;
    read_source(&text, "signaling/wire/PROTOCOL.md");
    const char *start = strstr(text, "Codes of problems:");
    assert_non_null(start);
    const char *end = strstr(start, "\n\n");
    assert_non_null(end);
    g_autofree char *list = g_strndup(start, (gsize)(end - start));
    assert_in_range(all_known_in(say, list, "`([a-z_]+)` [45]"), 16, 99);
}
