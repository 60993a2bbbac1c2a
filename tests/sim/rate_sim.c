// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bandwidth estimator against a simulated path: a sender of frames that obeys estimate and
// window, feedback each 50 ms, virtual time, seeds. Bars of the live link's design.

#include "tests/sim/sender.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SEEDS 20
#define PLENTY 1000000 // bytes a frame: more than any line carries

static const SimPath home = {
    .rate_bps = 8000000, .queue_max_bytes = 250000, .delay_us = 20000, .jitter_us = 3000};

/** Lines come with queues of a quarter of a second. */
static void change_rate(SimSender *sim, gint64 rate_bps)
{
    sim->link.path.rate_bps = rate_bps;
    sim->link.path.queue_max_bytes = MAX(rate_bps / 32, 20000);
}

typedef struct {
    gint64 from_bps, to_bps;
} Step;

static void begin_step(SimSender *sim, guint seed, const Step *step)
{
    SimPath path = home;
    sim_sender_init(sim, seed, path, 4000000);
    sim->feedback_us = seed % 2 ? 35000 : 70000; // as native viewers and Chromium report
    change_rate(sim, step->from_bps);
    sim_run(sim, 15, PLENTY);
    change_rate(sim, step->to_bps);
}

static void step_down_keeps_the_queue_short(void **state)
{
    static const Step steps[] = {
        {8000000, 2000000}, {4000000, 1000000}, {20000000, 3000000}, {50000000, 8000000}};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(steps); i++) {
        const Step *step = &steps[i / SEEDS];
        SimSender sim;
        begin_step(&sim, 1 + i % SEEDS, step);
        sim_measure(&sim, 1, PLENTY);
        double gap_ms = sim_longest_gap_ms(&sim);
        sim_measure(&sim, 10, PLENTY);
        double p95_ms = sim_queue_p95_ms(&sim), share = sim_used_share(&sim, 10);
        print_message("seed %u: %.0f -> %.0f Mb/s: queue p95 %.1f ms, %.0f %% used, gap %.0f ms\n",
            sim.seed, (double)step->from_bps / 1e6, (double)step->to_bps / 1e6, p95_ms, 100 * share,
            gap_ms);
        assert_true(p95_ms < 60);
        assert_true(share > 0.8);
        assert_true(gap_ms < 300);
        sim_sender_clear(&sim);
    }
}

static void step_up_is_used_within_five_seconds(void **state)
{
    static const Step steps[] = {
        {2000000, 8000000}, {1000000, 4000000}, {3000000, 20000000}, {8000000, 50000000}};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(steps); i++) {
        const Step *step = &steps[i / SEEDS];
        SimSender sim;
        begin_step(&sim, 1 + i % SEEDS, step);
        sim_measure(&sim, 5, PLENTY);
        double share = sim_used_share(&sim, 5);
        print_message(
            "seed %u: %.0f -> %.0f Mb/s: %.0f %% of the first 5 s used, queue p95 %.1f ms\n",
            sim.seed, (double)step->from_bps / 1e6, (double)step->to_bps / 1e6, 100 * share,
            sim_queue_p95_ms(&sim));
        assert_true(share >= 0.8);
        assert_true(sim_queue_p95_ms(&sim) < 60);
        sim_sender_clear(&sim);
    }
}

/** A screen that changes now and then, and less than the line would carry. */
static void irregular_changes_find_the_rate(void **state)
{
    static const Step steps[] = {{1000000, 8000000}, {2000000, 8000000}, {300000, 4000000}};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(steps); i++) {
        const Step *step = &steps[i / SEEDS];
        SimSender sim;
        begin_step(&sim, 1 + i % SEEDS, step);
        sim.change_every_us = 80000;
        sim_run(&sim, 3, PLENTY);
        int bps = pouce_estimator_bps(sim.estimator);
        print_message("seed %u: %.1f -> %.0f Mb/s, irregular: %.2f Mb/s after 3 s\n", sim.seed,
            (double)step->from_bps / 1e6, (double)step->to_bps / 1e6, bps / 1e6);
        assert_true(bps > 0.7 * (double)step->to_bps);
        sim_sender_clear(&sim);
    }
}

