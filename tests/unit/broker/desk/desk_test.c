// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The answers of the desk, over a real store; long runs of it are in tests/sim/broker_sim.c.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/sim/broker_world.h"
#include "tests/unit/broker/store/scratch.h"

typedef struct {
    PouceScratch scratch;
    World world;
    PouceTicker ticker;
    char *answer; // of the last create
    GError *error;
    PouceSessionRow *row; // of the last call
    char *ring;           // helper
    int rings;
    char *over; // helper
    PouceRingOver why;
    int acks;
} Fixture;

static void on_ring(gpointer data, const PouceSessionRow *session, gint64 expires_ms)
{
    Fixture *fixture = data;

    g_free(fixture->ring);
    fixture->ring = g_strdup(session->helper.account);
    fixture->rings++;
}

static void on_ring_over(
    gpointer data, const PouceSessionRow *session, const char *helper, PouceRingOver why)
{
    Fixture *fixture = data;

    g_free(fixture->over);
    fixture->over = g_strdup(helper);
    fixture->why = why;
}

static void on_ticks(
    gpointer data, const PouceSessionRow *session, gint64 seeker_seq, gint64 helper_seq)
{
    Fixture *fixture = data;

    fixture->acks++;
}

static const PouceDeskListener listener = {
    .ring = on_ring, .ring_over = on_ring_over, .ticks = on_ticks};

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    pouce_scratch_init(&fixture->scratch);
    pouce_ticker_init(&fixture->ticker, 1);
    fixture->world.listener = &listener;
    fixture->world.data = fixture;
    fixture->world.now_us = G_USEC_PER_SEC;
    fixture->world.now_s = 1790000000;
    world_open(&fixture->world, fixture->scratch.folder);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    world_close(&fixture->world);
    pouce_scratch_clear(&fixture->scratch);
    pouce_ticker_clear(&fixture->ticker);
    g_free(fixture->world.uri);
    g_free(fixture->answer);
    g_clear_error(&fixture->error);
    pouce_session_row_free(fixture->row);
    g_free(fixture->ring);
    g_free(fixture->over);
    g_free(fixture);
    return 0;
}

static GBytes *make_answer(gpointer data, const PouceSessionRow *session)
{
    assert_string_equal(session->state, "ringing");
    return g_bytes_new(session->id, strlen(session->id) + 1);
}

static void on_created(gpointer data, GBytes *answer, const GError *error)
{
    Fixture *fixture = data;

    g_free(fixture->answer);
    fixture->answer = answer ? g_strdup(g_bytes_get_data(answer, NULL)) : NULL;
    g_clear_error(&fixture->error);
    fixture->error = error ? g_error_copy(error) : NULL;
}

static void on_done(gpointer data, const PouceSessionRow *session, const GError *error)
{
    Fixture *fixture = data;

    pouce_session_row_free(fixture->row);
    fixture->row = session ? pouce_session_row_copy(session) : NULL;
    g_clear_error(&fixture->error);
    fixture->error = error ? g_error_copy(error) : NULL;
}

static PouceDeskCall seeker(Fixture *fixture, int number)
{
    return world_call(&fixture->world, &fixture->world.seekers[number],
        pouce_ticker_key(&fixture->ticker, POUCE_ROLE_SEEKER));
}

static PouceDeskCall helper(Fixture *fixture, int number)
{
    return world_call(&fixture->world, &fixture->world.helpers[number],
        pouce_ticker_key(&fixture->ticker, POUCE_ROLE_HELPER));
}

static void create(Fixture *fixture, const char *key, const char *body, const char *of, gint64 cap)
{
    g_autoptr(GBytes) hash = g_bytes_new(body, strlen(body));
    PouceDeskCall call = seeker(fixture, 0);
    PouceDeskRequest request = {
        key, hash, "printer", of, "", "", cap, make_answer, on_created, fixture};

    pouce_desk_create(fixture->world.desk, &call, &request);
    world_flush(&fixture->world);
}

static void assert_error(Fixture *fixture, GQuark domain, int code)
{
    assert_non_null(fixture->error);
    if (!g_error_matches(fixture->error, domain, code)) {
        fail_msg("another error: %s", fixture->error->message);
    }
}

