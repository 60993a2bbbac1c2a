// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/rate.h"

#include "codec/video/screen/quantize.h"
#include "codec/video/screen/tables.h"

#include <math.h>

/** Least share of credit that is worth a frame of refinement: 20 ms of the bitrate. */
#define REFINE_SHARE_US 20000
#define FRAME_MIN_BYTES 500
// The first frame of a large change: as much as is on the line for hardly longer than it takes to
// encode, or, on slower lines, what most pages of text are readable with.
#define FIRST_US 10000
#define FIRST_BYTES_PER_MB 8
// Between these shares of the budget the quality of changes is right.
#define SETTLE_HIGH 0.9
#define SETTLE_LOW 0.6
/** While the screen is busy a frame takes one of so many shares of the credit. */
#define BUSY_SHARES 3
/** What frames of a flow take is averaged over about so many. */
#define FLOW_FRAMES 4

static double bytes_in(const ScreenRate *rate, gint64 us)
{
    return (double)rate->bitrate_bps / 8 * (double)us / 1e6;
}

void screen_rate_init(ScreenRate *rate, int bitrate_bps, int fps_max)
{
    *rate = (ScreenRate){
        .bitrate_bps = bitrate_bps,
        .fps_max = fps_max,
        .last_us = -1,
        .models = {{.log_scale = 0.34}}, // 1.4 and 1: typical of pages of text
        .refined_bytes_per_mb = {8, 15, 30, 60},
    };
}

void screen_rate_advance(ScreenRate *rate, gint64 now_us)
{
    double full = bytes_in(rate, SCREEN_RATE_BURST_US);
    if (rate->last_us < 0)
        rate->credit_bytes = full;
    else if (now_us > rate->last_us)
        rate->credit_bytes += bytes_in(rate, now_us - rate->last_us);
    rate->credit_bytes = MIN(rate->credit_bytes, full);
    rate->last_us = MAX(rate->last_us, now_us);
}

int screen_rate_allowance_bytes(const ScreenRate *rate, gboolean busy)
{
    double share = bytes_in(rate, G_USEC_PER_SEC / rate->fps_max) / 2;
    return (int)MAX(MAX(rate->credit_bytes / (busy ? BUSY_SHARES : 1), share), FRAME_MIN_BYTES);
}

double screen_rate_first_bytes(const ScreenRate *rate, int changed_mb, int whole_mb)
{
    double share = (double)changed_mb / MAX(whole_mb, changed_mb);
    return MAX(bytes_in(rate, FIRST_US) * share, (double)changed_mb * FIRST_BYTES_PER_MB);
}

void screen_rate_spent(ScreenRate *rate, gsize bytes)
{
    // Debt is bounded too: a key frame forced out at once must not silence a second.
    rate->credit_bytes -= (double)bytes;
    rate->credit_bytes = MAX(rate->credit_bytes, -bytes_in(rate, SCREEN_RATE_BURST_US));
}

gint64 screen_rate_ready_us(const ScreenRate *rate, gint64 now_us)
{
    double missing = bytes_in(rate, REFINE_SHARE_US) - rate->credit_bytes;
    gint64 frame = now_us + G_USEC_PER_SEC / rate->fps_max;
    if (missing <= 0)
        return frame;
    return MAX(frame, now_us + (gint64)(missing * 8e6 / rate->bitrate_bps));
}

double screen_estimate_bytes(const ScreenEstimate *estimate, int quantizer)
{
    if (!estimate->sampled_mb)
        return 0;
    int step = screen_ac_steps[quantizer];
    double bits = 4.0 * estimate->sampled_mb; // modes and ends of blocks
    for (int bin = 1; bin < SCREEN_ESTIMATE_BINS; bin++) {
        if (!estimate->bins[bin])
            continue;
        int level = (bin * 2 + step / 8) / step; // most that are rounded up are trimmed again
        // A coefficient costs its sign, its place, and two bits for each doubling.
        if (level > 0)
            bits += estimate->bins[bin] * (3.5 + 2.0 * (31 - __builtin_clz((guint)level)));
    }
    return bits / 8 * estimate->total_mb / estimate->sampled_mb;
}

/** What is further beyond is a surprise that says nothing of the next frame. */
#define BEYOND_MAX 0.25

// Grain vanishes at once where the step passes it: much steeper than the estimate, but not more.
#define SLOPE_MIN -5.0
/** Steps closer than this, as logarithms, say nothing of the slope. */
#define STEPS_APART 0.15

static double log_step_of(int quantizer)
{
    return log(screen_ac_steps[quantizer]);
}

