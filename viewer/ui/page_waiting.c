// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Accepted, and no picture yet; and the question that stands between, when the far end's device is
// not the one that was known.

#include <glib/gi18n.h>

#include "look/parts.h"
#include "viewer/ui/front.h"
#include "viewer/ui/words.h"

typedef struct {
    PoucePage page;
    GtkWidget *note, *spinner, *stop;
} Waiting;

static void end(PouceFront *front)
{
    PouceViewing *viewing = pouce_front_viewing(front);
    if (viewing)
        pouce_viewing_end(viewing);
    else
        pouce_front_back(front);
}

static void on_stop(gpointer data)
{
    end(((PoucePage *)data)->front);
}

static void enter_waiting(PoucePage *page)
{
    gtk_widget_grab_focus(((Waiting *)page)->stop);
}

void pouce_page_waiting_write(PoucePage *page, gboolean connecting)
{
    Waiting *self = (Waiting *)page;
    const char *title =
        connecting ? _("Connecting to {name}") : _("{name} is being asked to confirm");
    g_autofree char *filled = pouce_fill(title, "{name}", page->front->seeker);
    pouce_page_set_title(page, filled);
    gtk_label_set_text(GTK_LABEL(self->note),
        connecting ? _("The two computers look for the shortest way to each other and check who "
                       "they are.")
                   : _("They see who you are, your price, and what you may do. The picture comes "
                       "as soon as they agree."));
}

PoucePage *pouce_page_waiting_new(PouceFront *front)
{
    Waiting *self = g_new0(Waiting, 1);
    pouce_page_init(&self->page, front, "", enter_waiting);
    self->note = pouce_part_text("", "lead");
    pouce_page_add(&self->page, self->note);
    GtkWidget *row = pouce_part_row(12);
    self->stop = pouce_part_button(_("_Stop"), NULL, on_stop, self);
    self->spinner = gtk_spinner_new();
    gtk_spinner_start(GTK_SPINNER(self->spinner));
    pouce_part_name(self->spinner, _("One moment…"));
    gtk_box_append(GTK_BOX(row), self->stop);
    gtk_box_append(GTK_BOX(row), self->spinner);
    pouce_page_add(&self->page, row);
    return &self->page;
}

typedef struct {
    PoucePage page;
    GtkWidget *note, *facts, *stop;
} Pin;

static void on_trust(gpointer data)
{
    PouceFront *front = ((Pin *)data)->page.front;
    PouceViewing *viewing = pouce_front_viewing(front);
    pouce_page_waiting_write(front->waiting, TRUE);
    pouce_front_show(front, front->waiting);
    if (viewing)
        pouce_viewing_trust(viewing);
}

static void enter_pin(PoucePage *page)
{
    gtk_widget_grab_focus(((Pin *)page)->stop);
}

void pouce_page_pin_write(PoucePage *page, const char *before, const char *now)
{
    Pin *self = (Pin *)page;
    g_autofree char *note =
        pouce_fill(_("{name} used another device last time. That is normal after a new computer or "
                     "a fresh installation. If you did not expect it, ask them in another way "
                     "before you go on."),
            "{name}", page->front->seeker);
    g_autofree char *key_before = pouce_words_key(before), *key_now = pouce_words_key(now);
    gtk_label_set_text(GTK_LABEL(self->note), note);
    pouce_page_facts_clear(self->facts);
    pouce_page_facts_add(self->facts, _("Known device"), key_before);
    pouce_page_facts_add(self->facts, _("Device now"), key_now);
}

PoucePage *pouce_page_pin_new(PouceFront *front)
{
    Pin *self = g_new0(Pin, 1);
    pouce_page_init(&self->page, front, _("This is not the device that you know"), enter_pin);
    self->note = pouce_part_text("", "careful");
    pouce_page_add(&self->page, self->note);
    self->facts = pouce_page_facts();
    pouce_page_add(&self->page, self->facts);
    GtkWidget *row = pouce_part_row(12);
    self->stop = pouce_part_button(_("_Stop here"), "primary", on_stop, self);
    gtk_box_append(GTK_BOX(row), self->stop);
    gtk_box_append(
        GTK_BOX(row), pouce_part_button(_("I asked: it is theirs, _go on"), NULL, on_trust, self));
    pouce_page_add(&self->page, row);
    return &self->page;
}
