// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two webrtcbin ends over loopback, for real: what the facts promise is measured and printed here.

#include "signaling/peer/webrtc.h"
#include "signaling/wire/motion.h"
#include "tests/unit/signaling/peer/ends.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FRAMES 60
#define CYCLES 20

static guint wanted;

static gboolean has_frames(Ends *ends)
{
    return end_frames(&ends->answerer) >= wanted;
}

static gboolean has_control(Ends *ends)
{
    return ends->offerer.messages[POUCE_PEER_CONTROL]->len >= wanted;
}

static gboolean has_keyframe_request(Ends *ends)
{
    return ends->offerer.keyframe_requests >= wanted;
}

static gboolean has_feedback(Ends *ends)
{
    return ends->offerer.feedback_packets >= FRAMES;
}

static void allow_both(Ends *ends)
{
    pouce_peer_allow_media(ends->offerer.peer);
    pouce_peer_allow_media(ends->answerer.peer);
}

static gboolean can_push(Ends *ends)
{
    g_main_context_wakeup(NULL); // nobody tells: asked all the time
    return pouce_peer_can_push(ends->offerer.peer) != POUCE_PEER_PUSH_BUSY;
}

// A frame may be there before the thread that sent it knows: busy for an instant.
static void push(Ends *ends, GBytes *frame)
{
    gsize bytes;
    const guint8 *data = g_bytes_get_data(frame, &bytes);
    assert_true(ends_wait(ends, can_push, 5000));
    assert_int_equal(ends_push(ends, data, bytes), POUCE_PEER_PUSH_OK);
}

