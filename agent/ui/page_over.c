// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Over: what it cost, the receipt, stars to give, and again or quit.

#include "agent/ui/flow.h"
#include "agent/ui/format.h"
#include "look/parts.h"

#include <glib/gi18n.h>
#include <string.h>

#define STARS 5

typedef struct {
    PoucePage page;
    GtkWidget *how, *bill, *amount, *details;
    GtkWidget *rating, *stars[STARS], *comment, *send, *thanks;
    GtkWidget *again, *save;
    char *number; // of the receipt
    char *text;   // the receipt, to be saved
    int given;
} Over;

static void on_star(GtkButton *button, Over *self)
{
    self->given = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "stars"));
    for (int i = 0; i < STARS; i++)
        pouce_part_sign_set(self->stars[i], i < self->given ? "★" : "☆");
    for (int i = 0; i < STARS; i++) {
        g_autofree char *name = g_strdup_printf(
            i + 1 == self->given ? ngettext("%d star, chosen", "%d stars, chosen", (gulong)i + 1)
                                 : ngettext("%d star", "%d stars", (gulong)i + 1),
            i + 1);
        pouce_part_name(self->stars[i], name);
    }
    gtk_widget_set_sensitive(self->send, TRUE);
}

static void on_send(gpointer data)
{
    Over *self = data;
    pouce_agent_rate(
        self->page.flow->agent, self->given, gtk_editable_get_text(GTK_EDITABLE(self->comment)));
}

static void on_again(gpointer data)
{
    PouceFlow *flow = ((Over *)data)->page.flow;
    pouce_flow_show(flow, flow->need);
}

static void on_quit(gpointer data)
{
    pouce_flow_quit(((Over *)data)->page.flow);
}

static void on_file(GtkNativeDialog *dialog, int response, Over *self)
{
    g_autoptr(GFile) file = NULL;
    g_autoptr(GError) error = NULL;
    if (response == GTK_RESPONSE_ACCEPT)
        file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
    if (file && !g_file_replace_contents(file, self->text, strlen(self->text), NULL, FALSE,
                    G_FILE_CREATE_NONE, NULL, NULL, &error)) {
        g_autofree char *sentence =
            g_strdup_printf(_("The receipt could not be saved: %s"), error->message);
        pouce_part_notice_set(self->page.notice, sentence);
    }
    g_object_unref(dialog);
}

static void on_save(gpointer data)
{
    Over *self = data;
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new(
        _("Save the receipt"), self->page.flow->window, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
    g_autofree char *name = g_strdup_printf(_("Receipt %s.txt"), self->number);
    g_strdelimit(name, "/", '-');
    gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog), name);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    g_signal_connect(dialog, "response", G_CALLBACK(on_file), self);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void enter(PoucePage *page)
{
    Over *self = (Over *)page;
    g_autofree char *how = pouce_format_end(pouce_agent_session(page->flow->agent));
    gtk_label_set_text(GTK_LABEL(self->how), how);
    gtk_widget_set_visible(self->bill, self->text != NULL);
    gtk_widget_set_visible(self->rating, self->text != NULL);
    gtk_widget_set_visible(self->save, self->text != NULL);
    gtk_window_set_default_widget(page->flow->window, self->again);
    gtk_widget_grab_focus(self->text ? self->stars[STARS - 1] : self->again);
}

static void free_page(gpointer data)
{
    Over *self = data;
    g_free(self->number);
    g_free(self->text);
    g_free(self);
}

