// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Ticks both ways, pause, and the once-a-second work while a session runs.

#include "agent/core/agent_private.h"

#include <string.h>

// The picture counts as arriving while the helper's count of decoded frames grew this recently:
// one null frame's interval, one heartbeat's, and some delay.
#define RUNNING_US ((POUCE_MEDIA_KEEPALIVE_MS + 2000) * 1000)
#define STATS_SECONDS 5

static PouceMeter *make_meter(PouceAgent *agent)
{
    PouceMeterConfig config = {.role = POUCE_ROLE_SEEKER, .identity = agent->identity};
    g_strlcpy(config.session, agent->session->id, sizeof config.session);
    g_strlcpy(config.price, agent->session->price_id, sizeof config.price);
    memcpy(config.peer_key, agent->session->helper->device_key, POUCE_KEY_BYTES);
    return pouce_meter_new(&config);
}

static void send_tick(PouceAgent *agent, const PouceSignedTick *tick)
{
    PouceControl control = {.type = POUCE_CONTROL_TICK, .tick = *tick};
    agent_link_send(agent, &control);
}

void agent_meter_start(PouceAgent *agent)
{
    AgentClock *clock = &agent->clock;
    const PouceBind *own = &agent->link.own;
    gint64 now_us = g_get_monotonic_time();
    if (!clock->meter)
        clock->meter = make_meter(agent);
    clock->stalled = FALSE;
    clock->running = FALSE;
    clock->decoded = 0;
    clock->started_us = now_us;
    clock->second_us = now_us + G_USEC_PER_SEC;
    pouce_meter_start(clock->meter, now_us, own->own_fp, own->peer_fp, 0);
    const PouceSignedTick *pending;
    for (guint i = 0; (pending = pouce_meter_peek_pending(clock->meter, i)); i++)
        send_tick(agent, pending);
}

void agent_meter_stop(PouceAgent *agent)
{
    if (agent->clock.meter)
        pouce_meter_stop(agent->clock.meter);
    agent->clock.running = FALSE;
}

gboolean agent_meter_is_paused(const PouceAgent *agent)
{
    return agent->clock.paused_us || agent->clock.paused_far;
}

static void feed(PouceAgent *agent, gint64 now_us)
{
    AgentClock *clock = &agent->clock;
    PoucePeerStats stats;
    if (!agent->link.peer)
        return;
    pouce_peer_counts(agent->link.peer, &stats);
    if (stats.far_decoded != clock->decoded) {
        clock->decoded = stats.far_decoded;
        clock->decoded_us = now_us;
    }
    if (clock->decoded > 0 && !clock->first_told) {
        clock->first_told = TRUE;
        TELL(agent, first_frame);
    }
    pouce_meter_feed(clock->meter, now_us, clock->decoded, agent_meter_is_paused(agent));
}

static void countersign(PouceAgent *agent, const PouceSignedTick *tick, gint64 seq)
{
    PouceControl control = {.type = POUCE_CONTROL_COUNTERSIGN, .countersign.seq = seq};
    memcpy(control.countersign.sig, tick->counter_sig, POUCE_SIG_BYTES);
    agent_link_send(agent, &control);
    agent_broker_ticks(agent, tick);
}

static void make_tick(PouceAgent *agent, gint64 now_us)
{
    PouceSignedTick tick;
    gint64 seq;
    feed(agent, now_us);
    if (pouce_meter_make(agent->clock.meter, now_us, &tick))
        send_tick(agent, &tick);
    while (pouce_meter_take_ripe(agent->clock.meter, &tick, &seq))
        countersign(agent, &tick, seq);
    agent->clock.started_us = now_us;
}

void agent_meter_last(PouceAgent *agent)
{
    if (agent->clock.meter)
        make_tick(agent, g_get_monotonic_time());
}

void agent_meter_take_tick(PouceAgent *agent, const PouceSignedTick *tick)
{
    PouceSignedTick completed;
    gint64 seq = 0;
    gint64 now_us = g_get_monotonic_time();
    PouceMeterVerdict verdict =
        pouce_meter_take_tick(agent->clock.meter, now_us, tick, &completed, &seq);
    agent->clock.heard_last = agent->phase == POUCE_AGENT_ENDING;
    if (verdict == POUCE_METER_OK || verdict == POUCE_METER_SEEN)
        countersign(agent, &completed, seq);
    PoucePeerStats path = {.rtt_us = -1};
    if (agent->link.peer)
        pouce_peer_counts(agent->link.peer, &path);
    if (verdict == POUCE_METER_OK && agent->phase != POUCE_AGENT_ENDING &&
        pouce_meter_answers(agent->clock.meter, now_us, path.rtt_us))
        make_tick(agent, now_us);
    if (verdict == POUCE_METER_OK || verdict == POUCE_METER_SEEN)
        return;
    if (verdict != POUCE_METER_LATER)
        agent_trouble(agent, "tick",
            "The helper's count of the time does not hold: it is not signed, and not charged.");
}

// Whatever both signed and the rendezvous has not yet been given.
static void hand_over(PouceAgent *agent)
{
    PouceSignedTick outbox[POUCE_TICKS_MAX];
    guint count = pouce_meter_peek_outbox(agent->clock.meter, outbox, G_N_ELEMENTS(outbox));
    for (guint i = 0; i < count; i++)
        agent_broker_ticks(agent, &outbox[i]);
}

