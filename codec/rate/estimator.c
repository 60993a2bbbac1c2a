// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/rate/estimator.h"

#include "codec/rate/train.h"
#include "codec/rate/trend.h"

#include <math.h>

// A report longer than this is cut.
#define REPORT_MAX_PACKETS 4096
#define PACKET_MAX_BYTES 2048
// Packets belong to one train while they leave within this, or within two packets' time of the
// pace; however long, a train ends some time, and its delay is looked at once in a while.
#define TRAIN_GAP_US 8000
#define TRAIN_MAX_US 250000
#define DELAY_EVERY_US 50000
// What is reported of a train is taken for all of it, or enough of it, once nothing left for so
// long; with fewer packets than this a round trip later.
#define TRAIN_QUIET_US 20000
#define TRAIN_LONG 8
// A gap beyond this says nothing of a queue: the delay line starts anew.
#define GAP_MAX_US (3 * G_USEC_PER_SEC)
// Throughput is what arrived in the last half second, in slots of 50 ms.
#define SLOT_US 50000
#define SLOTS 10
// A far end that was held up reads a whole train at once: the slowest of this many is believed when
// they tell of more, the fastest of this many when they tell of less, and a single one when it was
// held back this long and arrived at less than sudden_share of the estimate.
#define AGREE_UP 2
#define AGREE_DOWN 2
#define SUDDEN_US 30000
#define SUDDEN_PACKETS 5 // or the first that tells anything
// A train that had to wait so much longer than the luckiest packet of the last minutes (clocks
// drift by 50 millionths) came behind a queue. Unless all that arrives is ours, it is somebody
// else's, and what the train tells is a share, not the line.
#define STANDING_US 20000
#define BASE_US (120 * G_USEC_PER_SEC)
#define LINE_FRESH_US (2 * G_USEC_PER_SEC)
// Loss is judged over at least this long and this many packets.
#define LOSS_PERIOD_US (G_USEC_PER_SEC / 2)
#define LOSS_MIN_PACKETS 20
#define RTT_WINDOW_US (30 * G_USEC_PER_SEC)
#define RTT_UNKNOWN_US 100000
#define RESPONSE_EXTRA_US 100000 // gcc-02 section 5.5: response time = round trip + 100 ms
// Between two reports: native ends send 30 a second, Chromium about 14.
#define INTERVAL_START_US 50000
#define INTERVAL_MAX_US 100000
#define WINDOW_EXTRA_US 50000
// Before anything is known: a first picture, but no queue of seconds on a line slower than thought.
#define WINDOW_START_BYTES 24000
// A probe is ten full packets, more on a fast line, where so few are ruled by jitter, and fewer on
// a slow one, where it would be in the way. What was learned is believed for half a minute; while
// there is more to learn the next one follows at once, but never more than so many in a row.
#define PROBE_BYTES 11500
#define PROBE_TIME_US 8000
#define PROBE_MAX_BYTES 34500
#define PROBE_SLOW_BYTES 6900
#define PROBE_SLOW_BPS 1000000
#define PROBE_PERIOD_US (30 * G_USEC_PER_SEC)
#define PROBES_IN_A_ROW 12

// A queue that stands there and seems ours is let drain. If it stands there again at once, it was
// not: the next try comes twice as late.
#define DRAIN_MAX_US 400000
#define DRAIN_EVERY_US (2 * G_USEC_PER_SEC)
#define DRAIN_EVERY_MAX_US (32 * G_USEC_PER_SEC)

static const double decrease = 0.85;   // gcc-02: beta
static const double increase = 1.08;   // gcc-02: eta, a second
static const double busy_share = 0.6;  // below it we send less than we may: no increase
static const double step_max = 2.0;    // at most doubled in a response time, by trains
static const double line_share = 0.92; // of what the line carries: the rest is headers and others
static const double line_share_max = 0.95;
static const double sudden_share = 0.6;
static const double low_share = 0.9; // a little less may be jitter
static const double drain_share = 0.6;
static const double whole_share = 0.98;
static const double known_share = 1.1; // a train within this of the estimate tells nothing new
static const double pace_known = 1.5;  // trains leave so much faster than the estimate,
static const double pace_open = 2.0;   // and while they come through like that, or behind others,
static const double pace_top = 5.0;    // and when there is no more to learn
static const double loss_high = 0.10;  // gcc-02 section 6

