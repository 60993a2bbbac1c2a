// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Going from page to page, in and out.

#include "viewer/ui/front.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "look/parts.h"
#include "viewer/ui/call.h"
#include "viewer/ui/studio.h"
#include "viewer/ui/words.h"

void pouce_front_show(PouceFront *front, PoucePage *page)
{
    PoucePage *last = front->page;
    if (last == page)
        return;
    front->page = page;
    gtk_window_set_focus(front->window, NULL); // or an entry that is hidden goes on blinking
    gtk_widget_set_visible(page->root, TRUE);
    gtk_stack_set_visible_child(front->stack, page->root);
    if (last)
        gtk_widget_set_visible(last->root, FALSE); // screen readers would read it, too
    gtk_window_set_title(
        front->window, gtk_stack_page_get_title(gtk_stack_get_page(front->stack, page->root)));
    pouce_front_complain(front, NULL);
    page->enter(page);
}

void pouce_front_complain(PouceFront *front, const char *sentence)
{
    if (front->page && front->page->notice)
        pouce_part_notice_set(front->page->notice, sentence);
}

PouceViewing *pouce_front_viewing(PouceFront *front)
{
    return front->desk ? pouce_desk_peek_viewing(front->desk) : NULL;
}

void pouce_front_back(PouceFront *front)
{
    pouce_front_show(front, front->lobby);
}

// The login and whether to be available are there again the next time.
static void keep_settings(PouceFront *front)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_path_get_dirname(front->config->settings);
    g_key_file_load_from_file(file, front->config->settings, G_KEY_FILE_KEEP_COMMENTS, NULL);
    g_key_file_set_string(file, "viewer", "login", front->login_name);
    g_key_file_set_boolean(file, "viewer", "available", front->available);
    g_mkdir_with_parents(folder, 0700);
    if (!g_key_file_save_to_file(file, front->config->settings, &error))
        g_warning("the settings are not kept: %s", error->message);
}

void pouce_front_log_in(PouceFront *front, const char *login, const char *password)
{
    g_autoptr(GError) error = NULL;
    const PouceViewerUiConfig *config = front->config;
    g_autofree char *folder = g_build_filename(config->folder, login, NULL);
    g_autofree char *name = g_strdup(login);
    const PouceDeskEvents events = {.on_event = front_on_desk, .on_viewing = front_on_viewing};
    g_clear_handle_id(&front->drop_desk, g_source_remove);
    g_clear_pointer(&front->desk, pouce_desk_free);
    g_free(front->login_name);
    front->login_name = g_steal_pointer(&name);
    front->desk = pouce_desk_new(&(PouceDeskConfig){.broker_url = config->broker_url,
                                     .login = front->login_name,
                                     .password = password,
                                     .folder = folder,
                                     .picture = front->picture,
                                     .microphone = config->microphone,
                                     .speaker = config->speaker},
        &events, front, &error);
    if (!front->desk) {
        g_autofree char *sentence = pouce_words_error(error, NULL);
        g_warning("%s", error->message);
        front_log_out_done(front, sentence);
        return;
    }
    pouce_desk_set_available(front->desk, front->available);
    pouce_desk_start(front->desk);
}

void pouce_front_log_out(PouceFront *front)
{
    PouceViewing *viewing = pouce_front_viewing(front);
    if (viewing)
        pouce_viewing_end(viewing);
    pouce_desk_log_out(front->desk);
}

static gboolean drop_desk(gpointer data)
{
    PouceFront *front = data;
    front->drop_desk = 0;
    g_clear_pointer(&front->desk, pouce_desk_free);
    return G_SOURCE_REMOVE;
}

void front_log_out_done(PouceFront *front, const char *why)
{
    if (front->desk && !front->drop_desk)
        front->drop_desk = g_idle_add(drop_desk, front);
    pouce_page_ring_stop(front->ring);
    pouce_studio_finish(front->studio);
    front->known = front->online = FALSE;
    pouce_page_login_set_busy(front->login, FALSE);
    pouce_front_show(front, front->login);
    pouce_front_complain(front, why);
}

void pouce_front_set_available(PouceFront *front, gboolean available)
{
    front->available = available;
    if (front->desk)
        pouce_desk_set_available(front->desk, available);
    keep_settings(front);
    pouce_page_lobby_write(front->lobby);
}
