// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/sctp_clock.h"

#include "tests/unit/signaling/peer/ends.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define BEGIN_US (100 * G_USEC_PER_SEC)

static void the_clock_is_right_with_few_waits(void **state)
{
    PouceSctpClock clock = {0};
    gint64 now_us = BEGIN_US, late_us = 700; // of each wake-up
    guint ticks = 0, waits = 0;
    while (now_us < BEGIN_US + 10 * G_USEC_PER_SEC) {
        gint64 until_us = pouce_sctp_clock_tick(&clock, now_us, POUCE_SCTP_STEP_US);
        ticks += until_us == 0;
        waits += until_us != 0;
        now_us = until_us ? until_us + late_us : now_us;
    }
    assert_in_range(ticks, 990, 1000);
    assert_in_range(waits, 90, 101);
}

static void single_ticks_when_in_a_hurry(void **state)
{
    PouceSctpClock clock = {0};
    assert_int_equal(
        pouce_sctp_clock_tick(&clock, BEGIN_US, POUCE_SCTP_STEP_US), BEGIN_US + POUCE_SCTP_STEP_US);
    gint64 until_us = pouce_sctp_clock_tick(&clock, BEGIN_US + 3000, POUCE_SCTP_TICK_US);
    assert_int_equal(until_us, BEGIN_US + POUCE_SCTP_TICK_US);
    assert_int_equal(pouce_sctp_clock_tick(&clock, until_us, POUCE_SCTP_TICK_US), 0);
}

static void a_long_stop_does_not_pass_for_silence(void **state)
{
    PouceSctpClock clock = {0};
    pouce_sctp_clock_tick(&clock, BEGIN_US, POUCE_SCTP_STEP_US);
    gint64 now_us = BEGIN_US + 60 * G_USEC_PER_SEC;
    gint64 ticks = 0;
    while (pouce_sctp_clock_tick(&clock, now_us, POUCE_SCTP_STEP_US) == 0) {
        ticks++;
    }
    assert_int_equal(ticks, POUCE_SCTP_BEHIND_MAX_US / POUCE_SCTP_TICK_US);
}

static void other_threads_wait_as_they_ask(void **state)
{
    const struct timespec tick = {0, POUCE_SCTP_TICK_US * 1000}, wrong = {0, -1};
    gint64 begin_us = g_get_monotonic_time();
    for (int i = 0; i < 10; i++) {
        assert_int_equal(nanosleep(&tick, NULL), 0);
    }
    assert_true(g_get_monotonic_time() - begin_us >= 10 * POUCE_SCTP_TICK_US);
    errno = 0;
    assert_int_equal(nanosleep(&wrong, NULL), -1);
    assert_int_equal(errno, EINVAL);
}

// How often the library's thread has woken up; -1 without one.
static long wakes_of_library(void)
{
    long wakes = -1;
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *id;
    while ((id = g_dir_read_name(tasks))) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/status", id);
        g_autofree char *status = NULL;
        if (!g_file_get_contents(path, &status, NULL, NULL) ||
            !g_str_has_prefix(status, "Name:\tSCTP timer\n")) {
            continue;
        }
        const char *line = strstr(status, "\nvoluntary_ctxt_switches:");
        sscanf(line, "\nvoluntary_ctxt_switches:%ld", &wakes);
    }
    return wakes;
}

static gboolean never(Ends *ends)
{
    return FALSE;
}

// The library in GStreamer's plugin calls this program's nanosleep: 195 wakes without.
static void the_library_wakes_seldom(void **state)
{
    Ends *ends = ends_connect("webrtcbin");
    assert_true(ends_wait(ends, ends_are_connected, 20000));
    long before = wakes_of_library();
    assert_true(before >= 0);
    ends_wait(ends, never, 2000);
    long wakes = wakes_of_library() - before;
    printf("SCTP's clock woke up %ld times in 2 s\n", wakes);
    assert_in_range(wakes, 1, 80);
    ends_free(ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_is_right_with_few_waits),
        cmocka_unit_test(single_ticks_when_in_a_hurry),
        cmocka_unit_test(a_long_stop_does_not_pass_for_silence),
        cmocka_unit_test(other_threads_wait_as_they_ask),
        cmocka_unit_test(the_library_wakes_seldom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