struct PouceEstimator {
    PouceEstimatorConfig config;
    double bps;
    PouceTrend trend;
    PouceTrain train;
    PoucePacketReport delayed; // the last packet whose delay was looked at
    gint64 base_us[2];         // least delay in this span of time, and in the one before
    gint64 base_from_us;
    gint64 standing_us; // how long the present train had to wait for what stood there
    gint64 drain_until_us;
    gint64 drain_every_us;
    gboolean draining;
    gboolean delay_known;
    gint64 slot_at[SLOTS]; // slot number that the bytes belong to
    guint64 slot_bytes[SLOTS];
    double trains_bps[AGREE_UP]; // those that told something
    guint trains;
    gboolean train_counted; // the present one is among them, as the newest
    gboolean saturating;    // the last train was
    guint lows;             // trains in a row below the estimate
    gboolean low_counted;   // the present one is among them
    double low_bps;         // the fastest of them
    gint64 line_us;         // when a train told something; -1: never
    gint64 step_from_us;    // since when the estimate may not be more than doubled,
    double step_from_bps;   // and what it was then
    gboolean open;          // trains tell of something else than the estimate
    gint64 probe_at_us;     // none before
    guint probes;           // in a row
    double knee_bps;        // throughput when last overused; 0: unknown
    gint64 updated_us;
    gint64 interval_us; // between reports, smoothed
    gint64 decreased_us;
    guint fallen_at; // count of the trend at the last fall
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
    e->open = TRUE;
    pouce_trend_init(&e->trend);
    for (int i = 0; i < SLOTS; i++) {
        e->slot_at[i] = -1;
    }
    e->updated_us = -1;
    e->loss_from_us = -1;
    e->line_us = -1;
    e->step_from_us = G_MININT64 / 2;
    e->base_from_us = -1;
    e->drain_every_us = DRAIN_EVERY_US;
    e->interval_us = INTERVAL_START_US;
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
    double span_us = SLOT_US * (SLOTS - 1) + (double)(now_us % SLOT_US);
    return (double)bytes * 8 * G_USEC_PER_SEC / span_us;
}

static gint64 smallest_rtt_us(const PouceEstimator *e)
{
    return e->rtt_min_us > 0 ? e->rtt_min_us : RTT_UNKNOWN_US;
}

/** What the line carries, as the last trains agree; 0: not known. */
static double line_bps(const PouceEstimator *e)
{
    if (e->trains < AGREE_UP) {
        return 0;
    }
    double slowest = e->trains_bps[0];
    for (int i = 1; i < AGREE_UP; i++) {
        slowest = MIN(slowest, e->trains_bps[i]);
    }
    return slowest;
}

static double fastest_bps(const PouceEstimator *e)
{
    double fastest = 0;
    for (guint i = 0; i < MIN(e->trains, AGREE_UP); i++) {
        fastest = MAX(fastest, e->trains_bps[i]);
    }
    return fastest;
}

static void count_train(PouceEstimator *e, double bps)
{
    if (!e->train_counted) {
        e->trains++;
    }
    e->train_counted = TRUE;
    e->trains_bps[(e->trains - 1) % AGREE_UP] = bps;
}

/** A queue stands on the path, and all that arrives is ours: a while of sending less takes it away.
 */
static void read_standing(PouceEstimator *e, gint64 now_us, const PouceTrainVerdict *verdict)
{
    gboolean ours = throughput_bps(e, now_us) > whole_share * verdict->steady_bps;
    gint64 since_us = now_us - e->drain_until_us;
    if (verdict->saturating && ours && e->standing_us > STANDING_US &&
        since_us > e->drain_every_us) {
        gboolean again = since_us < 2 * e->drain_every_us;
        e->drain_every_us = again ? MIN(2 * e->drain_every_us, DRAIN_EVERY_MAX_US) : DRAIN_EVERY_US;
        e->drain_until_us = now_us + 2 * MIN(e->standing_us, DRAIN_MAX_US / 2);
        e->bps = MIN(e->bps, line_share * fastest_bps(e));
    }
}

/** The line carries less than the estimate: so say two trains, or one that was held back long. */
static void read_low(PouceEstimator *e, gint64 now_us, const PouceTrainVerdict *verdict)
{
    if (!verdict->saturating || verdict->steady_bps >= low_share * e->bps ||
        e->standing_us > STANDING_US) {
        e->lows = 0;
        return;
    }
    const PouceTrain *train = &e->train;
    gint64 held_us = (train->last_received_us - train->first_received_us) -
                     (train->last_sent_us - train->first_sent_us);
    gboolean enough = verdict->packets >= SUDDEN_PACKETS || e->trains < AGREE_UP;
    gboolean sudden = enough && held_us > SUDDEN_US && verdict->steady_bps < sudden_share * e->bps;
    e->low_bps = e->lows == 0 ? verdict->steady_bps : MAX(e->low_bps, verdict->steady_bps);
    if (!e->low_counted) {
        e->lows++;
    }
    e->low_counted = TRUE;
    if (sudden || e->lows >= AGREE_DOWN) {
        e->bps = line_share * (sudden ? verdict->steady_bps : e->low_bps);
        e->lows = 0;
        e->decreased_us = now_us;
    }
}

