// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// How many bytes the next frame may take when the caller names no budget, and which quantizer
// should meet a budget. A bucket fills at the bitrate; a histogram of the residual's coefficients
// tells how bits fall with the quantizer; one factor, learned from each frame, makes up for what
// the histogram does not know. Pure.

#include "codec/video/screen/refine.h"

/** The bucket holds this much time: what a large change may take at once after a quiet while. */
#define SCREEN_RATE_BURST_US 100000

/** Bits that come out for each bit estimated: a power of the step, learned from what came out. */
typedef struct {
    double log_scale; // at log_step
    double log_step;
    double slope;               // never positive: coarser is never larger
    double last_log, last_step; // of the latest frame or attempt by itself
    gboolean learned;
} ScreenRateModel;

typedef struct {
    int bitrate_bps;
    int fps_max;
    gint64 last_us; // -1 before the first advance
    double credit_bytes;
    ScreenRateModel models[2]; // [1]: of pictures that moved
    double beyond;     // how far frames of late came out larger than estimated, as a logarithm
    double finest;     // quantizer index below which frames that change are not coded just now
    double flow_bytes; // what the changes of a frame took lately while flows last; 0: none
    double refined_bytes_per_mb[SCREEN_RUNGS]; // learned
} ScreenRate;

#define SCREEN_ESTIMATE_BINS 256

/** Magnitudes of sampled coefficients, two to a bin, and how many macroblocks each sample means. */
typedef struct {
    guint32 bins[SCREEN_ESTIMATE_BINS];
    int sampled_mb;
    int total_mb;
} ScreenEstimate;

void screen_rate_init(ScreenRate *rate, int bitrate_bps, int fps_max);

/** screen_rate_advance - fills the bucket up to @now_us */
void screen_rate_advance(ScreenRate *rate, gint64 now_us);

/**
 * screen_rate_allowance_bytes - what the next frame may take; at least a frame's share
 * @busy: large changes follow each other: part of the credit is left for the next ones, so that
 *        their quality does not swing
 */
int screen_rate_allowance_bytes(const ScreenRate *rate, gboolean busy);

/**
 * screen_rate_first_bytes - what the first frame of a large change should take after a quiet while
 * More than that on a fast line is better spent on refinement, once the first frame is readable.
 * @changed_mb: coded in this frame, @whole_mb: in all frames of the change
 */
double screen_rate_first_bytes(const ScreenRate *rate, int changed_mb, int whole_mb);

/** screen_rate_spent - @bytes went out */
void screen_rate_spent(ScreenRate *rate, gsize bytes);

/** screen_rate_ready_us - when refinement has credit enough to go on */
gint64 screen_rate_ready_us(const ScreenRate *rate, gint64 now_us);

/** screen_estimate_bytes - of all macroblocks at @quantizer, before scaling */
double screen_estimate_bytes(const ScreenEstimate *estimate, int quantizer);

/** screen_rate_pick - finest quantizer in @finest..127 whose estimate fits @budget_bytes */
int screen_rate_pick(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int finest, double budget_bytes);

/** What one attempt at a frame came to. */
typedef struct {
    int quantizer;
    double bytes;
} ScreenTry;

/**
 * screen_rate_pick_again - the same, after @tries[0..count-1], @count > 0, came out too large
 * What came out says more than the estimate, which is blind to what coarse neighbours cost smooth
 * pictures: one try bounds how far the next one goes, two say how bytes fall with the quantizer.
 */
int screen_rate_pick_again(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    const ScreenTry *tries, int count, double budget_bytes);

/**
 * screen_rate_pick_first - the same, but no coarser than is readable: text of any size and font
 * that was tried has an SSIM of 0.985 at this index, 0.96 at 64
 */
#define SCREEN_RATE_READABLE 40
/** Twice the step of that: letters can be told apart. */
#define SCREEN_RATE_ROUGH 76
int screen_rate_pick_first(const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int finest, double first_bytes);

/**
 * screen_rate_settle - a frame of changes took @bytes of @budget_bytes at @quantizer
 * Where frames come out coarser than SCREEN_RATE_COMFORT now and then, those between are not made
 * perfect either: quality that swings shows more than quality that is a little lower.
 */
#define SCREEN_RATE_COMFORT 14
void screen_rate_settle(
    ScreenRate *rate, int quantizer, int sharp, double budget_bytes, double bytes);

/** screen_rate_flow - the changes of a frame took @bytes; @flows: as part of a scroll or film */
void screen_rate_flow(ScreenRate *rate, gboolean flows, double bytes);

/** screen_rate_expect - what changes will take that are estimated at @bytes */
double screen_rate_expect(const ScreenRate *rate, double bytes);

/** screen_rate_bytes - of all macroblocks at @quantizer */
double screen_rate_bytes(
    const ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved, int quantizer);

/** screen_rate_note_beyond - @expected_bytes was the estimate, @bytes came out at the first try */
void screen_rate_note_beyond(ScreenRate *rate, double expected_bytes, double bytes);

/**
 * screen_rate_aim - share of a budget to aim for: @most, less while frames come out larger than
 * estimated A frame that comes out too large is made twice, which costs more than a few percent of
 * its bits.
 */
double screen_rate_aim(const ScreenRate *rate, double most);

/**
 * screen_rate_learn - @bytes came out at @quantizer
 * @again: the same frame is tried again: what came out counts alone, otherwise half
 */
void screen_rate_learn(ScreenRate *rate, const ScreenEstimate *estimate, gboolean moved,
    int quantizer, double bytes, gboolean again);
