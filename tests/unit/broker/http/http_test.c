// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paths, buckets, input, TURN credentials, files and passwords, without a socket.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "broker/http/bucket.h"
#include "broker/http/files.h"
#include "broker/http/ice.h"
#include "broker/http/input.h"
#include "broker/http/password.h"
#include "broker/http/problem.h"
#include "broker/http/route.h"
#include "signaling/wire/json.h"

static void handle(PouceCall *call, gpointer app)
{
}

static const PouceRoute routes[] = {
    {"GET", "/api/v1/", POUCE_AUTH_NONE, POUCE_RATE_PLAIN, FALSE, FALSE, handle},
    {"GET", "/api/v1/sessions", POUCE_AUTH_ACCOUNT, POUCE_RATE_PLAIN, FALSE, FALSE, handle},
    {"POST", "/api/v1/sessions/{id}/end", POUCE_AUTH_ACCOUNT, POUCE_RATE_PLAIN, TRUE, FALSE,
        handle},
};

static int find(const char *method, const char *path, PouceParams *params)
{
    gboolean allowed = FALSE;
    const PouceRoute *route =
        pouce_route_find(routes, G_N_ELEMENTS(routes), method, path, params, &allowed);
    return route ? (int)(route - routes) : allowed ? -1 : -2;
}

static void test_routes(void **state)
{
    PouceParams params = {0};
    assert_int_equal(find("GET", "/api/v1/", &params), 0);
    assert_int_equal(find("HEAD", "/api/v1/", &params), 0);
    assert_int_equal(find("POST", "/api/v1/", &params), -1);
    assert_int_equal(find("GET", "/api/v1", &params), -2);
    assert_int_equal(find("GET", "/api/v1/sessions/", &params), -2);
    assert_int_equal(find("GET", "", &params), -2);
    assert_int_equal(find("GET", "//api/v1/", &params), -2);
    assert_int_equal(find("POST", "/api/v1/sessions/abc-1_2/end", &params), 2);
    assert_string_equal(params.value[0], "abc-1_2");
    assert_int_equal(find("POST", "/api/v1/sessions//end", &params), -2);
    assert_int_equal(find("POST", "/api/v1/sessions/%2e/end", &params), -2);
    assert_int_equal(find("POST", "/api/v1/sessions/../end", &params), -2);
    g_autofree char *longest = g_strnfill(POUCE_PATH_PARAM_MAX_BYTES, 'a');
    g_autofree char *fits = g_strdup_printf("/api/v1/sessions/%s/end", longest);
    g_autofree char *over = g_strdup_printf("/api/v1/sessions/%sa/end", longest);
    assert_int_equal(find("POST", fits, &params), 2);
    assert_int_equal(find("POST", over, &params), -2);
    assert_int_equal(find("GET", "/a/b/c/d/e/f/g/h/i/j/k", &params), -2);
}

static void test_buckets(void **state)
{
    g_autoptr(PouceBuckets) buckets = pouce_buckets_new(60, 3);
    gint64 now_us = 1000;
    for (int i = 0; i < 3; i++)
        assert_true(pouce_buckets_take(buckets, "a", now_us));
    assert_false(pouce_buckets_take(buckets, "a", now_us));
    assert_true(pouce_buckets_take(buckets, "b", now_us));
    assert_false(pouce_buckets_take(buckets, "a", now_us + 900 * 1000));
    assert_true(pouce_buckets_take(buckets, "a", now_us + 1100 * 1000));
    assert_false(pouce_buckets_take(buckets, "a", now_us + 1200 * 1000));
}

