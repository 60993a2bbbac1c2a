// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The very first question, when nobody set up where the service is: started from the menu, there is
// no command line that could say it.

#include "look/ask_address.h"

#include "look/catalog.h"
#include "look/parts.h"
#include "look/theme.h"

#include <glib/gi18n.h>
#include <string.h>

#define ADDRESS_MAX_CHARS 200

typedef struct {
    GMainLoop *loop;
    GtkWidget *entry, *notice;
    char *url;
} Asking;

static void on_go(gpointer data)
{
    Asking *asking = data;
    g_autofree char *text =
        g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(asking->entry))));
    g_autofree char *url =
        strstr(text, "://") ? g_strdup(text) : g_strconcat("https://", text, NULL);
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "";
    gboolean known = g_str_equal(scheme, "https") || g_str_equal(scheme, "http");
    if (!*text || !known || !g_uri_get_host(uri) || !*g_uri_get_host(uri)) {
        pouce_part_notice_set(
            asking->notice, _("That is no address. It looks like help.example.org"));
        return;
    }
    asking->url = g_steal_pointer(&url);
    g_main_loop_quit(asking->loop);
}

static gboolean on_close(GtkWindow *window, Asking *asking)
{
    g_main_loop_quit(asking->loop);
    return TRUE;
}

static void on_escape(gpointer data)
{
    g_main_loop_quit(((Asking *)data)->loop);
}

static GtkWidget *make_window(Asking *asking)
{
    GtkWidget *window = gtk_window_new(), *column = pouce_part_column(14), *box;
    const char *title = _("Where is your help service?");
    gtk_window_set_title(GTK_WINDOW(window), title);
    gtk_window_set_default_size(GTK_WINDOW(window), 520, -1);
    gtk_widget_add_css_class(window, "pouce");
    gtk_widget_add_css_class(column, "page");
    gtk_box_append(GTK_BOX(column), pouce_part_text(title, "title"));
    gtk_box_append(GTK_BOX(column),
        pouce_part_text(
            _("Your town, company or club gave you its address. You are asked this only "
              "once."),
            NULL));
    asking->notice = pouce_part_notice();
    gtk_box_append(GTK_BOX(column), asking->notice);
    asking->entry = pouce_part_entry(_("_Address of the service"), ADDRESS_MAX_CHARS, &box);
    gtk_entry_set_activates_default(GTK_ENTRY(asking->entry), TRUE);
    gtk_box_append(GTK_BOX(column), box);
    GtkWidget *go = pouce_part_button(_("_Go on"), "primary", on_go, asking);
    gtk_widget_set_halign(go, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(column), go);
    gtk_window_set_child(GTK_WINDOW(window), column);
    gtk_window_set_default_widget(GTK_WINDOW(window), go);
    pouce_part_on_escape(window, on_escape, asking);
    g_signal_connect(window, "close-request", G_CALLBACK(on_close), asking);
    return window;
}

static void keep(const char *url, const char *program, const char *group, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *folder = g_path_get_dirname(path);
    g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
    g_key_file_set_string(file, group, "broker", url);
    g_mkdir_with_parents(folder, 0700);
    if (!g_key_file_save_to_file(file, path, &error))
        g_printerr("%s: the address is not kept: %s\n", program, error->message);
}

char *pouce_ask_address(const char *program, const char *group, const char *path)
{
    Asking asking = {0};
    pouce_catalog_use();
    pouce_theme_before_gtk();
    g_set_prgname(program);
    if (!gtk_init_check())
        return NULL;
    pouce_theme_apply(gdk_display_get_default());
    asking.loop = g_main_loop_new(NULL, FALSE);
    GtkWidget *window = make_window(&asking);
    gtk_window_present(GTK_WINDOW(window));
    gtk_widget_grab_focus(asking.entry);
    g_main_loop_run(asking.loop);
    gtk_window_destroy(GTK_WINDOW(window));
    g_main_loop_unref(asking.loop);
    if (asking.url)
        keep(asking.url, program, group, path);
    return asking.url;
}
