// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/rate/trend.h"

#include <math.h>

// Constants of draft-ietf-rmcat-gcc-02 and of its widely deployed trendline variant.
static const double smoothing = 0.9;
static const double gain = 4.0;
static const double threshold_start_ms = 12.5;
static const double threshold_min_ms = 6.0;
static const double threshold_max_ms = 600.0;
static const double gain_up = 0.0087;
static const double gain_down = 0.039;
static const double overuse_ms = 10.0;
static const double jump_max_ms = 15.0; // a spike this far over the threshold does not move it
static const double count_max = 60.0;   // groups, caps the factor on the slope

void pouce_trend_init(PouceTrend *trend)
{
    *trend = (PouceTrend){.threshold_ms = threshold_start_ms, .state = POUCE_PATH_NORMAL};
}

/** Least squares over the window; 0 while there are too few groups. */
static double slope(const PouceTrend *trend)
{
    guint n = MIN(trend->count, POUCE_TREND_WINDOW);
    if (n < POUCE_TREND_WINDOW) {
        return 0;
    }
    double mean_x = 0, mean_y = 0;
    for (guint i = 0; i < n; i++) {
        mean_x += trend->at_ms[i] / n;
        mean_y += trend->delay_ms[i] / n;
    }
    double above = 0, below = 0;
    for (guint i = 0; i < n; i++) {
        double dx = trend->at_ms[i] - mean_x;
        above += dx * (trend->delay_ms[i] - mean_y);
        below += dx * dx;
    }
    return below > 0 ? above / below : 0;
}

static void adapt_threshold(PouceTrend *trend, double value_ms, double elapsed_ms)
{
    double over = fabs(value_ms) - trend->threshold_ms;
    if (over > jump_max_ms) {
        return;
    }
    double rate = over < 0 ? gain_down : gain_up;
    trend->threshold_ms += rate * over * MIN(elapsed_ms, 100.0);
    trend->threshold_ms = CLAMP(trend->threshold_ms, threshold_min_ms, threshold_max_ms);
}

static PoucePathState judge(PouceTrend *trend, double now_slope, double elapsed_ms)
{
    double value_ms = MIN((double)trend->count, count_max) * now_slope * gain;
    if (value_ms > trend->threshold_ms) {
        trend->over_ms += elapsed_ms;
        if (trend->over_ms > overuse_ms && now_slope >= trend->last_slope) {
            trend->over_ms = 0;
            trend->state = POUCE_PATH_OVERUSED;
        }
    } else {
        trend->over_ms = 0;
        trend->state = value_ms < -trend->threshold_ms ? POUCE_PATH_UNDERUSED : POUCE_PATH_NORMAL;
    }
    trend->last_slope = now_slope;
    adapt_threshold(trend, value_ms, elapsed_ms);
    return trend->state;
}

PoucePathState pouce_trend_add(
    PouceTrend *trend, gint64 sent_delta_us, gint64 received_delta_us, gint64 received_us)
{
    if (trend->count == 0) {
        trend->first_us = received_us;
        trend->updated_us = received_us;
    }
    double delta_ms = (double)(received_delta_us - sent_delta_us) / 1000.0;
    trend->sum_ms += delta_ms;
    trend->smoothed_ms = smoothing * trend->smoothed_ms + (1 - smoothing) * trend->sum_ms;
    guint at = trend->count % POUCE_TREND_WINDOW;
    trend->at_ms[at] = (double)(received_us - trend->first_us) / 1000.0;
    trend->delay_ms[at] = trend->smoothed_ms;
    trend->count++;
    double elapsed_ms = (double)(received_us - trend->updated_us) / 1000.0;
    trend->updated_us = received_us;
    return judge(trend, slope(trend), elapsed_ms);
}
