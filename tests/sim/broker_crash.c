// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A broker that is killed at random moments: what it reported is on the disk, nothing is billed
// twice.
//
// The child runs sessions through the real store and says on its standard output what was reported
// to it. The parent kills it with SIGKILL, reads what it said, and compares with the file. The next
// child finds that file and asks its last requests again.
//
// usage: broker_crash [SEED [ROUNDS]]

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/store/audit.h"
#include "tests/sim/broker_world.h"
#include "tests/unit/broker/store/scratch.h"

#define DEFAULT_SEED 7u
#define DEFAULT_ROUNDS 25
#define LIFE_MAX_US 60000 // after the child has begun
#define AGAIN 3           // requests of the life before that are asked again

// ---- child

typedef struct {
    World world;
    PouceTicker ticker;
    int number; // of the request
    char id[POUCE_ID_CHARS + 1];
} Child;

static void say(const char *format, ...)
{
    char line[256];
    va_list values;

    va_start(values, format);
    int bytes = g_vsnprintf(line, sizeof line, format, values);
    va_end(values);
    // One write a line: what was said was said whole.
    if (write(STDOUT_FILENO, line, (gsize)bytes) != bytes) {
        _exit(3);
    }
}

static GBytes *make_answer(gpointer data, const PouceSessionRow *session)
{
    return g_bytes_new(session->id, strlen(session->id) + 1);
}

static void on_created(gpointer data, GBytes *answer, const GError *error)
{
    Child *child = data;

    *child->id = '\0';
    if (answer) {
        g_strlcpy(child->id, g_bytes_get_data(answer, NULL), sizeof child->id);
        say("created %d %s\n", child->number, child->id);
    }
}

static void on_changed(gpointer data, const PouceSessionRow *session)
{
    say("state %s %s %d\n", session->id, session->state, (int)session->cost_minor);
}

static void on_ticks(
    gpointer data, const PouceSessionRow *session, gint64 seeker_seq, gint64 helper_seq)
{
    say("ticks %s %d %d %d\n", session->id, (int)seeker_seq, (int)helper_seq,
        (int)session->signed_ms);
}

static void ask(Child *child)
{
    g_autofree char *key = g_strdup_printf("crash %d", child->number);
    g_autoptr(GBytes) hash = g_bytes_new(key, strlen(key));
    PouceDeskCall call =
        world_call(&child->world, &child->world.seekers[child->number % WORLD_SEEKERS],
            pouce_ticker_key(&child->ticker, POUCE_ROLE_SEEKER));
    PouceDeskRequest request = {key, hash, "printer",
        child->world.helpers[child->number % WORLD_HELPERS].account, "", "", 500, make_answer,
        on_created, child};

    pouce_desk_create(child->world.desk, &call, &request);
    world_flush(&child->world);
}

static void help(Child *child)
{
    World *world = &child->world;
    g_autoptr(PouceSessionRow) row = pouce_desk_find(world->desk, child->id);
    PouceDeskCall seeker = world_call(world, &world->seekers[child->number % WORLD_SEEKERS],
        pouce_ticker_key(&child->ticker, POUCE_ROLE_SEEKER));
    PouceDeskCall helper = world_call(world, &world->helpers[child->number % WORLD_HELPERS],
        pouce_ticker_key(&child->ticker, POUCE_ROLE_HELPER));
    PoucePrice price = {.currency = "EUR"};

    if (!row || strcmp(row->state, "ringing") != 0) {
        return; // of an earlier life
    }
    g_strlcpy(price.session, row->id, sizeof price.session);
    price.rate_minor_per_min = row->rate_minor_per_min;
    price.cap_minor = row->cap_minor;
    pouce_ticker_begin(&child->ticker, &price);
    pouce_desk_accept(world->desk, &helper, child->id, NULL, NULL);
    pouce_desk_confirm(world->desk, &seeker, child->id, POUCE_CAPABILITY_VIEW, NULL, NULL);
    pouce_desk_bound(world->desk, &seeker, child->id, NULL, NULL);
    pouce_desk_bound(world->desk, &helper, child->id, NULL, NULL);
    for (int i = 1; i <= 4; i++) {
        PouceSignedTick ticks[2];

        world_pass(world, 5 * G_USEC_PER_SEC);
        seeker.now_us = world->now_us;
        pouce_ticker_make(&child->ticker, POUCE_ROLE_SEEKER, i * 5000, &ticks[0]);
        pouce_ticker_make(&child->ticker, POUCE_ROLE_HELPER, i * 5000, &ticks[1]);
        pouce_desk_ticks(world->desk, &seeker, child->id, ticks, 2, NULL, NULL);
        world_flush(world);
    }
    seeker.now_us = world->now_us;
    pouce_desk_end(world->desk, &seeker, child->id, POUCE_END_SEEKER, NULL, NULL);
    world_pass(world, POUCE_SETTLE_US);
    world_flush(world);
}