static int compare_us(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static void print_spread(const char *what, GArray *us)
{
    g_array_sort(us, compare_us);
    printf("%s: p50 %.2f ms, p99 %.2f ms (%u)\n", what,
        (double)g_array_index(us, gint64, us->len / 2) / 1000,
        (double)g_array_index(us, gint64, us->len * 99 / 100) / 1000, us->len);
}

static void test_connects_and_shows(void **state)
{
    g_autoptr(GPtrArray) frames = vp8_frames(FRAMES);
    gint64 begin_us = g_get_monotonic_time();
    Ends *ends = ends_connect("webrtcbin");
    assert_int_equal(ends->offerer.states[POUCE_PEER_SECURE], 1);
    assert_string_equal(pouce_peer_own_fingerprint(ends->offerer.peer),
        pouce_peer_peer_fingerprint(ends->answerer.peer));
    assert_int_equal(strlen(pouce_peer_peer_fingerprint(ends->offerer.peer)), 64);
    gsize bytes;
    const guint8 *data = g_bytes_get_data(frames->pdata[0], &bytes);
    assert_int_equal(ends_push(ends, data, bytes), POUCE_PEER_PUSH_NOT_ALLOWED);
    allow_both(ends);
    gint64 pushed_us = g_get_monotonic_time();
    push(ends, frames->pdata[0]);
    wanted = 1;
    assert_true(ends_wait(ends, has_frames, 5000));
    gint64 first_us = g_array_index(ends->answerer.frame_us, gint64, 0);
    printf("start -> connected %.1f ms; answer -> connected %.1f ms; answer -> first frame %.1f ms "
           "(push -> frame %.1f ms)\n",
        (double)(ends->offerer.at_us[POUCE_PEER_CONNECTED] - begin_us) / 1000,
        (double)(ends->offerer.at_us[POUCE_PEER_CONNECTED] - ends->remote_set_us) / 1000,
        (double)(first_us - ends->remote_set_us) / 1000, (double)(first_us - pushed_us) / 1000);
    assert_true(first_us - ends->remote_set_us < 3 * G_USEC_PER_SEC);
    ends_free(ends);
}

// A frame of 100 packets fills the socket if nobody reads meanwhile. What its end lost shows only
// by what comes next, which an agent sends of itself (pouce_peer_follow_up_us).
static void push_until_shown(Ends *ends, GPtrArray *frames, guint index, gint64 *pushed_us)
{
    if (pushed_us[index] == 0) {
        pushed_us[index] = g_get_monotonic_time();
        push(ends, frames->pdata[index]);
    }
    wanted = index + 1;
    gboolean shown = ends_wait(ends, has_frames, 1000);
    if (!shown && index + 1 < frames->len) {
        printf("frame %u waits for what comes next\n", index);
        pushed_us[index + 1] = g_get_monotonic_time();
        push(ends, frames->pdata[index + 1]);
    }
    if (!shown && !ends_wait(ends, has_frames, 5000)) {
        PoucePeerStats stats;
        pouce_peer_stats(ends->answerer.peer, &stats);
        fail_msg("frame %u of %zu bytes did not come; lost %" G_GUINT64_FORMAT
                 ", nacks %" G_GUINT64_FORMAT,
            index, g_bytes_get_size(frames->pdata[index]), stats.packets_lost, stats.nacks);
    }
}

static gboolean has_dropped(Ends *ends)
{
    PoucePeerStats stats;
    pouce_peer_counts(ends->offerer.peer, &stats);
    return stats.dropped_closed > 0;
}

// Of the wrong size, and from the end that decodes nothing.
static gboolean have_refused(Ends *ends)
{
    PoucePeerStats offerer, answerer;
    pouce_peer_counts(ends->offerer.peer, &offerer);
    pouce_peer_counts(ends->answerer.peer, &answerer);
    return offerer.dropped_invalid > 0 && answerer.dropped_invalid > 0;
}

static void test_frames_arrive_whole_and_in_order(void **state)
{
    gint64 pushed_us[FRAMES] = {0};
    g_autoptr(GPtrArray) frames = vp8_frames(FRAMES);
    g_autoptr(GArray) latency_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    gsize least = G_MAXSIZE, most = 0;
    Ends *ends = ends_connect("webrtcbin");
    allow_both(ends);
    for (guint i = 0; i < frames->len; i++) {
        push_until_shown(ends, frames, i, pushed_us);
        gint64 took_us = g_array_index(ends->answerer.frame_us, gint64, i) - pushed_us[i];
        gsize bytes = g_bytes_get_size(frames->pdata[i]);
        least = MIN(least, bytes);
        most = MAX(most, bytes);
        if (i > 0 && bytes < 2000) {
            g_array_append_val(latency_us, took_us);
        }
        g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, frames->pdata[i]);
        assert_string_equal(hash, ends->answerer.frames->pdata[i]);
    }
    printf("%u frames of %zu to %zu bytes\n", frames->len, least, most);
    assert_true(least < 1000 && most > 100000);
    print_spread("push -> whole frame, small ones", latency_us);
    assert_true(ends_wait(ends, has_feedback, 5000));
    PoucePeerStats stats;
    pouce_peer_stats(ends->offerer.peer, &stats);
    printf("packets %" G_GUINT64_FORMAT ", lost %" G_GUINT64_FORMAT ", feedback on %u\n",
        stats.packets_sent, stats.packets_lost, ends->offerer.feedback_packets);
    gint64 age_us = g_get_monotonic_time() - ends->offerer.feedback_local_ns / 1000;
    assert_in_range(age_us, 0, 10 * G_USEC_PER_SEC); // on the monotonic clock
    assert_true(stats.packets_sent > FRAMES);
    ends_free(ends);
}

static gboolean is_told(Ends *ends)
{
    PoucePeerDelivery delivery;
    pouce_peer_delivery(ends->offerer.peer, &delivery);
    return ends->offerer.told >= wanted && delivery.confirmed_id == ends->frame_id;
}

