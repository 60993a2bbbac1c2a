// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The table of rules: event × state. Each handler may assume that its state is allowed.

#include <string.h>

#include "broker/market/parts.h"
#include "broker/market/session.h"

#define BIT(state) (1u << (state))
#define IN_RINGING BIT(POUCE_STATE_RINGING)
#define IN_ACCEPTED BIT(POUCE_STATE_ACCEPTED)
#define IN_CONNECTING BIT(POUCE_STATE_CONNECTING)
#define IN_LIVE (BIT(POUCE_STATE_LIVE) | BIT(POUCE_STATE_PAUSED))
#define IN_ENDED BIT(POUCE_STATE_ENDED)
#define IN_SETTLED BIT(POUCE_STATE_SETTLED)
#define ANYWHERE (~0u)

typedef struct {
    PouceMarketSession *session;
    const PouceMarketEvent *event;
    PouceEffects *effects;
} Step;

static const char *const event_names[POUCE_MARKET_COUNT + 1] = {"hold_denied", "accept", "decline",
    "confirm", "bound", "tick", "pause", "present", "end", "time", "settled", "rate", "restart",
    "create"};

const char *pouce_market_event_name(PouceMarketEventKind kind)
{
    return event_names[kind];
}

static gboolean refuse(GError **error, PouceMarketError code, const char *why)
{
    g_set_error_literal(error, POUCE_MARKET_ERROR, code, why);
    return FALSE;
}

static gboolean must_be(const Step *step, PouceRole role, GError **error)
{
    if (step->event->role != role) {
        return refuse(error, POUCE_MARKET_ERROR_FORBIDDEN,
            role == POUCE_ROLE_SEEKER ? "Only who asked for help may do this."
                                      : "Only the helper may do this.");
    }
    return TRUE;
}

static const char *actor_of(const Step *step)
{
    switch (step->event->kind) {
    case POUCE_MARKET_HOLD_DENIED:
    case POUCE_MARKET_TIME:
    case POUCE_MARKET_SETTLED:
    case POUCE_MARKET_RESTART:
        return "broker";
    default:
        return step->session->ends[step->event->role].account;
    }
}

static void save(Step *step, PouceState to)
{
    PouceEffect *effect = pouce_market_effect(step->effects, POUCE_EFFECT_SAVE);

    effect->from = step->session->state;
    effect->to = to;
    effect->event = step->event->kind;
    effect->actor = actor_of(step);
    step->session->state = to;
}

static void tell(Step *step)
{
    pouce_market_effect(step->effects, POUCE_EFFECT_TELL);
}

static void ring_over(Step *step, PouceRingOver why)
{
    PouceEffect *effect = pouce_market_effect(step->effects, POUCE_EFFECT_RING_OVER);

    effect->candidate = step->session->candidate;
    effect->why = why;
}

// Over before it was live: the hold goes back, nothing is billed.
static void fall_through(Step *step, PouceState to, PouceEndReason reason)
{
    PouceMarketSession *session = step->session;
    gboolean rang = session->state == POUCE_STATE_RINGING;

    session->end_reason = reason;
    session->ended_s = step->event->now_s;
    session->due_us = -1;
    pouce_market_effect(step->effects, POUCE_EFFECT_VOID);
    save(step, to);
    if (rang) {
        ring_over(step, reason == POUCE_END_EXPIRED    ? POUCE_RING_EXPIRED
                        : reason == POUCE_END_DECLINED ? POUCE_RING_ANSWERED
                                                       : POUCE_RING_WITHDRAWN);
    }
    tell(step);
    pouce_market_effect(step->effects, POUCE_EFFECT_FORGET);
}

// Count the broker's own live time up to now. A gap without ticks is counted only once ticks prove
// it.
static void count_time(PouceMarketSession *session, gint64 now_us)
{
    if (session->state == POUCE_STATE_LIVE) {
        session->broker_live_us += now_us - session->counted_us;
        session->counted_us = now_us;
    } else if (!session->starving) {
        session->counted_us = now_us;
    }
}

static gboolean is_pausing(const PouceMarketSession *session)
{
    return session->ends[0].pausing || session->ends[1].pausing;
}