static void test_one_key_one_session(void **state)
{
    Fixture *fixture = *state;

    create(fixture, "k", "body", fixture->world.helpers[1].account, 500);
    g_autofree char *first = g_strdup(fixture->answer);
    assert_non_null(first);
    assert_string_equal(fixture->ring, fixture->world.helpers[1].account);
    create(fixture, "k", "body", fixture->world.helpers[1].account, 500);
    assert_string_equal(fixture->answer, first);
    assert_int_equal(fixture->rings, 1);
    create(fixture, "k", "another body", fixture->world.helpers[1].account, 500);
    assert_error(fixture, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISMATCH);
    world_check(&fixture->world);
}

static void test_refusals_leave_nothing(void **state)
{
    Fixture *fixture = *state;
    const char *paid = fixture->world.helpers[1].account;
    PouceDirectory *directory = pouce_desk_directory(fixture->world.desk);

    create(fixture, "money", "b", paid, 100001);
    assert_error(fixture, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_DENIED);
    assert_int_equal(pouce_directory_available(directory, paid), POUCE_FREE_NOW);
    create(fixture, "nobody", "b", "no such helper", 100);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MISSING);
    create(fixture, "cap", "b", paid, 0);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MALFORMED);
    create(fixture, "good", "b", paid, 100);
    assert_null(fixture->error);
    create(fixture, "busy", "b", paid, 100);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_UNAVAILABLE);
    assert_int_equal(fixture->rings, 1);
    // What was refused for want of money may be tried again with the same key.
    create(fixture, "money", "b", fixture->world.helpers[2].account, 200);
    assert_null(fixture->error);
    world_check(&fixture->world);
}

static void test_first_free_goes_round(void **state)
{
    Fixture *fixture = *state;

    create(fixture, "k", "b", NULL, 500);
    assert_string_equal(fixture->ring, fixture->world.helpers[0].account); // free of charge
    PouceDeskCall first = helper(fixture, 0);
    pouce_desk_decline(fixture->world.desk, &first, fixture->answer, on_done, fixture);
    world_flush(&fixture->world);
    assert_string_equal(fixture->over, fixture->world.helpers[0].account);
    assert_string_equal(fixture->ring, fixture->world.helpers[1].account);
    // The third goes away before his turn: he is left out.
    PouceDeskCall third = helper(fixture, 2);
    pouce_desk_device_down(fixture->world.desk, &third);
    world_pass(&fixture->world, POUCE_RING_US);
    world_flush(&fixture->world);
    assert_int_equal(fixture->why, POUCE_RING_EXPIRED);
    assert_string_equal(fixture->ring, fixture->world.helpers[3].account);
    world_pass(&fixture->world, POUCE_RING_US);
    world_flush(&fixture->world);
    assert_null(pouce_desk_find(fixture->world.desk, fixture->answer));
    world_check(&fixture->world);
}

static void test_who_may(void **state)
{
    Fixture *fixture = *state;
    PouceDesk *desk = fixture->world.desk;
    g_autoptr(GError) early = NULL;
    g_autoptr(GError) device = NULL;

    create(fixture, "k", "b", fixture->world.helpers[1].account, 500);
    g_autofree char *id = g_strdup(fixture->answer);
    PouceDeskCall own = seeker(fixture, 0);
    PouceDeskCall stranger = helper(fixture, 2);
    PouceDeskCall rung = helper(fixture, 1);

    pouce_desk_accept(desk, &stranger, id, on_done, fixture);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MISSING);
    assert_null(pouce_desk_relay_to(desk, &own, id, &early));
    assert_true(g_error_matches(early, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT));
    pouce_desk_accept(desk, &rung, id, on_done, fixture);
    world_flush(&fixture->world);
    assert_string_equal(fixture->row->state, "accepted");
    assert_string_equal(fixture->row->helper.device, fixture->world.helpers[1].device);
    pouce_desk_accept(desk, &rung, id, on_done, fixture);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT);
    assert_string_equal(
        pouce_desk_relay_to(desk, &own, id, NULL), fixture->world.helpers[1].device);
    assert_string_equal(
        pouce_desk_relay_to(desk, &rung, id, NULL), fixture->world.seekers[0].device);
    own.device = "another device of mine";
    assert_null(pouce_desk_relay_to(desk, &own, id, &device));
    assert_true(g_error_matches(device, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_FORBIDDEN));
    pouce_desk_rate(desk, &own, id, 5, "", on_done, fixture);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT);
    pouce_desk_end(desk, &own, id, POUCE_END_NONE, on_done, fixture);
    world_flush(&fixture->world);
    assert_string_equal(fixture->row->state, "failed");
    assert_string_equal(fixture->row->end_reason, "withdrawn");
    // It is over and out of memory; the answer is still a true one.
    pouce_desk_rate(desk, &own, id, 5, "", on_done, fixture);
    world_flush(&fixture->world);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_CONFLICT);
    pouce_desk_rate(desk, &stranger, id, 5, "", on_done, fixture);
    world_flush(&fixture->world);
    assert_error(fixture, POUCE_MARKET_ERROR, POUCE_MARKET_ERROR_MISSING);
}

