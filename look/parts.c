// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/parts.h"

GtkWidget *pouce_part_column(int spacing_px)
{
    return gtk_box_new(GTK_ORIENTATION_VERTICAL, spacing_px);
}

GtkWidget *pouce_part_row(int spacing_px)
{
    return gtk_box_new(GTK_ORIENTATION_HORIZONTAL, spacing_px);
}

GtkWidget *pouce_part_text(const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    if (css_class)
        gtk_widget_add_css_class(label, css_class);
    return label;
}

// A mnemonic underscore is for the eye only.
static char *without_underscores(const char *label)
{
    g_auto(GStrv) parts = g_strsplit(label, "_", -1);
    return g_strjoinv("", parts);
}

void pouce_part_name(GtkWidget *widget, const char *name)
{
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

// The label of a control as its child: GTK's own way would put the underscore into its name.
static GtkWidget *caption(const char *text, GtkWidget *control)
{
    GtkWidget *label = gtk_label_new_with_mnemonic(text);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), control);
    return label;
}

GtkWidget *pouce_part_button(
    const char *label, const char *css_class, PoucePartClicked clicked, gpointer data)
{
    GtkWidget *button = gtk_button_new();
    gtk_button_set_child(GTK_BUTTON(button), caption(label, button));
    if (css_class)
        gtk_widget_add_css_class(button, css_class);
    if (clicked)
        g_signal_connect_swapped(button, "clicked", G_CALLBACK(clicked), data);
    return button;
}

void pouce_part_button_set(GtkWidget *button, const char *label)
{
    GtkLabel *inside = GTK_LABEL(gtk_button_get_child(GTK_BUTTON(button)));
    if (g_strcmp0(gtk_label_get_label(inside), label) != 0)
        gtk_label_set_text_with_mnemonic(inside, label);
}

GtkWidget *pouce_part_toggle(const char *label)
{
    GtkWidget *toggle = gtk_toggle_button_new();
    gtk_button_set_child(GTK_BUTTON(toggle), caption(label, toggle));
    return toggle;
}

// GTK 4.8 tells assistive programs of no action of a check button; it tells of those that are put
// on a widget.
static void add_toggle_action(GtkWidget *tick)
{
    g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();
    g_autoptr(GSimpleAction) toggle = g_simple_action_new("toggle", NULL);
    g_signal_connect_swapped(toggle, "activate", G_CALLBACK(gtk_widget_activate), tick);
    g_action_map_add_action(G_ACTION_MAP(group), G_ACTION(toggle));
    gtk_widget_insert_action_group(tick, "tick", G_ACTION_GROUP(group));
}

GtkWidget *pouce_part_tick(const char *label, gboolean on)
{
    GtkWidget *tick = gtk_check_button_new();
    add_toggle_action(tick);
    GtkWidget *inside = caption(label, tick);
    gtk_label_set_wrap(GTK_LABEL(inside), TRUE);
    gtk_label_set_xalign(GTK_LABEL(inside), 0);
    gtk_check_button_set_child(GTK_CHECK_BUTTON(tick), inside);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(tick), on);
    return tick;
}

GtkWidget *pouce_part_radio(const char *label, GtkWidget *first)
{
    GtkWidget *radio = gtk_check_button_new_with_label(label);
    add_toggle_action(radio);
    gtk_check_button_set_group(GTK_CHECK_BUTTON(radio), GTK_CHECK_BUTTON(first));
    return radio;
}

static GtkWidget *labelled(const char *label, GtkWidget *control)
{
    GtkWidget *box = pouce_part_column(4);
    GtkWidget *above = gtk_label_new_with_mnemonic(label);
    gtk_label_set_xalign(GTK_LABEL(above), 0);
    gtk_widget_add_css_class(above, "above");
    gtk_label_set_mnemonic_widget(GTK_LABEL(above), control); // names it, too
    gtk_box_append(GTK_BOX(box), above);
    gtk_box_append(GTK_BOX(box), control);
    return box;
}

GtkWidget *pouce_part_entry(const char *label, int max_chars, GtkWidget **out_box)
{
    GtkWidget *entry = gtk_entry_new();
    gtk_entry_set_max_length(GTK_ENTRY(entry), max_chars);
    *out_box = labelled(label, entry);
    return entry;
}

GtkWidget *pouce_part_choice(const char *label, const char *const *choices, GtkWidget **out_box)
{
    GtkWidget *choice = gtk_drop_down_new_from_strings(choices);
    g_autofree char *name = without_underscores(label);
    *out_box = labelled(label, choice);
    GtkWidget *inside = gtk_widget_get_first_child(choice);
    if (GTK_IS_TOGGLE_BUTTON(inside))
        pouce_part_name(inside, name); // what takes the focus
    return choice;
}

GtkWidget *pouce_part_sign(const char *text, const char *css_class)
{
    GtkWidget *button = gtk_button_new();
    GtkWidget *label = g_object_new(
        GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "label", text, NULL);
    gtk_button_set_child(GTK_BUTTON(button), label);
    if (css_class)
        gtk_widget_add_css_class(button, css_class);
    return button;
}

void pouce_part_sign_set(GtkWidget *sign, const char *text)
{
    gtk_label_set_text(GTK_LABEL(gtk_button_get_child(GTK_BUTTON(sign))), text);
}

GtkWidget *pouce_part_notice(void)
{
    GtkWidget *notice = g_object_new(GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
        "wrap", TRUE, "xalign", 0.0, "wrap-mode", PANGO_WRAP_WORD_CHAR, "visible", FALSE, NULL);
    gtk_widget_add_css_class(notice, "notice");
    return notice;
}

void pouce_part_notice_set(GtkWidget *notice, const char *sentence)
{
    pouce_part_label_set(notice, sentence ? sentence : "");
    pouce_part_name(notice, sentence ? sentence : "");
}

void pouce_part_label_set(GtkWidget *label, const char *text)
{
    gtk_label_set_text(GTK_LABEL(label), text);
    gtk_widget_set_visible(label, *text != '\0');
}

void pouce_part_clear(GtkWidget *box)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(box)))
        gtk_box_remove(GTK_BOX(box), child);
}

typedef struct {
    PoucePartClicked clicked;
    gpointer data;
} Escape;

static gboolean on_escape(GtkWidget *widget, GVariant *args, gpointer data)
{
    const Escape *escape = data;
    escape->clicked(escape->data);
    return TRUE;
}

void pouce_part_on_escape(GtkWidget *window, PoucePartClicked clicked, gpointer data)
{
    Escape *escape = g_new(Escape, 1);
    *escape = (Escape){clicked, data};
    GtkEventController *controller = gtk_shortcut_controller_new();
    GtkShortcut *shortcut = gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0),
        gtk_callback_action_new(on_escape, escape, g_free));
    gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(controller), shortcut);
    gtk_widget_add_controller(window, controller);
}
