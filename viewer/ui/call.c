// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/call.h"

#include <gdk/x11/gdkx.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>

#include "look/x11_place.h"

#define BELL                                                                                       \
    "appsrc name=bell format=time caps=audio/x-raw,format=S16LE,rate=48000,channels=1,"            \
    "layout=interleaved ! audioconvert ! audioresample ! pulsesink"
#define RATE_HZ 48000
#define PERIOD_S 2
#define PERIODS 16 // a ring lasts 30 s at most
#define LOUD 0.25

#define NOTES "org.freedesktop.Notifications"
#define NOTES_PATH "/org/freedesktop/Notifications"
#define URGENT 2

struct PouceCall {
    GtkWindow *window;
    GstElement *bell;
    GDBusConnection *bus; // NULL without one
    GCancellable *cancellable;
    guint clicked; // subscription
    guint32 note;  // 0: none
    gboolean ringing;
};

// ---- sound

// Two soft notes, a third apart.
static double chime(double at_s)
{
    static const struct {
        double begin_s, hz;
    } notes[] = {{0, 659.25}, {0.22, 830.61}};
    double sum = 0;
    for (guint n = 0; n < G_N_ELEMENTS(notes); n++) {
        double t = at_s - notes[n].begin_s;
        if (t >= 0 && t < 0.65)
            sum += LOUD * MIN(1, t / 0.02) * exp(-9 * t) * sin(2 * G_PI * notes[n].hz * t);
    }
    return sum;
}

static GstBuffer *make_chimes(void)
{
    gsize period = (gsize)RATE_HZ * PERIOD_S;
    gint16 *samples = g_new(gint16, period * PERIODS);
    for (gsize n = 0; n < period; n++)
        samples[n] = (gint16)lround(32767 * chime((double)n / RATE_HZ));
    for (gsize n = 1; n < PERIODS; n++)
        memcpy(samples + n * period, samples, period * sizeof *samples);
    GstBuffer *buffer = gst_buffer_new_wrapped(samples, period * PERIODS * sizeof *samples);
    GST_BUFFER_PTS(buffer) = 0;
    GST_BUFFER_DURATION(buffer) = (GstClockTime)PERIOD_S * PERIODS * GST_SECOND;
    return buffer;
}

static void begin_sound(PouceCall *call)
{
    g_autoptr(GError) error = NULL;
    gdk_display_beep(gtk_widget_get_display(GTK_WIDGET(call->window)));
    call->bell = gst_parse_launch(BELL, &error);
    if (!call->bell)
        return; // the picture and the notification still call
    g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(call->bell), "bell");
    gst_element_set_state(call->bell, GST_STATE_PLAYING);
    gst_app_src_push_buffer(GST_APP_SRC(source), make_chimes());
    gst_app_src_end_of_stream(GST_APP_SRC(source));
}

static void stop_sound(PouceCall *call)
{
    if (call->bell)
        gst_element_set_state(call->bell, GST_STATE_NULL);
    g_clear_pointer(&call->bell, gst_object_unref);
}

// ---- notification

static void on_noted(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !answer)
        return; // nobody shows notifications here
    PouceCall *call = data;
    g_variant_get(answer, "(u)", &call->note);
    if (!call->ringing)
        pouce_call_stop(call); // it was answered meanwhile
}

static void notify(PouceCall *call, const char *title, const char *need)
{
    if (!call->bus || gtk_window_is_active(call->window))
        return;
    GVariantBuilder actions, hints;
    g_autofree char *body = g_markup_escape_text(need, -1);
    g_variant_builder_init(&actions, G_VARIANT_TYPE("as"));
    g_variant_builder_add(&actions, "s", "default");
    g_variant_builder_add(&actions, "s", title);
    g_variant_builder_init(&hints, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&hints, "{sv}", "urgency", g_variant_new_byte(URGENT));
    g_variant_builder_add(&hints, "{sv}", "desktop-entry", g_variant_new_string("pouce-viewer"));
    g_dbus_connection_call(call->bus, NOTES, NOTES_PATH, NOTES, "Notify",
        g_variant_new("(susssasa{sv}i)", "Pouce", call->note, "pouce-viewer", title, body, &actions,
            &hints, 30000),
        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, call->cancellable, on_noted, call);
}

static void on_clicked(GDBusConnection *bus, const char *sender, const char *path,
    const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
    PouceCall *call = data;
    guint32 note = 0;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(us)")))
        return;
    g_variant_get(parameters, "(u&s)", &note, NULL);
    if (note && note == call->note)
        pouce_x11_present(call->window);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus = g_bus_get_finish(result, &error);
    if (!bus)
        return;
    PouceCall *call = data;
    call->bus = bus;
    call->clicked = g_dbus_connection_signal_subscribe(bus, NOTES, NOTES, "ActionInvoked",
        NOTES_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_clicked, call, NULL);
}

static void withdraw(PouceCall *call)
{
    if (call->note)
        g_dbus_connection_call(call->bus, NOTES, NOTES_PATH, NOTES, "CloseNotification",
            g_variant_new("(u)", call->note), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    call->note = 0;
}

// ---- the window

G_GNUC_BEGIN_IGNORE_DEPRECATIONS // GTK has no other way to ask for attention
    static void
    set_urgent(PouceCall *call, gboolean urgent)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(call->window));
    if (GDK_IS_X11_SURFACE(surface))
        gdk_x11_surface_set_urgency_hint(surface, urgent);
}
G_GNUC_END_IGNORE_DEPRECATIONS

PouceCall *pouce_call_new(GtkWindow *window)
{
    PouceCall *call = g_new0(PouceCall, 1);
    gst_init(NULL, NULL);
    call->window = window;
    call->cancellable = g_cancellable_new();
    g_bus_get(G_BUS_TYPE_SESSION, call->cancellable, on_bus, call);
    return call;
}

void pouce_call_free(PouceCall *call)
{
    if (!call)
        return;
    pouce_call_stop(call);
    g_cancellable_cancel(call->cancellable);
    if (call->bus)
        g_dbus_connection_signal_unsubscribe(call->bus, call->clicked);
    g_clear_object(&call->bus);
    g_object_unref(call->cancellable);
    g_free(call);
}

void pouce_call_begin(PouceCall *call, const char *title, const char *need)
{
    pouce_call_stop(call);
    call->ringing = TRUE;
    begin_sound(call);
    notify(call, title, need);
    set_urgent(call, TRUE);
}

void pouce_call_stop(PouceCall *call)
{
    withdraw(call);
    if (!call->ringing)
        return;
    call->ringing = FALSE;
    stop_sound(call);
    set_urgent(call, FALSE);
}
