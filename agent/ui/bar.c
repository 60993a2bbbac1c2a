// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/bar.h"

#include "agent/ui/chat.h"
#include "agent/ui/format.h"
#include "agent/ui/voice_row.h"
#include "look/parts.h"
#include "look/x11_place.h"

#include <glib/gi18n.h>

struct PouceBar {
    PouceFlow *flow;
    GtkWidget *window;
    GtkWidget *dot, *status, *time, *cost;
    GtkWidget *lend, *pause, *voice, *chat, *stop, *screen;
    GtkWidget *lent, *notice;
    PouceVoiceRow *spoken;
    gint64 cost_minor;
    guint timer;
    gboolean paused_by_us, paused_by_helper;
    gboolean filling; // the list of screens: no choice of the user's
};

static gboolean is_lent(PouceBar *bar)
{
    return pouce_agent_left_ms(bar->flow->agent, POUCE_CAPABILITY_CONTROL) != 0;
}

static void on_lend(gpointer data)
{
    PouceBar *bar = data;
    if (is_lent(bar))
        pouce_agent_take_back(bar->flow->agent, POUCE_CAPABILITY_CONTROL);
    else
        pouce_agent_lend(bar->flow->agent, 0);
}

static void on_pause(gpointer data)
{
    PouceBar *bar = data;
    pouce_agent_pause(bar->flow->agent, !bar->paused_by_us);
}

static void on_voice(gpointer data)
{
    PouceBar *bar = data;
    PouceAgentVoice voice;
    pouce_agent_voice_state(bar->flow->agent, &voice);
    pouce_agent_voice(bar->flow->agent, !voice.on);
}

static void on_chat(gpointer data)
{
    pouce_chat_show(((PouceBar *)data)->flow->chat);
}

static void on_stop(gpointer data)
{
    pouce_agent_end(((PouceBar *)data)->flow->agent);
}

static gboolean on_close(GtkWindow *window, PouceBar *bar)
{
    on_stop(bar);
    return TRUE; // the phase hides it
}

static void on_screen(GtkDropDown *choice, GParamSpec *spec, PouceBar *bar)
{
    guint chosen = gtk_drop_down_get_selected(choice);
    if (!bar->filling && chosen != GTK_INVALID_LIST_POSITION)
        pouce_agent_choose_monitor(bar->flow->agent, (int)chosen);
}

static gboolean on_second(gpointer data)
{
    PouceBar *bar = data;
    if (is_lent(bar)) {
        pouce_bar_refresh_loan(bar);
        return G_SOURCE_CONTINUE;
    }
    bar->timer = 0;
    pouce_bar_refresh_loan(bar);
    return G_SOURCE_REMOVE;
}

void pouce_bar_refresh_loan(PouceBar *bar)
{
    if (!bar)
        return;
    PouceAgentPhase phase = pouce_agent_phase(bar->flow->agent);
    gint64 left_ms = pouce_agent_left_ms(bar->flow->agent, POUCE_CAPABILITY_CONTROL);
    gboolean lent = left_ms != 0;
    pouce_part_button_set(bar->lend, lent ? _("_Take the mouse back") : _("_Lend the mouse"));
    gtk_widget_set_sensitive(bar->lend, phase == POUCE_AGENT_LIVE);
    if (lent) {
        g_autofree char *clock = left_ms > 0 ? pouce_format_clock(left_ms) : g_strdup("∞");
        // Translators: name of the helper, remaining time.
        g_autofree char *text = g_strdup_printf(_("%1$s has your mouse and keyboard, %2$s left. "
                                                  "Move your mouse to take it back."),
            pouce_flow_helper_name(bar->flow), clock);
        pouce_part_label_set(bar->lent, text);
        if (bar->timer == 0)
            bar->timer = g_timeout_add(500, on_second, bar);
    } else
        pouce_part_label_set(bar->lent, "");
}

static void say_status(PouceBar *bar, PouceAgentPhase phase)
{
    const char *name = pouce_flow_helper_name(bar->flow);
    const char *format = _("%s sees your screen");
    gboolean seen = phase == POUCE_AGENT_LIVE;
    if (phase == POUCE_AGENT_CONNECTING)
        format = _("Connecting with %s…");
    else if (phase == POUCE_AGENT_DROPPED)
        format = _("Connection lost, looking for %s again…");
    else if (phase == POUCE_AGENT_ENDING)
        format = _("Ending with %s, working out the bill…");
    else if (phase == POUCE_AGENT_PAUSED)
        format = bar->paused_by_helper && !bar->paused_by_us
                     ? _("Pause: %s will be back. Nothing is counted.")
                     : _("Pause: %s sees nothing, nothing is counted.");
    else if (pouce_agent_allows(bar->flow->agent, POUCE_CAPABILITY_RECORD))
        format = _("%s sees and may record your screen");
    g_autofree char *text = g_strdup_printf(format, name);
    gtk_label_set_text(GTK_LABEL(bar->status), text);
    gtk_label_set_text(GTK_LABEL(bar->dot), seen ? "●" : "○");
    gtk_window_set_title(GTK_WINDOW(bar->window), text);
}

