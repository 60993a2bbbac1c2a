// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A viewing against a seeker over a real connection on loopback.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "tests/unit/viewer/core/seeker.h"

#define CONNECT_MS 10000
#define SOON_MS 3000
#define TICK_MS 9000
#define LOST_MS 8000
// Long enough for anything that must not happen to have happened.
#define QUIET_MS 700

static int setup(void **state)
{
    *state = seeker_new();
    return 0;
}

static int teardown(void **state)
{
    seeker_free(*state);
    return 0;
}

static void begin_live(Seeker *seeker)
{
    seeker_begin(seeker);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_BOUND, 1, CONNECT_MS));
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_FIRST_FRAME, 1, SOON_MS));
}

static gboolean never(Seeker *seeker)
{
    return FALSE;
}

static gboolean both_chains(Seeker *seeker)
{
    return seeker->ticks[POUCE_ROLE_SEEKER] >= 1 && seeker->ticks[POUCE_ROLE_HELPER] >= 1;
}

static gboolean ended(Seeker *seeker)
{
    return seeker->ends > 0;
}

static gboolean heard_input(Seeker *seeker)
{
    return seeker->inputs >= 1;
}

static gboolean heard_ink_and_chat(Seeker *seeker)
{
    return seeker->inks >= 1 && seeker->chats >= 1 && seeker->stats >= 1;
}

static void test_picture_words_and_time(void **state)
{
    Seeker *seeker = *state;
    begin_live(seeker);
    const PouceViewingEvent *first = &seeker->last[POUCE_VIEWING_FIRST_FRAME];
    printf("bound %" G_GINT64_FORMAT " ms, first frame %" G_GINT64_FORMAT " ms after the answer\n",
        seeker->last[POUCE_VIEWING_BOUND].ms, first->ms);
    assert_int_equal(first->width_px, 320);
    assert_int_equal(first->height_px, 240);

    const guint16 points[] = {0, 0, 65535, 65535};
    assert_true(pouce_viewing_ink(seeker->viewing, 1, 0xff0000, points, 2, TRUE, NULL));
    assert_true(pouce_viewing_chat(seeker->viewing, "Là, en haut.", NULL));
    assert_true(seeker_wait(seeker, heard_ink_and_chat, SOON_MS));
    PouceControl chat = {.type = POUCE_CONTROL_CHAT, .chat = {.id = 1, .text = (char *)"Merci"}};
    seeker_say(seeker, &chat);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_CHAT, 1, SOON_MS));
    assert_string_equal(seeker->chat, "Merci");

    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_TICK, 1, TICK_MS));
    assert_true(seeker_wait(seeker, both_chains, TICK_MS));
    assert_in_range(seeker->last[POUCE_VIEWING_TICK].live_ms, 4500, 6000);
    pouce_viewing_end(seeker->viewing);
    assert_true(seeker_wait(seeker, ended, SOON_MS));
    assert_int_equal(seeker->end_reason, POUCE_END_HELPER);
    assert_int_equal(seeker->ticks[POUCE_ROLE_HELPER], 2); // the last one was countersigned in time
}

static void assert_refused(Seeker *seeker, const char *word)
{
    seeker_begin(seeker);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_REFUSED_PEER, 1, CONNECT_MS));
    assert_non_null(strstr(seeker->refused, word));
    assert_true(seeker_wait(seeker, ended, SOON_MS));
    assert_int_equal(seeker->end_reason, POUCE_END_FAILED);
    seeker_wait(seeker, never, QUIET_MS);
    PoucePictureStats stats;
    pouce_picture_stats(seeker->picture, &stats);
    assert_int_equal(stats.decoded + stats.skipped, 0);
    assert_int_equal(seeker_count(seeker, POUCE_VIEWING_BOUND), 0);
}

static void test_an_impostor_is_refused(void **state)
{
    Seeker *seeker = *state;
    guint8 seed[POUCE_KEY_BYTES] = {9};
    seeker->signer = pouce_identity_new_from_seed(seed);
    assert_refused(seeker, "signature");
}

static void test_another_price_is_refused(void **state)
{
    Seeker *seeker = *state;
    seeker->spoil_price = TRUE;
    assert_refused(seeker, "price");
}

static void test_a_changed_device_waits_for_the_person(void **state)
{
    Seeker *seeker = *state;
    assert_true(pouce_pins_set(seeker->pins, "01890000-0000-7000-8000-000000000003",
        "01890000-0000-7000-8000-000000000002", "another-key", NULL));
    seeker_begin(seeker);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_PIN_CHANGED, 1, CONNECT_MS));
    seeker_wait(seeker, never, QUIET_MS);
    assert_false(seeker->bound); // not a word of ours left before
    assert_int_equal(seeker_count(seeker, POUCE_VIEWING_BOUND), 0);
    pouce_viewing_trust(seeker->viewing);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_FIRST_FRAME, 1, SOON_MS));
}

