// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the picture stands, and positions on it there and back.

#include "viewer/ui/geometry.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

static PoucePlacement place(
    PouceFitting fitting, int picture_width, int picture_height, int room_width, int room_height)
{
    PoucePlacement out;
    pouce_place(fitting, POUCE_SMOOTH_AUTO, picture_width, picture_height, room_width, room_height,
        0, 0, &out);
    return out;
}

static void test_fit(void **state)
{
    PoucePlacement at = place(POUCE_FIT, 1920, 1080, 960, 700);
    assert_int_equal(at.width_px, 960);
    assert_int_equal(at.height_px, 540);
    assert_int_equal(at.y_px, 80);
    assert_false(at.sharp);
    at = place(POUCE_FIT, 100, 100, 400, 300);
    assert_int_equal(at.width_px, 300);
    assert_int_equal(at.x_px, 50);
    assert_true(at.sharp);
    at = place(POUCE_FIT, 1000, 500, 1008, 600); // 0.8 % more: pixel for pixel
    assert_int_equal(at.width_px, 1000);
    assert_int_equal(at.x_px, 4);
    assert_true(at.sharp);
    at = place(POUCE_FIT, 1000, 500, 1020, 600);
    assert_int_equal(at.width_px, 1020);
}

static void test_nothing(void **state)
{
    guint16 x, y;
    PoucePlacement at = place(POUCE_FIT, 0, 0, 100, 100);
    assert_int_equal(at.seen.width, 0);
    assert_false(pouce_place_to_wire(&at, 5, 5, TRUE, &x, &y));
    at = place(POUCE_EXACT, 100, 100, 0, 100);
    assert_int_equal(at.width_px, 0);
    at = place(POUCE_FIT, 8000, 1, 10, 10);
    assert_int_equal(at.height_px, 1);
}

static void test_exact_scrolls(void **state)
{
    PoucePlacement at;
    guint16 x, y;
    pouce_place(POUCE_EXACT, POUCE_SMOOTH_AUTO, 1000, 100, 400, 300, 250, 50, &at);
    assert_int_equal(at.seen.x, 250);
    assert_int_equal(at.seen.width, 400);
    assert_int_equal(at.seen.y, 0); // it fits: nothing to scroll
    assert_int_equal(at.y_px, 100);
    assert_true(pouce_place_to_wire(&at, 250, 150, FALSE, &x, &y));
    assert_int_equal(x, 32768);
    assert_int_equal(y, 32768);
    pouce_place(POUCE_EXACT, POUCE_SMOOTH_AUTO, 1000, 100, 400, 300, 5000, -3, &at);
    assert_int_equal(at.seen.x, 600);
    assert_int_equal(at.seen.y, 0);
}

static void test_wire(void **state)
{
    PoucePlacement at = place(POUCE_FIT, 640, 480, 640, 600); // 60 above and below
    guint16 x, y;
    double back_x, back_y;
    assert_true(pouce_place_to_wire(&at, 0, 60, FALSE, &x, &y));
    assert_int_equal(x, 0);
    assert_int_equal(y, 0);
    assert_true(pouce_place_to_wire(&at, 640, 540, FALSE, &x, &y));
    assert_int_equal(x, 65535);
    assert_int_equal(y, 65535);
    assert_false(pouce_place_to_wire(&at, 10, 20, FALSE, &x, &y));
    assert_true(pouce_place_to_wire(&at, -10, 20, TRUE, &x, &y));
    assert_int_equal(x, 0);
    assert_int_equal(y, 0);
    for (int px = 0; px <= 640; px++) {
        assert_true(pouce_place_to_wire(&at, px, 60, FALSE, &x, &y));
        pouce_place_from_wire(&at, x, y, &back_x, &back_y);
        assert_true(back_x - px < 0.01 && px - back_x < 0.01);
    }
}

static void test_rects(void **state)
{
    PouceRect both, list[3];
    guint count = 0;
    assert_true(pouce_rect_intersect((PouceRect){0, 0, 10, 10}, (PouceRect){5, 8, 10, 10}, &both));
    assert_memory_equal(&both, (&(PouceRect){5, 8, 5, 2}), sizeof both);
    assert_false(pouce_rect_intersect((PouceRect){0, 0, 10, 10}, (PouceRect){10, 0, 1, 1}, &both));
    for (int n = 0; n < 3; n++)
        pouce_rect_list_add(list, &count, 3, (PouceRect){n * 10, n, 5, 5});
    assert_int_equal(count, 3);
    pouce_rect_list_add(list, &count, 3, (PouceRect){40, 1, 2, 9});
    assert_int_equal(count, 1);
    assert_memory_equal(&list[0], (&(PouceRect){0, 0, 42, 10}), sizeof *list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_exact_scrolls),
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_rects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
