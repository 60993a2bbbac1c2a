// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/viewing_private.h"

// Often enough for a tick, a second's statistics and the grace; rare enough to cost nothing.
#define TIMER_MS 200
// An offer and its binds take well under a second; a relay over a slow line some more.
#define CONNECT_US (30 * G_USEC_PER_SEC)
#define RESTART_US (4 * G_USEC_PER_SEC)
#define OFFERED_US (8 * G_USEC_PER_SEC)
// The seeker's answer to the last tick: a round trip and a signature.
#define LAST_TICK_US (800 * 1000)
#define LEFT_US (5 * G_USEC_PER_SEC)

G_DEFINE_QUARK(pouce - viewing - error - quark, pouce_viewing_error)

void viewing_emit(PouceViewing *viewing, const PouceViewingEvent *event)
{
    if (viewing->events.on_event)
        viewing->events.on_event(viewing->user, event);
}

void viewing_emit_text(PouceViewing *viewing, PouceViewingEventKind kind, const char *text)
{
    viewing_emit(viewing, &(PouceViewingEvent){.kind = kind, .text = text});
}

void viewing_problem(PouceViewing *viewing, const char *code, const char *sentence)
{
    viewing_emit(viewing,
        &(PouceViewingEvent){.kind = POUCE_VIEWING_PROBLEM, .code = code, .text = sentence});
}

void viewing_set_phase(PouceViewing *viewing, ViewingPhase phase)
{
    viewing->phase = phase;
    viewing->phase_since_us = g_get_monotonic_time();
    viewing_voice_update(viewing);
}

void viewing_switchboard(PouceViewing *viewing, PouceSwitchboard *message)
{
    g_strlcpy(message->session_id, viewing->session->id, sizeof(message->session_id));
    g_autofree char *json = pouce_switchboard_build(message);
    if (message->type == POUCE_SWITCHBOARD_END)
        viewing->events.on_end(viewing->user, json);
    else
        viewing->events.on_send(viewing->user, json);
}

void viewing_drop_loans(PouceViewing *viewing, PouceRevokeBy by)
{
    gboolean had = (viewing->granted & POUCE_CAPABILITY_CONTROL) != 0;
    viewing->granted &= ~POUCE_CAPABILITY_CONTROL;
    if (had)
        viewing_emit(
            viewing, &(PouceViewingEvent){
                         .kind = POUCE_VIEWING_REVOKE, .what = POUCE_CAPABILITY_CONTROL, .by = by});
}

gboolean viewing_is_paused(const PouceViewing *viewing)
{
    return viewing->paused || viewing->paused_by_us;
}

gboolean pouce_viewing_is_counting(const PouceViewing *viewing)
{
    return viewing->phase == PHASE_LIVE && !viewing_is_paused(viewing) && !viewing->stalled;
}

static void over(PouceViewing *viewing)
{
    if (viewing->phase == PHASE_OVER)
        return;
    viewing_link_drop(viewing);
    pouce_picture_set_recorder(viewing->config.picture, NULL);
    viewing_set_phase(viewing, PHASE_OVER);
    viewing_emit(viewing,
        &(PouceViewingEvent){.kind = POUCE_VIEWING_OVER, .reason = viewing->session->end_reason});
}

static void leave(PouceViewing *viewing, PouceEndReason reason)
{
    PouceSwitchboard end = {.type = POUCE_SWITCHBOARD_END, .end.reason = reason};
    viewing_switchboard(viewing, &end);
    if (viewing->meter)
        pouce_meter_stop(viewing->meter);
    viewing_drop_loans(viewing, POUCE_REVOKE_POLICY);
    viewing_set_phase(viewing, PHASE_LEFT);
    if (viewing->peer)
        pouce_peer_close(viewing->peer, pouce_end_reason_name(reason));
}

void viewing_fail(PouceViewing *viewing, PouceEndReason reason)
{
    if (viewing->phase >= PHASE_LEFT)
        return;
    leave(viewing, reason);
}