static gint64 last_tick_us(const PouceMarketSession *session)
{
    return MIN(session->ends[0].tick_us, session->ends[1].tick_us);
}

static gint64 live_due_us(const PouceMarketSession *session)
{
    if (session->state == POUCE_STATE_LIVE) {
        return last_tick_us(session) + POUCE_STARVE_US;
    }
    if (!is_pausing(session)) {
        return last_tick_us(session) + POUCE_SILENCE_US;
    }
    gboolean both = session->ends[0].present && session->ends[1].present;
    gint64 forgotten_us = session->pause_us + POUCE_PAUSE_US;

    return both ? forgotten_us : MIN(forgotten_us, session->away_us + POUCE_GRACE_US);
}

static void update_cost(PouceMarketSession *session)
{
    gint64 live_ms = session->broker_live_us / 1000;

    session->signed_ms = pouce_billing_billable_ms(session->billing, live_ms);
    session->cost_minor = pouce_billing_cost_minor(session->billing, live_ms);
}

static void settle(Step *step)
{
    step->session->due_us = -1;
    pouce_market_effect(step->effects, POUCE_EFFECT_SETTLE);
}

static void finish(Step *step, PouceEndReason reason)
{
    PouceMarketSession *session = step->session;

    count_time(session, step->event->now_us);
    update_cost(session);
    session->end_reason = reason;
    session->ended_s = step->event->now_s;
    session->due_us = step->event->now_us + POUCE_SETTLE_US;
    save(step, POUCE_STATE_ENDED);
    tell(step);
    if (reason == POUCE_END_CAP || reason == POUCE_END_SILENCE) {
        settle(step);
    }
}

static void go_live(Step *step)
{
    PouceMarketSession *session = step->session;
    gint64 now_us = step->event->now_us;

    session->live_s = step->event->now_s;
    session->counted_us = now_us;
    session->away_us = now_us;
    for (int role = 0; role < 2; role++) {
        session->ends[role].bound = TRUE;
        session->ends[role].tick_us = now_us;
    }
    save(step, POUCE_STATE_LIVE);
    tell(step);
    session->due_us = live_due_us(session);
}

static gboolean on_hold_denied(Step *step, GError **error)
{
    step->session->state = POUCE_STATE_FAILED;
    step->session->end_reason = POUCE_END_FAILED;
    step->session->due_us = -1;
    pouce_market_effect(step->effects, POUCE_EFFECT_FORGET);
    return TRUE;
}

static gboolean on_accept(Step *step, GError **error)
{
    PouceSessionEnd *helper = &step->session->ends[POUCE_ROLE_HELPER];

    if (!must_be(step, POUCE_ROLE_HELPER, error)) {
        return FALSE;
    }
    g_free(helper->device);
    helper->device = g_strdup(step->event->device);
    memcpy(helper->key, step->event->key, POUCE_KEY_BYTES);
    helper->present = TRUE;
    step->session->due_us = step->event->now_us + POUCE_CONFIRM_US;
    save(step, POUCE_STATE_ACCEPTED);
    ring_over(step, POUCE_RING_ANSWERED);
    tell(step);
    return TRUE;
}

// TRUE when there was another helper to ring.
static gboolean ring_next(Step *step, PouceRingOver why)
{
    PouceMarketSession *session = step->session;

    if (session->candidate + 1 >= session->candidate_count) {
        return FALSE;
    }
    PouceEffect *effect = pouce_market_effect(step->effects, POUCE_EFFECT_SAVE);

    *effect = (PouceEffect){.kind = POUCE_EFFECT_SAVE,
        .from = POUCE_STATE_RINGING,
        .to = POUCE_STATE_RINGING,
        .event = step->event->kind,
        .actor = step->event->kind == POUCE_MARKET_TIME
                     ? "broker"
                     : session->candidates[session->candidate].helper};
    ring_over(step, why);
    pouce_market_ring_candidate(session, session->candidate + 1);
    session->due_us = step->event->now_us + POUCE_RING_US;
    pouce_market_effect(step->effects, POUCE_EFFECT_RING)->candidate = session->candidate;
    tell(step);
    return TRUE;
}

