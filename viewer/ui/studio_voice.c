// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's microphone: off until it is turned on here, and only once the seeker agreed; who
// hears whom always stands in words.

#include <glib/gi18n.h>

#include "codec/voice/voice.h"
#include "look/parts.h"
#include "viewer/ui/studio_private.h"
#include "viewer/ui/words.h"

static void turn_on(PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    GError *error = NULL;
    if (pouce_viewing_granted(viewing) & POUCE_CAPABILITY_VOICE) {
        studio->voice.wanted =
            studio_check(studio, pouce_viewing_voice(viewing, TRUE, &error), &error);
        return;
    }
    studio->voice.wanted =
        studio_check(studio, pouce_viewing_ask(viewing, POUCE_CAPABILITY_VOICE, 0, &error), &error);
    if (studio->voice.wanted)
        studio_say_filled(studio, _("{name} is asked whether you may talk."));
}

static const char *chosen_name(StudioVoice *voice, GtkWidget *choice, gboolean microphone)
{
    guint at = gtk_drop_down_get_selected(GTK_DROP_DOWN(choice));
    for (guint n = 0; voice->devices && at > 0 && n < voice->devices->len; n++) {
        const PouceVoiceDevice *device = g_ptr_array_index(voice->devices, n);
        if (device->microphone == microphone && --at == 0)
            return device->name;
    }
    return NULL; // as the system chooses
}

static void on_device(PouceStudio *studio)
{
    StudioVoice *voice = &studio->voice;
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing && !voice->writing)
        pouce_viewing_choose_sound(viewing, chosen_name(voice, voice->microphone, TRUE),
            chosen_name(voice, voice->speaker, FALSE));
}

static void fill_choice(StudioVoice *voice, GtkWidget *choice, gboolean microphone)
{
    g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
    gtk_string_list_append(list, _("As the system chooses"));
    for (guint n = 0; n < voice->devices->len; n++) {
        const PouceVoiceDevice *device = g_ptr_array_index(voice->devices, n);
        if (device->microphone == microphone)
            gtk_string_list_append(list, device->description);
    }
    gtk_drop_down_set_model(GTK_DROP_DOWN(choice), G_LIST_MODEL(list));
    gtk_widget_set_visible(choice, g_list_model_get_n_items(G_LIST_MODEL(list)) > 2);
}

// Asked for when somebody wants to talk: it takes the sound server a moment.
static void find_devices(PouceStudio *studio)
{
    StudioVoice *voice = &studio->voice;
    if (voice->devices)
        return;
    voice->devices = pouce_voice_devices();
    voice->writing = TRUE;
    fill_choice(voice, voice->microphone, TRUE);
    fill_choice(voice, voice->speaker, FALSE);
    voice->writing = FALSE;
}

static void on_toggle(GtkToggleButton *button, PouceStudio *studio)
{
    StudioVoice *voice = &studio->voice;
    PouceViewing *viewing = studio_viewing(studio);
    if (!viewing || voice->writing)
        return;
    if (gtk_toggle_button_get_active(button)) {
        find_devices(studio);
        turn_on(studio);
    } else {
        voice->wanted = FALSE;
        pouce_viewing_voice(viewing, FALSE, NULL);
    }
    studio_voice_write(studio);
}

static void on_mute(GtkToggleButton *button, PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing && !studio->voice.writing)
        pouce_viewing_mute(viewing, gtk_toggle_button_get_active(button));
}

static void on_hold(GtkToggleButton *button, PouceStudio *studio)
{
    PouceViewing *viewing = studio_viewing(studio);
    if (viewing && !studio->voice.writing)
        pouce_viewing_push_to_talk(viewing, gtk_toggle_button_get_active(button));
}

gboolean studio_voice_key(PouceStudio *studio, guint keyval, gboolean down)
{
    PouceViewing *viewing = studio_viewing(studio);
    if (!viewing || keyval != GDK_KEY_F8 || (down && studio_controls(studio) && studio->inhibited))
        return FALSE;
    pouce_viewing_talk(viewing, down);
    return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(studio->voice.hold));
}

static void set_active(GtkWidget *button, gboolean active)
{
    if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)) != active)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), active);
}

