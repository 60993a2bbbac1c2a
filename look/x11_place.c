// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/x11_place.h"

#include <X11/Xlib.h>
#include <gdk/x11/gdkx.h>
#include <string.h>

#define STATE_ADD 1
#define SOURCE_APPLICATION 1
#define MARGIN_PX 8

// Deprecated names of GDK that GTK 4.8 has no other way for.
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void ask_above(GdkSurface *surface)
{
    Display *display = GDK_SURFACE_XDISPLAY(surface);
    XClientMessageEvent message = {.type = ClientMessage,
        .window = GDK_SURFACE_XID(surface),
        .message_type = XInternAtom(display, "_NET_WM_STATE", False),
        .format = 32};
    message.data.l[0] = STATE_ADD;
    message.data.l[1] = (long)XInternAtom(display, "_NET_WM_STATE_ABOVE", False);
    message.data.l[2] = (long)XInternAtom(display, "_NET_WM_STATE_STICKY", False);
    message.data.l[3] = SOURCE_APPLICATION;
    XSendEvent(display, DefaultRootWindow(display), False,
        SubstructureRedirectMask | SubstructureNotifyMask, (XEvent *)&message);
}

// Where the window was put, so that a window that somebody moved is left alone.
typedef struct {
    int x, y, width;
    gboolean placed;
} Place;

static gboolean was_moved(GdkSurface *surface, const Place *place)
{
    Display *display = GDK_SURFACE_XDISPLAY(surface);
    int x, y;
    Window child;
    XTranslateCoordinates(
        display, GDK_SURFACE_XID(surface), DefaultRootWindow(display), 0, 0, &x, &y, &child);
    return place->placed && (x != place->x || y != place->y);
}

static void on_layout(GdkSurface *surface, int width, int height, Place *place)
{
    GdkMonitor *monitor = gdk_x11_display_get_primary_monitor(gdk_surface_get_display(surface));
    GdkRectangle area = {0};
    if (!monitor || width <= 1 || width == place->width || was_moved(surface, place))
        return;
    gdk_monitor_get_geometry(monitor, &area);
    int scale = gdk_surface_get_scale_factor(surface);
    place->width = width;
    place->x = MAX(area.x + (area.width - width) / 2, area.x) * scale;
    place->y = (area.y + MARGIN_PX) * scale;
    place->placed = TRUE;
    XMoveWindow(GDK_SURFACE_XDISPLAY(surface), GDK_SURFACE_XID(surface), place->x, place->y);
}

static gboolean once_shown(gpointer data)
{
    GdkSurface *surface = gtk_native_get_surface(data);
    if (surface && gdk_surface_get_mapped(surface))
        ask_above(surface);
    return G_SOURCE_REMOVE;
}

static void on_map(GtkWidget *widget, Place *place)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(widget));
    if (place) {
        *place = (Place){0};
        on_layout(surface, gdk_surface_get_width(surface), 0, place);
    }
    // After the map request has reached the window manager, or it does not know the window yet.
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, once_shown, g_object_ref(widget), g_object_unref);
}

static void on_realize(GtkWidget *widget, Place *place)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(widget));
    gdk_x11_surface_set_skip_taskbar_hint(surface, TRUE);
    gdk_x11_surface_set_skip_pager_hint(surface, TRUE);
    if (place)
        g_signal_connect(surface, "layout", G_CALLBACK(on_layout), place);
}

void pouce_x11_keep_above(GtkWindow *window, gboolean top_centre)
{
    Place *place = NULL;
    if (!GDK_IS_X11_DISPLAY(gtk_widget_get_display(GTK_WIDGET(window))))
        return;
    if (top_centre) {
        place = g_new0(Place, 1);
        g_object_set_data_full(G_OBJECT(window), "place", place, g_free);
    }
    g_signal_connect(window, "realize", G_CALLBACK(on_realize), place);
    g_signal_connect_after(window, "map", G_CALLBACK(on_map), place);
}

void pouce_x11_present(GtkWindow *window)
{
    if (!GDK_IS_X11_DISPLAY(gtk_widget_get_display(GTK_WIDGET(window)))) {
        gtk_window_present(window);
        return;
    }
    gtk_widget_realize(GTK_WIDGET(window));
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));
    // With the time of the last click, the window manager would leave the keyboard where it is.
    guint32 now = gdk_x11_get_server_time(surface);
    gdk_x11_surface_set_user_time(surface, now);
    gtk_window_present_with_time(window, now);
}

G_GNUC_END_IGNORE_DEPRECATIONS