// A far side that says what it decoded, which needs no report of packets; and says it too soon.
static void test_what_is_decoded_is_told(void **state)
{
    static const guint8 early[] = {POUCE_MOTION_DECODED, 0, 0, 0, 1};
    g_autoptr(GPtrArray) frames = vp8_frames(FRAMES);
    PoucePeerStats stats;
    Ends *ends = ends_connect("webrtcbin");
    assert_true(ends_wait(ends, ends_are_connected, 10000));
    assert_int_equal(pouce_peer_send(ends->answerer.peer, POUCE_PEER_MOTION, early, sizeof early),
        POUCE_PEER_SEND_OK);
    assert_true(ends_wait(ends, has_dropped, 5000));
    allow_both(ends);
    for (wanted = 1; wanted <= 5; wanted++) {
        push(ends, frames->pdata[wanted - 1]);
        assert_true(ends_wait(ends, is_told, 5000));
    }
    assert_int_equal(ends->offerer.messages[POUCE_PEER_MOTION]->len, 0);
    pouce_peer_send(ends->answerer.peer, POUCE_PEER_MOTION, early, sizeof early - 1);
    pouce_peer_send(ends->offerer.peer, POUCE_PEER_MOTION, early, sizeof early);
    assert_true(ends_wait(ends, have_refused, 5000));
    pouce_peer_counts(ends->offerer.peer, &stats);
    assert_int_equal(stats.dropped_closed, 1);
    ends_free(ends);
}

static gboolean never(Ends *ends)
{
    return FALSE;
}

// A desktop is silent most of the time: what comes after silence must not be taken for lost.
static void test_a_frame_after_silence_arrives(void **state)
{
    g_autoptr(GPtrArray) frames = vp8_frames(FRAMES);
    Ends *ends = ends_connect("webrtcbin");
    allow_both(ends);
    for (guint i = 0; i < 24; i++) {
        if (i >= 20)
            ends_wait(ends, never, 1000); // the silence itself is what is tested
        push(ends, frames->pdata[i]);
        wanted = i + 1;
        if (!ends_wait(ends, has_frames, 2000))
            fail_msg("frame %u, after silence, did not come", i);
    }
    ends_free(ends);
}

static gboolean has_voices(Ends *ends)
{
    return end_voices(&ends->answerer) >= wanted && end_voices(&ends->offerer) >= wanted;
}

static GstPadProbeReturn drop_tenth(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    guint *count = user;
    return (*count)++ % 10 == 9 ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

// Packets both ways, 20 ms apart as one speaks; every tenth of the offerer's is lost on the way.
static gboolean speak(gpointer user)
{
    Ends *ends = user;
    guint32 packet[2] = {ends->spoken++, 0};
    gint64 now_us = g_get_monotonic_time();
    pouce_peer_push_voice(ends->offerer.peer, (guint8 *)packet, sizeof packet, now_us);
    pouce_peer_push_voice(ends->answerer.peer, (guint8 *)packet, sizeof packet, now_us);
    return G_SOURCE_CONTINUE;
}

static void drop_on_the_way(PoucePeer *peer, guint *count)
{
    PouceWebrtc *webrtc = peer->impl;
    g_autoptr(GstPad) out = gst_element_get_static_pad(webrtc->voice_payloader, "src");
    gst_pad_add_probe(
        out, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop_tenth, count, NULL);
}

static void test_voice_both_ways(void **state)
{
    Ends *ends = ends_connect("webrtcbin");
    guint8 packet[] = {1, 2, 3, 4};
    guint count = 0;
    drop_on_the_way(ends->offerer.peer, &count);
    assert_int_equal(
        pouce_peer_push_voice(ends->answerer.peer, packet, 4, 1), POUCE_PEER_PUSH_NOT_ALLOWED);
    allow_both(ends);
    guint timer = g_timeout_add(20, speak, ends);
    wanted = 90;
    assert_true(ends_wait(ends, has_voices, 10000));
    g_source_remove(timer);
    guint lost = 0, held = 0;
    gint64 late_us = 0;
    g_mutex_lock(&ends->answerer.lock);
    for (guint i = 1; i < ends->answerer.voice->len; i++) {
        HeardVoice *heard = &g_array_index(ends->answerer.voice, HeardVoice, i);
        HeardVoice *before = heard - 1;
        assert_int_equal(heard->number - before->number, 1 + heard->lost);
        assert_true(heard->due_us > before->due_us);
        lost += heard->lost;
        late_us = MAX(late_us, heard->arrival_us - heard->due_us);
        held += heard->arrival_us - heard->due_us > 10000;
    }
    g_mutex_unlock(&ends->answerer.lock);
    assert_int_equal(g_array_index(ends->offerer.voice, HeardVoice, 50).lost, 0);
    printf("voice: %u and %u packets, lost %u; %u came 10 ms late, at most %.1f ms\n",
        ends->answerer.voice->len, ends->offerer.voice->len, lost, held, (double)late_us / 1000);
    assert_in_range(lost, 8, 13);
    ends_free(ends);
}

static void test_messages_travel(void **state)
{
    g_autoptr(GArray) round_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    Ends *ends = ends_connect("webrtcbin");
    allow_both(ends);
    ends->answerer.echo = TRUE;
    for (guint i = 0; i < 100; i++) {
        gint64 sent_us = g_get_monotonic_time();
        assert_int_equal(
            pouce_peer_send(ends->offerer.peer, POUCE_PEER_CONTROL, "{\"type\":1}", 10),
            POUCE_PEER_SEND_OK);
        wanted = i + 1;
        assert_true(ends_wait(ends, has_control, 5000));
        gint64 took_us = g_get_monotonic_time() - sent_us;
        g_array_append_val(round_us, took_us);
    }
    print_spread("message round trip", round_us);
    ends_free(ends);
}

static gboolean has_all_channels(Ends *ends)
{
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        if (ends->answerer.messages[i]->len < 1) {
            return FALSE;
        }
    }
    return TRUE;
}

