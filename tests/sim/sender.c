// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/sim/sender.h"

#include "signaling/peer/pace.h"

#define FRAME_US 16667
#define FRAME_TIME_US 50000
#define FRAME_TIME_MAX_US 200000
#define FRAME_MIN_BYTES 6000
#define PACKET_BYTES 1200
#define TCP_PACKET_BYTES 1500
#define CHATTER_PACKET_BYTES 800
#define CHATTER_EVERY_US 500000
#define STEP_US 500
#define RATE_MAX_BPS 50000000

typedef struct {
    PoucePacketReport report;
    gint64 arrival_us; // -1: lost
} SimSent;

void sim_sender_init(SimSender *sim, guint seed, SimPath path, int start_bps)
{
    *sim = (SimSender){.seed = seed, .rand = g_rand_new_with_seed(seed), .feedback_us = 35000};
    sim->link = (SimLink){.path = path, .rand = sim->rand};
    sim->estimator = pouce_estimator_new(&(PouceEstimatorConfig){
        .start_bps = start_bps, .min_bps = 100000, .max_bps = RATE_MAX_BPS});
    sim->sent = g_array_new(FALSE, TRUE, sizeof(SimSent));
    sim->tcp_acks = g_array_new(FALSE, TRUE, sizeof(gint64));
    sim->queues_us = g_array_new(FALSE, TRUE, sizeof(gint64));
    sim->now_us = G_USEC_PER_SEC;
    sim->tcp_window = 10;
    sim->tcp_threshold = 1e9;
    pouce_estimator_on_rtt(sim->estimator, sim->now_us, 2 * path.delay_us + 2000);
}

void sim_sender_clear(SimSender *sim)
{
    g_rand_free(sim->rand);
    pouce_estimator_free(sim->estimator);
    g_array_unref(sim->sent);
    g_array_unref(sim->tcp_acks);
    g_array_unref(sim->queues_us);
}

static void note_arrival(SimSender *sim, gint64 arrival_us, gint64 queued_us, guint32 bytes)
{
    if (!sim->measuring) {
        return;
    }
    g_array_append_val(sim->queues_us, queued_us);
    sim->delivered_bytes += bytes;
    sim->longest_gap_us = MAX(sim->longest_gap_us, arrival_us - sim->last_arrival_us);
    sim->last_arrival_us = arrival_us;
}

static gint64 when_read(SimSender *sim, gint64 arrival_us)
{
    while (sim->held_up && arrival_us >= sim->held_until_us) {
        sim->held_from_us = sim->held_until_us + g_rand_int_range(sim->rand, 100000, 600000);
        sim->held_until_us = sim->held_from_us + g_rand_int_range(sim->rand, 50000, 250000);
    }
    gboolean held = sim->held_up && arrival_us >= sim->held_from_us;
    return held ? sim->held_until_us : arrival_us;
}

static void send_packet(SimSender *sim, guint32 bytes)
{
    gint64 queued_us = 0;
    SimSent sent = {.report = {.sent_us = sim->now_us, .bytes = bytes, .received_us = -1}};
    sent.arrival_us = sim_link_send(&sim->link, sim->now_us, bytes, &queued_us);
    if (sent.arrival_us >= 0) {
        sent.arrival_us = when_read(sim, sent.arrival_us);
        sent.report.received_us = sent.arrival_us + 123456789; // the far clock has its own origin
        note_arrival(sim, sent.arrival_us, queued_us, bytes);
    }
    g_array_append_val(sim->sent, sent);
}

static gint64 in_flight_bytes(const SimSender *sim)
{
    gint64 bytes = sim->waiting_bytes;
    for (guint i = 0; i < sim->sent->len; i++) {
        bytes += g_array_index(sim->sent, SimSent, i).report.bytes;
    }
    return bytes;
}

static gint64 in_time_bytes(const SimSender *sim, gint64 us)
{
    return (gint64)pouce_estimator_bps(sim->estimator) * us / 8 / G_USEC_PER_SEC;
}

static void begin_frame(SimSender *sim, gint64 bytes)
{
    sim->waiting_bytes = bytes;
    sim->burst_us = sim->now_us;
    gint64 bps = pouce_estimator_bps(sim->estimator);
    sim->next_frame_us = sim->now_us + MAX(bytes * 8 * G_USEC_PER_SEC / bps, FRAME_US);
}

static void send_frame(SimSender *sim, gint64 wanted_bytes)
{
    int probe_bytes;
    sim->probing = FALSE;
    if (wanted_bytes > 0 && sim->now_us >= MAX(sim->next_frame_us, sim->change_us) &&
        sim->waiting_bytes == 0 &&
        in_flight_bytes(sim) < pouce_estimator_window_bytes(sim->estimator)) {
        gint64 least = MIN(FRAME_MIN_BYTES, in_time_bytes(sim, FRAME_TIME_MAX_US));
        gint64 most = MAX(in_time_bytes(sim, FRAME_TIME_US), least);
        gboolean small = g_rand_double(sim->rand) < sim->small_share;
        begin_frame(sim, MIN(small ? g_rand_int_range(sim->rand, 100, 500) : wanted_bytes, most));
        gint64 wait_us =
            (gint64)(g_rand_double_range(sim->rand, 0.7, 1.3) * (double)sim->change_every_us);
        sim->change_us = sim->now_us + wait_us;
    } else if (wanted_bytes == 0 && sim->waiting_bytes == 0 &&
               pouce_estimator_take_probe(sim->estimator, sim->now_us, &probe_bytes)) {
        begin_frame(sim, probe_bytes);
        sim->probing = TRUE;
        sim->probes++;
    }
}

