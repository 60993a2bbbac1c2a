// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "viewer/core/input_map.h"

#define SHIFT_L 0xffe1
#define CONTROL_L 0xffe3
#define ALT_L 0xffe9
#define ALT_GR 0xfe03
#define LEFT 0xff51
#define EVDEV_A 30
#define EVDEV_C 46
#define EVDEV_LEFT 105

static PouceInputMap map;
static PouceInput out[POUCE_INPUT_MAP_OUT_MAX];

static guint key(gboolean down, guint32 keysym, guint16 evdev, guint32 unicode)
{
    PouceKeyEvent event = {.down = down, .keysym = keysym, .evdev = evdev, .unicode = unicode};
    return pouce_input_map_key(&map, &event, out);
}

static guint shortcut(gboolean down, guint32 keysym, guint16 evdev, guint32 unicode)
{
    PouceKeyEvent event = {
        .down = down, .keysym = keysym, .evdev = evdev, .unicode = unicode, .ctrl = TRUE};
    return pouce_input_map_key(&map, &event, out);
}

static int setup(void **state)
{
    pouce_input_map_init(&map);
    return 0;
}

static void test_text_goes_by_character(void **state)
{
    assert_int_equal(key(TRUE, 0x41, EVDEV_A, 'A'), 1);
    assert_int_equal(out[0].kind, POUCE_INPUT_CHARACTER);
    assert_int_equal(out[0].scalar, 'A');
    assert_int_equal(key(FALSE, 0x41, EVDEV_A, 'A'), 0);
    assert_int_equal(key(TRUE, 0x10020ac, 18, 0x20ac), 1);
    assert_int_equal(out[0].scalar, 0x20ac);
}

static void test_shift_of_a_capital_stays_here(void **state)
{
    assert_int_equal(key(TRUE, SHIFT_L, 42, 0), 0);
    assert_int_equal(key(TRUE, 0x41, EVDEV_A, 'A'), 1);
    assert_int_equal(key(FALSE, SHIFT_L, 42, 0), 0);
}

static void test_shift_with_an_arrow_arrives(void **state)
{
    key(TRUE, SHIFT_L, 42, 0);
    assert_int_equal(key(TRUE, LEFT, EVDEV_LEFT, 0), 2);
    assert_int_equal(out[0].keysym, SHIFT_L);
    assert_true(out[0].down);
    assert_int_equal(out[1].keysym, LEFT);
    // Text beside a held Shift: it is let go first, or the seeker's keyboard would shift twice.
    assert_int_equal(key(TRUE, 0x41, EVDEV_A, 'A'), 2);
    assert_int_equal(out[0].keysym, SHIFT_L);
    assert_false(out[0].down);
    assert_int_equal(out[1].kind, POUCE_INPUT_CHARACTER);
    assert_int_equal(key(FALSE, LEFT, EVDEV_LEFT, 0), 1);
    assert_false(out[0].down);
    assert_int_equal(key(FALSE, SHIFT_L, 42, 0), 0);
}

static void test_shortcuts_go_by_meaning(void **state)
{
    assert_int_equal(key(TRUE, CONTROL_L, 29, 0), 0);
    assert_int_equal(shortcut(TRUE, 'c', EVDEV_C, 'c'), 2);
    assert_int_equal(out[0].keysym, CONTROL_L);
    assert_int_equal(out[1].kind, POUCE_INPUT_KEYSYM);
    assert_int_equal(out[1].keysym, 'c');
    // A release undoes the press, whatever the key means by then.
    assert_int_equal(key(FALSE, 'C', EVDEV_C, 'C'), 1);
    assert_int_equal(out[0].keysym, 'c');
    assert_int_equal(key(FALSE, CONTROL_L, 29, 0), 1);
    assert_int_equal(out[0].keysym, CONTROL_L);
    assert_false(out[0].down);
}

