// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plays short bursts of a tone into one sink and listens to two sources, all on one clock: what the
// microphone hears and what comes to the other one's ear. Both are looked at in the same way, so
// that the delay of listening cancels out.
//
// usage: tone_probe SINK MOUTH EAR SECONDS HZ    -> one JSON object:
// {"mouth": {"onsets_us": [...], "level": L}, "ear": {...}}; level: of the loudest 5 ms at HZ, of 1

#include "codec/voice/line.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE_HZ 48000
#define WINDOW 240 // 5 ms
#define HOP 48     // 1 ms
#define BURST_MS 200
#define PAUSE_MS 550
/** Of the loudest window: where a burst begins. */
#define ONSET_SHARE 0.25
/** Quieter than this is silence, whatever its shape. */
#define LEVEL_MIN 0.003
#define BEGIN_US 700000

static void on_failed(gpointer user)
{
    fprintf(stderr, "tone_probe: the sound server went away\n");
    exit(1);
}

static GstElement *open_line(char *description)
{
    g_autoptr(GError) error = NULL;
    GstElement *line = pouce_line_new(description, on_failed, NULL, &error);
    if (!line || !pouce_line_play(line, description, &error)) {
        fprintf(stderr, "tone_probe: %s\n", error->message);
        exit(1);
    }
    g_free(description);
    return line;
}

static GstElement *listen_to(const char *source)
{
    return open_line(g_strdup_printf(
        "pulsesrc device=%s provide-clock=false buffer-time=%d latency-time=%d ! audioconvert ! "
        "audioresample ! audio/x-raw,format=S16LE,rate=%d,channels=1 ! appsink name=out sync=false",
        source, POUCE_LINE_BUFFER_US, POUCE_LINE_PERIOD_US, RATE_HZ));
}

// Bursts with soft edges, at uneven distances so that none is taken for its neighbour.
static GstElement *play(const char *sink, double seconds, double hz)
{
    gsize count = (gsize)(seconds * RATE_HZ);
    gint16 *samples = g_new0(gint16, count);
    gsize burst = BURST_MS * RATE_HZ / 1000;
    guint number = 0;
    for (gsize at = 0; at + burst < count; number++) {
        for (gsize i = 0; i < burst; i++) {
            double edge = MIN(1.0, (double)MIN(i, burst - i) / 96); // 2 ms
            samples[at + i] = (gint16)(12000 * edge * sin(2 * G_PI * hz * (double)i / RATE_HZ));
        }
        at += burst + (gsize)(PAUSE_MS + 83 * (number % 3)) * RATE_HZ / 1000;
    }
    GstElement *line = open_line(g_strdup_printf(
        "appsrc name=in format=time caps=audio/x-raw,format=S16LE,rate=%d,channels=1,"
        "layout=interleaved ! pulsesink device=%s provide-clock=false async=false",
        RATE_HZ, sink));
    g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(line), "in");
    GstBuffer *buffer = gst_buffer_new_wrapped(samples, count * sizeof *samples);
    GST_BUFFER_PTS(buffer) = (GstClockTime)(g_get_monotonic_time() + BEGIN_US) * 1000;
    gst_app_src_push_buffer(GST_APP_SRC(in), buffer);
    return line;
}

static double power_at(const gint16 *samples, double hz)
{
    double turn = 2 * cos(2 * G_PI * hz / RATE_HZ), last = 0, before = 0;
    for (guint i = 0; i < WINDOW; i++) { // Goertzel
        double now = samples[i] / 32768.0 + turn * last - before;
        before = last;
        last = now;
    }
    double power = last * last + before * before - turn * last * before;
    return sqrt(MAX(power, 0)) * 2 / WINDOW;
}

// All that was heard, in one piece; gaps of the source's clock are far below a hop.
static GArray *take_all(GstElement *line, gint64 *out_begin_us)
{
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(gint16));
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(line), "out");
    GstSample *sample;
    *out_begin_us = -1;
    while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(out), 0))) {
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        gint64 pts_us = (gint64)(GST_BUFFER_PTS(buffer) / 1000);
        GstMapInfo map;
        if (*out_begin_us < 0) {
            *out_begin_us = pts_us;
        }
        gint64 due = (pts_us - *out_begin_us) * RATE_HZ / G_USEC_PER_SEC;
        if (due > (gint64)samples->len + RATE_HZ / 100) { // dropped by the server: keep time
            g_array_set_size(samples, (guint)due);
        }
        if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
            g_array_append_vals(samples, map.data, (guint)(map.size / sizeof(gint16)));
            gst_buffer_unmap(buffer, &map);
        }
        gst_sample_unref(sample);
    }
    return samples;
}

static void report(const char *name, GstElement *line, double hz)
{
    gint64 begin_us;
    g_autoptr(GArray) samples = take_all(line, &begin_us);
    guint count = samples->len > WINDOW ? (samples->len - WINDOW) / HOP : 0;
    g_autofree double *level = g_new0(double, count + 1);
    double loudest = 0;
    for (guint i = 0; i < count; i++) {
        level[i] = power_at((gint16 *)(gpointer)samples->data + i * HOP, hz);
        loudest = MAX(loudest, level[i]);
    }
    printf("\"%s\":{\"level\":%.5f,\"onsets_us\":[", name, loudest);
    double threshold = MAX(loudest * ONSET_SHARE, LEVEL_MIN);
    gboolean first = TRUE;
    for (guint i = 0; i < count; i++) {
        if (level[i] < threshold) {
            continue;
        }
        printf("%s%" G_GINT64_FORMAT, first ? "" : ",", begin_us + (gint64)i * 1000);
        first = FALSE;
        i += BURST_MS + PAUSE_MS / 2; // hops of 1 ms
    }
    printf("]}");
    pouce_line_free(line);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: tone_probe SINK MOUTH EAR SECONDS HZ\n");
        return 2;
    }
    double seconds = g_ascii_strtod(argv[4], NULL), hz = g_ascii_strtod(argv[5], NULL);
    gst_init(NULL, NULL);
    GstElement *mouth = listen_to(argv[2]);
    GstElement *ear = listen_to(argv[3]);
    GstElement *player = play(argv[1], seconds, hz);
    g_usleep(
        (gulong)((seconds + 1) * G_USEC_PER_SEC)); // what is heard meanwhile is the measurement
    printf("{");
    report("mouth", mouth, hz);
    printf(",");
    report("ear", ear, hz);
    printf("}\n");
    pouce_line_free(player);
    return 0;
}