static G_NORETURN void run_child(const char *folder, int number)
{
    static const PouceDeskListener listener = {.changed = on_changed, .ticks = on_ticks};
    Child child = {.number = MAX(0, number - AGAIN)};

    child.world.listener = &listener;
    child.world.data = &child;
    child.world.now_us = G_USEC_PER_SEC;
    child.world.now_s = 1790000000;
    world_open(&child.world, folder);
    say("begun\n");
    for (;; child.number++) {
        pouce_ticker_init(&child.ticker, (guint32)child.number);
        ask(&child);
        help(&child);
        pouce_ticker_clear(&child.ticker);
        world_pass(&child.world, 10 * G_USEC_PER_SEC); // what an earlier life left comes to its end
    }
}

// ---- parent

typedef struct {
    PouceScratch scratch;
    World world; // for world_check
    GRand *random;
    GHashTable *answers; // request number -> session id
    int next;            // request number
    int reports;
} Parent;

static gint64 number_of(PouceDb *db, const char *format, const char *id)
{
    g_autofree char *sql = g_strdup_printf(format, id);

    return world_number(db, sql);
}

static void check_created(Parent *parent, PouceDb *db, int number, const char *id)
{
    g_autofree char *key = g_strdup_printf("crash %d", number);
    g_autoptr(GBytes) hash = g_bytes_new(key, strlen(key));
    g_autoptr(GBytes) answer = NULL;
    gint64 status = 0;
    const char *first = g_hash_table_lookup(parent->answers, GINT_TO_POINTER(number + 1));

    if (first) {
        g_assert_cmpstr(first, ==, id);
    } else {
        g_hash_table_insert(parent->answers, GINT_TO_POINTER(number + 1), g_strdup(id));
    }
    g_assert_cmpint(pouce_requests_find(db, parent->world.seekers[number % WORLD_SEEKERS].account,
                        key, hash, &status, &answer, NULL),
        ==, POUCE_REQUEST_REPLAY);
    g_assert_cmpstr(g_bytes_get_data(answer, NULL), ==, id);
    g_assert_cmpint(number_of(db,
                        "SELECT COUNT(*) FROM sessions s JOIN ledger_transfers t "
                        "ON t.session = s.id AND t.kind = 'hold' WHERE s.id = '%s'",
                        id),
        ==, 1);
    parent->next = MAX(parent->next, number + 1);
}

static void check_state(PouceDb *db, const char *id, const char *state, int cost)
{
    static const char order[] = "open ringing accepted connecting live paused ended settled rated "
                                "declined expired failed";
    g_autoptr(PouceSessionRow) row = pouce_sessions_find(db, id, NULL);

    g_assert_nonnull(row);
    // live and paused come and go; everything else only goes on.
    if (strcmp(state, "paused") != 0) {
        g_assert_true(strstr(order, row->state) >= strstr(order, state));
    }
    g_assert_cmpint(row->cost_minor, >=, cost);
    if (strcmp(state, "settled") == 0) {
        g_assert_cmpint(row->cost_minor, ==, cost);
        g_assert_cmpint(
            number_of(db, "SELECT COUNT(*) FROM receipts WHERE session = '%s'", id), ==, 1);
    }
}

static void check_ticks(PouceDb *db, const char *id, int seeker_seq, int helper_seq, int signed_ms)
{
    g_autoptr(PouceTickRow) seeker = pouce_ticks_last(db, id, "seeker", NULL);
    g_autoptr(PouceTickRow) helper = pouce_ticks_last(db, id, "helper", NULL);
    g_autoptr(PouceSessionRow) row = pouce_sessions_find(db, id, NULL);

    g_assert_cmpint(seeker ? seeker->seq : 0, >=, seeker_seq);
    g_assert_cmpint(helper ? helper->seq : 0, >=, helper_seq);
    g_assert_cmpint(row->signed_ms, >=, signed_ms);
}

