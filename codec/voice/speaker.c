// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Opus -> the echo canceller's probe -> device. Packets are played at their due time plus a delay
// that follows the network's jitter: short on a quiet line, longer as soon as packets come late.
// A device that starves loses its place in time and then plays nothing, so a thread fills with
// silence whatever can no longer come in time; the echo canceller hears an unbroken stream as well.

#include "codec/voice/line.h"
#include "codec/voice/opus_packet.h"

#include <gst/app/gstappsrc.h>
#include <string.h>

/** Least and most delay against jitter, and what is added to the latest packet seen. */
#define DELAY_MIN_US 20000
#define DELAY_MAX_US 250000
#define DELAY_MARGIN_US 10000
/** Smaller changes are not worth the click that they make. */
#define DELAY_STEP_US 15000
/** How long the latest packet is remembered. */
#define WINDOW_US (4 * G_USEC_PER_SEC)
/** Silence is filled in pieces of this length. */
#define FILL_US 10000
#define FILL_SAMPLES (POUCE_VOICE_RATE_HZ / 100)
/** Decoded and not yet taken by the device. */
#define WAITING_MAX_NS (500 * GST_MSECOND)

struct PouceSpeaker {
    GstElement *line;
    GstElement *in;
    PouceOpusDecoder *decoder;
    gint delay_us; // atomic
    // whoever plays
    gint64 window_us;
    gint64 late_us[2]; // this window's and the last one's
    // under lock
    GMutex lock;
    GCond stop;
    gboolean stopping;
    gint64 filled_us; // up to this due time something was given to the device
    GThread *filler;
};

static void set_delay(PouceSpeaker *speaker, gint64 delay_us)
{
    g_atomic_int_set(&speaker->delay_us, (gint)delay_us);
    g_object_set(speaker->in, "min-latency", delay_us * 1000, NULL);
}

static void recalculate(GstElement *line, gpointer user)
{
    gst_bin_recalculate_latency(GST_BIN(line));
}

static void follow_jitter(PouceSpeaker *speaker, gint64 late_us, gint64 now_us)
{
    if (now_us - speaker->window_us > WINDOW_US) {
        speaker->window_us = now_us;
        speaker->late_us[1] = speaker->late_us[0];
        speaker->late_us[0] = 0;
    }
    speaker->late_us[0] = MAX(speaker->late_us[0], late_us);
    gint64 latest_us = MAX(speaker->late_us[0], speaker->late_us[1]);
    gint64 wanted_us = CLAMP(latest_us + DELAY_MARGIN_US, DELAY_MIN_US, DELAY_MAX_US);
    gint64 delay_us = g_atomic_int_get(&speaker->delay_us);
    gboolean longer = wanted_us > delay_us;
    gboolean shorter = wanted_us < delay_us - DELAY_STEP_US && now_us == speaker->window_us;
    if (longer || shorter) {
        set_delay(speaker, longer ? MIN(wanted_us + DELAY_STEP_US, DELAY_MAX_US) : wanted_us);
        gst_element_call_async(speaker->line, recalculate, NULL, NULL);
    }
}

// Under the lock; takes what comes after what was given before.
static void give(PouceSpeaker *speaker, const gint16 *samples, gsize count, gint64 due_us)
{
    gint64 length_us = (gint64)count * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ;
    // A hair's breadth between two packets is the clock's, neither silence nor overlap.
    if (ABS(due_us - speaker->filled_us) < FILL_US) {
        due_us = speaker->filled_us;
    }
    gint64 skip_us = MAX(speaker->filled_us - due_us, 0);
    if (skip_us >= length_us) {
        return; // too late
    }
    gsize skip = (gsize)(skip_us * POUCE_VOICE_RATE_HZ / G_USEC_PER_SEC);
    gint64 from_us = due_us + skip_us;
    speaker->filled_us = due_us + length_us;
    GstBuffer *buffer = gst_buffer_new_memdup(samples + skip, (count - skip) * sizeof *samples);
    GST_BUFFER_PTS(buffer) = (GstClockTime)from_us * 1000;
    GST_BUFFER_DURATION(buffer) =
        gst_util_uint64_scale(count - skip, GST_SECOND, POUCE_VOICE_RATE_HZ);
    gst_app_src_push_buffer(GST_APP_SRC(speaker->in), buffer);
}

