// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_report.h"

#include <stdio.h>

void bench_report_init(BenchReport *report)
{
    *report = (BenchReport){0};
    bench_times_init(&report->changes);
    bench_times_init(&report->refinements);
    bench_times_init(&report->converts);
    bench_times_init(&report->decodes);
}

void bench_report_clear(BenchReport *report)
{
    bench_times_clear(&report->changes);
    bench_times_clear(&report->refinements);
    bench_times_clear(&report->converts);
    bench_times_clear(&report->decodes);
}

static void tally_add(BenchTally *tally, const PouceEncodedFrame *out)
{
    tally->bytes += out->bytes;
    tally->sent++;
    tally->keys += out->key;
    tally->coded_mb += out->coded_mb;
    tally->quantizers += out->quantizer;
}

void bench_report_call(BenchReport *report, double wall_ms, gboolean is_change,
    const PouceEncodedFrame *out, int budget_bytes)
{
    if (report->all.sent == 0)
        report->first_ms = wall_ms;
    else
        bench_times_add(is_change ? &report->changes : &report->refinements, wall_ms);
    report->not_sent += !out && is_change;
    if (!out)
        return;
    tally_add(&report->all, out);
    if (!is_change)
        tally_add(&report->refined, out);
    if (report->moving)
        tally_add(&report->moved, out);
    report->beyond_budget += budget_bytes > 0 && out->bytes > budget_bytes * 1.05;
}

static double moving_kbps(const BenchReport *report, const BenchRun *run)
{
    int frames = run->frames - run->has_lead;
    return frames > 0 ? report->moved.bytes * 8.0 * run->fps / frames / 1000 : 0;
}

/** Changes after the first; means over those that came so far. */
typedef struct {
    int count, readable, sharp;
    double readable_ms, sharp_ms, floor_ms;
} Later;

static Later later_changes(const BenchLink *link)
{
    Later later = {0};
    for (guint i = 1; i < link->changes->len; i++) {
        const BenchChange *change = &g_array_index(link->changes, BenchChange, i);
        later.count++;
        if (change->readable_ms >= 0) {
            later.readable++;
            later.readable_ms += change->readable_ms;
        }
        if (change->sharp_ms >= 0) {
            later.sharp++;
            later.sharp_ms += change->sharp_ms;
            later.floor_ms += change->floor_ms;
        }
    }
    later.readable_ms /= MAX(later.readable, 1);
    later.sharp_ms /= MAX(later.sharp, 1);
    later.floor_ms /= MAX(later.sharp, 1);
    return later;
}

static const BenchChange *first_change(const BenchLink *link)
{
    static const BenchChange none = {-1, -1, -1, 0};
    return link->changes->len ? &g_array_index(link->changes, BenchChange, 0) : &none;
}

static void json_link(const BenchLink *link)
{
    const BenchChange *first = first_change(link);
    Later later = later_changes(link);
    printf("\"first\": {\"readable_ms\": %.1f, \"sharp_ms\": %.1f, \"floor_ms\": %.1f, "
           "\"sharp_bytes\": %zu}, ",
        first->readable_ms, first->sharp_ms, first->floor_ms, first->sharp_bytes);
    printf("\"later\": {\"changes\": %d, \"readable\": %d, \"readable_ms\": %.1f, \"sharp\": %d, "
           "\"sharp_ms\": %.1f, \"floor_ms\": %.1f}, ",
        later.count, later.readable, later.readable_ms, later.sharp, later.sharp_ms,
        later.floor_ms);
}

