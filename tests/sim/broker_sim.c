// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Many sessions under a virtual clock: ticks that come, stay away or come twice, double requests,
// people who vanish, a broker that stops and starts. After each step the money must be right.
//
// usage: broker_sim [SEED [STEPS]]

#include <stdlib.h>
#include <string.h>

#include "tests/sim/broker_world.h"
#include "tests/unit/broker/store/scratch.h"

#define DEFAULT_SEED 20260101u
#define DEFAULT_STEPS 4000
#define DEEP_CHECK_EACH 10

// What the simulation knows of one session.
typedef struct {
    char id[POUCE_ID_CHARS + 1];
    int seeker;
    PouceTicker ticker;
    gboolean ticking;
    gint64 live_ms[2];
} Case;

typedef struct {
    World world;
    GRand *random;
    GPtrArray *cases;
    Case *asking; // in flight
    GBytes *answer;
    int created, refused, replayed, calls, errors, rings, restarts;
} Sim;

static int roll(Sim *sim, int sides)
{
    return g_rand_int_range(sim->random, 0, sides);
}

static void on_ring(gpointer data, const PouceSessionRow *session, gint64 expires_ms)
{
    ((Sim *)data)->rings++;
    g_assert_cmpstr(session->state, ==, "ringing");
    g_assert_cmpint(expires_ms, ==, 30000);
}

// What is told is on the disk: another connection sees it already.
static void on_changed(gpointer data, const PouceSessionRow *session)
{
    Sim *sim = data;
    g_autoptr(PouceDb) db = world_db(&sim->world);
    g_autoptr(PouceSessionRow) row = pouce_sessions_find(db, session->id, NULL);

    g_assert_nonnull(row);
}

static void on_ticks(
    gpointer data, const PouceSessionRow *session, gint64 seeker_seq, gint64 helper_seq)
{
    Sim *sim = data;
    g_autoptr(PouceDb) db = world_db(&sim->world);
    g_autoptr(PouceTickRow) last = pouce_ticks_last(db, session->id, "seeker", NULL);

    g_assert_cmpint(last ? last->seq : 0, >=, seeker_seq);
}

static void on_done(gpointer data, const PouceSessionRow *session, const GError *error)
{
    Sim *sim = data;

    sim->calls++;
    sim->errors += error != NULL;
    g_assert_true((session == NULL) == (error != NULL));
    g_assert_false(pouce_db_is_fatal(error));
}

static GBytes *make_answer(gpointer data, const PouceSessionRow *session)
{
    return g_bytes_new(session->id, strlen(session->id));
}

static void on_created(gpointer data, GBytes *answer, const GError *error)
{
    Sim *sim = data;

    g_assert_true((answer == NULL) == (error != NULL));
    if (!answer) {
        sim->refused++;
    } else if (!sim->answer) {
        sim->created++;
        sim->answer = g_bytes_ref(answer);
    } else { // the same key again: the same answer
        sim->replayed++;
        g_assert_true(g_bytes_equal(sim->answer, answer));
    }
}

static void ask(Sim *sim)
{
    Case *one = g_new0(Case, 1);
    g_autofree char *key = g_strdup_printf("key %u", sim->cases->len);
    g_autoptr(GBytes) hash = g_bytes_new(key, strlen(key));
    const Person *helper = &sim->world.helpers[roll(sim, WORLD_HELPERS)];

    one->seeker = roll(sim, WORLD_SEEKERS);
    pouce_ticker_init(&one->ticker, sim->cases->len);
    g_ptr_array_add(sim->cases, one);
    PouceDeskCall call = world_call(&sim->world, &sim->world.seekers[one->seeker],
        pouce_ticker_key(&one->ticker, POUCE_ROLE_SEEKER));
    PouceDeskRequest request = {key, hash, "printer", roll(sim, 2) ? helper->account : NULL, "", "",
        roll(sim, 8) ? roll(sim, 3000) + 1 : 10000000, make_answer, on_created, sim};

    for (int times = 1 + (roll(sim, 4) == 0); times > 0; times--) {
        pouce_desk_create(sim->world.desk, &call, &request);
    }
    world_flush(&sim->world);
    if (sim->answer) {
        gsize bytes = 0;
        const char *id = g_bytes_get_data(sim->answer, &bytes);

        g_strlcpy(one->id, id, MIN(bytes + 1, sizeof one->id));
        g_clear_pointer(&sim->answer, g_bytes_unref);
        pouce_desk_create(sim->world.desk, &call, &request); // much later, still the same
        sim->answer = g_bytes_new(one->id, strlen(one->id));
        world_flush(&sim->world);
        g_clear_pointer(&sim->answer, g_bytes_unref);
    }
}