static gboolean on_decline(Step *step, GError **error)
{
    if (!must_be(step, POUCE_ROLE_HELPER, error)) {
        return FALSE;
    }
    if (!ring_next(step, POUCE_RING_ANSWERED)) {
        fall_through(step, POUCE_STATE_DECLINED, POUCE_END_DECLINED);
    }
    return TRUE;
}

static gboolean on_confirm(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;

    if (!must_be(step, POUCE_ROLE_SEEKER, error)) {
        return FALSE;
    }
    if (!(step->event->may & POUCE_CAPABILITY_VIEW) || step->event->may & ~POUCE_CAPABILITY_ALL) {
        return refuse(error, POUCE_MARKET_ERROR_MALFORMED,
            "A helper must at least be allowed to view: add 'view', or end the session.");
    }
    session->may = step->event->may;
    session->expires_s = step->event->now_s + POUCE_BIND_VALID_S;
    session->due_us = step->event->now_us + POUCE_CONNECT_US;
    pouce_market_start_billing(session);
    save(step, POUCE_STATE_CONNECTING);
    tell(step);
    return TRUE;
}

static gboolean on_bound(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;

    session->ends[step->event->role].bound = TRUE;
    if (session->state == POUCE_STATE_CONNECTING && session->ends[0].bound &&
        session->ends[1].bound) {
        go_live(step);
    }
    return TRUE;
}

static gboolean refuse_tick(PouceBillingVerdict verdict, GError **error)
{
    gboolean gap = verdict == POUCE_BILLING_GAP;

    g_set_error(error, POUCE_MARKET_ERROR,
        gap ? POUCE_MARKET_ERROR_CONFLICT : POUCE_MARKET_ERROR_MALFORMED,
        gap ? "This tick (%s) comes after some that are missing: send those first."
            : "This tick is not accepted: %s.",
        pouce_billing_verdict_name(verdict));
    return FALSE;
}

// A tick was accepted: is the session live again, or at its cap?
static void after_tick(Step *step)
{
    PouceMarketSession *session = step->session;
    gboolean fresh = step->event->now_us - last_tick_us(session) < POUCE_STARVE_US;
    gboolean back = session->starving && fresh && !is_pausing(session);

    if (back) {
        // The gap is proved by what was signed in it.
        session->broker_live_us += step->event->now_us - session->counted_us;
        session->counted_us = step->event->now_us;
        session->starving = FALSE;
    }
    update_cost(session);
    if (session->price.rate_minor_per_min > 0 && session->cost_minor >= session->price.cap_minor) {
        finish(step, POUCE_END_CAP);
    } else if (back) {
        save(step, POUCE_STATE_LIVE);
        tell(step);
        session->due_us = live_due_us(session);
    } else {
        save(step, session->state);
        session->due_us = live_due_us(session);
    }
}

static gboolean on_tick(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;
    PouceTick tick;

    if (session->state == POUCE_STATE_ENDED && session->due_us < 0) {
        return refuse(error, POUCE_MARKET_ERROR_CONFLICT, "The session is being settled.");
    }
    PouceBillingVerdict verdict = pouce_billing_take(session->billing, step->event->tick, &tick);

    if (verdict != POUCE_BILLING_ACCEPTED && verdict != POUCE_BILLING_SEEN) {
        return refuse_tick(verdict, error);
    }
    if (verdict == POUCE_BILLING_ACCEPTED) {
        PouceEffect *effect = pouce_market_effect(step->effects, POUCE_EFFECT_TICK);

        effect->role = tick.role;
        effect->seq = tick.seq;
        effect->live_ms = tick.live_ms;
        if (session->state == POUCE_STATE_CONNECTING) {
            go_live(step);
        }
        count_time(session, step->event->now_us);
        session->ends[tick.role].tick_us = step->event->now_us;
        if (session->state == POUCE_STATE_ENDED) {
            update_cost(session);
            save(step, POUCE_STATE_ENDED);
        } else {
            after_tick(step);
        }
    }
    pouce_market_effect(step->effects, POUCE_EFFECT_ACK);
    return TRUE;
}

