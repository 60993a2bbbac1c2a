// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/ledger/ledger.h"
#include "tests/unit/broker/store/scratch.h"

#define Y2026_S G_GINT64_CONSTANT(1790000000)
#define Y2027_S G_GINT64_CONSTANT(1800000000)

typedef struct {
    PouceScratch scratch;
    PouceDb *db;
    int made; // transfer ids
} Fixture;

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    pouce_scratch_init(&fixture->scratch);
    fixture->db = pouce_db_open(fixture->scratch.uri, POUCE_DB_WRITE, NULL);
    assert_non_null(fixture->db);
    assert_true(pouce_db_begin(fixture->db, NULL));
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    if (pouce_db_in_transaction(fixture->db)) {
        assert_true(pouce_db_commit(fixture->db, NULL));
    }
    pouce_db_close(fixture->db);
    pouce_scratch_clear(&fixture->scratch);
    g_free(fixture);
    return 0;
}

// As the store does: a verb that fails leaves nothing behind.
static gboolean guarded(Fixture *fixture, gboolean ok)
{
    assert_true(ok ? pouce_db_release(fixture->db, NULL) : pouce_db_undo(fixture->db, NULL));
    return ok;
}

static PouceLedgerRequest request(Fixture *fixture, const char *key, gint64 now_s)
{
    static char id[32];

    g_snprintf(id, sizeof id, "t%d", ++fixture->made);
    assert_true(pouce_db_savepoint(fixture->db, NULL));
    return (PouceLedgerRequest){key, id, "EUR", now_s};
}

static gboolean credit(Fixture *fixture, const char *key, gint64 amount, GError **error)
{
    PouceLedgerRequest r = request(fixture, key, Y2026_S);

    return guarded(fixture, pouce_ledger_credit(fixture->db, &r, "ana", amount, "cash", error));
}

static gboolean hold(
    Fixture *fixture, const char *key, const char *session, gint64 amount, GError **error)
{
    PouceLedgerRequest r = request(fixture, key, Y2026_S);

    return guarded(fixture, pouce_ledger_hold(fixture->db, &r, session, "ana", amount, error));
}

static gboolean post(Fixture *fixture, const char *key, const char *session, gint64 amount,
    gint64 fee, gint64 now_s, char **out_number, GError **error)
{
    PouceLedgerRequest r = request(fixture, key, now_s);
    PouceLedgerSettlement settlement = {
        session, "ana", "bob", "Ana", "Bob", "printer", 60000, 50, amount, fee};
    g_autoptr(PouceReceiptRow) receipt = NULL;
    gboolean ok = pouce_ledger_post(fixture->db, &r, &settlement, &receipt, error);

    if (ok) {
        assert_int_equal(receipt->helper_amount_minor + receipt->fee_minor, receipt->amount_minor);
        *out_number = g_strdup(receipt->number);
    }
    return guarded(fixture, ok);
}

static gboolean undo(Fixture *fixture, const char *key, const char *session, GError **error)
{
    PouceLedgerRequest r = request(fixture, key, Y2026_S);

    return guarded(fixture, pouce_ledger_void(fixture->db, &r, session, error));
}

static gint64 balance(Fixture *fixture, PouceMoneyKind kind, const char *owner)
{
    gint64 minor = 0;

    assert_true(pouce_ledger_balance(fixture->db, kind, owner, "EUR", &minor, NULL));
    return minor;
}

static void check(Fixture *fixture, gint64 wanted_transfers, const char *wanted_problem)
{
    g_autofree char *problem = NULL;
    gint64 transfers = 0;

    assert_true(pouce_ledger_verify(fixture->db, &transfers, &problem, NULL));
    if (wanted_problem) {
        assert_non_null(problem);
        assert_non_null(strstr(problem, wanted_problem));
    } else {
        assert_null(problem);
        assert_int_equal(transfers, wanted_transfers);
    }
}

static void test_a_paid_session(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *number = NULL;

    assert_true(credit(fixture, "c1", 5000, NULL));
    assert_true(hold(fixture, "h1", "s1", 2000, NULL));
    assert_int_equal(balance(fixture, POUCE_MONEY_BALANCE, "ana"), 3000);
    assert_int_equal(balance(fixture, POUCE_MONEY_HELD, "ana"), 2000);
    assert_true(post(fixture, "p1", "s1", 1234, 123, Y2026_S, &number, NULL));
    assert_string_equal(number, "2026-000001");
    assert_int_equal(balance(fixture, POUCE_MONEY_BALANCE, "ana"), 3766);
    assert_int_equal(balance(fixture, POUCE_MONEY_HELD, "ana"), 0);
    assert_int_equal(balance(fixture, POUCE_MONEY_EARNINGS, "bob"), 1111);
    assert_int_equal(balance(fixture, POUCE_MONEY_FEES, ""), 123);
    assert_int_equal(balance(fixture, POUCE_MONEY_CLEARING, ""), -5000);
    check(fixture, 3, NULL);
}

