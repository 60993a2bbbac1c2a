// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/rate/estimator.h"

#include "codec/rate/trend.h"

#include <math.h>

// Packets sent within 5 ms are one group (gcc-02 section 5.2); a report longer than this is cut.
#define GROUP_US 5000
#define REPORT_MAX_PACKETS 4096
#define PACKET_MAX_BYTES 2048
// A gap beyond this says nothing of a queue: the delay line starts anew.
#define GAP_MAX_US (3 * G_USEC_PER_SEC)
// Throughput is what arrived in the last half second, in slots of 50 ms.
#define SLOT_US 50000
#define SLOTS 10
// A burst counts as a probe from five packets on; a smaller one is ruled by scheduling noise.
#define BURST_MIN_PACKETS 5
#define BURST_FRESH_US G_USEC_PER_SEC
// A far end that was held up reads a whole burst at once: the slowest of this many is believed.
#define BURSTS_AGREE 3
// Loss is judged over at least this long and this many packets.
#define LOSS_PERIOD_US (G_USEC_PER_SEC / 2)
#define LOSS_MIN_PACKETS 20
#define RTT_WINDOW_US (30 * G_USEC_PER_SEC)
#define RTT_UNKNOWN_US 100000
#define RESPONSE_EXTRA_US 100000 // gcc-02 section 5.5: response time = round trip + 100 ms

static const double decrease = 0.85;      // gcc-02: beta
static const double increase = 1.08;      // gcc-02: eta, a second
static const double busy_share = 0.6;     // below it we send less than we may: no increase
static const double burst_step_max = 2.0; // at most doubled by one burst
static const double loss_high = 0.10;     // gcc-02 section 6

typedef struct {
    guint packets;
    guint32 bytes;       // all
    guint32 first_bytes; // of its first packet: its arrival starts the clock
    gint64 first_sent_us;
    gint64 last_sent_us;
    gint64 first_received_us;
    gint64 last_received_us;
} Group;

struct PouceEstimator {
    PouceEstimatorConfig config;
    double bps;
    PouceTrend trend;
    Group group;
    Group previous;
    gint64 slot_at[SLOTS]; // slot number that the bytes belong to
    guint64 slot_bytes[SLOTS];
    double burst_bps; // slowest of the last BURSTS_AGREE
    double bursts_bps[BURSTS_AGREE];
    guint bursts;
    gint64 burst_us;
    double knee_bps; // throughput when last overused; 0: unknown
    gint64 updated_us;
    gint64 decreased_us;
    gint64 loss_from_us;
    guint loss_packets;
    guint loss_lost;
    double loss;
    gint64 rtt_min_us;
    gint64 rtt_min_at_us;
};

PouceEstimator *pouce_estimator_new(const PouceEstimatorConfig *config)
{
    g_assert(config->min_bps > 0 && config->min_bps <= config->start_bps);
    g_assert(config->start_bps <= config->max_bps);
    PouceEstimator *e = g_new0(PouceEstimator, 1);
    e->config = *config;
    e->bps = config->start_bps;
    pouce_trend_init(&e->trend);
    for (int i = 0; i < SLOTS; i++) {
        e->slot_at[i] = -1;
    }
    e->updated_us = -1;
    e->loss_from_us = -1;
    e->burst_us = -1;
    return e;
}

void pouce_estimator_free(PouceEstimator *e)
{
    g_free(e);
}

static void count_arrival(PouceEstimator *e, gint64 now_us, guint32 bytes)
{
    gint64 slot = now_us / SLOT_US;
    int at = (int)(slot % SLOTS);
    if (e->slot_at[at] != slot) {
        e->slot_at[at] = slot;
        e->slot_bytes[at] = 0;
    }
    e->slot_bytes[at] += bytes;
}

static double throughput_bps(const PouceEstimator *e, gint64 now_us)
{
    gint64 newest = now_us / SLOT_US;
    guint64 bytes = 0;
    for (int i = 0; i < SLOTS; i++) {
        if (e->slot_at[i] > newest - SLOTS) {
            bytes += e->slot_bytes[i];
        }
    }
    double steady = (double)bytes * 8 * G_USEC_PER_SEC / (SLOT_US * SLOTS);
    gboolean fresh = e->burst_us >= 0 && now_us - e->burst_us < BURST_FRESH_US;
    return fresh ? MAX(steady, e->burst_bps) : steady;
}

/** What a whole frame, sent in one go, tells of the path. */
static void read_burst(PouceEstimator *e, gint64 now_us, const Group *group)
{
    if (group->packets < BURST_MIN_PACKETS) {
        return;
    }
    gint64 span_us = MAX(group->last_received_us - group->first_received_us, 500);
    double bps = (double)(group->bytes - group->first_bytes) * 8 * G_USEC_PER_SEC / span_us;
    e->bursts_bps[e->bursts++ % BURSTS_AGREE] = bps;
    e->burst_bps = (double)e->config.max_bps / decrease;
    for (int i = 0; i < BURSTS_AGREE; i++) {
        e->burst_bps = MIN(e->burst_bps, e->bursts_bps[i]);
    }
    e->burst_us = now_us;
    if (e->bursts >= BURSTS_AGREE && e->trend.state == POUCE_PATH_NORMAL &&
        e->burst_bps * decrease > e->bps) {
        e->bps = MIN(e->burst_bps * decrease, e->bps * burst_step_max);
    }
}

