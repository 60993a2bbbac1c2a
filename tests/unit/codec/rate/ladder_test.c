// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "codec/rate/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FULL_HD (1920 * 1080)

typedef struct {
    PouceLadder ladder;
    gint64 now_us;
} Climb;

/** @bps for @ms; how long it took until the picture changed its size, -1: it did not */
static gint64 stay(Climb *climb, int bps, int ms, int pixels)
{
    gboolean before = climb->ladder.halved;
    gint64 took_ms = -1;
    for (int i = 0; i < ms; i += 20) {
        climb->now_us += 20000;
        gboolean halved = pouce_ladder_update(&climb->ladder, climb->now_us, bps, pixels);
        took_ms = halved != before && took_ms < 0 ? i : took_ms;
    }
    return took_ms;
}

static void a_slow_line_halves_and_a_better_one_restores(void **state)
{
    Climb climb = {.now_us = 5};
    pouce_ladder_init(&climb.ladder);
    assert_int_equal(stay(&climb, 4000000, 10000, FULL_HD), -1);
    assert_in_range(stay(&climb, 105000, 8000, FULL_HD), 4900, 5100);
    assert_int_equal(stay(&climb, 200000, 20000, FULL_HD), -1); // not yet
    assert_in_range(stay(&climb, 300000, 10000, FULL_HD), 3900, 4100);
    assert_int_equal(stay(&climb, 200000, 20000, FULL_HD), -1); // nor back
}

static void a_moment_changes_nothing(void **state)
{
    Climb climb = {.now_us = 5};
    pouce_ladder_init(&climb.ladder);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(stay(&climb, 100000, 4800, FULL_HD), -1);
        assert_int_equal(stay(&climb, 1000000, 100, FULL_HD), -1);
    }
}

static void a_quarter_of_a_megabit_shows_whole_screens(void **state)
{
    const int pixels[] = {FULL_HD, 1366 * 768, 800 * 600};
    for (gsize i = 0; i < G_N_ELEMENTS(pixels); i++) {
        Climb climb = {.now_us = 5};
        pouce_ladder_init(&climb.ladder);
        assert_int_equal(stay(&climb, 230000, 60000, pixels[i]), -1);
    }
    Climb climb = {.now_us = 5};
    pouce_ladder_init(&climb.ladder);
    assert_int_equal(stay(&climb, 100000, 60000, 800 * 600), -1);
    assert_true(stay(&climb, 400000, 60000, 3840 * 2160) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_line_halves_and_a_better_one_restores),
        cmocka_unit_test(a_moment_changes_nothing),
        cmocka_unit_test(a_quarter_of_a_megabit_shows_whole_screens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