static void test_a_far_shortcut_goes_by_place(void **state)
{
    key(TRUE, CONTROL_L, 29, 0);
    assert_int_equal(shortcut(TRUE, 0x6d3, EVDEV_C, 0x441), 2); // Cyrillic es, on the C key
    assert_int_equal(out[1].kind, POUCE_INPUT_KEY);
    assert_int_equal(out[1].code, EVDEV_C);
}

static void test_taps_and_levels(void **state)
{
    assert_int_equal(key(TRUE, ALT_L, 56, 0), 0);
    assert_int_equal(key(FALSE, ALT_L, 56, 0), 2);
    assert_true(out[0].down);
    assert_false(out[1].down);
    assert_int_equal(key(TRUE, ALT_GR, 100, 0), 0);
    assert_int_equal(key(FALSE, ALT_GR, 100, 0), 0);
    assert_int_equal(key(TRUE, CONTROL_L, 29, 0), 0);
    assert_int_equal(key(FALSE, CONTROL_L, 29, 0), 0);
}

static void test_repeats_and_limits(void **state)
{
    assert_int_equal(key(TRUE, LEFT, EVDEV_LEFT, 0), 1);
    assert_int_equal(key(TRUE, LEFT, EVDEV_LEFT, 0), 0);
    pouce_input_map_init(&map);
    for (guint16 n = 0; n < POUCE_INPUT_MAP_HELD_MAX; n++)
        assert_int_equal(key(TRUE, 0xffbe, (guint16)(200 + n), 0), 1);
    assert_int_equal(key(TRUE, 0xffbe, 500, 0), 0);
}

static void test_buttons_and_release_all(void **state)
{
    assert_int_equal(pouce_input_map_release_all(&map, out), 0);
    assert_int_equal(pouce_input_map_button(&map, 1, TRUE, 7, 8, out), 1);
    assert_int_equal(out[0].x, 7);
    assert_int_equal(pouce_input_map_button(&map, 1, TRUE, 7, 8, out), 0);
    assert_int_equal(pouce_input_map_button(&map, 4, TRUE, 7, 8, out), 0);
    assert_int_equal(pouce_input_map_release_all(&map, out), 1);
    assert_int_equal(out[0].kind, POUCE_INPUT_RELEASE_ALL);
    assert_int_equal(pouce_input_map_button(&map, 1, FALSE, 7, 8, out), 0);
    assert_int_equal(pouce_input_map_wheel(&map, 0, 0, 1, 1, out), 0);
    assert_int_equal(pouce_input_map_wheel(&map, 0, 100000, 1, 1, out), 1);
    assert_int_equal(out[0].dy, G_MAXINT16);
}

static void test_by_place(void **state)
{
    map.by_place = TRUE;
    assert_int_equal(key(TRUE, 0x41, EVDEV_A, 'A'), 1);
    assert_int_equal(out[0].kind, POUCE_INPUT_KEY);
    assert_int_equal(out[0].code, EVDEV_A);
    assert_int_equal(key(TRUE, SHIFT_L, 42, 0), 1);
    assert_int_equal(out[0].code, 42);
    assert_int_equal(key(FALSE, 0x41, EVDEV_A, 'A'), 1);
    assert_false(out[0].down);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_text_goes_by_character, setup),
        cmocka_unit_test_setup(test_shift_of_a_capital_stays_here, setup),
        cmocka_unit_test_setup(test_shift_with_an_arrow_arrives, setup),
        cmocka_unit_test_setup(test_shortcuts_go_by_meaning, setup),
        cmocka_unit_test_setup(test_a_far_shortcut_goes_by_place, setup),
        cmocka_unit_test_setup(test_taps_and_levels, setup),
        cmocka_unit_test_setup(test_repeats_and_limits, setup),
        cmocka_unit_test_setup(test_buttons_and_release_all, setup),
        cmocka_unit_test_setup(test_by_place, setup),
    };
    return cmocka_run_group_tests_name("viewer/core/input_map", tests, NULL, NULL);
}
