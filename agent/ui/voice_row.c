// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/voice_row.h"

#include "codec/voice/voice.h"
#include "look/parts.h"

#include <glib/gi18n.h>

typedef struct {
    GtkWidget *box, *choice;
    GPtrArray *names; // by position; NULL: the system's choice
    char *chosen;     // NULL: the system's choice
} Devices;

struct PouceVoiceRow {
    PouceFlow *flow;
    GtkWidget *line, *dot, *text, *mute, *hold, *talk, *more;
    GtkWidget *devices_line;
    Devices microphones, speakers;
    GCancellable *asking; // for the devices; NULL: not
    gboolean filling;     // what changes is no choice of the user's
    gboolean muted;
    gboolean held;
    gboolean by_hand; // held by mouse or key: the click that ends it is no click
};

static void hold(PouceVoiceRow *row, gboolean held)
{
    if (row->held == held)
        return;
    row->held = held;
    pouce_agent_talk(row->flow->agent, held);
}

static void on_mute(gpointer data)
{
    PouceVoiceRow *row = data;
    pouce_agent_mute(row->flow->agent, !row->muted);
}

static void on_push_to_talk(GtkToggleButton *toggle, PouceVoiceRow *row)
{
    if (row->filling)
        return;
    hold(row, FALSE);
    pouce_agent_push_to_talk(row->flow->agent, gtk_toggle_button_get_active(toggle));
}

static void on_pressed(GtkGestureClick *gesture, int count, double x, double y, PouceVoiceRow *row)
{
    row->by_hand = TRUE;
    hold(row, TRUE);
}

static void on_released(GtkGesture *gesture, GdkEventSequence *sequence, PouceVoiceRow *row)
{
    hold(row, FALSE);
}

static gboolean is_press(guint key)
{
    return key == GDK_KEY_space || key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;
}

static gboolean on_key(
    GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, PouceVoiceRow *row)
{
    if (!is_press(key))
        return FALSE;
    hold(row, TRUE);
    return TRUE;
}

static void on_key_up(
    GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, PouceVoiceRow *row)
{
    if (is_press(key))
        hold(row, FALSE);
}

static void on_left(GtkEventControllerFocus *focus, PouceVoiceRow *row)
{
    hold(row, FALSE);
}

// Neither mouse nor key: a screen reader cannot hold, so one press begins and the next one ends.
static void on_talk(gpointer data)
{
    PouceVoiceRow *row = data;
    if (!row->by_hand)
        hold(row, !row->held);
    row->by_hand = FALSE;
}

static GtkWidget *make_talk(PouceVoiceRow *row)
{
    GtkWidget *button = pouce_part_button(_("Hold to tal_k"), "primary", on_talk, row);
    GtkGesture *press = gtk_gesture_click_new();
    GtkEventController *keys = gtk_event_controller_key_new();
    GtkEventController *focus = gtk_event_controller_focus_new();
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(press), GTK_PHASE_CAPTURE);
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(press, "pressed", G_CALLBACK(on_pressed), row);
    g_signal_connect(press, "end", G_CALLBACK(on_released), row);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), row);
    g_signal_connect(keys, "key-released", G_CALLBACK(on_key_up), row);
    g_signal_connect(focus, "leave", G_CALLBACK(on_left), row);
    gtk_widget_add_controller(button, GTK_EVENT_CONTROLLER(press));
    gtk_widget_add_controller(button, keys);
    gtk_widget_add_controller(button, focus);
    return button;
}

static void set_text(char **where, const char *text)
{
    char *copy = g_strdup(text);
    g_free(*where);
    *where = copy;
}

static void on_device(GtkDropDown *choice, GParamSpec *spec, PouceVoiceRow *row)
{
    Devices *devices =
        GTK_WIDGET(choice) == row->microphones.choice ? &row->microphones : &row->speakers;
    guint at = gtk_drop_down_get_selected(choice);
    if (row->filling || !devices->names || at >= devices->names->len)
        return;
    set_text(&devices->chosen, g_ptr_array_index(devices->names, at));
    pouce_agent_choose_sound(row->flow->agent, row->microphones.chosen, row->speakers.chosen);
}

static void fill(PouceVoiceRow *row, Devices *devices, GPtrArray *all, gboolean microphone)
{
    g_autoptr(GtkStringList) labels =
        gtk_string_list_new((const char *[]){_("The computer’s choice"), NULL});
    guint chosen = 0;
    g_clear_pointer(&devices->names, g_ptr_array_unref);
    devices->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(devices->names, NULL);
    for (guint i = 0; i < all->len; i++) {
        const PouceVoiceDevice *device = g_ptr_array_index(all, i);
        if (device->microphone != microphone)
            continue;
        if (g_strcmp0(device->name, devices->chosen) == 0)
            chosen = devices->names->len;
        gtk_string_list_append(labels, device->description);
        g_ptr_array_add(devices->names, g_strdup(device->name));
    }
    row->filling = TRUE;
    gtk_drop_down_set_model(GTK_DROP_DOWN(devices->choice), G_LIST_MODEL(labels));
    gtk_drop_down_set_selected(GTK_DROP_DOWN(devices->choice), chosen);
    row->filling = FALSE;
}

