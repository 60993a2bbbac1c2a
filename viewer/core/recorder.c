// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#define CLOSE_WAIT (2 * GST_SECOND)
// Frames that wait for the disk, in bytes: several seconds at 8 Mb/s. Beyond it frames are lost,
// and recording goes on at the next key frame.
#define QUEUE_MAX_BYTES (16 * 1024 * 1024)

G_DEFINE_QUARK(pouce - recorder - error - quark, pouce_recorder_error)

struct PouceRecorder {
    GstElement *pipeline;
    GstAppSrc *source;
    int fd; // the sink writes to it and does not close it
    gint64 first_us;
    gint64 last_us;
    gboolean started; // caps are set, a key frame was written
    gboolean wants_key;
};

static gboolean open_file(PouceRecorder *recorder, const char *path, GError **error)
{
    recorder->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (recorder->fd >= 0)
        return TRUE;
    const char *advice = errno == EEXIST ? "choose another name" : "choose another place";
    g_set_error(error, POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_FILE,
        "the recording %s cannot be made (%s): %s", path, g_strerror(errno), advice);
    return FALSE;
}

PouceRecorder *pouce_recorder_new(const char *path, GError **error)
{
    gst_init(NULL, NULL);
    g_autoptr(GError) why = NULL;
    g_autoptr(GstElement) pipeline = gst_parse_launch(
        "appsrc name=source format=time is-live=false block=false "
        "! webmmux streamable=true writing-app=pouce ! fdsink name=sink sync=false",
        &why);
    if (!pipeline || why) {
        g_set_error(error, POUCE_RECORDER_ERROR, POUCE_RECORDER_ERROR_UNSUPPORTED,
            "recording needs the package gstreamer1.0-plugins-good: %s", why ? why->message : "");
        return NULL;
    }
    g_autoptr(PouceRecorder) recorder = g_new0(PouceRecorder, 1);
    recorder->fd = -1;
    recorder->wants_key = TRUE;
    if (!open_file(recorder, path, error))
        return NULL;
    gst_object_ref_sink(pipeline);
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_object_set(sink, "fd", recorder->fd, NULL);
    recorder->source = GST_APP_SRC(gst_bin_get_by_name(GST_BIN(pipeline), "source"));
    recorder->pipeline = g_steal_pointer(&pipeline);
    gst_app_src_set_max_bytes(recorder->source, QUEUE_MAX_BYTES);
    gst_element_set_state(recorder->pipeline, GST_STATE_PLAYING);
    return g_steal_pointer(&recorder);
}

void pouce_recorder_free(PouceRecorder *recorder)
{
    if (!recorder)
        return;
    if (recorder->source && recorder->started) {
        gst_app_src_end_of_stream(recorder->source);
        g_autoptr(GstBus) bus = gst_element_get_bus(recorder->pipeline);
        g_autoptr(GstMessage) last =
            gst_bus_timed_pop_filtered(bus, CLOSE_WAIT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    }
    if (recorder->pipeline)
        gst_element_set_state(recorder->pipeline, GST_STATE_NULL);
    g_clear_object(&recorder->source);
    gst_clear_object(&recorder->pipeline);
    if (recorder->fd >= 0)
        close(recorder->fd);
    g_free(recorder);
}

// The visible size stands in a key frame's own header (RFC 6386, 9.1): 14 bits each.
static gboolean start(PouceRecorder *recorder, const guint8 *vp8, gsize bytes, gint64 time_us)
{
    if (bytes < 10)
        return FALSE;
    int width = (vp8[6] | vp8[7] << 8) & 0x3fff;
    int height = (vp8[8] | vp8[9] << 8) & 0x3fff;
    g_autoptr(GstCaps) caps = gst_caps_new_simple("video/x-vp8", "width", G_TYPE_INT, width,
        "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
    gst_app_src_set_caps(recorder->source, caps);
    recorder->first_us = time_us;
    recorder->last_us = time_us - 1;
    recorder->started = TRUE;
    return TRUE;
}

void pouce_recorder_push(
    PouceRecorder *recorder, const guint8 *vp8, gsize bytes, gboolean key, gint64 time_us)
{
    if (recorder->wants_key && !key)
        return;
    if (!recorder->started && !start(recorder, vp8, bytes, time_us))
        return;
    if (gst_app_src_get_current_level_bytes(recorder->source) + bytes > QUEUE_MAX_BYTES) {
        recorder->wants_key = TRUE;
        return;
    }
    recorder->wants_key = FALSE;
    recorder->last_us = MAX(time_us, recorder->last_us + 1);
    GstBuffer *buffer = gst_buffer_new_memdup(vp8, bytes);
    GST_BUFFER_PTS(buffer) = (GstClockTime)(recorder->last_us - recorder->first_us) * GST_USECOND;
    if (!key)
        GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    gst_app_src_push_buffer(recorder->source, buffer);
}

gboolean pouce_recorder_failed(PouceRecorder *recorder, char **out_reason)
{
    g_autoptr(GstBus) bus = gst_element_get_bus(recorder->pipeline);
    g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    if (!message)
        return FALSE;
    g_autoptr(GError) error = NULL;
    gst_message_parse_error(message, &error, NULL);
    *out_reason = g_strdup(error->message);
    return TRUE;
}