static void check_line(Parent *parent, PouceDb *db, const char *line)
{
    char id[64];
    char state[32];
    int a = 0;
    int b = 0;
    int c = 0;

    if (sscanf(line, "created %d %63s", &a, id) == 2) {
        check_created(parent, db, a, id);
    } else if (sscanf(line, "state %63s %31s %d", id, state, &a) == 3) {
        check_state(db, id, state, a);
    } else if (sscanf(line, "ticks %63s %d %d %d", id, &a, &b, &c) == 4) {
        check_ticks(db, id, a, b, c);
    } else {
        g_assert_cmpstr(line, ==, "begun");
    }
    parent->reports++;
}

static GString *read_life(Parent *parent, GPid child, int out)
{
    GString *said = g_string_new(NULL);
    char buffer[4096];
    gboolean killed = FALSE;

    for (gssize got = read(out, buffer, sizeof buffer); got > 0;
         got = read(out, buffer, sizeof buffer)) {
        g_string_append_len(said, buffer, got);
        if (!killed) { // it has begun
            g_usleep((gulong)g_rand_int_range(parent->random, 0, LIFE_MAX_US));
            g_assert_cmpint(kill(child, SIGKILL), ==, 0);
            killed = TRUE;
        }
    }
    return said;
}

static void one_life(Parent *parent, const char *program)
{
    g_autofree char *number = g_strdup_printf("%d", parent->next);
    char *argv[] = {(char *)program, (char *)"child", parent->scratch.folder, number, NULL};
    g_autoptr(GError) error = NULL;
    GPid child = 0;
    int out = -1;
    int status = 0;

    g_spawn_async_with_pipes(
        NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GString) said = read_life(parent, child, out);

    close(out);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    g_autoptr(PouceDb) db = pouce_db_open(parent->scratch.uri, POUCE_DB_WRITE, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(said->str, "\n", -1);
    for (gsize i = 0; lines[i] && lines[i][0]; i++) {
        check_line(parent, db, lines[i]);
    }
    world_check(&parent->world);
}

static void wind_up(Parent *parent)
{
    static const PouceDeskListener listener = {0};

    parent->world.listener = &listener;
    parent->world.now_us = G_USEC_PER_SEC;
    world_open(&parent->world, parent->scratch.folder);
    for (int i = 0; i < 20; i++) {
        world_pass(&parent->world, 31 * G_USEC_PER_SEC);
        world_flush(&parent->world);
    }
    world_check(&parent->world);
    g_autoptr(PouceDb) db = world_db(&parent->world);

    g_assert_cmpint(
        world_number(db, "SELECT SUM(balance) FROM ledger_balances WHERE kind = 'held'"), ==, 0);
    g_print("%d reports, %d sessions, %d receipts, all as reported\n", parent->reports,
        (int)world_number(db, "SELECT COUNT(*) FROM sessions"),
        (int)world_number(db, "SELECT COUNT(*) FROM receipts"));
    g_assert_cmpint(world_number(db, "SELECT COUNT(*) FROM receipts"), >, 0);
    g_clear_pointer(&db, pouce_db_close);
    world_close(&parent->world);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "child") == 0) {
        run_child(argv[2], atoi(argv[3]));
    }
    guint32 seed = argc > 1 ? (guint32)strtoul(argv[1], NULL, 10) : DEFAULT_SEED;
    int rounds = argc > 2 ? atoi(argv[2]) : DEFAULT_ROUNDS;
    Parent parent = {.random = g_rand_new_with_seed(seed)};

    g_print("seed %u, %d kills\n", seed, rounds);
    pouce_scratch_init(&parent.scratch);
    parent.answers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    parent.world.uri = g_strdup(parent.scratch.uri);
    world_name(&parent.world);
    for (int round = 0; round < rounds; round++) {
        one_life(&parent, argv[0]);
    }
    wind_up(&parent);
    g_free(parent.world.uri);
    g_hash_table_unref(parent.answers);
    g_rand_free(parent.random);
    pouce_scratch_clear(&parent.scratch);
    return 0;
}
