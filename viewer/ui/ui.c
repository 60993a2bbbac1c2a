// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "viewer/ui/ui.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "look/catalog.h"
#include "look/parts.h"
#include "look/theme.h"
#include "viewer/ui/call.h"
#include "viewer/ui/front.h"
#include "viewer/ui/studio.h"

#define WIDTH_PX 720
#define HEIGHT_PX 680
#define PROGRAM "pouce-viewer"

// A session that runs is ended properly: a last signed tick, good-bye, and then the window goes.
static void quit(PouceFront *front)
{
    PouceViewing *viewing = pouce_front_viewing(front);
    if (!viewing || front->quitting) {
        g_main_loop_quit(front->loop);
        return;
    }
    front->quitting = TRUE;
    gtk_widget_set_visible(GTK_WIDGET(front->window), FALSE);
    pouce_viewing_end(viewing);
}

static void on_answer(GtkDialog *dialog, int answer, PouceFront *front)
{
    gtk_window_destroy(GTK_WINDOW(dialog));
    if (answer == GTK_RESPONSE_YES)
        quit(front);
}

static void ask_to_quit(PouceFront *front)
{
    GtkWidget *dialog = gtk_message_dialog_new(front->window, GTK_DIALOG_MODAL,
        GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s", _("A session is running. End it and close?"));
    gtk_widget_add_css_class(dialog, "pouce");
    gtk_dialog_add_button(GTK_DIALOG(dialog), _("_Go on helping"), GTK_RESPONSE_NO);
    gtk_dialog_add_button(GTK_DIALOG(dialog), _("_End and close"), GTK_RESPONSE_YES);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_NO);
    g_signal_connect(dialog, "response", G_CALLBACK(on_answer), front);
    gtk_window_present(GTK_WINDOW(dialog));
}

static gboolean on_close(GtkWindow *window, PouceFront *front)
{
    if (pouce_front_viewing(front))
        ask_to_quit(front);
    else
        quit(front);
    return TRUE; // destroyed with the front
}

static gboolean on_signal(gpointer data)
{
    quit(data);
    return G_SOURCE_CONTINUE;
}

static void make_window(PouceFront *front)
{
    front->window = GTK_WINDOW(gtk_window_new());
    gtk_window_set_default_size(front->window, WIDTH_PX, HEIGHT_PX);
    gtk_window_set_icon_name(front->window, PROGRAM);
    gtk_widget_add_css_class(GTK_WIDGET(front->window), "pouce");
    front->stack = GTK_STACK(gtk_stack_new());
    gtk_stack_set_hhomogeneous(front->stack, FALSE);
    gtk_stack_set_vhomogeneous(front->stack, FALSE);
    gtk_window_set_child(front->window, GTK_WIDGET(front->stack));
    g_signal_connect(front->window, "close-request", G_CALLBACK(on_close), front);
    front->call = pouce_call_new(front->window);
    front->login = pouce_page_login_new(front);
    front->lobby = pouce_page_lobby_new(front);
    front->ring = pouce_page_ring_new(front);
    front->waiting = pouce_page_waiting_new(front);
    front->pin = pouce_page_pin_new(front);
    front->over = pouce_page_over_new(front);
    front->studio = pouce_studio_new(front);
}

// On a streaming thread.
static void on_frame(gpointer user, const PouceFrame *frame)
{
    PouceFront *front = user;
    pouce_canvas_take(pouce_studio_canvas(front->studio), frame);
}

static void first_page(PouceFront *front)
{
    const PouceViewerUiConfig *config = front->config;
    g_autofree char *token =
        g_build_filename(config->folder, config->login ? config->login : "", "token", NULL);
    gboolean again = config->login && (config->password || g_file_test(token, G_FILE_TEST_EXISTS));
    front->login_name = g_strdup(config->login);
    pouce_front_show(front, again ? front->lobby : front->login);
    if (again)
        pouce_front_log_in(front, config->login, config->password);
    gtk_window_present(front->window);
}

static void clear(PouceFront *front)
{
    g_clear_handle_id(&front->drop_desk, g_source_remove);
    g_clear_pointer(&front->desk, pouce_desk_free); // the streaming thread is still after that
    g_clear_pointer(&front->picture, pouce_picture_free);
    if (front->studio)
        pouce_studio_finish(front->studio);
    pouce_page_ring_stop(front->ring);
    pouce_call_free(front->call);
    gtk_window_destroy(front->window);
    g_main_loop_unref(front->loop);
    pouce_session_free(front->session);
    char *texts[] = {front->login_name, front->name, front->skills, front->languages, front->place,
        front->rate, front->seeker};
    for (gsize n = 0; n < G_N_ELEMENTS(texts); n++)
        g_free(texts[n]);
}

int pouce_viewer_ui_run(const PouceViewerUiConfig *config)
{
    PouceFront front = {.config = config, .available = config->available};
    g_autoptr(GError) error = NULL;
    pouce_catalog_use();
    pouce_theme_before_gtk();
    g_set_prgname(PROGRAM);
    g_set_application_name(_("Pouce"));
    if (!gtk_init_check()) {
        fputs(_("pouce-viewer: there is no screen to open a window on. Set DISPLAY, or use "
                "--headless.\n"),
            stderr);
        return 1;
    }
    front.picture = pouce_picture_new(
        &(PoucePictureConfig){
            .probe_x_px = -1, .probe_y_px = -1, .on_frame = on_frame, .user = &front},
        &error);
    if (!front.picture) {
        fprintf(stderr, "pouce-viewer: %s\n", error->message);
        return 1;
    }
    gtk_window_set_default_icon_name(PROGRAM);
    front.loop = g_main_loop_new(NULL, FALSE);
    pouce_theme_apply(gdk_display_get_default());
    make_window(&front);
    guint signals[] = {g_unix_signal_add(SIGTERM, on_signal, &front),
        g_unix_signal_add(SIGINT, on_signal, &front)};
    first_page(&front);
    g_main_loop_run(front.loop);
    for (gsize n = 0; n < G_N_ELEMENTS(signals); n++)
        g_source_remove(signals[n]);
    clear(&front);
    return 0;
}
