// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/assembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START_US 1000000

typedef struct {
    PouceAssembly *assembly;
    guint16 seq;
    gint64 now_us;
} Line;

static void line_init(Line *line)
{
    *line = (Line){pouce_assembly_new(), 65530, START_US}; // wraps soon
}

// One packet whose payload is two bytes: the frame's number and the packet's place in it.
static void send_packet(
    Line *line, guint16 seq, guint16 number, guint16 back, guint at, guint count)
{
    const guint8 payload[] = {0x90, 0x80, 0x85, 0x01, (guint8)number, (guint8)at};
    PouceAssemblyPacket packet = {.seq = seq,
        .rtp_timestamp = number * 3000u,
        .dependency = {at == 0, at + 1 == count, number, back},
        .payload = payload,
        .bytes = sizeof payload};
    pouce_assembly_take(line->assembly, &packet, line->now_us);
}

// A frame of @count packets, of which @missing stays away (-1: none).
static void send_frame(Line *line, guint16 number, guint16 back, guint count, int missing)
{
    for (guint at = 0; at < count; at++, line->seq++) {
        if ((int)at != missing) {
            send_packet(line, line->seq, number, back, at, count);
        }
    }
}

static void expect(Line *line, guint16 number, guint packets)
{
    PouceAssemblyFrame *frame = pouce_assembly_next(line->assembly, line->now_us);
    assert_non_null(frame);
    assert_int_equal((guint16)frame->number, number);
    assert_int_equal(frame->vp8->len, 2 * packets);
    for (guint i = 0; i < packets; i++) {
        assert_int_equal(frame->vp8->data[2 * i], number & 0xff);
        assert_int_equal(frame->vp8->data[2 * i + 1], i);
    }
    assert_int_equal(frame->rtp_timestamp, number * 3000u);
    pouce_assembly_frame_free(frame);
}

static void expect_none(Line *line)
{
    assert_null(pouce_assembly_next(line->assembly, line->now_us));
}

static void frames_come_out_in_order(void **state)
{
    Line line;
    line_init(&line);
    expect_none(&line);
    for (guint i = 0; i < 5000; i++) { // beyond every ring
        guint16 number = (guint16)(65000 + i);
        send_frame(&line, number, i == 0 ? 0 : 1, 1 + i % 5, -1);
        expect(&line, number, 1 + i % 5);
        expect_none(&line);
    }
    assert_false(pouce_assembly_wants_key(line.assembly, line.now_us + 10 * G_USEC_PER_SEC));
    pouce_assembly_free(line.assembly);
}

static void packets_may_come_in_any_order_and_twice(void **state)
{
    Line line;
    line_init(&line);
    send_packet(&line, 12, 1, 0, 2, 3);
    send_packet(&line, 12, 1, 0, 2, 3);
    send_packet(&line, 13, 2, 1, 0, 1);
    send_packet(&line, 10, 1, 0, 0, 3);
    expect_none(&line);
    send_packet(&line, 11, 1, 0, 1, 3);
    expect(&line, 1, 3);
    expect(&line, 2, 1);
    send_packet(&line, 11, 1, 0, 1, 3); // again, when it is over
    expect_none(&line);
    pouce_assembly_free(line.assembly);
}

static void a_gap_holds_what_needs_it_alone(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 10, 0, 2, -1);
    send_frame(&line, 11, 1, 1, -1);
    expect(&line, 10, 2);
    expect(&line, 11, 1);
    guint16 lost = (guint16)(line.seq + 1);
    send_frame(&line, 12, 1, 3, 1);
    send_frame(&line, 13, 1, 1, -1);
    expect_none(&line);
    send_frame(&line, 14, 4, 2, -1); // made from 10
    expect(&line, 14, 2);
    expect_none(&line); // 13 is older now
    send_frame(&line, 15, 1, 1, -1);
    expect(&line, 15, 1);
    send_packet(&line, lost, 12, 1, 1, 3); // too late
    expect_none(&line);
    send_frame(&line, 16, 3, 1, -1); // made from 13, which was never shown
    expect_none(&line);
    send_frame(&line, 17, 0, 1, -1); // a key frame needs none
    expect(&line, 17, 1);
    pouce_assembly_free(line.assembly);
}

