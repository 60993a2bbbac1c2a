// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The tools below the picture: pointing, drawing and its colours, the loan, the recording, how the
// picture is shown. They wrap in a narrow window.

#include <glib/gi18n.h>

#include "look/parts.h"
#include "viewer/ui/studio_private.h"
#include "viewer/ui/words.h"
#include "viewer/ui/wrap.h"

// Long enough to do something, short enough to be agreed to.
#define ASK_CONTROL_MS (10 * 60 * 1000)
#define DOT_PX 20

// Seen well on light and on dark pages, and told apart without colour vision by their lightness.
static const struct {
    guint32 rgb;
    const char *name;
} colors[STUDIO_COLORS] = {{0xff6a00, N_("Orange")}, {0x1468e8, N_("Blue")},
    {0x12883c, N_("Green")}, {0xe5179a, N_("Pink")}, {0x161616, N_("Black")}};

static GtkWidget *new_group(void)
{
    return g_object_new(
        GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, "spacing", 6, NULL);
}

// ---- show

void studio_tools_set_draws(PouceStudio *studio, gboolean draws)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON(studio->tools.draw);
    studio->draws = draws;
    if (gtk_toggle_button_get_active(button) != draws)
        gtk_toggle_button_set_active(button, draws);
    gtk_widget_set_cursor_from_name(GTK_WIDGET(studio->stage), draws ? "crosshair" : NULL);
}

static void on_draw(GtkToggleButton *button, PouceStudio *studio)
{
    studio_tools_set_draws(studio, gtk_toggle_button_get_active(button));
    studio_hands_follow(studio);
}

static void on_color(GtkToggleButton *button, PouceStudio *studio)
{
    if (!gtk_toggle_button_get_active(button))
        return;
    studio->rgb = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "rgb"));
    if (studio->running)
        studio_tools_set_draws(studio, TRUE);
}

static void on_undo(gpointer data)
{
    PouceStudio *studio = data;
    pouce_ink_undo(studio->ink);
    pouce_canvas_ink_undo(studio->canvas);
    studio_tools_ink_changed(studio);
}

static void on_clear(gpointer data)
{
    PouceStudio *studio = data;
    pouce_ink_clear(studio->ink);
    pouce_canvas_ink_clear(studio->canvas);
    studio_tools_ink_changed(studio);
}

void studio_tools_ink_changed(PouceStudio *studio)
{
    gboolean any = pouce_ink_count(studio->ink) > 0;
    gtk_widget_set_sensitive(studio->tools.undo, any);
    gtk_widget_set_sensitive(studio->tools.clear, any);
}

static void paint_dot(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    guint rgb = GPOINTER_TO_UINT(data);
    cairo_set_source_rgb(cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
    cairo_arc(cr, width / 2.0, height / 2.0, MIN(width, height) / 2.0 - 1, 0, 2 * G_PI);
    cairo_fill_preserve(cr);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_set_line_width(cr, 1.5);
    cairo_stroke(cr);
}

static GtkWidget *make_color(PouceStudio *studio, guint n)
{
    GtkWidget *button = gtk_toggle_button_new(), *dot = gtk_drawing_area_new();
    gpointer rgb = GUINT_TO_POINTER(colors[n].rgb);
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(dot), DOT_PX);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(dot), DOT_PX);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(dot), paint_dot, rgb, NULL);
    gtk_button_set_child(GTK_BUTTON(button), dot);
    gtk_widget_add_css_class(button, "color");
    gtk_widget_set_tooltip_text(button, _(colors[n].name));
    pouce_part_name(button, _(colors[n].name));
    g_object_set_data(G_OBJECT(button), "rgb", rgb);
    g_signal_connect(button, "toggled", G_CALLBACK(on_color), studio);
    return button;
}

// A button that stays pressed, with a mnemonic.
static GtkWidget *toggle(const char *label, const char *tip, GCallback toggled, gpointer data)
{
    GtkWidget *button = gtk_toggle_button_new(), *inside = gtk_label_new_with_mnemonic(label);
    gtk_label_set_mnemonic_widget(GTK_LABEL(inside), button);
    gtk_button_set_child(GTK_BUTTON(button), inside);
    gtk_widget_set_tooltip_text(button, tip);
    if (toggled)
        g_signal_connect(button, "toggled", toggled, data);
    return button;
}

