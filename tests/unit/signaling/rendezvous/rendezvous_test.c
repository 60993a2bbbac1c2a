// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The rendezvous client against a small real libsoup server.

#include "signaling/rendezvous/rendezvous.h"
#include "tests/unit/signaling/rendezvous/desk.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    Desk *desk;
    PouceRendezvous *rendezvous;
    char *folder;
    char *token_path;
    guint states[POUCE_RENDEZVOUS_REFUSED + 1];
    char *reason;
    guint welcomes;
    guint others;
    guint parsed;
    // of the last call
    gboolean answered;
    guint status;
    GError *error;
    char *name; // account.name
} World;

static void on_state(gpointer user, PouceRendezvousState state, const char *reason)
{
    World *world = user;
    world->states[state]++;
    g_free(world->reason);
    world->reason = g_strdup(reason);
}

static void on_message(gpointer user, const char *type, json_t *message)
{
    World *world = user;
    assert_true(json_is_object(message));
    if (g_str_equal(type, "welcome")) {
        world->welcomes++;
    } else {
        world->others++;
    }
}

static void on_switchboard(gpointer user, const PouceSwitchboard *message)
{
    ((World *)user)->parsed++;
}

static void on_answer(gpointer user, guint status, json_t *body, const GError *error)
{
    World *world = user;
    world->answered = TRUE;
    world->status = status;
    g_clear_error(&world->error);
    world->error = error ? g_error_copy(error) : NULL;
    g_free(world->name);
    world->name =
        g_strdup(json_string_value(json_object_get(json_object_get(body, "account"), "name")));
    assert_null(json_object_get(body, "token"));
}

static PouceRendezvous *connect_to(World *world, const char *url)
{
    static const PouceRendezvousEvents events = {on_state, on_message, on_switchboard};
    PouceRendezvousConfig config = {.broker_url = url,
        .device_name = "desk",
        .device_kind = "agent",
        .token_path = world->token_path,
        .seed = 1};
    g_autoptr(GError) error = NULL;
    PouceRendezvous *made = pouce_rendezvous_new(&config, &events, world, &error);
    assert_non_null(made);
    return made;
}

static int set_up(void **state)
{
    World *world = g_new0(World, 1);
    world->folder = g_dir_make_tmp("pouce-rendezvous-XXXXXX", NULL);
    world->token_path = g_build_filename(world->folder, "sub", "token", NULL);
    world->desk = desk_new(0);
    g_autofree char *url = desk_url(world->desk);
    world->rendezvous = connect_to(world, url);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;
    g_autofree char *sub = g_path_get_dirname(world->token_path);
    pouce_rendezvous_free(world->rendezvous);
    desk_free(world->desk);
    g_unlink(world->token_path);
    g_rmdir(sub);
    g_rmdir(world->folder);
    g_free(world->token_path);
    g_free(world->folder);
    g_free(world->reason);
    g_free(world->name);
    g_clear_error(&world->error);
    g_free(world);
    while (g_main_context_iteration(NULL, FALSE)) {
        // what was cancelled comes back
    }
    return 0;
}

typedef gboolean (*Condition)(World *world);

static gboolean on_late(gpointer user)
{
    *(gboolean *)user = TRUE;
    return G_SOURCE_REMOVE;
}

static gboolean wait_for(World *world, Condition condition)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add(10000, on_late, &late);
    while (!condition(world) && !late) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (!late) {
        g_source_remove(timer);
    }
    return condition(world);
}

static gboolean has_answer(World *world)
{
    return world->answered;
}

static gboolean is_online(World *world)
{
    return pouce_rendezvous_state(world->rendezvous) == POUCE_RENDEZVOUS_ONLINE;
}

static gboolean is_offline(World *world)
{
    return pouce_rendezvous_state(world->rendezvous) == POUCE_RENDEZVOUS_OFFLINE;
}

static gboolean is_refused(World *world)
{
    return pouce_rendezvous_state(world->rendezvous) == POUCE_RENDEZVOUS_REFUSED;
}

static gboolean has_received(World *world)
{
    return world->desk->received->len >= 1;
}

static gboolean has_two_hellos(World *world)
{
    return world->desk->hellos >= 2 && is_online(world);
}

static gboolean has_nothing_kept(World *world)
{
    return pouce_rendezvous_kept(world->rendezvous) == 0;
}

static void log_in(World *world, const char *password)
{
    world->answered = FALSE;
    pouce_rendezvous_login(world->rendezvous, "ana", password, on_answer, world);
    assert_true(wait_for(world, has_answer));
}

static void call(World *world, const char *path)
{
    world->answered = FALSE;
    pouce_rendezvous_call(world->rendezvous, "GET", path, NULL, "key-1", on_answer, world);
    assert_false(world->answered); // never inside the call
    assert_true(wait_for(world, has_answer));
}

static void go_online(World *world)
{
    log_in(world, "correct horse");
    pouce_rendezvous_connect(world->rendezvous);
    assert_true(wait_for(world, is_online));
}

