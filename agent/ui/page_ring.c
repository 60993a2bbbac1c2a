// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ringing: who is called, how long there is to answer, and a way out.

#include "agent/ui/flow.h"
#include "look/parts.h"

#include <glib/gi18n.h>

#define FACE_PX 96

typedef struct {
    PoucePage page;
    GtkWidget *face, *who, *left, *progress, *withdraw;
    char *called; // id of the helper who rings now
    gint64 until_us;
    guint timer;
} Ring;

static gboolean on_second(gpointer data)
{
    Ring *self = data;
    gint64 left_us = MAX(self->until_us - g_get_monotonic_time(), 0);
    int seconds = (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
    g_autofree char *text = g_strdup_printf(
        ngettext("%d second left to answer", "%d seconds left to answer", (gulong)seconds),
        seconds);
    gtk_label_set_text(GTK_LABEL(self->left), text);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->progress),
        (double)left_us / (POUCE_FLOW_RING_S * (double)G_USEC_PER_SEC));
    if (self->page.flow->page == &self->page)
        return G_SOURCE_CONTINUE;
    self->timer = 0;
    return G_SOURCE_REMOVE;
}

static void on_withdraw(gpointer data)
{
    pouce_agent_end(((Ring *)data)->page.flow->agent);
}

static void start_counting(Ring *self)
{
    self->until_us = g_get_monotonic_time() + POUCE_FLOW_RING_S * (gint64)G_USEC_PER_SEC;
    if (self->timer == 0)
        self->timer = g_timeout_add(250, on_second, self);
    on_second(self);
}

static void enter(PoucePage *page)
{
    Ring *self = (Ring *)page;
    gtk_window_set_default_widget(page->flow->window, NULL);
    gtk_widget_grab_focus(self->withdraw);
    start_counting(self);
}

static void free_page(gpointer data)
{
    Ring *self = data;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_free(self->called);
    g_free(self);
}

static void escape(PoucePage *page)
{
    on_withdraw(page);
}

PoucePage *pouce_page_ring_new(PouceFlow *flow)
{
    Ring *self = g_new0(Ring, 1);
    pouce_page_init(&self->page, flow, _("We are calling…"), enter, free_page);
    self->face = pouce_part_face("", FACE_PX);
    gtk_widget_set_halign(self->face, GTK_ALIGN_CENTER);
    self->who = pouce_part_text("", "lead");
    self->left = pouce_part_text("", "soft");
    gtk_label_set_xalign(GTK_LABEL(self->who), 0.5);
    gtk_label_set_xalign(GTK_LABEL(self->left), 0.5);
    self->progress = gtk_progress_bar_new();
    pouce_part_name(self->progress, _("Time left to answer"));
    self->withdraw = pouce_part_button(_("_Withdraw the call"), NULL, on_withdraw, self);
    gtk_widget_set_halign(self->withdraw, GTK_ALIGN_CENTER);
    pouce_page_add(&self->page, self->face);
    pouce_page_add(&self->page, self->who);
    pouce_page_add(&self->page, self->progress);
    pouce_page_add(&self->page, self->left);
    pouce_page_add(&self->page, self->withdraw);
    self->page.escape = escape;
    return &self->page;
}

void pouce_page_ring_set(PoucePage *page, const PouceSession *session)
{
    Ring *self = (Ring *)page;
    const PouceHelper *card = session ? session->helper_card : NULL;
    const char *name = card && card->name ? card->name : "";
    const char *id = card ? card->id : "";
    g_autofree char *text = *name ? g_strdup_printf(_("%s is being called. Your screen stays "
                                                      "hidden until you say yes."),
                                        name)
                                  : g_strdup(_("We ask the best helpers, one after the other. Your "
                                               "screen stays hidden until you say yes."));
    gtk_label_set_text(GTK_LABEL(self->who), text);
    pouce_part_face_set(self->face, name);
    gtk_widget_set_visible(self->face, *name != '\0');
    if (g_strcmp0(self->called, id) == 0)
        return;
    g_free(self->called);
    self->called = g_strdup(id);
    start_counting(self);
}