static void test_every_channel(void **state)
{
    g_autofree char *big = g_malloc(POUCE_PEER_MESSAGE_MAX_BYTES + 1);
    memset(big, 'x', POUCE_PEER_MESSAGE_MAX_BYTES + 1);
    Ends *ends = ends_connect("webrtcbin");
    allow_both(ends);
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        gsize most =
            i == POUCE_PEER_CONTROL ? POUCE_PEER_CONTROL_MAX_BYTES : POUCE_PEER_MESSAGE_MAX_BYTES;
        assert_int_equal(
            pouce_peer_send(ends->offerer.peer, i, big, most + 1), POUCE_PEER_SEND_TOO_BIG);
        gsize bytes = i == POUCE_PEER_MOTION ? 15 : most;
        assert_int_equal(pouce_peer_send(ends->offerer.peer, i, big, bytes), POUCE_PEER_SEND_OK);
    }
    assert_true(ends_wait(ends, has_all_channels, 10000));
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        gsize bytes;
        const char *data = g_bytes_get_data(ends->answerer.messages[i]->pdata[0], &bytes);
        assert_memory_equal(data, big, bytes);
        assert_true(bytes == 15 || bytes >= POUCE_PEER_CONTROL_MAX_BYTES);
    }
    ends_free(ends);
}

static void test_keyframe_request_travels(void **state)
{
    g_autoptr(GPtrArray) frames = vp8_frames(2);
    Ends *ends = ends_connect("webrtcbin");
    allow_both(ends);
    wanted = 1; // by allow_media itself
    assert_true(ends_wait(ends, has_keyframe_request, 1000));
    push(ends, frames->pdata[0]);
    assert_true(ends_wait(ends, has_frames, 5000));
    pouce_peer_request_keyframe(ends->answerer.peer);
    pouce_peer_request_keyframe(ends->answerer.peer);
    wanted = 2;
    assert_true(ends_wait(ends, has_keyframe_request, 5000));
    ends_free(ends);
}

