// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Is a queue growing on the path? A line is laid through the smoothed one-way delays of the last
// groups of packets; its slope is held against a threshold that adapts, so that a bulk transfer
// beside ours does not starve it. Pure, caller's memory, one thread.

#include "codec/rate/estimator.h"

G_BEGIN_DECLS

/** Groups in the regression (draft-ietf-rmcat-gcc's trendline as deployed: 20). */
#define POUCE_TREND_WINDOW 20

typedef struct {
    double at_ms[POUCE_TREND_WINDOW];
    double delay_ms[POUCE_TREND_WINDOW];
    guint count; // groups seen in all
    double sum_ms;
    double smoothed_ms;
    double threshold_ms;
    double last_slope;
    double over_ms; // how long the slope has been above the threshold
    gint64 first_us;
    gint64 updated_us;
    PoucePathState state;
} PouceTrend;

void pouce_trend_init(PouceTrend *trend);

/**
 * pouce_trend_add - one more group
 * @sent_delta_us, @received_delta_us: between this group's last packet and the last group's
 * @received_us:                       far clock; rising
 */
PoucePathState pouce_trend_add(
    PouceTrend *trend, gint64 sent_delta_us, gint64 received_delta_us, gint64 received_us);

G_END_DECLS