static gpointer fill(gpointer user)
{
    static const gint16 silence[FILL_SAMPLES];
    PouceSpeaker *speaker = user;
    g_mutex_lock(&speaker->lock);
    speaker->filled_us = g_get_monotonic_time();
    while (!speaker->stopping) {
        gint64 now_us = g_get_monotonic_time();
        gint64 overdue_us = now_us - g_atomic_int_get(&speaker->delay_us);
        if (speaker->filled_us < overdue_us - G_USEC_PER_SEC) {
            speaker->filled_us = overdue_us; // this computer slept
        }
        while (speaker->filled_us < overdue_us) {
            give(speaker, silence, FILL_SAMPLES, speaker->filled_us);
        }
        g_cond_wait_until(&speaker->stop, &speaker->lock, now_us + FILL_US);
    }
    g_mutex_unlock(&speaker->lock);
    return NULL;
}

void pouce_speaker_play(PouceSpeaker *speaker, const guint8 *opus, gsize bytes, gint64 due_us,
    gint64 arrival_us, guint lost)
{
    gint16 samples[POUCE_VOICE_DECODED_MAX];
    gsize count = pouce_opus_decode(speaker->decoder, opus, bytes, lost, samples);
    if (count == 0) {
        return;
    }
    follow_jitter(speaker, arrival_us - due_us, arrival_us);
    gint64 made_up = (gint64)count - POUCE_VOICE_PACKET_SAMPLES;
    g_mutex_lock(&speaker->lock);
    give(speaker, samples, count, due_us - made_up * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ);
    g_mutex_unlock(&speaker->lock);
}

guint pouce_speaker_delay_ms(PouceSpeaker *speaker)
{
    return (guint)g_atomic_int_get(&speaker->delay_us) / 1000;
}

PouceSpeaker *pouce_speaker_open(
    const char *device, const char *probe, PouceLineFailed on_failed, gpointer user, GError **error)
{
    g_autofree char *description = g_strdup_printf(
        "appsrc name=in is-live=true format=time "
        "caps=audio/x-raw,format=S16LE,rate=%d,channels=1,layout=interleaved ! "
        "webrtcechoprobe name=%s ! audioconvert ! audioresample ! "
        "pulsesink name=device client-name=Pouce provide-clock=false async=false buffer-time=%d "
        "latency-time=%d stream-properties=\"props,media.role=phone\"",
        POUCE_VOICE_RATE_HZ, probe, POUCE_LINE_BUFFER_US, POUCE_LINE_PERIOD_US);
    GstElement *line = pouce_line_new(description, on_failed, user, error);
    if (!line) {
        return NULL;
    }
    PouceSpeaker *speaker = g_new0(PouceSpeaker, 1);
    speaker->line = line;
    speaker->in = gst_bin_get_by_name(GST_BIN(line), "in");
    speaker->decoder = pouce_opus_decoder_new();
    g_mutex_init(&speaker->lock);
    g_cond_init(&speaker->stop);
    gst_app_src_set_max_time(GST_APP_SRC(speaker->in), WAITING_MAX_NS);
    gst_app_src_set_leaky_type(GST_APP_SRC(speaker->in), GST_APP_LEAKY_TYPE_DOWNSTREAM);
    set_delay(speaker, DELAY_MIN_US);
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(line), "device");
    if (device) {
        g_object_set(sink, "device", device, NULL);
    }
    if (!pouce_line_play(line, "speaker", error)) {
        g_clear_pointer(&speaker, pouce_speaker_close);
        return NULL;
    }
    speaker->filler = g_thread_new("pouce-speaker", fill, speaker);
    return speaker;
}

void pouce_speaker_close(PouceSpeaker *speaker)
{
    if (speaker) {
        g_mutex_lock(&speaker->lock);
        speaker->stopping = TRUE;
        g_cond_signal(&speaker->stop);
        g_mutex_unlock(&speaker->lock);
        g_clear_pointer(&speaker->filler, g_thread_join);
        pouce_line_free(speaker->line);
        gst_object_unref(speaker->in);
        pouce_opus_decoder_free(speaker->decoder);
        g_mutex_clear(&speaker->lock);
        g_cond_clear(&speaker->stop);
        g_free(speaker);
    }
}
