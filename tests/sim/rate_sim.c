// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bandwidth estimator against a simulated path: a sender of frames that obeys estimate and
// window, feedback each 50 ms, virtual time, seeds. Bars of the live link's design.

#include "codec/rate/estimator.h"
#include "tests/sim/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FRAME_US 16667
#define FEEDBACK_US 50000
#define PACKET_BYTES 1200
#define SEEDS 20

typedef struct {
    PoucePacketReport report;
    gint64 arrival_us;
    gint64 queued_us;
} Sent;

typedef struct {
    guint seed;
    GRand *rand;
    SimLink link;
    PouceEstimator *estimator;
    GArray *sent; // Sent, not yet reported
    GArray *queues_us;
    gint64 now_us;
    gint64 delivered_bytes;
    gint64 debt_bytes; // what the last frame took beyond its share
    gboolean measuring;
} Sim;

static void sim_init(Sim *sim, guint seed, SimPath path, int start_bps)
{
    *sim = (Sim){.seed = seed, .rand = g_rand_new_with_seed(seed)};
    sim->link = (SimLink){.path = path, .rand = sim->rand};
    sim->estimator = pouce_estimator_new(
        &(PouceEstimatorConfig){.start_bps = start_bps, .min_bps = 100000, .max_bps = 30000000});
    sim->sent = g_array_new(FALSE, TRUE, sizeof(Sent));
    sim->queues_us = g_array_new(FALSE, TRUE, sizeof(gint64));
    sim->now_us = G_USEC_PER_SEC;
    pouce_estimator_on_rtt(sim->estimator, sim->now_us, 2 * path.delay_us + 2000);
}

static void sim_clear(Sim *sim)
{
    g_rand_free(sim->rand);
    pouce_estimator_free(sim->estimator);
    g_array_unref(sim->sent);
    g_array_unref(sim->queues_us);
}

static void send_packet(Sim *sim, guint32 bytes)
{
    Sent sent = {.report = {.sent_us = sim->now_us, .bytes = bytes, .received_us = -1}};
    sent.arrival_us = sim_link_send(&sim->link, sim->now_us, bytes, &sent.queued_us);
    if (sent.arrival_us >= 0) {
        sent.report.received_us = sent.arrival_us + 123456789; // the far clock has its own origin
        if (sim->measuring) {
            g_array_append_val(sim->queues_us, sent.queued_us);
        }
    }
    g_array_append_val(sim->sent, sent);
}

static gint64 in_flight_bytes(const Sim *sim)
{
    gint64 bytes = 0;
    for (guint i = 0; i < sim->sent->len; i++) {
        bytes += g_array_index(sim->sent, Sent, i).report.bytes;
    }
    return bytes;
}

/** One frame of what there is to send, as far as estimate and window allow. */
static void send_frame(Sim *sim, gint64 wanted_bytes)
{
    gint64 share = (gint64)pouce_estimator_bps(sim->estimator) * FRAME_US / 8 / G_USEC_PER_SEC;
    sim->debt_bytes = MAX(0, sim->debt_bytes - share);
    if (sim->debt_bytes > 0) {
        return;
    }
    gint64 window = pouce_estimator_window_bytes(sim->estimator) - in_flight_bytes(sim);
    // A frame may take 50 ms of the rate; the next ones wait until it is paid for.
    gint64 bytes = MIN(wanted_bytes, MIN(MAX(3 * share, PACKET_BYTES), window));
    sim->debt_bytes += MAX(0, bytes);
    while (bytes > 0) {
        guint32 packet = (guint32)MIN(bytes, PACKET_BYTES);
        send_packet(sim, packet);
        bytes -= packet;
    }
}

static void report(Sim *sim)
{
    g_autoptr(GArray) packets = g_array_new(FALSE, TRUE, sizeof(PoucePacketReport));
    guint taken = 0;
    // The report left the far end one delay ago: it covers what had arrived by then. A lost packet
    // shows once a later one arrived.
    gint64 until_us = sim->now_us - sim->link.path.delay_us;
    guint last = 0;
    for (guint i = 0; i < sim->sent->len; i++) {
        const Sent *sent = &g_array_index(sim->sent, Sent, i);
        if (sent->arrival_us >= 0 && sent->arrival_us <= until_us) {
            last = i + 1;
        }
    }
    for (; taken < last; taken++) {
        const Sent *sent = &g_array_index(sim->sent, Sent, taken);
        g_array_append_val(packets, sent->report);
        if (sim->measuring && sent->arrival_us >= 0) {
            sim->delivered_bytes += sent->report.bytes;
        }
    }
    g_array_remove_range(sim->sent, 0, taken);
    // What was lost at the tail and never followed by an arrival is forgotten after a second.
    while (sim->sent->len > 0 && g_array_index(sim->sent, Sent, 0).arrival_us < 0 &&
           sim->now_us - g_array_index(sim->sent, Sent, 0).report.sent_us > G_USEC_PER_SEC) {
        g_array_remove_index(sim->sent, 0);
    }
    if (packets->len > 0) {
        pouce_estimator_on_report(
            sim->estimator, sim->now_us, (PoucePacketReport *)packets->data, packets->len);
    }
}