static void on_devices(GObject *source, GAsyncResult *result, gpointer data)
{
    PouceVoiceRow *row = data;
    g_autoptr(GPtrArray) all = g_task_propagate_pointer(G_TASK(result), NULL);
    if (!all)
        return; // the bar is gone
    g_clear_object(&row->asking);
    fill(row, &row->microphones, all, TRUE);
    fill(row, &row->speakers, all, FALSE);
    gtk_widget_set_visible(row->devices_line, TRUE);
}

static void ask_devices(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    g_task_return_pointer(task, pouce_voice_devices(), (GDestroyNotify)g_ptr_array_unref);
}

// The sound server is asked on another thread: it may take its time.
static void list_devices(PouceVoiceRow *row)
{
    if (row->asking)
        return;
    row->asking = g_cancellable_new();
    g_autoptr(GTask) task = g_task_new(NULL, row->asking, on_devices, row);
    g_task_set_check_cancellable(task, TRUE);
    g_task_run_in_thread(task, ask_devices);
}

static void on_more(gpointer data)
{
    PouceVoiceRow *row = data;
    if (gtk_widget_get_visible(row->devices_line))
        gtk_widget_set_visible(row->devices_line, FALSE);
    else
        list_devices(row);
}

static void add_devices(PouceVoiceRow *row, Devices *devices, const char *label)
{
    const char *only[] = {_("The computer’s choice"), NULL};
    devices->choice = pouce_part_choice(label, only, &devices->box);
    gtk_widget_set_hexpand(devices->box, TRUE);
    g_signal_connect(devices->choice, "notify::selected", G_CALLBACK(on_device), row);
    gtk_box_append(GTK_BOX(row->devices_line), devices->box);
}

PouceVoiceRow *pouce_voice_row_new(PouceFlow *flow, GtkWidget *parent)
{
    PouceVoiceRow *row = g_new0(PouceVoiceRow, 1);
    row->flow = flow;
    row->line = pouce_part_row(10);
    row->dot = gtk_label_new("");
    gtk_widget_add_css_class(row->dot, "dot");
    row->text = pouce_part_text("", "strong");
    gtk_widget_set_hexpand(row->text, TRUE);
    row->mute = pouce_part_button(_("M_ute"), NULL, on_mute, row);
    row->hold = pouce_part_toggle(_("Only while I _hold a button"));
    g_signal_connect(row->hold, "toggled", G_CALLBACK(on_push_to_talk), row);
    row->talk = make_talk(row);
    row->more = pouce_part_button(_("S_ound…"), NULL, on_more, row);
    GtkWidget *parts[] = {row->dot, row->text, row->talk, row->mute, row->hold, row->more};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        gtk_box_append(GTK_BOX(row->line), parts[i]);
    row->devices_line = pouce_part_row(12);
    gtk_box_set_homogeneous(GTK_BOX(row->devices_line), TRUE);
    add_devices(row, &row->microphones, _("M_icrophone"));
    add_devices(row, &row->speakers, _("Lou_dspeaker"));
    gtk_widget_set_visible(row->line, FALSE);
    gtk_widget_set_visible(row->devices_line, FALSE);
    gtk_box_append(GTK_BOX(parent), row->line);
    gtk_box_append(GTK_BOX(parent), row->devices_line);
    return row;
}

static void devices_clear(Devices *devices)
{
    g_clear_pointer(&devices->names, g_ptr_array_unref);
    g_free(devices->chosen);
}

void pouce_voice_row_free(PouceVoiceRow *row)
{
    if (!row)
        return;
    if (row->asking)
        g_cancellable_cancel(row->asking);
    g_clear_object(&row->asking);
    devices_clear(&row->microphones);
    devices_clear(&row->speakers);
    g_free(row);
}

static char *say(PouceVoiceRow *row, const PouceAgentVoice *voice)
{
    const char *format = _("All microphones are closed.");
    if (voice->open && voice->helper_open)
        format = _("You and %s hear each other.");
    else if (voice->open)
        format = _("Your microphone is open: %s hears you.");
    else if (voice->helper_open)
        format = _("You hear %s. Your microphone is closed.");
    else if (voice->on)
        format = _("Your microphone is closed for the moment.");
    return g_strdup_printf(format, pouce_flow_helper_name(row->flow));
}

void pouce_voice_row_set(PouceVoiceRow *row, const PouceAgentVoice *voice)
{
    g_autofree char *text = say(row, voice);
    row->muted = voice->muted;
    set_text(&row->microphones.chosen, voice->microphone);
    set_text(&row->speakers.chosen, voice->speaker);
    gtk_label_set_text(GTK_LABEL(row->dot), voice->open ? "●" : "○");
    gtk_label_set_text(GTK_LABEL(row->text), text);
    pouce_part_button_set(row->mute, voice->muted ? _("_Unmute") : _("M_ute"));
    gtk_widget_set_visible(row->mute, voice->on && !voice->push_to_talk);
    gtk_widget_set_visible(row->hold, voice->on);
    gtk_widget_set_visible(row->talk, voice->on && voice->push_to_talk);
    row->filling = TRUE;
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(row->hold), voice->push_to_talk);
    row->filling = FALSE;
    if (!voice->on)
        row->held = FALSE;
    gboolean shown = voice->on || voice->open || voice->helper_open;
    gtk_widget_set_visible(row->line, shown);
}

void pouce_voice_row_choose(PouceVoiceRow *row)
{
    gtk_widget_set_visible(row->devices_line, FALSE);
    list_devices(row);
}