static GtkWidget *make_show(PouceStudio *studio)
{
    StudioTools *tools = &studio->tools;
    GtkWidget *group = new_group();
    tools->point = toggle(_("Poin_t"),
        _("Your pointer appears on their screen while it is over the picture"), NULL, NULL);
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(tools->point), TRUE);
    tools->draw = toggle(_("_Draw"), _("Draw on their screen"), G_CALLBACK(on_draw), studio);
    gtk_box_append(GTK_BOX(group), tools->point);
    gtk_box_append(GTK_BOX(group), tools->draw);
    for (guint n = 0; n < STUDIO_COLORS; n++) {
        tools->colors[n] = make_color(studio, n);
        if (n > 0)
            gtk_toggle_button_set_group(
                GTK_TOGGLE_BUTTON(tools->colors[n]), GTK_TOGGLE_BUTTON(tools->colors[0]));
        gtk_box_append(GTK_BOX(group), tools->colors[n]);
    }
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(tools->colors[0]), TRUE);
    tools->undo = pouce_part_button(_("_Undo"), NULL, on_undo, studio);
    tools->clear = pouce_part_button(_("_Clear"), NULL, on_clear, studio);
    gtk_box_append(GTK_BOX(group), tools->undo);
    gtk_box_append(GTK_BOX(group), tools->clear);
    return group;
}

// ---- control and recording

static void on_ask(gpointer data)
{
    PouceStudio *studio = data;
    PouceViewing *viewing = studio_viewing(studio);
    GError *error = NULL;
    if (!viewing || studio->asked)
        return;
    studio->asked = studio_check(studio,
        pouce_viewing_ask(viewing, POUCE_CAPABILITY_CONTROL, ASK_CONTROL_MS, &error), &error);
    if (studio->asked)
        studio_say_filled(studio, _("{name} is asked to lend you the mouse and the keyboard."));
    studio_tools_write(studio);
}

static void on_by_place(GtkToggleButton *button, PouceStudio *studio)
{
    studio_hands_rest(studio);
    studio->map.by_place = gtk_toggle_button_get_active(button);
}

static char *recording_path(PouceStudio *studio)
{
    const char *folder = g_get_user_special_dir(G_USER_DIRECTORY_VIDEOS);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *name = g_date_time_format(now, "Pouce %Y-%m-%d %H.%M.%S.webm");
    if (studio->page.front->config->record)
        return g_strdup(studio->page.front->config->record);
    return g_build_filename(folder ? folder : g_get_home_dir(), name, NULL);
}

static void start_recording(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    GError *error = NULL;
    g_autofree char *path = recording_path(studio);
    if (!viewing || !studio_check(studio, pouce_viewing_record(viewing, path, &error), &error))
        return;
    g_autofree char *sentence = pouce_fill(_("Recording into {file}"), "{file}", path);
    studio->recording = g_steal_pointer(&path);
    pouce_studio_say(studio, sentence);
}

static void stop_recording(PouceStudio *studio)
{
    g_autofree char *path = g_steal_pointer(&studio->recording);
    if (!path)
        return;
    g_autofree char *sentence = pouce_fill(_("The recording is in {file}"), "{file}", path);
    pouce_studio_say(studio, sentence);
}

static void on_record(gpointer data)
{
    PouceStudio *studio = data;
    PouceViewing *viewing = studio_viewing(studio);
    GError *error = NULL;
    if (!viewing || studio->record_asked)
        return;
    if (studio->recording) {
        pouce_viewing_record_stop(viewing);
    } else if (pouce_viewing_granted(viewing) & POUCE_CAPABILITY_RECORD) {
        start_recording(studio);
    } else {
        studio->record_asked = studio_check(
            studio, pouce_viewing_ask(viewing, POUCE_CAPABILITY_RECORD, 0, &error), &error);
        if (studio->record_asked)
            studio_say_filled(studio, _("{name} is asked whether you may record."));
    }
    studio_tools_write(studio);
}

void studio_tools_record_told(PouceStudio *studio, const PouceViewingEvent *event)
{
    if (event->kind == POUCE_VIEWING_LOST)
        studio->record_asked = FALSE;
    if (event->what != POUCE_CAPABILITY_RECORD)
        return;
    if (event->kind == POUCE_VIEWING_GRANT && studio->record_asked) {
        studio->record_asked = FALSE;
        start_recording(studio);
    } else if (event->kind == POUCE_VIEWING_REFUSE) {
        studio->record_asked = FALSE;
        studio_say_filled(studio, _("{name} prefers not to be recorded."));
    } else if (event->kind == POUCE_VIEWING_REVOKE) {
        stop_recording(studio);
    }
    studio_tools_write(studio);
}