void pouce_bar_follow(PouceBar *bar, PouceAgentPhase phase)
{
    if (!bar)
        return;
    gboolean on_screen_now = phase >= POUCE_AGENT_CONNECTING && phase <= POUCE_AGENT_ENDING;
    if (on_screen_now) {
        say_status(bar, phase);
        pouce_bar_refresh_loan(bar);
        gtk_widget_set_sensitive(
            bar->pause, phase == POUCE_AGENT_LIVE || phase == POUCE_AGENT_PAUSED);
        gtk_widget_set_sensitive(bar->voice, phase == POUCE_AGENT_LIVE);
        gtk_widget_set_sensitive(bar->stop, phase != POUCE_AGENT_ENDING);
    }
    gtk_widget_set_visible(bar->window, on_screen_now);
}

void pouce_bar_set_time(PouceBar *bar, gint64 live_ms, gboolean running)
{
    if (!bar)
        return;
    g_autofree char *clock = pouce_format_clock(live_ms);
    g_autofree char *name = g_strdup_printf(_("Time so far: %s"), clock);
    gtk_label_set_text(GTK_LABEL(bar->time), clock);
    pouce_part_name(bar->time, name);
    gtk_widget_set_opacity(bar->time, running ? 1 : 0.5);
}

void pouce_bar_set_cost(PouceBar *bar, gint64 cost_minor)
{
    if (!bar)
        return;
    const PouceSession *session = pouce_agent_session(bar->flow->agent);
    gboolean is_free = session && session->has_price && session->price.rate_minor_per_min == 0;
    g_autofree char *money = pouce_format_money(cost_minor, pouce_flow_currency(bar->flow));
    const char *text = is_free ? _("free of charge") : money;
    g_autofree char *name = g_strdup_printf(_("Cost so far: %s"), text);
    bar->cost_minor = cost_minor;
    gtk_label_set_text(GTK_LABEL(bar->cost), text);
    pouce_part_name(bar->cost, name);
}

void pouce_bar_set_unread(PouceBar *bar, guint unread)
{
    if (!bar)
        return;
    g_autofree char *text =
        unread > 0 ? g_strdup_printf(_("_Chat (%u)"), unread) : g_strdup(_("_Chat"));
    pouce_part_button_set(bar->chat, text);
}

void pouce_bar_set_paused(PouceBar *bar, gboolean by_us, gboolean by_helper)
{
    if (!bar)
        return;
    bar->paused_by_us = by_us;
    bar->paused_by_helper = by_helper;
    pouce_part_button_set(bar->pause, by_us ? _("_Go on") : _("_Pause"));
    pouce_bar_follow(bar, pouce_agent_phase(bar->flow->agent));
}

void pouce_bar_set_voice(PouceBar *bar, const PouceAgentVoice *voice)
{
    if (!bar)
        return;
    pouce_voice_row_set(bar->spoken, voice);
    pouce_part_button_set(bar->voice, voice->on ? _("_Microphone off") : _("_Microphone on"));
}

void pouce_bar_choose_sound(PouceBar *bar)
{
    if (bar)
        pouce_voice_row_choose(bar->spoken);
}

void pouce_bar_set_screens(
    PouceBar *bar, const PouceCaptureMonitor *monitors, int count, int chosen)
{
    if (!bar)
        return;
    g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
    guint at = 0;
    for (int i = 0; i < count; i++) {
        gtk_string_list_append(names, monitors[i].name);
        if (monitors[i].id == chosen)
            at = (guint)i;
    }
    bar->filling = TRUE;
    gtk_drop_down_set_model(GTK_DROP_DOWN(bar->screen), G_LIST_MODEL(names));
    gtk_drop_down_set_selected(GTK_DROP_DOWN(bar->screen), at);
    gtk_widget_set_visible(bar->screen, count > 1);
    bar->filling = FALSE;
}

void pouce_bar_say(PouceBar *bar, const char *sentence)
{
    if (!bar)
        return;
    pouce_part_notice_set(bar->notice, sentence);
}

