// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/market/session.h"
#include "tests/unit/broker/market/ticker.h"

#define ID "01890000-0000-7000-8000-000000000001"
#define S G_USEC_PER_SEC

typedef struct {
    PouceTicker ticker;
    PouceMarketSession *session;
    PouceEffects effects;
    gint64 now_us;
} World;

static void begin(World *world, int candidates, gint64 rate, gint64 cap)
{
    const PouceRanked ranked[] = {{(char *)"h1", (char *)"Hugo", rate},
        {(char *)"h2", (char *)"Hana", rate * 2}, {(char *)"h3", (char *)"Heidi", 0}};
    g_autoptr(GError) error = NULL;

    memset(world, 0, sizeof *world);
    pouce_ticker_init(&world->ticker, 7);
    world->now_us = 1000 * S;
    PouceSessionRequest request = {.id = ID,
        .seeker = "ana",
        .seeker_name = "Ana",
        .seeker_device = "d1",
        .seeker_key = pouce_ticker_key(&world->ticker, POUCE_ROLE_SEEKER),
        .need = "printer",
        .language = "fr",
        .place = "",
        .currency = "EUR",
        .cap_minor = cap,
        .candidates = ranked,
        .candidate_count = candidates};
    world->session = pouce_market_session_new(&request, world->now_us, 50, &world->effects, &error);
    g_assert_no_error(error);
}

static void finish(World *world)
{
    pouce_market_session_free(world->session);
    pouce_ticker_clear(&world->ticker);
}

static gboolean apply(World *world, PouceMarketEvent event, GError **error)
{
    event.now_us = world->now_us;
    event.now_s = world->now_us / S;
    event.device = event.device ? event.device : "d2";
    event.key = pouce_ticker_key(&world->ticker, POUCE_ROLE_HELPER);
    return pouce_market_session_apply(world->session, &event, &world->effects, error);
}

static void must(World *world, PouceMarketEvent event)
{
    g_autoptr(GError) error = NULL;

    apply(world, event, &error);
    g_assert_no_error(error);
}

static void pass(World *world, gint64 us)
{
    world->now_us += us;
    must(world, (PouceMarketEvent){.kind = POUCE_MARKET_TIME});
}

static gboolean did(const World *world, PouceEffectKind kind)
{
    for (int i = 0; i < world->effects.count; i++) {
        if (world->effects.list[i].kind == kind) {
            return TRUE;
        }
    }
    return FALSE;
}

static void tick(World *world, PouceRole role, gint64 live_ms)
{
    PouceSignedTick signed_tick;

    pouce_ticker_make(&world->ticker, role, live_ms, &signed_tick);
    must(world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &signed_tick});
}

static void go_to(World *world, PouceState state)
{
    static const PouceMarketEvent accept = {.kind = POUCE_MARKET_ACCEPT, .role = POUCE_ROLE_HELPER};
    static const PouceMarketEvent confirm = {
        .kind = POUCE_MARKET_CONFIRM, .may = POUCE_CAPABILITY_VIEW};
    static const PouceMarketEvent end = {.kind = POUCE_MARKET_END, .reason = POUCE_END_SEEKER};

    switch (state) {
    case POUCE_STATE_OPEN:
        world->session->state = state;
        return;
    case POUCE_STATE_DECLINED:
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_DECLINE, .role = POUCE_ROLE_HELPER});
        return;
    case POUCE_STATE_EXPIRED:
        pass(world, POUCE_RING_US);
        return;
    case POUCE_STATE_FAILED:
        must(world, end);
        return;
    default:
        break;
    }
    if (state >= POUCE_STATE_ACCEPTED) {
        must(world, accept);
    }
    if (state >= POUCE_STATE_CONNECTING) {
        must(world, confirm);
        pouce_ticker_begin(&world->ticker, &world->session->price);
    }
    if (state >= POUCE_STATE_LIVE) {
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_BOUND, .role = POUCE_ROLE_SEEKER});
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_BOUND, .role = POUCE_ROLE_HELPER});
    }
    if (state == POUCE_STATE_PAUSED) {
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .flag = TRUE});
    }
    if (state >= POUCE_STATE_ENDED) {
        must(world, end);
    }
    if (state >= POUCE_STATE_SETTLED) {
        pass(world, POUCE_SETTLE_US);
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_SETTLED, .text = "2026-000001"});
    }
    if (state >= POUCE_STATE_RATED) {
        must(world, (PouceMarketEvent){.kind = POUCE_MARKET_RATE, .stars = 5});
    }
}