static void test_input_needs_a_loan(void **state)
{
    Seeker *seeker = *state;
    const PouceInput input = {.kind = POUCE_INPUT_CHARACTER, .scalar = 'x'};
    g_autoptr(GError) error = NULL;
    begin_live(seeker);
    assert_false(pouce_viewing_input(seeker->viewing, &input, &error));
    assert_true(g_error_matches(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_DENIED));
    assert_false(pouce_viewing_point(seeker->viewing, TRUE, TRUE, 1, 1, NULL));
    assert_true(pouce_viewing_point(seeker->viewing, TRUE, FALSE, 1, 1, NULL));

    seeker_grant(seeker, POUCE_CAPABILITY_CONTROL, 60000);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_GRANT, 1, SOON_MS));
    assert_true(pouce_viewing_input(seeker->viewing, &input, NULL));
    assert_true(seeker_wait(seeker, heard_input, SOON_MS));

    seeker_revoke(seeker, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_LOCAL_INPUT);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_REVOKE, 1, SOON_MS));
    assert_false(pouce_viewing_input(seeker->viewing, &input, NULL));
    assert_int_equal(seeker->inputs, 1);

    seeker_grant(seeker, POUCE_CAPABILITY_CONTROL, 300); // ends by itself
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_REVOKE, 2, SOON_MS));
    assert_int_equal(seeker->last[POUCE_VIEWING_REVOKE].by, POUCE_REVOKE_TIMEOUT);
    assert_false(pouce_viewing_input(seeker->viewing, &input, NULL));
}

// A recording begins with a key frame, which the helper's end asks for.
static gboolean is_recorded(Seeker *seeker)
{
    g_autofree char *path = g_build_filename(seeker->folder, "session.webm", NULL);
    GStatBuf now;
    return g_stat(path, &now) == 0 && now.st_size > 1000;
}

static void test_recording_needs_consent(void **state)
{
    Seeker *seeker = *state;
    g_autofree char *path = g_build_filename(seeker->folder, "session.webm", NULL);
    g_autoptr(GError) error = NULL;
    GStatBuf before, after;
    begin_live(seeker);
    assert_false(pouce_viewing_record(seeker->viewing, path, &error));
    assert_true(g_error_matches(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_DENIED));
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

    seeker_grant(seeker, POUCE_CAPABILITY_RECORD, 0);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_GRANT, 1, SOON_MS));
    assert_true(pouce_viewing_record(seeker->viewing, path, NULL));
    assert_true(seeker_wait(seeker, is_recorded, SOON_MS));
    seeker_revoke(seeker, POUCE_CAPABILITY_RECORD, POUCE_REVOKE_OWNER);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_REVOKE, 1, SOON_MS));
    assert_int_equal(g_stat(path, &before), 0);
    seeker_wait(seeker, never, QUIET_MS);
    assert_int_equal(g_stat(path, &after), 0);
    assert_int_equal(after.st_size, before.st_size); // nothing after the revocation
    g_unlink(path);
}

static void test_back_after_a_drop(void **state)
{
    Seeker *seeker = *state;
    begin_live(seeker);
    seeker_grant(seeker, POUCE_CAPABILITY_CONTROL, 0);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_GRANT, 1, SOON_MS));
    g_autofree char *fingerprint = g_strdup(pouce_peer_own_fingerprint(seeker->peer));
    seeker_vanish(seeker);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_LOST, 1, LOST_MS));
    assert_int_equal(pouce_viewing_granted(seeker->viewing), POUCE_CAPABILITY_NONE);
    assert_int_equal(seeker->last[POUCE_VIEWING_REVOKE].by, POUCE_REVOKE_POLICY);
    assert_false(pouce_viewing_chat(seeker->viewing, "?", NULL));
    seeker_wait(seeker, never, QUIET_MS);
    assert_true(seeker->restarts >= 1);

    seeker_offer(seeker);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_BOUND, 2, CONNECT_MS));
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_FIRST_FRAME, 2, SOON_MS));
    printf("back: first frame %" G_GINT64_FORMAT " ms after the answer\n",
        seeker->last[POUCE_VIEWING_FIRST_FRAME].ms);
    assert_false(pouce_viewing_granted(seeker->viewing) & POUCE_CAPABILITY_CONTROL);
    assert_true(seeker_wait_event(seeker, POUCE_VIEWING_TICK, 1, TICK_MS)); // the chain goes on
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_picture_words_and_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_impostor_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_price_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(
            test_a_changed_device_waits_for_the_person, setup, teardown),
        cmocka_unit_test_setup_teardown(test_input_needs_a_loan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_recording_needs_consent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_back_after_a_drop, setup, teardown),
    };
    pouce_peer_warm_up();
    return cmocka_run_group_tests_name("viewer/core/viewing", tests, NULL, NULL);
}
