// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What every engine behind db.h must do; the engine is the one of the scratch database.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/store/db.h"
#include "broker/store/schema.h"
#include "tests/unit/broker/store/scratch.h"

typedef struct {
    PouceScratch scratch;
    PouceDb *db;
} Fixture;

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;

    pouce_scratch_init(&fixture->scratch);
    fixture->db = pouce_db_open(fixture->scratch.uri, POUCE_DB_WRITE, &error);
    g_assert_no_error(error);
    assert_true(fixture->db->engine->script(
        fixture->db, "CREATE TABLE t (a TEXT, n BIGINT UNIQUE, b BLOB)", NULL));
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    pouce_db_close(fixture->db);
    pouce_scratch_clear(&fixture->scratch);
    g_free(fixture);
    return 0;
}

static gint64 count(PouceDb *db)
{
    g_autoptr(PouceDbRows) rows = pouce_db_query(db, NULL, "SELECT COUNT(*) FROM t", "");

    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
    return pouce_db_int(rows, 0);
}

static gboolean put(PouceDb *db, const char *a, gint64 n, GBytes *b, GError **error)
{
    return pouce_db_exec(db, error, "INSERT INTO t (a, n, b) VALUES ($1, $2, $3)", "tib", a, n, b);
}

static void test_values_come_back(void **state)
{
    Fixture *fixture = *state;
    const guint8 raw[] = {0, 255, 0, 7};
    g_autoptr(GBytes) blob = g_bytes_new(raw, sizeof raw);
    g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);

    assert_true(put(fixture->db, "h\xc3\xa9", G_MAXINT64, blob, NULL));
    assert_true(put(fixture->db, "", G_MININT64, empty, NULL));
    assert_true(put(fixture->db, NULL, 0, NULL, NULL));
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(fixture->db, NULL, "SELECT a, n, b FROM t ORDER BY n DESC", "");

    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
    assert_string_equal(pouce_db_text(rows, 0), "h\xc3\xa9");
    assert_true(pouce_db_int(rows, 1) == G_MAXINT64);
    g_autoptr(GBytes) back = pouce_db_blob(rows, 2);
    assert_true(g_bytes_equal(back, blob));
    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
    assert_true(pouce_db_is_null(rows, 0));
    assert_string_equal(pouce_db_text(rows, 0), "");
    assert_null(pouce_db_blob(rows, 2));
    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
    assert_false(pouce_db_is_null(rows, 0));
    assert_true(pouce_db_int(rows, 1) == G_MININT64);
    g_autoptr(GBytes) nothing = pouce_db_blob(rows, 2);
    assert_int_equal(g_bytes_get_size(nothing), 0);
    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_END);
}

static void test_parameters_go_by_number(void **state)
{
    Fixture *fixture = *state;

    assert_true(put(fixture->db, "one", 1, NULL, NULL));
    assert_true(pouce_db_exec(
        fixture->db, NULL, "UPDATE t SET a = $2 WHERE n = $1 AND a <> $2", "it", (gint64)1, "two"));
    assert_int_equal(pouce_db_changed(fixture->db), 1);
    g_autoptr(PouceDbRows) rows =
        pouce_db_query(fixture->db, NULL, "SELECT n FROM t WHERE a = $1", "t", "two");
    assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
}

static void test_upsert_and_returning(void **state)
{
    Fixture *fixture = *state;
    const char *sql = "INSERT INTO t (a, n) VALUES ($1, $2) ON CONFLICT (n) DO UPDATE SET "
                      "a = excluded.a RETURNING a";

    for (int i = 0; i < 2; i++) {
        g_autoptr(PouceDbRows) rows =
            pouce_db_query(fixture->db, NULL, sql, "ti", i ? "second" : "first", (gint64)5);

        assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_ROW);
        assert_string_equal(pouce_db_text(rows, 0), i ? "second" : "first");
        assert_int_equal(pouce_db_next(rows, NULL), POUCE_DB_END);
    }
    assert_int_equal(count(fixture->db), 1);
}

static void test_errors_have_codes(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) conflict = NULL;
    g_autoptr(GError) rule = NULL;
    g_autoptr(GError) broken = NULL;

    assert_true(put(fixture->db, "a", 1, NULL, NULL));
    assert_false(put(fixture->db, "b", 1, NULL, &conflict));
    assert_true(g_error_matches(conflict, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT));
    assert_true(pouce_db_exec(fixture->db, NULL,
        "INSERT INTO audit (seq, time_s, actor, subject, event, detail, hash) "
        "VALUES (1, 0, '', '', '', '', '')",
        ""));
    assert_false(pouce_db_exec(fixture->db, &rule, "UPDATE audit SET detail = 'x'", ""));
    assert_true(g_error_matches(rule, POUCE_DB_ERROR, POUCE_DB_ERROR_RULE));
    assert_null(pouce_db_query(fixture->db, &broken, "SELECT nothing FROM nowhere", ""));
    assert_true(pouce_db_is_fatal(broken));
    // The same statement works again after its failure.
    assert_true(put(fixture->db, "b", 2, NULL, NULL));
}

