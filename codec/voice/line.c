// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/line.h"

#include "codec/voice/opus_packet.h"

#include <gio/gio.h>
#include <gst/app/gstappsrc.h>

GstElement *pouce_line_new(const char *description, GError **error)
{
    if (!gst_init_check(NULL, NULL, error)) {
        return NULL;
    }
    g_autoptr(GError) why = NULL;
    GstElement *line = gst_parse_launch_full(description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &why);
    if (!line) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
            "Sound needs the package gstreamer1.0-plugins-bad (%s).", why->message);
        return NULL;
    }
    gst_object_ref_sink(line);
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(line), clock);
    gst_element_set_start_time(line, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(line, 0);
    return line;
}

gboolean pouce_line_play(GstElement *line, GError **error)
{
    if (gst_element_set_state(line, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) {
        return TRUE;
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "The echo canceller does not start: the packages of GStreamer do not fit each other.");
    return FALSE;
}

void pouce_line_push(GstElement *in, const gint16 *samples, gsize count, gint64 pts_us)
{
    GstBuffer *buffer = gst_buffer_new_memdup(samples, count * sizeof *samples);
    GST_BUFFER_PTS(buffer) = (GstClockTime)MAX(pts_us, 0) * 1000;
    GST_BUFFER_DURATION(buffer) = gst_util_uint64_scale(count, GST_SECOND, POUCE_VOICE_RATE_HZ);
    gst_app_src_push_buffer(GST_APP_SRC(in), buffer);
}

void pouce_line_free(GstElement *line)
{
    if (line) {
        gst_element_set_state(line, GST_STATE_NULL);
        gst_object_unref(line);
    }
}