static void test_not_enough_money(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_true(credit(fixture, "c1", 100, NULL));
    assert_false(hold(fixture, "h1", "s1", 101, &error));
    assert_true(g_error_matches(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_DENIED));
    assert_true(hold(fixture, "h1", "s1", 100, NULL));
    check(fixture, 2, NULL);
}

static void test_free_sessions_go_the_same_way(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *number = NULL;

    assert_true(hold(fixture, "h1", "s1", 0, NULL));
    assert_true(post(fixture, "p1", "s1", 0, 0, Y2026_S, &number, NULL));
    assert_string_equal(number, "2026-000001");
    check(fixture, 2, NULL);
}

static void test_once_and_the_same(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;
    g_autoptr(GError) mismatch = NULL;
    g_autoptr(GError) twice = NULL;
    g_autoptr(GError) other = NULL;
    g_autoptr(GError) voided = NULL;

    assert_true(credit(fixture, "c1", 5000, NULL));
    assert_true(credit(fixture, "c1", 5000, NULL));
    assert_false(credit(fixture, "c1", 5001, &mismatch));
    assert_true(g_error_matches(mismatch, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISMATCH));
    assert_true(hold(fixture, "h1", "s1", 2000, NULL));
    assert_true(hold(fixture, "h1 again", "s1", 2000, NULL));
    assert_false(hold(fixture, "h2", "s1", 1000, &twice));
    assert_true(g_error_matches(twice, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_CONFLICT));
    assert_true(post(fixture, "p1", "s1", 700, 70, Y2026_S, &first, NULL));
    assert_true(post(fixture, "p1", "s1", 700, 70, Y2026_S, &second, NULL));
    assert_true(post(fixture, "p2", "s1", 700, 70, Y2027_S, &third, NULL));
    assert_string_equal(first, second);
    assert_string_equal(first, third);
    assert_false(post(fixture, "p3", "s1", 800, 80, Y2026_S, &third, &other));
    assert_true(g_error_matches(other, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_CONFLICT));
    assert_false(undo(fixture, "v1", "s1", &voided));
    assert_true(g_error_matches(voided, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_CONFLICT));
    assert_int_equal(balance(fixture, POUCE_MONEY_BALANCE, "ana"), 4300);
    check(fixture, 3, NULL);
}

static void test_void_gives_all_back(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) late = NULL;
    char *number = NULL;

    assert_true(credit(fixture, "c1", 500, NULL));
    assert_true(hold(fixture, "h1", "s1", 300, NULL));
    assert_true(undo(fixture, "v1", "s1", NULL));
    assert_true(undo(fixture, "v1", "s1", NULL));
    assert_int_equal(balance(fixture, POUCE_MONEY_BALANCE, "ana"), 500);
    assert_false(post(fixture, "p1", "s1", 10, 1, Y2026_S, &number, &late));
    assert_true(g_error_matches(late, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_CONFLICT));
    check(fixture, 3, NULL);
}

static void test_limits(void **state)
{
    Fixture *fixture = *state;
    const gint64 bad[] = {0, -1, POUCE_LEDGER_AMOUNT_MAX + 1, G_MAXINT64, G_MININT64};
    char *number = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(credit(fixture, "c", bad[i], &error));
        assert_true(g_error_matches(error, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT));
    }
    g_autoptr(GError) more = NULL;
    g_autoptr(GError) fee = NULL;
    g_autoptr(GError) none = NULL;

    assert_true(credit(fixture, "c1", 100, NULL));
    assert_true(hold(fixture, "h1", "s1", 100, NULL));
    assert_false(post(fixture, "p1", "s1", 101, 0, Y2026_S, &number, &more));
    assert_true(g_error_matches(more, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT));
    assert_false(post(fixture, "p1", "s1", 50, 51, Y2026_S, &number, &fee));
    assert_true(g_error_matches(fee, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_LIMIT));
    assert_false(post(fixture, "p1", "s2", 1, 0, Y2026_S, &number, &none));
    assert_true(g_error_matches(none, POUCE_LEDGER_ERROR, POUCE_LEDGER_ERROR_MISSING));
    check(fixture, 2, NULL);
}

static void test_fee_rounds_for_the_helper(void **state)
{
    assert_int_equal(pouce_ledger_fee(0, 1000), 0);
    assert_int_equal(pouce_ledger_fee(5, 1000), 0);  // 0.5
    assert_int_equal(pouce_ledger_fee(6, 1000), 1);  // 0.6
    assert_int_equal(pouce_ledger_fee(15, 1000), 1); // 1.5
    assert_int_equal(pouce_ledger_fee(1234, 0), 0);
    assert_int_equal(pouce_ledger_fee(1234, 10000), 1234);
    assert_true(pouce_ledger_fee(POUCE_LEDGER_AMOUNT_MAX, 10000) == POUCE_LEDGER_AMOUNT_MAX);
}

