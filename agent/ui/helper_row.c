// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/helper_row.h"

#include "agent/ui/format.h"
#include "look/parts.h"

#include <glib/gi18n.h>

#define FACE_PX 56
#define PRICE_PX 150 // so that prices stand below each other

typedef struct {
    char *id;
    PouceHelperChosen chosen;
    gpointer data;
} Choice;

static void choice_free(gpointer data, GClosure *closure)
{
    Choice *choice = data;
    g_free(choice->id);
    g_free(choice);
}

static void on_clicked(GtkButton *button, gpointer data)
{
    const Choice *choice = data;
    choice->chosen(choice->id, choice->data);
}

static GtkWidget *opinions(const PouceHelper *helper)
{
    GtkWidget *row = pouce_part_row(6);
    g_autofree char *stars = pouce_format_stars(helper);
    g_autofree char *rating = pouce_format_rating(helper);
    GtkWidget *shown = pouce_part_text(stars, "stars");
    pouce_part_name(shown, rating);
    gtk_widget_set_visible(shown, *stars != '\0');
    gtk_box_append(GTK_BOX(row), shown);
    gtk_box_append(GTK_BOX(row), pouce_part_text(rating, "soft"));
    return row;
}

// "Grenoble · French, English · Available now"
static char *where_and_how(const PouceHelper *helper)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) languages = g_ptr_array_new_with_free_func(g_free);
    if (helper->place && *helper->place)
        g_ptr_array_add(parts, g_strdup(helper->place));
    for (gsize i = 0; helper->languages && helper->languages[i]; i++)
        g_ptr_array_add(languages, pouce_format_language(helper->languages[i]));
    g_ptr_array_add(languages, NULL);
    if (languages->pdata[0])
        g_ptr_array_add(parts, g_strjoinv(", ", (char **)languages->pdata));
    g_ptr_array_add(parts, pouce_format_available(helper->available));
    g_ptr_array_add(parts, NULL);
    return g_strjoinv(" · ", (char **)parts->pdata);
}

static char *why(const PouceHelper *helper)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < helper->n_reasons; i++) {
        char *reason = pouce_format_reason(&helper->reasons[i]);
        if (reason)
            g_ptr_array_add(parts, reason);
    }
    if (parts->len == 0)
        return g_strdup("");
    g_ptr_array_add(parts, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)parts->pdata);
    // Translators: the reasons why a helper is in the list, joined by commas.
    return g_strdup_printf(_("Why: %s."), list);
}

static GtkWidget *middle(const PouceHelper *helper)
{
    GtkWidget *column = pouce_part_column(3);
    g_autofree char *where = where_and_how(helper);
    g_autofree char *reasons = why(helper);
    gtk_widget_set_hexpand(column, TRUE);
    gtk_box_append(GTK_BOX(column), pouce_part_text(helper->name, "strong"));
    gtk_box_append(GTK_BOX(column), opinions(helper));
    gtk_box_append(GTK_BOX(column), pouce_part_text(where, NULL));
    if (helper->about && *helper->about)
        gtk_box_append(GTK_BOX(column), pouce_part_text(helper->about, "soft"));
    if (*reasons)
        gtk_box_append(GTK_BOX(column), pouce_part_text(reasons, "reasons"));
    return column;
}

static GtkWidget *choose_button(const PouceHelper *helper, PouceHelperChosen chosen, gpointer data)
{
    GtkWidget *button = pouce_part_sign(_("Choose"), "primary");
    g_autofree char *name = g_strdup_printf(_("Choose %s"), helper->name);
    Choice *choice = g_new(Choice, 1);
    *choice = (Choice){g_strdup(helper->id), chosen, data};
    pouce_part_name(button, name);
    g_signal_connect_data(button, "clicked", G_CALLBACK(on_clicked), choice, choice_free, 0);
    return button;
}

GtkWidget *pouce_helper_row_new(
    const PouceHelper *helper, gint64 cap_minor, PouceHelperChosen chosen, gpointer data)
{
    GtkWidget *row = pouce_part_row(16);
    GtkWidget *end = pouce_part_column(6);
    g_autofree char *rate = pouce_format_rate(helper->rate_minor_per_min, helper->currency);
    g_autofree char *lasts =
        pouce_format_lasts(cap_minor, helper->rate_minor_per_min, helper->currency);
    GtkWidget *price = pouce_part_text(rate, "strong");
    GtkWidget *time = pouce_part_text(lasts, "soft");
    gtk_label_set_width_chars(GTK_LABEL(time), 17);
    gtk_label_set_max_width_chars(GTK_LABEL(time), 17);
    gtk_widget_set_size_request(end, PRICE_PX, -1);
    gtk_box_append(GTK_BOX(end), price);
    if (helper->rate_minor_per_min > 0)
        gtk_box_append(GTK_BOX(end), time);
    if (helper->available == POUCE_FREE_NOW)
        gtk_box_append(GTK_BOX(end), choose_button(helper, chosen, data));
    GtkWidget *face = pouce_part_face(helper->name, FACE_PX);
    gtk_widget_set_valign(face, GTK_ALIGN_START);
    gtk_widget_set_valign(end, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(row), face);
    gtk_box_append(GTK_BOX(row), middle(helper));
    gtk_box_append(GTK_BOX(row), end);
    gtk_widget_add_css_class(row, "card");
    return row;
}
