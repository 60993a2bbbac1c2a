// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Speech over networks that hold packets: how much waits, how often something is missing, and that
// what comes out has no clicks. Virtual time.

#include "codec/voice/playout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PACKET 480
#define DRAW 240
#define PACKETS_MAX 8000

typedef struct {
    double late_us[PACKETS_MAX]; // of each packet
    double ppm;                  // how much faster the far end's clock is
    gsize from, to;              // packets that are never sent: the microphone is off
} Line;

typedef struct {
    double waiting_ms[PACKETS_MAX]; // mean of each packet's time
    guint gaps, late_gaps;          // all; after the first 5 s
    double step, step_in;           // largest difference of two neighbouring samples, out and in
    double loudness, loudness_in;
} Outcome;

// Like a voice: harmonics of a gliding 120-180 Hz, four syllables a second.
static gint16 say(gsize at, double *phase)
{
    double t = (double)at / POUCE_PLAYOUT_RATE_HZ, sound = 0;
    *phase += 2 * G_PI * (150 + 30 * sin(2 * G_PI * 0.7 * t)) / POUCE_PLAYOUT_RATE_HZ;
    for (int harmonic = 1; harmonic <= 12; harmonic++) {
        sound += sin(*phase * harmonic) / harmonic;
    }
    return (gint16)(6000 * sound * pow(sin(G_PI * 4 * t), 2));
}

static void draw(PoucePlayout *playout, Outcome *outcome, gint16 *last)
{
    gint16 out[DRAW];
    pouce_playout_draw(playout, out, DRAW);
    for (gsize i = 0; i < DRAW; i++) {
        outcome->step = MAX(outcome->step, fabs((double)out[i] - *last));
        outcome->loudness += (double)out[i] * out[i];
        *last = out[i];
    }
}

static Outcome run(const Line *line, gsize packets)
{
    g_autoptr(PoucePlayout) playout = pouce_playout_new();
    Outcome outcome = {0};
    double phase = 0, arrived_us = 0, drawn_us = 0;
    gint16 last = 0, last_in = 0;
    guint early_gaps = 0;
    for (gsize i = 0; i < packets; i++) {
        double sent_us = (double)i * 10000 * (1 - line->ppm / 1e6);
        arrived_us = MAX(arrived_us, sent_us + line->late_us[i]); // in order
        for (; drawn_us < arrived_us; drawn_us += 5000) {
            draw(playout, &outcome, &last);
        }
        gint16 packet[PACKET];
        for (gsize at = 0; at < PACKET; at++) {
            packet[at] = say(i * PACKET + at, &phase);
            outcome.step_in = MAX(outcome.step_in, fabs((double)packet[at] - last_in));
            outcome.loudness_in += (double)packet[at] * packet[at];
            last_in = packet[at];
        }
        if (i < line->from || i >= line->to) {
            pouce_playout_put(playout, packet, PACKET);
        }
        outcome.waiting_ms[i] =
            (double)pouce_playout_waiting(playout) * 1000 / POUCE_PLAYOUT_RATE_HZ;
        early_gaps = i < 500 ? pouce_playout_gaps(playout) : early_gaps;
    }
    outcome.gaps = pouce_playout_gaps(playout);
    outcome.late_gaps = outcome.gaps - early_gaps;
    return outcome;
}

static double mean(const Outcome *outcome, gsize from, gsize to)
{
    double sum = 0;
    for (gsize i = from; i < to; i++) {
        sum += outcome->waiting_ms[i];
    }
    return sum / (double)(to - from);
}

static void a_quiet_line_costs_a_packet(void **state)
{
    Line *line = test_calloc(1, sizeof *line);
    Outcome outcome = run(line, 1000);
    assert_int_equal(outcome.gaps, 0);
    assert_true(mean(&outcome, 0, 1000) <= 20);
    assert_true(outcome.step <= outcome.step_in + 1);
    test_free(line);
}

