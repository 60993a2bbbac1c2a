// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two meters face to face under a virtual clock: what counts, what is countersigned, what is not.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/meter/meter.h"
#include "signaling/wire/base64u.h"
#include "signaling/wire/json.h"
#include "tests/unit/signaling/wire/vector.h"

#define SESSION "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f"
#define S G_USEC_PER_SEC

static char price[65], fps[3][65];
static PouceIdentity *identities[2];

typedef struct {
    PouceMeter *seeker, *helper;
    gint64 now_us, decoded;
} Pair;

// Nonces that the browser's test makes too: one byte, repeated, counting up.
static void count_nonce(gpointer data, guint8 *out, gsize bytes)
{
    guint8 *next = data;
    memset(out, (*next)++, bytes);
}

static guint8 next_nonce[2];

static PouceMeter *new_meter(PouceRole role)
{
    PouceMeterConfig config = {.session = SESSION, .role = role, .identity = identities[role]};
    config.random = count_nonce;
    config.random_data = &next_nonce[role];
    memcpy(config.price, price, sizeof price);
    memcpy(config.peer_key, pouce_identity_peek_key(identities[pouce_role_other(role)]),
        POUCE_KEY_BYTES);
    return pouce_meter_new(&config);
}

static void pair_start(Pair *pair)
{
    pouce_meter_start(pair->seeker, pair->now_us, fps[0], fps[1], pair->decoded);
    pouce_meter_start(pair->helper, pair->now_us, fps[1], fps[0], pair->decoded);
}

static int setup(void **state)
{
    Pair *pair = g_new0(Pair, 1);
    pair->now_us = 1000 * S;
    next_nonce[POUCE_ROLE_SEEKER] = 0x10;
    next_nonce[POUCE_ROLE_HELPER] = 0x80;
    pair->seeker = new_meter(POUCE_ROLE_SEEKER);
    pair->helper = new_meter(POUCE_ROLE_HELPER);
    pair_start(pair);
    *state = pair;
    return 0;
}

static int teardown(void **state)
{
    Pair *pair = *state;
    pouce_meter_free(pair->seeker);
    pouce_meter_free(pair->helper);
    g_free(pair);
    return 0;
}

static void feed(Pair *pair, gint64 us, gint64 frames, gboolean paused)
{
    pair->now_us += us;
    pair->decoded += frames;
    pouce_meter_feed(pair->seeker, pair->now_us, pair->decoded, paused);
    pouce_meter_feed(pair->helper, pair->now_us, pair->decoded, paused);
}

// One tick from one to the other and its answer back.
static PouceMeterVerdict exchange(Pair *pair, PouceMeter *from, PouceMeter *to)
{
    PouceSignedTick tick, answer;
    gint64 seq;
    assert_true(pouce_meter_make(from, pair->now_us, &tick));
    PouceMeterVerdict verdict = pouce_meter_take_tick(to, pair->now_us, &tick, &answer, &seq);
    if (verdict == POUCE_METER_OK)
        assert_int_equal(
            pouce_meter_take_countersign(from, seq, answer.counter_sig), POUCE_METER_OK);
    return verdict;
}

static void both(Pair *pair)
{
    assert_int_equal(exchange(pair, pair->seeker, pair->helper), POUCE_METER_OK);
    assert_int_equal(exchange(pair, pair->helper, pair->seeker), POUCE_METER_OK);
}

// After the steps of counts_only_live_time the browser's meter has written the very same chain.
static void check_same_chain(const PouceMeter *meter)
{
    PouceSignedTick out[POUCE_TICKS_MAX];
    guint n_ticks = pouce_meter_peek_outbox(meter, out, POUCE_TICKS_MAX);
    g_autoptr(GString) chain = g_string_new(NULL);
    for (guint i = 0; i < n_ticks; i++)
        g_string_append(chain, out[i].text);
    char hash[65];
    pouce_hex_sha256(chain->str, chain->len, hash);
    g_autoptr(json_t) root = vector_load("meter.json");
    assert_string_equal(hash, json_string_value(vector_at(root, "chain_sha256")));
}

