// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Who are you: signing in, or making an account with the same few fields.

#include "agent/ui/flow.h"
#include "look/parts.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
    PoucePage page;
    GtkWidget *intro;
    GtkWidget *name, *name_box;
    GtkWidget *login;
    GtkWidget *password, *password_box;
    GtkWidget *hint;
    GtkWidget *go, *other, *spinner, *fields;
    gboolean making; // an account
} SignIn;

static const char *text_of(GtkWidget *entry)
{
    return gtk_editable_get_text(GTK_EDITABLE(entry));
}

static void show_mode(SignIn *self)
{
    pouce_page_set_title(
        &self->page, self->making ? _("Let us get to know each other") : _("Hello!"));
    gtk_label_set_text(GTK_LABEL(self->intro),
        self->making ? _("It takes one minute. Your helpers see your name, nothing else.")
                     : _("Here you get help on your computer from people whom you choose. First, "
                         "who are you?"));
    gtk_widget_set_visible(self->name_box, self->making);
    gtk_widget_set_visible(self->hint, self->making);
    const char *go = self->making ? _("_Make my account") : _("_Sign in");
    const char *other = self->making ? _("I _have an account already") : _("I am _new here");
    pouce_part_button_set(self->go, go);
    pouce_part_button_set(self->other, other);
}

static const char *what_is_missing(SignIn *self)
{
    const char *login = text_of(self->login);
    gsize letters = strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._@+-");
    if (self->making && *text_of(self->name) == '\0')
        return _("Please write your name.");
    if (strlen(login) < POUCE_LOGIN_MIN_CHARS)
        return _("Please write your login: at least 3 letters, or your e-mail address.");
    if (login[letters])
        return _("A login has small letters without accents, figures, and . _ @ + - only.");
    if (strlen(text_of(self->password)) < POUCE_PASSWORD_MIN_BYTES)
        return _("A password has at least 8 characters.");
    return NULL;
}

static void on_go(gpointer data)
{
    SignIn *self = data;
    PouceAgent *agent = self->page.flow->agent;
    const char *missing = what_is_missing(self);
    pouce_part_notice_set(self->page.notice, missing);
    if (missing)
        return;
    if (self->making)
        pouce_agent_sign_up(
            agent, text_of(self->login), text_of(self->name), text_of(self->password));
    else
        pouce_agent_sign_in(agent, text_of(self->login), text_of(self->password));
}

static void on_other(gpointer data)
{
    SignIn *self = data;
    self->making = !self->making;
    pouce_part_notice_set(self->page.notice, NULL);
    show_mode(self);
    gtk_widget_grab_focus(self->making ? self->name : self->login);
}

static void enter(PoucePage *page)
{
    SignIn *self = (SignIn *)page;
    gtk_window_set_default_widget(page->flow->window, self->go);
    gtk_widget_grab_focus(self->making ? self->name : self->login);
}

static void free_page(gpointer data)
{
    g_free(data);
}

static void add_fields(SignIn *self)
{
    GtkWidget *box;
    self->fields = pouce_part_column(14);
    self->name = pouce_part_entry(_("_Your name"), POUCE_NAME_MAX_CHARS, &self->name_box);
    gtk_box_append(GTK_BOX(self->fields), self->name_box);
    self->login = pouce_part_entry(_("Your _login"), POUCE_LOGIN_MAX_CHARS, &box);
    gtk_box_append(GTK_BOX(self->fields), box);
    self->password = pouce_part_entry(_("Your _password"), 0, &self->password_box);
    gtk_entry_set_visibility(GTK_ENTRY(self->password), FALSE);
    gtk_entry_set_input_purpose(GTK_ENTRY(self->password), GTK_INPUT_PURPOSE_PASSWORD);
    gtk_box_append(GTK_BOX(self->fields), self->password_box);
    self->hint = pouce_part_text(_("At least 8 characters. A few words that only you would put "
                                   "together are best."),
        "soft");
    gtk_box_append(GTK_BOX(self->fields), self->hint);
    GtkWidget *entries[] = {self->name, self->login, self->password};
    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
        gtk_entry_set_activates_default(GTK_ENTRY(entries[i]), TRUE);
    pouce_page_add(&self->page, self->fields);
}

PoucePage *pouce_page_sign_in_new(PouceFlow *flow)
{
    SignIn *self = g_new0(SignIn, 1);
    pouce_page_init(&self->page, flow, "", enter, free_page);
    self->intro = pouce_part_text("", "lead");
    pouce_page_add(&self->page, self->intro);
    add_fields(self);
    GtkWidget *row = pouce_part_row(12);
    self->go = pouce_part_button("", "primary", on_go, self);
    gtk_widget_add_css_class(self->go, "big");
    self->other = pouce_part_button("", "quiet", on_other, self);
    self->spinner = gtk_spinner_new();
    pouce_part_name(self->spinner, _("One moment…"));
    gtk_box_append(GTK_BOX(row), self->go);
    gtk_box_append(GTK_BOX(row), self->other);
    gtk_box_append(GTK_BOX(row), self->spinner);
    pouce_page_add(&self->page, row);
    show_mode(self);
    return &self->page;
}

void pouce_page_sign_in_set_busy(PoucePage *page, gboolean busy)
{
    SignIn *self = (SignIn *)page;
    if (busy && page->flow->page == page)
        gtk_window_set_focus(page->flow->window, NULL); // before it cannot have it any more
    gtk_widget_set_sensitive(self->fields, !busy);
    gtk_widget_set_sensitive(self->go, !busy);
    gtk_widget_set_sensitive(self->other, !busy);
    gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), busy);
    if (busy)
        return;
    gtk_editable_set_text(GTK_EDITABLE(self->password), "");
    if (page->flow->page == page)
        gtk_widget_grab_focus(*text_of(self->login) ? self->password : self->login);
}
