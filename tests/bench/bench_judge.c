// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_judge.h"

#include "codec/frame/compare.h"

#include <math.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

struct BenchJudge {
    vpx_codec_ctx_t codec;
    PouceFrame shown; // libvpx's planes; width 0 before the first frame
    guint looks;
    double error_sum; // of mean squared errors
    double psnr_sum;
    double psnr_min;
    double psnr_last;
};

BenchJudge *bench_judge_new(void)
{
    BenchJudge *judge = g_new0(BenchJudge, 1);
    vpx_codec_dec_cfg_t config = {.threads = 1};
    vpx_codec_err_t code = vpx_codec_dec_init(&judge->codec, vpx_codec_vp8_dx(), &config, 0);
    g_assert(code == VPX_CODEC_OK);
    judge->psnr_min = POUCE_PSNR_MAX_DB;
    return judge;
}

void bench_judge_free(BenchJudge *judge)
{
    if (!judge)
        return;
    vpx_codec_destroy(&judge->codec);
    g_free(judge);
}

gboolean bench_judge_decode(BenchJudge *judge, const guint8 *data, gsize bytes)
{
    if (vpx_codec_decode(&judge->codec, data, (unsigned)bytes, NULL, 0) != VPX_CODEC_OK)
        return FALSE;
    vpx_codec_iter_t iterator = NULL;
    const vpx_image_t *image = vpx_codec_get_frame(&judge->codec, &iterator);
    if (!image)
        return FALSE;
    judge->shown.width_px = (int)image->d_w;
    judge->shown.height_px = (int)image->d_h;
    for (int plane = 0; plane < 3; plane++) {
        judge->shown.planes[plane] = image->planes[plane];
        judge->shown.strides[plane] = image->stride[plane];
    }
    return TRUE;
}

void bench_judge_look(BenchJudge *judge, const PouceFrame *source)
{
    if (judge->shown.width_px != source->width_px || judge->shown.height_px != source->height_px)
        return;
    judge->psnr_last = pouce_compare_luma_psnr(source, &judge->shown);
    judge->psnr_min = MIN(judge->psnr_min, judge->psnr_last);
    judge->psnr_sum += judge->psnr_last;
    if (judge->psnr_last < POUCE_PSNR_MAX_DB)
        judge->error_sum += 255 * 255 / pow(10, judge->psnr_last / 10);
    judge->looks++;
}

BenchVerdict bench_judge_verdict(const BenchJudge *judge)
{
    BenchVerdict verdict = {0};
    if (judge->looks == 0)
        return verdict;
    double error = judge->error_sum / judge->looks;
    verdict.psnr_db = error > 0 ? 10 * log10(255 * 255 / error) : POUCE_PSNR_MAX_DB;
    verdict.psnr_mean_db = judge->psnr_sum / judge->looks;
    verdict.psnr_min_db = judge->psnr_min;
    verdict.psnr_last_db = judge->psnr_last;
    return verdict;
}

void bench_times_init(BenchTimes *times)
{
    times->values = g_array_new(FALSE, FALSE, sizeof(double));
}

void bench_times_clear(BenchTimes *times)
{
    g_clear_pointer(&times->values, g_array_unref);
}

void bench_times_add(BenchTimes *times, double ms)
{
    g_array_append_val(times->values, ms);
}

double bench_times_mean(const BenchTimes *times)
{
    double sum = 0;
    for (guint i = 0; i < times->values->len; i++)
        sum += g_array_index(times->values, double, i);
    return times->values->len ? sum / times->values->len : 0;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_times_quantile(BenchTimes *times, double quantile)
{
    guint count = times->values->len;
    if (count == 0)
        return 0;
    g_array_sort(times->values, compare_doubles);
    guint rank = (guint)ceil(quantile * count);
    return g_array_index(times->values, double, CLAMP(rank, 1, count) - 1);
}
