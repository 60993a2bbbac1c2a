// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// How much the path to the far end carries, learned from what transport-wide feedback says of each
// packet: the gradient of its one-way delay, loss, and the rate at which bursts came through.
//
// After Google Congestion Control (draft-ietf-rmcat-gcc-02) with three differences that a screen
// asks for. A desktop is silent most of the time, so silence neither raises nor lowers the
// estimate. The first large change after silence must not wait for a slow ramp, so each frame of
// several packets is read as a probe (train.h): it leaves faster than the estimate, and the rate at
// which it arrives is what the path carries; three that agree raise the estimate, two lower it. And
// delay is read from the first packet of each train alone: those behind it wait for each other.
//
// While little is sent, probes are asked for (pouce_estimator_take_probe).
//
// Pure: time is an argument. One thread. No allocation after new.

#include <glib.h>

G_BEGIN_DECLS

/** One packet of a feedback report, in sending order. */
typedef struct {
    gint64 sent_us;     // own clock
    gint64 received_us; // far clock, any origin; -1: lost
    guint32 bytes;
} PoucePacketReport;

typedef struct {
    int start_bps;
    int min_bps;
    int max_bps;
} PouceEstimatorConfig;

typedef enum {
    POUCE_PATH_NORMAL,
    POUCE_PATH_OVERUSED,  // a queue is growing
    POUCE_PATH_UNDERUSED, // a queue is draining
} PoucePathState;

typedef struct PouceEstimator PouceEstimator;

PouceEstimator *pouce_estimator_new(const PouceEstimatorConfig *config);
void pouce_estimator_free(PouceEstimator *estimator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceEstimator, pouce_estimator_free)

/**
 * pouce_estimator_on_report - one feedback report
 * @now_us:  monotonic, never decreasing
 * @packets: any values may be in them (they come from the far end): what does not fit is ignored
 */
void pouce_estimator_on_report(
    PouceEstimator *estimator, gint64 now_us, const PoucePacketReport *packets, guint count);

/** pouce_estimator_on_rtt - one round trip, as measured by heartbeats */
void pouce_estimator_on_rtt(PouceEstimator *estimator, gint64 now_us, gint64 rtt_us);

/** pouce_estimator_bps - what may be sent, video and everything else together */
int pouce_estimator_bps(const PouceEstimator *estimator);

/** pouce_estimator_window_bytes - most that may be under way: rate x (smallest round trip + time
 * between reports + 50 ms), and little before the first report */
gint64 pouce_estimator_window_bytes(const PouceEstimator *estimator);

/** pouce_estimator_pace_bps - how fast the packets of one frame should leave */
int pouce_estimator_pace_bps(const PouceEstimator *estimator);

/**
 * pouce_estimator_take_probe - is something wanted that tells more of the path?
 * To be asked after each report, and each second. Once taken it counts as sent.
 * @out_bytes: to send in one go, unless something else is being sent; untouched on FALSE
 */
gboolean pouce_estimator_take_probe(PouceEstimator *estimator, gint64 now_us, int *out_bytes);

PoucePathState pouce_estimator_state(const PouceEstimator *estimator);
double pouce_estimator_loss(const PouceEstimator *estimator); // 0..1, last second or so

G_END_DECLS