static void what_was_held_is_caught_up(void **state)
{
    Line *line = test_calloc(1, sizeof *line);
    for (gsize i = 0; i < 30; i++) {
        line->late_us[500 + i] = 300000 - (double)i * 10000; // all at once
    }
    Outcome outcome = run(line, 1500);
    printf("after 300 ms held: %.0f ms wait, 3 s later %.0f, 6 s later %.0f\n",
        outcome.waiting_ms[535], outcome.waiting_ms[830], outcome.waiting_ms[1130]);
    assert_int_equal(outcome.gaps, 1);
    assert_true(outcome.waiting_ms[535] > 250);
    assert_true(outcome.waiting_ms[730] <= 30); // held once: not held against it
    assert_true(mean(&outcome, 1100, 1500) <= 25);
    assert_true(outcome.step <= outcome.step_in * 1.5);
    assert_true(outcome.loudness > outcome.loudness_in * 0.85);
    test_free(line);
}

static void jitter_is_waited_for(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    Line *line = test_calloc(1, sizeof *line);
    for (gsize i = 0; i < 3000; i++) { // mostly a little, one in twenty up to 60 ms
        gboolean rare = g_rand_int_range(rand, 0, 20) == 0;
        line->late_us[i] = g_rand_double_range(rand, 0, rare ? 60000 : 8000);
    }
    Outcome outcome = run(line, 3000);
    printf("jitter of 60 ms: %.0f ms wait, %u gaps in the last 25 s\n", mean(&outcome, 500, 3000),
        outcome.late_gaps);
    assert_true(mean(&outcome, 500, 3000) <= 75);
    assert_true(outcome.late_gaps <= 12);
    test_free(line);
}

static void two_clocks_stay_together(void **state)
{
    static const double ppms[] = {300, -300};
    for (gsize i = 0; i < G_N_ELEMENTS(ppms); i++) {
        Line *line = test_calloc(1, sizeof *line);
        line->ppm = ppms[i];
        Outcome outcome = run(line, 6000); // 18 ms apart at the end
        printf("clocks %.0f ppm apart: %.0f ms wait after a minute, %u gaps\n", line->ppm,
            mean(&outcome, 5500, 6000), outcome.gaps);
        assert_true(mean(&outcome, 5500, 6000) <= 25);
        assert_true(outcome.gaps <= 6);
        test_free(line);
    }
}

static void a_pause_leaves_nothing_behind(void **state)
{
    Line *line = test_calloc(1, sizeof *line);
    line->from = 300;
    line->to = 600;
    Outcome outcome = run(line, 1000);
    assert_int_equal(outcome.gaps, 1); // the pause itself
    assert_true(outcome.waiting_ms[599] == 0);
    assert_true(mean(&outcome, 610, 1000) <= 20);
    test_free(line);
}

static void any_amount_may_come(void **state)
{
    g_autoptr(PoucePlayout) playout = pouce_playout_new();
    static gint16 heap[POUCE_PLAYOUT_RATE_HZ];
    gint16 out[1000];
    for (gsize i = 0; i < G_N_ELEMENTS(heap); i++) {
        heap[i] = (gint16)i;
    }
    pouce_playout_put(playout, heap, G_N_ELEMENTS(heap));
    assert_int_equal(pouce_playout_waiting(playout), POUCE_PLAYOUT_RATE_HZ / 2);
    pouce_playout_draw(playout, out, 10);
    assert_int_equal(out[0], heap[POUCE_PLAYOUT_RATE_HZ / 2]); // the newest is kept
    for (gsize i = 0; i < 2000; i++) {
        pouce_playout_put(playout, heap, i % 700);
        pouce_playout_draw(playout, out, (i * 7) % 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_line_costs_a_packet),
        cmocka_unit_test(what_was_held_is_caught_up),
        cmocka_unit_test(jitter_is_waited_for),
        cmocka_unit_test(two_clocks_stay_together),
        cmocka_unit_test(a_pause_leaves_nothing_behind),
        cmocka_unit_test(any_amount_may_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
