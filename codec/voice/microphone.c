// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Device -> echo canceller, noise suppression, gain -> Opus, packet by packet.

#include "codec/voice/line.h"
#include "codec/voice/opus_packet.h"
#include "codec/voice/stream.h"

#include <gst/app/gstappsink.h>
#include <string.h>

/** The canceller works in steps of 10 ms. */
#define PERIOD_US 10000

struct PouceMicrophone {
    PouceStream *stream;
    GstElement *line;
    GstElement *in;
    PouceOpusEncoder *encoder;
    PouceMicrophonePacket on_packet;
    PouceLineFailed on_failed;
    gpointer user;
    gint frugal; // atomic
    // the canceller's thread
    gint16 samples[POUCE_VOICE_PACKET_MAX_SAMPLES];
    gsize filled;
    gsize packet;  // samples of the present one
    gint64 pts_us; // of the first one
};

static void send_packet(PouceMicrophone *microphone)
{
    guint8 packet[POUCE_VOICE_PACKET_MAX_BYTES];
    gsize bytes =
        pouce_opus_encode(microphone->encoder, microphone->samples, microphone->packet, packet);
    microphone->filled = 0;
    if (bytes > 0) {
        microphone->on_packet(microphone->user, packet, bytes, microphone->pts_us);
    }
}

static void take_samples(PouceMicrophone *microphone, const gint16 *samples, gsize count, gint64 us)
{
    for (gsize done = 0; done < count;) {
        if (microphone->filled == 0) {
            microphone->packet = g_atomic_int_get(&microphone->frugal)
                                     ? POUCE_VOICE_PACKET_MAX_SAMPLES
                                     : POUCE_VOICE_PACKET_SAMPLES;
            microphone->pts_us = us + (gint64)(done * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ);
        }
        gsize now = MIN(microphone->packet - microphone->filled, count - done);
        memcpy(microphone->samples + microphone->filled, samples + done, now * sizeof *samples);
        microphone->filled += now;
        done += now;
        if (microphone->filled == microphone->packet) {
            send_packet(microphone);
        }
    }
}

static GstFlowReturn on_sample(GstAppSink *sink, gpointer user)
{
    g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
    GstBuffer *buffer = sample ? gst_sample_get_buffer(sample) : NULL;
    GstMapInfo map;
    if (buffer && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        gint64 us = GST_BUFFER_PTS_IS_VALID(buffer) ? (gint64)(GST_BUFFER_PTS(buffer) / 1000)
                                                    : g_get_monotonic_time();
        take_samples(user, (const gint16 *)(gpointer)map.data, map.size / sizeof(gint16), us);
        gst_buffer_unmap(buffer, &map);
    }
    return GST_FLOW_OK;
}

static void on_due(
    PouceStream *stream, const gint16 *samples, gsize count, gint64 at_us, gpointer user)
{
    pouce_line_push(((PouceMicrophone *)user)->in, samples, count, at_us);
}

static void on_failed(gpointer user)
{
    PouceMicrophone *microphone = user;
    microphone->on_failed(microphone->user);
}

static gboolean open_canceller(PouceMicrophone *microphone, const char *probe, GError **error)
{
    // To hear what it does, as a test does.
    gboolean cancel = g_strcmp0(g_getenv("POUCE_VOICE_ECHO"), "keep") != 0;
    g_autofree char *description =
        g_strdup_printf("appsrc name=in is-live=true format=time "
                        "caps=audio/x-raw,format=S16LE,rate=%d,channels=1,layout=interleaved ! "
                        "webrtcdsp probe=%s echo-cancel=%s ! appsink name=out sync=false",
            POUCE_VOICE_RATE_HZ, probe, cancel ? "true" : "false");
    GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
    microphone->line = pouce_line_new(description, error);
    if (!microphone->line) {
        return FALSE;
    }
    microphone->in = gst_bin_get_by_name(GST_BIN(microphone->line), "in");
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(microphone->line), "out");
    gst_app_sink_set_callbacks(GST_APP_SINK(out), &callbacks, microphone, NULL);
    return pouce_line_play(microphone->line, error);
}

PouceMicrophone *pouce_microphone_open(const char *device, const char *probe,
    PouceMicrophonePacket on_packet, PouceLineFailed failed, gpointer user, GError **error)
{
    PouceMicrophone *microphone = g_new0(PouceMicrophone, 1);
    PouceStreamConfig config = {.record = TRUE,
        .device = device,
        .period_us = PERIOD_US,
        .on_due = on_due,
        .on_failed = on_failed,
        .user = microphone};
    microphone->on_packet = on_packet;
    microphone->on_failed = failed;
    microphone->user = user;
    microphone->encoder = pouce_opus_encoder_new();
    if (open_canceller(microphone, probe, error)) {
        microphone->stream = pouce_stream_open(&config, error);
    }
    if (!microphone->stream) {
        g_clear_pointer(&microphone, pouce_microphone_close);
    }
    return microphone;
}

void pouce_microphone_set_frugal(PouceMicrophone *microphone, gboolean frugal)
{
    g_atomic_int_set(&microphone->frugal, frugal);
}

void pouce_microphone_close(PouceMicrophone *microphone)
{
    if (microphone) {
        pouce_stream_close(microphone->stream);
        pouce_line_free(microphone->line);
        g_clear_object(&microphone->in);
        pouce_opus_encoder_free(microphone->encoder);
        g_free(microphone);
    }
}
