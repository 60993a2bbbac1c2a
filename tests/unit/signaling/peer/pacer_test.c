// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/pacer.h"

#include "signaling/peer/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PACKET_BYTES 1000
#define DEADLINE_US (10 * G_USEC_PER_SEC)

typedef struct {
    GMutex lock;
    GCond changed;
    GArray *numbers;  // of packets, as they left
    GArray *burst_of; // for each packet: which burst
    guint bursts;
    gint64 first_us, last_us;
    GThread *first_thread;
} Road;

static GstFlowReturn send_burst(gpointer user, GstBufferList *burst)
{
    Road *road = user;
    g_mutex_lock(&road->lock);
    road->last_us = g_get_monotonic_time();
    road->first_us = road->bursts == 0 ? road->last_us : road->first_us;
    road->first_thread = road->bursts == 0 ? g_thread_self() : road->first_thread;
    for (guint i = 0; i < gst_buffer_list_length(burst); i++) {
        guint number = (guint)GST_BUFFER_OFFSET(gst_buffer_list_get(burst, i));
        g_array_append_val(road->numbers, number);
        g_array_append_val(road->burst_of, road->bursts);
    }
    road->bursts++;
    g_cond_broadcast(&road->changed);
    g_mutex_unlock(&road->lock);
    gst_buffer_list_unref(burst);
    return GST_FLOW_OK;
}

static void road_init(Road *road)
{
    *road = (Road){.numbers = g_array_new(FALSE, FALSE, sizeof(guint))};
    road->burst_of = g_array_new(FALSE, FALSE, sizeof(guint));
    g_mutex_init(&road->lock);
    g_cond_init(&road->changed);
}

static void road_clear(Road *road)
{
    g_array_unref(road->numbers);
    g_array_unref(road->burst_of);
    g_mutex_clear(&road->lock);
    g_cond_clear(&road->changed);
}

static gboolean wait_for(Road *road, guint packets)
{
    gint64 until_us = g_get_monotonic_time() + DEADLINE_US;
    gboolean in_time = TRUE;
    g_mutex_lock(&road->lock);
    while (road->numbers->len < packets && in_time) {
        in_time = g_cond_wait_until(&road->changed, &road->lock, until_us);
    }
    g_mutex_unlock(&road->lock);
    return in_time;
}

static GstBufferList *make_frame(guint first, guint packets)
{
    GstBufferList *list = gst_buffer_list_new();
    for (guint i = 0; i < packets; i++) {
        GstBuffer *packet = gst_buffer_new_allocate(NULL, PACKET_BYTES, NULL);
        GST_BUFFER_OFFSET(packet) = first + i;
        gst_buffer_list_add(list, packet);
    }
    return list;
}

static void one_packet_leaves_at_once(void **state)
{
    Road road;
    road_init(&road);
    PoucePacer *pacer = pouce_pacer_new(&(PoucePacerTarget){send_burst, &road});
    pouce_pacer_set_bps(pacer, 1000); // eight seconds a packet
    for (guint i = 0; i < 3; i++) {
        assert_int_equal(pouce_pacer_push(pacer, make_frame(i, 1), FALSE), GST_FLOW_OK);
        assert_int_equal(road.numbers->len, i + 1);
        assert_true(pouce_pacer_is_empty(pacer));
    }
    assert_ptr_equal(road.first_thread, g_thread_self());
    pouce_pacer_free(pacer);
    road_clear(&road);
}

static void a_frame_leaves_in_bursts_in_order(void **state)
{
    Road road;
    road_init(&road);
    PoucePacer *pacer = pouce_pacer_new(&(PoucePacerTarget){send_burst, &road});
    pouce_pacer_set_bps(pacer, 8000000); // a packet each millisecond, five a burst
    pouce_pacer_push(pacer, make_frame(0, 50), FALSE);
    assert_ptr_equal(road.first_thread, g_thread_self());
    pouce_pacer_push(pacer, make_frame(50, 1), FALSE);
    assert_true(wait_for(&road, 51));
    for (guint i = 0; i < 51; i++) {
        assert_int_equal(g_array_index(road.numbers, guint, i), i);
        assert_int_equal(g_array_index(road.burst_of, guint, i), i / 5);
    }
    assert_true(road.last_us - road.first_us >= 45000);
    pouce_pacer_free(pacer);
    road_clear(&road);
}

static void a_probe_is_not_paced(void **state)
{
    Road road;
    road_init(&road);
    PoucePacer *pacer = pouce_pacer_new(&(PoucePacerTarget){send_burst, &road});
    pouce_pacer_set_bps(pacer, 1000);
    pouce_pacer_push(pacer, make_frame(0, 20), TRUE);
    assert_int_equal(road.bursts, 1);
    assert_int_equal(road.numbers->len, 20);
    pouce_pacer_free(pacer);
    road_clear(&road);
}

static void nothing_leaves_after_stop(void **state)
{
    Road road;
    road_init(&road);
    PoucePacer *pacer = pouce_pacer_new(&(PoucePacerTarget){send_burst, &road});
    pouce_pacer_set_bps(pacer, 1000000);
    pouce_pacer_push(pacer, make_frame(0, 100), FALSE);
    assert_false(pouce_pacer_is_empty(pacer));
    pouce_pacer_stop(pacer);
    guint left = road.numbers->len;
    assert_true(left < 100);
    assert_int_equal(pouce_pacer_push(pacer, make_frame(0, 1), FALSE), GST_FLOW_FLUSHING);
    assert_int_equal(road.numbers->len, left);
    pouce_pacer_free(pacer);
    road_clear(&road);
}

static void bursts_are_short_and_gaps_keep_the_pace(void **state)
{
    for (int bps = 20000; bps < 2000000000 / 2; bps *= 2) {
        gint64 bytes = pouce_pace_burst_bytes(bps);
        assert_true(bytes * 8 * 1000 <= (gint64)bps * 5); // 5 ms
        assert_true(bytes <= POUCE_PACE_BURST_MAX_BYTES);
        gint64 gap_us = pouce_pace_gap_us(bps, MAX(bytes, PACKET_BYTES));
        assert_true(gap_us >= POUCE_PACE_GAP_MIN_US);
        assert_true(gap_us <= MAX(POUCE_PACE_BURST_US, 8000LL * PACKET_BYTES * 1000 / bps + 1000));
    }
    assert_int_equal(pouce_pace_burst_bytes(0), POUCE_PACE_BURST_MAX_BYTES);
    assert_int_equal(pouce_pace_gap_us(0, 1000000), POUCE_PACE_GAP_MIN_US);
}

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_packet_leaves_at_once),
        cmocka_unit_test(a_frame_leaves_in_bursts_in_order),
        cmocka_unit_test(a_probe_is_not_paced),
        cmocka_unit_test(nothing_leaves_after_stop),
        cmocka_unit_test(bursts_are_short_and_gaps_keep_the_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