static void counts_only_live_time(void **state)
{
    Pair *pair = *state;
    feed(pair, 5 * S, 150, FALSE);
    assert_int_equal(pouce_meter_due_us(pair->seeker), pair->now_us);
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 5000);
    feed(pair, 5 * S, 0, FALSE); // frozen picture
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 5000);
    feed(pair, 2 * S, 10, TRUE); // paused for a moment: the whole interval
    feed(pair, 3 * S, 10, FALSE);
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 5000);
    feed(pair, 7500 * 1000, 1, FALSE); // late, still within the slack
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 12500);
    feed(pair, 7501 * 1000, 1, FALSE); // too late
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->helper), 12500);
    feed(pair, 1234 * 1000, 1, FALSE); // a last one at the end
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->helper), 13734);
    assert_int_equal(pouce_meter_own_ms(pair->helper), 13734);
    check_same_chain(pair->helper);
}

static void smaller_frame_count_is_a_new_one(void **state)
{
    Pair *pair = *state;
    feed(pair, 5 * S, 100, FALSE);
    both(pair);
    feed(pair, 5 * S, -90, FALSE); // the viewer started anew at 10
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 5000);
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->seeker), 10000);
}

static void altered_ticks_are_refused(void **state)
{
    Pair *pair = *state;
    PouceSignedTick tick, answer;
    gint64 seq;
    feed(pair, 5 * S, 1, FALSE);
    assert_true(pouce_meter_make(pair->helper, pair->now_us, &tick));
    PouceSignedTick bad = tick;
    bad.sig[3] ^= 1;
    assert_int_equal(pouce_meter_take_tick(pair->seeker, pair->now_us, &bad, &answer, &seq),
        POUCE_METER_BAD_SIGNATURE);
    bad = tick;
    bad.text_bytes--;
    assert_int_equal(pouce_meter_take_tick(pair->seeker, pair->now_us, &bad, &answer, &seq),
        POUCE_METER_BAD_TEXT);
    assert_int_equal(pouce_meter_take_tick(pair->helper, pair->now_us, &tick, &answer, &seq),
        POUCE_METER_BAD_SIGNATURE); // own tick sent back
    assert_int_equal(
        pouce_meter_take_tick(pair->seeker, pair->now_us, &tick, &answer, &seq), POUCE_METER_OK);
    guint8 sig[POUCE_SIG_BYTES] = {0};
    assert_int_equal(pouce_meter_take_countersign(pair->helper, 1, sig), POUCE_METER_BAD_SIGNATURE);
    assert_int_equal(
        pouce_meter_take_countersign(pair->helper, 2, answer.counter_sig), POUCE_METER_NOT_OWN);
    assert_int_equal(
        pouce_meter_take_countersign(pair->helper, 1, answer.counter_sig), POUCE_METER_OK);
    assert_int_equal(
        pouce_meter_take_countersign(pair->helper, 1, answer.counter_sig), POUCE_METER_SEEN);
    assert_int_equal(
        pouce_meter_take_tick(pair->seeker, pair->now_us, &tick, &answer, &seq), POUCE_METER_SEEN);
}

static PouceTick forged(void)
{
    PouceTick tick = {.session = SESSION, .role = POUCE_ROLE_HELPER, .seq = 1};
    memcpy(tick.price, price, 65);
    memcpy(tick.own_fp, fps[1], 65);
    memcpy(tick.peer_fp, fps[0], 65);
    memset(tick.prev, '0', 64);
    memset(tick.nonce, '7', 32);
    memset(tick.peer_nonce, '0', 32);
    return tick;
}

static PouceMeterVerdict take_forged(Pair *pair, const PouceTick *tick)
{
    PouceSignedTick signed_tick, answer;
    gint64 seq;
    pouce_tick_sign(tick, identities[POUCE_ROLE_HELPER], &signed_tick);
    return pouce_meter_take_tick(pair->seeker, pair->now_us, &signed_tick, &answer, &seq);
}