/** Trains that agree may all have been held up together: the answer to a doubled rate is waited for
 * before it is doubled again. */
static void step_up(PouceEstimator *e, gint64 now_us)
{
    double wanted = line_share * line_bps(e);
    if (e->trend.state != POUCE_PATH_NORMAL || wanted <= e->bps) {
        return;
    }
    if (now_us - e->step_from_us > smallest_rtt_us(e) + RESPONSE_EXTRA_US) {
        e->step_from_us = now_us;
        e->step_from_bps = e->bps;
    }
    e->bps = MAX(e->bps, MIN(wanted, step_max * e->step_from_bps));
}

/** What packets that left together tell of the path. */
static void read_train(PouceEstimator *e, gint64 now_us)
{
    PouceTrainVerdict verdict;
    if (!pouce_train_judge(&e->train, &verdict)) {
        return;
    }
    if ((!verdict.saturating || !verdict.even) && verdict.bps <= e->bps) {
        return; // it left no faster than we may send anyway, or the far end was held up
    }
    verdict.bps = MIN(verdict.bps, e->config.max_bps / line_share);
    count_train(e, verdict.bps);
    e->saturating = verdict.saturating;
    e->line_us = now_us;
    read_low(e, now_us, &verdict);
    read_standing(e, now_us, &verdict);
    step_up(e, now_us);
    e->open = e->bps < line_share * e->config.max_bps &&
              (!verdict.saturating || line_share * verdict.bps > known_share * e->bps ||
                  verdict.bps < e->bps);
    e->probes = e->open ? e->probes : 0;
}

static void note_base(PouceEstimator *e, const PoucePacketReport *packet)
{
    gint64 delay_us = packet->received_us - packet->sent_us;
    if (e->base_from_us < 0 || packet->sent_us - e->base_from_us > BASE_US) {
        e->base_us[1] = e->base_from_us < 0 ? delay_us : e->base_us[0];
        e->base_us[0] = delay_us;
        e->base_from_us = packet->sent_us;
    }
    e->base_us[0] = MIN(e->base_us[0], delay_us);
}

/** A large packet takes its time on a slow line without waiting for anybody. */
static PoucePacketReport as_if_empty(const PouceEstimator *e, const PoucePacketReport *packet)
{
    PoucePacketReport empty = *packet;
    // Clamped at the end of a report only; and when the estimate has sunk below what trains told,
    // large packets would seem to arrive too early, and small ones late.
    double bps = MAX(MAX(e->bps, e->config.min_bps), line_bps(e));
    empty.received_us -= (gint64)((double)packet->bytes * 8 * G_USEC_PER_SEC / bps);
    return empty;
}

/** Delay is that of a train's first packet, which finds what stands on the path already. */
static void read_delay(PouceEstimator *e, const PoucePacketReport *packet)
{
    if (e->delay_known) {
        gint64 sent_us = packet->sent_us - e->delayed.sent_us;
        gint64 received_us = packet->received_us - e->delayed.received_us;
        if (sent_us > GAP_MAX_US || received_us > GAP_MAX_US || received_us < 0) {
            pouce_trend_init(&e->trend);
        } else {
            pouce_trend_add(&e->trend, sent_us, received_us, packet->received_us);
        }
    }
    e->delayed = *packet;
    e->delay_known = TRUE;
}

static gboolean continues_train(const PouceEstimator *e, const PoucePacketReport *packet)
{
    gint64 packet_us =
        (gint64)e->train.first_bytes * 8 * G_USEC_PER_SEC / MAX(pouce_estimator_pace_bps(e), 1);
    return e->train.packets > 0 &&
           packet->sent_us - e->train.last_sent_us <= MAX(TRAIN_GAP_US, 2 * packet_us) &&
           packet->sent_us - e->train.first_sent_us <= TRAIN_MAX_US;
}