static void add_rating(Over *self)
{
    GtkWidget *row = pouce_part_row(6), *box;
    self->rating = pouce_part_column(10);
    gtk_widget_add_css_class(row, "starring");
    for (int i = 0; i < STARS; i++) {
        g_autofree char *name =
            g_strdup_printf(ngettext("%d star", "%d stars", (gulong)i + 1), i + 1);
        self->stars[i] = pouce_part_sign("☆", NULL);
        pouce_part_name(self->stars[i], name);
        g_object_set_data(G_OBJECT(self->stars[i]), "stars", GINT_TO_POINTER(i + 1));
        g_signal_connect(self->stars[i], "clicked", G_CALLBACK(on_star), self);
        gtk_box_append(GTK_BOX(row), self->stars[i]);
    }
    self->comment = pouce_part_entry(_("A few _words, if you like"), POUCE_COMMENT_MAX_CHARS, &box);
    self->send = pouce_part_button(_("_Give this opinion"), NULL, on_send, self);
    gtk_widget_set_halign(self->send, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(self->rating), pouce_part_text(_("Were you well helped?"), "strong"));
    gtk_box_append(GTK_BOX(self->rating), row);
    gtk_box_append(GTK_BOX(self->rating), box);
    gtk_box_append(GTK_BOX(self->rating), self->send);
    pouce_page_add(&self->page, self->rating);
    self->thanks = pouce_part_text(_("Thank you! Others will choose more easily."), "known");
    gtk_widget_set_visible(self->thanks, FALSE);
    pouce_page_add(&self->page, self->thanks);
}

PoucePage *pouce_page_over_new(PouceFlow *flow)
{
    Over *self = g_new0(Over, 1);
    pouce_page_init(&self->page, flow, _("It is over"), enter, free_page);
    self->how = pouce_part_text("", "lead");
    pouce_page_add(&self->page, self->how);
    self->bill = pouce_part_column(4);
    gtk_widget_add_css_class(self->bill, "card");
    self->amount = pouce_part_text("", "title");
    self->details = pouce_part_text("", "soft");
    gtk_box_append(GTK_BOX(self->bill), self->amount);
    gtk_box_append(GTK_BOX(self->bill), self->details);
    pouce_page_add(&self->page, self->bill);
    add_rating(self);
    GtkWidget *row = pouce_part_row(12);
    self->again = pouce_part_button(_("Ask for help a_gain"), "primary", on_again, self);
    self->save = pouce_part_button(_("_Save the receipt…"), NULL, on_save, self);
    gtk_box_append(GTK_BOX(row), self->again);
    gtk_box_append(GTK_BOX(row), self->save);
    gtk_box_append(GTK_BOX(row), pouce_part_button(_("_Quit"), "quiet", on_quit, self));
    pouce_page_add(&self->page, row);
    return &self->page;
}

static void forget_rating(Over *self)
{
    self->given = 0;
    for (int i = 0; i < STARS; i++)
        pouce_part_sign_set(self->stars[i], "☆");
    gtk_editable_set_text(GTK_EDITABLE(self->comment), "");
    gtk_widget_set_sensitive(self->send, FALSE);
    gtk_widget_set_visible(self->thanks, FALSE);
}

void pouce_page_over_set_receipt(PoucePage *page, const PouceReceipt *receipt)
{
    Over *self = (Over *)page;
    g_clear_pointer(&self->number, g_free);
    g_clear_pointer(&self->text, g_free);
    forget_rating(self);
    if (receipt) {
        g_autofree char *money = pouce_format_money(receipt->amount_minor, receipt->currency);
        g_autofree char *time = pouce_format_duration(receipt->signed_ms);
        g_autofree char *rate = pouce_format_rate(receipt->rate_minor_per_min, receipt->currency);
        g_autofree char *details =
            g_strdup_printf(_("%1$s helped you for %2$s, signed by you both (%3$s).\nReceipt %4$s"),
                receipt->helper, time, rate, receipt->number);
        self->number = g_strdup(receipt->number);
        self->text = pouce_format_receipt(receipt);
        gtk_label_set_text(
            GTK_LABEL(self->amount), receipt->amount_minor > 0 ? money : _("You pay nothing"));
        gtk_label_set_text(GTK_LABEL(self->details), details);
    }
    if (page->flow->page == page)
        enter(page);
}

void pouce_page_over_set_rated(PoucePage *page)
{
    Over *self = (Over *)page;
    gtk_widget_set_visible(self->rating, FALSE);
    gtk_widget_set_visible(self->thanks, TRUE);
    gtk_widget_grab_focus(self->again);
}