void viewing_on_lost(PouceViewing *viewing, const char *code, const char *reason)
{
    if (viewing->phase >= PHASE_LOST)
        return;
    gint64 now_us = g_get_monotonic_time();
    viewing->lost_since_us = now_us;
    viewing->restart_us = now_us;
    if (viewing->meter)
        pouce_meter_stop(viewing->meter);
    viewing_drop_loans(viewing, POUCE_REVOKE_POLICY);
    viewing_set_phase(viewing, PHASE_LOST);
    viewing_emit(
        viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_LOST, .code = code, .text = reason});
}

static void poll_lost(PouceViewing *viewing, gint64 now_us)
{
    if (now_us - viewing->lost_since_us > POUCE_VIEWING_GRACE_US) {
        leave(viewing, POUCE_END_SILENCE);
    } else if (now_us >= viewing->restart_us) {
        viewing->restart_us = now_us + RESTART_US;
        PouceSwitchboard restart = {
            .type = POUCE_SWITCHBOARD_RELAY, .relay.kind = POUCE_RELAY_RESTART};
        viewing_switchboard(viewing, &restart);
    }
}

static void poll_phase(PouceViewing *viewing, gint64 now_us)
{
    gint64 age_us = now_us - viewing->phase_since_us;
    switch (viewing->phase) {
    case PHASE_CONNECTING:
        if (age_us > CONNECT_US && !viewing->pin_asked)
            viewing_on_lost(viewing, "not_met", "the two computers have not found each other");
        break;
    case PHASE_LOST:
        poll_lost(viewing, now_us);
        break;
    case PHASE_ENDING:
        if ((viewing->heard_last && !pouce_meter_peek_pending(viewing->meter, 0)) ||
            age_us > LAST_TICK_US)
            leave(viewing, POUCE_END_HELPER);
        break;
    case PHASE_LEFT:
        if (age_us > LEFT_US)
            over(viewing);
        break;
    case PHASE_WAITING:
    case PHASE_LIVE:
    case PHASE_OVER:
        break;
    }
}

static void look_after_recording(PouceViewing *viewing)
{
    g_autofree char *reason = NULL;
    if (!pouce_picture_recorder_failed(viewing->config.picture, &reason))
        return;
    pouce_viewing_record_stop(viewing);
    viewing_problem(viewing, "recording_file", reason);
}

static gboolean on_timer(gpointer data)
{
    PouceViewing *viewing = data;
    gint64 now_us = g_get_monotonic_time();
    if (viewing->control_until_us && now_us >= viewing->control_until_us) {
        viewing->control_until_us = 0;
        viewing_drop_loans(viewing, POUCE_REVOKE_TIMEOUT);
    }
    if (viewing->phase == PHASE_LIVE || viewing->phase == PHASE_ENDING)
        viewing_meter_poll(viewing, now_us);
    if (viewing->phase == PHASE_LIVE)
        viewing_control_stats(viewing, now_us);
    look_after_recording(viewing);
    poll_phase(viewing, now_us);
    return G_SOURCE_CONTINUE;
}

static gboolean on_wake(gpointer data)
{
    PouceViewing *viewing = data;
    g_source_set_ready_time(viewing->wake, -1);
    if (g_atomic_int_exchange(&viewing->wants_key, 0) && viewing->peer)
        pouce_peer_request_keyframe(viewing->peer);
    PoucePictureStats stats;
    pouce_picture_stats(viewing->config.picture, &stats);
    if (viewing->first_shown || !viewing->peer || stats.decoded == viewing->decoded_before_link)
        return G_SOURCE_CONTINUE;
    viewing->first_shown = TRUE;
    gint64 at_us = viewing->decoded_before_link ? stats.last_us : stats.first_us;
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_FIRST_FRAME,
                              .ms = (at_us - viewing->answer_us) / 1000,
                              .width_px = stats.width_px,
                              .height_px = stats.height_px});
    return G_SOURCE_CONTINUE;
}