static void read_packet(PouceEstimator *e, gint64 now_us, const PoucePacketReport *packet)
{
    PoucePacketReport empty = as_if_empty(e, packet);
    if (continues_train(e, packet)) {
        pouce_train_add(&e->train, packet);
        if (packet->sent_us - e->delayed.sent_us > DELAY_EVERY_US) {
            read_delay(e, &empty);
        }
        return;
    }
    read_train(e, now_us);
    e->train_counted = e->low_counted = FALSE;
    pouce_train_begin(&e->train, packet);
    read_delay(e, &empty);
    note_base(e, &empty);
    e->standing_us = empty.received_us - empty.sent_us - MIN(e->base_us[0], e->base_us[1]);
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
    gboolean same = e->fallen_at == e->trend.count; // nothing was seen since the last fall
    if (same || (e->decreased_us > 0 && now_us - e->decreased_us < response_us)) {
        return;
    }
    e->fallen_at = e->trend.count;
    double measured = throughput_bps(e, now_us);
    if (measured < busy_share * e->bps) {
        e->bps *= decrease; // how much less it carries is not known: little was sent
    } else {
        e->knee_bps = measured;
        e->bps = MIN(e->bps, decrease * measured);
    }
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
    double bps = e->bps;
    if (near_knee) {
        bps += seconds * 1200 * 8 * G_USEC_PER_SEC / (double)response_us;
    } else {
        e->knee_bps = measured > e->knee_bps ? 0 : e->knee_bps;
        bps *= pow(increase, MIN(seconds, 1.0));
    }
    gboolean fresh = e->line_us >= 0 && now_us - e->line_us < LINE_FRESH_US;
    double line = fresh ? line_bps(e) : 0;
    double most = line > 0 ? line_share_max * line : 1.5 * measured + 10000;
    e->bps = MAX(e->bps, MIN(bps, most));
}

static void update(PouceEstimator *e, gint64 now_us)
{
    gint64 elapsed_us = e->updated_us < 0 ? 0 : MIN(now_us - e->updated_us, G_USEC_PER_SEC);
    gint64 response_us = smallest_rtt_us(e) + RESPONSE_EXTRA_US;
    if (elapsed_us > 0 && elapsed_us < 4 * INTERVAL_MAX_US) { // not the silence between frames
        e->interval_us = (7 * e->interval_us + elapsed_us) / 8;
    }
    e->updated_us = now_us;
    if (e->trend.state == POUCE_PATH_OVERUSED) {
        fall(e, now_us, response_us);
    } else if (e->trend.state == POUCE_PATH_NORMAL) {
        rise(e, now_us, elapsed_us, response_us);
    }
    judge_loss(e, now_us);
    e->draining = now_us < e->drain_until_us;
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
        read_packet(e, now_us, packet);
    }
    gint64 more_us = e->train.packets < TRAIN_LONG ? smallest_rtt_us(e) : 0;
    if (e->train.packets > 0 && now_us - e->train.last_sent_us > TRAIN_QUIET_US + more_us) {
        read_train(e, now_us);
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
    return (int)MAX(e->draining ? drain_share * e->bps : e->bps, e->config.min_bps);
}

gint64 pouce_estimator_window_bytes(const PouceEstimator *e)
{
    gint64 span_us = smallest_rtt_us(e) + MIN(e->interval_us, INTERVAL_MAX_US) + WINDOW_EXTRA_US;
    gint64 bytes = (gint64)(e->bps / 8 * (double)span_us / G_USEC_PER_SEC);
    return e->updated_us < 0 ? MIN(bytes, WINDOW_START_BYTES) : bytes;
}

int pouce_estimator_pace_bps(const PouceEstimator *e)
{
    if (e->bps >= line_share * e->config.max_bps) {
        return (int)MIN(pace_top * e->bps, (double)G_MAXINT);
    }
    gboolean known = e->saturating && e->standing_us <= STANDING_US;
    double pace = (known ? pace_known : pace_open) * e->bps;
    return (int)MIN(MAX(pace, line_bps(e)), (double)G_MAXINT);
}

gboolean pouce_estimator_take_probe(PouceEstimator *e, gint64 now_us, int *out_bytes)
{
    e->draining = now_us < e->drain_until_us;
    gboolean stale = e->line_us < 0 || now_us - e->line_us >= PROBE_PERIOD_US;
    if (now_us < e->probe_at_us || (!e->open && !stale)) {
        return FALSE;
    }
    e->open = e->open || e->bps < line_share * e->config.max_bps;
    gboolean tired = ++e->probes >= PROBES_IN_A_ROW || !e->open;
    e->probes = tired ? 0 : e->probes;
    e->probe_at_us = now_us + (tired ? PROBE_PERIOD_US : smallest_rtt_us(e) + RESPONSE_EXTRA_US);
    int bytes = (int)(e->bps / 8 * PROBE_TIME_US / G_USEC_PER_SEC);
    int least = e->bps < PROBE_SLOW_BPS ? PROBE_SLOW_BYTES : PROBE_BYTES;
    *out_bytes = CLAMP(bytes, least, PROBE_MAX_BYTES);
    return TRUE;
}

PoucePathState pouce_estimator_state(const PouceEstimator *e)
{
    return e->trend.state;
}

double pouce_estimator_loss(const PouceEstimator *e)
{
    return e->loss;
}