// The far side must never be CONNECTED, nor get a frame or a message, whoever was deceived.
static void refuse(gboolean spoil_offer)
{
    g_autoptr(GPtrArray) frames = vp8_frames(1);
    Ends *ends = ends_new("webrtcbin");
    ends->spoil_offer = spoil_offer;
    ends->spoil_answer = !spoil_offer;
    ends_start(ends);
    assert_true(ends_wait(ends, ends_have_failed, 10000));
    End *deceived = spoil_offer ? &ends->answerer : &ends->offerer;
    assert_int_equal(deceived->states[POUCE_PEER_FAILED], 1);
    assert_non_null(strstr(deceived->reason, "certificate"));
    assert_string_equal(pouce_peer_failure_code(deceived->peer), "wrong_certificate");
    allow_both(ends);
    gsize bytes;
    const guint8 *data = g_bytes_get_data(frames->pdata[0], &bytes);
    ends_push(ends, data, bytes);
    assert_int_equal(
        pouce_peer_send(ends->offerer.peer, POUCE_PEER_CONTROL, "{}", 2), POUCE_PEER_SEND_NOT_OPEN);
    assert_false(ends_wait(ends, ends_are_connected, 2000));
    assert_int_equal(ends->offerer.states[POUCE_PEER_CONNECTED], 0);
    assert_int_equal(ends->answerer.states[POUCE_PEER_CONNECTED], 0);
    assert_int_equal(deceived->states[POUCE_PEER_SECURE], 0);
    assert_int_equal(end_frames(&ends->answerer), 0);
    assert_int_equal(ends->answerer.messages[POUCE_PEER_CONTROL]->len, 0);
    ends_free(ends);
}

static void test_altered_offer_is_refused(void **state)
{
    refuse(TRUE);
}

static void test_altered_answer_is_refused(void **state)
{
    refuse(FALSE);
}

static gboolean are_closed(Ends *ends)
{
    return ends->offerer.states[POUCE_PEER_CLOSED] && ends->answerer.states[POUCE_PEER_CLOSED];
}

static guint count_entries(const char *path)
{
    guint count = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir)) {
        count++;
    }
    closedir(dir);
    return count;
}

static void test_close_says_bye_and_leaks_nothing(void **state)
{
    guint descriptors = 0, threads = 0;
    g_autoptr(GPtrArray) frames = vp8_frames(1);
    for (guint i = 0; i < CYCLES; i++) {
        Ends *ends = ends_connect("webrtcbin");
        allow_both(ends);
        push(ends, frames->pdata[0]);
        wanted = 1;
        assert_true(ends_wait(ends, has_frames, 5000));
        pouce_peer_close(ends->offerer.peer, "seeker");
        assert_true(ends_wait(ends, are_closed, 5000));
        assert_string_equal(ends->answerer.reason, "seeker");
        ends_free(ends);
        if (i == 4) { // pools have filled by then
            descriptors = count_entries("/proc/self/fd");
            threads = count_entries("/proc/self/task");
        }
    }
    printf("after 5 and %d cycles: descriptors %u %u, threads %u %u\n", CYCLES, descriptors,
        count_entries("/proc/self/fd"), threads, count_entries("/proc/self/task"));
    assert_in_range(count_entries("/proc/self/fd"), 0, descriptors + 4);
    assert_in_range(count_entries("/proc/self/task"), 0, threads + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connects_and_shows),
        cmocka_unit_test(test_frames_arrive_whole_and_in_order),
        cmocka_unit_test(test_what_is_decoded_is_told),
        cmocka_unit_test(test_a_frame_after_silence_arrives),
        cmocka_unit_test(test_voice_both_ways),
        cmocka_unit_test(test_messages_travel),
        cmocka_unit_test(test_every_channel),
        cmocka_unit_test(test_keyframe_request_travels),
        cmocka_unit_test(test_altered_offer_is_refused),
        cmocka_unit_test(test_altered_answer_is_refused),
        cmocka_unit_test(test_close_says_bye_and_leaks_nothing),
    };
    pouce_peer_warm_up();
    if (g_getenv("POUCE_TEST_ONLY")) {
        cmocka_set_test_filter(g_getenv("POUCE_TEST_ONLY"));
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
