// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The frame of a page: it scrolls, has a heading, and a line for what went wrong.

#include "look/parts.h"
#include "viewer/ui/front.h"

#define SPACING_PX 14
#define NAME_WIDTH_PX 130
#define NAMES "names"

void pouce_page_init_bare(
    PoucePage *page, PouceFront *front, GtkWidget *root, void (*enter)(PoucePage *page))
{
    page->front = front;
    page->enter = enter;
    page->root = root;
    gtk_widget_set_visible(root, FALSE);
    g_object_set_data_full(G_OBJECT(root), "page", page, g_free);
    gtk_stack_add_child(front->stack, root);
}

void pouce_page_init(
    PoucePage *page, PouceFront *front, const char *title, void (*enter)(PoucePage *page))
{
    GtkWidget *root = gtk_scrolled_window_new();
    page->body = pouce_part_column(SPACING_PX);
    gtk_widget_add_css_class(page->body, "page");
    page->title = g_object_new(GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING,
        "label", title, "wrap", TRUE, "xalign", 0.0, NULL);
    gtk_widget_add_css_class(page->title, "title");
    pouce_page_add(page, page->title);
    page->notice = pouce_part_notice();
    pouce_page_add(page, page->notice);
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(root), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(root), page->body);
    gtk_widget_set_focusable(root, FALSE);
    pouce_page_init_bare(page, front, root, enter);
    pouce_page_set_title(page, title);
}

void pouce_page_set_title(PoucePage *page, const char *title)
{
    if (page->title)
        gtk_label_set_text(GTK_LABEL(page->title), title);
    gtk_stack_page_set_title(gtk_stack_get_page(page->front->stack, page->root), title);
    if (page->front->page == page)
        gtk_window_set_title(page->front->window, title);
}

void pouce_page_add(PoucePage *page, GtkWidget *child)
{
    gtk_box_append(GTK_BOX(page->body), child);
}

GtkWidget *pouce_page_facts(void)
{
    GtkWidget *facts = pouce_part_column(6);
    gtk_widget_add_css_class(facts, "facts");
    g_object_set_data_full(G_OBJECT(facts), NAMES, gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL),
        g_object_unref); // one column, however long a name is
    return facts;
}

void pouce_page_facts_clear(GtkWidget *facts)
{
    pouce_part_clear(facts);
    gtk_widget_set_visible(facts, FALSE);
}

void pouce_page_facts_add(GtkWidget *facts, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    GtkWidget *row = pouce_part_row(12);
    GtkWidget *left = pouce_part_text(name, "soft"), *right = pouce_part_text(value, "strong");
    gtk_widget_set_size_request(left, NAME_WIDTH_PX, -1);
    gtk_size_group_add_widget(g_object_get_data(G_OBJECT(facts), NAMES), left);
    gtk_widget_set_valign(left, GTK_ALIGN_START);
    gtk_widget_add_css_class(right, "figure");
    gtk_widget_set_hexpand(right, TRUE);
    gtk_box_append(GTK_BOX(row), left);
    gtk_box_append(GTK_BOX(row), right);
    gtk_box_append(GTK_BOX(facts), row);
    gtk_widget_set_visible(facts, TRUE);
}