void studio_voice_write(PouceStudio *studio)
{
    StudioVoice *voice = &studio->voice;
    PouceViewing *viewing = studio_viewing(studio);
    PouceViewingVoice now = {0};
    if (viewing)
        pouce_viewing_voice_state(viewing, &now);
    const char *text = _("Both microphones are closed");
    gboolean heard = now.seeker_open && now.allowed;
    if (now.open)
        text = heard ? _("Both microphones are open") : _("Your microphone is open");
    else if (heard)
        text = _("{name}’s microphone is open");
    g_autofree char *sentence = pouce_fill(text, "{name}", studio_seeker(studio));
    voice->writing = TRUE;
    set_active(voice->on, voice->wanted);
    set_active(voice->mute, now.muted);
    set_active(voice->hold, now.push_to_talk);
    voice->writing = FALSE;
    gtk_widget_set_visible(voice->mute, voice->wanted);
    gtk_widget_set_visible(voice->hold, voice->wanted);
    gtk_widget_set_sensitive(voice->on, viewing && !studio->lost_until_us);
    pouce_part_label_set(voice->state, sentence);
    if (now.open || heard)
        gtk_widget_add_css_class(voice->state, "open");
    else
        gtk_widget_remove_css_class(voice->state, "open");
}

void studio_voice_told(PouceStudio *studio, const PouceViewingEvent *event)
{
    StudioVoice *voice = &studio->voice;
    PouceViewing *viewing = studio_viewing(studio);
    gboolean about = event->what == POUCE_CAPABILITY_VOICE;
    if (event->kind == POUCE_VIEWING_GRANT && about && voice->wanted && viewing)
        pouce_viewing_voice(viewing, TRUE, NULL);
    else if (event->kind == POUCE_VIEWING_REFUSE && about)
        studio_say_filled(studio, _("{name} would rather not talk."));
    if (about && (event->kind == POUCE_VIEWING_REFUSE || event->kind == POUCE_VIEWING_REVOKE))
        voice->wanted = FALSE;
    // What could not be opened is off.
    if (event->kind == POUCE_VIEWING_VOICE && event->voice.allowed && !event->voice.on)
        voice->wanted = FALSE;
    if (about || event->kind == POUCE_VIEWING_VOICE || event->kind == POUCE_VIEWING_LOST ||
        event->kind == POUCE_VIEWING_BOUND || event->kind == POUCE_VIEWING_PAUSE)
        studio_voice_write(studio);
}

void studio_voice_forget(PouceStudio *studio)
{
    studio->voice.wanted = FALSE;
    g_clear_pointer(&studio->voice.devices, g_ptr_array_unref);
    if (studio->running)
        studio_voice_write(studio);
}

static GtkWidget *toggle(const char *label, GCallback toggled, gpointer data)
{
    GtkWidget *button = gtk_toggle_button_new(), *inside = gtk_label_new_with_mnemonic(label);
    gtk_label_set_mnemonic_widget(GTK_LABEL(inside), button);
    gtk_button_set_child(GTK_BUTTON(button), inside);
    g_signal_connect(button, "toggled", toggled, data);
    return button;
}

static GtkWidget *choice(const char *name, PouceStudio *studio)
{
    GtkWidget *list = gtk_drop_down_new(NULL, NULL);
    gtk_widget_set_tooltip_text(list, name);
    pouce_part_name(gtk_widget_get_first_child(list), name);
    gtk_widget_set_visible(list, FALSE);
    g_signal_connect_swapped(list, "notify::selected", G_CALLBACK(on_device), studio);
    return list;
}

GtkWidget *studio_voice_new(PouceStudio *studio)
{
    StudioVoice *voice = &studio->voice;
    voice->group = pouce_part_row(6);
    voice->on = toggle(_("_Microphone"), G_CALLBACK(on_toggle), studio);
    voice->mute = toggle(_("M_ute"), G_CALLBACK(on_mute), studio);
    voice->hold = toggle(_("Push to ta_lk"), G_CALLBACK(on_hold), studio);
    gtk_widget_set_tooltip_text(voice->hold,
        _("Your microphone is open only while you hold F8. The key goes to the other computer "
          "while control is lent to you."));
    voice->microphone = choice(_("Which microphone"), studio);
    voice->speaker = choice(_("Where to hear"), studio);
    voice->state = gtk_label_new("");
    gtk_widget_add_css_class(voice->state, "voice");
    GtkWidget *parts[] = {
        voice->on, voice->mute, voice->hold, voice->microphone, voice->speaker, voice->state};
    for (gsize n = 0; n < G_N_ELEMENTS(parts); n++)
        gtk_box_append(GTK_BOX(voice->group), parts[n]);
    gtk_widget_set_visible(voice->mute, FALSE);
    gtk_widget_set_visible(voice->hold, FALSE);
    return voice->group;
}
