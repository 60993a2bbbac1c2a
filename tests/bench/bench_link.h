// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A line of a fixed rate without delay, and what comes over it after much of the screen changed:
// when the picture can be read and when it is sharp. A frame leaves when it is encoded and those
// before it have left; it is there when its last byte is.

#include "tests/bench/bench_judge.h"

/** What can be read: SSIM of the luma of the whole picture. */
#define BENCH_READABLE_SSIM 0.90

/** From the change on; negative: it never came to that before much changed again. */
typedef struct {
    double readable_ms;
    double sharp_ms;
    double floor_ms; // what the bytes until sharp take at the line's rate
    gsize sharp_bytes;
} BenchChange;

typedef struct {
    double bytes_per_ms;
    double free_ms; // when all that was sent is there
    double began_ms;
    gboolean watching;
    BenchChange now;
    GArray *changes; // BenchChange, those before
} BenchLink;

void bench_link_init(BenchLink *link, int bitrate_bps);
void bench_link_clear(BenchLink *link);

/** bench_link_begin - the whole screen is about to change, or so much that watching ends */
void bench_link_begin(BenchLink *link, double now_ms, gboolean watch);

/** bench_link_sent - a frame is encoded and decoded; @text: where sharpness matters, NULL: all */
void bench_link_sent(BenchLink *link, double now_ms, double encode_ms, gsize bytes,
    const BenchJudge *judge, const PouceFrame *source, const PouceDamage *text);
