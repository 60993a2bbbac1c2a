// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The consent card: who, how trusted, for how much, and what they may do. Nothing is shown before
// the yes, and "No" has the focus when something is odd.

#include "agent/ui/flow.h"
#include "agent/ui/format.h"
#include "look/parts.h"

#include <glib/gi18n.h>

#define FACE_PX 72

typedef struct {
    PoucePage page;
    GtkWidget *face, *name, *opinions, *trust, *careful, *price, *record;
    GtkWidget *pointer, *control, *voice, *sure, *screens, *screen_list;
    GtkWidget *yes, *no;
    int screen_count, screen_chosen; // as shown
} Consent;

static gboolean is_ticked(GtkWidget *box)
{
    return gtk_check_button_get_active(GTK_CHECK_BUTTON(box));
}

static void on_yes(gpointer data)
{
    Consent *self = data;
    PouceCapability may = POUCE_CAPABILITY_VIEW;
    if (is_ticked(self->pointer))
        may |= POUCE_CAPABILITY_POINTER;
    if (is_ticked(self->control))
        may |= POUCE_CAPABILITY_CONTROL;
    if (is_ticked(self->voice))
        may |= POUCE_CAPABILITY_VOICE;
    if (is_ticked(self->record))
        may |= POUCE_CAPABILITY_RECORD;
    pouce_agent_confirm(self->page.flow->agent, may);
}

static void on_no(gpointer data)
{
    pouce_agent_end(((Consent *)data)->page.flow->agent);
}

static void on_screen(GtkCheckButton *button, Consent *self)
{
    if (!gtk_check_button_get_active(button))
        return;
    self->screen_chosen = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "monitor"));
    pouce_agent_choose_monitor(self->page.flow->agent, self->screen_chosen);
}

static void on_sure(GtkCheckButton *button, Consent *self)
{
    gtk_widget_set_sensitive(self->yes, gtk_check_button_get_active(button));
}

static void show_price(Consent *self, const PouceSession *session)
{
    g_autofree char *text = NULL;
    if (!session->has_price || session->price.rate_minor_per_min == 0)
        text = g_strdup(_("This help is free of charge."));
    else {
        const PoucePrice *price = &session->price;
        g_autofree char *rate = pouce_format_rate(price->rate_minor_per_min, price->currency);
        g_autofree char *cap = pouce_format_money(price->cap_minor, price->currency);
        g_autofree char *time =
            pouce_format_minutes(price->cap_minor / MAX(price->rate_minor_per_min, 1));
        // Translators: a rate, an amount of money, a number of minutes.
        text = g_strdup_printf(
            _("%1$s, at most %2$s (%3$s). Only time that you both confirm is paid."), rate, cap,
            time);
    }
    gtk_label_set_text(GTK_LABEL(self->price), text);
}

static void show_trust(Consent *self, const char *name)
{
    PouceAgentTrust trust = pouce_agent_trust(self->page.flow->agent);
    gboolean odd = trust == POUCE_AGENT_TRUST_CHANGED;
    g_autofree char *text = pouce_format_trust(trust, name);
    pouce_part_label_set(self->trust, odd ? "" : text);
    pouce_part_label_set(self->careful, odd ? text : "");
    pouce_part_name(self->careful, text);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->sure), FALSE);
    gtk_widget_set_visible(self->sure, odd);
    gtk_widget_set_sensitive(self->yes, !odd);
    gtk_widget_remove_css_class(self->trust, "known");
    if (trust == POUCE_AGENT_TRUST_KNOWN)
        gtk_widget_add_css_class(self->trust, "known");
}

static void enter(PoucePage *page)
{
    Consent *self = (Consent *)page;
    const PouceSession *session = pouce_agent_session(page->flow->agent);
    const char *name = pouce_flow_helper_name(page->flow);
    if (!session)
        return;
    g_autofree char *opinions =
        session->helper_card ? pouce_format_rating(session->helper_card) : g_strdup("");
    pouce_part_face_set(self->face, name);
    gtk_label_set_text(GTK_LABEL(self->name), name);
    pouce_part_label_set(self->opinions, opinions);
    show_price(self, session);
    show_trust(self, name);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->record), FALSE);
    gboolean odd = pouce_agent_trust(page->flow->agent) == POUCE_AGENT_TRUST_CHANGED;
    gtk_window_set_default_widget(page->flow->window, odd ? self->no : self->yes);
    gtk_widget_grab_focus(odd ? self->no : self->yes);
}