// One letter an event, in the order of the enum: where it leads from each state. '-' refused, '.'
// the state stays, o ringing→… by first letter: r a c l p e s R(ated) d x(expired) f. TIME is "not
// yet".
#define N_STATES (POUCE_STATE_FAILED + 1)
static const char *const table[N_STATES] = {
    //                         hold acc dec con bnd tick pau pre end time set rate rest
    [POUCE_STATE_OPEN] = /*      */ "-------.-.--f",
    [POUCE_STATE_RINGING] = /*   */ "fad----.f.--f",
    [POUCE_STATE_ACCEPTED] = /*  */ "---c---.f.--.",
    [POUCE_STATE_CONNECTING] = /**/ "----.l-.f.--.",
    [POUCE_STATE_LIVE] = /*      */ "----..p.e.--.",
    [POUCE_STATE_PAUSED] = /*    */ "----...."
                                    "e.--.",
    [POUCE_STATE_ENDED] = /*     */ "-----.-...s-.",
    [POUCE_STATE_SETTLED] = /*   */ "-------.-.-R.",
    [POUCE_STATE_RATED] = /*     */ "-------.-.--.",
    [POUCE_STATE_DECLINED] = /*  */ "-------.-.--.",
    [POUCE_STATE_EXPIRED] = /*   */ "-------.-.--.",
    [POUCE_STATE_FAILED] = /*    */ "-------.-.--.",
};

static PouceMarketEvent typical(PouceMarketEventKind kind, PouceSignedTick *tick)
{
    PouceMarketEvent event = {.kind = kind,
        .text = "2026-000001",
        .tick = tick,
        .may = POUCE_CAPABILITY_VIEW,
        .stars = 4,
        .flag = kind == POUCE_MARKET_PAUSE};

    if (kind == POUCE_MARKET_ACCEPT || kind == POUCE_MARKET_DECLINE) {
        event.role = POUCE_ROLE_HELPER;
    }
    return event;
}

static PouceState wanted_state(PouceState from, char letter)
{
    static const char letters[] = "oracl pesRdxf"; // by state, with a gap that nobody uses
    static const PouceState states[] = {POUCE_STATE_OPEN, POUCE_STATE_RINGING, POUCE_STATE_ACCEPTED,
        POUCE_STATE_CONNECTING, POUCE_STATE_LIVE, POUCE_STATE_OPEN, POUCE_STATE_PAUSED,
        POUCE_STATE_ENDED, POUCE_STATE_SETTLED, POUCE_STATE_RATED, POUCE_STATE_DECLINED,
        POUCE_STATE_EXPIRED, POUCE_STATE_FAILED};

    return letter == '.' || letter == '-' ? from : states[strchr(letters, letter) - letters];
}

static void test_every_event_in_every_state(void **state)
{
    for (int from = 0; from < N_STATES; from++) {
        assert_int_equal(strlen(table[from]), POUCE_MARKET_COUNT);
        for (int kind = 0; kind < POUCE_MARKET_COUNT; kind++) {
            World world;
            PouceSignedTick tick;
            g_autoptr(GError) error = NULL;

            begin(&world, 1, 50, 1000);
            go_to(&world, (PouceState)from);
            assert_int_equal(world.session->state, from);
            if (from < POUCE_STATE_CONNECTING || from > POUCE_STATE_RATED) {
                pouce_ticker_begin(&world.ticker, &world.session->price);
            }
            pouce_ticker_make(&world.ticker, POUCE_ROLE_SEEKER, 1000, &tick);
            gboolean ok = apply(&world, typical((PouceMarketEventKind)kind, &tick), &error);
            PouceState wanted = wanted_state((PouceState)from, table[from][kind]);

            if (ok != (table[from][kind] != '-') || world.session->state != wanted) {
                fail_msg("%s in %s: %s, now %s",
                    pouce_market_event_name((PouceMarketEventKind)kind),
                    pouce_state_name((PouceState)from), ok ? "allowed" : error->message,
                    pouce_state_name(world.session->state));
            }
            if (!ok) {
                assert_true(
                    g_error_matches(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT));
                assert_int_equal(world.effects.count, 0);
            }
            // What is over before it was live gives its hold back, and only that.
            gboolean fell = wanted != (PouceState)from && wanted >= POUCE_STATE_DECLINED &&
                            kind != POUCE_MARKET_HOLD_DENIED;
            assert_int_equal(did(&world, POUCE_EFFECT_VOID), fell);
            finish(&world);
        }
    }
}

