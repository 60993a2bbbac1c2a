// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/ledger.h"
#include "signaling/peer/repeats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RTT_US 60000

typedef struct {
    PouceLedger ledger;
    guint16 seq, transport_seq;
    guint16 reported; // transport-wide numbers before it
    gint64 now_us;
    gsize cheap_bytes;
} Line;

static void line_init(Line *line)
{
    *line = (Line){.cheap_bytes = 60000,
        .seq = 65500,
        .transport_seq = 65000,
        .reported = 65000,
        .now_us = 1000000};
    pouce_ledger_init(&line->ledger);
}

// Returns: its first packet's number.
static guint16 send_frame(Line *line, guint32 id, guint32 base_id, guint count)
{
    guint16 first = line->seq;
    PouceLedgerEntry entry = {
        .id = id, .base_id = base_id, .rtp_timestamp = id * 9, .first_seq = first, .count = count};
    pouce_ledger_frame(&line->ledger, &entry);
    for (guint i = 0; i < count; i++) {
        pouce_ledger_sent(&line->ledger, line->transport_seq++, line->seq++, line->now_us);
    }
    return first;
}

// A round trip later all that was sent is reported; of @lost, -1: none, that one did not come.
static void report(Line *line, int lost)
{
    PouceFeedbackPacket packets[64];
    guint count = 0;
    gint64 sent_us = line->now_us;
    line->now_us += RTT_US;
    for (; line->reported != line->transport_seq; line->reported++, count++) {
        packets[count] = (PouceFeedbackPacket){.seqnum = line->reported,
            .lost = line->reported == lost,
            .local_ns = sent_us * 1000,
            .remote_ns = 1};
    }
    pouce_ledger_heard(&line->ledger, line->now_us, packets, count);
}

static void expect(Line *line, guint32 confirmed_id, guint32 lost_id)
{
    PoucePeerDelivery delivery;
    pouce_ledger_look(&line->ledger, line->now_us, line->cheap_bytes, &delivery);
    assert_int_equal(delivery.confirmed_id, confirmed_id);
    assert_int_equal(delivery.lost_id, lost_id);
}

static gint64 due_us(Line *line)
{
    PoucePeerDelivery delivery;
    pouce_ledger_look(&line->ledger, line->now_us, line->cheap_bytes, &delivery);
    return delivery.lost_due_us;
}

static void whole_frames_are_confirmed(void **state)
{
    Line line;
    line_init(&line);
    expect(&line, 0, 0);
    for (guint32 id = 1; id < 2000; id++) { // beyond every ring
        send_frame(&line, id, id - 1, 1 + id % 7);
        expect(&line, id - 1, 0);
        report(&line, -1);
        expect(&line, id, 0);
        assert_int_equal(due_us(&line), -1);
    }
    pouce_ledger_clear(&line.ledger);
}

static void a_retransmission_makes_good(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 4);
    report(&line, -1);
    guint16 seq = (guint16)(send_frame(&line, 2, 1, 4) + 2);
    report(&line, (guint16)(line.transport_seq - 2));
    expect(&line, 1, 0);
    assert_true(due_us(&line) > line.now_us); // the far side asks for it
    pouce_ledger_sent(&line.ledger, line.transport_seq++, seq, line.now_us);
    send_frame(&line, 3, 2, 1);
    report(&line, -1);
    expect(&line, 3, 0);
    pouce_ledger_clear(&line.ledger);
}

static void a_lost_retransmission_is_given_up(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 4);
    report(&line, -1);
    guint16 seq = (guint16)(send_frame(&line, 2, 1, 4) + 2);
    report(&line, (guint16)(line.transport_seq - 2));
    pouce_ledger_sent(&line.ledger, line.transport_seq++, seq, line.now_us);
    guint16 again = (guint16)(line.transport_seq - 1);
    send_frame(&line, 3, 2, 1);
    assert_true(pouce_ledger_is_wanted(&line.ledger, seq));
    report(&line, again);
    expect(&line, 1, 2);
    send_frame(&line, 4, 1, 1); // does without 2 and 3
    assert_false(pouce_ledger_is_wanted(&line.ledger, seq));
    expect(&line, 1, 0);
    report(&line, -1);
    expect(&line, 4, 0);
    pouce_ledger_clear(&line.ledger);
}

