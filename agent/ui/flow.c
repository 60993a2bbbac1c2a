// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Going from page to page.

#include "agent/ui/flow.h"

#include "agent/ui/bar.h"
#include "agent/ui/chat.h"
#include "agent/ui/format.h"
#include "agent/ui/question.h"
#include "look/parts.h"
#include "look/x11_place.h"

#include <glib/gi18n.h>

/** A complaint this fresh belongs to the page that comes next, too. */
#define FRESH_US (2 * G_USEC_PER_SEC)

void pouce_flow_show(PouceFlow *flow, PoucePage *page)
{
    gboolean fresh = flow->complaint && g_get_monotonic_time() - flow->complained_us < FRESH_US;
    PoucePage *last = flow->page;
    flow->page = page;
    gtk_window_set_focus(flow->window, NULL); // or an entry that is hidden goes on blinking
    gtk_widget_set_visible(page->root, TRUE);
    gtk_stack_set_visible_child(flow->stack, page->root);
    if (last && last != page)
        gtk_widget_set_visible(last->root, FALSE); // screen readers would read it, too
    gtk_window_set_title(
        flow->window, gtk_stack_page_get_title(gtk_stack_get_page(flow->stack, page->root)));
    pouce_part_notice_set(page->notice, fresh ? flow->complaint : NULL);
    if (page->enter)
        page->enter(page);
    if (!gtk_widget_get_mapped(GTK_WIDGET(flow->window)) || !gtk_window_is_active(flow->window))
        pouce_x11_present(flow->window);
}

void pouce_flow_complain(PouceFlow *flow, const char *sentence)
{
    PouceAgentPhase phase = pouce_agent_phase(flow->agent);
    g_free(flow->complaint);
    flow->complaint = g_strdup(sentence);
    flow->complained_us = g_get_monotonic_time();
    if (phase >= POUCE_AGENT_CONNECTING && phase <= POUCE_AGENT_ENDING)
        pouce_bar_say(flow->bar, sentence);
    else if (flow->page)
        pouce_part_notice_set(flow->page->notice, sentence);
}

void pouce_flow_find(
    PouceFlow *flow, const char *need, const char *language, const char *place, gint64 cap_minor)
{
    g_autofree char *new_need = g_strdup(need); // they may be our own
    g_autofree char *new_language = g_strdup(language);
    g_autofree char *new_place = g_strdup(place);
    g_free(flow->asked_need);
    g_free(flow->asked_language);
    g_free(flow->asked_place);
    flow->asked_need = g_steal_pointer(&new_need);
    flow->asked_language = g_steal_pointer(&new_language);
    flow->asked_place = g_steal_pointer(&new_place);
    flow->asked_cap_minor = cap_minor;
    g_clear_pointer(&flow->complaint, g_free);
    pouce_page_helpers_wait(flow->helpers);
    pouce_flow_show(flow, flow->helpers);
    pouce_agent_find(flow->agent, flow->asked_need, flow->asked_language, flow->asked_place);
}

void pouce_flow_request(PouceFlow *flow, const char *helper)
{
    pouce_page_over_set_receipt(flow->over, NULL);
    pouce_part_notice_set(flow->page->notice, NULL);
    g_clear_pointer(&flow->complaint, g_free);
    pouce_agent_request(flow->agent, flow->asked_need, helper, flow->asked_language,
        flow->asked_place, flow->asked_cap_minor);
}

void pouce_flow_quit(PouceFlow *flow)
{
    g_main_loop_quit(flow->loop);
}

const char *pouce_flow_helper_name(PouceFlow *flow)
{
    const PouceSession *session = pouce_agent_session(flow->agent);
    if (session && session->helper && session->helper->name && *session->helper->name)
        return session->helper->name;
    if (session && session->helper_card && session->helper_card->name)
        return session->helper_card->name;
    return _("your helper");
}

const char *pouce_flow_currency(PouceFlow *flow)
{
    const PouceSession *session = pouce_agent_session(flow->agent);
    const PouceAccount *account = pouce_agent_account(flow->agent);
    if (session && session->has_price)
        return session->price.currency;
    return account ? account->currency : "EUR";
}