static double log_factor(const ScreenRateModel *model, double log_step)
{
    double factor = model->log_scale + model->slope * (log_step - model->log_step);
    return CLAMP(factor, log(0.01), log(20));
}

double screen_rate_bytes(
    const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved, int quantizer)
{
    return screen_estimate_bytes(estimate, quantizer) *
           exp(log_factor(&rate->models[moved], log_step_of(quantizer)));
}

int screen_rate_pick(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int finest, double budget_bytes)
{
    int low = finest, high = SCREEN_QUANTIZER_MAX;
    while (low < high) {
        int middle = (low + high) / 2;
        if (screen_rate_bytes(rate, estimate, moved, middle) <= budget_bytes)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// Bytes fall as this power of the step at least (smooth pictures) and at most (grain).
#define POWER_LEAST 0.65
#define POWER_MOST 5.0

// The finest quantizer coarser than @quantizer whose step is @times as large.
static int coarser_by(int quantizer, double times)
{
    double step = screen_ac_steps[quantizer] * times;
    do
        quantizer++;
    while (quantizer < SCREEN_QUANTIZER_MAX && screen_ac_steps[quantizer] < step);
    return MIN(quantizer, SCREEN_QUANTIZER_MAX);
}

int screen_rate_pick_again(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    const ScreenTry *tries, int count, double budget_bytes)
{
    const ScreenTry *last = &tries[count - 1];
    double excess = MAX(last->bytes / budget_bytes, 1);
    int farthest = coarser_by(last->quantizer, pow(excess, 1 / POWER_LEAST));
    if (count == 1)
        return MIN(
            farthest, screen_rate_pick(rate, estimate, moved, last->quantizer + 1, budget_bytes));
    const ScreenTry *before = last - 1;
    double apart = log_step_of(last->quantizer) - log_step_of(before->quantizer);
    double power = log(before->bytes / last->bytes) / MAX(apart, 0.01);
    return coarser_by(last->quantizer, pow(excess, 1 / CLAMP(power, POWER_LEAST, POWER_MOST)));
}

int screen_rate_pick_first(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int finest, double first_bytes)
{
    int quantizer = screen_rate_pick(rate, estimate, moved, finest, first_bytes);
    return MIN(quantizer, MAX(finest, SCREEN_RATE_READABLE));
}

void screen_rate_settle(
    ScreenRate *rate, int quantizer, int sharp, double budget_bytes, double bytes)
{
    double share = bytes / budget_bytes;
    if (quantizer > SCREEN_RATE_COMFORT)
        rate->finest = SCREEN_RATE_COMFORT;
    else if (share > SETTLE_HIGH)
        rate->finest = MIN(rate->finest + 1, SCREEN_RATE_COMFORT);
    else if (share < SETTLE_LOW)
        rate->finest = MAX(rate->finest - 0.5, sharp);
}

void screen_rate_note_beyond(ScreenRate *rate, double expected_bytes, double bytes)
{
    double beyond = CLAMP(log(MAX(bytes, 1) / expected_bytes), 0, BEYOND_MAX);
    rate->beyond += (beyond - rate->beyond) / (beyond > rate->beyond ? 2 : 4);
}

double screen_rate_aim(const ScreenRate *rate, double most)
{
    return MIN(most, exp(-rate->beyond));
}

void screen_rate_flow(ScreenRate *rate, gboolean flows, double bytes)
{
    if (!flows)
        rate->flow_bytes = 0;
    else if (rate->flow_bytes > 0)
        rate->flow_bytes += (bytes - rate->flow_bytes) / FLOW_FRAMES;
    else
        rate->flow_bytes = MAX(bytes, 1);
}

double screen_rate_expect(const ScreenRate *rate, double bytes)
{
    return rate->flow_bytes > 0 ? MIN(rate->flow_bytes, bytes) : bytes;
}

void screen_rate_learn(ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int quantizer, double bytes, gboolean again)
{
    ScreenRateModel *model = &rate->models[moved];
    double estimated_bytes = screen_estimate_bytes(estimate, quantizer);
    if (estimated_bytes <= 0)
        return;
    double log_step = log_step_of(quantizer), came = log(bytes / estimated_bytes);
    double apart = log_step - model->last_step;
    if (model->learned && fabs(apart) > STEPS_APART) {
        double slope = CLAMP((came - model->last_log) / apart, SLOPE_MIN, 0);
        model->slope = (model->slope + slope) / 2;
    }
    double expected = again ? came : log_factor(model, log_step);
    model->log_scale = CLAMP((expected + came) / 2, log(0.05), log(10));
    model->log_step = log_step;
    model->last_log = came;
    model->last_step = log_step;
    model->learned = TRUE;
}