static void close_group(PouceEstimator *e, gint64 now_us)
{
    if (e->group.packets == 0) {
        return;
    }
    if (e->previous.packets > 0) {
        gint64 sent_us = e->group.last_sent_us - e->previous.last_sent_us;
        gint64 received_us = e->group.last_received_us - e->previous.last_received_us;
        if (sent_us > GAP_MAX_US || received_us > GAP_MAX_US || received_us < 0) {
            pouce_trend_init(&e->trend);
        } else {
            pouce_trend_add(&e->trend, sent_us, received_us, e->group.last_received_us);
        }
    }
    read_burst(e, now_us, &e->group);
    e->previous = e->group;
    e->group = (Group){0};
}

static void add_to_group(PouceEstimator *e, gint64 now_us, const PoucePacketReport *packet)
{
    Group *group = &e->group;
    if (group->packets > 0 && packet->sent_us - group->first_sent_us > GROUP_US) {
        close_group(e, now_us);
    }
    if (group->packets == 0) {
        group->first_sent_us = packet->sent_us;
        group->first_received_us = packet->received_us;
        group->first_bytes = packet->bytes;
    }
    group->packets++;
    group->bytes += packet->bytes;
    group->last_sent_us = MAX(group->last_sent_us, packet->sent_us);
    group->last_received_us = MAX(group->last_received_us, packet->received_us);
}

static void judge_loss(PouceEstimator *e, gint64 now_us)
{
    if (e->loss_from_us < 0) {
        e->loss_from_us = now_us;
    }
    if (now_us - e->loss_from_us < LOSS_PERIOD_US || e->loss_packets < LOSS_MIN_PACKETS) {
        return;
    }
    e->loss = (double)e->loss_lost / e->loss_packets;
    if (e->loss > loss_high) {
        e->bps *= 1 - 0.5 * e->loss;
    }
    e->loss_from_us = now_us;
    e->loss_packets = e->loss_lost = 0;
}

static void fall(PouceEstimator *e, gint64 now_us, gint64 response_us)
{
    if (e->decreased_us > 0 && now_us - e->decreased_us < response_us) {
        return;
    }
    double measured = throughput_bps(e, now_us);
    e->knee_bps = measured;
    e->bps = MIN(e->bps, decrease * measured);
    e->decreased_us = now_us;
}

static void rise(PouceEstimator *e, gint64 now_us, gint64 elapsed_us, gint64 response_us)
{
    double measured = throughput_bps(e, now_us);
    if (measured < busy_share * e->bps) {
        return;
    }
    gboolean near_knee = e->knee_bps > 0 && fabs(measured - e->knee_bps) < 0.15 * e->knee_bps;
    double seconds = (double)elapsed_us / G_USEC_PER_SEC;
    if (near_knee) {
        e->bps += seconds * 1200 * 8 * G_USEC_PER_SEC / (double)response_us;
    } else {
        e->knee_bps = measured > e->knee_bps ? 0 : e->knee_bps;
        e->bps *= pow(increase, MIN(seconds, 1.0));
    }
    e->bps = MIN(e->bps, MAX(1.5 * measured + 10000, e->config.min_bps));
}

static void update(PouceEstimator *e, gint64 now_us)
{
    gint64 elapsed_us = e->updated_us < 0 ? 0 : MIN(now_us - e->updated_us, G_USEC_PER_SEC);
    gint64 rtt_us = e->rtt_min_us > 0 ? e->rtt_min_us : RTT_UNKNOWN_US;
    gint64 response_us = rtt_us + RESPONSE_EXTRA_US;
    e->updated_us = now_us;
    if (e->trend.state == POUCE_PATH_OVERUSED) {
        fall(e, now_us, response_us);
    } else if (e->trend.state == POUCE_PATH_NORMAL) {
        rise(e, now_us, elapsed_us, response_us);
    }
    judge_loss(e, now_us);
    e->bps = CLAMP(e->bps, e->config.min_bps, e->config.max_bps);
}

void pouce_estimator_on_report(
    PouceEstimator *e, gint64 now_us, const PoucePacketReport *packets, guint count)
{
    gint64 newest_us = G_MININT64;
    for (guint i = 0; i < MIN(count, REPORT_MAX_PACKETS); i++) {
        const PoucePacketReport *packet = &packets[i];
        if (packet->bytes > PACKET_MAX_BYTES || packet->sent_us < newest_us ||
            packet->sent_us > now_us || packet->received_us > G_MAXINT64 / 2) {
            continue;
        }
        newest_us = packet->sent_us;
        e->loss_packets++;
        if (packet->received_us < 0) {
            e->loss_lost++;
            continue;
        }
        count_arrival(e, now_us, packet->bytes);
        add_to_group(e, now_us, packet);
    }
    // What was sent long enough ago cannot grow any more: close it, so that a lone burst counts.
    if (e->group.packets > 0 && now_us - e->group.first_sent_us > GROUP_US) {
        close_group(e, now_us);
    }
    update(e, now_us);
}

void pouce_estimator_on_rtt(PouceEstimator *e, gint64 now_us, gint64 rtt_us)
{
    if (rtt_us <= 0) {
        return;
    }
    gboolean old = now_us - e->rtt_min_at_us > RTT_WINDOW_US;
    if (e->rtt_min_us == 0 || rtt_us < e->rtt_min_us || old) {
        e->rtt_min_us = rtt_us;
        e->rtt_min_at_us = now_us;
    }
}

int pouce_estimator_bps(const PouceEstimator *e)
{
    return (int)e->bps;
}

gint64 pouce_estimator_window_bytes(const PouceEstimator *e)
{
    gint64 rtt_us = e->rtt_min_us > 0 ? e->rtt_min_us : RTT_UNKNOWN_US;
    return (gint64)(e->bps / 8 * (double)(rtt_us + 50000) / G_USEC_PER_SEC);
}

PoucePathState pouce_estimator_state(const PouceEstimator *e)
{
    return e->trend.state;
}

double pouce_estimator_loss(const PouceEstimator *e)
{
    return e->loss;
}