// The command line's question, once.
static gboolean ask_at_once(PouceFlow *flow)
{
    if (flow->started)
        return FALSE;
    flow->started = TRUE;
    if (!flow->wanted_need)
        return FALSE;
    pouce_page_need_search(flow->need);
    if (flow->wanted_helper)
        pouce_flow_request(
            flow, g_str_equal(flow->wanted_helper, "first") ? NULL : flow->wanted_helper);
    return TRUE;
}

static void follow_ready(PouceFlow *flow)
{
    const PouceAccount *account = pouce_agent_account(flow->agent);
    pouce_page_sign_in_set_busy(flow->sign_in, FALSE);
    if (account)
        pouce_page_need_set_account(flow->need, account);
    if (flow->page == flow->ring || flow->page == flow->consent)
        pouce_flow_show(
            flow, pouce_page_helpers_has_list(flow->helpers) ? flow->helpers : flow->need);
    else if ((flow->page == flow->sign_in || !flow->page) && !ask_at_once(flow))
        pouce_flow_show(flow, flow->need);
}

// Nothing came of it: back to the list with the reason, and the list anew.
static gboolean came_to_nothing(const PouceSession *session)
{
    PouceEndReason reason = session ? session->end_reason : POUCE_END_NONE;
    return reason == POUCE_END_WITHDRAWN || reason == POUCE_END_DECLINED ||
           reason == POUCE_END_EXPIRED;
}

static void follow_over(PouceFlow *flow)
{
    const PouceSession *session = pouce_agent_session(flow->agent);
    if (!came_to_nothing(session) || !pouce_page_helpers_has_list(flow->helpers)) {
        pouce_flow_show(flow, flow->over);
        return;
    }
    g_autofree char *sentence = pouce_format_end(session);
    pouce_flow_show(flow, flow->helpers);
    pouce_part_notice_set(flow->helpers->notice, sentence);
    pouce_agent_find(flow->agent, flow->asked_need, flow->asked_language, flow->asked_place);
}

// The windows of a session exist as long as it does. GTK 4.8 crashes when a screen reader asks for
// a window that is no longer there and the newest one is hidden; so the newest is always a shown
// one: the bar, or else the only one left.
static void open_session(PouceFlow *flow)
{
    if (flow->bar)
        return;
    flow->chat = pouce_chat_new(flow);
    flow->question = pouce_question_new(flow);
    flow->bar = pouce_bar_new(flow);
    pouce_bar_set_screens(flow->bar, flow->screens, flow->screen_count, flow->screen_chosen);
}

void pouce_flow_close_session(PouceFlow *flow)
{
    g_clear_pointer(&flow->bar, pouce_bar_free);
    g_clear_pointer(&flow->question, pouce_question_free);
    g_clear_pointer(&flow->chat, pouce_chat_free);
}

void pouce_flow_follow(PouceFlow *flow, PouceAgentPhase phase)
{
    gboolean together = phase >= POUCE_AGENT_CONNECTING && phase <= POUCE_AGENT_ENDING;
    if (together)
        open_session(flow);
    pouce_bar_follow(flow->bar, phase);
    switch (phase) {
    case POUCE_AGENT_SIGNED_OUT:
        pouce_page_sign_in_set_busy(flow->sign_in, FALSE);
        pouce_flow_show(flow, flow->sign_in);
        break;
    case POUCE_AGENT_SIGNING_IN:
        if (flow->page != flow->sign_in)
            pouce_flow_show(flow, flow->sign_in);
        pouce_page_sign_in_set_busy(flow->sign_in, TRUE);
        break;
    case POUCE_AGENT_READY:
        follow_ready(flow);
        break;
    case POUCE_AGENT_RINGING:
        pouce_flow_show(flow, flow->ring);
        break;
    case POUCE_AGENT_CONSENT:
        pouce_flow_show(flow, flow->consent);
        break;
    case POUCE_AGENT_CONNECTING:
    case POUCE_AGENT_LIVE:
    case POUCE_AGENT_PAUSED:
    case POUCE_AGENT_DROPPED:
    case POUCE_AGENT_ENDING:
        gtk_widget_set_visible(GTK_WIDGET(flow->window), FALSE);
        break;
    case POUCE_AGENT_OVER:
        follow_over(flow);
        break;
    }
    if (!together)
        pouce_flow_close_session(flow);
}
