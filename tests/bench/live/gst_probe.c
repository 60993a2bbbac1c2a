// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The screen share that anybody can build from GStreamer's parts, tuned for latency, whose picture
// is watched for a number (counter.h): ximagesrc ! vp8enc over RTP on loopback ! vp8dec. One
// process.
//
// usage: gst_probe DISPLAY X,Y

#include "tests/bench/live/counter.h"

#include <glib.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <stdlib.h>

static int probe_x, probe_y;
static guint shown = G_MAXUINT;
static guint64 received_bytes; // streaming thread of the receiver

static GstFlowReturn on_sample(GstAppSink *sink, gpointer user)
{
    g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
    gint64 now_us = g_get_monotonic_time();
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!sample || !gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) ||
        !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        return GST_FLOW_ERROR;
    }
    const guint8 *row = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, 0) +
                        (gsize)probe_y * (gsize)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    guint code = 0;
    for (int bit = 0; bit < COUNTER_BITS; bit++)
        code |= (guint)(row[probe_x + bit * COUNTER_CELL_PX] > 127) << bit;
    gst_video_frame_unmap(&frame);
    if (code != shown) {
        printf("%" G_GINT64_FORMAT " %u %" G_GUINT64_FORMAT "\n", now_us, code, received_bytes);
        fflush(stdout);
        shown = code;
    }
    return GST_FLOW_OK;
}

static GstPadProbeReturn on_received(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    received_bytes += gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
}

int main(int argc, char **argv)
{
    gst_init(NULL, NULL);
    if (argc != 3 || sscanf(argv[2], "%d,%d", &probe_x, &probe_y) != 2) {
        fprintf(stderr, "usage: gst_probe DISPLAY X,Y\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GstElement) receiver = gst_parse_launch(
        "udpsrc name=in address=127.0.0.1 port=0 buffer-size=2000000 caps=\"application/x-rtp,"
        "media=video,clock-rate=90000,encoding-name=VP8,payload=96\" ! rtpvp8depay ! vp8dec ! "
        "appsink name=out sync=false emit-signals=false",
        &error);
    g_assert_no_error(error);
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(receiver), "out");
    gst_app_sink_set_callbacks(
        GST_APP_SINK(out), &(GstAppSinkCallbacks){.new_sample = on_sample}, NULL, NULL);
    gst_element_set_state(receiver, GST_STATE_PAUSED);
    g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(receiver), "in");
    g_autoptr(GstPad) arriving = gst_element_get_static_pad(in, "src");
    gst_pad_add_probe(arriving, GST_PAD_PROBE_TYPE_BUFFER, on_received, NULL, NULL);
    int port = 0;
    g_object_get(in, "port", &port, NULL);
    g_autofree char *text = g_strdup_printf(
        "ximagesrc display-name=%s use-damage=false show-pointer=false ! "
        "video/x-raw,framerate=60/1 ! videoconvert n-threads=1 ! video/x-raw,format=I420 ! "
        "vp8enc deadline=1 cpu-used=12 threads=1 lag-in-frames=0 end-usage=cbr "
        "target-bitrate=4000000 keyframe-max-dist=100000 static-threshold=100 ! rtpvp8pay mtu=1200 "
        "! udpsink host=127.0.0.1 port=%d sync=false buffer-size=2000000",
        argv[1], port);
    g_autoptr(GstElement) sender = gst_parse_launch(text, &error);
    g_assert_no_error(error);
    gst_element_set_state(receiver, GST_STATE_PLAYING);
    gst_element_set_state(sender, GST_STATE_PLAYING);
    printf("READY\n");
    fflush(stdout);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_main_loop_run(loop);
    return 0;
}