// A source that fires only when another thread sets its ready time.
static gboolean dispatch_wake(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

static GSourceFuncs wake_funcs = {.dispatch = dispatch_wake};

static void attach(PouceViewing *viewing)
{
    GMainContext *context = g_main_context_get_thread_default();
    viewing->timer = g_timeout_source_new(TIMER_MS);
    g_source_set_callback(viewing->timer, on_timer, viewing, NULL);
    g_source_attach(viewing->timer, context);
    viewing->wake = g_source_new(&wake_funcs, sizeof(GSource));
    g_source_set_callback(viewing->wake, on_wake, viewing, NULL);
    g_source_attach(viewing->wake, context);
}

PouceViewing *pouce_viewing_new(const PouceViewingConfig *config, PouceSession *session,
    const PouceViewingEvents *events, gpointer user)
{
    PouceViewing *viewing = g_new0(PouceViewing, 1);
    viewing->config = *config;
    viewing->own_account = g_strdup(config->own_account);
    viewing->backend = g_strdup(config->backend);
    viewing->events = *events;
    viewing->user = user;
    viewing->session = session;
    viewing->next_ask = viewing->next_chat = 1;
    viewing_voice_init(viewing);
    viewing_set_phase(viewing, PHASE_WAITING);
    attach(viewing);
    return viewing;
}

static void destroy_source(GSource **source)
{
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

void pouce_viewing_free(PouceViewing *viewing)
{
    if (!viewing)
        return;
    viewing_link_drop(viewing);
    viewing_voice_clear(viewing);
    destroy_source(&viewing->timer);
    destroy_source(&viewing->wake);
    pouce_picture_set_recorder(viewing->config.picture, NULL);
    pouce_meter_free(viewing->meter);
    pouce_session_free(viewing->session);
    g_free(viewing->own_account);
    g_free(viewing->backend);
    g_free(viewing);
}

const PouceSession *pouce_viewing_peek_session(const PouceViewing *viewing)
{
    return viewing->session;
}

PouceCapability pouce_viewing_granted(const PouceViewing *viewing)
{
    return viewing->phase == PHASE_LIVE ? viewing->granted : POUCE_CAPABILITY_NONE;
}

void pouce_viewing_take_session(PouceViewing *viewing, PouceSession *session)
{
    if (!g_str_equal(session->id, viewing->session->id) || session->role != POUCE_ROLE_HELPER) {
        pouce_session_free(session);
        return;
    }
    pouce_session_free(viewing->session);
    viewing->session = session;
    if (pouce_state_is_over(session->state))
        over(viewing);
}

void pouce_viewing_online(PouceViewing *viewing)
{
    if (viewing->phase != PHASE_LOST)
        return;
    viewing->restart_us = g_get_monotonic_time();
    poll_lost(viewing, viewing->restart_us);
}

void pouce_viewing_on_relay(PouceViewing *viewing, const PouceSwitchboard *relay)
{
    if (viewing->phase >= PHASE_ENDING)
        return;
    g_autoptr(GError) error = NULL;
    switch (relay->relay.kind) {
    case POUCE_RELAY_OFFER:
        viewing->restart_us = g_get_monotonic_time() + OFFERED_US;
        viewing_link_offer(viewing, relay->relay.text);
        return;
    case POUCE_RELAY_CANDIDATE:
        if (viewing->peer && relay->relay.mline >= 0 && relay->relay.mline < 64 &&
            !pouce_peer_add_candidate(
                viewing->peer, relay->relay.text, (guint)relay->relay.mline, &error))
            g_debug("a candidate was ignored: %s", error->message);
        return;
    case POUCE_RELAY_ANSWER:  // only the helper answers
    case POUCE_RELAY_RESTART: // the seeker restarts by offering
        return;
    }
}

void pouce_viewing_on_ack(PouceViewing *viewing, const PouceSwitchboard *ack)
{
    if (!viewing->meter)
        return;
    pouce_meter_on_ack(viewing->meter, ack->ticks_ack.seeker_seq, ack->ticks_ack.helper_seq);
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_SIGNED,
                              .signed_ms = ack->ticks_ack.signed_ms,
                              .cost_minor = ack->ticks_ack.cost_minor});
}

void pouce_viewing_end(PouceViewing *viewing)
{
    if (viewing->phase >= PHASE_ENDING)
        return;
    if (viewing->phase != PHASE_LIVE) {
        leave(viewing, POUCE_END_HELPER);
        return;
    }
    viewing_drop_loans(viewing, POUCE_REVOKE_HELPER);
    viewing->heard_last = FALSE;
    viewing_set_phase(viewing, PHASE_ENDING);
    viewing_meter_make(viewing, g_get_monotonic_time());
}
