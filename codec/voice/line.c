// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/line.h"

#include <gio/gio.h>

/** A sound server that does not answer by then is none. */
#define OPEN_NS (3 * GST_SECOND)

typedef struct {
    PouceLineFailed on_failed;
    gpointer user;
    gint told; // atomic; also set while it opens, when the caller hears it as an error
} Watch;

static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    Watch *watch = user;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR &&
        g_atomic_int_compare_and_exchange(&watch->told, FALSE, TRUE)) {
        watch->on_failed(watch->user);
    }
    gst_message_unref(message);
    return GST_BUS_DROP;
}

GstElement *pouce_line_new(
    const char *description, PouceLineFailed on_failed, gpointer user, GError **error)
{
    if (!gst_init_check(NULL, NULL, error)) {
        return NULL;
    }
    g_autoptr(GError) why = NULL;
    GstElement *line = gst_parse_launch_full(description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &why);
    if (!line) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
            "Sound needs the packages gstreamer1.0-plugins-good and gstreamer1.0-plugins-bad (%s).",
            why->message);
        return NULL;
    }
    gst_object_ref_sink(line);
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(line), clock);
    gst_element_set_start_time(line, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(line, 0);
    Watch *watch = g_new0(Watch, 1);
    *watch = (Watch){.on_failed = on_failed, .user = user, .told = TRUE};
    g_object_set_data_full(G_OBJECT(line), "pouce-watch", watch, g_free);
    g_autoptr(GstBus) bus = gst_element_get_bus(line);
    gst_bus_set_sync_handler(bus, on_message, watch, NULL);
    return line;
}

gboolean pouce_line_play(GstElement *line, const char *what, GError **error)
{
    Watch *watch = g_object_get_data(G_OBJECT(line), "pouce-watch");
    GstStateChangeReturn change = gst_element_set_state(line, GST_STATE_PLAYING);
    if (change == GST_STATE_CHANGE_ASYNC) {
        change = gst_element_get_state(line, NULL, NULL, OPEN_NS);
    }
    if (change == GST_STATE_CHANGE_SUCCESS || change == GST_STATE_CHANGE_NO_PREROLL) {
        g_atomic_int_set(&watch->told, FALSE);
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "The %s cannot be opened. See that it is plugged in and not taken by another program, or "
        "choose another one.",
        what);
    return FALSE;
}

void pouce_line_free(GstElement *line)
{
    if (line) {
        gst_element_set_state(line, GST_STATE_NULL);
        gst_object_unref(line);
    }
}