static GtkWidget *buttons(PouceBar *bar)
{
    GtkWidget *row = pouce_part_row(6);
    g_autofree char *tip =
        g_strdup_printf(_("Ends it at once. The key %s does the same."), bar->flow->stop_key);
    bar->lend = pouce_part_button(_("_Lend the mouse"), NULL, on_lend, bar);
    bar->pause = pouce_part_button(_("_Pause"), NULL, on_pause, bar);
    bar->voice = pouce_part_button(_("_Microphone on"), NULL, on_voice, bar);
    bar->chat = pouce_part_button(_("_Chat"), NULL, on_chat, bar);
    bar->stop = pouce_part_button(_("_Stop"), "primary", on_stop, bar);
    gtk_widget_set_tooltip_text(bar->lend, _("Your helper may use your mouse and keyboard for 5 "
                                             "minutes. It ends when you touch yours."));
    gtk_widget_set_tooltip_text(bar->pause, _("Your helper sees nothing meanwhile."));
    gtk_widget_set_tooltip_text(
        bar->voice, _("You and your helper may then talk. Nothing is heard before."));
    gtk_widget_set_tooltip_text(bar->stop, tip);
    bar->screen = gtk_drop_down_new_from_strings((const char *[]){NULL});
    pouce_part_name(bar->screen, _("Screen that is shown"));
    if (GTK_IS_TOGGLE_BUTTON(gtk_widget_get_first_child(bar->screen)))
        pouce_part_name(gtk_widget_get_first_child(bar->screen), _("Screen that is shown"));
    gtk_widget_set_visible(bar->screen, FALSE);
    g_signal_connect(bar->screen, "notify::selected", G_CALLBACK(on_screen), bar);
    gtk_box_append(GTK_BOX(row), bar->screen);
    gtk_box_append(GTK_BOX(row), bar->lend);
    gtk_box_append(GTK_BOX(row), bar->pause);
    gtk_box_append(GTK_BOX(row), bar->voice);
    gtk_box_append(GTK_BOX(row), bar->chat);
    gtk_box_append(GTK_BOX(row), bar->stop);
    return row;
}

static GtkWidget *plain_label(const char *css_class)
{
    GtkWidget *label = gtk_label_new("");
    gtk_widget_add_css_class(label, css_class);
    return label;
}

static GtkWidget *inside(PouceBar *bar)
{
    GtkWidget *column = pouce_part_column(6);
    GtkWidget *row = pouce_part_row(12);
    bar->dot = plain_label("dot");
    bar->status = plain_label("strong");
    gtk_widget_set_hexpand(bar->status, TRUE);
    gtk_label_set_xalign(GTK_LABEL(bar->status), 0);
    bar->time = plain_label("figure");
    bar->cost = plain_label("figure");
    GtkWidget *buttons_row = buttons(bar);
    gtk_box_append(GTK_BOX(row), bar->dot);
    gtk_box_append(GTK_BOX(row), bar->status);
    gtk_box_append(GTK_BOX(row), bar->time);
    gtk_box_append(GTK_BOX(row), bar->cost);
    gtk_box_append(GTK_BOX(row), buttons_row);
    bar->lent = pouce_part_text("", "lent");
    bar->notice = pouce_part_notice();
    gtk_widget_set_visible(bar->lent, FALSE);
    gtk_box_append(GTK_BOX(column), row);
    gtk_box_append(GTK_BOX(column), bar->lent);
    bar->spoken = pouce_voice_row_new(bar->flow, column);
    gtk_box_append(GTK_BOX(column), bar->notice);
    gtk_widget_add_css_class(column, "inside");
    return column;
}

PouceBar *pouce_bar_new(PouceFlow *flow)
{
    PouceBar *bar = g_new0(PouceBar, 1);
    GtkWidget *handle = gtk_window_handle_new();
    bar->flow = flow;
    bar->window = gtk_window_new();
    gtk_window_set_decorated(GTK_WINDOW(bar->window), FALSE);
    gtk_window_set_resizable(GTK_WINDOW(bar->window), FALSE);
    gtk_widget_add_css_class(bar->window, "pouce");
    gtk_widget_add_css_class(bar->window, "bar");
    gtk_window_handle_set_child(GTK_WINDOW_HANDLE(handle), inside(bar));
    gtk_window_set_child(GTK_WINDOW(bar->window), handle);
    g_signal_connect(bar->window, "close-request", G_CALLBACK(on_close), bar);
    pouce_x11_keep_above(GTK_WINDOW(bar->window), TRUE);
    pouce_bar_set_time(bar, 0, FALSE);
    pouce_bar_set_cost(bar, 0);
    return bar;
}

void pouce_bar_free(PouceBar *bar)
{
    if (!bar)
        return;
    g_clear_handle_id(&bar->timer, g_source_remove);
    gtk_window_destroy(GTK_WINDOW(bar->window));
    pouce_voice_row_free(bar->spoken);
    g_free(bar);
}