static const Person *helper_of(Sim *sim, const PouceSessionRow *row)
{
    for (int i = 0; i < WORLD_HELPERS; i++) {
        if (row && strcmp(sim->world.helpers[i].account, row->helper.account) == 0) {
            return &sim->world.helpers[i];
        }
    }
    return &sim->world.helpers[roll(sim, WORLD_HELPERS)];
}

static void send_ticks(Sim *sim, Case *one, const PouceSessionRow *row, const PouceDeskCall *call)
{
    PouceSignedTick ticks[4];
    guint count = 0;

    if (!one->ticking && row && strcmp(row->state, "connecting") == 0) {
        PoucePrice price = {.rate_minor_per_min = row->rate_minor_per_min,
            .cap_minor = row->cap_minor,
            .currency = "EUR"};

        g_strlcpy(price.session, row->id, sizeof price.session);
        pouce_ticker_begin(&one->ticker, &price);
        one->ticking = TRUE;
    }
    if (!one->ticking) {
        return;
    }
    for (int role = 0; role < 2; role++) {
        if (roll(sim, 12)) { // else this end is silent
            one->live_ms[role] += roll(sim, 5000);
            pouce_ticker_make(&one->ticker, (PouceRole)role, one->live_ms[role], &ticks[count++]);
        }
    }
    if (count > 0 && roll(sim, 6) == 0) { // delivered twice
        ticks[count] = ticks[0];
        count++;
    }
    if (roll(sim, 40) == 0 && count > 0) { // forged
        ticks[count] = ticks[0];
        ticks[count++].sig[1] ^= 1;
    }
    pouce_desk_ticks(sim->world.desk, call, one->id, ticks, count, on_done, sim);
}

// What usually comes next; anything at all one time in four.
static int choose_act(Sim *sim, const PouceSessionRow *row)
{
    static const struct {
        const char *state;
        int acts[4];
    } usual[] = {
        {"ringing", {0, 0, 0, 2}},
        {"accepted", {3, 3, 3, 7}},
        {"connecting", {5, 5, 10, 5}},
        {"live", {10, 10, 10, 10}},
        {"paused", {6, 6, 10, 10}},
        {"ended", {10, 10, 10, 8}},
    };

    gboolean usually = row && roll(sim, 4) != 0;

    for (gsize i = 0; usually && i < G_N_ELEMENTS(usual); i++) {
        if (strcmp(row->state, usual[i].state) == 0) {
            return usual[i].acts[roll(sim, 4)];
        }
    }
    return roll(sim, 16);
}

static void act(Sim *sim, Case *one)
{
    PouceDesk *desk = sim->world.desk;
    g_autoptr(PouceSessionRow) row = pouce_desk_find(desk, one->id);
    PouceDeskCall seeker = world_call(&sim->world, &sim->world.seekers[one->seeker],
        pouce_ticker_key(&one->ticker, POUCE_ROLE_SEEKER));
    PouceDeskCall helper = world_call(
        &sim->world, helper_of(sim, row), pouce_ticker_key(&one->ticker, POUCE_ROLE_HELPER));
    const PouceDeskCall *either = roll(sim, 2) ? &seeker : &helper;

    switch (choose_act(sim, row)) {
    case 0:
    case 1:
        pouce_desk_accept(desk, &helper, one->id, on_done, sim);
        if (roll(sim, 3) == 0) {
            pouce_desk_accept(desk, &helper, one->id, on_done, sim);
        }
        break;
    case 2:
        pouce_desk_decline(desk, &helper, one->id, on_done, sim);
        break;
    case 3:
    case 4:
        pouce_desk_confirm(desk, &seeker, one->id, POUCE_CAPABILITY_VIEW, on_done, sim);
        break;
    case 5:
        pouce_desk_bound(desk, &seeker, one->id, on_done, sim);
        pouce_desk_bound(desk, &helper, one->id, on_done, sim);
        break;
    case 6:
        pouce_desk_pause(desk, either, one->id, roll(sim, 2), on_done, sim);
        break;
    case 7:
        if (roll(sim, 3) == 0) {
            pouce_desk_end(desk, either, one->id, POUCE_END_NONE, on_done, sim);
        }
        break;
    case 8:
        pouce_desk_rate(desk, &seeker, one->id, roll(sim, 6), "merci", on_done, sim);
        break;
    case 9:
        pouce_desk_device_down(desk, either);
        pouce_desk_device_up(desk, &helper, TRUE);
        break;
    default:
        send_ticks(sim, one, row, either);
        world_pass(&sim->world, roll(sim, 4000000));
    }
}

