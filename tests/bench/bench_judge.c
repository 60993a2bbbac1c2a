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
    guint text_looks;
    double text_error_sum, text_psnr_min, text_ssim_sum;
};

#define SHARP_MSE (6.0 * 6.0 / 12)
#define SHARP_SHARE 0.99

BenchJudge *bench_judge_new(void)
{
    BenchJudge *judge = g_new0(BenchJudge, 1);
    vpx_codec_dec_cfg_t config = {.threads = 1};
    vpx_codec_err_t code = vpx_codec_dec_init(&judge->codec, vpx_codec_vp8_dx(), &config, 0);
    g_assert(code == VPX_CODEC_OK);
    judge->psnr_min = judge->text_psnr_min = POUCE_PSNR_MAX_DB;
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

static gboolean is_shown(const BenchJudge *judge, const PouceFrame *source)
{
    return judge->shown.width_px == source->width_px && judge->shown.height_px == source->height_px;
}

static double psnr_of(double mse)
{
    return mse > 0 ? MIN(10 * log10(255 * 255 / mse), POUCE_PSNR_MAX_DB) : POUCE_PSNR_MAX_DB;
}

/** Sums over a block of two pictures: squares of 256 pixels fit. */
typedef struct {
    int count;
    int a, b, aa, bb, ab;
} Sums;

static Sums sum_block(const PouceFrame *a, const PouceFrame *b, int x, int y, int side)
{
    int width = CLAMP(a->width_px - x, 0, side), height = CLAMP(a->height_px - y, 0, side);
    Sums sums = {.count = width * height};
    for (int j = y; j < y + height; j++) {
        const guint8 *p = a->planes[0] + j * a->strides[0] + x;
        const guint8 *q = b->planes[0] + j * b->strides[0] + x;
        for (int i = 0; i < width; i++) {
            sums.a += p[i];
            sums.b += q[i];
            sums.aa += p[i] * p[i];
            sums.bb += q[i] * q[i];
            sums.ab += p[i] * q[i];
        }
    }
    return sums;
}

static double mse_of(const Sums *sums)
{
    return (double)(sums->aa + sums->bb - 2 * sums->ab) / MAX(sums->count, 1);
}

// The usual constants: 1 % and 3 % of the range, squared.
static double ssim_of(const Sums *sums)
{
    const double c1 = 2.55 * 2.55, c2 = 7.65 * 7.65;
    double n = MAX(sums->count, 1), a = sums->a / n, b = sums->b / n;
    double aa = sums->aa / n - a * a, bb = sums->bb / n - b * b, ab = sums->ab / n - a * b;
    return (2 * a * b + c1) * (2 * ab + c2) / ((a * a + b * b + c1) * (aa + bb + c2));
}

/** Figures of the macroblocks of a part of the picture. */
typedef struct {
    int blocks, sharp;
    double mse, ssim;
} Figures;

static Figures look_at(
    const BenchJudge *judge, const PouceFrame *source, const PouceDamage *part, gboolean ssim)
{
    Figures figures = {0};
    for (int y = 0; y < source->mb_rows; y++)
        for (int x = 0; x < source->mb_columns; x++) {
            if (part && !pouce_damage_get(part, x, y))
                continue;
            Sums sums = sum_block(source, &judge->shown, x * 16, y * 16, 16);
            figures.blocks++;
            figures.mse += mse_of(&sums);
            figures.sharp += mse_of(&sums) <= SHARP_MSE;
            for (int i = 0; ssim && i < 4; i++) {
                sums = sum_block(source, &judge->shown, x * 16 + i % 2 * 8, y * 16 + i / 2 * 8, 8);
                figures.ssim += ssim_of(&sums) / 4;
            }
        }
    figures.mse /= MAX(figures.blocks, 1);
    figures.ssim /= MAX(figures.blocks, 1);
    return figures;
}

void bench_judge_look(BenchJudge *judge, const PouceFrame *source, const PouceDamage *text)
{
    if (!is_shown(judge, source))
        return;
    judge->psnr_last = pouce_compare_luma_psnr(source, &judge->shown);
    judge->psnr_min = MIN(judge->psnr_min, judge->psnr_last);
    judge->psnr_sum += judge->psnr_last;
    if (judge->psnr_last < POUCE_PSNR_MAX_DB)
        judge->error_sum += 255 * 255 / pow(10, judge->psnr_last / 10);
    judge->looks++;
    if (!text || pouce_damage_is_empty(text))
        return;
    Figures figures = look_at(judge, source, text, TRUE);
    judge->text_looks++;
    judge->text_error_sum += figures.mse;
    judge->text_psnr_min = MIN(judge->text_psnr_min, psnr_of(figures.mse));
    judge->text_ssim_sum += figures.ssim;
}

double bench_judge_ssim(const BenchJudge *judge, const PouceFrame *source, const PouceDamage *part)
{
    return is_shown(judge, source) ? look_at(judge, source, part, TRUE).ssim : -1;
}

gboolean bench_judge_is_sharp(
    const BenchJudge *judge, const PouceFrame *source, const PouceDamage *part)
{
    if (!is_shown(judge, source))
        return FALSE;
    Figures figures = look_at(judge, source, part, FALSE);
    return figures.sharp >= SHARP_SHARE * figures.blocks;
}

BenchVerdict bench_judge_verdict(const BenchJudge *judge)
{
    BenchVerdict verdict = {0};
    if (judge->looks == 0)
        return verdict;
    verdict.psnr_db = psnr_of(judge->error_sum / judge->looks);
    verdict.psnr_mean_db = judge->psnr_sum / judge->looks;
    verdict.psnr_min_db = judge->psnr_min;
    verdict.psnr_last_db = judge->psnr_last;
    verdict.text_looks = judge->text_looks;
    if (judge->text_looks) {
        verdict.text_psnr_db = psnr_of(judge->text_error_sum / judge->text_looks);
        verdict.text_psnr_min_db = judge->text_psnr_min;
        verdict.text_ssim = judge->text_ssim_sum / judge->text_looks;
    }
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
