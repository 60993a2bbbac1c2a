// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What people read, in both languages. In the French texts, "~" stands for the no-break space and
// "^" for the narrow one.

#include "agent/ui/format.h"
#include "codec/voice/voice.h"
#include "look/catalog.h"

#include <libintl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void speak(const char *language)
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

static void assert_reads(char *taken, const char *expected)
{
    g_autofree char *text = taken;
    g_autofree char *wanted = spaced(expected);
    assert_string_equal(text, wanted);
}

static void amounts(void **state)
{
    speak("en");
    assert_reads(pouce_format_money(1250, "EUR"), "€12.50");
    assert_reads(pouce_format_money(7, "GBP"), "£0.07");
    assert_reads(pouce_format_money(500, "JPY"), "¥500");
    assert_reads(pouce_format_money(1250, "CHF"), "CHF~12.50");
    assert_reads(pouce_format_money(-5, "EUR"), "€-0.05");
    assert_reads(pouce_format_rate(60, "EUR"), "€0.60 a minute");
    assert_reads(pouce_format_rate(0, "EUR"), "free of charge");
    speak("fr");
    assert_reads(pouce_format_money(1250, "EUR"), "12,50~€");
    assert_reads(pouce_format_money(1250, "CHF"), "12,50~CHF");
    assert_reads(pouce_format_rate(60, "EUR"), "0,60~€ la minute");
    assert_reads(pouce_format_rate(0, "EUR"), "gratuit");
}

static void how_long_money_lasts(void **state)
{
    speak("en");
    assert_reads(pouce_format_lasts(1000, 60, "EUR"), "€10.00 lasts 16 minutes.");
    assert_reads(pouce_format_lasts(60, 60, "EUR"), "€0.60 lasts 1 minute.");
    assert_reads(pouce_format_lasts(59, 60, "EUR"), "€0.59 is not enough for a minute.");
    assert_reads(pouce_format_lasts(0, 0, "EUR"), "You pay nothing, for as long as it takes.");
    speak("fr");
    assert_reads(pouce_format_lasts(1000, 60, "EUR"), "10,00~€ suffisent pour 16 minutes.");
}

static void times(void **state)
{
    speak("en");
    assert_reads(pouce_format_clock(0), "0:00");
    assert_reads(pouce_format_clock(-5), "0:00");
    assert_reads(pouce_format_clock(725999), "12:05");
    assert_reads(pouce_format_clock(3725000), "1:02:05");
    assert_reads(pouce_format_duration(1000), "1 second");
    assert_reads(pouce_format_duration(60000), "1 minute");
    assert_reads(pouce_format_duration(725000), "12 minutes 5 seconds");
    speak("fr");
    assert_reads(pouce_format_duration(0), "0 seconde");
    assert_reads(pouce_format_duration(725000), "12 minutes et 5 secondes");
}