static gboolean on_pause(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;
    PouceSessionEnd *end = &session->ends[step->event->role];
    gboolean was = is_pausing(session);

    if (end->pausing == step->event->flag) {
        return TRUE;
    }
    count_time(session, step->event->now_us);
    end->pausing = step->event->flag;
    gboolean is = is_pausing(session);

    session->starving = FALSE;
    session->counted_us = step->event->now_us;
    if (is && !was) {
        session->pause_us = step->event->now_us;
    }
    if (!is) { // both begin to tick anew
        session->ends[0].tick_us = step->event->now_us;
        session->ends[1].tick_us = step->event->now_us;
    }
    PouceState to = is ? POUCE_STATE_PAUSED : POUCE_STATE_LIVE;
    gboolean changed = to != session->state;

    save(step, to);
    if (changed) {
        tell(step);
    }
    session->due_us = live_due_us(session);
    return TRUE;
}

static gboolean on_present(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;
    PouceSessionEnd *end = &session->ends[step->event->role];

    if (end->present && !step->event->flag) {
        session->away_us = step->event->now_us;
    }
    end->present = step->event->flag;
    if (BIT(session->state) & IN_LIVE) {
        session->due_us = live_due_us(session);
    }
    return TRUE;
}

static gboolean on_end(Step *step, GError **error)
{
    gboolean seeker = step->event->role == POUCE_ROLE_SEEKER;

    switch (step->session->state) {
    case POUCE_STATE_RINGING:
        if (!must_be(step, POUCE_ROLE_SEEKER, error)) {
            return FALSE;
        }
        fall_through(step, POUCE_STATE_FAILED, POUCE_END_WITHDRAWN);
        return TRUE;
    case POUCE_STATE_ACCEPTED:
    case POUCE_STATE_CONNECTING:
        fall_through(step, POUCE_STATE_FAILED,
            step->event->reason == POUCE_END_FAILED ? POUCE_END_FAILED
            : seeker                                ? POUCE_END_WITHDRAWN
                                                    : POUCE_END_HELPER);
        return TRUE;
    case POUCE_STATE_ENDED: // both may say so at the same moment
        return TRUE;
    default:
        break;
    }
    if (step->event->reason == POUCE_END_SILENCE) {
        finish(step, POUCE_END_SILENCE);
    } else {
        finish(step, seeker ? POUCE_END_SEEKER : POUCE_END_HELPER);
    }
    return TRUE;
}

static void on_live_time(Step *step)
{
    PouceMarketSession *session = step->session;

    if (session->state == POUCE_STATE_PAUSED) {
        finish(step, POUCE_END_SILENCE);
        return;
    }
    count_time(session, step->event->now_us);
    session->starving = TRUE;
    save(step, POUCE_STATE_PAUSED);
    tell(step);
    session->due_us = live_due_us(session);
}

static gboolean on_time(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;

    if (session->due_us < 0 || step->event->now_us < session->due_us) {
        return TRUE;
    }
    switch (session->state) {
    case POUCE_STATE_RINGING:
        if (!ring_next(step, POUCE_RING_EXPIRED)) {
            fall_through(step, POUCE_STATE_EXPIRED, POUCE_END_EXPIRED);
        }
        break;
    case POUCE_STATE_ACCEPTED:
        fall_through(step, POUCE_STATE_EXPIRED, POUCE_END_EXPIRED);
        break;
    case POUCE_STATE_CONNECTING:
        fall_through(step, POUCE_STATE_FAILED, POUCE_END_FAILED);
        break;
    case POUCE_STATE_LIVE:
    case POUCE_STATE_PAUSED:
        on_live_time(step);
        break;
    case POUCE_STATE_ENDED:
        settle(step);
        break;
    default:
        session->due_us = -1;
    }
    return TRUE;
}

static gboolean on_settled(Step *step, GError **error)
{
    g_free(step->session->receipt);
    step->session->receipt = g_strdup(step->event->text);
    step->session->due_us = -1;
    save(step, POUCE_STATE_SETTLED);
    tell(step);
    pouce_market_effect(step->effects, POUCE_EFFECT_FORGET);
    return TRUE;
}

