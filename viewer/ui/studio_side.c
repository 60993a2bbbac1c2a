// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Beside the picture: what is written to one another, in the order in which it came, and the
// figures of the connection.

#include <glib/gi18n.h>

#include "look/parts.h"
#include "viewer/ui/studio_private.h"
#include "viewer/ui/words.h"

#define LINE_CHARS 24
#define SIDE_WIDTH_PX 280
#define MESSAGES_MAX 500

static void write_unread(PouceStudio *studio)
{
    StudioSide *side = &studio->side;
    g_autofree char *count = g_strdup_printf("%u", side->unread);
    g_autofree char *text =
        side->unread ? pouce_fill(_("C_hat ({count})"), "{count}", count) : g_strdup(_("C_hat"));
    pouce_part_button_set(studio->tools.side, text);
}

void studio_side_show(PouceStudio *studio, gboolean show)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON(studio->tools.side);
    if (gtk_toggle_button_get_active(button) != show)
        gtk_toggle_button_set_active(button, show);
    gtk_widget_set_visible(studio->side.box, show);
    if (show)
        studio->side.unread = 0;
    write_unread(studio);
}

static gboolean to_the_end(gpointer data)
{
    GtkAdjustment *at = gtk_scrolled_window_get_vadjustment(data);
    gtk_adjustment_set_value(at, gtk_adjustment_get_upper(at));
    return G_SOURCE_REMOVE;
}

void studio_side_heard(PouceStudio *studio, const char *text, gboolean own)
{
    StudioSide *side = &studio->side;
    const char *who = own ? _("You") : studio_seeker(studio);
    // Translators: who wrote, what they wrote; for screen readers.
    g_autofree char *name = g_strdup_printf(_("%1$s: %2$s"), who, text);
    GtkWidget *said = pouce_part_text(text, "said");
    gtk_widget_set_halign(said, own ? GTK_ALIGN_END : GTK_ALIGN_START);
    if (own)
        gtk_widget_add_css_class(said, "own");
    pouce_part_name(said, name);
    gtk_box_append(GTK_BOX(side->list), said);
    if (++side->count > MESSAGES_MAX) {
        gtk_box_remove(GTK_BOX(side->list), gtk_widget_get_first_child(side->list));
        side->count--;
    }
    g_idle_add_full(G_PRIORITY_LOW, to_the_end, g_object_ref(side->scroll), g_object_unref);
    if (own || gtk_widget_get_visible(side->box))
        return;
    side->unread++;
    write_unread(studio);
    pouce_studio_say(studio, name);
}

static void on_send(gpointer data)
{
    PouceStudio *studio = data;
    PouceViewing *viewing = studio_viewing(studio);
    GtkEditable *entry = GTK_EDITABLE(studio->side.entry);
    g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(entry)));
    if (!*text)
        return;
    if (!viewing || !pouce_viewing_chat(viewing, text, NULL)) {
        pouce_studio_say(studio, _("Not sent: the connection is interrupted."));
        return;
    }
    studio_side_heard(studio, text, TRUE);
    gtk_editable_set_text(entry, "");
}

static void add_figure(GtkWidget *figures, const char *name, char *value)
{
    pouce_page_facts_add(figures, name, value);
    g_free(value);
}

static char *loss_text(gint64 permille)
{
    return g_strdup_printf("%.1f %%", (double)permille / 10);
}

// What is always to be seen, in one line.
static void write_line(PouceStudio *studio, const PouceViewingEvent *event)
{
    g_autofree char *rate = pouce_words_rate(event->stats.bitrate_bps);
    g_autofree char *loss = loss_text(event->stats.loss_permille);
    g_autofree char *bytes = pouce_words_bytes(event->stats.bytes);
    g_autofree char *rtt = event->stats.rtt_ms < 0
                               ? g_strdup("–")
                               : g_strdup_printf("%" G_GINT64_FORMAT " ms", event->stats.rtt_ms);
    // Translators: data a second, round trip, share of packets lost, data received in all.
    g_autofree char *line =
        g_strdup_printf(_("%1$s · %2$s · %3$s lost · %4$s in all"), rate, rtt, loss, bytes);
    gtk_label_set_text(GTK_LABEL(studio->side.line), line);
}