/** @wanted_bytes: a frame each 1/60 s; 0 for silence */
static void sim_run(Sim *sim, double seconds, gint64 wanted_bytes)
{
    gint64 end_us = sim->now_us + (gint64)(seconds * G_USEC_PER_SEC);
    gint64 frame_us = sim->now_us, feedback_us = sim->now_us;
    while (sim->now_us < end_us) {
        if (sim->now_us >= frame_us) {
            send_frame(sim, wanted_bytes);
            frame_us += FRAME_US;
        }
        if (sim->now_us >= feedback_us) {
            report(sim);
            feedback_us += FEEDBACK_US;
        }
        sim->now_us = MIN(frame_us, feedback_us);
    }
}

static gint compare_us(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static double queue_p95_ms(Sim *sim)
{
    if (sim->queues_us->len == 0) {
        return 0;
    }
    g_array_sort(sim->queues_us, compare_us);
    return (double)g_array_index(sim->queues_us, gint64, sim->queues_us->len * 95 / 100) / 1000;
}

static void measure(Sim *sim, double seconds, gint64 wanted_bytes)
{
    sim->measuring = TRUE;
    sim->delivered_bytes = 0;
    g_array_set_size(sim->queues_us, 0);
    sim_run(sim, seconds, wanted_bytes);
    sim->measuring = FALSE;
}

static double used_share(const Sim *sim, double seconds)
{
    return (double)sim->delivered_bytes * 8 / seconds / (double)sim->link.path.rate_bps;
}

static const SimPath home = {
    .rate_bps = 8000000, .queue_max_bytes = 250000, .delay_us = 20000, .jitter_us = 3000};

static void step_down_keeps_the_queue_short(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        Sim sim;
        sim_init(&sim, seed, home, 4000000);
        sim_run(&sim, 15, 100000);
        sim.link.path.rate_bps = 2000000;
        sim_run(&sim, 1, 100000);
        measure(&sim, 10, 100000);
        double p95 = queue_p95_ms(&sim), share = used_share(&sim, 10);
        print_message(
            "seed %u: 8 -> 2 Mb/s: queue p95 %.1f ms, %.0f %% used\n", seed, p95, 100 * share);
        assert_true(p95 < 60);
        assert_true(share > 0.5);
        sim_clear(&sim);
    }
}

static void step_up_is_used_within_five_seconds(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        Sim sim;
        SimPath path = home;
        path.rate_bps = 2000000;
        sim_init(&sim, seed, path, 2000000);
        sim_run(&sim, 15, 100000);
        sim.link.path.rate_bps = 8000000;
        sim_run(&sim, 5, 100000);
        measure(&sim, 5, 100000);
        double share = used_share(&sim, 5);
        print_message("seed %u: 2 -> 8 Mb/s: %.0f %% used after 5 s, queue p95 %.1f ms\n", seed,
            100 * share, queue_p95_ms(&sim));
        assert_true(share >= 0.8);
        sim_clear(&sim);
    }
}

static void random_loss_does_not_starve(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        Sim sim;
        SimPath path = home;
        path.loss = 0.05;
        path.delay_us = 30000;
        sim_init(&sim, seed, path, 4000000);
        sim_run(&sim, 10, 100000);
        measure(&sim, 10, 100000);
        double share = used_share(&sim, 10);
        print_message("seed %u: 5 %% loss: %.0f %% used\n", seed, 100 * share);
        assert_true(share > 0.5);
        sim_clear(&sim);
    }
}

static void silence_changes_nothing_and_a_burst_probes(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        Sim sim;
        SimPath path = home;
        path.rate_bps = 20000000;
        sim_init(&sim, seed, path, 2000000);
        sim_run(&sim, 2, 300);
        int before = pouce_estimator_bps(sim.estimator);
        sim_run(&sim, 60, 0);
        assert_int_equal(pouce_estimator_bps(sim.estimator), before);
        sim_run(&sim, 1.5, 100000);
        int after = pouce_estimator_bps(sim.estimator);
        print_message(
            "seed %u: after silence %d, after 1.5 s of work %d b/s\n", seed, before, after);
        assert_true(after > 2 * before);
        sim_clear(&sim);
    }
}

static void slow_line_settles_below_its_rate(void **state)
{
    for (guint seed = 1; seed <= SEEDS; seed++) {
        Sim sim;
        SimPath path = {.rate_bps = 256000, .queue_max_bytes = 32000, .delay_us = 150000};
        sim_init(&sim, seed, path, 1000000);
        sim_run(&sim, 6, 100000);
        measure(&sim, 10, 100000);
        print_message("seed %u: 256 kb/s: %.0f %% used, queue p95 %.0f ms\n", seed,
            100 * used_share(&sim, 10), queue_p95_ms(&sim));
        assert_true(used_share(&sim, 10) > 0.4);
        assert_true(queue_p95_ms(&sim) < 400);
        sim_clear(&sim);
    }
}

/** Reports come from the far end: whatever they say, the estimate stays within its bounds. */
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
        cmocka_unit_test(random_loss_does_not_starve),
        cmocka_unit_test(silence_changes_nothing_and_a_burst_probes),
        cmocka_unit_test(slow_line_settles_below_its_rate),
        cmocka_unit_test(hostile_reports_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
