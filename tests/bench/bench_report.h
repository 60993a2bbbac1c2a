// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What a run of codec_bench counted, and how it is said: as a page or as one JSON object.

#include "codec/video/encoder.h"
#include "tests/bench/bench_link.h"

typedef struct {
    guint64 bytes;
    int sent, keys;
    double coded_mb, quantizers; // sums over frames sent
} BenchTally;

typedef struct {
    BenchTimes changes, refinements, converts;
    BenchTimes
        decodes;     // libvpx's, thread time, of frames that were coded for changes after the lead
    double first_ms; // the first frame, always a key frame, is not in changes
    double cpu_ms;
    gboolean moving;         // the lead is over
    BenchTally all, refined; // of the whole run; refined: not called for a change
    BenchTally moved;        // from the end of the lead on
    int not_sent;
    int beyond_budget;              // frames of more than 1.05 budgets
    int moved_frames, found_frames; // in which something moved, and was found; 0: not looked for
    BenchVerdict verdict;
    double settled_db;
} BenchReport;

/** What was run. */
typedef struct {
    const char *encoder;
    int width_px, height_px, fps, bitrate_kbps;
    int frames;
    gboolean has_lead; // the first frame is not in what moved
} BenchRun;

void bench_report_init(BenchReport *report);
void bench_report_clear(BenchReport *report);

/** bench_report_call - one call of the encoder took @wall_ms; @out: what came out or NULL */
void bench_report_call(BenchReport *report, double wall_ms, gboolean is_change,
    const PouceEncodedFrame *out, int budget_bytes);

void bench_report_json(BenchReport *report, const BenchRun *run, const BenchLink *link);
void bench_report_text(BenchReport *report, const BenchRun *run, const BenchLink *link);
