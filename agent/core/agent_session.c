// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The states of one session, as the broker tells them, and its end.

#include "agent/core/agent_private.h"

// The answer to the last tick: a round trip and a signature.
#define LAST_TICK_US (700 * 1000)
// The broker settles within a moment; it is asked when the news of it got lost.
#define SETTLE_US (3 * G_USEC_PER_SEC)
#define SETTLE_ASKS_MAX 20

gboolean agent_session_open_picture(PouceAgent *agent, GError **error)
{
    if (agent->picture.media)
        return TRUE;
    PouceMediaConfig config = {.source = agent->source,
        .encoder = agent->encoder,
        .monitor = agent->monitor,
        .bitrate_bps = agent->bitrate_bps};
    agent->picture.failed = FALSE;
    agent->picture.media = pouce_media_new(&config, &agent_media_listener, agent, error);
    return agent->picture.media != NULL;
}

static void close_picture(PouceAgent *agent)
{
    AgentPicture *picture = &agent->picture;
    g_clear_pointer(&picture->media, pouce_media_free);
    g_clear_pointer(&picture->shapes, g_hash_table_unref);
    g_clear_pointer(&picture->sent, g_hash_table_unref);
    *picture = (AgentPicture){0};
}

void agent_session_over(PouceAgent *agent, const char *code, const char *sentence)
{
    agent_control_close(agent);
    agent_link_close(agent, NULL);
    agent_voice_close(agent);
    g_clear_pointer(&agent->clock.meter, pouce_meter_free);
    agent->clock = (AgentClock){0};
    agent->link.ever_bound = FALSE;
    agent->link.tries = 0;
    close_picture(agent);
    if (sentence)
        agent_trouble(agent, code, sentence);
    agent_set_phase(agent, POUCE_AGENT_OVER);
    agent_rearm(agent);
}

static const char *sentence_of(const PouceAgent *agent)
{
    const PouceSession *session = agent->session;
    if (agent->leaving != POUCE_END_NONE)
        return NULL; // our own doing, or said already
    switch (session->end_reason) {
    case POUCE_END_DECLINED:
        return "The helper declined. Ask another one.";
    case POUCE_END_EXPIRED:
        return "No helper answered in time. Ask again, or choose another one.";
    case POUCE_END_WITHDRAWN:
        return "The request was withdrawn.";
    case POUCE_END_HELPER:
        return "The helper left before the session began. Ask again, or choose another one.";
    case POUCE_END_BROKER:
        return "The broker ended the session. Ask again.";
    default:
        return "The connection to the helper could not be made. Ask again.";
    }
}

// Both ends stop here: the line is closed, the books are the broker's.
static void close_line(PouceAgent *agent, const char *reason)
{
    agent_meter_stop(agent);
    agent_control_close(agent);
    if (agent->picture.media)
        pouce_media_set_peer(agent->picture.media, NULL);
    agent_link_close(agent, reason);
}

static void begin_ending(PouceAgent *agent)
{
    agent->settle_us = g_get_monotonic_time() + SETTLE_US;
    agent->settle_asked = 0;
    agent_set_phase(agent, POUCE_AGENT_ENDING);
    agent_voice_update(agent);
}

static void tell_end(PouceAgent *agent)
{
    PouceSwitchboard end = {.type = POUCE_SWITCHBOARD_END, .end.reason = agent->leaving};
    if (!agent->end_told)
        agent_broker_send(agent, &end);
    agent->end_told = TRUE;
}

static void leave_now(PouceAgent *agent)
{
    agent->leave_us = POUCE_AGENT_NEVER;
    tell_end(agent);
    close_line(agent, pouce_end_reason_name(agent->leaving));
    agent_rearm(agent);
}

void agent_session_leave(PouceAgent *agent, PouceEndReason reason)
{
    if (!agent->session || pouce_state_is_over(agent->session->state) ||
        agent->phase == POUCE_AGENT_ENDING)
        return;
    gboolean can_sign = agent->link.bound && !agent->link.lost && !agent->freeing;
    agent->leaving = reason;
    pouce_consent_revoke(&agent->hands.consent, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_POLICY,
        g_get_monotonic_time());
    agent->clock.heard_last = FALSE;
    if (can_sign)
        agent_meter_last(agent);
    begin_ending(agent);
    agent->leave_us = g_get_monotonic_time() + LAST_TICK_US;
    if (!can_sign || !agent->clock.meter || !pouce_meter_peek_pending(agent->clock.meter, 0))
        leave_now(agent);
    agent_rearm(agent);
}

void pouce_agent_end(PouceAgent *agent)
{
    agent_session_leave(agent, POUCE_END_SEEKER);
}

static void wait_for_settlement(PouceAgent *agent, gint64 now_us)
{
    if (now_us < agent->settle_us)
        return;
    agent->settle_us = now_us + SETTLE_US;
    if (++agent->settle_asked <= SETTLE_ASKS_MAX) {
        agent_broker_fetch_session(agent);
        return;
    }
    agent_session_over(agent, "",
        "The broker does not say what the session cost: it cannot be reached. Nothing is charged "
        "beyond what both sides signed; see your account later.");
}

