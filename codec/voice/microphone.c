// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Device -> echo canceller, noise suppression, gain -> Opus, packet by packet.

#include "codec/voice/line.h"
#include "codec/voice/opus_packet.h"

#include <gst/app/gstappsink.h>
#include <string.h>

struct PouceMicrophone {
    GstElement *line;
    PouceOpusEncoder *encoder;
    PouceMicrophonePacket on_packet;
    gpointer user;
    // streaming thread
    gint16 samples[POUCE_VOICE_PACKET_SAMPLES];
    guint filled;
    gint64 pts_us; // of the first one
};

static void take_samples(PouceMicrophone *microphone, const gint16 *samples, gsize count, gint64 us)
{
    guint8 packet[POUCE_VOICE_PACKET_MAX_BYTES];
    for (gsize done = 0; done < count;) {
        gsize room = POUCE_VOICE_PACKET_SAMPLES - microphone->filled;
        gsize now = MIN(room, count - done);
        if (microphone->filled == 0) {
            microphone->pts_us = us + (gint64)(done * G_USEC_PER_SEC / POUCE_VOICE_RATE_HZ);
        }
        memcpy(microphone->samples + microphone->filled, samples + done, now * sizeof *samples);
        microphone->filled += (guint)now;
        done += now;
        if (microphone->filled < POUCE_VOICE_PACKET_SAMPLES) {
            return;
        }
        microphone->filled = 0;
        gsize bytes = pouce_opus_encode(microphone->encoder, microphone->samples, packet);
        if (bytes > 0) {
            microphone->on_packet(microphone->user, packet, bytes, microphone->pts_us);
        }
    }
}

static GstFlowReturn on_sample(GstAppSink *sink, gpointer user)
{
    PouceMicrophone *microphone = user;
    g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
    GstBuffer *buffer = sample ? gst_sample_get_buffer(sample) : NULL;
    GstMapInfo map;
    if (buffer && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        gint64 us = GST_BUFFER_PTS_IS_VALID(buffer) ? (gint64)(GST_BUFFER_PTS(buffer) / 1000)
                                                    : g_get_monotonic_time();
        take_samples(microphone, (const gint16 *)(gpointer)map.data, map.size / sizeof(gint16), us);
        gst_buffer_unmap(buffer, &map);
    }
    return GST_FLOW_OK;
}

PouceMicrophone *pouce_microphone_open(const char *device, const char *probe,
    PouceMicrophonePacket on_packet, PouceLineFailed on_failed, gpointer user, GError **error)
{
    g_autofree char *description = g_strdup_printf(
        "pulsesrc name=device client-name=Pouce provide-clock=false buffer-time=%d latency-time=%d "
        "stream-properties=\"props,media.role=phone\" ! audioconvert ! audioresample ! "
        "audio/x-raw,format=S16LE,rate=%d,channels=1 ! webrtcdsp probe=%s ! "
        "appsink name=out sync=false",
        POUCE_LINE_BUFFER_US, POUCE_LINE_PERIOD_US, POUCE_VOICE_RATE_HZ, probe);
    GstElement *line = pouce_line_new(description, on_failed, user, error);
    if (!line) {
        return NULL;
    }
    PouceMicrophone *microphone = g_new0(PouceMicrophone, 1);
    microphone->line = line;
    microphone->on_packet = on_packet;
    microphone->user = user;
    microphone->encoder = pouce_opus_encoder_new();
    g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(line), "device");
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(line), "out");
    GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
    gst_app_sink_set_callbacks(GST_APP_SINK(out), &callbacks, microphone, NULL);
    if (device) {
        g_object_set(source, "device", device, NULL);
    }
    if (!pouce_line_play(line, "microphone", error)) {
        g_clear_pointer(&microphone, pouce_microphone_close);
    }
    return microphone;
}

void pouce_microphone_close(PouceMicrophone *microphone)
{
    if (microphone) {
        pouce_line_free(microphone->line);
        pouce_opus_encoder_free(microphone->encoder);
        g_free(microphone);
    }
}
