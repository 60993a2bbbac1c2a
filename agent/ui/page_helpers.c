// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Who can help: the ranked list, and "the first who is free".

#include "agent/ui/flow.h"
#include "agent/ui/helper_row.h"
#include "look/parts.h"

#include <glib/gi18n.h>

typedef struct {
    PoucePage page;
    GtkWidget *asked, *list, *first, *again, *back, *wait;
    gboolean has_list;
} Helpers;

static void on_first(gpointer data)
{
    pouce_flow_request(((Helpers *)data)->page.flow, NULL);
}

static void on_back(gpointer data)
{
    PouceFlow *flow = ((Helpers *)data)->page.flow;
    pouce_flow_show(flow, flow->need);
}

static void on_again(gpointer data)
{
    PouceFlow *flow = ((Helpers *)data)->page.flow;
    pouce_page_need_search(flow->need);
}

static void on_chosen(const char *id, gpointer data)
{
    pouce_flow_request(((Helpers *)data)->page.flow, id);
}

static void enter(PoucePage *page)
{
    Helpers *self = (Helpers *)page;
    gtk_window_set_default_widget(page->flow->window, self->first);
    gtk_widget_grab_focus(gtk_widget_get_visible(self->first) ? self->first : self->back);
}

static void escape(PoucePage *page)
{
    on_back(page);
}

PoucePage *pouce_page_helpers_new(PouceFlow *flow)
{
    Helpers *self = g_new0(Helpers, 1);
    pouce_page_init(&self->page, flow, _("Who can help you"), enter, g_free);
    self->asked = pouce_part_text("", "soft");
    pouce_page_add(&self->page, self->asked);
    GtkWidget *row = pouce_part_row(12);
    self->first = pouce_part_button(_("The _first who is free"), "primary", on_first, self);
    self->again = pouce_part_button(_("_Look again"), NULL, on_again, self);
    self->back = pouce_part_button(_("_Back"), "quiet", on_back, self);
    gtk_widget_add_css_class(self->first, "big");
    gtk_box_append(GTK_BOX(row), self->first);
    gtk_box_append(GTK_BOX(row), self->again);
    gtk_box_append(GTK_BOX(row), self->back);
    pouce_page_add(&self->page, row);
    self->wait = gtk_spinner_new();
    gtk_widget_set_size_request(self->wait, 48, 48);
    pouce_part_name(self->wait, _("Looking for helpers…"));
    pouce_page_add(&self->page, self->wait);
    self->list = pouce_part_column(10);
    pouce_page_add(&self->page, self->list);
    self->page.escape = escape;
    return &self->page;
}

void pouce_page_helpers_wait(PoucePage *page)
{
    Helpers *self = (Helpers *)page;
    g_autofree char *asked = g_strdup_printf(_("You asked: “%s”"), page->flow->asked_need);
    gtk_label_set_text(GTK_LABEL(self->asked), asked);
    pouce_part_clear(self->list);
    pouce_part_notice_set(page->notice, NULL);
    gtk_widget_set_visible(self->first, FALSE);
    gtk_widget_set_visible(self->again, FALSE);
    gtk_widget_set_visible(self->wait, TRUE);
    gtk_spinner_start(GTK_SPINNER(self->wait));
}

void pouce_page_helpers_set(PoucePage *page, PouceHelper *const *helpers, guint count)
{
    Helpers *self = (Helpers *)page;
    gboolean somebody = FALSE;
    self->has_list = count > 0;
    gtk_spinner_stop(GTK_SPINNER(self->wait));
    gtk_widget_set_visible(self->wait, FALSE);
    pouce_part_clear(self->list);
    for (guint i = 0; i < count; i++) {
        somebody = somebody || helpers[i]->available == POUCE_FREE_NOW;
        gtk_box_append(GTK_BOX(self->list),
            pouce_helper_row_new(helpers[i], page->flow->asked_cap_minor, on_chosen, self));
    }
    if (count == 0)
        gtk_box_append(GTK_BOX(self->list),
            pouce_part_text(_("Nobody was found for that. Try other words, any language, or "
                              "anywhere."),
                "lead"));
    else if (!somebody)
        gtk_box_insert_child_after(GTK_BOX(self->list),
            pouce_part_text(_("Nobody is free at this moment. Look again in a minute."), "lead"),
            NULL);
    gtk_widget_set_visible(self->first, somebody);
    gtk_widget_set_visible(self->again, !somebody);
    if (page->flow->page == page)
        enter(page);
}

gboolean pouce_page_helpers_has_list(PoucePage *page)
{
    return ((Helpers *)page)->has_list;
}
