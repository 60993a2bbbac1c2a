// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/picture.h"

#include <stdlib.h>

#include "codec/video/decoder.h"
#include "codec/video/trace.h"

struct PoucePicture {
    PoucePictureConfig config;
    GMutex lock; // everything below; the callbacks run without it
    PouceDecoder *decoder;
    PouceRecorder *recorder;
    PoucePictureStats stats;
    gboolean wants_key;
    int probe_value; // last reported; -1 before
};

PoucePicture *pouce_picture_new(const PoucePictureConfig *config, GError **error)
{
    PouceDecoder *decoder = pouce_decoder_new(error);
    if (!decoder)
        return NULL;
    PoucePicture *picture = g_new0(PoucePicture, 1);
    picture->config = *config;
    picture->decoder = decoder;
    picture->wants_key = TRUE;
    picture->probe_value = -1;
    g_mutex_init(&picture->lock);
    return picture;
}

void pouce_picture_free(PoucePicture *picture)
{
    if (!picture)
        return;
    pouce_recorder_free(picture->recorder);
    pouce_decoder_free(picture->decoder);
    g_mutex_clear(&picture->lock);
    g_free(picture);
}

void pouce_picture_restart(PoucePicture *picture)
{
    g_mutex_lock(&picture->lock);
    picture->wants_key = TRUE;
    g_mutex_unlock(&picture->lock);
}

void pouce_picture_set_recorder(PoucePicture *picture, PouceRecorder *recorder)
{
    g_mutex_lock(&picture->lock);
    PouceRecorder *old = g_steal_pointer(&picture->recorder);
    picture->recorder = recorder;
    g_mutex_unlock(&picture->lock);
    pouce_recorder_free(old);
}

gboolean pouce_picture_recorder_failed(PoucePicture *picture, char **out_reason)
{
    g_mutex_lock(&picture->lock);
    gboolean failed = picture->recorder && pouce_recorder_failed(picture->recorder, out_reason);
    g_mutex_unlock(&picture->lock);
    return failed;
}

void pouce_picture_stats(PoucePicture *picture, PoucePictureStats *out)
{
    g_mutex_lock(&picture->lock);
    *out = picture->stats;
    g_mutex_unlock(&picture->lock);
}

// The number in the picture; -1 if it is not in it.
static int read_number(const PoucePictureConfig *config, const PouceFrame *frame)
{
    int x = config->probe_x_px, y = config->probe_y_px, bits = config->probe_bits;
    int last_x = x + (bits - 1) * POUCE_PICTURE_PROBE_PITCH_PX;
    if (x < 0 || y < 0 || last_x >= frame->width_px || y >= frame->height_px)
        return -1;
    const guint8 *row = frame->planes[0] + (gsize)y * (gsize)frame->strides[0];
    int number = 0;
    for (int bit = 0; bit < bits; bit++)
        number |= (row[x + bit * POUCE_PICTURE_PROBE_PITCH_PX] > 127) << bit;
    return number;
}

static int read_luma(const PoucePictureConfig *config, const PouceFrame *frame)
{
    int x = config->probe_x_px, y = config->probe_y_px;
    if (x < 0 || y < 0 || x >= frame->width_px || y >= frame->height_px)
        return -1;
    return frame->planes[0][(gsize)y * (gsize)frame->strides[0] + (gsize)x];
}

// Returns what to report, or -1.
static int probe(PoucePicture *picture, const PouceFrame *frame)
{
    const PoucePictureConfig *config = &picture->config;
    gboolean number = config->probe_bits > 0;
    int now = number ? read_number(config, frame) : read_luma(config, frame);
    int before = picture->probe_value;
    int step = number ? 1 : POUCE_PICTURE_PROBE_STEP;
    if (now < 0 || (before >= 0 && abs(now - before) < step))
        return -1;
    picture->probe_value = now;
    return before < 0 ? -1 : now;
}

static void count(PoucePicture *picture, const PouceFrame *frame, gint64 began_us, gint64 now_us)
{
    PoucePictureStats *stats = &picture->stats;
    stats->decoded++;
    stats->decode_us += now_us - began_us;
    stats->last_us = now_us;
    if (!stats->first_us)
        stats->first_us = now_us;
    if (frame) {
        stats->width_px = frame->width_px;
        stats->height_px = frame->height_px;
    }
}

PoucePictureTake pouce_picture_take(
    PoucePicture *picture, const guint8 *vp8, gsize bytes, gint64 arrival_us, gboolean key)
{
    gint64 began_us = g_get_monotonic_time();
    g_mutex_lock(&picture->lock);
    picture->stats.bytes += bytes;
    const PouceFrame *frame = NULL;
    gboolean fit = key || !picture->wants_key;
    if (!fit || !pouce_decoder_decode(picture->decoder, vp8, bytes, &frame, NULL)) {
        picture->wants_key = TRUE;
        picture->stats.skipped++;
        g_mutex_unlock(&picture->lock);
        return POUCE_PICTURE_WANTS_KEY;
    }
    picture->wants_key = FALSE;
    gint64 now_us = g_get_monotonic_time();
    PouceTrace trace = {0};
    pouce_trace_stamp_at(&trace, "received", arrival_us);
    pouce_trace_stamp_at(&trace, "decoding", began_us);
    pouce_trace_stamp_at(&trace, "decoded", now_us);
    pouce_trace_print(&trace, vp8, bytes);
    int probed = frame ? probe(picture, frame) : -1;
    count(picture, frame, began_us, now_us);
    if (picture->recorder)
        pouce_recorder_push(picture->recorder, vp8, bytes, key, arrival_us);
    g_mutex_unlock(&picture->lock);
    // One streaming thread at a time: the decoder's frame stays valid until the next take.
    if (probed >= 0 && picture->config.on_probe)
        picture->config.on_probe(picture->config.user, now_us, (guint)probed);
    if (frame && picture->config.on_frame)
        picture->config.on_frame(picture->config.user, frame);
    return POUCE_PICTURE_SHOWN;
}