void agent_session_on_time(PouceAgent *agent, gint64 now_us)
{
    if (agent->phase != POUCE_AGENT_ENDING)
        return;
    gboolean answered = agent->clock.meter && agent->clock.heard_last &&
                        !pouce_meter_peek_pending(agent->clock.meter, 0);
    if (agent->leave_us != POUCE_AGENT_NEVER && (answered || now_us >= agent->leave_us))
        leave_now(agent);
    if (agent->leave_us == POUCE_AGENT_NEVER)
        wait_for_settlement(agent, now_us);
}

static void take_over(PouceAgent *agent)
{
    const PouceSession *session = agent->session;
    if (agent->phase == POUCE_AGENT_OVER)
        return; // the rating
    agent->leave_us = POUCE_AGENT_NEVER;
    agent->end_told = TRUE;
    close_line(agent, pouce_end_reason_name(session->end_reason));
    switch (session->state) {
    case POUCE_STATE_ENDED:
        if (agent->phase != POUCE_AGENT_ENDING)
            begin_ending(agent);
        break;
    case POUCE_STATE_SETTLED:
    case POUCE_STATE_RATED:
        if (agent->phase != POUCE_AGENT_ENDING)
            begin_ending(agent);
        agent->settle_us = g_get_monotonic_time() + SETTLE_US;
        agent_broker_receipt(agent);
        break;
    default:
        agent_session_over(agent, pouce_end_reason_name(session->end_reason), sentence_of(agent));
    }
}

// How far a session has come; live and paused are one.
static int rank(PouceState state)
{
    switch (state) {
    case POUCE_STATE_PAUSED:
        return POUCE_STATE_LIVE;
    case POUCE_STATE_DECLINED:
    case POUCE_STATE_EXPIRED:
    case POUCE_STATE_FAILED:
        return POUCE_STATE_RATED;
    default:
        return (int)state;
    }
}

static void take_accepted(PouceAgent *agent)
{
    if (agent->phase != POUCE_AGENT_RINGING)
        return;
    const PouceParty *helper = agent->session->helper;
    if (!helper || !helper->has_key || !agent->session->has_price || !agent->account) {
        agent_trouble(agent, "malformed",
            "The broker named no device or no price for this helper, so nothing is shown.");
        agent_session_leave(agent, POUCE_END_FAILED);
        return;
    }
    agent->trust = pouce_pins_check(agent->pins, agent->account->id, helper);
    agent_set_phase(agent, POUCE_AGENT_CONSENT);
}

void agent_session_take(PouceAgent *agent, PouceSession *session)
{
    if (!agent->session && agent->requesting) {
        // The switchboard may be faster than the answer to our own request.
        pouce_session_free(agent->early);
        agent->early = session;
        return;
    }
    gboolean first = !agent->session && session->role == POUCE_ROLE_SEEKER;
    gboolean same = agent->session && g_str_equal(session->id, agent->session->id);
    if ((!first && !same) || (same && rank(session->state) < rank(agent->session->state))) {
        pouce_session_free(session);
        return;
    }
    pouce_session_free(agent->session);
    agent->session = session;
    TELL(agent, session, session);
    if (agent->session != session)
        return;
    if (pouce_state_is_over(session->state))
        take_over(agent);
    else if (session->state == POUCE_STATE_ACCEPTED)
        take_accepted(agent);
    else if (session->state == POUCE_STATE_CONNECTING && agent->phase == POUCE_AGENT_CONNECTING)
        agent_link_start(agent);
    agent_rearm(agent);
}

void agent_session_welcome(PouceAgent *agent, PouceSession *const *sessions, guint count)
{
    gboolean found = FALSE;
    for (guint i = 0; i < count; i++) {
        PouceSession *session = sessions[i];
        if (agent->session && g_str_equal(session->id, agent->session->id)) {
            found = TRUE;
            agent_session_take(agent, pouce_session_copy(session));
        } else if (session->role == POUCE_ROLE_SEEKER && session->seeker && !agent->requesting &&
                   g_str_equal(session->seeker->device_id, agent->device)) {
            // Left over from a run of this program that was cut short: its consent is gone.
            PouceSwitchboard end = {.type = POUCE_SWITCHBOARD_END, .end.reason = POUCE_END_SEEKER};
            g_strlcpy(end.session_id, session->id, sizeof end.session_id);
            g_autofree char *json = pouce_switchboard_build(&end);
            pouce_rendezvous_send_end(agent->rendezvous, session->id, json);
        }
    }
    if (agent->session && !found && !pouce_state_is_over(agent->session->state))
        agent_broker_fetch_session(agent);
    if (agent->session && agent->session->state == POUCE_STATE_ENDED)
        agent_broker_fetch_session(agent);
}