void bench_report_json(BenchReport *report, const BenchRun *run, const BenchLink *link)
{
    const BenchTally *all = &report->all, *moved = &report->moved;
    const BenchVerdict *verdict = &report->verdict;
    printf("{\"encoder\": \"%s\", \"size\": \"%dx%d\", \"fps\": %d, \"bitrate_kbps\": %d, "
           "\"frames\": %d, \"sent\": %d, \"not_sent\": %d, \"keys\": %d, ",
        run->encoder, run->width_px, run->height_px, run->fps, run->bitrate_kbps, run->frames,
        all->sent, report->not_sent, all->keys);
    printf("\"encode_ms\": {\"count\": %u, \"p50\": %.3f, \"p99\": %.3f, \"mean\": %.3f, "
           "\"first\": %.3f}, ",
        report->changes.values->len, bench_times_quantile(&report->changes, 0.5),
        bench_times_quantile(&report->changes, 0.99), bench_times_mean(&report->changes),
        report->first_ms);
    printf(
        "\"refine\": {\"calls\": %u, \"sent\": %d, \"ms_mean\": %.3f, \"bits\": %" G_GUINT64_FORMAT
        "}, \"convert_ms\": {\"p50\": %.3f, \"mean\": %.3f}, \"cpu_ms\": %.1f, ",
        report->refinements.values->len, report->refined.sent,
        bench_times_mean(&report->refinements), report->refined.bytes * 8,
        bench_times_quantile(&report->converts, 0.5), bench_times_mean(&report->converts),
        report->cpu_ms);
    printf("\"bits\": %" G_GUINT64_FORMAT ", \"moving_bits\": %" G_GUINT64_FORMAT
           ", \"moving_sent\": %d, \"kbps\": %.1f, \"coded_mb_mean\": %.1f, "
           "\"quantizer_mean\": %.1f, \"beyond_budget\": %d, ",
        all->bytes * 8, moved->bytes * 8, moved->sent, moving_kbps(report, run),
        moved->coded_mb / MAX(moved->sent, 1), moved->quantizers / MAX(moved->sent, 1),
        report->beyond_budget);
    printf("\"decode_ms\": {\"p50\": %.3f, \"mean\": %.3f}, ",
        bench_times_quantile(&report->decodes, 0.5), bench_times_mean(&report->decodes));
    if (report->moved_frames)
        printf("\"motion\": {\"frames\": %d, \"found\": %d}, ", report->moved_frames,
            report->found_frames);
    json_link(link);
    if (verdict->text_looks)
        printf("\"text_psnr_db\": %.2f, \"text_psnr_min_db\": %.2f, \"text_ssim\": %.4f, ",
            verdict->text_psnr_db, verdict->text_psnr_min_db, verdict->text_ssim);
    printf("\"psnr_db\": %.2f, \"psnr_mean_db\": %.2f, \"psnr_min_db\": %.2f, "
           "\"psnr_settled_db\": %.2f}\n",
        verdict->psnr_db, verdict->psnr_mean_db, verdict->psnr_min_db, report->settled_db);
}

static void text_change(const char *what, double readable_ms, double sharp_ms, double floor_ms)
{
    printf("%-12s readable ", what);
    printf(readable_ms >= 0 ? "after %.0f ms" : "never", readable_ms);
    printf(sharp_ms >= 0 ? ", sharp after %.0f" : ", never sharp", sharp_ms);
    printf(sharp_ms >= 0 ? " (its bytes take %.0f)\n" : "\n", floor_ms);
}

void bench_report_text(BenchReport *report, const BenchRun *run, const BenchLink *link)
{
    const BenchVerdict *verdict = &report->verdict;
    const BenchChange *first = first_change(link);
    Later later = later_changes(link);
    printf("%s, %dx%d, %d frames at %d fps, %d kb/s asked\n", run->encoder, run->width_px,
        run->height_px, run->frames, run->fps, run->bitrate_kbps);
    printf("encode ms    p50 %.2f  p99 %.2f  mean %.2f  first %.2f\n",
        bench_times_quantile(&report->changes, 0.5), bench_times_quantile(&report->changes, 0.99),
        bench_times_mean(&report->changes), report->first_ms);
    printf("refinement   %d frames in %u calls, mean %.2f ms\n", report->refined.sent,
        report->refinements.values->len, bench_times_mean(&report->refinements));
    printf("convert ms   p50 %.2f  mean %.2f\n", bench_times_quantile(&report->converts, 0.5),
        bench_times_mean(&report->converts));
    printf("cpu ms       %.1f for all encode calls\n", report->cpu_ms);
    printf("sent         %d frames (%d key), %d not sent, %.1f kb/s\n", report->all.sent,
        report->all.keys, report->not_sent, moving_kbps(report, run));
    text_change("first", first->readable_ms, first->sharp_ms, first->floor_ms);
    if (later.count) {
        printf("later        %d large changes, %d readable, %d sharp in time; means of these:\n",
            later.count, later.readable, later.sharp);
        text_change("", later.readable ? later.readable_ms : -1, later.sharp ? later.sharp_ms : -1,
            later.floor_ms);
    }
    printf("luma PSNR dB %.2f  mean %.2f  min %.2f  settled %.2f\n", verdict->psnr_db,
        verdict->psnr_mean_db, verdict->psnr_min_db, report->settled_db);
    if (verdict->text_looks)
        printf("on text      %.2f  min %.2f  SSIM %.4f\n", verdict->text_psnr_db,
            verdict->text_psnr_min_db, verdict->text_ssim);
}