static void test_buckets_are_bounded(void **state)
{
    g_autoptr(PouceBuckets) buckets = pouce_buckets_new(1, 2);
    for (guint i = 0; i < 3 * POUCE_BUCKETS_MAX_KEYS; i++) {
        g_autofree char *key = g_strdup_printf("%u", i);
        assert_true(pouce_buckets_take(buckets, key, i));
        assert_true(pouce_buckets_count(buckets) <= POUCE_BUCKETS_MAX_KEYS);
    }
    /* the same moment for all: nothing is older than the rest */
    g_autoptr(PouceBuckets) burst = pouce_buckets_new(1, 2);
    for (guint i = 0; i < POUCE_BUCKETS_MAX_KEYS + 10; i++) {
        g_autofree char *key = g_strdup_printf("%u", i);
        assert_true(pouce_buckets_take(burst, key, 5));
        assert_true(pouce_buckets_count(burst) <= POUCE_BUCKETS_MAX_KEYS);
    }
}

static gboolean text_ok(const char *json, gboolean lines)
{
    g_autoptr(json_t) body = json_loads(json, 0, NULL);
    const char *out = NULL;
    assert_non_null(body);
    return pouce_input_text(body, "t", 0, 5, lines, &out, NULL);
}

static void test_input(void **state)
{
    assert_true(text_ok("{\"t\": \"\"}", FALSE));
    assert_true(text_ok("{\"t\": \"h\\u00e9llo\"}", FALSE));
    assert_false(text_ok("{\"t\": \"h\\u00e9lloo\"}", FALSE));
    assert_false(text_ok("{\"t\": \"   \"}", FALSE));
    assert_false(text_ok("{\"t\": \"a\\nb\"}", FALSE));
    assert_true(text_ok("{\"t\": \"a\\nb\"}", TRUE));
    assert_false(text_ok("{\"t\": \"a\\u202eb\"}", TRUE));
    assert_false(text_ok("{\"t\": \"a\\u007f\"}", TRUE));
    assert_true(pouce_input_tag_valid("fr-CH", FALSE));
    assert_false(pouce_input_tag_valid("", FALSE));
    assert_true(pouce_input_tag_valid("", TRUE));
    assert_false(pouce_input_tag_valid("f", TRUE));
    assert_false(pouce_input_tag_valid("fr_CH", TRUE));
    g_autoptr(json_t) body =
        json_loads("{\"l\": [\"a\", \"b\", \"a\"], \"m\": [\"a\", 1], \"n\": [\"\"]}", 0, NULL);
    g_auto(GStrv) list = pouce_input_list(body, "l", 3, 4, NULL);
    assert_int_equal(g_strv_length(list), 2);
    assert_null(pouce_input_list(body, "l", 2, 4, NULL));
    assert_null(pouce_input_list(body, "m", 3, 4, NULL));
    assert_null(pouce_input_list(body, "n", 3, 4, NULL));
    assert_null(pouce_input_list(body, "o", 3, 4, NULL));
}

static void test_ice(void **state)
{
    /* the answer of `printf %s "1700000000:pouce" | openssl dgst -sha1 -hmac north -binary |
     * base64` */
    g_autofree char *credential = pouce_ice_credential("north", "1700000000:pouce");
    assert_string_equal(credential, "5BL+HC3O+RJqhW+QRY0iVZ5gA3g=");
    assert_true(pouce_ice_url_valid("turn", "turn:relay.example:3478?transport=udp"));
    assert_true(pouce_ice_url_valid("turn", "turns:relay.example:443?transport=tcp"));
    assert_false(pouce_ice_url_valid("turn", "stun:relay.example"));
    assert_false(pouce_ice_url_valid("stun", "stun:"));
    assert_false(pouce_ice_url_valid("stun", "stun:a b"));
    char *stun[] = {"stun:a:1", NULL}, *turn[] = {"turn:b:1", NULL};
    PouceIce ice = {.stun = stun, .turn = turn, .secret = "north"};
    PouceSession *session = g_new0(PouceSession, 1);
    pouce_ice_fill(&ice, "device", 1000, session);
    assert_int_equal(session->n_ice_servers, 2);
    assert_string_equal(session->ice_servers[1].username, "1600:.device");
    pouce_session_free(session);
}