static void test_savepoints_undo_alone(void **state)
{
    Fixture *fixture = *state;

    assert_true(pouce_db_begin(fixture->db, NULL));
    assert_true(put(fixture->db, "kept", 1, NULL, NULL));
    assert_true(pouce_db_savepoint(fixture->db, NULL));
    assert_true(put(fixture->db, "undone", 2, NULL, NULL));
    assert_true(pouce_db_savepoint(fixture->db, NULL));
    assert_true(put(fixture->db, "deeper", 3, NULL, NULL));
    assert_true(pouce_db_release(fixture->db, NULL));
    assert_true(pouce_db_undo(fixture->db, NULL));
    assert_true(pouce_db_commit(fixture->db, NULL));
    assert_int_equal(count(fixture->db), 1);
    assert_true(pouce_db_begin(fixture->db, NULL));
    assert_true(put(fixture->db, "gone", 4, NULL, NULL));
    assert_true(pouce_db_rollback(fixture->db, NULL));
    assert_int_equal(count(fixture->db), 1);
    assert_false(pouce_db_in_transaction(fixture->db));
}

static void test_one_text_twice_at_once(void **state)
{
    Fixture *fixture = *state;

    assert_true(put(fixture->db, "a", 1, NULL, NULL));
    assert_true(put(fixture->db, "b", 2, NULL, NULL));
    g_autoptr(PouceDbRows) one =
        pouce_db_query(fixture->db, NULL, "SELECT a FROM t ORDER BY n", "");
    assert_int_equal(pouce_db_next(one, NULL), POUCE_DB_ROW);
    g_autoptr(PouceDbRows) two =
        pouce_db_query(fixture->db, NULL, "SELECT a FROM t ORDER BY n", "");
    assert_int_equal(pouce_db_next(two, NULL), POUCE_DB_ROW);
    assert_int_equal(pouce_db_next(one, NULL), POUCE_DB_ROW);
    assert_string_equal(pouce_db_text(one, 0), "b");
    assert_string_equal(pouce_db_text(two, 0), "a");
}

static void test_readers_only_read(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceDb) reader = pouce_db_open(fixture->scratch.uri, POUCE_DB_READ, &error);

    g_assert_no_error(error);
    assert_true(put(fixture->db, "seen", 1, NULL, NULL));
    assert_int_equal(count(reader), 1);
    assert_false(put(reader, "no", 2, NULL, &error));
    assert_non_null(error);
    assert_int_equal(count(reader), 1);
}

static void test_opening_twice_migrates_once(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_true(put(fixture->db, "stays", 1, NULL, NULL));
    pouce_db_close(fixture->db);
    fixture->db = pouce_db_open(fixture->scratch.uri, POUCE_DB_WRITE, &error);
    g_assert_no_error(error);
    assert_int_equal(count(fixture->db), 1);
    assert_true(pouce_db_exec(
        fixture->db, NULL, "INSERT INTO schema_version (version, name) VALUES (9999, 'x')", ""));
    pouce_db_close(fixture->db);
    // A newer database is not touched.
    g_autoptr(PouceDb) older = pouce_db_open(fixture->scratch.uri, POUCE_DB_WRITE, &error);
    assert_null(older);
    assert_non_null(strstr(error->message, "newer"));
    fixture->db = pouce_db_open(fixture->scratch.uri, POUCE_DB_READ, NULL);
    assert_non_null(fixture->db);
}

static void test_bad_places_are_refused(void **state)
{
    g_autoptr(GError) kind = NULL;
    g_autoptr(GError) place = NULL;

    assert_null(pouce_db_open("oracle:x", POUCE_DB_WRITE, &kind));
    assert_true(pouce_db_is_fatal(kind));
    assert_null(pouce_db_open("sqlite:/nowhere/at/all.db", POUCE_DB_WRITE, &place));
    assert_true(pouce_db_is_fatal(place));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parameters_go_by_number, setup, teardown),
        cmocka_unit_test_setup_teardown(test_upsert_and_returning, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors_have_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_savepoints_undo_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_text_twice_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_readers_only_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_opening_twice_migrates_once, setup, teardown),
        cmocka_unit_test(test_bad_places_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
