// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The small numeric parts: transforms, quantizer, distortion, corner test.

#include "codec/video/screen/anchors.h"
#include "codec/video/screen/distortion.h"
#include "codec/video/screen/quantize.h"
#include "codec/video/screen/transform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void fill(guint8 *pixels, gsize count, GRand *random, int range)
{
    for (gsize i = 0; i < count; i++)
        pixels[i] = (guint8)g_rand_int_range(random, 0, range);
}

static void test_transform_comes_back(void **state)
{
    GRand *random = g_rand_new_with_seed(1);
    for (int n = 0; n < 5000; n++) {
        guint8 source[16], prediction[16], out[16];
        fill(source, 16, random, n % 2 ? 256 : 2);
        fill(prediction, 16, random, 256);
        gint16 coefficients[16];
        screen_transform_forward(coefficients, source, 4, prediction, 4);
        screen_transform_inverse(out, 4, prediction, 4, coefficients);
        for (int i = 0; i < 16; i++)
            assert_in_range(abs(out[i] - source[i]), 0, 2);
    }
    g_rand_free(random);
}

static void test_transform_equals_plain(void **state)
{
    GRand *random = g_rand_new_with_seed(6);
    for (int n = 0; n < 5000; n++) {
        guint8 source[32], prediction[32];
        gint16 pair[32], one[16], plain[16];
        fill(source, 32, random, n % 2 ? 256 : 2);
        fill(prediction, 32, random, n % 3 ? 256 : 1);
        for (int i = 0; n < 4 && i < 32; i++) {
            source[i] = n & 1 ? 255 : 0; // the extremes
            prediction[i] = n & 1 ? 0 : 255;
        }
        screen_transform_forward_pair(pair, source, 8, prediction, 8);
        for (int i = 0; i < 2; i++) {
            screen_transform_forward_plain(plain, source + i * 4, 8, prediction + i * 4, 8);
            screen_transform_forward(one, source + i * 4, 8, prediction + i * 4, 8);
            assert_memory_equal(pair + i * 16, plain, sizeof plain);
            assert_memory_equal(one, plain, sizeof plain);
            guint8 out[16], plain_out[16];
            for (int k = 0; k < 16; k++)
                plain[k] = (gint16)(plain[k] / (n % 40 + 1) * (n % 40 + 1));
            screen_transform_inverse(out, 4, prediction, 4, plain);
            screen_transform_inverse_plain(plain_out, 4, prediction, 4, plain);
            assert_memory_equal(out, plain_out, sizeof out);
        }
    }
    g_rand_free(random);
}

static void test_second_stage_comes_back(void **state)
{
    GRand *random = g_rand_new_with_seed(2);
    for (int n = 0; n < 5000; n++) {
        gint16 dcs[256], coefficients[16], out[256];
        for (int i = 0; i < 256; i++)
            dcs[i] = (gint16)g_rand_int_range(random, -2040, 2041);
        screen_transform_forward_dc(coefficients, dcs);
        screen_transform_inverse_dc(out, coefficients);
        for (int i = 0; i < 16; i++)
            assert_in_range(abs(out[i * 16] - dcs[i * 16]), 0, 4);
    }
    g_rand_free(random);
}

static void test_quantizer_error_is_bounded(void **state)
{
    GRand *random = g_rand_new_with_seed(3);
    for (int index = 0; index < 128; index++) {
        ScreenQuantizer quantizer;
        screen_quantizer_init(&quantizer, index);
        const ScreenSteps *all[3] = {&quantizer.y, &quantizer.y2, &quantizer.uv};
        for (int n = 0; n < 300; n++) {
            const ScreenSteps *steps = all[n % 3];
            gint16 coefficients[16], levels[16], out[16];
            for (int i = 0; i < 16; i++)
                coefficients[i] = (gint16)g_rand_int_range(random, -16400, 16401) >> (n % 12);
            int end = screen_quantize(levels, out, coefficients, steps, 0);
            for (int i = 0; i < 16; i++) {
                int step = steps->step[i > 0], limit = 2048 * step;
                if (abs(coefficients[i]) < limit)
                    assert_in_range(abs(out[i] - coefficients[i]), 0, step * 5 / 4);
                assert_true((long)out[i] * coefficients[i] >= 0);
            }
            if (end)
                assert_int_not_equal(levels[end - 1], 0);
            int first = n % 2;
            gint16 plain_levels[16], plain_out[16];
            end = screen_quantize(levels, out, coefficients, steps, first);
            assert_int_equal(
                end, screen_quantize_plain(plain_levels, plain_out, coefficients, steps, first));
            assert_memory_equal(out, plain_out, sizeof out);
            if (end)
                assert_memory_equal(levels, plain_levels, sizeof levels);
        }
    }
    g_rand_free(random);
}

static void test_distortion_equals_plain(void **state)
{
    GRand *random = g_rand_new_with_seed(4);
    for (int n = 0; n < 2000; n++) {
        guint8 a[40 * 20], b[40 * 20];
        fill(a, sizeof a, random, 256);
        fill(b, sizeof b, random, n % 3 ? 256 : 1);
        int at = g_rand_int_range(random, 0, 16);
        ScreenPixels p = {a + at, 40}, q = {b + 15 - at, 40};
        assert_int_equal(screen_sad16(p, q), screen_sad_plain(p, q, 16));
        ScreenPixels r = {a + at, 4}, t = {b + at, 4};
        assert_int_equal(screen_sad_block(a + at, b + at), screen_sad_plain(r, t, 4));
        assert_int_equal(screen_sse(p, q, 16), screen_sse_plain(p, q, 16));
        assert_int_equal(screen_sse(p, q, 8), screen_sse_plain(p, q, 8));
    }
    g_rand_free(random);
}

static void test_corners_equal_plain(void **state)
{
    GRand *random = g_rand_new_with_seed(5);
    int found = 0;
    for (int n = 0; n < 2000; n++) {
        guint8 pixels[64 * 3];
        fill(pixels, sizeof pixels, random, n % 2 ? 2 : 3);
        guint32 corners = screen_anchors_corners(pixels + 64 + 8, 64);
        assert_int_equal(corners, screen_anchors_corners_plain(pixels + 64 + 8, 64));
        found += corners != 0;
    }
    assert_true(found > 100);
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transform_comes_back),
        cmocka_unit_test(test_transform_equals_plain),
        cmocka_unit_test(test_second_stage_comes_back),
        cmocka_unit_test(test_quantizer_error_is_bounded),
        cmocka_unit_test(test_distortion_equals_plain),
        cmocka_unit_test(test_corners_equal_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
