// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/in_flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void send_frame(PouceInFlight *flight, gint64 now_us, gsize bytes)
{
    pouce_in_flight_begin(flight, now_us, bytes);
    pouce_in_flight_part(flight, now_us, bytes);
}

static void counts_what_is_not_reported(void **state)
{
    PouceInFlight flight;
    pouce_in_flight_init(&flight);
    send_frame(&flight, 1000, 500);
    assert_int_equal(pouce_in_flight_bytes(&flight, 2000), 500);
    pouce_in_flight_heard(&flight, 11000, 1000);
    send_frame(&flight, 20000, 700);
    send_frame(&flight, 30000, 900);
    assert_int_equal(pouce_in_flight_bytes(&flight, 30000), 1600);
    pouce_in_flight_heard(&flight, 31000, 20000);
    assert_int_equal(pouce_in_flight_bytes(&flight, 31000), 900);
    assert_int_equal(pouce_in_flight_bytes(&flight, 1030001), 0); // a second old
    pouce_in_flight_clear(&flight);
}

static void a_far_side_without_reports_has_no_window(void **state)
{
    PouceInFlight flight;
    pouce_in_flight_init(&flight);
    for (gint64 now_us = 1000; now_us < 2000000; now_us += 100000) {
        send_frame(&flight, now_us, 500);
    }
    assert_int_equal(pouce_in_flight_bytes(&flight, 1999000), 10 * 500);
    assert_int_equal(pouce_in_flight_bytes(&flight, 2001000), 0);
    pouce_in_flight_clear(&flight);
}

static void a_frame_is_heard_part_by_part(void **state)
{
    PouceInFlight flight;
    pouce_in_flight_init(&flight);
    pouce_in_flight_begin(&flight, 1000, 60000);
    pouce_in_flight_part(&flight, 1000, 20000);
    assert_int_equal(pouce_in_flight_bytes(&flight, 2000), 60000); // the rest waits its turn
    pouce_in_flight_part(&flight, 3000, 42000);                    // packets have headers
    assert_int_equal(pouce_in_flight_bytes(&flight, 3000), 62000);
    pouce_in_flight_heard(&flight, 5000, 1000);
    assert_int_equal(pouce_in_flight_bytes(&flight, 5000), 42000);
    assert_true(pouce_in_flight_follow_up_us(&flight) > 5000);
    pouce_in_flight_heard(&flight, 6000, 3010);
    assert_int_equal(pouce_in_flight_bytes(&flight, 6000), 0);
    assert_int_equal(pouce_in_flight_follow_up_us(&flight), -1);
    pouce_in_flight_clear(&flight);
}

static void follow_ups_get_rarer(void **state)
{
    PouceInFlight flight;
    pouce_in_flight_init(&flight);
    send_frame(&flight, 0, 100);
    assert_int_equal(pouce_in_flight_follow_up_us(&flight), -1); // the far side never reported
    pouce_in_flight_heard(&flight, 10000, 0);
    gint64 now_us = 100000, waited_us = 0;
    for (int i = 0; i < 50; i++) {
        send_frame(&flight, now_us, 100);
        gint64 due_us = pouce_in_flight_follow_up_us(&flight);
        assert_true(due_us - now_us >= 40000 && due_us - now_us <= G_USEC_PER_SEC);
        assert_true(due_us - now_us >= waited_us);
        waited_us = due_us - now_us;
        now_us = due_us;
    }
    assert_int_equal(waited_us, G_USEC_PER_SEC);
    pouce_in_flight_clear(&flight);
}

static void impossible_reports_are_ignored(void **state)
{
    PouceInFlight flight;
    pouce_in_flight_init(&flight);
    send_frame(&flight, 1000, 100);
    pouce_in_flight_heard(&flight, 2000, 3000);
    pouce_in_flight_heard(&flight, 2000, -1);
    pouce_in_flight_heard(&flight, 2000, 900);
    assert_int_equal(pouce_in_flight_bytes(&flight, 2000), 100);
    for (int i = 0; i < 2000; i++) {
        send_frame(&flight, 2000, 1);
    }
    assert_true(pouce_in_flight_bytes(&flight, 2000) <= 1024);
    pouce_in_flight_clear(&flight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_not_reported),
        cmocka_unit_test(a_far_side_without_reports_has_no_window),
        cmocka_unit_test(a_frame_is_heard_part_by_part),
        cmocka_unit_test(follow_ups_get_rarer),
        cmocka_unit_test(impossible_reports_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