static gboolean on_rate(Step *step, GError **error)
{
    if (!must_be(step, POUCE_ROLE_SEEKER, error)) {
        return FALSE;
    }
    if (step->event->stars < 1 || step->event->stars > 5) {
        return refuse(error, POUCE_MARKET_ERROR_MALFORMED, "Give one to five stars.");
    }
    step->session->stars = step->event->stars;
    g_free(step->session->comment);
    step->session->comment = g_strdup(step->event->text ? step->event->text : "");
    pouce_market_effect(step->effects, POUCE_EFFECT_RATE);
    save(step, POUCE_STATE_RATED);
    tell(step);
    pouce_market_effect(step->effects, POUCE_EFFECT_FORGET);
    return TRUE;
}

static gboolean on_restart(Step *step, GError **error)
{
    PouceMarketSession *session = step->session;
    gint64 now_us = step->event->now_us;

    session->counted_us = now_us;
    session->away_us = now_us;
    session->pause_us = now_us;
    for (int role = 0; role < 2; role++) {
        session->ends[role].present = FALSE;
        session->ends[role].tick_us = now_us;
    }
    switch (session->state) {
    case POUCE_STATE_OPEN:
    case POUCE_STATE_RINGING:
        fall_through(step, POUCE_STATE_FAILED, POUCE_END_BROKER);
        break;
    case POUCE_STATE_ACCEPTED:
        session->due_us = now_us + POUCE_CONFIRM_US;
        break;
    case POUCE_STATE_CONNECTING:
        session->due_us = now_us + POUCE_CONNECT_US;
        break;
    case POUCE_STATE_LIVE:
    case POUCE_STATE_PAUSED:
        session->starving = session->state == POUCE_STATE_PAUSED && !is_pausing(session);
        session->due_us = live_due_us(session);
        break;
    case POUCE_STATE_ENDED:
        settle(step);
        break;
    default:
        pouce_market_effect(step->effects, POUCE_EFFECT_FORGET);
    }
    return TRUE;
}

static const struct {
    guint states;
    gboolean (*handle)(Step *step, GError **error);
} rules[POUCE_MARKET_COUNT] = {
    [POUCE_MARKET_HOLD_DENIED] = {IN_RINGING, on_hold_denied},
    [POUCE_MARKET_ACCEPT] = {IN_RINGING, on_accept},
    [POUCE_MARKET_DECLINE] = {IN_RINGING, on_decline},
    [POUCE_MARKET_CONFIRM] = {IN_ACCEPTED, on_confirm},
    [POUCE_MARKET_BOUND] = {IN_CONNECTING | IN_LIVE, on_bound},
    [POUCE_MARKET_TICK] = {IN_CONNECTING | IN_LIVE | IN_ENDED, on_tick},
    [POUCE_MARKET_PAUSE] = {IN_LIVE, on_pause},
    [POUCE_MARKET_PRESENT] = {ANYWHERE, on_present},
    [POUCE_MARKET_END] = {IN_RINGING | IN_ACCEPTED | IN_CONNECTING | IN_LIVE | IN_ENDED, on_end},
    [POUCE_MARKET_TIME] = {ANYWHERE, on_time},
    [POUCE_MARKET_SETTLED] = {IN_ENDED, on_settled},
    [POUCE_MARKET_RATE] = {IN_SETTLED, on_rate},
    [POUCE_MARKET_RESTART] = {ANYWHERE, on_restart},
};

gboolean pouce_market_session_apply(PouceMarketSession *session, const PouceMarketEvent *event,
    PouceEffects *effects, GError **error)
{
    Step step = {session, event, effects};

    effects->count = 0;
    if (!(BIT(session->state) & rules[event->kind].states)) {
        g_set_error(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT,
            "The session is %s: '%s' is not possible now.", pouce_state_name(session->state),
            pouce_market_event_name(event->kind));
        return FALSE;
    }
    return rules[event->kind].handle(&step, error);
}