static void signed_by_the_peer_but_wrong(void **state)
{
    Pair *pair = *state;
    PouceTick tick = forged();
    tick.price[0] = tick.price[0] == '0' ? '1' : '0';
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_SESSION);
    tick = forged();
    tick.role = POUCE_ROLE_SEEKER;
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_SESSION);
    tick = forged();
    memcpy(tick.own_fp, fps[2], 65);
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_BINDING);
    tick = forged();
    tick.seq = 2;
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_CHAIN);
    tick = forged();
    tick.prev[0] = '1';
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_CHAIN);
    tick = forged();
    tick.peer_nonce[0] = '1';
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_CHAIN);
    tick = forged();
    tick.live_ms = 10000;
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_OK);
    tick.nonce[0] = '8'; // a second first tick
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_BAD_CHAIN);
}

static void a_claim_far_ahead_waits(void **state)
{
    Pair *pair = *state;
    PouceTick tick = forged();
    tick.live_ms = 10001;
    assert_int_equal(take_forged(pair, &tick), POUCE_METER_LATER);
    PouceSignedTick out;
    gint64 seq;
    assert_false(pouce_meter_take_ripe(pair->seeker, &out, &seq));
    feed(pair, 5 * S, 1, FALSE);
    assert_true(pouce_meter_make(pair->seeker, pair->now_us, &out));
    assert_true(pouce_meter_take_ripe(pair->seeker, &out, &seq));
    assert_int_equal(seq, 1);
    assert_true(pouce_signed_tick_verify_counter(
        &out, pouce_identity_peek_key(identities[POUCE_ROLE_SEEKER]), out.counter_sig));
    assert_false(pouce_meter_take_ripe(pair->seeker, &out, &seq));
}

static void own_claim_stays_near_the_peer(void **state)
{
    Pair *pair = *state;
    PouceSignedTick tick, answer;
    PouceTick parsed;
    gint64 seq;
    for (int i = 0; i < 4; i++) { // the helper alone sees frames: its picture, the seeker's pause
        pair->now_us += 5 * S;
        pair->decoded++;
        pouce_meter_feed(pair->helper, pair->now_us, pair->decoded, FALSE);
        pouce_meter_feed(pair->seeker, pair->now_us, pair->decoded, TRUE);
        assert_int_equal(exchange(pair, pair->seeker, pair->helper), POUCE_METER_OK);
        assert_true(pouce_meter_make(pair->helper, pair->now_us, &tick));
        assert_int_equal(pouce_meter_take_tick(pair->seeker, pair->now_us, &tick, &answer, &seq),
            POUCE_METER_OK); // never refused
        assert_int_equal(
            pouce_meter_take_countersign(pair->helper, seq, answer.counter_sig), POUCE_METER_OK);
    }
    assert_true(pouce_tick_parse(tick.text, tick.text_bytes, &parsed, NULL));
    assert_int_equal(parsed.live_ms, 10000);
    assert_int_equal(pouce_meter_own_ms(pair->helper), 20000);
    assert_int_equal(pouce_meter_signed_ms(pair->helper), 0);
}

static void silence_stalls(void **state)
{
    Pair *pair = *state;
    PouceSignedTick tick;
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    assert_false(pouce_meter_is_stalled(pair->seeker, pair->now_us));
    for (int i = 0; i < 3; i++) {
        feed(pair, 5 * S, 1, FALSE);
        assert_true(pouce_meter_make(pair->seeker, pair->now_us, &tick)); // nobody answers
    }
    assert_true(pouce_meter_is_stalled(pair->seeker, pair->now_us));
    assert_int_equal(pouce_meter_own_ms(pair->seeker), 15000); // the third one did not count
    assert_int_equal(pouce_meter_due_us(pair->seeker), G_MAXINT64);
    assert_false(pouce_meter_make(pair->seeker, pair->now_us + 5 * S, &tick));
}

