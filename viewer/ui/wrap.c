// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/wrap.h"

#define GAP_PX 16
#define LINE_GAP_PX 4

typedef void (*Placed)(GtkWidget *child, int x, int y, int width, int height);

// Puts the children into lines of @width; returns the height of all. @placed may be NULL.
static int walk(GtkWidget *widget, int width, Placed placed)
{
    int x = 0, y = 0, line = 0;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child)) {
        GtkRequisition wanted;
        if (!gtk_widget_should_layout(child))
            continue;
        gtk_widget_get_preferred_size(child, NULL, &wanted);
        if (x > 0 && x + wanted.width > width) {
            y += line + LINE_GAP_PX;
            x = line = 0;
        }
        if (placed)
            placed(child, x, y, wanted.width, wanted.height);
        x += wanted.width + GAP_PX;
        line = MAX(line, wanted.height);
    }
    return y + line;
}

static GtkSizeRequestMode request_mode(GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

// As wide as the widest child at least, as all in one line at best.
static void measure_width(GtkWidget *widget, int *minimum, int *natural)
{
    *minimum = *natural = 0;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child)) {
        GtkRequisition wanted;
        if (!gtk_widget_should_layout(child))
            continue;
        gtk_widget_get_preferred_size(child, NULL, &wanted);
        *minimum = MAX(*minimum, wanted.width);
        *natural += wanted.width + (*natural > 0 ? GAP_PX : 0);
    }
}

static void measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    if (orientation == GTK_ORIENTATION_HORIZONTAL)
        measure_width(widget, minimum, natural);
    else
        *minimum = *natural = walk(widget, for_size < 0 ? G_MAXINT : for_size, NULL);
}

static void place(GtkWidget *child, int x, int y, int width, int height)
{
    gtk_widget_size_allocate(child, &(GtkAllocation){x, y, width, height}, -1);
}

static void allocate(GtkWidget *widget, int width, int height, int baseline)
{
    walk(widget, width, place);
}

GtkWidget *pouce_wrap_new(GtkAccessibleRole role)
{
    GtkWidget *wrap = g_object_new(GTK_TYPE_BOX, "accessible-role", role, NULL);
    gtk_widget_set_layout_manager(wrap, gtk_custom_layout_new(request_mode, measure, allocate));
    return wrap;
}