static void add_who(Consent *self)
{
    GtkWidget *row = pouce_part_row(16);
    GtkWidget *column = pouce_part_column(3);
    self->face = pouce_part_face("", FACE_PX);
    self->name = pouce_part_text("", "lead");
    gtk_widget_add_css_class(self->name, "strong");
    self->opinions = pouce_part_text("", "soft");
    self->trust = pouce_part_text("", NULL);
    gtk_widget_set_hexpand(column, TRUE);
    gtk_box_append(GTK_BOX(column), self->name);
    gtk_box_append(GTK_BOX(column), self->opinions);
    gtk_box_append(GTK_BOX(column), self->trust);
    gtk_box_append(GTK_BOX(row), self->face);
    gtk_box_append(GTK_BOX(row), column);
    gtk_widget_add_css_class(row, "card");
    pouce_page_add(&self->page, row);
    self->careful = pouce_part_notice();
    gtk_widget_add_css_class(self->careful, "careful");
    pouce_page_add(&self->page, self->careful);
}

static void add_what(Consent *self)
{
    pouce_page_add(&self->page, pouce_part_text(_("What may your helper do?"), "strong"));
    GtkWidget *column = pouce_part_column(0);
    GtkWidget *view = pouce_part_tick(_("See my screen"), TRUE);
    gtk_widget_set_sensitive(view, FALSE);
    self->pointer = pouce_part_tick(_("_Point at things and draw on them"), TRUE);
    self->control =
        pouce_part_tick(_("Use my _mouse and keyboard, but only when I agree each time"), TRUE);
    self->voice =
        pouce_part_tick(_("_Talk with me; my microphone stays off until I turn it on"), TRUE);
    self->record = pouce_part_tick(_("_Record my screen, to watch it again later"), FALSE);
    gtk_box_append(GTK_BOX(column), view);
    gtk_box_append(GTK_BOX(column), self->pointer);
    gtk_box_append(GTK_BOX(column), self->control);
    gtk_box_append(GTK_BOX(column), self->voice);
    gtk_box_append(GTK_BOX(column), self->record);
    pouce_page_add(&self->page, column);
    self->screens = pouce_part_column(0);
    gtk_box_append(
        GTK_BOX(self->screens), pouce_part_text(_("Which screen do you show?"), "strong"));
    self->screen_list = pouce_part_column(0);
    gtk_box_append(GTK_BOX(self->screens), self->screen_list);
    gtk_widget_set_visible(self->screens, FALSE);
    pouce_page_add(&self->page, self->screens);
}

static void escape(PoucePage *page)
{
    on_no(page);
}

PoucePage *pouce_page_consent_new(PouceFlow *flow)
{
    Consent *self = g_new0(Consent, 1);
    pouce_page_init(&self->page, flow, _("Show your screen?"), enter, g_free);
    add_who(self);
    self->price = pouce_part_text("", NULL);
    pouce_page_add(&self->page, self->price);
    add_what(self);
    self->sure = pouce_part_tick(_("I am _sure who this is"), FALSE);
    g_signal_connect(self->sure, "toggled", G_CALLBACK(on_sure), self);
    pouce_page_add(&self->page, self->sure);
    GtkWidget *row = pouce_part_row(12);
    self->yes = pouce_part_button(_("_Show my screen"), "primary", on_yes, self);
    self->no = pouce_part_button(_("_No"), NULL, on_no, self);
    gtk_widget_add_css_class(self->yes, "big");
    gtk_widget_add_css_class(self->no, "big");
    gtk_box_append(GTK_BOX(row), self->yes);
    gtk_box_append(GTK_BOX(row), self->no);
    pouce_page_add(&self->page, row);
    g_autofree char *stop = g_strdup_printf(
        _("You can stop at any moment: press %s, or the button “Stop”."), flow->stop_key);
    pouce_page_add(&self->page, pouce_part_text(stop, "soft"));
    self->page.escape = escape;
    return &self->page;
}

void pouce_page_consent_set_screens(
    PoucePage *page, const PouceCaptureMonitor *monitors, int count, int chosen)
{
    Consent *self = (Consent *)page;
    GtkWidget *first = NULL;
    if (self->screen_count == count && self->screen_chosen == chosen)
        return; // our own choice comes back: the focus stays
    self->screen_count = count;
    self->screen_chosen = chosen;
    pouce_part_clear(self->screen_list);
    gtk_widget_set_visible(self->screens, count > 1);
    for (int i = 0; i < count && count > 1; i++) {
        const PouceCaptureMonitor *monitor = &monitors[i];
        g_autofree char *text = g_strdup_printf(
            monitor->primary ? _("%1$s, %2$d × %3$d (the main one)") : _("%1$s, %2$d × %3$d"),
            monitor->name, monitor->area.width, monitor->area.height);
        GtkWidget *button = pouce_part_radio(text, first);
        gtk_check_button_set_active(GTK_CHECK_BUTTON(button), monitor->id == chosen);
        g_object_set_data(G_OBJECT(button), "monitor", GINT_TO_POINTER(monitor->id));
        g_signal_connect(button, "toggled", G_CALLBACK(on_screen), self);
        gtk_box_append(GTK_BOX(self->screen_list), button);
        first = first ? first : button;
    }
}