static void send_bursts(SimSender *sim)
{
    if (sim->waiting_bytes == 0 || sim->now_us < sim->burst_us) {
        return;
    }
    int pace_bps = sim->probing ? 0 : pouce_estimator_pace_bps(sim->estimator);
    gint64 most = pouce_pace_burst_bytes(pace_bps), bytes = 0;
    do {
        guint32 packet = (guint32)MIN(sim->waiting_bytes, PACKET_BYTES);
        send_packet(sim, packet);
        sim->waiting_bytes -= packet;
        bytes += packet;
    } while (sim->waiting_bytes > 0 && bytes + PACKET_BYTES <= most);
    sim->burst_us += pouce_pace_gap_us(pace_bps, bytes);
}

static void report(SimSender *sim)
{
    g_autoptr(GArray) packets = g_array_new(FALSE, TRUE, sizeof(PoucePacketReport));
    // The report left the far end one delay ago: it covers what had arrived by then. A lost packet
    // shows once a later one arrived.
    gint64 until_us = sim->now_us - sim->link.path.delay_us;
    guint last = 0;
    for (guint i = 0; i < sim->sent->len; i++) {
        const SimSent *sent = &g_array_index(sim->sent, SimSent, i);
        if (sent->arrival_us >= 0 && sent->arrival_us <= until_us) {
            last = i + 1;
        }
    }
    for (guint i = 0; i < last; i++) {
        g_array_append_val(packets, g_array_index(sim->sent, SimSent, i).report);
    }
    g_array_remove_range(sim->sent, 0, last);
    // What was lost at the tail and never followed by an arrival is forgotten after a second.
    while (sim->sent->len > 0 && g_array_index(sim->sent, SimSent, 0).arrival_us < 0 &&
           sim->now_us - g_array_index(sim->sent, SimSent, 0).report.sent_us > G_USEC_PER_SEC) {
        g_array_remove_index(sim->sent, 0);
    }
    if (packets->len > 0) {
        pouce_estimator_on_report(
            sim->estimator, sim->now_us, (PoucePacketReport *)packets->data, packets->len);
    }
}

static void tcp_send(SimSender *sim)
{
    while (sim->tcp_acks->len < (guint)sim->tcp_window) {
        gint64 arrival_us = sim_link_send(&sim->link, sim->now_us, TCP_PACKET_BYTES, NULL);
        gint64 back_us = sim->link.path.delay_us;
        gint64 ack_us = arrival_us >= 0 ? arrival_us + back_us
                                        : -(MAX(sim->link.free_at_us, sim->now_us) + 2 * back_us);
        g_array_append_val(sim->tcp_acks, ack_us);
    }
}

static void tcp_hear(SimSender *sim)
{
    for (guint i = 0; i < sim->tcp_acks->len;) {
        gint64 ack_us = g_array_index(sim->tcp_acks, gint64, i);
        if (ABS(ack_us) > sim->now_us) {
            i++;
            continue;
        }
        g_array_remove_index(sim->tcp_acks, i);
        if (ack_us > 0) {
            sim->tcp_bytes += sim->measuring ? TCP_PACKET_BYTES : 0;
            gboolean slow_start = sim->tcp_window < sim->tcp_threshold;
            sim->tcp_window += slow_start ? 1 : 1 / sim->tcp_window;
        } else if (sim->now_us - sim->tcp_halved_us > 4 * sim->link.path.delay_us) {
            sim->tcp_halved_us = sim->now_us; // once a round trip
            sim->tcp_window = sim->tcp_threshold = MAX(2, sim->tcp_window / 2);
        }
    }
}

// What does not go by the estimate and is in no report.
static void chatter(SimSender *sim)
{
    if (sim->chatter_bytes == 0 || sim->now_us < sim->chatter_us) {
        return;
    }
    for (gint64 bytes = sim->chatter_bytes; bytes > 0; bytes -= CHATTER_PACKET_BYTES) {
        guint32 packet = (guint32)MIN(bytes, CHATTER_PACKET_BYTES);
        sim_link_send(&sim->link, sim->now_us, packet, NULL);
    }
    double late = g_rand_double_range(sim->rand, 0.8, 1.2);
    sim->chatter_us = sim->now_us + (gint64)(late * CHATTER_EVERY_US);
}

void sim_run(SimSender *sim, double seconds, gint64 frame_bytes)
{
    gint64 end_us = sim->now_us + (gint64)(seconds * G_USEC_PER_SEC);
    gint64 report_us = sim->now_us;
    while (sim->now_us < end_us) {
        send_frame(sim, frame_bytes);
        send_bursts(sim);
        chatter(sim);
        if (sim->now_us >= report_us) {
            report(sim);
            report_us += sim->feedback_us;
        }
        if (sim->tcp_on) {
            tcp_hear(sim);
            tcp_send(sim);
        }
        sim->now_us += STEP_US;
    }
}

void sim_measure(SimSender *sim, double seconds, gint64 frame_bytes)
{
    sim->measuring = TRUE;
    sim->delivered_bytes = sim->tcp_bytes = 0;
    sim->longest_gap_us = 0;
    sim->last_arrival_us = sim->now_us;
    g_array_set_size(sim->queues_us, 0);
    sim_run(sim, seconds, frame_bytes);
    sim->measuring = FALSE;
}

static gint compare_us(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

double sim_queue_p95_ms(SimSender *sim)
{
    if (sim->queues_us->len == 0) {
        return 0;
    }
    g_array_sort(sim->queues_us, compare_us);
    return (double)g_array_index(sim->queues_us, gint64, sim->queues_us->len * 95 / 100) / 1000;
}

double sim_used_share(const SimSender *sim, double seconds)
{
    return (double)sim->delivered_bytes * 8 / seconds / (double)sim->link.path.rate_bps;
}

double sim_longest_gap_ms(const SimSender *sim)
{
    return (double)sim->longest_gap_us / 1000;
}