static void what_is_not_asked_for_is_given_up(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1);
    report(&line, -1);
    send_frame(&line, 2, 1, 3);
    report(&line, (guint16)(line.transport_seq - 2));
    gint64 end_us = due_us(&line);
    line.now_us = end_us - 1;
    expect(&line, 1, 0);
    line.now_us = end_us;
    expect(&line, 1, 2);
    pouce_ledger_clear(&line.ledger);
}

// Only the report of frame 2 got lost: had a packet of it not come, it would be asked for.
static void a_lost_report_is_no_lost_frame(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1);
    report(&line, -1);
    send_frame(&line, 2, 1, 2);
    line.reported = line.transport_seq;
    send_frame(&line, 3, 2, 2);
    report(&line, -1);
    expect(&line, 1, 0); // too early to tell
    line.now_us += 2 * RTT_US;
    expect(&line, 1, 0); // it may have asked in vain
    line.now_us += 5 * RTT_US;
    expect(&line, 3, 0);
    pouce_ledger_clear(&line.ledger);
}

static void silence_is_not_loss(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1);
    report(&line, -1);
    send_frame(&line, 2, 1, 2);
    line.now_us += 10 * G_USEC_PER_SEC;
    expect(&line, 1, 0);
    assert_int_equal(due_us(&line), -1);
    pouce_ledger_clear(&line.ledger);
}

static void a_frame_needs_its_base(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 1);
    report(&line, -1);
    send_frame(&line, 2, 1, 1);
    guint16 lost = (guint16)(line.transport_seq - 1);
    send_frame(&line, 3, 2, 1);
    report(&line, lost);
    expect(&line, 1, 0); // 3 came, but cannot be decoded
    send_frame(&line, 4, 0, 1);
    report(&line, -1);
    expect(&line, 4, 0);
    pouce_ledger_clear(&line.ledger);
}

static gint64 tell(Line *line, guint32 id)
{
    return pouce_ledger_told(&line->ledger, line->now_us, id * 9);
}

// Frames 1 to @count, each told of a round trip later.
static void talk(Line *line, guint32 count)
{
    for (guint32 id = 1; id <= count; id++) {
        send_frame(line, id, id - 1, 2);
        gint64 left_us = line->now_us;
        line->now_us += RTT_US;
        assert_int_equal(tell(line, id), left_us);
        expect(line, id, 0);
    }
}

static void what_is_told_is_confirmed_with_what_it_needs(void **state)
{
    Line line;
    line_init(&line);
    for (guint32 id = 1; id <= 4; id++)
        send_frame(&line, id, id - 1, 2);
    send_frame(&line, 5, 2, 2);
    line.now_us += RTT_US;
    tell(&line, 5);
    expect(&line, 5, 0);
    assert_int_equal(due_us(&line), -1); // 3 and 4 are not shown any more
    assert_int_equal(tell(&line, 77), -1);
    pouce_ledger_clear(&line.ledger);
}

static void a_frame_that_is_not_told_of_is_given_up(void **state)
{
    Line line;
    line_init(&line);
    talk(&line, 20);
    send_frame(&line, 21, 20, 1);
    gint64 end_us = due_us(&line);
    assert_in_range(end_us - line.now_us, RTT_US + 10000, RTT_US + 30000);
    line.now_us = end_us - 1;
    expect(&line, 20, 0);
    line.now_us = end_us;
    expect(&line, 20, 21);
    send_frame(&line, 22, 20, 1); // does without it, and gets a little longer
    assert_true(due_us(&line) - line.now_us > end_us - (line.now_us - RTT_US) - RTT_US);
    assert_false(pouce_ledger_is_wanted(&line.ledger, (guint16)(line.seq - 2)));
    line.now_us += RTT_US;
    tell(&line, 22);
    expect(&line, 22, 0);
    pouce_ledger_clear(&line.ledger);
}

static void a_costly_frame_is_left_to_retransmission(void **state)
{
    Line line;
    line_init(&line);
    talk(&line, 20);
    line.cheap_bytes = 5 * POUCE_LEDGER_PACKET_BYTES;
    send_frame(&line, 21, 20, 6);
    assert_true(due_us(&line) - line.now_us > 3 * RTT_US);
    pouce_ledger_clear(&line.ledger);
}

// A browser whose window is covered: all arrives, nothing is shown.
static void who_tells_nothing_any_more_is_not_waited_for(void **state)
{
    Line line;
    line_init(&line);
    talk(&line, 20);
    line.reported = line.transport_seq;
    for (guint32 id = 21; id <= 30; id++) {
        send_frame(&line, id, id - 1, 1);
        report(&line, -1);
        line.now_us += 2 * RTT_US; // whether it is told of late is not looked at before
        expect(&line, id, 0);
    }
    send_frame(&line, 31, 30, 1);
    assert_int_equal(due_us(&line), -1);
    line.now_us += RTT_US;
    tell(&line, 31);
    send_frame(&line, 32, 31, 1);
    assert_true(due_us(&line) > 0);
    pouce_ledger_clear(&line.ledger);
}

