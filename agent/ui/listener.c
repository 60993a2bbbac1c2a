// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the agent tells, handed to the page that shows it.

#include "agent/ui/flow.h"

#include "agent/ui/bar.h"
#include "agent/ui/chat.h"
#include "agent/ui/format.h"
#include "agent/ui/question.h"
#include "look/parts.h"

#include <glib/gi18n.h>
#include <string.h>

static void on_phase(PouceAgentPhase phase, void *data)
{
    pouce_flow_follow(data, phase);
}

static void on_online(gboolean online, const char *reason, void *data)
{
    PouceFlow *flow = data;
    const char *sentence =
        _("No connection to the service at the moment. It comes back by itself.");
    pouce_part_notice_set(flow->offline, online ? NULL : sentence);
    if (!online && pouce_agent_phase(flow->agent) >= POUCE_AGENT_CONNECTING)
        pouce_bar_say(flow->bar, sentence);
    else if (online)
        pouce_bar_say(flow->bar, NULL);
}

static void on_account(const PouceAccount *account, void *data)
{
    pouce_page_need_set_account(((PouceFlow *)data)->need, account);
}

static void on_helpers(PouceHelper *const *helpers, guint count, void *data)
{
    pouce_page_helpers_set(((PouceFlow *)data)->helpers, helpers, count);
}

static void on_session(const PouceSession *session, void *data)
{
    PouceFlow *flow = data;
    pouce_page_ring_set(flow->ring, session);
    if (flow->page == flow->consent && session->state == POUCE_STATE_ACCEPTED)
        flow->page->enter(flow->page);
    if (session->state == POUCE_STATE_RATED)
        pouce_page_over_set_rated(flow->over);
    pouce_bar_follow(flow->bar, pouce_agent_phase(flow->agent));
}

static void on_screens(const PouceCaptureMonitor *monitors, int count, int chosen, void *data)
{
    PouceFlow *flow = data;
    flow->screen_count = MIN(count, POUCE_CAPTURE_MONITORS_MAX);
    flow->screen_chosen = chosen;
    memcpy(flow->screens, monitors, sizeof *monitors * (gsize)flow->screen_count);
    pouce_page_consent_set_screens(flow->consent, monitors, count, chosen);
    pouce_bar_set_screens(flow->bar, monitors, count, chosen);
}

static void on_first_frame(void *data)
{
    pouce_bar_say(((PouceFlow *)data)->bar, NULL);
}

static void on_question(guint32 id, PouceCapability what, guint32 ms, gboolean open, void *data)
{
    PouceFlow *flow = data;
    if (open)
        pouce_question_ask(flow->question, id, what, ms);
    else
        pouce_question_withdraw(flow->question, id);
}

static void on_granted(PouceCapability what, guint32 ms, void *data)
{
    PouceFlow *flow = data;
    pouce_bar_follow(flow->bar, pouce_agent_phase(flow->agent));
}

static void on_revoked(PouceCapability what, PouceRevokeBy by, void *data)
{
    PouceFlow *flow = data;
    pouce_bar_follow(flow->bar, pouce_agent_phase(flow->agent));
}

static void on_tick(gint64 signed_ms, gint64 cost_minor, void *data)
{
    pouce_bar_set_cost(((PouceFlow *)data)->bar, cost_minor);
}

static void on_clock(gint64 live_ms, gboolean running, void *data)
{
    pouce_bar_set_time(((PouceFlow *)data)->bar, live_ms, running);
}

static void on_chat(const char *text, gboolean own, void *data)
{
    pouce_chat_add(((PouceFlow *)data)->chat, text, own);
}

static void on_paused(gboolean by_us, gboolean by_helper, void *data)
{
    pouce_bar_set_paused(((PouceFlow *)data)->bar, by_us, by_helper);
}

static void on_voice(const PouceAgentVoice *voice, void *data)
{
    pouce_bar_set_voice(((PouceFlow *)data)->bar, voice);
}

static void on_receipt(const PouceReceipt *receipt, void *data)
{
    pouce_page_over_set_receipt(((PouceFlow *)data)->over, receipt);
}

static void on_trouble(const char *code, const char *sentence, void *data)
{
    g_autofree char *text = pouce_format_trouble(code);
    g_message("%s: %s", code, sentence);
    pouce_flow_complain(data, text);
    if (g_str_has_prefix(code, "sound_"))
        pouce_bar_choose_sound(((PouceFlow *)data)->bar);
}

const PouceAgentListener *pouce_flow_listener(void)
{
    static const PouceAgentListener listener = {
        .phase = on_phase,
        .online = on_online,
        .account = on_account,
        .helpers = on_helpers,
        .session = on_session,
        .screens = on_screens,
        .first_frame = on_first_frame,
        .question = on_question,
        .granted = on_granted,
        .revoked = on_revoked,
        .tick = on_tick,
        .clock = on_clock,
        .chat = on_chat,
        .paused = on_paused,
        .voice = on_voice,
        .receipt = on_receipt,
        .trouble = on_trouble,
    };
    return &listener;
}