void studio_side_figures(PouceStudio *studio, const PouceViewingEvent *event)
{
    GtkWidget *list = studio->side.figures;
    PoucePictureStats picture;
    gint64 rtt_ms = event->stats.rtt_ms, first_ms = studio->side.first_ms;
    write_line(studio, event);
    if (!gtk_expander_get_expanded(GTK_EXPANDER(studio->side.facts)))
        return;
    pouce_picture_stats(studio->page.front->picture, &picture);
    pouce_page_facts_clear(list);
    add_figure(
        list, _("Pictures a second"), g_strdup_printf("%" G_GINT64_FORMAT, event->stats.fps));
    add_figure(list, _("Data a second"), pouce_words_rate(event->stats.bitrate_bps));
    if (rtt_ms >= 0)
        add_figure(list, _("Round trip"), g_strdup_printf("%" G_GINT64_FORMAT " ms", rtt_ms));
    add_figure(list, _("Packets lost"), loss_text(event->stats.loss_permille));
    add_figure(
        list, _("Pictures decoded"), g_strdup_printf("%" G_GINT64_FORMAT, event->stats.decoded));
    add_figure(list, _("Picture"), g_strdup_printf("%d × %d", picture.width_px, picture.height_px));
    add_figure(list, _("Received"), pouce_words_bytes(event->stats.bytes));
    if (first_ms)
        add_figure(
            list, _("First picture after"), g_strdup_printf("%" G_GINT64_FORMAT " ms", first_ms));
    add_figure(list, _("Way"), g_strdup(event->stats.path));
}

void studio_side_clear(PouceStudio *studio)
{
    StudioSide *side = &studio->side;
    side->count = side->unread = 0;
    side->first_ms = 0;
    pouce_part_clear(side->list);
    gtk_editable_set_text(GTK_EDITABLE(side->entry), "");
    pouce_page_facts_clear(side->figures);
    gtk_label_set_text(GTK_LABEL(side->line), "");
    write_unread(studio);
}

static GtkWidget *make_writing(PouceStudio *studio)
{
    StudioSide *side = &studio->side;
    GtkWidget *row = pouce_part_row(6);
    side->entry = gtk_entry_new();
    gtk_entry_set_max_length(GTK_ENTRY(side->entry), POUCE_CHAT_MAX_CHARS);
    gtk_entry_set_placeholder_text(GTK_ENTRY(side->entry), _("Write a message"));
    gtk_editable_set_width_chars(GTK_EDITABLE(side->entry), 8);
    pouce_part_name(side->entry, _("Write a message"));
    gtk_widget_set_hexpand(side->entry, TRUE);
    g_signal_connect_swapped(side->entry, "activate", G_CALLBACK(on_send), studio);
    side->send = pouce_part_button(_("_Send"), NULL, on_send, studio);
    gtk_box_append(GTK_BOX(row), side->entry);
    gtk_box_append(GTK_BOX(row), side->send);
    return row;
}

GtkWidget *studio_side_new(PouceStudio *studio)
{
    StudioSide *side = &studio->side;
    side->box = pouce_part_column(8);
    gtk_widget_set_size_request(side->box, SIDE_WIDTH_PX, -1);
    gtk_widget_set_hexpand(side->box, FALSE); // the room is the picture's
    gtk_widget_add_css_class(side->box, "side");
    GtkWidget *heading = g_object_new(GTK_TYPE_LABEL, "accessible-role",
        GTK_ACCESSIBLE_ROLE_HEADING, "label", _("Chat"), "xalign", 0.0, NULL);
    gtk_widget_add_css_class(heading, "strong");
    gtk_widget_add_css_class(heading, "plain");
    gtk_box_append(GTK_BOX(side->box), heading);
    side->list = pouce_part_column(8);
    side->scroll = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(side->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(side->scroll), side->list);
    gtk_widget_set_vexpand(side->scroll, TRUE);
    pouce_part_name(side->scroll, _("Chat"));
    gtk_box_append(GTK_BOX(side->box), side->scroll);
    gtk_box_append(GTK_BOX(side->box), make_writing(studio));
    side->facts = gtk_expander_new(_("Connection"));
    pouce_part_name(side->facts, _("Connection"));
    side->figures = pouce_page_facts();
    gtk_expander_set_child(GTK_EXPANDER(side->facts), side->figures);
    gtk_box_append(GTK_BOX(side->box), side->facts);
    side->line = pouce_part_text("", "soft");
    // Figures that grow longer take a second line: the picture beside them stays where it is.
    gtk_label_set_natural_wrap_mode(GTK_LABEL(side->line), GTK_NATURAL_WRAP_INHERIT);
    gtk_label_set_max_width_chars(GTK_LABEL(side->line), LINE_CHARS);
    gtk_box_append(GTK_BOX(side->box), side->line);
    return side->box;
}