static void a_retransmission_frees_what_waited(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1, -1);
    expect(&line, 1, 1);
    guint16 lost = line.seq;
    send_frame(&line, 2, 1, 2, 0);
    send_frame(&line, 3, 1, 2, -1);
    send_frame(&line, 4, 1, 2, -1);
    expect_none(&line);
    send_packet(&line, lost, 2, 1, 0, 2);
    for (guint16 number = 2; number <= 4; number++) {
        expect(&line, number, 2);
    }
    pouce_assembly_free(line.assembly);
}

static void asks_for_a_key_frame_when_stuck(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 5, 1, 1, -1); // nothing came before it
    assert_false(pouce_assembly_wants_key(line.assembly, START_US + G_USEC_PER_SEC / 2));
    assert_true(pouce_assembly_wants_key(line.assembly, START_US + POUCE_ASSEMBLY_STUCK_US));
    assert_false(pouce_assembly_wants_key(line.assembly, START_US + POUCE_ASSEMBLY_STUCK_US + 1));
    line.now_us = START_US + 2 * POUCE_ASSEMBLY_STUCK_US;
    send_frame(&line, 6, 0, 1, -1);
    expect(&line, 6, 1);
    assert_false(pouce_assembly_wants_key(line.assembly, line.now_us + 10 * G_USEC_PER_SEC));
    pouce_assembly_free(line.assembly);
}

static void asks_soon_when_misled(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 5, 0, 1, -1);
    expect(&line, 5, 1);
    send_frame(&line, 6, 1, 2, 0);
    send_frame(&line, 7, 1, 1, -1);
    assert_false(pouce_assembly_wants_key(line.assembly, START_US + POUCE_ASSEMBLY_MISLED_US));
    send_frame(&line, 9, 3, 1, -1); // made from 6, which was never whole
    expect_none(&line);
    assert_true(pouce_assembly_wants_key(line.assembly, START_US + POUCE_ASSEMBLY_MISLED_US));
    assert_false(pouce_assembly_wants_key(line.assembly, START_US + POUCE_ASSEMBLY_MISLED_US + 1));
    pouce_assembly_free(line.assembly);
}

static void what_waits_has_a_limit(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1, -1);
    expect(&line, 1, 1);
    for (guint16 number = 3; number < 3 + 2 * POUCE_ASSEMBLY_WAITING; number++) {
        send_frame(&line, number, 1, 1, -1); // 2 is missing
    }
    expect_none(&line);
    send_frame(&line, 1000, 0, 1, -1);
    expect(&line, 1000, 1);
    expect_none(&line);
    pouce_assembly_free(line.assembly);
}

static void rubbish_is_dropped(void **state)
{
    static const guint8 big[POUCE_ASSEMBLY_PACKET_MAX_BYTES + 1] = {0x10};
    static const struct {
        guint8 data[6];
        gsize bytes;
    } cut[] = {{{0}, 0}, {{0x10}, 1}, {{0x90}, 1}, {{0x90, 0x80}, 2}, {{0x90, 0x80, 0x80}, 3},
        {{0x90, 0x80, 0x80, 1}, 4}, {{0x90, 0xf0, 0x80, 1, 2, 3}, 6}};
    Line line;
    line_init(&line);
    for (gsize i = 0; i < G_N_ELEMENTS(cut); i++) {
        PouceAssemblyPacket packet = {.seq = (guint16)i,
            .dependency = {TRUE, TRUE, (guint16)i, 0},
            .payload = cut[i].data,
            .bytes = cut[i].bytes};
        pouce_assembly_take(line.assembly, &packet, START_US);
        expect_none(&line);
    }
    PouceAssemblyPacket packet = {
        .dependency = {TRUE, TRUE, 9, 0}, .payload = big, .bytes = sizeof big};
    pouce_assembly_take(line.assembly, &packet, START_US);
    expect_none(&line);
    pouce_assembly_free(line.assembly);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_in_order),
        cmocka_unit_test(packets_may_come_in_any_order_and_twice),
        cmocka_unit_test(a_gap_holds_what_needs_it_alone),
        cmocka_unit_test(a_retransmission_frees_what_waited),
        cmocka_unit_test(asks_for_a_key_frame_when_stuck),
        cmocka_unit_test(asks_soon_when_misled),
        cmocka_unit_test(what_waits_has_a_limit),
        cmocka_unit_test(rubbish_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