static void test_receipts_are_continuous(void **state)
{
    Fixture *fixture = *state;
    const gint64 times[] = {Y2026_S, Y2026_S, Y2027_S, Y2026_S}; // the clock falls back
    const char *const wanted[] = {"2026-000001", "2026-000002", "2027-000001", "2027-000002"};

    for (int i = 0; i < 4; i++) {
        g_autofree char *session = g_strdup_printf("s%d", i);
        g_autofree char *hold_key = g_strdup_printf("h%d", i);
        g_autofree char *post_key = g_strdup_printf("p%d", i);
        g_autofree char *number = NULL;
        char *none = NULL;

        assert_true(hold(fixture, hold_key, session, 0, NULL));
        // A settlement that fails takes no number with it.
        assert_false(post(fixture, post_key, session, 1, 0, times[i], &none, NULL));
        assert_true(post(fixture, post_key, session, 0, 0, times[i], &number, NULL));
        assert_string_equal(number, wanted[i]);
    }
    g_autoptr(GPtrArray) list = pouce_receipts_list(fixture->db, 0, G_MAXINT64, NULL);
    assert_int_equal(list->len, 4);
    assert_string_equal(((PouceReceiptRow *)list->pdata[3])->number, "2027-000002");
    check(fixture, 8, NULL);
}

static void test_tables_are_append_only(void **state)
{
    Fixture *fixture = *state;
    static const char *const statements[] = {"UPDATE ledger_transfers SET amount = 1",
        "DELETE FROM ledger_transfers", "UPDATE ledger_postings SET amount = 1",
        "DELETE FROM ledger_postings", "UPDATE receipts SET need = ''", "DELETE FROM receipts"};
    g_autofree char *number = NULL;

    assert_true(credit(fixture, "c1", 100, NULL));
    assert_true(hold(fixture, "h1", "s1", 100, NULL));
    assert_true(post(fixture, "p1", "s1", 60, 6, Y2026_S, &number, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(pouce_db_exec(fixture->db, &error, statements[i], ""));
        assert_true(g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_RULE));
    }
}

// Somebody with the file in hand: each change shows, and the sentence says where.
static void test_verify_finds_each_change(void **state)
{
    static const struct {
        const char *sql;
        const char *problem;
    } changes[] = {
        {"UPDATE ledger_balances SET balance = balance + 1 WHERE kind = 'earnings'",
            "earnings bob"},
        {"DELETE FROM ledger_balances WHERE kind = 'fees'", "fees"},
        {"UPDATE ledger_transfers SET amount = 99 WHERE seq = 1", "Transfer 1 does not fit"},
        {"UPDATE ledger_transfers SET memo = 'x' WHERE seq = 1", "Transfer 1 does not fit"},
        {"UPDATE ledger_postings SET amount = amount + 1 WHERE transfer = 3 AND line = 2",
            "transfer 3 do not sum"},
        {"UPDATE ledger_postings SET owner = 'eve' WHERE transfer = 3 AND kind = 'earnings'",
            "Transfer 3 does not fit"},
        {"PRAGMA foreign_keys=OFF; DELETE FROM ledger_transfers WHERE seq = 2",
            "Transfer 2 is missing"},
        {"DELETE FROM receipts", "without a receipt"},
        {"UPDATE receipts SET amount_minor = 61", "without a receipt that says the same"},
        {"UPDATE receipt_counters SET last = 2", "without a gap"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        void *own = NULL;
        g_autofree char *number = NULL;

        setup(&own);
        Fixture *fixture = own;
        assert_true(credit(fixture, "c1", 100, NULL));
        assert_true(hold(fixture, "h1", "s1", 100, NULL));
        assert_true(post(fixture, "p1", "s1", 60, 6, Y2026_S, &number, NULL));
        assert_true(pouce_db_commit(fixture->db, NULL));
        assert_true(fixture->db->engine->script(fixture->db,
            "DROP TRIGGER ledger_transfers_no_update; DROP TRIGGER ledger_transfers_no_delete; "
            "DROP TRIGGER ledger_postings_no_update; DROP TRIGGER receipts_no_update; "
            "DROP TRIGGER receipts_no_delete",
            NULL));
        assert_true(fixture->db->engine->script(fixture->db, changes[i].sql, NULL));
        check(fixture, 0, changes[i].problem);
        teardown(&own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_paid_session, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_enough_money, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_sessions_go_the_same_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_once_and_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_void_gives_all_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        cmocka_unit_test(test_fee_rounds_for_the_helper),
        cmocka_unit_test_setup_teardown(test_receipts_are_continuous, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tables_are_append_only, setup, teardown),
        cmocka_unit_test(test_verify_finds_each_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