static void test_files(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-files-XXXXXX", NULL);
    g_autofree char *below = g_build_filename(folder, "viewer", NULL);
    g_autofree char *index = g_build_filename(below, "index.html", NULL);
    g_autofree char *odd = g_build_filename(folder, "secret.key", NULL);
    g_mkdir(below, 0700);
    assert_true(g_file_set_contents(index, "<p>", -1, NULL));
    assert_true(g_file_set_contents(odd, "x", -1, NULL));
    g_autoptr(PouceFiles) files = pouce_files_load(folder, NULL);
    assert_int_equal(pouce_files_count(files), 1);
    assert_non_null(pouce_files_find(files, "/viewer/"));
    assert_string_equal(
        pouce_files_find(files, "/viewer/index.html")->type, "text/html; charset=utf-8");
    assert_null(pouce_files_find(files, "/viewer"));
    assert_null(pouce_files_find(files, "/secret.key"));
    assert_null(pouce_files_find(files, "/viewer/../viewer/index.html"));
    assert_null(pouce_files_load("/nonexistent", NULL));
    g_remove(index);
    g_remove(odd);
    g_rmdir(below);
    g_rmdir(folder);
}

typedef struct {
    PouceSecret secret;
    int answers;
    gboolean right;
} Heard;

static void on_hashed(const PouceSecret *secret, gpointer data)
{
    Heard *heard = data;
    heard->secret = *secret;
    g_bytes_ref(secret->salt);
    g_bytes_ref(secret->key);
    heard->answers++;
}

static void on_checked(gboolean right, gpointer data)
{
    Heard *heard = data;
    heard->right = right;
    heard->answers++;
}

static void wait_for(Heard *heard, int answers)
{
    while (heard->answers < answers)
        g_main_context_iteration(NULL, TRUE);
}

static void test_passwords(void **state)
{
    g_autoptr(PoucePasswords) passwords = pouce_passwords_new(NULL);
    Heard heard = {0};
    assert_true(pouce_passwords_hash(passwords, "correct horse", on_hashed, &heard));
    wait_for(&heard, 1);
    assert_true(
        pouce_passwords_check(passwords, &heard.secret, "correct horse", on_checked, &heard));
    wait_for(&heard, 2);
    assert_true(heard.right);
    assert_true(
        pouce_passwords_check(passwords, &heard.secret, "correct horsf", on_checked, &heard));
    wait_for(&heard, 3);
    assert_false(heard.right);
    heard.right = TRUE;
    assert_true(pouce_passwords_check(passwords, NULL, "correct horse", on_checked, &heard));
    wait_for(&heard, 4);
    assert_false(heard.right);
    PouceSecret dear = heard.secret;
    dear.n = (gint64)1 << 40;
    assert_false(pouce_secret_matches(&dear, "correct horse"));
    pouce_secret_clear(&heard.secret);
}

static void test_password_jobs_are_bounded(void **state)
{
    g_autoptr(PoucePasswords) passwords = pouce_passwords_new(NULL);
    Heard heard = {0};
    int taken = 0;
    while (pouce_passwords_check(passwords, NULL, "x", on_checked, &heard))
        taken++;
    assert_in_range(taken, POUCE_PASSWORD_MAX_JOBS, POUCE_PASSWORD_MAX_JOBS);
    /* freeing drops those that wait and never calls back into what is gone */
}

static void test_problems(void **state)
{
    for (int problem = 0; problem < POUCE_PROBLEM_COUNT; problem++) {
        g_autoptr(json_t) json = pouce_problem_json(problem, "Do this.");
        assert_true(pouce_problem_status(problem) >= 400);
        assert_true(json_object_size(json) == 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_buckets),
        cmocka_unit_test(test_buckets_are_bounded),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_ice),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_password_jobs_are_bounded),
        cmocka_unit_test(test_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
