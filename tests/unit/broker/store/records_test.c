// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/store/audit.h"
#include "broker/store/people.h"
#include "broker/store/sessions.h"
#include "tests/unit/broker/store/scratch.h"

typedef struct {
    PouceScratch scratch;
    PouceDb *db;
} Fixture;

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    pouce_scratch_init(&fixture->scratch);
    fixture->db = pouce_db_open(fixture->scratch.uri, POUCE_DB_WRITE, NULL);
    assert_non_null(fixture->db);
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

static gboolean add_account(PouceDb *db, const char *id, const char *login, GError **error)
{
    g_autoptr(GBytes) salt = g_bytes_new("salt", 4);
    g_autoptr(GBytes) password = g_bytes_new("hash", 4);
    PouceAccountRow row = {
        (char *)id, (char *)login, (char *)"Ana", (char *)"fr", salt, password, 16384, 8, 1, 1000};

    return pouce_accounts_insert(db, &row, error);
}

static void test_accounts(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_true(add_account(fixture->db, "a", "ana", NULL));
    assert_false(add_account(fixture->db, "b", "ana", &error));
    assert_true(g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT));
    g_autoptr(PouceAccountRow) row = pouce_accounts_find_login(fixture->db, "ana", NULL);
    assert_string_equal(row->id, "a");
    assert_int_equal(row->scrypt_n, 16384);
    assert_memory_equal(g_bytes_get_data(row->salt, NULL), "salt", 4);
    g_autoptr(GError) none = NULL;
    assert_null(pouce_accounts_find(fixture->db, "zzz", &none));
    assert_null(none);
    assert_int_equal(pouce_accounts_count(fixture->db, NULL), 1);
}

static void test_device_keys_are_pinned(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GBytes) key = g_bytes_new("0123456789abcdef0123456789abcdef", 32);
    PouceDeviceRow row = {(char *)"d1", (char *)"a", (char *)"PC", (char *)"agent", key, 1};
    g_autofree char *first = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;

    assert_true(add_account(fixture->db, "a", "ana", NULL));
    assert_true(add_account(fixture->db, "b", "bob", NULL));
    assert_true(pouce_devices_enrol(fixture->db, &row, &first, NULL));
    row.id = (char *)"d2";
    assert_true(pouce_devices_enrol(fixture->db, &row, &again, NULL));
    assert_string_equal(first, "d1");
    assert_string_equal(again, "d1");
    row.account = (char *)"b";
    assert_false(pouce_devices_enrol(fixture->db, &row, &again, &error));
    assert_true(g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT));
    g_autoptr(PouceDeviceRow) found = pouce_devices_find(fixture->db, "d1", NULL);
    assert_string_equal(found->account, "a");
}

static void test_tokens_end(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GBytes) key = g_bytes_new("0123456789abcdef0123456789abcdef", 32);
    g_autoptr(GBytes) hash = g_bytes_new("token-hash-token-hash-token-hash", 32);
    PouceDeviceRow device = {(char *)"d", (char *)"a", (char *)"PC", (char *)"agent", key, 1};
    g_autofree char *id = NULL;
    g_autofree char *account = NULL;
    g_autofree char *of = NULL;

    assert_true(add_account(fixture->db, "a", "ana", NULL));
    assert_true(pouce_devices_enrol(fixture->db, &device, &id, NULL));
    assert_true(pouce_tokens_insert(fixture->db, hash, "a", "d", 100, 200, NULL));
    assert_true(pouce_tokens_find(fixture->db, hash, 199, &account, &of, NULL));
    assert_string_equal(account, "a");
    assert_string_equal(of, "d");
    assert_false(pouce_tokens_find(fixture->db, hash, 200, &account, &of, NULL));
    assert_true(pouce_tokens_delete(fixture->db, hash, NULL));
    assert_false(pouce_tokens_find(fixture->db, hash, 150, &account, &of, NULL));
}

static void test_helpers_and_sessions(void **state)
{
    Fixture *fixture = *state;
    char *skills[] = {(char *)"Word", (char *)"Printers", NULL};
    char *languages[] = {(char *)"fr", NULL};
    PouceHelperRow helper = {.account = (char *)"h",
        .skills = skills,
        .languages = languages,
        .place = (char *)"Lyon",
        .about = (char *)"",
        .currency = (char *)"EUR",
        .rate_minor_per_min = 50,
        .changed_s = 1};

    assert_true(add_account(fixture->db, "h", "helper", NULL));
    assert_true(pouce_helpers_put(fixture->db, &helper, NULL));
    helper.rate_minor_per_min = 60;
    assert_true(pouce_helpers_put(fixture->db, &helper, NULL));

    g_autoptr(PouceSessionRow) session = pouce_session_row_new();
    g_free(session->id);
    session->id = g_strdup("s1");
    g_free(session->seeker.account);
    session->seeker.account = g_strdup("a");
    g_free(session->helper.account);
    session->helper.account = g_strdup("h");
    g_free(session->state);
    session->state = g_strdup("live");
    session->cap_minor = 1000;
    session->seeker.key = g_bytes_new("k", 1);
    assert_true(pouce_sessions_save(fixture->db, session, NULL));
    g_autoptr(GPtrArray) unfinished = pouce_sessions_unfinished(fixture->db, NULL);
    assert_int_equal(unfinished->len, 1);

    g_free(session->state);
    session->state = g_strdup("settled");
    session->signed_ms = 61000;
    session->cost_minor = 61;
    assert_true(pouce_sessions_save(fixture->db, session, NULL));
    assert_true(pouce_ratings_insert(fixture->db, "s1", "a", "h", 4, "merci", 9, NULL));
    assert_false(pouce_ratings_insert(fixture->db, "s1", "a", "h", 5, "again", 9, NULL));
    session->cost_minor = 1001; // above the cap
    assert_false(pouce_sessions_save(fixture->db, session, NULL));

    g_autoptr(PouceHelperRow) card = pouce_helpers_find(fixture->db, "h", NULL);
    assert_string_equal(card->skills[1], "Printers");
    assert_null(card->skills[2]);
    assert_int_equal(card->rate_minor_per_min, 60);
    assert_int_equal(card->ratings, 1);
    assert_int_equal(card->stars, 4);
    assert_int_equal(card->sessions, 1);
    g_autoptr(GPtrArray) own = pouce_sessions_list(fixture->db, "h", 0, G_MAXINT64, 10, NULL);
    assert_int_equal(own->len, 1);
    const PouceSessionRow *back = own->pdata[0];
    assert_string_equal(back->state, "settled");
    assert_int_equal(back->cost_minor, 61);
    assert_null(back->helper.key);
    g_autoptr(GPtrArray) others = pouce_sessions_list(fixture->db, "x", 0, G_MAXINT64, 10, NULL);
    assert_int_equal(others->len, 0);
    PouceSessionTotals totals;
    assert_true(pouce_sessions_totals(fixture->db, 0, 10, &totals, NULL));
    assert_int_equal(totals.settled, 1);
    assert_int_equal(totals.signed_ms, 61000);
}