// Both ends deliver each tick. The second delivery finds nothing new in memory, while the first is
// still on its way to the disk: acknowledged now, a kill would lose a tick that nobody sends again.
static void test_no_acknowledgement_overtakes_the_commit(void **state)
{
    Fixture *fixture = *state;
    PouceDesk *desk = fixture->world.desk;
    PouceSignedTick tick;

    create(fixture, "k", "b", fixture->world.helpers[1].account, 500);
    g_autofree char *id = g_strdup(fixture->answer);
    PouceDeskCall own = seeker(fixture, 0);
    PouceDeskCall rung = helper(fixture, 1);

    pouce_desk_accept(desk, &rung, id, on_done, fixture);
    world_flush(&fixture->world);
    pouce_desk_confirm(desk, &own, id, POUCE_CAPABILITY_VIEW, on_done, fixture);
    world_flush(&fixture->world);
    assert_string_equal(fixture->row->state, "connecting");
    PoucePrice price = {.rate_minor_per_min = fixture->row->rate_minor_per_min, .cap_minor = 500};
    g_strlcpy(price.session, id, sizeof price.session);
    g_strlcpy(price.currency, "EUR", sizeof price.currency);
    pouce_ticker_begin(&fixture->ticker, &price);
    pouce_ticker_make(&fixture->ticker, POUCE_ROLE_SEEKER, 5000, &tick);

    pouce_desk_ticks(desk, &own, id, &tick, 1, NULL, NULL);
    pouce_desk_ticks(desk, &rung, id, &tick, 1, NULL, NULL);
    assert_int_equal(fixture->acks, 0);
    world_flush(&fixture->world);
    assert_int_equal(fixture->acks, 2);
    pouce_desk_ticks(desk, &rung, id, &tick, 1, NULL, NULL);
    assert_int_equal(fixture->acks, 3); // nothing under way: at once
}

static void test_a_restart_gives_the_hold_back(void **state)
{
    Fixture *fixture = *state;
    gint64 held = -1;

    create(fixture, "k", "b", fixture->world.helpers[1].account, 500);
    world_close(&fixture->world);
    world_open(&fixture->world, fixture->scratch.folder);
    world_flush(&fixture->world);
    g_autoptr(PouceDb) db = world_db(&fixture->world);
    g_autoptr(PouceSessionRow) row = pouce_sessions_find(db, fixture->answer, NULL);
    assert_string_equal(row->state, "failed");
    assert_string_equal(row->end_reason, "broker");
    assert_true(pouce_ledger_balance(
        db, POUCE_MONEY_HELD, fixture->world.seekers[0].account, "EUR", &held, NULL));
    assert_int_equal(held, 0);
    assert_int_equal(pouce_directory_available(pouce_desk_directory(fixture->world.desk),
                         fixture->world.helpers[1].account),
        POUCE_FREE_NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_key_one_session, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals_leave_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_first_free_goes_round, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_may, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_no_acknowledgement_overtakes_the_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_restart_gives_the_hold_back, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
