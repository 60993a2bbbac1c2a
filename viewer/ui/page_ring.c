// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bell: who asks, for what, at which price, and how long there is to answer.

#include <glib/gi18n.h>

#include "look/format.h"
#include "look/parts.h"
#include "viewer/ui/call.h"
#include "viewer/ui/front.h"
#include "viewer/ui/words.h"

#define COUNT_MS 250

typedef struct {
    PoucePage page;
    GtkWidget *face, *need, *facts, *left, *count, *accept;
    gint64 until_us, whole_us;
    guint timer;
} Ring;

static void on_accept(gpointer data)
{
    Ring *self = data;
    PouceFront *front = self->page.front;
    pouce_page_ring_stop(&self->page);
    pouce_page_waiting_write(front->waiting, FALSE);
    pouce_front_show(front, front->waiting);
    if (!pouce_desk_accept(front->desk))
        pouce_front_back(front);
}

static void on_decline(gpointer data)
{
    Ring *self = data;
    PouceFront *front = self->page.front;
    pouce_page_ring_stop(&self->page);
    pouce_desk_decline(front->desk);
    pouce_front_back(front);
}

static gboolean on_count(gpointer data)
{
    Ring *self = data;
    gint64 left_us = MAX(0, self->until_us - g_get_monotonic_time());
    g_autofree char *seconds =
        g_strdup_printf("%d", (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
    g_autofree char *text = pouce_fill(_("{seconds} s left to answer"), "{seconds}", seconds);
    gtk_label_set_text(GTK_LABEL(self->count), text);
    gtk_progress_bar_set_fraction(
        GTK_PROGRESS_BAR(self->left), (double)left_us / (double)self->whole_us);
    return G_SOURCE_CONTINUE;
}

static void enter(PoucePage *page)
{
    gtk_window_set_default_widget(page->front->window, NULL);
    gtk_widget_grab_focus(((Ring *)page)->accept);
}

void pouce_page_ring_begin(PoucePage *page, const PouceSession *session, gint64 expires_ms)
{
    Ring *self = (Ring *)page;
    const char *name = session->seeker ? session->seeker->name : "";
    g_autofree char *title = pouce_fill(_("{name} asks for help"), "{name}", name);
    g_autofree char *price = pouce_words_price(session);
    pouce_page_set_title(page, title);
    pouce_part_face_set(self->face, name);
    gtk_label_set_text(GTK_LABEL(self->need), session->need);
    pouce_page_facts_clear(self->facts);
    pouce_page_facts_add(self->facts, _("Price"), price);
    if (session->has_price && session->price.rate_minor_per_min > 0 &&
        session->price.cap_minor > 0) {
        g_autofree char *cap =
            pouce_format_money(session->price.cap_minor, session->price.currency);
        pouce_page_facts_add(self->facts, _("At most"), cap);
    }
    self->whole_us = MAX(1, expires_ms) * 1000;
    self->until_us = g_get_monotonic_time() + self->whole_us;
    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add(COUNT_MS, on_count, self);
    on_count(self);
    pouce_call_begin(page->front->call, title, session->need);
}

void pouce_page_ring_stop(PoucePage *page)
{
    Ring *self = (Ring *)page;
    g_clear_handle_id(&self->timer, g_source_remove);
    pouce_call_stop(page->front->call);
}

PoucePage *pouce_page_ring_new(PouceFront *front)
{
    Ring *self = g_new0(Ring, 1);
    pouce_page_init(&self->page, front, "", enter);
    GtkWidget *card = pouce_part_row(16), *said = pouce_part_column(6);
    gtk_widget_add_css_class(card, "card");
    self->face = pouce_part_face("", 56);
    gtk_widget_set_valign(self->face, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(card), self->face);
    gtk_box_append(GTK_BOX(said), pouce_part_text(_("Somebody asks for your help"), "soft"));
    self->need = pouce_part_text("", "lead");
    gtk_box_append(GTK_BOX(said), self->need);
    gtk_widget_set_hexpand(said, TRUE);
    gtk_box_append(GTK_BOX(card), said);
    pouce_page_add(&self->page, card);
    self->facts = pouce_page_facts();
    pouce_page_add(&self->page, self->facts);
    self->left = gtk_progress_bar_new();
    self->count = pouce_part_text("", "soft");
    pouce_part_name(self->left, _("Time left to answer"));
    pouce_page_add(&self->page, self->left);
    pouce_page_add(&self->page, self->count);
    GtkWidget *row = pouce_part_row(12);
    self->accept = pouce_part_button(_("_Help now"), "primary", on_accept, self);
    gtk_widget_add_css_class(self->accept, "big");
    GtkWidget *decline = pouce_part_button(_("_Not now"), NULL, on_decline, self);
    gtk_widget_add_css_class(decline, "big");
    gtk_box_append(GTK_BOX(row), self->accept);
    gtk_box_append(GTK_BOX(row), decline);
    pouce_page_add(&self->page, row);
    return &self->page;
}
