// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the seeker reads, in both languages.

#include "agent/ui/format.h"
#include "codec/voice/voice.h"
#include "tests/unit/look/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void amounts(void **state)
{
    reading_speak("en");
    reading_assert(pouce_format_money(1250, "EUR"), "€12.50");
    reading_assert(pouce_format_money(7, "GBP"), "£0.07");
    reading_assert(pouce_format_money(500, "JPY"), "¥500");
    reading_assert(pouce_format_money(1250, "CHF"), "CHF~12.50");
    reading_assert(pouce_format_money(-5, "EUR"), "€-0.05");
    reading_assert(pouce_format_rate(60, "EUR"), "€0.60 a minute");
    reading_assert(pouce_format_rate(0, "EUR"), "free of charge");
    reading_speak("fr");
    reading_assert(pouce_format_money(1250, "EUR"), "12,50~€");
    reading_assert(pouce_format_money(1250, "CHF"), "12,50~CHF");
    reading_assert(pouce_format_rate(60, "EUR"), "0,60~€ la minute");
    reading_assert(pouce_format_rate(0, "EUR"), "gratuit");
}

static void how_long_money_lasts(void **state)
{
    reading_speak("en");
    reading_assert(pouce_format_lasts(1000, 60, "EUR"), "€10.00 lasts 16 minutes.");
    reading_assert(pouce_format_lasts(60, 60, "EUR"), "€0.60 lasts 1 minute.");
    reading_assert(pouce_format_lasts(59, 60, "EUR"), "€0.59 is not enough for a minute.");
    reading_assert(pouce_format_lasts(0, 0, "EUR"), "You pay nothing, for as long as it takes.");
    reading_speak("fr");
    reading_assert(pouce_format_lasts(1000, 60, "EUR"), "10,00~€ suffisent pour 16 minutes.");
}

static void times(void **state)
{
    reading_speak("en");
    reading_assert(pouce_format_clock(0), "0:00");
    reading_assert(pouce_format_clock(-5), "0:00");
    reading_assert(pouce_format_clock(725999), "12:05");
    reading_assert(pouce_format_clock(3725000), "1:02:05");
    reading_assert(pouce_format_duration(1000), "1 second");
    reading_assert(pouce_format_duration(60000), "1 minute");
    reading_assert(pouce_format_duration(725000), "12 minutes 5 seconds");
    reading_speak("fr");
    reading_assert(pouce_format_duration(0), "0 seconde");
    reading_assert(pouce_format_duration(725000), "12 minutes et 5 secondes");
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
        reading_speak("en");
        reading_assert(pouce_format_reason(&reason), rows[i].english);
        reading_speak("fr");
        reading_assert(pouce_format_reason(&reason), rows[i].french);
    }
    PouceReason unknown = {"of a later version", "1"};
    assert_null(pouce_format_reason(&unknown));
}

static void opinions(void **state)
{
    PouceHelper helper = {.stars_hundredths = 476, .ratings = 12};
    reading_speak("en");
    reading_assert(pouce_format_rating(&helper), "4.8 of 5 (12 opinions)");
    reading_assert(pouce_format_stars(&helper), "★★★★★");
    helper.stars_hundredths = 449;
    reading_assert(pouce_format_stars(&helper), "★★★★☆");
    reading_speak("fr");
    reading_assert(pouce_format_rating(&helper), "4,5 sur 5 (12 avis)");
    helper.ratings = 0;
    reading_assert(pouce_format_stars(&helper), "");
    reading_assert(pouce_format_rating(&helper), "pas encore d’avis");
}

static void initials(void **state)
{
    reading_assert(pouce_format_initials("Ada Lovelace"), "AL");
    reading_assert(pouce_format_initials("élodie"), "É");
    reading_assert(pouce_format_initials("Jean-Baptiste Joseph Fourier"), "JF");
    reading_assert(pouce_format_initials("李 小龙"), "李小");
    reading_assert(pouce_format_initials("  "), "");
    reading_assert(pouce_format_initials(NULL), "");
}

static void every_trouble_is_said_in_both_languages(void **state)
{
    reading_assert_protocol_known(pouce_format_trouble);
    const char *raised = "(?:agent_trouble|on_failed)\\([^\"]*\"([a-z_]*)\"";
    assert_in_range(reading_assert_all_known(pouce_format_trouble, "agent/core", raised), 12, 99);
    const char *failures = "FAILURE_[A-Z_]+\\] = \\{\"([a-z_]+)\"";
    assert_in_range(
        reading_assert_all_known(pouce_format_trouble, "signaling/peer", failures), 5, 99);
    for (const char *const *code = pouce_voice_trouble_codes(); *code; code++)
        reading_assert_known(pouce_format_trouble, *code);
}

static void troubles(void **state)
{
    reading_speak("en");
    reading_assert(pouce_format_trouble("login_taken"),
        "Somebody else has this login already. Choose another one.");
    reading_speak("fr");
    reading_assert(pouce_format_trouble("login_taken"),
        "Quelqu’un d’autre a déjà cet identifiant. Choisissez-en un autre.");
    reading_assert(pouce_format_key("Ctrl+Alt+End"), "Ctrl+Alt+Fin");
    reading_assert(pouce_format_key("Pause"), "Pause");
    reading_assert(pouce_format_trust(POUCE_AGENT_TRUST_CHANGED, "Émilie"),
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
    reading_speak("fr");
    reading_assert(pouce_format_receipt(&receipt),
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
