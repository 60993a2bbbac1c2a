// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The few widgets that pages are made of. GTK 4.8 joins a widget's own name and that of its label,
// so a name is set only where no label gives one. Returned widgets are
// floating, as GTK's own. Main thread only.

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*PoucePartClicked)(gpointer data);

/** pouce_part_column - vertical box; pouce_part_row - horizontal box */
GtkWidget *pouce_part_column(int spacing_px);
GtkWidget *pouce_part_row(int spacing_px);
/** pouce_part_text - wrapped, left aligned label; @css_class may be NULL */
GtkWidget *pouce_part_text(const char *text, const char *css_class);
/** pouce_part_button - @label with a mnemonic underscore; calls @clicked with @data */
GtkWidget *pouce_part_button(
    const char *label, const char *css_class, PoucePartClicked clicked, gpointer data);
void pouce_part_button_set(GtkWidget *button, const char *label);
/** pouce_part_toggle - a button that stays down */
GtkWidget *pouce_part_toggle(const char *label);
/** pouce_part_tick - a box to tick */
GtkWidget *pouce_part_tick(const char *label, gboolean on);
/** pouce_part_radio - one of several; @first of them, NULL for itself; @label has no mnemonic */
GtkWidget *pouce_part_radio(const char *label, GtkWidget *first);
/** pouce_part_sign - button whose text is no name: give it one with pouce_part_name */
GtkWidget *pouce_part_sign(const char *text, const char *css_class);
void pouce_part_sign_set(GtkWidget *sign, const char *text);
/** pouce_part_entry - entry with a visible label above; @out_box holds both */
GtkWidget *pouce_part_entry(const char *label, int max_chars, GtkWidget **out_box);
/** pouce_part_choice - a drop-down with a visible label above; @out_box holds both */
GtkWidget *pouce_part_choice(const char *label, const char *const *choices, GtkWidget **out_box);
/** pouce_part_notice - a hidden line for what went wrong; screen readers announce it */
GtkWidget *pouce_part_notice(void);
/** pouce_part_notice_set - NULL or "" hides it */
void pouce_part_notice_set(GtkWidget *notice, const char *sentence);
/** pouce_part_face - initials in a disc whose colour comes from the name; @side in px */
GtkWidget *pouce_part_face(const char *name, int side_px);
/** pouce_part_face_set - another person in the same place */
void pouce_part_face_set(GtkWidget *face, const char *name);
/** pouce_part_name - what a screen reader says */
void pouce_part_name(GtkWidget *widget, const char *name);
/** pouce_part_label_set - text of a label made here; hidden when "" */
void pouce_part_label_set(GtkWidget *label, const char *text);
/** pouce_part_clear - removes a box's children */
void pouce_part_clear(GtkWidget *box);
/** pouce_part_on_escape - @clicked when Escape is pressed in @window */
void pouce_part_on_escape(GtkWidget *window, PoucePartClicked clicked, gpointer data);

G_END_DECLS
