// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/market/directory.h"
#include "broker/market/words.h"

static const char *const french[] = {"fr", NULL};
static const char *const both[] = {"fr-CH", "en", NULL};
static const char *const none[] = {NULL};

static void put(PouceDirectory *directory, const char *id, const char *const *skills,
    const char *const *languages, const char *place, gint64 rate, gint64 ratings, gint64 stars)
{
    PouceHelperCard card = {.id = id,
        .name = id,
        .skills = skills,
        .languages = languages,
        .place = place,
        .about = "",
        .rate_minor_per_min = rate,
        .ratings = ratings,
        .stars = stars,
        .sessions = ratings};

    assert_true(pouce_directory_put(directory, &card));
}

static int setup(void **state)
{
    static const char *const office[] = {"Word et Excel", "Mise en page", NULL};
    static const char *const printers[] = {"Imprimantes", "R\xc3\xa9seau Wi-Fi", NULL};
    static const char *const photos[] = {"Photos", NULL};
    PouceDirectory *directory = pouce_directory_new();

    put(directory, "office", office, french, "Grenoble", 50, 10, 48);
    put(directory, "printers", printers, both, "Lyon 3e", 20, 0, 0);
    put(directory, "photos", photos, none, "", 0, 200, 980);
    pouce_directory_device_up(directory, "office", "d1", TRUE);
    pouce_directory_device_up(directory, "printers", "d2", TRUE);
    pouce_directory_device_up(directory, "photos", "d3", TRUE);
    *state = directory;
    return 0;
}

static int teardown(void **state)
{
    pouce_directory_free(*state);
    return 0;
}

static const char *first(PouceDirectory *directory, PouceMatchQuery query)
{
    PouceMatch matches[POUCE_MATCH_MAX];

    query.limit = query.limit ? query.limit : 10;
    return pouce_directory_match(directory, &query, matches) > 0 ? matches[0].card->id : "";
}

static const char *reason(
    PouceDirectory *directory, PouceMatchQuery query, const char *helper, const char *code)
{
    static PouceMatch match;

    assert_true(pouce_directory_explain(directory, &query, helper, &match));
    for (int i = 0; i < match.reason_count; i++) {
        if (strcmp(match.reasons[i].code, code) == 0) {
            return match.reasons[i].value;
        }
    }
    return "-";
}

static void test_words_fold(void **state)
{
    g_auto(GStrv) words = pouce_words_of("Comment R\xc3\x89"
                                         "GLER mon \xc5\x93uvre, l'imprimante ?");

    assert_string_equal(words[0], "regler");
    assert_string_equal(words[1], "oeuvre");
    assert_string_equal(words[2], "imprimante");
    assert_null(words[3]);
    assert_true(pouce_words_alike("imprimante", "imprimer") == 0.7);
    assert_true(pouce_words_alike("printer", "printing") == 0.7);
    assert_true(pouce_words_alike("photo", "photos") == 0.7);
    assert_true(pouce_words_alike("internet", "interface") == 0);
    assert_true(pouce_words_alike("mot", "mots") == 0);
    assert_true(pouce_words_alike("word", "word") == 1);
    g_auto(GStrv) bad = pouce_words_of("\xff\xfe");
    assert_null(bad[0]);
}

static void test_need_finds_the_skill(void **state)
{
    PouceDirectory *directory = *state;

    assert_string_equal(
        first(directory, (PouceMatchQuery){.need = "mon imprimante ne marche pas"}), "printers");
    assert_string_equal(first(directory, (PouceMatchQuery){.need = "RESEAU wifi"}), "printers");
    assert_string_equal(first(directory, (PouceMatchQuery){.need = "help with excel"}), "office");
    // Nothing said, nothing found: rating and price decide.
    assert_string_equal(first(directory, (PouceMatchQuery){.need = ""}), "photos");
    assert_string_equal(first(directory, (PouceMatchQuery){.need = "zzzz"}), "photos");
}

static void test_language_filters(void **state)
{
    PouceDirectory *directory = *state;
    PouceMatch matches[10];
    PouceMatchQuery query = {.need = "excel", .language = "en", .limit = 10};

    // The French speaker is out; who lists no language stays in.
    assert_int_equal(pouce_directory_match(directory, &query, matches), 2);
    assert_string_equal(reason(directory, query, "printers", "language"), "en");
    query.language = "fr-FR";
    assert_int_equal(pouce_directory_match(directory, &query, matches), 3);
    assert_string_equal(reason(directory, query, "printers", "language"), "fr-CH");
}

static void test_availability_comes_first(void **state)
{
    PouceDirectory *directory = *state;
    PouceMatch matches[10];
    PouceMatchQuery query = {.need = "excel", .limit = 10};

    pouce_directory_set_busy(directory, "office", "s1");
    assert_int_equal(pouce_directory_available(directory, "office"), POUCE_FREE_BUSY);
    assert_string_not_equal(first(directory, query), "office");
    query.free_only = TRUE;
    assert_int_equal(pouce_directory_match(directory, &query, matches), 2);
    pouce_directory_set_busy(directory, "office", NULL);
    assert_string_equal(first(directory, query), "office");
    assert_string_equal(reason(directory, query, "office", "free"), "now");
    pouce_directory_device_down(directory, "office", "d1");
    assert_int_equal(pouce_directory_available(directory, "office"), POUCE_FREE_AWAY);
    assert_string_not_equal(first(directory, query), "office");
}