static void random_loss_does_not_starve(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        SimSender sim;
        SimPath path = home;
        path.loss = 0.05;
        path.delay_us = 30000;
        sim_sender_init(&sim, seed, path, 4000000);
        sim_run(&sim, 10, PLENTY);
        sim_measure(&sim, 10, PLENTY);
        double share = sim_used_share(&sim, 10);
        print_message("seed %u: 5 %% loss: %.0f %% used\n", seed, 100 * share);
        assert_true(share > 0.7);
        sim_sender_clear(&sim);
    }
}

static void silence_is_probed(void **state)
{
    static const gint64 rates_bps[] = {256000, 1000000, 8000000, 20000000, 100000000};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(rates_bps); i++) {
        gint64 rate_bps = rates_bps[i / SEEDS];
        SimSender sim;
        sim_sender_init(&sim, 1 + i % SEEDS, home, 4000000);
        change_rate(&sim, rate_bps);
        sim_run(&sim, 60, 0);
        int after = pouce_estimator_bps(sim.estimator);
        guint probes = sim.probes;
        double most = (double)MIN(rate_bps, 50000000);
        print_message("seed %u: %.3f Mb/s, 60 s of silence, %u probes: %.3f Mb/s\n", sim.seed,
            (double)rate_bps / 1e6, probes, after / 1e6);
        // Of a probe of 8 ms at 20 Mb/s the jitter may hide a third, or add a fifth.
        assert_true(after > 0.6 * most && after < 1.25 * most);
        assert_true(probes <= 14);
        // What is learned in silence holds: the first large change is sent at that rate.
        sim_measure(&sim, 2, PLENTY);
        assert_true(sim_used_share(&sim, 2) > 0.6 * most / (double)rate_bps);
        assert_true(rate_bps < 1000000 || sim_queue_p95_ms(&sim) < 120);
        sim_sender_clear(&sim);
    }
}

static void a_line_that_changed_in_silence_is_noticed(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        SimSender sim;
        sim_sender_init(&sim, seed, home, 4000000);
        sim_run(&sim, 10, PLENTY);
        change_rate(&sim, 1000000);
        sim_run(&sim, 40, 0);
        int narrow = pouce_estimator_bps(sim.estimator);
        change_rate(&sim, 8000000);
        sim_run(&sim, 40, 0);
        int wide = pouce_estimator_bps(sim.estimator);
        print_message("seed %u: 8 -> 1 -> 8 Mb/s in silence: %.2f, %.2f Mb/s\n", seed, narrow / 1e6,
            wide / 1e6);
        assert_in_range(narrow, 600000, 1000000);
        assert_in_range(wide, 5000000, 8800000);
        sim_sender_clear(&sim);
    }
}

static void slow_line_settles_below_its_rate(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        SimSender sim;
        SimPath path = {.rate_bps = 256000, .queue_max_bytes = 32000, .delay_us = 150000};
        sim_sender_init(&sim, seed, path, 1000000);
        sim_run(&sim, 6, PLENTY);
        sim_measure(&sim, 10, PLENTY);
        double share = sim_used_share(&sim, 10), p95_ms = sim_queue_p95_ms(&sim);
        print_message(
            "seed %u: 256 kb/s: %.0f %% used, queue p95 %.0f ms\n", seed, 100 * share, p95_ms);
        assert_true(share > 0.8);
        assert_true(p95_ms < 200);
        sim_sender_clear(&sim);
    }
}