static void test_ticks_are_kept_once(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GBytes) text = g_bytes_new("tick", 4);
    g_autoptr(GBytes) other = g_bytes_new("tock", 4);
    PouceTickRow row = {(char *)"s", (char *)"seeker", 1, 5000, text, text, text, 1};
    g_autoptr(GError) error = NULL;

    assert_true(pouce_ticks_insert(fixture->db, &row, NULL));
    assert_true(pouce_ticks_insert(fixture->db, &row, NULL));
    row.text = other;
    assert_false(pouce_ticks_insert(fixture->db, &row, &error));
    assert_true(g_error_matches(error, POUCE_DB_ERROR, POUCE_DB_ERROR_CONFLICT));
    row.seq = 2;
    assert_true(pouce_ticks_insert(fixture->db, &row, NULL));
    g_autoptr(GPtrArray) list = pouce_ticks_list(fixture->db, "s", NULL);
    assert_int_equal(list->len, 2);
    g_autoptr(PouceTickRow) last = pouce_ticks_last(fixture->db, "s", "seeker", NULL);
    assert_int_equal(last->seq, 2);
    assert_null(pouce_ticks_last(fixture->db, "s", "helper", NULL));
    assert_false(pouce_db_exec(fixture->db, NULL, "DELETE FROM ticks", ""));
}

static void audit_problem(PouceDb *db, gint64 wanted_entries, const char *wanted)
{
    g_autofree char *problem = NULL;
    gint64 entries = 0;

    assert_true(pouce_audit_verify(db, &entries, &problem, NULL));
    assert_int_equal(entries, wanted_entries);
    if (wanted) {
        assert_non_null(problem);
        assert_non_null(strstr(problem, wanted));
    } else {
        assert_null(problem);
    }
}

static void test_audit_shows_what_was_changed(void **state)
{
    Fixture *fixture = *state;

    assert_true(pouce_db_begin(fixture->db, NULL));
    for (int i = 0; i < 5; i++) {
        assert_true(pouce_audit_append(
            fixture->db, 100 + i, "a", i % 2 ? "s1" : "s2", "session.end", "live -> ended", NULL));
    }
    assert_true(pouce_db_commit(fixture->db, NULL));
    audit_problem(fixture->db, 5, NULL);
    g_autoptr(GPtrArray) some = pouce_audit_list(fixture->db, "s1", 2, 10, NULL);
    assert_int_equal(some->len, 1);
    assert_int_equal(((PouceAuditRow *)some->pdata[0])->seq, 4);

    // Somebody with the file in hand gets around the triggers; the chain still shows it.
    assert_true(fixture->db->engine->script(fixture->db,
        "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; "
        "UPDATE audit SET actor = 'b' WHERE seq = 3",
        NULL));
    audit_problem(fixture->db, 2, "entry 3 does not fit");
    assert_true(fixture->db->engine->script(fixture->db, "DELETE FROM audit WHERE seq = 3", NULL));
    audit_problem(fixture->db, 2, "entry 3 is missing");
}

static void test_requests_answer_for_ever(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GBytes) hash = g_bytes_new("hash", 4);
    g_autoptr(GBytes) other = g_bytes_new("hush", 4);
    g_autoptr(GBytes) body = g_bytes_new("{}", 2);
    g_autoptr(GBytes) answer = NULL;
    gint64 status = 0;

    assert_int_equal(pouce_requests_find(fixture->db, "a", "k", hash, &status, &answer, NULL),
        POUCE_REQUEST_NEW);
    assert_true(pouce_requests_put(fixture->db, "a", "k", hash, 201, body, 1, NULL));
    assert_int_equal(pouce_requests_find(fixture->db, "a", "k", hash, &status, &answer, NULL),
        POUCE_REQUEST_REPLAY);
    assert_int_equal(status, 201);
    assert_true(g_bytes_equal(answer, body));
    assert_int_equal(pouce_requests_find(fixture->db, "a", "k", other, &status, &answer, NULL),
        POUCE_REQUEST_MISMATCH);
    assert_int_equal(pouce_requests_find(fixture->db, "b", "k", hash, &status, &answer, NULL),
        POUCE_REQUEST_NEW);
    assert_false(pouce_requests_put(fixture->db, "a", "k", hash, 201, body, 1, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accounts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_device_keys_are_pinned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tokens_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_helpers_and_sessions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ticks_are_kept_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_audit_shows_what_was_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_requests_answer_for_ever, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
