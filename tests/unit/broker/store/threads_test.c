// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/store/store.h"
#include "tests/unit/broker/store/scratch.h"

#define DEADLINE_S 20

typedef struct {
    PouceScratch scratch;
    PouceStore *store;
    int reported;
    int failed;
    int freed;
    int fatal;
    GString *order;
} Fixture;

typedef struct {
    Fixture *fixture;
    int n;
    enum { GOOD, FAILS_AFTER_WRITING, BREAKS } how;
    gint64 seen; // by a read
} Job;

static void on_fatal(gpointer data, const GError *error)
{
    Fixture *fixture = data;

    assert_true(pouce_db_is_fatal(error));
    fixture->fatal++;
}

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;

    pouce_scratch_init(&fixture->scratch);
    PouceStoreConfig config = {fixture->scratch.uri, on_fatal, fixture};
    fixture->store = pouce_store_new(&config, &error);
    g_assert_no_error(error);
    fixture->order = g_string_new(NULL);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    pouce_store_free(fixture->store);
    pouce_scratch_clear(&fixture->scratch);
    g_string_free(fixture->order, TRUE);
    g_free(fixture);
    return 0;
}

static gboolean write_number(PouceDb *db, gpointer data, GError **error)
{
    const Job *job = data;

    assert_true(pouce_db_in_transaction(db));
    if (job->how == BREAKS) {
        return pouce_db_exec(db, error, "INSERT INTO no_such_table VALUES (1)", "");
    }
    if (!pouce_db_exec(db, error, "INSERT INTO receipt_counters (year, last) VALUES ($1, 0)", "i",
            (gint64)job->n)) {
        return FALSE;
    }
    if (job->how == FAILS_AFTER_WRITING) {
        g_set_error_literal(error, POUCE_DB_ERROR, POUCE_DB_ERROR_MISSING, "asked to fail");
    }
    return job->how == GOOD;
}

static gboolean read_count(PouceDb *db, gpointer data, GError **error)
{
    Job *job = data;
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(db, error, "SELECT COUNT(*) FROM receipt_counters", "");

    if (!rows || pouce_db_next(rows, error) != POUCE_DB_ROW) {
        return FALSE;
    }
    job->seen = pouce_db_int(rows, 0);
    return TRUE;
}

static void on_done(gpointer data, const GError *error)
{
    Job *job = data;

    job->fixture->reported++;
    job->fixture->failed += error != NULL;
    g_string_append_printf(job->fixture->order, "%d ", job->n);
}

static void on_free(gpointer data)
{
    Job *job = data;

    job->fixture->freed++;
    g_free(job);
}

static Job *job_new(Fixture *fixture, int n, int how)
{
    Job *job = g_new0(Job, 1);

    job->fixture = fixture;
    job->n = n;
    job->how = how;
    return job;
}

static gboolean queue(Fixture *fixture, int n, int how)
{
    return pouce_store_write(
        fixture->store, write_number, on_done, job_new(fixture, n, how), on_free, NULL);
}

static gboolean on_late(gpointer data)
{
    g_error("nothing was reported within %d s", DEADLINE_S);
    return G_SOURCE_REMOVE;
}

static void wait_for(const int *value, int wanted)
{
    guint timer = g_timeout_add_seconds(DEADLINE_S, on_late, NULL);

    while (*value < wanted) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(timer);
}

static gint64 stored(Fixture *fixture)
{
    g_autoptr(PouceDb) db = pouce_db_open(fixture->scratch.uri, POUCE_DB_READ, NULL);
    Job job = {0};

    assert_true(read_count(db, &job, NULL));
    return job.seen;
}

static void test_one_failure_spoils_nothing(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GString) wanted = g_string_new(NULL);

    for (int n = 1; n <= 600; n++) { // more than two groups
        assert_true(queue(fixture, n, n % 7 == 0 ? FAILS_AFTER_WRITING : GOOD));
        g_string_append_printf(wanted, "%d ", n);
    }
    wait_for(&fixture->reported, 600);
    assert_int_equal(fixture->failed, 85);
    assert_int_equal(fixture->freed, 600);
    assert_string_equal(fixture->order->str, wanted->str);
    assert_int_equal(stored(fixture), 515);
}

static void test_reported_is_durable(void **state)
{
    Fixture *fixture = *state;

    for (int n = 1; n <= 20; n++) {
        assert_true(queue(fixture, n, GOOD));
        wait_for(&fixture->reported, n);
        assert_int_equal(stored(fixture), n);
    }
}

static void test_reads_see_what_was_reported(void **state)
{
    Fixture *fixture = *state;

    assert_true(queue(fixture, 1, GOOD));
    wait_for(&fixture->reported, 1);
    Job job = {.fixture = fixture, .n = 2};
    assert_true(pouce_store_read(fixture->store, read_count, on_done, &job, NULL, NULL));
    wait_for(&fixture->reported, 2);
    assert_int_equal(job.seen, 1);
}

static void test_stopping_finishes_what_was_accepted(void **state)
{
    Fixture *fixture = *state;

    for (int n = 1; n <= 300; n++) {
        assert_true(queue(fixture, n, GOOD));
    }
    pouce_store_free(g_steal_pointer(&fixture->store));
    assert_int_equal(fixture->reported, 300);
    assert_int_equal(fixture->freed, 300);
    assert_int_equal(stored(fixture), 300);
}

static void test_full_queue_refuses(void **state)
{
    Fixture *fixture = *state;
    int accepted = 0;
    int refused = 0;

    // Far faster than the disk: the queue must come to its end.
    for (int n = 1; n <= 200000 && refused == 0; n++) {
        if (queue(fixture, n, GOOD)) {
            accepted++;
        } else {
            refused++;
        }
    }
    assert_int_equal(refused, 1);
    wait_for(&fixture->reported, accepted);
    assert_int_equal(fixture->freed, accepted + 1);
}

static void test_a_broken_engine_stops_everything(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_true(queue(fixture, 1, GOOD));
    wait_for(&fixture->reported, 1);
    assert_true(queue(fixture, 2, BREAKS));
    wait_for(&fixture->fatal, 1);
    Job *job = job_new(fixture, 3, GOOD);
    assert_false(pouce_store_write(fixture->store, write_number, on_done, job, on_free, &error));
    assert_true(g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CLOSED));
    pouce_store_free(g_steal_pointer(&fixture->store));
    assert_int_equal(fixture->fatal, 1);
    assert_int_equal(fixture->reported, 1);
    assert_int_equal(fixture->freed, 3);
    assert_int_equal(stored(fixture), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_failure_spoils_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reported_is_durable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reads_see_what_was_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stopping_finishes_what_was_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_queue_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_broken_engine_stops_everything, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