static void restart(Sim *sim, const char *folder)
{
    world_close(&sim->world);
    sim->world.now_us = g_rand_int(sim->random); // another clock
    world_open(&sim->world, folder);
    sim->restarts++;
}

static void step(Sim *sim, int number, const char *folder)
{
    int kind = roll(sim, 100);

    if (kind < 6 || sim->cases->len == 0) {
        ask(sim);
    } else if (kind < 8) {
        world_pass(&sim->world, roll(sim, 90) * G_USEC_PER_SEC);
    } else if (kind == 8 && roll(sim, 3) == 0) {
        restart(sim, folder);
    } else { // mostly the young ones
        guint back = MIN(sim->cases->len, 6);

        act(sim, sim->cases->pdata[sim->cases->len - 1 - (guint)roll(sim, (int)back)]);
    }
    world_flush(&sim->world);
    if (number % DEEP_CHECK_EACH == 0) {
        world_check(&sim->world);
    }
}

// Everybody goes: all that was promised is paid or given back.
static void wind_up(Sim *sim)
{
    for (int i = 0; i < 200; i++) {
        world_pass(&sim->world, 31 * G_USEC_PER_SEC);
        world_flush(&sim->world);
    }
    g_autoptr(GPtrArray) left = pouce_desk_unfinished(sim->world.desk, NULL);
    g_autoptr(PouceDb) db = world_db(&sim->world);

    g_assert_cmpuint(left->len, ==, 0);
    world_check(&sim->world);
    g_assert_cmpint(
        world_number(db, "SELECT SUM(balance) FROM ledger_balances WHERE kind = 'held'"), ==, 0);
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions WHERE state NOT IN ('settled', "
                                     "'rated', 'declined', 'expired', 'failed')"),
        ==, 0);
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM sessions"), ==, sim->created);
    g_print("sessions %d, settled %d, refused %d, replayed %d, calls %d of which refused %d, "
            "rings %d, restarts %d, billed %d minor, ticks %d\n",
        sim->created, (int)world_number(db, "SELECT COUNT(*) FROM receipts"), sim->refused,
        sim->replayed, sim->calls, sim->errors, sim->rings, sim->restarts,
        (int)world_number(db, "SELECT COALESCE(SUM(amount_minor), 0) FROM receipts"),
        (int)world_number(db, "SELECT COUNT(*) FROM ticks"));
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM receipts WHERE amount_minor > 0"), >, 0);
}

static void case_free(gpointer data)
{
    Case *one = data;

    pouce_ticker_clear(&one->ticker);
    g_free(one);
}

int main(int argc, char **argv)
{
    static const PouceDeskListener listener = {
        .ring = on_ring, .changed = on_changed, .ticks = on_ticks};
    guint32 seed = argc > 1 ? (guint32)strtoul(argv[1], NULL, 10) : DEFAULT_SEED;
    int steps = argc > 2 ? atoi(argv[2]) : DEFAULT_STEPS;
    PouceScratch scratch;
    Sim sim = {.random = g_rand_new_with_seed(seed)};

    g_print("seed %u, %d steps\n", seed, steps);
    // The rules are under test here, not the disk.
    if (g_file_test("/dev/shm", G_FILE_TEST_IS_DIR)) {
        g_setenv("TMPDIR", "/dev/shm", TRUE);
    }
    pouce_scratch_init(&scratch);
    sim.cases = g_ptr_array_new_with_free_func(case_free);
    sim.world.listener = &listener;
    sim.world.data = &sim;
    sim.world.now_us = G_USEC_PER_SEC;
    world_open(&sim.world, scratch.folder);
    world_pass(&sim.world, 0);
    for (int number = 0; number < steps; number++) {
        step(&sim, number, scratch.folder);
    }
    wind_up(&sim);
    world_close(&sim.world);
    g_free(sim.world.uri);
    g_ptr_array_unref(sim.cases);
    g_rand_free(sim.random);
    pouce_scratch_clear(&scratch);
    return 0;
}
