// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The shared half of the peer through the loopback backend: states, gates, limits, bye, heartbeats.

#include "signaling/peer/backend.h"
#include "tests/unit/signaling/peer/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const guint8 frame[] = {0x10, 1, 2, 3};

static guint wanted;

static gboolean has_control(Ends *ends)
{
    return ends->answerer.messages[POUCE_PEER_CONTROL]->len >= wanted;
}

static gboolean has_cursor(Ends *ends)
{
    return ends->answerer.messages[POUCE_PEER_CURSOR]->len >= wanted;
}

static gboolean is_closed(Ends *ends)
{
    return ends->offerer.states[POUCE_PEER_CLOSED] > 0;
}

static gboolean is_lost(Ends *ends)
{
    return pouce_peer_state(ends->offerer.peer) == POUCE_PEER_LOST;
}

static gboolean knows_round_trip(Ends *ends)
{
    PoucePeerStats stats;
    pouce_peer_stats(ends->offerer.peer, &stats);
    return stats.rtt_us >= 0 && stats.far_decoded == 42;
}

static void test_states_and_fingerprints(void **state)
{
    Ends *ends = ends_connect("loopback");
    assert_int_equal(ends->offerer.states[POUCE_PEER_CONNECTING], 1);
    assert_int_equal(ends->offerer.states[POUCE_PEER_SECURE], 1);
    assert_string_equal(pouce_peer_own_fingerprint(ends->offerer.peer),
        pouce_peer_peer_fingerprint(ends->answerer.peer));
    assert_string_not_equal(pouce_peer_own_fingerprint(ends->offerer.peer),
        pouce_peer_own_fingerprint(ends->answerer.peer));
    ends_free(ends);
}

static void test_altered_fingerprints(void **state)
{
    for (int i = 0; i < 2; i++) {
        Ends *ends = ends_new("loopback");
        ends->spoil_offer = i == 0;
        ends->spoil_answer = i == 1;
        ends_start(ends);
        assert_true(ends_wait(ends, ends_have_failed, 5000));
        assert_false(ends_are_connected(ends));
        assert_int_equal(ends->answerer.states[POUCE_PEER_SECURE], 0);
        assert_int_equal(ends->offerer.states[POUCE_PEER_SECURE], 0);
        ends_free(ends);
    }
}

// Before both binds are verified only control and motion pass; cursor shapes wait.
static void test_gates(void **state)
{
    Ends *ends = ends_connect("loopback");
    End *from = &ends->offerer;
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        assert_int_equal(pouce_peer_send(from->peer, i, "abc", 3), POUCE_PEER_SEND_OK);
    }
    assert_int_equal(ends_push(ends, frame, sizeof frame), POUCE_PEER_PUSH_NOT_ALLOWED);
    pouce_peer_allow_media(from->peer);
    assert_int_equal(ends_push(ends, frame, sizeof frame), POUCE_PEER_PUSH_OK);
    wanted = 1;
    assert_true(ends_wait(ends, has_control, 1000));
    assert_int_equal(ends->answerer.messages[POUCE_PEER_MOTION]->len, 1);
    assert_int_equal(ends->answerer.messages[POUCE_PEER_INPUT]->len, 0);
    assert_int_equal(ends->answerer.messages[POUCE_PEER_FILES]->len, 0);
    assert_int_equal(ends->answerer.messages[POUCE_PEER_CURSOR]->len, 0);
    assert_int_equal(end_frames(&ends->answerer), 0);
    PoucePeerStats stats;
    pouce_peer_stats(ends->answerer.peer, &stats);
    assert_int_equal(stats.dropped_closed, 3); // input, files, the frame
    pouce_peer_allow_media(ends->answerer.peer);
    assert_true(ends_wait(ends, has_cursor, 1000)); // it waited
    assert_int_equal(ends_push(ends, frame, sizeof frame), POUCE_PEER_PUSH_OK);
    assert_int_equal(end_frames(&ends->answerer), 1);
    PouceVideoFrame key = {.vp8 = frame, .bytes = sizeof frame, .pts_us = 2, .id = 1};
    assert_int_equal(pouce_peer_push_video(ends->answerer.peer, &key), POUCE_PEER_PUSH_NOT_ALLOWED);
    ends_free(ends);
}

static void test_voice_gate(void **state)
{
    const guint8 packet[] = {1, 2, 3, 4, 5};
    g_autofree guint8 *big = g_malloc0(POUCE_PEER_VOICE_MAX_BYTES + 1);
    Ends *ends = ends_connect("loopback");
    PoucePeer *from = ends->answerer.peer;
    assert_int_equal(
        pouce_peer_push_voice(from, packet, sizeof packet, 1), POUCE_PEER_PUSH_NOT_ALLOWED);
    pouce_peer_allow_media(from);
    assert_int_equal(pouce_peer_push_voice(from, packet, sizeof packet, 1), POUCE_PEER_PUSH_OK);
    assert_int_equal(end_voices(&ends->offerer), 0); // its own gate is shut
    pouce_peer_allow_media(ends->offerer.peer);
    assert_int_equal(pouce_peer_push_voice(from, packet, sizeof packet, 2), POUCE_PEER_PUSH_OK);
    assert_int_equal(end_voices(&ends->offerer), 1);
    assert_int_equal(
        pouce_peer_push_voice(ends->offerer.peer, packet, sizeof packet, 2), POUCE_PEER_PUSH_OK);
    assert_int_equal(end_voices(&ends->answerer), 1);
    assert_int_equal(pouce_peer_push_voice(from, big, POUCE_PEER_VOICE_MAX_BYTES + 1, 3),
        POUCE_PEER_PUSH_TOO_BIG);
    assert_int_equal(pouce_peer_push_voice(from, big, 0, 3), POUCE_PEER_PUSH_TOO_BIG);
    ends_free(ends);
}