static void test_login_and_token_file(void **state)
{
    World *world = *state;
    log_in(world, "wrong horse");
    assert_int_equal(world->status, 401);
    assert_true(
        g_error_matches(world->error, POUCE_RENDEZVOUS_ERROR, POUCE_RENDEZVOUS_ERROR_DENIED));
    assert_string_equal(world->error->message, "The name or the password is wrong.");
    assert_false(pouce_rendezvous_has_token(world->rendezvous));
    log_in(world, "correct horse");
    assert_null(world->error);
    assert_string_equal(world->name, "Ana");
    GStatBuf status;
    assert_int_equal(g_stat(world->token_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    g_autofree char *url = desk_url(world->desk);
    PouceRendezvous *again = connect_to(world, url);
    assert_true(pouce_rendezvous_has_token(again));
    pouce_rendezvous_free(again);
    PouceRendezvous *elsewhere = connect_to(world, "http://127.0.0.1:1");
    assert_false(pouce_rendezvous_has_token(elsewhere)); // a token is for one broker
    pouce_rendezvous_free(elsewhere);
    g_chmod(world->token_path, 0644);
    PouceRendezvous *careless = connect_to(world, url);
    assert_false(pouce_rendezvous_has_token(careless));
    pouce_rendezvous_free(careless);
    pouce_rendezvous_forget_token(world->rendezvous);
    assert_int_not_equal(g_stat(world->token_path, &status), 0);
}

static void test_calls(void **state)
{
    World *world = *state;
    log_in(world, "correct horse");
    call(world, "/api/v1/me");
    assert_int_equal(world->status, 200);
    assert_string_equal(world->name, "Ana");
    assert_string_equal(world->desk->authorization, "Bearer tok-1");
    assert_string_equal(world->desk->idempotency_key, "key-1");
    call(world, "/api/v1/poor");
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_REFUSED);
    assert_string_equal(
        world->error->message, "There is not enough money in the account. Add some.");
    call(world, "/api/v1/huge");
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_LIMIT);
    call(world, "/api/v1/html");
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_MALFORMED);
    call(world, "/api/v1/oops");
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_RETRY);
    call(world, "/api/v1/away"); // the token stays with its host
    assert_int_equal(world->status, 302);
    assert_non_null(world->error);
    call(world, "no slash");
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED);
}

static void test_broker_gone(void **state)
{
    World *world = *state;
    guint port = world->desk->port;
    desk_free(world->desk);
    log_in(world, "correct horse");
    assert_int_equal(world->status, 0);
    assert_int_equal(world->error->code, POUCE_RENDEZVOUS_ERROR_RETRY);
    assert_non_null(strstr(world->error->message, "cannot be reached"));
    world->desk = desk_new(port);
    log_in(world, "correct horse");
    assert_null(world->error);
}

static void test_bad_urls(void **state)
{
    static const char *const urls[] = {
        "", "pouce", "ftp://x", "http://", "http://u:p@x", "http://x?y"};
    PouceRendezvousEvents events = {0};
    for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
        PouceRendezvousConfig config = {.broker_url = urls[i]};
        g_autoptr(GError) error = NULL;
        assert_null(pouce_rendezvous_new(&config, &events, NULL, &error));
        assert_int_equal(error->code, POUCE_RENDEZVOUS_ERROR_UNSUPPORTED);
    }
}

static void test_socket(void **state)
{
    World *world = *state;
    pouce_rendezvous_connect(world->rendezvous);
    assert_true(is_refused(world)); // no token yet
    pouce_rendezvous_set_available(world->rendezvous, TRUE);
    assert_int_equal(pouce_rendezvous_send(world->rendezvous, "{}"), POUCE_RENDEZVOUS_SEND_OFFLINE);
    go_online(world);
    assert_string_equal(world->desk->token, "tok-1");
    assert_true(world->desk->available);
    assert_int_equal(world->welcomes, 1);
    g_autofree char *big = g_strnfill(POUCE_RENDEZVOUS_MESSAGE_MAX_BYTES + 1, ' ');
    assert_int_equal(pouce_rendezvous_send(world->rendezvous, big), POUCE_RENDEZVOUS_SEND_TOO_BIG);
    assert_int_equal(
        pouce_rendezvous_send(world->rendezvous, "{\"type\":\"bound\"}"), POUCE_RENDEZVOUS_SEND_OK);
    assert_true(wait_for(world, has_received));
    assert_string_equal(world->desk->received->pdata[0], "{\"type\":\"bound\"}");
}

static gboolean has_other(World *world)
{
    return world->others >= 1;
}

static void test_unknown_and_malformed_messages(void **state)
{
    World *world = *state;
    go_online(world);
    desk_say(world->desk, "{\"type\":\"from the future\"}");
    desk_say(world->desk,
        "{\"type\":\"ring_over\",\"session\":\"" DESK_SESSION "\",\"reason\":\"expired\"}");
    assert_true(wait_for(world, has_other));
    assert_int_equal(world->others, 1);
    assert_int_equal(world->parsed, 2);
    desk_say(world->desk, "{\"type\":\"ring_over\"}");
    assert_true(wait_for(world, has_two_hellos)); // closed, and back
}

