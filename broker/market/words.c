// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "broker/market/words.h"

#include <string.h>

#define ALIKE_LETTERS_MIN 4
#define ALIKE_TENTHS_MIN 7
#define ALIKE_WEIGHT 0.7

// Folded; what people say around their problem.
static const char *const stop_words[] = {"a", "ai", "aide", "aider", "an", "and", "au", "aux",
    "avec", "ca", "can", "ce", "ces", "cet", "cette", "comment", "d", "dans", "de", "des", "do",
    "does", "du", "elle", "en", "est", "et", "fait", "for", "from", "has", "have", "help", "how",
    "i", "il", "in", "is", "it", "its", "j", "je", "l", "la", "le", "les", "ma", "mais", "marche",
    "me", "mes", "mon", "my", "n", "ne", "need", "no", "not", "of", "on", "or", "ou", "par", "pas",
    "plus", "pour", "probleme", "problem", "qu", "que", "qui", "s", "sa", "se", "ses", "son", "sur",
    "t", "the", "to", "un", "une", "veux", "with", "y"};

static gboolean is_stop_word(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(stop_words); i++) {
        if (strcmp(word, stop_words[i]) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

char *pouce_words_fold(const char *text)
{
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    GString *out = g_string_new(NULL);

    for (const char *at = apart ? apart : ""; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_unichar_tolower(g_utf8_get_char(at));

        if (g_unichar_ismark(c)) {
            continue;
        }
        if (c == 0x153) {
            g_string_append(out, "oe");
        } else if (c == 0xe6) {
            g_string_append(out, "ae");
        } else if (c == 0xdf) {
            g_string_append(out, "ss");
        } else {
            g_string_append_unichar(out, g_unichar_isalnum(c) ? c : ' ');
        }
    }
    return g_string_free(out, FALSE);
}

char **pouce_words_of(const char *text)
{
    g_autofree char *folded = pouce_words_fold(text);
    g_auto(GStrv) parts = g_strsplit(folded, " ", -1);
    GPtrArray *words = g_ptr_array_new();

    for (gsize i = 0; parts[i] && words->len < POUCE_WORDS_MAX; i++) {
        if (*parts[i] && !is_stop_word(parts[i]) &&
            !g_ptr_array_find_with_equal_func(words, parts[i], g_str_equal, NULL)) {
            g_ptr_array_add(words, g_strdup(parts[i]));
        }
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

double pouce_words_alike(const char *a, const char *b)
{
    gsize same = 0;

    while (a[same] && a[same] == b[same]) {
        same++;
    }
    if (!a[same] && !b[same]) {
        return 1;
    }
    // Bytes stand for letters: after folding, French and English words are ASCII.
    gsize shorter = MIN(strlen(a), strlen(b));

    return same >= ALIKE_LETTERS_MIN && same * 10 >= shorter * ALIKE_TENTHS_MIN ? ALIKE_WEIGHT : 0;
}
