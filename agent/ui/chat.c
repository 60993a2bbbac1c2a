// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/chat.h"

#include "agent/ui/bar.h"
#include "look/parts.h"
#include "look/x11_place.h"

#include <glib/gi18n.h>

/** Older messages are dropped from the window. */
#define MESSAGES_MAX 200

struct PouceChat {
    PouceFlow *flow;
    GtkWidget *window, *scroll, *list, *entry;
    guint count, unread;
};

static void on_send(gpointer data)
{
    PouceChat *chat = data;
    g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(chat->entry))));
    if (!*text)
        return;
    gtk_editable_set_text(GTK_EDITABLE(chat->entry), "");
    pouce_agent_chat(chat->flow->agent, text);
}

static void on_hide(gpointer data)
{
    pouce_chat_hide(data);
}

PouceChat *pouce_chat_new(PouceFlow *flow)
{
    PouceChat *chat = g_new0(PouceChat, 1);
    GtkWidget *column = pouce_part_column(10), *row = pouce_part_row(8), *box;
    chat->flow = flow;
    chat->window = gtk_window_new();
    gtk_window_set_title(GTK_WINDOW(chat->window), _("Chat with your helper"));
    gtk_window_set_default_size(GTK_WINDOW(chat->window), 420, 460);
    gtk_window_set_hide_on_close(GTK_WINDOW(chat->window), TRUE);
    gtk_widget_add_css_class(chat->window, "pouce");
    gtk_widget_add_css_class(column, "page");
    chat->scroll = gtk_scrolled_window_new();
    pouce_part_name(chat->scroll, _("Messages"));
    gtk_widget_set_vexpand(chat->scroll, TRUE);
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(chat->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    chat->list = g_object_new(GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LOG,
        "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 8, NULL);
    pouce_part_name(chat->list, _("Messages"));
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(chat->scroll), chat->list);
    chat->entry = pouce_part_entry(_("Your _message"), POUCE_CHAT_MAX_CHARS, &box);
    gtk_entry_set_activates_default(GTK_ENTRY(chat->entry), TRUE);
    gtk_widget_set_hexpand(box, TRUE);
    GtkWidget *send = pouce_part_button(_("_Send"), "primary", on_send, chat);
    gtk_widget_set_valign(send, GTK_ALIGN_END);
    gtk_box_append(GTK_BOX(row), box);
    gtk_box_append(GTK_BOX(row), send);
    gtk_box_append(GTK_BOX(column), chat->scroll);
    gtk_box_append(GTK_BOX(column), row);
    gtk_window_set_child(GTK_WINDOW(chat->window), column);
    gtk_window_set_default_widget(GTK_WINDOW(chat->window), send);
    pouce_part_on_escape(chat->window, on_hide, chat);
    pouce_x11_keep_above(GTK_WINDOW(chat->window), FALSE);
    return chat;
}

void pouce_chat_free(PouceChat *chat)
{
    if (!chat)
        return;
    gtk_window_destroy(GTK_WINDOW(chat->window));
    g_free(chat);
}

void pouce_chat_show(PouceChat *chat)
{
    chat->unread = 0;
    pouce_bar_set_unread(chat->flow->bar, 0);
    pouce_x11_present(GTK_WINDOW(chat->window));
    gtk_widget_grab_focus(chat->entry);
}

void pouce_chat_hide(PouceChat *chat)
{
    gtk_widget_set_visible(chat->window, FALSE);
}

static gboolean to_the_end(gpointer data)
{
    GtkAdjustment *at = gtk_scrolled_window_get_vadjustment(data);
    gtk_adjustment_set_value(at, gtk_adjustment_get_upper(at));
    return G_SOURCE_REMOVE;
}

void pouce_chat_add(PouceChat *chat, const char *text, gboolean own)
{
    if (!chat)
        return;
    const char *who = own ? _("You") : pouce_flow_helper_name(chat->flow);
    // Translators: who wrote, what they wrote; for screen readers.
    g_autofree char *name = g_strdup_printf(_("%1$s: %2$s"), who, text);
    GtkWidget *said = pouce_part_text(text, "said");
    gtk_label_set_selectable(GTK_LABEL(said), FALSE);
    gtk_widget_set_halign(said, own ? GTK_ALIGN_END : GTK_ALIGN_START);
    if (own)
        gtk_widget_add_css_class(said, "own");
    pouce_part_name(said, name);
    gtk_box_append(GTK_BOX(chat->list), said);
    if (++chat->count > MESSAGES_MAX) {
        gtk_box_remove(GTK_BOX(chat->list), gtk_widget_get_first_child(chat->list));
        chat->count--;
    }
    g_idle_add_full(G_PRIORITY_LOW, to_the_end, g_object_ref(chat->scroll), g_object_unref);
    if (!own && !gtk_widget_get_mapped(chat->window))
        pouce_bar_set_unread(chat->flow->bar, ++chat->unread);
}