static void test_reasons_are_what_counted(void **state)
{
    PouceDirectory *directory = *state;
    PouceMatchQuery query = {
        .seeker = "ana", .need = "imprimer", .place = "lyon", .language = "fr", .limit = 10};

    assert_string_equal(reason(directory, query, "printers", "skill"), "Imprimantes");
    assert_string_equal(reason(directory, query, "printers", "place"), "Lyon 3e");
    assert_string_equal(reason(directory, query, "printers", "price"), "20");
    assert_string_equal(reason(directory, query, "printers", "rating"), "-");
    assert_string_equal(reason(directory, query, "printers", "known"), "-");
    assert_string_equal(reason(directory, query, "office", "rating"), "4.80");
    assert_string_equal(reason(directory, query, "office", "place"), "-");
    pouce_directory_settled(directory, "ana", "printers");
    pouce_directory_settled(directory, "ana", "printers");
    pouce_directory_rated(directory, "printers", 5);
    assert_string_equal(reason(directory, query, "printers", "known"), "2");
    assert_string_equal(reason(directory, query, "printers", "rating"), "5.00");
}

static void test_many_good_ratings_beat_one(void **state)
{
    PouceDirectory *directory = *state;
    static const char *const skills[] = {"Tax", NULL};

    put(directory, "one", skills, none, "", 100, 1, 5);
    put(directory, "many", skills, none, "", 100, 100, 480);
    pouce_directory_device_up(directory, "one", "x", TRUE);
    pouce_directory_device_up(directory, "many", "y", TRUE);
    assert_string_equal(first(directory, (PouceMatchQuery){.need = "tax"}), "many");
}

static void test_nobody_helps_himself(void **state)
{
    PouceDirectory *directory = *state;

    assert_string_equal(
        first(directory, (PouceMatchQuery){.seeker = "photos", .need = "photos", .limit = 1}),
        "office");
}

static void test_top_k_is_the_head_of_all(void **state)
{
    PouceDirectory *directory = *state;
    GRand *random = g_rand_new_with_seed(42);
    static const char *const words[] = {"excel", "word", "photo", "mail", "tablet"};
    PouceMatch all[POUCE_MATCH_MAX];
    PouceMatch top[POUCE_MATCH_MAX];

    for (int i = 0; i < 40; i++) {
        g_autofree char *id = g_strdup_printf("h%02d", i);
        const char *skills[] = {words[g_rand_int_range(random, 0, 5)], NULL};
        gint64 ratings = g_rand_int_range(random, 0, 9);

        put(directory, id, skills, none, "", g_rand_int_range(random, 0, 300), ratings,
            ratings * 4);
        if (g_rand_boolean(random)) {
            pouce_directory_device_up(directory, id, "d", TRUE);
        }
    }
    PouceMatchQuery query = {.need = "excel photo", .limit = POUCE_MATCH_MAX};
    int count = pouce_directory_match(directory, &query, all);

    assert_int_equal(count, 43);
    for (int i = 1; i < count; i++) {
        assert_true(all[i - 1].points >= all[i].points);
    }
    for (query.limit = 1; query.limit <= 43; query.limit++) {
        assert_int_equal(pouce_directory_match(directory, &query, top), query.limit);
        for (int i = 0; i < query.limit; i++) {
            assert_string_equal(top[i].card->id, all[i].card->id);
        }
    }
    g_rand_free(random);
}

static void test_devices_are_bounded(void **state)
{
    PouceDirectory *directory = *state;
    int count = 0;

    assert_int_equal(pouce_directory_online(directory), 3);
    for (int i = 0; i < 20; i++) {
        g_autofree char *device = g_strdup_printf("x%d", i);

        pouce_directory_device_up(directory, "ana", device, i % 2 == 0);
    }
    const char *const *devices = pouce_directory_devices(directory, "ana");
    while (devices[count]) {
        count++;
    }
    assert_int_equal(count, POUCE_DEVICES_MAX / 2);
    assert_int_equal(pouce_directory_online(directory), 4);
    for (int i = 0; i < 20; i++) {
        g_autofree char *device = g_strdup_printf("x%d", i);

        pouce_directory_device_down(directory, "ana", device);
    }
    assert_int_equal(pouce_directory_online(directory), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_fold),
        cmocka_unit_test_setup_teardown(test_need_finds_the_skill, setup, teardown),
        cmocka_unit_test_setup_teardown(test_language_filters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_availability_comes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reasons_are_what_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_good_ratings_beat_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_helps_himself, setup, teardown),
        cmocka_unit_test_setup_teardown(test_top_k_is_the_head_of_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_devices_are_bounded, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
