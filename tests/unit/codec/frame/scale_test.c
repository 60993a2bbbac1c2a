// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Scaling by parts is the same as scaling the whole: pictures in which random rectangles change,
// scaled by what pouce_scale_reach names, against the new picture scaled at once.

#include "codec/frame/scale.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdlib.h>
#include <string.h>

#define SEED 20261122
#define ROUNDS 12

static PoucePixels make(int width, int height)
{
    gsize bytes = (gsize)width * (gsize)height * 4;
    return (PoucePixels){g_malloc0(bytes), width * 4, width, height};
}

static void noise(const PoucePixels *pixels, PouceRect rect, GRand *random)
{
    for (int y = rect.y; y < rect.y + rect.height; y++)
        for (int x = rect.x; x < rect.x + rect.width; x++) {
            guint32 value = g_rand_int(random) | 0xff000000;
            memcpy(pixels->bgrx + y * pixels->stride_bytes + x * 4, &value, 4);
        }
}

static PouceRect somewhere(const PoucePixels *pixels, GRand *random)
{
    int x = g_rand_int_range(random, 0, pixels->width_px);
    int y = g_rand_int_range(random, 0, pixels->height_px);
    return (PouceRect){x, y, g_rand_int_range(random, 1, MIN(40, pixels->width_px - x) + 1),
        g_rand_int_range(random, 1, MIN(40, pixels->height_px - y) + 1)};
}

static void assert_same(const PoucePixels *a, const PoucePixels *b)
{
    assert_memory_equal(a->bgrx, b->bgrx, (gsize)a->stride_bytes * (gsize)a->height_px);
}

static void by_parts(int from_width, int from_height, int to_width, int to_height,
    PouceScaleFilter filter, GRand *random)
{
    PoucePixels from = make(from_width, from_height), whole = make(to_width, to_height),
                parts = make(to_width, to_height);
    PouceRect all = {0, 0, to_width, to_height};
    noise(&from, (PouceRect){0, 0, from_width, from_height}, random);
    pouce_scale_rect(&from, &parts, all, filter);
    for (int round = 0; round < ROUNDS; round++) {
        PouceRect changed = somewhere(&from, random);
        noise(&from, changed, random);
        pouce_scale_rect(&from, &parts, pouce_scale_reach(&from, &parts, changed), filter);
        pouce_scale_rect(&from, &whole, all, filter);
        assert_same(&parts, &whole);
    }
    g_free(from.bgrx);
    g_free(whole.bgrx);
    g_free(parts.bgrx);
}

static void test_by_parts(void **state)
{
    static const struct {
        int from_width, from_height, to_width, to_height;
    } sizes[] = {{320, 200, 213, 133}, {320, 200, 161, 101}, {321, 199, 320, 198},
        {100, 80, 133, 107}, {100, 80, 300, 240}, {64, 64, 65, 64}, {97, 61, 50, 60}, {1, 1, 7, 5},
        {300, 2, 200, 1}};
    GRand *random = g_rand_new_with_seed(SEED);
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        by_parts(sizes[n].from_width, sizes[n].from_height, sizes[n].to_width, sizes[n].to_height,
            POUCE_SCALE_BILINEAR, random);
        by_parts(sizes[n].from_width, sizes[n].from_height, sizes[n].to_width, sizes[n].to_height,
            POUCE_SCALE_NEAREST, random);
    }
    g_rand_free(random);
}

static guint mean(const PoucePixels *from, int x, int y, int channel)
{
    guint sum = 2;
    for (int n = 0; n < 4; n++)
        sum += from->bgrx[(2 * y + n / 2) * from->stride_bytes + (2 * x + n % 2) * 4 + channel];
    return sum / 4;
}

static void test_halve(void **state)
{
    static const int sizes[][2] = {{64, 48}, {65, 47}, {2, 2}, {3, 2}, {130, 3}};
    GRand *random = g_rand_new_with_seed(SEED);
    for (guint n = 0; n < G_N_ELEMENTS(sizes); n++) {
        PoucePixels from = make(sizes[n][0], sizes[n][1]);
        PoucePixels to = make(sizes[n][0] / 2, sizes[n][1] / 2);
        PouceRect changed = {0, 0, from.width_px, from.height_px};
        for (int round = 0; round < ROUNDS; round++) {
            noise(&from, changed, random);
            pouce_scale_halve(&from, &to, changed);
            for (int y = 0; y < to.height_px; y++)
                for (int x = 0; x < to.width_px; x++)
                    for (int channel = 0; channel < 4; channel++)
                        assert_true(abs(to.bgrx[y * to.stride_bytes + x * 4 + channel] -
                                        (int)mean(&from, x, y, channel)) <= 1); // of roundings
            changed = somewhere(&from, random);
        }
        g_free(from.bgrx);
        g_free(to.bgrx);
    }
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_parts),
        cmocka_unit_test(test_halve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
