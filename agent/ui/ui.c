// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/ui/ui.h"

#include "agent/input/local.h"
#include "agent/ui/flow.h"
#include "agent/ui/format.h"
#include "look/catalog.h"
#include "look/parts.h"
#include "look/theme.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

#define WIDTH_PX 680
#define HEIGHT_PX 680
#define SETTLE_MS 1000 // agent.h: the hand that pressed "Lend" is still moving

static void on_escape(gpointer data)
{
    PouceFlow *flow = data;
    if (flow->page && flow->page->escape)
        flow->page->escape(flow->page);
}

static gboolean on_close(GtkWindow *window, PouceFlow *flow)
{
    pouce_flow_quit(flow);
    return TRUE; // destroyed with the flow
}

static void make_window(PouceFlow *flow)
{
    GtkWidget *column = pouce_part_column(0);
    flow->window = GTK_WINDOW(gtk_window_new());
    gtk_window_set_default_size(flow->window, WIDTH_PX, HEIGHT_PX);
    gtk_window_set_icon_name(flow->window, "pouce-agent");
    gtk_widget_add_css_class(GTK_WIDGET(flow->window), "pouce");
    flow->offline = pouce_part_notice();
    gtk_widget_add_css_class(flow->offline, "offline");
    flow->stack = GTK_STACK(gtk_stack_new());
    gtk_widget_set_vexpand(GTK_WIDGET(flow->stack), TRUE);
    gtk_box_append(GTK_BOX(column), flow->offline);
    gtk_box_append(GTK_BOX(column), GTK_WIDGET(flow->stack));
    gtk_window_set_child(flow->window, column);
    pouce_part_on_escape(GTK_WIDGET(flow->window), on_escape, flow);
    g_signal_connect(flow->window, "close-request", G_CALLBACK(on_close), flow);
}

static void make_pages(PouceFlow *flow, const PouceAgentUiStart *start)
{
    flow->sign_in = pouce_page_sign_in_new(flow);
    flow->need = pouce_page_need_new(flow, start);
    flow->helpers = pouce_page_helpers_new(flow);
    flow->ring = pouce_page_ring_new(flow);
    flow->consent = pouce_page_consent_new(flow);
    flow->over = pouce_page_over_new(flow);
}

static void clear(PouceFlow *flow)
{
    g_clear_pointer(&flow->agent, pouce_agent_free); // says good-bye first
    pouce_flow_close_session(flow);
    if (flow->window)
        gtk_window_destroy(flow->window);
    g_main_loop_unref(flow->loop);
    g_free(flow->stop_key);
    g_free(flow->wanted_need);
    g_free(flow->wanted_helper);
    g_free(flow->wanted_cap);
    g_free(flow->complaint);
    g_free(flow->asked_need);
    g_free(flow->asked_language);
    g_free(flow->asked_place);
}

static gboolean start_flow(
    PouceFlow *flow, const PouceAgentConfig *config, const PouceAgentUiStart *start)
{
    PouceAgentConfig own = *config;
    g_autoptr(GError) error = NULL;
    own.settle_ms = own.settle_ms ? own.settle_ms : SETTLE_MS;
    flow->agent = pouce_agent_new(&own, pouce_flow_listener(), flow, &error);
    if (!flow->agent) {
        fprintf(stderr, "pouce-agent: %s\n", error->message);
        return FALSE;
    }
    flow->stop_key = pouce_format_key(own.stop_key ? own.stop_key : POUCE_LOCAL_STOP_KEY_DEFAULT);
    if (start) {
        flow->wanted_need = g_strdup(start->need);
        flow->wanted_helper = g_strdup(start->helper);
        flow->wanted_cap = g_strdup(start->cap);
    }
    pouce_theme_apply(gdk_display_get_default());
    make_window(flow);
    make_pages(flow, start);
    if (!pouce_agent_resume(flow->agent))
        pouce_flow_show(flow, flow->sign_in);
    else if (!flow->page)
        pouce_flow_follow(flow, pouce_agent_phase(flow->agent));
    return TRUE;
}

int pouce_agent_ui_run(const PouceAgentConfig *config, const PouceAgentUiStart *start)
{
    PouceFlow flow = {0};
    pouce_catalog_use();
    pouce_theme_before_gtk();
    g_set_prgname("pouce-agent");
    g_set_application_name(_("Pouce"));
    if (!gtk_init_check()) {
        fputs(_("pouce-agent: there is no screen to open a window on. Set DISPLAY, or use "
                "--headless.\n"),
            stderr);
        return 1;
    }
    gtk_window_set_default_icon_name("pouce-agent");
    flow.loop = g_main_loop_new(NULL, FALSE);
    gboolean started = start_flow(&flow, config, start);
    if (started)
        g_main_loop_run(flow.loop);
    clear(&flow);
    return started ? 0 : 1;
}