static void goes_on_across_a_reconnection(void **state)
{
    Pair *pair = *state;
    PouceSignedTick tick, answer;
    gint64 seq;
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    feed(pair, 5 * S, 1, FALSE);
    assert_true(pouce_meter_make(pair->seeker, pair->now_us, &tick)); // lost with the link
    pouce_meter_stop(pair->seeker);
    pouce_meter_stop(pair->helper);
    feed(pair, 20 * S, 5, FALSE);
    assert_int_equal(pouce_meter_due_us(pair->seeker), G_MAXINT64);
    pouce_meter_start(pair->seeker, pair->now_us, fps[2], fps[1], pair->decoded);
    pouce_meter_start(pair->helper, pair->now_us, fps[1], fps[2], pair->decoded);
    const PouceSignedTick *again = pouce_meter_peek_pending(pair->seeker, 0);
    assert_memory_equal(again->text, tick.text, tick.text_bytes);
    assert_null(pouce_meter_peek_pending(pair->seeker, 1));
    assert_int_equal(
        pouce_meter_take_tick(pair->helper, pair->now_us, again, &answer, &seq), POUCE_METER_OK);
    assert_int_equal(
        pouce_meter_take_countersign(pair->seeker, seq, answer.counter_sig), POUCE_METER_OK);
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    assert_int_equal(pouce_meter_signed_ms(pair->helper), 10000); // its own second one is lost
}

static void outbox_keeps_until_acknowledged(void **state)
{
    Pair *pair = *state;
    PouceSignedTick out[POUCE_TICKS_MAX];
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    feed(pair, 5 * S, 1, FALSE);
    both(pair);
    assert_int_equal(pouce_meter_peek_outbox(pair->helper, out, POUCE_TICKS_MAX), 4);
    assert_int_equal(pouce_meter_peek_outbox(pair->seeker, out, 3), 3);
    pouce_meter_on_ack(pair->seeker, 1, 2);
    assert_int_equal(pouce_meter_peek_outbox(pair->seeker, out, POUCE_TICKS_MAX), 1);
    PouceTick tick;
    assert_true(pouce_tick_parse(out[0].text, out[0].text_bytes, &tick, NULL));
    assert_int_equal(tick.role, POUCE_ROLE_SEEKER);
    assert_int_equal(tick.seq, 2);
    assert_true(out[0].countersigned);
}

// Both chains close together, whatever the path: an answer is not answered.
static void an_answer_is_not_answered(void **state)
{
    static const gint64 rtts_us[] = {1000, 100000, 300000, 600000, 1200000};
    Pair *pair = *state;
    for (guint i = 0; i < G_N_ELEMENTS(rtts_us); i++) {
        feed(pair, 5 * S, 1, FALSE);
        PouceMeter *from = pair->seeker, *to = pair->helper;
        guint ticks = 1;
        exchange(pair, from, to);
        pair->now_us += rtts_us[i] / 2 + 20000; // read a little late
        while (ticks < 10 && pouce_meter_answers(to, pair->now_us, rtts_us[i])) {
            PouceMeter *answering = to;
            to = from;
            from = answering;
            exchange(pair, from, to);
            pair->now_us += rtts_us[i] / 2 + 20000;
            ticks++;
        }
        print_message("round trip %.0f ms: %u ticks\n", (double)rtts_us[i] / 1000, ticks);
        assert_int_equal(ticks, 2);
        feed(pair, 3 * S, 1, FALSE); // a last one in the middle of an interval brings the other's
        assert_true(pouce_meter_answers(pair->helper, pair->now_us, rtts_us[i]));
        both(pair);
    }
}

#define PAIRED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    memset(price, 'a', 64);
    for (int i = 0; i < 3; i++)
        memset(fps[i], '1' + i, 64);
    identities[0] = vector_identity(POUCE_ROLE_SEEKER);
    identities[1] = vector_identity(POUCE_ROLE_HELPER);
    const struct CMUnitTest tests[] = {
        PAIRED(counts_only_live_time),
        PAIRED(smaller_frame_count_is_a_new_one),
        PAIRED(altered_ticks_are_refused),
        PAIRED(signed_by_the_peer_but_wrong),
        PAIRED(a_claim_far_ahead_waits),
        PAIRED(own_claim_stays_near_the_peer),
        PAIRED(silence_stalls),
        PAIRED(goes_on_across_a_reconnection),
        PAIRED(outbox_keeps_until_acknowledged),
        PAIRED(an_answer_is_not_answered),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    pouce_identity_free(identities[0]);
    pouce_identity_free(identities[1]);
    return result;
}
