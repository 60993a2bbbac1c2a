// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What an encoder is judged by: libvpx's own decoder, which shares nothing with the encoder or
// with our decoder, and lists of timings.

#include "codec/frame/frame.h"

typedef struct BenchJudge BenchJudge;

BenchJudge *bench_judge_new(void);
void bench_judge_free(BenchJudge *judge);
/** bench_judge_decode - FALSE if libvpx refuses the frame or shows nothing */
gboolean bench_judge_decode(BenchJudge *judge, const guint8 *data, gsize bytes);
/** bench_judge_look - compares @source with what is shown now; counts towards the means */
void bench_judge_look(BenchJudge *judge, const PouceFrame *source);

typedef struct {
    double psnr_db;      // of the mean squared error over all looks
    double psnr_mean_db; // mean of each look's PSNR
    double psnr_min_db;
    double psnr_last_db;
} BenchVerdict;

BenchVerdict bench_judge_verdict(const BenchJudge *judge);

typedef struct {
    GArray *values; // double
} BenchTimes;

void bench_times_init(BenchTimes *times);
void bench_times_clear(BenchTimes *times);
void bench_times_add(BenchTimes *times, double ms);
double bench_times_mean(const BenchTimes *times);
/** bench_times_quantile - nearest rank; sorts; 0 when empty */
double bench_times_quantile(BenchTimes *times, double quantile);
