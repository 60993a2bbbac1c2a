// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What an encoder is judged by: libvpx's own decoder, which shares nothing with the encoder or
// with our decoder, and lists of timings.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

typedef struct BenchJudge BenchJudge;

BenchJudge *bench_judge_new(void);
void bench_judge_free(BenchJudge *judge);
/** bench_judge_decode - FALSE if libvpx refuses the frame or shows nothing */
gboolean bench_judge_decode(BenchJudge *judge, const guint8 *data, gsize bytes);
/**
 * bench_judge_look - compares @source with what is shown now; counts towards the means
 * @text: the macroblocks that hold text; NULL or empty: none
 */
void bench_judge_look(BenchJudge *judge, const PouceFrame *source, const PouceDamage *text);

/** bench_judge_ssim - luma of @part (NULL: everything), mean over blocks of 8x8; -1: not shown */
double bench_judge_ssim(const BenchJudge *judge, const PouceFrame *source, const PouceDamage *part);

/**
 * bench_judge_is_sharp - whether 99 of 100 macroblocks of @part are as good as quantizer index 8
 * makes them: its step in a pixel, 6, spread evenly: a mean squared error of 6 * 6 / 12
 */
gboolean bench_judge_is_sharp(
    const BenchJudge *judge, const PouceFrame *source, const PouceDamage *part);

/** Of the luma, over all looks. Text has its own figures; text_looks 0: there was none. */
typedef struct {
    double psnr_db;      // of the mean squared error over all looks
    double psnr_mean_db; // mean of each look's PSNR
    double psnr_min_db;
    double psnr_last_db;
    guint text_looks;
    double text_psnr_db;
    double text_psnr_min_db;
    double text_ssim;
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
