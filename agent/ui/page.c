// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The frame of a page: it scrolls, has a heading, and a line for what went wrong.

#include "agent/ui/flow.h"
#include "look/parts.h"

#define SPACING_PX 14

void pouce_page_init(PoucePage *page, PouceFlow *flow, const char *title,
    void (*enter)(PoucePage *page), GDestroyNotify free_page)
{
    page->flow = flow;
    page->enter = enter;
    page->body = pouce_part_column(SPACING_PX);
    gtk_widget_add_css_class(page->body, "page");
    GtkWidget *heading = g_object_new(GTK_TYPE_LABEL, "accessible-role",
        GTK_ACCESSIBLE_ROLE_HEADING, "label", title, "wrap", TRUE, "xalign", 0.0, NULL);
    gtk_widget_add_css_class(heading, "title");
    pouce_page_add(page, heading);
    page->notice = pouce_part_notice();
    pouce_page_add(page, page->notice);

    page->root = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(page->root), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(page->root), page->body);
    gtk_widget_set_focusable(page->root, FALSE);
    gtk_widget_set_visible(page->root, FALSE);
    g_object_set_data_full(G_OBJECT(page->root), "page", page, free_page);
    gtk_stack_add_child(flow->stack, page->root);
    pouce_page_set_title(page, title);
}

void pouce_page_set_title(PoucePage *page, const char *title)
{
    GtkWidget *heading = gtk_widget_get_first_child(page->body);
    gtk_label_set_text(GTK_LABEL(heading), title);
    if (page->flow->page == page)
        gtk_window_set_title(page->flow->window, title);
    gtk_stack_page_set_title(gtk_stack_get_page(page->flow->stack, page->root), title);
}

void pouce_page_add(PoucePage *page, GtkWidget *child)
{
    gtk_box_append(GTK_BOX(page->body), child);
}