void agent_meter_take_countersign(PouceAgent *agent, gint64 seq, const guint8 sig[POUCE_SIG_BYTES])
{
    if (pouce_meter_take_countersign(agent->clock.meter, seq, sig) == POUCE_METER_OK)
        hand_over(agent);
    if (agent->phase == POUCE_AGENT_ENDING) // that was the last thing to wait for
        agent_session_on_time(agent, g_get_monotonic_time());
}

void agent_meter_ack(PouceAgent *agent, const PouceSwitchboard *ack)
{
    if (!agent->clock.meter)
        return;
    pouce_meter_on_ack(agent->clock.meter, ack->ticks_ack.seeker_seq, ack->ticks_ack.helper_seq);
    TELL(agent, tick, ack->ticks_ack.signed_ms, ack->ticks_ack.cost_minor);
    hand_over(agent);
}

void agent_meter_paused(PouceAgent *agent)
{
    AgentClock *clock = &agent->clock;
    gboolean paused = agent_meter_is_paused(agent);
    gint64 now_us = g_get_monotonic_time();
    if (clock->meter && agent->link.bound && !agent->link.lost)
        feed(agent, now_us);
    if (agent->picture.media)
        pouce_media_set_paused(agent->picture.media, paused);
    pouce_consent_set_paused(&agent->hands.consent, paused, now_us);
    if (agent->phase == POUCE_AGENT_LIVE || agent->phase == POUCE_AGENT_PAUSED)
        agent_set_phase(agent, paused ? POUCE_AGENT_PAUSED : POUCE_AGENT_LIVE);
    agent_voice_update(agent);
    TELL(agent, paused, clock->paused_us, clock->paused_far);
}

static void tell_stats(PouceAgent *agent)
{
    AgentClock *clock = &agent->clock;
    PoucePeerStats peer;
    pouce_peer_counts(agent->link.peer, &peer);
    guint frames = pouce_media_frames(agent->picture.media);
    clock->stats.fps = frames - clock->frames;
    clock->stats.bitrate_bps =
        peer.bytes_sent >= clock->bytes ? (gint64)(peer.bytes_sent - clock->bytes) * 8 : 0;
    clock->stats.rtt_ms = peer.rtt_us < 0 ? -1 : (peer.rtt_us + 500) / 1000;
    clock->stats.bytes_sent = peer.bytes_sent;
    clock->stats.decoded = peer.far_decoded;
    clock->frames = frames;
    clock->bytes = peer.bytes_sent;
    PouceEstimator *estimator = agent->link.estimator;
    gint64 now_us = g_get_monotonic_time();
    if (peer.rtt_us >= 0 && estimator)
        pouce_estimator_on_rtt(estimator, now_us, peer.rtt_us);
    if (estimator)
        agent_link_obey(agent, now_us);
    clock->stats.estimate_bps = estimator ? pouce_estimator_bps(estimator) : 0;
    clock->stats.loss_permille =
        estimator ? (gint64)(pouce_estimator_loss(estimator) * 1000 + 0.5) : 0;
    TELL(agent, stats, &clock->stats);
    if (++clock->seconds % STATS_SECONDS != 0)
        return;
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_STATS,
        .stats = {.fps = clock->stats.fps,
            .bitrate_bps = clock->stats.bitrate_bps,
            .rtt_ms = MAX(clock->stats.rtt_ms, 0),
            .lost = clock->stats.lost,
            .bytes = (gint64)clock->stats.bytes_sent}};
    agent_broker_send(agent, &message);
}

static void each_second(PouceAgent *agent, gint64 now_us)
{
    AgentClock *clock = &agent->clock;
    clock->second_us = now_us + G_USEC_PER_SEC;
    if (!clock->meter || !agent->link.bound || agent->link.lost ||
        agent->phase == POUCE_AGENT_ENDING)
        return;
    feed(agent, now_us);
    tell_stats(agent);
    gboolean stalled = pouce_meter_is_stalled(clock->meter, now_us);
    if (stalled && !clock->stalled)
        pouce_consent_stall(&agent->hands.consent, now_us);
    clock->stalled = stalled;
    clock->running = !stalled && !agent_meter_is_paused(agent) && clock->decoded > 0 &&
                     now_us < clock->decoded_us + RUNNING_US;
    gint64 open_ms = clock->running ? (now_us - clock->started_us) / 1000 : 0;
    gint64 live_ms =
        pouce_meter_own_ms(clock->meter) + MIN(open_ms, POUCE_METER_INTERVAL_MAX_US / 1000);
    TELL(agent, clock, live_ms, clock->running);
}

void agent_meter_on_time(PouceAgent *agent, gint64 now_us)
{
    AgentClock *clock = &agent->clock;
    if (clock->meter && agent->link.bound && !agent->link.lost &&
        agent->phase != POUCE_AGENT_ENDING && now_us >= pouce_meter_due_us(clock->meter))
        make_tick(agent, now_us);
    if (now_us >= clock->second_us)
        each_second(agent, now_us);
}

gint64 agent_meter_due_us(const PouceAgent *agent)
{
    if (!agent->clock.meter || agent->phase == POUCE_AGENT_ENDING || agent->link.lost)
        return POUCE_AGENT_NEVER;
    return pouce_meter_due_us(agent->clock.meter);
}