static void test_only_the_right_end_may(void **state)
{
    static const struct {
        PouceState at;
        PouceMarketEvent event;
    } wrong[] = {
        {POUCE_STATE_RINGING, {.kind = POUCE_MARKET_ACCEPT, .role = POUCE_ROLE_SEEKER}},
        {POUCE_STATE_RINGING, {.kind = POUCE_MARKET_DECLINE, .role = POUCE_ROLE_SEEKER}},
        {POUCE_STATE_RINGING, {.kind = POUCE_MARKET_END, .role = POUCE_ROLE_HELPER}},
        {POUCE_STATE_ACCEPTED, {.kind = POUCE_MARKET_CONFIRM,
                                   .role = POUCE_ROLE_HELPER,
                                   .may = POUCE_CAPABILITY_VIEW}},
        {POUCE_STATE_SETTLED, {.kind = POUCE_MARKET_RATE, .role = POUCE_ROLE_HELPER, .stars = 5}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        World world;
        g_autoptr(GError) error = NULL;

        begin(&world, 1, 50, 1000);
        go_to(&world, wrong[i].at);
        assert_false(apply(&world, wrong[i].event, &error));
        assert_true(g_error_matches(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_FORBIDDEN));
        assert_int_equal(world.session->state, wrong[i].at);
        finish(&world);
    }
}

static void test_why_it_did_not_come_about(void **state)
{
    static const struct {
        PouceState at;
        PouceRole by;
        PouceEndReason said, told;
    } ways[] = {
        {POUCE_STATE_ACCEPTED, POUCE_ROLE_SEEKER, POUCE_END_SEEKER, POUCE_END_WITHDRAWN},
        {POUCE_STATE_CONNECTING, POUCE_ROLE_HELPER, POUCE_END_HELPER, POUCE_END_HELPER},
        {POUCE_STATE_CONNECTING, POUCE_ROLE_SEEKER, POUCE_END_FAILED, POUCE_END_FAILED},
        {POUCE_STATE_CONNECTING, POUCE_ROLE_HELPER, POUCE_END_FAILED, POUCE_END_FAILED},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        World world;

        begin(&world, 1, 50, 1000);
        go_to(&world, ways[i].at);
        must(&world, (PouceMarketEvent){
                         .kind = POUCE_MARKET_END, .role = ways[i].by, .reason = ways[i].said});
        assert_int_equal(world.session->state, POUCE_STATE_FAILED);
        assert_int_equal(world.session->end_reason, ways[i].told);
        finish(&world);
    }
}

static void test_the_next_is_rung(void **state)
{
    World world;

    begin(&world, 3, 50, 1000);
    assert_int_equal(world.session->hold_minor, 1000);
    assert_true(did(&world, POUCE_EFFECT_HOLD));
    assert_true(did(&world, POUCE_EFFECT_RING));
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_DECLINE, .role = POUCE_ROLE_HELPER});
    assert_int_equal(world.session->state, POUCE_STATE_RINGING);
    assert_string_equal(world.session->ends[POUCE_ROLE_HELPER].account, "h2");
    assert_int_equal(world.session->price.rate_minor_per_min, 100);
    assert_true(did(&world, POUCE_EFFECT_RING_OVER));
    assert_true(did(&world, POUCE_EFFECT_RING));
    pass(&world, POUCE_RING_US - 1);
    assert_int_equal(world.effects.count, 0);
    pass(&world, 1);
    assert_string_equal(world.session->ends[POUCE_ROLE_HELPER].account, "h3");
    assert_false(did(&world, POUCE_EFFECT_VOID));
    pass(&world, POUCE_RING_US);
    assert_int_equal(world.session->state, POUCE_STATE_EXPIRED);
    assert_int_equal(world.session->end_reason, POUCE_END_EXPIRED);
    assert_true(did(&world, POUCE_EFFECT_VOID));
    finish(&world);
}

static void test_waiting_has_an_end(void **state)
{
    World world;

    begin(&world, 1, 50, 1000);
    go_to(&world, POUCE_STATE_ACCEPTED);
    pass(&world, POUCE_CONFIRM_US);
    assert_int_equal(world.session->state, POUCE_STATE_EXPIRED);
    finish(&world);
    begin(&world, 1, 50, 1000);
    go_to(&world, POUCE_STATE_CONNECTING);
    pass(&world, POUCE_CONNECT_US);
    assert_int_equal(world.session->state, POUCE_STATE_FAILED);
    finish(&world);
}

