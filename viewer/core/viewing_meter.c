// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/core/viewing_private.h"

static PouceMeter *make_meter(PouceViewing *viewing)
{
    PouceMeterConfig config = {.role = POUCE_ROLE_HELPER, .identity = viewing->config.identity};
    g_strlcpy(config.session, viewing->session->id, sizeof(config.session));
    g_strlcpy(config.price, viewing->session->price_id, sizeof(config.price));
    memcpy(config.peer_key, viewing->session->seeker->device_key, POUCE_KEY_BYTES);
    return pouce_meter_new(&config);
}

static gint64 decoded(PouceViewing *viewing)
{
    PoucePictureStats stats;
    pouce_picture_stats(viewing->config.picture, &stats);
    return stats.decoded;
}

static void send_tick(PouceViewing *viewing, const PouceSignedTick *tick)
{
    PouceControl control = {.type = POUCE_CONTROL_TICK, .tick = *tick};
    viewing_send_control(viewing, &control);
}

void viewing_meter_start(PouceViewing *viewing, gint64 now_us)
{
    if (!viewing->meter)
        viewing->meter = make_meter(viewing);
    viewing->stalled = FALSE;
    pouce_meter_start(viewing->meter, now_us, viewing->own_bind.own_fp, viewing->own_bind.peer_fp,
        decoded(viewing));
    const PouceSignedTick *pending;
    for (guint n = 0; (pending = pouce_meter_peek_pending(viewing->meter, n)); n++)
        send_tick(viewing, pending);
}

// A doubly signed tick of either chain, for the broker. Both ends deliver; the broker takes the
// first.
static void deliver(PouceViewing *viewing, const PouceSignedTick *tick)
{
    PouceTick parsed;
    if (!pouce_tick_parse(tick->text, tick->text_bytes, &parsed, NULL))
        return;
    PouceSignedTick copy = *tick;
    PouceSwitchboard message = {
        .type = POUCE_SWITCHBOARD_TICKS, .ticks = {.n_ticks = 1, .ticks = &copy}};
    g_strlcpy(message.session_id, viewing->session->id, sizeof(message.session_id));
    g_autofree char *json = pouce_switchboard_build(&message);
    viewing->events.on_ticks(viewing->user, parsed.role, parsed.seq, json);
}

static void send_countersign(PouceViewing *viewing, const PouceSignedTick *tick, gint64 seq)
{
    PouceControl control = {.type = POUCE_CONTROL_COUNTERSIGN, .countersign.seq = seq};
    memcpy(control.countersign.sig, tick->counter_sig, POUCE_SIG_BYTES);
    viewing_send_control(viewing, &control);
    deliver(viewing, tick);
}

void viewing_meter_make(PouceViewing *viewing, gint64 now_us)
{
    PouceSignedTick tick;
    gint64 seq = 0;
    pouce_meter_feed(viewing->meter, now_us, decoded(viewing), viewing_is_paused(viewing));
    if (pouce_meter_make(viewing->meter, now_us, &tick))
        send_tick(viewing, &tick);
    while (pouce_meter_take_ripe(viewing->meter, &tick, &seq))
        send_countersign(viewing, &tick, seq);
}

void viewing_meter_poll(PouceViewing *viewing, gint64 now_us)
{
    pouce_meter_feed(viewing->meter, now_us, decoded(viewing), viewing_is_paused(viewing));
    if (viewing->phase == PHASE_LIVE && now_us >= pouce_meter_due_us(viewing->meter))
        viewing_meter_make(viewing, now_us);
    gboolean stalled = pouce_meter_is_stalled(viewing->meter, now_us);
    if (stalled && !viewing->stalled)
        viewing_drop_loans(viewing, POUCE_REVOKE_POLICY);
    viewing->stalled = stalled;
}

void viewing_meter_take_tick(PouceViewing *viewing, const PouceSignedTick *tick)
{
    PouceSignedTick completed;
    gint64 seq = 0;
    gint64 now_us = g_get_monotonic_time();
    PouceMeterVerdict verdict =
        pouce_meter_take_tick(viewing->meter, now_us, tick, &completed, &seq);
    viewing->heard_last = viewing->phase == PHASE_ENDING;
    if (verdict == POUCE_METER_OK || verdict == POUCE_METER_SEEN)
        send_countersign(viewing, &completed, seq);
    PoucePeerStats path = {.rtt_us = -1};
    if (viewing->peer)
        pouce_peer_counts(viewing->peer, &path);
    if (verdict == POUCE_METER_OK && viewing->phase == PHASE_LIVE &&
        pouce_meter_answers(viewing->meter, now_us, path.rtt_us))
        viewing_meter_make(viewing, now_us);
    if (verdict == POUCE_METER_OK || verdict == POUCE_METER_SEEN)
        return;
    if (verdict != POUCE_METER_LATER)
        viewing_problem(
            viewing, "tick", "the other end's signed time does not hold; it is not countersigned");
}

void viewing_meter_take_countersign(
    PouceViewing *viewing, gint64 seq, const guint8 sig[POUCE_SIG_BYTES])
{
    PouceMeterVerdict verdict = pouce_meter_take_countersign(viewing->meter, seq, sig);
    if (verdict != POUCE_METER_OK)
        return;
    PouceSignedTick outbox[POUCE_METER_OUTBOX_MAX];
    guint count = pouce_meter_peek_outbox(viewing->meter, outbox, G_N_ELEMENTS(outbox));
    for (guint n = 0; n < count; n++) {
        PouceTick tick;
        if (pouce_tick_parse(outbox[n].text, outbox[n].text_bytes, &tick, NULL) &&
            tick.role == POUCE_ROLE_HELPER && tick.seq == seq)
            deliver(viewing, &outbox[n]);
    }
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_TICK,
                              .seq = seq,
                              .live_ms = pouce_meter_own_ms(viewing->meter),
                              .signed_ms = pouce_meter_signed_ms(viewing->meter)});
}