static void reasons(void **state)
{
    const struct {
        const char *code, *value, *english, *french;
    } rows[] = {
        {"skill", "printing", "knows about “printing”", "s’y connaît («^printing^»)"},
        {"language", "fr-CA", "speaks French", "parle français"},
        {"language", "xx", "speaks xx", "parle xx"},
        {"place", "Grenoble", "lives near you (Grenoble)", "habite près de chez vous (Grenoble)"},
        {"rating", "4.80", "well liked by others", "très bien notée par les autres"},
        {"known", "1", "has helped you 1 time", "vous a déjà aidé 1 fois"},
        {"known", "12", "has helped you 12 times", "vous a déjà aidé 12 fois"},
        {"known", "nonsense", "has helped you 1 time", "vous a déjà aidé 1 fois"},
        {"price", "0", "asks for no money", "ne demande pas d’argent"},
        {"price", "60", "modest price", "prix modique"},
        {"free", "now", "can start right now", "peut commencer tout de suite"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        PouceReason reason = {(char *)rows[i].code, (char *)rows[i].value};
        speak("en");
        assert_reads(pouce_format_reason(&reason), rows[i].english);
        speak("fr");
        assert_reads(pouce_format_reason(&reason), rows[i].french);
    }
    PouceReason unknown = {"of a later version", "1"};
    assert_null(pouce_format_reason(&unknown));
}

static void opinions(void **state)
{
    PouceHelper helper = {.stars_hundredths = 476, .ratings = 12};
    speak("en");
    assert_reads(pouce_format_rating(&helper), "4.8 of 5 (12 opinions)");
    assert_reads(pouce_format_stars(&helper), "★★★★★");
    helper.stars_hundredths = 449;
    assert_reads(pouce_format_stars(&helper), "★★★★☆");
    speak("fr");
    assert_reads(pouce_format_rating(&helper), "4,5 sur 5 (12 avis)");
    helper.ratings = 0;
    assert_reads(pouce_format_stars(&helper), "");
    assert_reads(pouce_format_rating(&helper), "pas encore d’avis");
}

static void initials(void **state)
{
    assert_reads(pouce_format_initials("Ada Lovelace"), "AL");
    assert_reads(pouce_format_initials("élodie"), "É");
    assert_reads(pouce_format_initials("Jean-Baptiste Joseph Fourier"), "JF");
    assert_reads(pouce_format_initials("李 小龙"), "李小");
    assert_reads(pouce_format_initials("  "), "");
    assert_reads(pouce_format_initials(NULL), "");
}

static void assert_known(const char *code)
{
    speak("en");
    g_autofree char *unknown = pouce_format_trouble("never heard of");
    g_autofree char *english = pouce_format_trouble(code);
    speak("fr");
    g_autofree char *french = pouce_format_trouble(code);
    if (g_str_equal(english, unknown))
        fail_msg("pouce_format_trouble has no sentence for \"%s\"", code);
    if (g_str_equal(english, french))
        fail_msg("po/fr.po has no sentence for \"%s\"", code);
}

// Each code that the text of @path names by @pattern, whose first group it is.
static guint assert_all_known(const char *path, const char *pattern)
{
    g_autofree char *full = g_build_filename(g_getenv("POUCE_SOURCE_DIR"), path, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint count = 0;
    assert_true(g_file_get_contents(full, &text, NULL, NULL));
    char *list = strstr(text, "Codes of problems:");
    if (list && strstr(list, "\n\n"))
        *strstr(list, "\n\n") = '\0';
    g_regex_match(regex, list ? list : text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *code = g_match_info_fetch(match, 1);
        assert_known(code);
        count++;
    }
    return count;
}

static void every_trouble_is_said_in_both_languages(void **state)
{
    assert_in_range(assert_all_known("signaling/wire/PROTOCOL.md", "`([a-z_]+)` [45]"), 16, 99);
    g_autofree char *folder = g_build_filename(g_getenv("POUCE_SOURCE_DIR"), "agent/core", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename("agent/core", name, NULL);
        if (g_str_has_suffix(name, ".c"))
            count += assert_all_known(path, "agent_trouble\\([^\"]*\"([a-z_]*)\"");
    }
    assert_in_range(count, 10, 99);
    for (const char *const *code = pouce_voice_trouble_codes(); *code; code++)
        assert_known(*code);
}

static void troubles(void **state)
{
    speak("en");
    assert_reads(pouce_format_trouble("login_taken"),
        "Somebody else has this login already. Choose another one.");
    speak("fr");
    assert_reads(pouce_format_trouble("login_taken"),
        "Quelqu’un d’autre a déjà cet identifiant. Choisissez-en un autre.");
    assert_reads(pouce_format_key("Ctrl+Alt+End"), "Ctrl+Alt+Fin");
    assert_reads(pouce_format_key("Pause"), "Pause");
    assert_reads(pouce_format_trust(POUCE_AGENT_TRUST_CHANGED, "Émilie"),
        "Attention^! L’ordinateur qui répond sous le nom «^Émilie^» n’est pas celui de la "
        "dernière fois. Si vous n’êtes pas sûr de la personne, dites non.");
}

static void a_receipt(void **state)
{
    PouceReceipt receipt = {.number = "P-1",
        .seeker = "Marie",
        .helper = "Émilie",
        .need = "imprimante",
        .signed_ms = 725000,
        .rate_minor_per_min = 60,
        .currency = "EUR",
        .amount_minor = 725,
        .issued_s = 0};
    g_setenv("TZ", "UTC", TRUE);
    speak("fr");
    assert_reads(pouce_format_receipt(&receipt),
        "Reçu P-1\n\nDate~: 01/01/1970 à 00:00\nPersonne aidée~: Marie\nAide donnée par~: Émilie\n"
        "Sujet~: imprimante\n\nTemps signé par les deux~: 12 minutes et 5 secondes\n"
        "Tarif~: 0,60~€ la minute\nMontant~: 7,25~€\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts),
        cmocka_unit_test(how_long_money_lasts),
        cmocka_unit_test(times),
        cmocka_unit_test(reasons),
        cmocka_unit_test(opinions),
        cmocka_unit_test(initials),
        cmocka_unit_test(troubles),
        cmocka_unit_test(every_trouble_is_said_in_both_languages),
        cmocka_unit_test(a_receipt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