static void however_often_it_is_sent_again_one_round_has_to_do(void **state)
{
    Line line;
    line_init(&line);
    send_frame(&line, 1, 0, 4);
    report(&line, -1);
    guint16 seq = (guint16)(send_frame(&line, 2, 1, 4) + 2);
    report(&line, (guint16)(line.transport_seq - 2));
    gint64 lost_us = line.now_us;
    PoucePeerDelivery delivery = {0};
    for (int i = 0; i < 50 && delivery.lost_id == 0; i++) {
        pouce_ledger_sent(&line.ledger, line.transport_seq++, seq, line.now_us);
        line.now_us += 10000;
        pouce_ledger_look(&line.ledger, line.now_us, 0, &delivery);
    }
    assert_int_equal(delivery.lost_id, 2);
    assert_in_range(line.now_us - lost_us, RTT_US, 3 * RTT_US);
    pouce_ledger_clear(&line.ledger);
}

static void what_makes_up_leaves_twice(void **state)
{
    Line line;
    line_init(&line);
    PouceLedgerEntry entry = {.id = 1, .first_seq = 7, .count = 2, .twice = TRUE};
    pouce_ledger_frame(&line.ledger, &entry);
    assert_true(pouce_ledger_sent(&line.ledger, 1, 7, line.now_us));
    assert_true(pouce_ledger_sent(&line.ledger, 2, 8, line.now_us));
    assert_false(pouce_ledger_sent(&line.ledger, 3, 7, line.now_us));
    PouceRepeats repeats = {0};
    guint16 seq = 0;
    assert_int_equal(pouce_repeats_due_us(&repeats), -1);
    for (guint16 i = 0; i < 9; i++) {
        pouce_repeats_add(&repeats, 1000 + i, i, 3);
        pouce_repeats_add(&repeats, 1000 + i, i, 3);
    }
    assert_int_equal(repeats.count, 3); // no more than cost little, and each once
    gint64 due_us = pouce_repeats_due_us(&repeats);
    assert_false(pouce_repeats_take(&repeats, due_us - 1, &seq));
    for (guint16 i = 0; i < 3; i++) {
        assert_true(pouce_repeats_take(&repeats, due_us + i, &seq));
        assert_int_equal(seq, i);
    }
    assert_false(pouce_repeats_take(&repeats, due_us + 9, &seq));
    pouce_ledger_clear(&line.ledger);
}

static void rubbish_is_ignored(void **state)
{
    Line line;
    line_init(&line);
    PouceFeedbackPacket packets[] = {{7, FALSE, 9, 5000000, 1}, {8, TRUE, 9, -1, -1}};
    pouce_ledger_heard(&line.ledger, line.now_us, packets, G_N_ELEMENTS(packets));
    pouce_ledger_heard(&line.ledger, line.now_us, packets, 0);
    pouce_ledger_sent(&line.ledger, 9, 1234, line.now_us); // of no frame
    assert_true(pouce_ledger_is_wanted(&line.ledger, 1234));
    send_frame(&line, 1, 0, POUCE_LEDGER_PACKETS + 9);
    expect(&line, 0, 0);
    pouce_ledger_clear(&line.ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_frames_are_confirmed),
        cmocka_unit_test(a_retransmission_makes_good),
        cmocka_unit_test(a_lost_retransmission_is_given_up),
        cmocka_unit_test(what_is_not_asked_for_is_given_up),
        cmocka_unit_test(a_lost_report_is_no_lost_frame),
        cmocka_unit_test(silence_is_not_loss),
        cmocka_unit_test(a_frame_needs_its_base),
        cmocka_unit_test(what_is_told_is_confirmed_with_what_it_needs),
        cmocka_unit_test(a_frame_that_is_not_told_of_is_given_up),
        cmocka_unit_test(a_costly_frame_is_left_to_retransmission),
        cmocka_unit_test(who_tells_nothing_any_more_is_not_waited_for),
        cmocka_unit_test(however_often_it_is_sent_again_one_round_has_to_do),
        cmocka_unit_test(what_makes_up_leaves_twice),
        cmocka_unit_test(rubbish_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
