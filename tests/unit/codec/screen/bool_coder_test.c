// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "codec/video/screen/bool_coder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

// The decoder of RFC 6386, 7.3, bit by bit.
typedef struct {
    const guint8 *data, *end;
    guint32 value, range;
    int bits;
} Reader;

static guint8 next_byte(Reader *reader)
{
    return reader->data < reader->end ? *reader->data++ : 0;
}

static void reader_init(Reader *reader, const guint8 *data, gsize bytes)
{
    *reader = (Reader){.data = data, .end = data + bytes, .range = 255};
    reader->value = (guint32)next_byte(reader) << 8;
    reader->value |= next_byte(reader);
}

static int reader_get(Reader *reader, int prob)
{
    guint32 split = 1 + (((reader->range - 1) * (guint32)prob) >> 8);
    int bit = reader->value >= split << 8;
    if (bit) {
        reader->range -= split;
        reader->value -= split << 8;
    } else {
        reader->range = split;
    }
    for (; reader->range < 128; reader->range <<= 1) {
        reader->value <<= 1;
        if (++reader->bits == 8) {
            reader->bits = 0;
            reader->value |= next_byte(reader);
        }
    }
    return bit;
}

static void test_round_trip(void **state)
{
    guint8 data[65536];
    for (guint32 seed = 0; seed < 200; seed++) {
        GRand *random = g_rand_new_with_seed(seed);
        int count = g_rand_int_range(random, 0, 20000), extreme = g_rand_int_range(random, 0, 3);
        ScreenBoolCoder coder;
        screen_bool_init(&coder, data, sizeof data);
        for (int pass = 0; pass < 2; pass++) {
            g_rand_set_seed(random, seed + 1000);
            Reader reader;
            if (pass == 1)
                reader_init(&reader, data, coder.bytes);
            for (int i = 0; i < count; i++) {
                int prob =
                    extreme ? (g_rand_boolean(random) ? 1 : 255) : g_rand_int_range(random, 1, 256);
                // Mostly the likely value, so that carries run through long chains of 0xff.
                int bit = g_rand_int_range(random, 0, 256) >= prob;
                if (extreme == 2)
                    bit = g_rand_boolean(random);
                if (pass == 0)
                    screen_bool_put(&coder, bit, prob);
                else
                    assert_int_equal(reader_get(&reader, prob), bit);
            }
            if (pass == 0)
                screen_bool_finish(&coder);
        }
        assert_false(coder.overflow);
        g_rand_free(random);
    }
}

static void test_steps_equal_puts(void **state)
{
    static const guint8 bits[4] = {1, 1, 0, 0};
    guint8 by_put[4096], by_step[4096];
    for (int skip = 1; skip < 256; skip += 7) {
        guint8 probs[4] = {(guint8)skip, 1, 255, 234};
        ScreenBoolCoder a, b;
        screen_bool_init(&a, by_put, sizeof by_put);
        screen_bool_init(&b, by_step, sizeof by_step);
        for (int n = 0; n < 1000; n++) {
            for (int twice = 0; twice < 2; twice++)
                for (int i = 0; i < 4; i++)
                    screen_bool_put(&a, bits[i], probs[i]);
            ScreenBoolStep first = screen_bool_step((guint8)b.range, bits, probs, 4);
            ScreenBoolStep second = screen_bool_step(first.range, bits, probs, 4);
            ScreenBoolStep both = screen_bool_step_join(&first, &second);
            assert_int_not_equal(both.shift, SCREEN_BOOL_STEP_UNUSABLE);
            screen_bool_apply(&b, &both);
        }
        gsize bytes = screen_bool_finish(&a);
        assert_int_equal(screen_bool_finish(&b), bytes);
        assert_memory_equal(by_put, by_step, bytes);
    }
}

static void test_unusable_step(void **state)
{
    static const guint8 bits[4] = {0, 0, 0, 0}, probs[4] = {1, 1, 1, 1};
    ScreenBoolStep step = screen_bool_step(255, bits, probs, 4);
    assert_int_equal(step.shift, SCREEN_BOOL_STEP_UNUSABLE);
}

static void test_overflow(void **state)
{
    guint8 data[16];
    memset(data, 0xa5, sizeof data);
    ScreenBoolCoder coder;
    screen_bool_init(&coder, data, 8);
    screen_bool_literal(&coder, 0x12345678, 32);
    assert_false(coder.overflow);
    for (int i = 0; i < 10; i++)
        screen_bool_literal(&coder, 0xffffffff, 32);
    screen_bool_finish(&coder);
    assert_true(coder.overflow);
    for (int i = 8; i < 16; i++)
        assert_int_equal(data[i], 0xa5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_steps_equal_puts),
        cmocka_unit_test(test_unusable_step),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
