// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <glib/gi18n.h>
#include <string.h>

#include "look/parts.h"
#include "viewer/ui/front.h"

typedef struct {
    PoucePage page;
    GtkWidget *login, *password, *fields, *go, *spinner;
} Login;

static const char *text_of(GtkWidget *entry)
{
    return gtk_editable_get_text(GTK_EDITABLE(entry));
}

static const char *what_is_missing(Login *self)
{
    const char *login = text_of(self->login);
    gsize letters = strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._@+-");
    if (!*login || !*text_of(self->password))
        return _("Fill in your login and your password.");
    // It also names a folder.
    if (login[letters] || login[0] == '.')
        return _("A login has small letters without accents, figures, and . _ @ + - only.");
    return NULL;
}

static void on_go(gpointer data)
{
    Login *self = data;
    const char *missing = what_is_missing(self);
    pouce_front_complain(self->page.front, missing);
    if (missing)
        return;
    pouce_page_login_set_busy(&self->page, TRUE);
    pouce_front_log_in(self->page.front, text_of(self->login), text_of(self->password));
}

static void enter(PoucePage *page)
{
    Login *self = (Login *)page;
    const char *last = page->front->login_name;
    if (last && !*text_of(self->login))
        gtk_editable_set_text(GTK_EDITABLE(self->login), last);
    gtk_window_set_default_widget(page->front->window, self->go);
    gtk_widget_grab_focus(*text_of(self->login) ? self->password : self->login);
}

static void add_fields(Login *self)
{
    GtkWidget *box;
    self->fields = pouce_part_column(14);
    self->login = pouce_part_entry(_("_Login"), POUCE_LOGIN_MAX_CHARS, &box);
    gtk_entry_set_activates_default(GTK_ENTRY(self->login), TRUE);
    gtk_box_append(GTK_BOX(self->fields), box);
    self->password = pouce_part_entry(_("_Password"), 0, &box);
    gtk_entry_set_visibility(GTK_ENTRY(self->password), FALSE);
    gtk_entry_set_input_purpose(GTK_ENTRY(self->password), GTK_INPUT_PURPOSE_PASSWORD);
    gtk_entry_set_activates_default(GTK_ENTRY(self->password), TRUE);
    gtk_box_append(GTK_BOX(self->fields), box);
    pouce_page_add(&self->page, self->fields);
}

PoucePage *pouce_page_login_new(PouceFront *front)
{
    Login *self = g_new0(Login, 1);
    pouce_page_init(&self->page, front, _("Help someone"), enter);
    pouce_page_add(
        &self->page, pouce_part_text(_("Log in to be there when somebody is stuck."), "lead"));
    add_fields(self);
    GtkWidget *row = pouce_part_row(12);
    self->go = pouce_part_button(_("Log _in"), "primary", on_go, self);
    gtk_widget_add_css_class(self->go, "big");
    self->spinner = gtk_spinner_new();
    pouce_part_name(self->spinner, _("One moment…"));
    gtk_box_append(GTK_BOX(row), self->go);
    gtk_box_append(GTK_BOX(row), self->spinner);
    pouce_page_add(&self->page, row);
    pouce_page_add(&self->page,
        pouce_part_text(_("This computer keeps a key of its own. With it you sign the time that "
                          "you help."),
            "soft"));
    return &self->page;
}

void pouce_page_login_set_busy(PoucePage *page, gboolean busy)
{
    Login *self = (Login *)page;
    if (busy && page->front->page == page)
        gtk_window_set_focus(page->front->window, NULL); // before it cannot have it any more
    gtk_widget_set_sensitive(self->fields, !busy);
    gtk_widget_set_sensitive(self->go, !busy);
    gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), busy);
    if (busy)
        return;
    gtk_editable_set_text(GTK_EDITABLE(self->password), "");
    if (page->front->page == page)
        gtk_widget_grab_focus(*text_of(self->login) ? self->password : self->login);
}
