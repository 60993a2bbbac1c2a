// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/media_half.h"

#include "codec/frame/scale.h"

typedef struct {
    MediaHalf *half;
    PoucePixels from, to;
} Job;

static void halve_rect(PouceRect rect, gpointer data)
{
    Job *job = data;
    pouce_damage_add_rect(&job->half->damage, pouce_scale_halve(&job->from, &job->to, rect));
}

void pouce_media_half_clear(MediaHalf *half)
{
    g_clear_pointer(&half->bgrx, g_free);
    pouce_damage_clear(&half->damage);
    *half = (MediaHalf){0};
}

void pouce_media_half_take(MediaHalf *half, PoucePicture *picture)
{
    int width_px = picture->width_px / 2, height_px = picture->height_px / 2;
    gboolean whole = !half->bgrx || half->width_px != width_px || half->height_px != height_px;
    if (whole) {
        pouce_media_half_clear(half);
        half->bgrx = g_malloc0((gsize)width_px * (gsize)height_px * 4);
        half->width_px = width_px;
        half->height_px = height_px;
        pouce_damage_init(&half->damage, width_px, height_px);
    }
    pouce_damage_empty(&half->damage);
    // Grabbed pixels are only read.
    Job job = {half,
        {(guint8 *)picture->bgrx, picture->stride_bytes, picture->width_px, picture->height_px},
        {half->bgrx, width_px * 4, width_px, height_px}};
    pouce_damage_for_each_rect(
        whole ? NULL : picture->damage, picture->width_px, picture->height_px, halve_rect, &job);
    *picture = (PoucePicture){half->bgrx, width_px * 4, width_px, height_px, &half->damage};
}
