// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/bench_link.h"

void bench_link_init(BenchLink *link, int bitrate_bps)
{
    *link = (BenchLink){.bytes_per_ms = bitrate_bps / 8000.0};
    link->changes = g_array_new(FALSE, FALSE, sizeof(BenchChange));
}

void bench_link_clear(BenchLink *link)
{
    g_clear_pointer(&link->changes, g_array_unref);
}

void bench_link_begin(BenchLink *link, double now_ms, gboolean watch)
{
    if (link->watching)
        g_array_append_val(link->changes, link->now);
    link->watching = watch;
    link->began_ms = now_ms;
    link->now = (BenchChange){.readable_ms = -1, .sharp_ms = -1, .floor_ms = -1};
}

void bench_link_sent(BenchLink *link, double now_ms, double encode_ms, gsize bytes,
    const BenchJudge *judge, const PouceFrame *source, const PouceDamage *text)
{
    link->free_ms = MAX(link->free_ms, now_ms + encode_ms) + bytes / link->bytes_per_ms;
    BenchChange *now = &link->now;
    if (!link->watching || now->sharp_ms >= 0)
        return;
    now->sharp_bytes += bytes;
    if (now->readable_ms < 0 && bench_judge_ssim(judge, source, NULL) >= BENCH_READABLE_SSIM)
        now->readable_ms = link->free_ms - link->began_ms;
    gboolean has_text = text && !pouce_damage_is_empty(text);
    if (bench_judge_is_sharp(judge, source, has_text ? text : NULL)) {
        now->sharp_ms = link->free_ms - link->began_ms;
        now->floor_ms = now->sharp_bytes / link->bytes_per_ms;
    }
}
