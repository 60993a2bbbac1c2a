// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Opus -> what waits -> device, which draws when it has room: nothing is held for longer than the
// network and the device need. What the device gets goes to the echo canceller's probe as well,
// with the time at which it will be heard; also silence, so that the canceller sees no hole.

#include "codec/voice/line.h"
#include "codec/voice/opus_packet.h"
#include "codec/voice/playout.h"
#include "codec/voice/stream.h"

/** Measured between null sinks: 20 is steady at rest; an underrun lengthens it. */
#define LATENCY_US 20000
#define PERIOD_US 5000
/** The echo is told a little early: a canceller finds one that comes after, never before. */
#define EARLY_US 3000
#define PIECE POUCE_VOICE_PACKET_SAMPLES

struct PouceSpeaker {
    PouceStream *stream;
    GstElement *line; // the probe's
    GstElement *in;
    PouceLineFailed on_failed;
    gpointer user;
    PouceOpusDecoder *decoder; // of whoever plays
    GMutex lock;
    PoucePlayout *playout; // under lock
};

static void on_due(
    PouceStream *stream, const gint16 *none, gsize count, gint64 at_us, gpointer user)
{
    PouceSpeaker *speaker = user;
    gint16 samples[PIECE];
    for (gsize done = 0; done < count;) {
        gsize some = MIN(count - done, PIECE);
        g_mutex_lock(&speaker->lock);
        pouce_playout_draw(speaker->playout, samples, some);
        g_mutex_unlock(&speaker->lock);
        pouce_stream_write(stream, samples, some);
        gint64 after_us = (gint64)(done * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ);
        pouce_line_push(speaker->in, samples, some, at_us + after_us - EARLY_US);
        done += some;
    }
}

void pouce_speaker_play(PouceSpeaker *speaker, const guint8 *opus, gsize bytes, guint lost)
{
    gint16 samples[POUCE_VOICE_DECODED_MAX];
    gsize count = pouce_opus_decode(speaker->decoder, opus, bytes, lost, samples);
    if (count > 0) {
        g_mutex_lock(&speaker->lock);
        pouce_playout_put(speaker->playout, samples, count);
        g_mutex_unlock(&speaker->lock);
    }
}

guint pouce_speaker_delay_ms(PouceSpeaker *speaker)
{
    g_mutex_lock(&speaker->lock);
    gsize waiting = pouce_playout_waiting(speaker->playout);
    g_mutex_unlock(&speaker->lock);
    return (guint)(waiting * 1000 / POUCE_VOICE_RATE_HZ);
}

static void on_failed(gpointer user)
{
    PouceSpeaker *speaker = user;
    speaker->on_failed(speaker->user);
}

static gboolean open_probe(PouceSpeaker *speaker, const char *probe, GError **error)
{
    g_autofree char *description =
        g_strdup_printf("appsrc name=in is-live=true format=time "
                        "caps=audio/x-raw,format=S16LE,rate=%d,channels=1,layout=interleaved ! "
                        "webrtcechoprobe name=%s ! fakesink name=out sync=false async=false",
            POUCE_VOICE_RATE_HZ, probe);
    speaker->line = pouce_line_new(description, error);
    if (!speaker->line || !pouce_line_play(speaker->line, error)) {
        return FALSE;
    }
    speaker->in = gst_bin_get_by_name(GST_BIN(speaker->line), "in");
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(speaker->line), "out");
    gst_element_send_event(out, gst_event_new_latency(0)); // the probe waits for it
    return TRUE;
}

PouceSpeaker *pouce_speaker_open(
    const char *device, const char *probe, PouceLineFailed failed, gpointer user, GError **error)
{
    PouceSpeaker *speaker = g_new0(PouceSpeaker, 1);
    PouceStreamConfig config = {.device = device,
        .latency_us = LATENCY_US,
        .period_us = PERIOD_US,
        .on_due = on_due,
        .on_failed = on_failed,
        .user = speaker};
    speaker->on_failed = failed;
    speaker->user = user;
    g_mutex_init(&speaker->lock);
    speaker->decoder = pouce_opus_decoder_new();
    speaker->playout = pouce_playout_new();
    if (open_probe(speaker, probe, error)) {
        speaker->stream = pouce_stream_open(&config, error);
    }
    if (!speaker->stream) {
        g_clear_pointer(&speaker, pouce_speaker_close);
    }
    return speaker;
}

void pouce_speaker_close(PouceSpeaker *speaker)
{
    if (speaker) {
        pouce_stream_close(speaker->stream);
        g_clear_object(&speaker->in);
        pouce_line_free(speaker->line);
        pouce_playout_free(speaker->playout);
        pouce_opus_decoder_free(speaker->decoder);
        g_mutex_clear(&speaker->lock);
        g_free(speaker);
    }
}
