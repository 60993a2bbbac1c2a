// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/x11_place.h"

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

static void move_to_top(GtkWidget *widget, GdkSurface *surface)
{
    GdkMonitor *monitor = gdk_x11_display_get_primary_monitor(gdk_surface_get_display(surface));
    GdkRectangle area = {0};
    if (!monitor)
        return;
    gdk_monitor_get_geometry(monitor, &area);
    int scale = gdk_surface_get_scale_factor(surface);
    int width = gtk_widget_get_width(widget);
    int x = area.x + (area.width - width) / 2;
    XMoveWindow(GDK_SURFACE_XDISPLAY(surface), GDK_SURFACE_XID(surface), MAX(x, area.x) * scale,
        (area.y + MARGIN_PX) * scale);
}

static gboolean once_shown(gpointer data)
{
    GtkWidget *widget = data;
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(widget));
    if (gtk_widget_get_mapped(widget) && surface) {
        ask_above(surface);
        if (g_object_get_data(G_OBJECT(widget), "top-centre"))
            move_to_top(widget, surface);
    }
    return G_SOURCE_REMOVE;
}

static void on_map(GtkWidget *widget, gpointer data)
{
    // After the map request has reached the window manager, or it does not know the window yet.
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, once_shown, g_object_ref(widget), g_object_unref);
}

static void on_realize(GtkWidget *widget, gpointer data)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(widget));
    gdk_x11_surface_set_skip_taskbar_hint(surface, TRUE);
    gdk_x11_surface_set_skip_pager_hint(surface, TRUE);
}

void pouce_x11_keep_above(GtkWindow *window, gboolean top_centre)
{
    if (!GDK_IS_X11_DISPLAY(gtk_widget_get_display(GTK_WIDGET(window))))
        return;
    if (top_centre)
        g_object_set_data(G_OBJECT(window), "top-centre", window);
    g_signal_connect(window, "realize", G_CALLBACK(on_realize), NULL);
    g_signal_connect_after(window, "map", G_CALLBACK(on_map), NULL);
}

G_GNUC_END_IGNORE_DEPRECATIONS