/** Typing on a page that is being refined: packets of all sizes, each of which takes its time. */
static void a_slow_line_keeps_its_rate_with_all_sizes(void **state)
{
    static const gint64 rates_bps[] = {150000, 256000, 600000};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(rates_bps); i++) {
        gint64 rate_bps = rates_bps[i / SEEDS];
        SimSender sim;
        SimPath path = {
            .rate_bps = rate_bps, .queue_max_bytes = 32000, .delay_us = 150000, .jitter_us = 5000};
        sim_sender_init(&sim, 1 + i % SEEDS, path, 4000000);
        sim.small_share = 0.5;
        sim_run(&sim, 10, 3000);
        double least = 1e9;
        for (int second = 0; second < 60; second++) {
            sim_measure(&sim, 1, 3000);
            least = MIN(least, pouce_estimator_bps(sim.estimator));
        }
        print_message("seed %u: %.0f kb/s, all sizes: least %.0f kb/s, queue p95 %.0f ms\n",
            sim.seed, (double)rate_bps / 1e3, least / 1e3, sim_queue_p95_ms(&sim));
        assert_true(least > 0.4 * (double)rate_bps);
        assert_true(sim_queue_p95_ms(&sim) < 150);
        sim_sender_clear(&sim);
    }
}

/** Pages of text that come while somebody types, and rest in between: bursts, single packets of
 * each size, pauses; and little bursts of other kinds on the same line. */
static void typing_on_pages_keeps_the_rate(void **state)
{
    static const gint64 rates_bps[] = {150000, 256000, 600000};
    for (guint i = 0; i < 2 * SEEDS * G_N_ELEMENTS(rates_bps); i++) {
        gint64 rate_bps = rates_bps[i / SEEDS % G_N_ELEMENTS(rates_bps)];
        SimSender sim;
        SimPath path = {
            .rate_bps = rate_bps, .queue_max_bytes = 32000, .delay_us = 150000, .jitter_us = 5000};
        sim_sender_init(&sim, 1 + i % SEEDS, path, 4000000);
        sim.chatter_bytes = i < SEEDS * G_N_ELEMENTS(rates_bps) ? 0 : rate_bps / 500;
        sim_run(&sim, 3, 0);
        double least = 1e9;
        for (int step = 0; step < 5 * 30; step++) {
            gboolean key = step % 5 == 0;
            if (step % 30 == 0) {
                sim.small_share = 0.7;
                sim_run(&sim, 3, 900);
                sim_run(&sim, 4, 0);
                sim.small_share = 0;
                sim_run(&sim, 2, PLENTY);
            }
            sim.small_share = key ? 0.9 : 0.3;
            sim_run(&sim, 0.2, step % 3 == 0 ? 2600 : 1700);
            least = MIN(least, pouce_estimator_bps(sim.estimator));
        }
        print_message("seed %u: %.0f kb/s, pages beside %.1f kb/s: least %.0f kb/s\n", sim.seed,
            (double)rate_bps / 1e3, (double)sim.chatter_bytes * 16 / 1e3, least / 1e3);
        assert_true(least > 0.5 * (double)rate_bps);
        sim_sender_clear(&sim);
    }
}

/** A busy machine at the far end reads late and then all at once: the line is as fast as before. */
static void a_far_end_that_is_held_up_misleads_little(void **state)
{
    static const gint64 rates_bps[] = {256000, 2000000, 8000000};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(rates_bps); i++) {
        gint64 rate_bps = rates_bps[i / SEEDS];
        SimSender sim;
        sim_sender_init(&sim, 1 + i % SEEDS, home, 4000000);
        change_rate(&sim, rate_bps);
        sim_run(&sim, 5, PLENTY);
        sim.held_up = TRUE;
        double least = 1e9, most = 0, sum = 0;
        for (int second = 0; second < 30; second++) {
            sim_run(&sim, 1, PLENTY);
            double share = pouce_estimator_bps(sim.estimator) / (double)rate_bps;
            least = MIN(least, share);
            most = MAX(most, share);
            sum += share / 30;
        }
        print_message("seed %u: %.1f Mb/s, held up: %.2f to %.2f of it, mean %.2f\n", sim.seed,
            (double)rate_bps / 1e6, least, most, sum);
        assert_true(least > 0.3 && most < 1.6 && sum > 0.8 && sum < 1.05);
        sim_sender_clear(&sim);
    }
}