static void test_ticks_survive_a_restart(void **state)
{
    World *world = *state;
    guint port = world->desk->port;
    go_online(world);
    desk_free(world->desk);
    world->desk = desk_new(port);
    world->desk->session_known = TRUE;
    assert_true(wait_for(world, is_offline));
    assert_int_equal(pouce_rendezvous_send(world->rendezvous, "{}"), POUCE_RENDEZVOUS_SEND_OFFLINE);
    assert_int_equal(pouce_rendezvous_send_ticks(
                         world->rendezvous, DESK_SESSION, "seeker", 7, "{\"type\":\"ticks\"}"),
        POUCE_RENDEZVOUS_SEND_OK);
    assert_true(wait_for(world, is_online));
    assert_true(wait_for(world, has_received));
    assert_int_equal(pouce_rendezvous_kept(world->rendezvous), 1);
    desk_say(world->desk, "{\"type\":\"ticks_ack\",\"session\":\"" DESK_SESSION
                          "\",\"seeker_seq\":6,\"helper_seq\":9,\"signed_ms\":0,\"cost_minor\":0}");
    world->others = 0;
    assert_true(wait_for(world, has_other));
    assert_int_equal(pouce_rendezvous_kept(world->rendezvous), 1); // not yet the seventh
    desk_say(world->desk, "{\"type\":\"ticks_ack\",\"session\":\"" DESK_SESSION
                          "\",\"seeker_seq\":7,\"helper_seq\":9,\"signed_ms\":0,\"cost_minor\":0}");
    assert_true(wait_for(world, has_nothing_kept));
}

static void test_kept_is_bounded_and_forgotten_when_over(void **state)
{
    World *world = *state;
    for (guint i = 0; i < POUCE_RENDEZVOUS_KEPT_MAX; i++) {
        assert_int_equal(pouce_rendezvous_send_end(world->rendezvous, DESK_SESSION, "{}"),
            POUCE_RENDEZVOUS_SEND_OK);
    }
    assert_int_equal(pouce_rendezvous_send_end(world->rendezvous, DESK_SESSION, "{}"),
        POUCE_RENDEZVOUS_SEND_FULL);
    go_online(world); // the welcome does not name the session: it is over
    assert_int_equal(pouce_rendezvous_kept(world->rendezvous), 0);
}

static void test_silence_is_noticed(void **state)
{
    World *world = *state;
    go_online(world);
    world->desk->mute = TRUE;
    assert_true(wait_for(world, is_offline));
    assert_non_null(strstr(world->reason, "does not answer"));
    assert_true(world->desk->pings >= 1);
    world->desk->mute = FALSE;
    assert_true(wait_for(world, has_two_hellos));
}

static void test_refusals_end_it(void **state)
{
    static const guint codes[] = {4001, 4003};
    World *world = *state;
    log_in(world, "correct horse");
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        world->desk->refuse_code = codes[i];
        pouce_rendezvous_connect(world->rendezvous);
        assert_false(is_refused(world));
        assert_true(wait_for(world, is_refused));
    }
}

static void test_free_with_calls_under_way(void **state)
{
    World *world = *state;
    world->answered = FALSE;
    for (guint i = 0; i < POUCE_RENDEZVOUS_CALLS_MAX; i++) {
        pouce_rendezvous_call(world->rendezvous, "GET", "/api/v1/me", NULL, NULL, on_answer, world);
    }
    pouce_rendezvous_free(g_steal_pointer(&world->rendezvous));
    while (g_main_context_iteration(NULL, FALSE)) {
        // nothing may come
    }
    assert_false(world->answered);
}

// A mute broker would be noticed after two heartbeats; renew does not wait for that.
static void test_renew(void **state)
{
    World *world = *state;
    pouce_rendezvous_renew(world->rendezvous); // not connected: nothing to renew
    assert_int_equal(pouce_rendezvous_state(world->rendezvous), POUCE_RENDEZVOUS_OFFLINE);
    go_online(world);
    world->desk->mute = TRUE;
    pouce_rendezvous_renew(world->rendezvous);
    assert_int_equal(pouce_rendezvous_state(world->rendezvous), POUCE_RENDEZVOUS_CONNECTING);
    pouce_rendezvous_renew(world->rendezvous); // again before the answer
    assert_true(wait_for(world, has_two_hellos));
    call(world, "/api/v1/me");
    assert_int_equal(world->status, 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_login_and_token_file),
        TEST(test_calls),
        TEST(test_broker_gone),
        TEST(test_bad_urls),
        TEST(test_socket),
        TEST(test_unknown_and_malformed_messages),
        TEST(test_ticks_survive_a_restart),
        TEST(test_kept_is_bounded_and_forgotten_when_over),
        TEST(test_silence_is_noticed),
        TEST(test_refusals_end_it),
        TEST(test_free_with_calls_under_way),
        TEST(test_renew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
