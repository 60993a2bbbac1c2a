// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/stage.h"

#define SIDE_MIN_PX 160

struct _PouceStage {
    GtkWidget parent;
    PouceCanvas *canvas;
    GtkWidget *box, *across, *down; // scroll bars
    GdkFrameClock *clock;
    gulong on_painted;
    int x_px, y_px;     // in the surface, device pixels
    gint layout_due;    // atomic: an idle is under way
    gboolean following; // the scroll bars are being set
};

G_DEFINE_FINAL_TYPE(PouceStage, pouce_stage, GTK_TYPE_WIDGET)

static void follow_bar(GtkWidget *bar, int whole, int seen, int from)
{
    GtkAdjustment *at = gtk_scrollbar_get_adjustment(GTK_SCROLLBAR(bar));
    gtk_adjustment_configure(at, from, 0, whole, 40, seen, seen);
    gtk_widget_set_visible(bar, whole > seen);
}

static gboolean on_layout_idle(gpointer data)
{
    PouceStage *self = data;
    PoucePlacement placement;
    g_atomic_int_set(&self->layout_due, 0);
    pouce_canvas_placement(self->canvas, &placement);
    self->following = TRUE;
    follow_bar(self->across, placement.width_px, placement.seen.width, placement.seen.x);
    follow_bar(self->down, placement.height_px, placement.seen.height, placement.seen.y);
    self->following = FALSE;
    return G_SOURCE_REMOVE;
}

// On any thread, under the canvas's lock.
static void on_layout(gpointer user)
{
    PouceStage *self = user;
    if (g_atomic_int_compare_and_exchange(&self->layout_due, 0, 1))
        g_idle_add_full(G_PRIORITY_DEFAULT, on_layout_idle, g_object_ref(self), g_object_unref);
}

static void on_scroll(GtkAdjustment *adjustment, PouceStage *self)
{
    if (self->following)
        return;
    GtkAdjustment *across = gtk_scrollbar_get_adjustment(GTK_SCROLLBAR(self->across));
    GtkAdjustment *down = gtk_scrollbar_get_adjustment(GTK_SCROLLBAR(self->down));
    pouce_canvas_scroll(
        self->canvas, (int)gtk_adjustment_get_value(across), (int)gtk_adjustment_get_value(down));
}

static GtkWidget *make_bar(PouceStage *self, GtkOrientation orientation)
{
    GtkAdjustment *adjustment = gtk_adjustment_new(0, 0, 0, 0, 0, 0);
    GtkWidget *bar = gtk_scrollbar_new(orientation, adjustment);
    g_signal_connect(adjustment, "value-changed", G_CALLBACK(on_scroll), self);
    gtk_widget_set_visible(bar, FALSE);
    return bar;
}

static void find_place(PouceStage *self)
{
    GtkNative *native = gtk_widget_get_native(GTK_WIDGET(self));
    graphene_point_t at = GRAPHENE_POINT_INIT(0, 0);
    double inset_x, inset_y;
    if (!native || !gtk_widget_compute_point(GTK_WIDGET(self), GTK_WIDGET(native), &at, &at))
        return;
    gtk_native_get_surface_transform(native, &inset_x, &inset_y);
    int scale = gtk_widget_get_scale_factor(GTK_WIDGET(self));
    int x_px = (int)((at.x + inset_x) * scale), y_px = (int)((at.y + inset_y) * scale);
    if (x_px == self->x_px && y_px == self->y_px)
        return;
    self->x_px = x_px;
    self->y_px = y_px;
    pouce_canvas_move(self->canvas, x_px, y_px);
}

// A widget is not told when it is moved without a change of size; a frame is drawn then.
static void on_painted(GdkFrameClock *clock, PouceStage *self)
{
    find_place(self);
}

static PouceOutlet *make_outlet(PouceStage *self)
{
    const char *wanted = g_getenv("POUCE_PICTURE");
    PouceOutlet *outlet = NULL;
    if (g_strcmp0(wanted, "tiles") != 0)
        outlet = pouce_outlet_x11_new(gtk_widget_get_native(GTK_WIDGET(self)));
    return outlet ? outlet : pouce_outlet_tiles_new(GTK_WIDGET(self));
}