static void tcp_beside_leaves_a_quarter(void **state)
{
    static const gint64 rates_bps[] = {4000000, 8000000, 20000000};
    for (guint i = 0; i < SEEDS * G_N_ELEMENTS(rates_bps); i++) {
        gint64 rate_bps = rates_bps[i / SEEDS];
        SimSender sim;
        sim_sender_init(&sim, 1 + i % SEEDS, home, 4000000);
        change_rate(&sim, rate_bps);
        sim_run(&sim, 8, PLENTY);
        sim.tcp_on = TRUE;
        sim_run(&sim, 5, PLENTY);
        sim_measure(&sim, 20, PLENTY);
        double ours = (double)sim.delivered_bytes;
        double share = ours / (ours + (double)sim.tcp_bytes);
        print_message("seed %u: beside TCP on %.0f Mb/s: %.0f %% ours, %.0f %% used\n", sim.seed,
            (double)rate_bps / 1e6, 100 * share, 100 * sim_used_share(&sim, 20));
        assert_true(share >= 0.25);
        sim_sender_clear(&sim);
    }
}

/** Reports come from the far end: whatever they say, the estimate stays within its bounds. */
// A machine that is held up sends and reads whole trains at once, which then look like a fast line.
static void trains_double_the_rate_once_in_a_round_trip(void **state)
{
    PouceEstimatorConfig config = {.start_bps = 1000000, .min_bps = 100000, .max_bps = 50000000};
    g_autoptr(PouceEstimator) estimator = pouce_estimator_new(&config);
    gint64 now_us = G_USEC_PER_SEC, rtt_us = 60000;
    pouce_estimator_on_rtt(estimator, now_us, rtt_us);
    int before_bps = config.start_bps;
    for (int round = 0; round < 4; round++) {
        for (int train = 0; train < 8; train++, now_us += 20000) {
            PoucePacketReport packets[12];
            for (int i = 0; i < 12; i++) {
                gint64 sent_us = now_us - 40000 + i * 150;
                packets[i] = (PoucePacketReport){sent_us, sent_us + 5000, 1200};
            }
            pouce_estimator_on_report(estimator, now_us, packets, G_N_ELEMENTS(packets));
        }
        assert_true(pouce_estimator_bps(estimator) <= 2.2 * before_bps);
        before_bps = pouce_estimator_bps(estimator);
    }
    assert_true(before_bps > 6 * config.start_bps);
}

static void hostile_reports_stay_within_bounds(void **state)
{
    for (guint seed = 1; seed <= 200; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autoptr(PouceEstimator) e = pouce_estimator_new(
            &(PouceEstimatorConfig){.start_bps = 1000000, .min_bps = 100000, .max_bps = 10000000});
        gint64 now_us = 1;
        for (int round = 0; round < 200; round++) {
            PoucePacketReport packets[64];
            for (guint i = 0; i < G_N_ELEMENTS(packets); i++) {
                packets[i].sent_us = now_us - g_rand_int_range(rand, -1000, 100000);
                packets[i].received_us = ((gint64)g_rand_int(rand) << 31) | g_rand_int(rand);
                packets[i].received_us -= g_rand_int_range(rand, 0, 3);
                packets[i].bytes = g_rand_int(rand) >> g_rand_int_range(rand, 0, 32);
            }
            now_us += g_rand_int_range(rand, 0, 1000000);
            pouce_estimator_on_report(e, now_us, packets, G_N_ELEMENTS(packets));
            int bps = pouce_estimator_bps(e);
            assert_in_range(bps, 100000, 10000000);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_down_keeps_the_queue_short),
        cmocka_unit_test(step_up_is_used_within_five_seconds),
        cmocka_unit_test(irregular_changes_find_the_rate),
        cmocka_unit_test(random_loss_does_not_starve),
        cmocka_unit_test(silence_is_probed),
        cmocka_unit_test(a_line_that_changed_in_silence_is_noticed),
        cmocka_unit_test(slow_line_settles_below_its_rate),
        cmocka_unit_test(a_slow_line_keeps_its_rate_with_all_sizes),
        cmocka_unit_test(typing_on_pages_keeps_the_rate),
        cmocka_unit_test(a_far_end_that_is_held_up_misleads_little),
        cmocka_unit_test(tcp_beside_leaves_a_quarter),
        cmocka_unit_test(trains_double_the_rate_once_in_a_round_trip),
        cmocka_unit_test(hostile_reports_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