static void test_signed_time_is_billed(void **state)
{
    World world;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    for (int i = 1; i <= 6; i++) {
        world.now_us += 5 * S;
        tick(&world, POUCE_ROLE_SEEKER, i * 5000);
        assert_true(did(&world, POUCE_EFFECT_ACK));
        tick(&world, POUCE_ROLE_HELPER, i * 4990);
    }
    assert_int_equal(world.session->signed_ms, 29940);
    assert_int_equal(world.session->cost_minor, 30); // 29.94
    world.now_us += 3 * S;
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_END, .role = POUCE_ROLE_HELPER});
    assert_int_equal(world.session->end_reason, POUCE_END_HELPER);
    assert_false(did(&world, POUCE_EFFECT_SETTLE));
    // The last ticks come after the end, within two seconds.
    world.now_us += S;
    tick(&world, POUCE_ROLE_SEEKER, 33000);
    tick(&world, POUCE_ROLE_HELPER, 32900);
    assert_int_equal(world.session->signed_ms, 32900);
    pass(&world, S);
    assert_true(did(&world, POUCE_EFFECT_SETTLE));
    g_autoptr(GError) late = NULL;
    PouceSignedTick one;
    pouce_ticker_make(&world.ticker, POUCE_ROLE_SEEKER, 33001, &one);
    assert_false(apply(&world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &one}, &late));
    finish(&world);
}

static void test_broker_time_bounds_the_bill(void **state)
{
    World world;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 5 * S;
    tick(&world, POUCE_ROLE_SEEKER, 500000); // both ends lie
    tick(&world, POUCE_ROLE_HELPER, 500000);
    assert_int_equal(world.session->signed_ms, 5000);
    finish(&world);
}

static void test_bad_ticks_change_nothing(void **state)
{
    World world;
    PouceSignedTick first;
    PouceSignedTick second;
    g_autoptr(GError) gap = NULL;
    g_autoptr(GError) forged = NULL;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 10 * S;
    pouce_ticker_make(&world.ticker, POUCE_ROLE_SEEKER, 5000, &first);
    pouce_ticker_make(&world.ticker, POUCE_ROLE_SEEKER, 10000, &second);
    assert_false(
        apply(&world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &second}, &gap));
    assert_true(g_error_matches(gap, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT));
    first.counter_sig[3] ^= 1;
    assert_false(
        apply(&world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &first}, &forged));
    assert_true(g_error_matches(forged, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MALFORMED));
    assert_int_equal(world.effects.count, 0);
    first.counter_sig[3] ^= 1;
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &first});
    assert_true(did(&world, POUCE_EFFECT_TICK));
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_TICK, .tick = &first}); // again
    assert_false(did(&world, POUCE_EFFECT_TICK));
    assert_true(did(&world, POUCE_EFFECT_ACK));
    finish(&world);
}

static void test_the_cap_ends_it(void **state)
{
    World world;

    begin(&world, 1, 60, 10);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 12 * S;
    tick(&world, POUCE_ROLE_SEEKER, 12000);
    tick(&world, POUCE_ROLE_HELPER, 12000);
    assert_int_equal(world.session->state, POUCE_STATE_ENDED);
    assert_int_equal(world.session->end_reason, POUCE_END_CAP);
    assert_int_equal(world.session->cost_minor, 10);
    assert_true(did(&world, POUCE_EFFECT_SETTLE));
    finish(&world);
}

static void test_missed_ticks_pause_then_end(void **state)
{
    World world;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 5 * S;
    tick(&world, POUCE_ROLE_SEEKER, 5000);
    tick(&world, POUCE_ROLE_HELPER, 5000);
    world.now_us += 6 * S;
    tick(&world, POUCE_ROLE_SEEKER, 10000); // one chain alone is not enough
    pass(&world, POUCE_STARVE_US - 6 * S);
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED);
    world.now_us += 7500 * 1000; // 20 s since the last pair
    tick(&world, POUCE_ROLE_SEEKER, 11000);
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED);
    tick(&world, POUCE_ROLE_HELPER, 11000);
    assert_int_equal(world.session->state, POUCE_STATE_LIVE);
    assert_int_equal(world.session->signed_ms, 11000);
    assert_int_equal(world.session->broker_live_us, 25 * S);
    pass(&world, POUCE_STARVE_US);
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED);
    pass(&world, POUCE_SILENCE_US - POUCE_STARVE_US);
    assert_int_equal(world.session->state, POUCE_STATE_ENDED);
    assert_int_equal(world.session->end_reason, POUCE_END_SILENCE);
    assert_int_equal(world.session->signed_ms, 11000);
    assert_true(did(&world, POUCE_EFFECT_SETTLE));
    finish(&world);
}