static void realize(GtkWidget *widget)
{
    PouceStage *self = POUCE_STAGE(widget);
    GTK_WIDGET_CLASS(pouce_stage_parent_class)->realize(widget);
    pouce_canvas_set_outlet(self->canvas, make_outlet(self));
    self->x_px = self->y_px = -1;
    self->clock = gtk_widget_get_frame_clock(widget);
    self->on_painted = g_signal_connect(self->clock, "after-paint", G_CALLBACK(on_painted), self);
}

static void unrealize(GtkWidget *widget)
{
    PouceStage *self = POUCE_STAGE(widget);
    g_signal_handler_disconnect(self->clock, self->on_painted);
    self->clock = NULL;
    pouce_canvas_set_outlet(self->canvas, NULL);
    GTK_WIDGET_CLASS(pouce_stage_parent_class)->unrealize(widget);
}

static void map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(pouce_stage_parent_class)->map(widget);
    find_place(POUCE_STAGE(widget));
    pouce_canvas_set_visible(POUCE_STAGE(widget)->canvas, TRUE);
}

static void unmap(GtkWidget *widget)
{
    pouce_canvas_set_visible(POUCE_STAGE(widget)->canvas, FALSE);
    GTK_WIDGET_CLASS(pouce_stage_parent_class)->unmap(widget);
}

static void size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    int scale = gtk_widget_get_scale_factor(widget);
    pouce_canvas_set_room(POUCE_STAGE(widget)->canvas, width * scale, height * scale);
    find_place(POUCE_STAGE(widget));
}

static void measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = SIDE_MIN_PX;
}

static void snapshot(GtkWidget *widget, GtkSnapshot *into)
{
    pouce_canvas_snapshot(POUCE_STAGE(widget)->canvas, into);
}

static void finalize(GObject *object)
{
    pouce_canvas_free(POUCE_STAGE(object)->canvas);
    G_OBJECT_CLASS(pouce_stage_parent_class)->finalize(object);
}

static void pouce_stage_class_init(PouceStageClass *class)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->finalize = finalize;
    widget->realize = realize;
    widget->unrealize = unrealize;
    widget->map = map;
    widget->unmap = unmap;
    widget->size_allocate = size_allocate;
    widget->measure = measure;
    widget->snapshot = snapshot;
    gtk_widget_class_set_css_name(widget, "stage");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static void pouce_stage_init(PouceStage *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    self->canvas = pouce_canvas_new(on_layout, self);
    gtk_widget_set_focusable(widget, TRUE);
    gtk_widget_set_hexpand(widget, TRUE);
    gtk_widget_set_vexpand(widget, TRUE);
    gtk_widget_set_overflow(widget, GTK_OVERFLOW_HIDDEN);
    self->across = make_bar(self, GTK_ORIENTATION_HORIZONTAL);
    self->down = make_bar(self, GTK_ORIENTATION_VERTICAL);
    self->box = gtk_grid_new();
    gtk_grid_attach(GTK_GRID(self->box), widget, 0, 0, 1, 1);
    gtk_grid_attach(GTK_GRID(self->box), self->down, 1, 0, 1, 1);
    gtk_grid_attach(GTK_GRID(self->box), self->across, 0, 1, 1, 1);
}

PouceStage *pouce_stage_new(void)
{
    return g_object_new(POUCE_TYPE_STAGE, NULL);
}

GtkWidget *pouce_stage_box(PouceStage *self)
{
    return self->box;
}

PouceCanvas *pouce_stage_canvas(PouceStage *self)
{
    return self->canvas;
}

gboolean pouce_stage_to_wire(PouceStage *self, double surface_x, double surface_y, gboolean clamp,
    guint16 *out_x, guint16 *out_y)
{
    PoucePlacement placement;
    int scale = gtk_widget_get_scale_factor(GTK_WIDGET(self));
    pouce_canvas_placement(self->canvas, &placement);
    return pouce_place_to_wire(&placement, surface_x * scale - self->x_px,
        surface_y * scale - self->y_px, clamp, out_x, out_y);
}
