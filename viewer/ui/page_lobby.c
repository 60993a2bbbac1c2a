// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Between two sessions: available or not, and what others see of this helper.

#include <glib/gi18n.h>

#include "look/parts.h"
#include "viewer/ui/front.h"
#include "viewer/ui/words.h"

typedef struct {
    PoucePage page;
    GtkWidget *link, *available, *note, *facts, *none;
    gboolean writing;
} Lobby;

static void on_available(GtkSwitch *turned, GParamSpec *spec, Lobby *self)
{
    if (!self->writing)
        pouce_front_set_available(self->page.front, gtk_switch_get_active(turned));
}

static void on_log_out(gpointer data)
{
    pouce_front_log_out(((Lobby *)data)->page.front);
}

static void write_link(Lobby *self)
{
    gboolean online = self->page.front->online;
    gtk_label_set_text(GTK_LABEL(self->link), online ? _("Connected") : _("Connecting…"));
    gtk_widget_remove_css_class(self->link, online ? "warn" : "good");
    gtk_widget_add_css_class(self->link, online ? "good" : "warn");
}

static void write_facts(Lobby *self)
{
    const PouceFront *front = self->page.front;
    pouce_page_facts_clear(self->facts);
    gtk_widget_set_visible(self->none, front->known && !front->helps);
    if (!front->helps)
        return;
    pouce_page_facts_add(self->facts, _("Your rate"), front->rate);
    pouce_page_facts_add(self->facts, _("Your skills"), front->skills);
    pouce_page_facts_add(self->facts, _("Your languages"), front->languages);
    pouce_page_facts_add(self->facts, _("Your place"), front->place);
}

void pouce_page_lobby_write(PoucePage *page)
{
    Lobby *self = (Lobby *)page;
    const PouceFront *front = page->front;
    const char *note = _("Nobody can reach you on this device.");
    if (front->available && front->online)
        note = _("Leave Pouce running: it rings when somebody asks for you.");
    else if (front->available)
        note = _("Waiting for the connection to Pouce. Nobody can reach you for the moment.");
    g_autofree char *title =
        pouce_fill(_("Hello, {name}"), "{name}", front->known ? front->name : front->login_name);
    pouce_page_set_title(page, title);
    self->writing = TRUE;
    gtk_switch_set_active(GTK_SWITCH(self->available), front->available);
    self->writing = FALSE;
    gtk_label_set_text(GTK_LABEL(self->note), note);
    write_link(self);
    write_facts(self);
}

static void enter(PoucePage *page)
{
    pouce_page_lobby_write(page);
    gtk_widget_grab_focus(((Lobby *)page)->available);
}

PoucePage *pouce_page_lobby_new(PouceFront *front)
{
    Lobby *self = g_new0(Lobby, 1);
    pouce_page_init(&self->page, front, "", enter);
    self->link = pouce_part_text("", "badge");
    gtk_widget_set_halign(self->link, GTK_ALIGN_START);
    pouce_page_add(&self->page, self->link);
    GtkWidget *card = pouce_part_column(8);
    gtk_widget_add_css_class(card, "card");
    GtkWidget *row = pouce_part_row(14), *words = gtk_label_new_with_mnemonic(_("I am _available"));
    self->available = gtk_switch_new();
    gtk_label_set_mnemonic_widget(GTK_LABEL(words), self->available); // names it, too
    gtk_widget_add_css_class(words, "lead");
    gtk_widget_set_valign(self->available, GTK_ALIGN_CENTER);
    g_signal_connect(self->available, "notify::active", G_CALLBACK(on_available), self);
    gtk_box_append(GTK_BOX(row), self->available);
    gtk_box_append(GTK_BOX(row), words);
    self->note = pouce_part_text("", "soft");
    gtk_box_append(GTK_BOX(card), row);
    gtk_box_append(GTK_BOX(card), self->note);
    pouce_page_add(&self->page, card);
    self->facts = pouce_page_facts();
    pouce_page_add(&self->page, self->facts);
    self->none = pouce_part_text(_("You have no helper's profile yet. Fill it in on Pouce's pages; "
                                   "until then nobody finds you."),
        "offline");
    pouce_page_add(&self->page, self->none);
    GtkWidget *out = pouce_part_button(_("Log _out"), "quiet", on_log_out, self);
    gtk_widget_set_halign(out, GTK_ALIGN_START);
    pouce_page_add(&self->page, out);
    return &self->page;
}