static GtkWidget *make_control(PouceStudio *studio)
{
    StudioTools *tools = &studio->tools;
    GtkWidget *group = new_group();
    tools->ask = pouce_part_button("", NULL, on_ask, studio);
    tools->by_place = toggle(_("_Keys by place"),
        _("Send each key by its place on the keyboard, for games and programs that do not read "
          "text"),
        G_CALLBACK(on_by_place), studio);
    tools->record = pouce_part_button("", NULL, on_record, studio);
    gtk_box_append(GTK_BOX(group), tools->ask);
    gtk_box_append(GTK_BOX(group), tools->by_place);
    gtk_box_append(GTK_BOX(group), tools->record);
    return group;
}

// ---- view

static void on_fitting(PouceStudio *studio)
{
    gboolean exact = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(studio->tools.exact));
    guint smoothing = gtk_drop_down_get_selected(GTK_DROP_DOWN(studio->tools.smoothing));
    pouce_canvas_set_fitting(studio->canvas, exact ? POUCE_EXACT : POUCE_FIT,
        (PouceSmoothing)MIN(smoothing, POUCE_SMOOTH_ALWAYS));
}

static void on_full(GtkToggleButton *button, PouceStudio *studio)
{
    GtkWindow *window = studio->page.front->window;
    if (gtk_toggle_button_get_active(button))
        gtk_window_fullscreen(window);
    else
        gtk_window_unfullscreen(window);
}

static void on_fullscreened(GtkWindow *window, GParamSpec *spec, PouceStudio *studio)
{
    gtk_toggle_button_set_active(
        GTK_TOGGLE_BUTTON(studio->tools.full), gtk_window_is_fullscreen(window));
}

static void on_side(GtkToggleButton *button, PouceStudio *studio)
{
    studio_side_show(studio, gtk_toggle_button_get_active(button));
}

static GtkWidget *make_view(PouceStudio *studio)
{
    StudioTools *tools = &studio->tools;
    const char *smoothings[] = {_("Automatic"), _("Sharp pixels"), _("Smooth"), NULL};
    GtkWidget *group = new_group();
    tools->exact = toggle(_("_1:1"), _("One pixel of theirs on one of yours"), NULL, NULL);
    g_signal_connect_swapped(tools->exact, "toggled", G_CALLBACK(on_fitting), studio);
    tools->smoothing = gtk_drop_down_new_from_strings(smoothings);
    gtk_widget_set_tooltip_text(tools->smoothing, _("When enlarged"));
    pouce_part_name(gtk_widget_get_first_child(tools->smoothing), _("When enlarged"));
    g_signal_connect_swapped(tools->smoothing, "notify::selected", G_CALLBACK(on_fitting), studio);
    tools->full = toggle(_("_Full screen"), NULL, G_CALLBACK(on_full), studio);
    g_signal_connect(
        studio->page.front->window, "notify::fullscreened", G_CALLBACK(on_fullscreened), studio);
    tools->side = toggle("", NULL, G_CALLBACK(on_side), studio);
    gtk_box_append(GTK_BOX(group), tools->exact);
    gtk_box_append(GTK_BOX(group), tools->smoothing);
    gtk_box_append(GTK_BOX(group), tools->full);
    gtk_box_append(GTK_BOX(group), tools->side);
    return group;
}

static void add_group(GtkWidget *bar, const char *name, GtkWidget *group)
{
    pouce_part_name(group, name);
    gtk_box_append(GTK_BOX(bar), group);
}

GtkWidget *studio_tools_new(PouceStudio *studio)
{
    GtkWidget *bar = pouce_wrap_new(GTK_ACCESSIBLE_ROLE_TOOLBAR);
    studio->tools.bar = bar;
    pouce_part_name(bar, _("Tools"));
    add_group(bar, _("Show"), make_show(studio));
    add_group(bar, _("Control"), make_control(studio));
    add_group(bar, _("Voice"), studio_voice_new(studio));
    add_group(bar, _("View"), make_view(studio));
    return bar;
}

void studio_tools_write(PouceStudio *studio)
{
    const StudioTools *tools = &studio->tools;
    PouceViewing *viewing = studio_viewing(studio);
    gboolean lent = viewing && pouce_viewing_control_left_ms(viewing) != 0;
    gboolean connected = viewing && !studio->lost_until_us;
    const char *record = studio->recording      ? _("Stop _recording")
                         : studio->record_asked ? _("Asked…")
                                                : _("_Record");
    pouce_part_button_set(tools->ask, studio->asked ? _("Asked…") : _("_Ask for control"));
    gtk_widget_set_sensitive(tools->ask, connected && !lent && !studio->asked);
    gtk_widget_set_visible(tools->by_place, lent);
    pouce_part_button_set(tools->record, record);
    gtk_widget_set_sensitive(tools->record, connected && !studio->record_asked);
}