static void test_a_pause_is_not_counted(void **state)
{
    World world;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 5 * S;
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .flag = TRUE});
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED);
    pass(&world, POUCE_PAUSE_US - 1);
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED);
    must(&world,
        (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .role = POUCE_ROLE_HELPER, .flag = TRUE});
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .flag = FALSE});
    assert_int_equal(world.session->state, POUCE_STATE_PAUSED); // the other still pauses
    must(&world,
        (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .role = POUCE_ROLE_HELPER, .flag = FALSE});
    assert_int_equal(world.session->state, POUCE_STATE_LIVE);
    world.now_us += 5 * S;
    tick(&world, POUCE_ROLE_SEEKER, 10000);
    tick(&world, POUCE_ROLE_HELPER, 10000);
    assert_int_equal(world.session->broker_live_us, 10 * S);
    // An end that leaves in a pause has its grace and no more.
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_PAUSE, .flag = TRUE});
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_PRESENT, .flag = FALSE});
    pass(&world, POUCE_GRACE_US);
    assert_int_equal(world.session->end_reason, POUCE_END_SILENCE);
    finish(&world);
}

// What a new process knows is the record: nothing more may be needed to go on.
static void test_a_restart_goes_on(void **state)
{
    World world;

    begin(&world, 1, 60, 1000);
    go_to(&world, POUCE_STATE_LIVE);
    world.now_us += 5 * S;
    tick(&world, POUCE_ROLE_SEEKER, 5000);
    tick(&world, POUCE_ROLE_HELPER, 5000);
    g_autofree char *record = pouce_market_session_billing(world.session);
    g_clear_pointer(&world.session->billing, pouce_billing_free);
    assert_true(pouce_market_session_restore(world.session, record, NULL));
    world.now_us = 3 * S; // another machine's clock
    must(&world, (PouceMarketEvent){.kind = POUCE_MARKET_RESTART});
    assert_int_equal(world.session->state, POUCE_STATE_LIVE);
    world.now_us += 4 * S;
    tick(&world, POUCE_ROLE_SEEKER, 10000);
    tick(&world, POUCE_ROLE_HELPER, 10000);
    assert_int_equal(world.session->signed_ms, 9000);
    g_autoptr(GError) error = NULL;
    assert_false(pouce_market_session_restore(world.session, "{\"chains\":1}", &error));
    finish(&world);
}

static void test_bad_requests(void **state)
{
    const PouceRanked self = {(char *)"ana", (char *)"Ana", 0};
    const PouceRanked paid = {(char *)"h", (char *)"H", 50};
    const guint8 key[POUCE_KEY_BYTES] = {0};
    PouceSessionRequest good = {.id = ID,
        .seeker = "ana",
        .seeker_name = "Ana",
        .seeker_device = "d",
        .seeker_key = key,
        .currency = "EUR",
        .cap_minor = 100,
        .candidates = &paid,
        .candidate_count = 1};
    PouceSessionRequest bad[7];
    PouceEffects effects;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        bad[i] = good;
    }
    bad[0].id = "x";
    bad[1].currency = "eur";
    bad[2].candidate_count = 0;
    bad[3].candidate_count = POUCE_RANKED_MAX + 1;
    bad[4].cap_minor = -1;
    bad[5].cap_minor = 0; // paid, and nothing to pay with
    bad[6].candidates = &self;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(pouce_market_session_new(&bad[i], 0, 0, &effects, &error));
        assert_true(g_error_matches(error, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MALFORMED));
    }
    g_autoptr(PouceMarketSession) session = pouce_market_session_new(&good, 0, 0, &effects, NULL);
    assert_non_null(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_event_in_every_state),
        cmocka_unit_test(test_only_the_right_end_may),
        cmocka_unit_test(test_why_it_did_not_come_about),
        cmocka_unit_test(test_the_next_is_rung),
        cmocka_unit_test(test_waiting_has_an_end),
        cmocka_unit_test(test_signed_time_is_billed),
        cmocka_unit_test(test_broker_time_bounds_the_bill),
        cmocka_unit_test(test_bad_ticks_change_nothing),
        cmocka_unit_test(test_the_cap_ends_it),
        cmocka_unit_test(test_missed_ticks_pause_then_end),
        cmocka_unit_test(test_a_pause_is_not_counted),
        cmocka_unit_test(test_a_restart_goes_on),
        cmocka_unit_test(test_bad_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