static void test_limits(void **state)
{
    g_autofree char *big = g_strnfill(POUCE_PEER_MESSAGE_MAX_BYTES + 1, 'x');
    Ends *ends = ends_connect("loopback");
    PoucePeer *peer = ends->offerer.peer;
    assert_int_equal(
        pouce_peer_send(peer, POUCE_PEER_CONTROL, big, POUCE_PEER_CONTROL_MAX_BYTES + 1),
        POUCE_PEER_SEND_TOO_BIG);
    assert_int_equal(pouce_peer_send(peer, POUCE_PEER_FILES, big, POUCE_PEER_MESSAGE_MAX_BYTES + 1),
        POUCE_PEER_SEND_TOO_BIG);
    assert_int_equal(ends_push(ends, frame, 0), POUCE_PEER_PUSH_TOO_BIG);
    PouceVideoFrame far = {
        .vp8 = frame, .bytes = sizeof frame, .id = 2 + POUCE_PEER_BACK_MAX, .base_id = 1};
    assert_int_equal(pouce_peer_push_video(peer, &far), POUCE_PEER_PUSH_TOO_BIG);
    g_autoptr(GError) error = NULL;
    for (guint i = 1; i < POUCE_PEER_CANDIDATES_MAX; i++) {
        assert_true(
            pouce_peer_add_candidate(peer, "candidate:1 1 UDP 1 10.0.0.1 5 typ host", 0, &error));
    }
    assert_false(
        pouce_peer_add_candidate(peer, "candidate:1 1 UDP 1 10.0.0.1 5 typ host", 0, &error));
    assert_int_equal(error->code, POUCE_PEER_ERROR_LIMIT);
    g_clear_error(&error);
    assert_false(pouce_peer_set_remote_description(peer, "answer", "v=0", &error));
    ends_free(ends);
}

static void test_bye(void **state)
{
    Ends *ends = ends_connect("loopback");
    pouce_peer_close(ends->answerer.peer, "helper");
    assert_true(ends_wait(ends, is_closed, 1000));
    assert_string_equal(ends->offerer.reason, "helper");
    assert_int_equal(
        pouce_peer_send(ends->offerer.peer, POUCE_PEER_CONTROL, "x", 1), POUCE_PEER_SEND_NOT_OPEN);
    ends_free(ends);
}

static void test_dead_peer_is_noticed(void **state)
{
    Ends *ends = ends_connect("loopback");
    pouce_peer_set_decoded(ends->answerer.peer, 42, 0);
    assert_true(ends_wait(ends, knows_round_trip, 3000));
    gint64 died_us = g_get_monotonic_time();
    pouce_peer_free(g_steal_pointer(&ends->answerer.peer));
    assert_true(ends_wait(ends, is_lost, 5000));
    printf("noticed after %.2f s\n", (double)(g_get_monotonic_time() - died_us) / G_USEC_PER_SEC);
    ends_free(ends);
}

static guint beats;
static guint32 last_beat;

static gboolean has_beaten(Ends *ends)
{
    guint32 seq = ends->answerer.peer->heartbeat.timed_seq;
    beats += seq != last_beat;
    last_beat = seq;
    return beats >= 5;
}

static gboolean show_old_and_ask(gpointer user)
{
    Ends *ends = user;
    PouceVideoArrival old = {.arrival_us = g_get_monotonic_time() - 10 * G_USEC_PER_SEC};
    pouce_peer_report_video(ends->answerer.peer, frame, sizeof frame, &old);
    pouce_peer_request_keyframe(ends->answerer.peer);
    return G_SOURCE_CONTINUE;
}

// A slow decoder gives out what came long ago; a broken picture asks for a key frame all the time.
static void test_a_troubled_picture_is_no_silence(void **state)
{
    Ends *ends = ends_connect("loopback");
    guint timer = g_timeout_add(50, show_old_and_ask, ends);
    assert_true(ends_wait(ends, has_beaten, 6000));
    g_source_remove(timer);
    assert_int_equal(ends->answerer.states[POUCE_PEER_LOST], 0);
    ends_free(ends);
}

static void free_inside(gpointer user, PoucePeerState state, const char *reason)
{
    PoucePeer **peer = user;
    if (state == POUCE_PEER_CONNECTING) {
        pouce_peer_free(g_steal_pointer(peer));
    }
}

static void test_free_inside_an_event(void **state)
{
    PoucePeer *peer = NULL;
    PoucePeerConfig config = {.role = POUCE_PEER_OFFERER, .backend = "loopback"};
    PoucePeerEvents events = {.on_state = free_inside};
    peer = pouce_peer_new(&config, &events, &peer, NULL);
    pouce_peer_start(peer);
    assert_null(peer);
    g_autoptr(GError) error = NULL;
    config.backend = "pigeons";
    assert_null(pouce_peer_new(&config, &events, NULL, &error));
    assert_int_equal(error->code, POUCE_PEER_ERROR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_and_fingerprints),
        cmocka_unit_test(test_altered_fingerprints),
        cmocka_unit_test(test_gates),
        cmocka_unit_test(test_voice_gate),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_bye),
        cmocka_unit_test(test_dead_peer_is_noticed),
        cmocka_unit_test(test_a_troubled_picture_is_no_silence),
        cmocka_unit_test(test_free_inside_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
