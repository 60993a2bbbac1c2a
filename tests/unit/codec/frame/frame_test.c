// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Frames and pools, damage against a plain list of booleans, conversion against a plain formula.

#include "codec/frame/compare.h"
#include "codec/frame/convert.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <limits.h>
#include <math.h>
#include <string.h>

#define SEED 20260422

static const struct {
    int width, height;
} sizes[] = {{1, 1}, {2, 1}, {1, 3}, {15, 16}, {16, 16}, {17, 15}, {31, 33}, {67, 35}, {1040, 40}};

static void test_frame_bounds(void **state)
{
    assert_null(pouce_frame_new(0, 10));
    assert_null(pouce_frame_new(10, -1));
    assert_null(pouce_frame_new(POUCE_FRAME_SIDE_MAX_PX + 1, 10));
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(PouceFrame) frame = pouce_frame_new(sizes[i].width, sizes[i].height);
        assert_int_equal(frame->mb_columns, (sizes[i].width + 15) / 16);
        assert_true(frame->strides[0] >= frame->mb_columns * 16);
        assert_true(frame->strides[1] >= frame->mb_columns * 8);
        for (int plane = 0; plane < 3; plane++) {
            assert_int_equal((guintptr)frame->planes[plane] % 64, 0);
            int lines = frame->mb_rows * (plane ? 8 : 16);
            guint8 *last = frame->planes[plane] + (gsize)lines * frame->strides[plane] - 1;
            assert_int_equal(*last, plane ? 128 : 16); // ASan looks at the address
        }
    }
}

static void test_pool(void **state)
{
    assert_null(pouce_frame_pool_new(0, 1, 2));
    PouceFramePool *pool = pouce_frame_pool_new(20, 20, 2);
    PouceFrame *a = pouce_frame_pool_take(pool);
    PouceFrame *b = pouce_frame_pool_take(pool);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    assert_null(pouce_frame_pool_take(pool));
    pouce_frame_unref(a);
    PouceFrame *again = pouce_frame_pool_take(pool);
    assert_ptr_equal(again, a);
    pouce_frame_unref(again);
    pouce_frame_pool_free(pool);
    assert_int_equal(b->planes[0][0], 16); // lives on
    pouce_frame_unref(b);
}

// A rectangle that is inside, across an edge, outside, empty, or made of the worst integers.
static PouceRect random_rect(GRand *random, int width, int height)
{
    static const int worst[] = {INT_MIN, INT_MAX, -1, 0, 1, INT_MAX - 15};
    PouceRect rect = {g_rand_int_range(random, -40, width + 40),
        g_rand_int_range(random, -40, height + 40), g_rand_int_range(random, -2, 80),
        g_rand_int_range(random, -2, 80)};
    if (g_rand_int_range(random, 0, 10) == 0)
        rect.x = worst[g_rand_int_range(random, 0, G_N_ELEMENTS(worst))];
    if (g_rand_int_range(random, 0, 10) == 0)
        rect.width = worst[g_rand_int_range(random, 0, G_N_ELEMENTS(worst))];
    if (g_rand_int_range(random, 0, 10) == 0)
        rect.height = worst[g_rand_int_range(random, 0, G_N_ELEMENTS(worst))];
    return rect;
}

static gboolean touches(PouceRect rect, int mb_x, int mb_y)
{
    return rect.width > 0 && rect.height > 0 && rect.x < (mb_x + 1) * 16 &&
           (gint64)rect.x + rect.width > mb_x * 16 && rect.y < (mb_y + 1) * 16 &&
           (gint64)rect.y + rect.height > mb_y * 16;
}

static void check_damage(const PouceDamage *damage, const gboolean *wanted)
{
    int count = 0;
    for (int i = 0; i < damage->mb_rows * damage->mb_columns; i++) {
        assert_int_equal(
            pouce_damage_get(damage, i % damage->mb_columns, i / damage->mb_columns), wanted[i]);
        count += wanted[i];
    }
    assert_int_equal(pouce_damage_count(damage), count);
    assert_int_equal(pouce_damage_is_empty(damage), count == 0);
    int in_runs = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(damage, &x, &y, &n); x += n) {
        assert_true(n > 0 && x + n <= damage->mb_columns);
        for (int i = x; i < x + n; i++)
            assert_true(wanted[y * damage->mb_columns + i]);
        in_runs += n;
    }
    assert_int_equal(in_runs, count);
}

static void test_damage_random(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    for (int round = 0; round < 400; round++) {
        int width = g_rand_int_range(random, 1, 2400), height = g_rand_int_range(random, 1, 200);
        PouceDamage damage, full;
        pouce_damage_init(&damage, width, height);
        pouce_damage_init(&full, width, height);
        pouce_damage_fill(&full);
        int total = damage.mb_columns * damage.mb_rows;
        g_autofree gboolean *wanted = g_new0(gboolean, total);
        check_damage(&damage, wanted);
        for (int i = g_rand_int_range(random, 1, 6); i > 0; i--) {
            PouceRect rect = random_rect(random, width, height);
            pouce_damage_add_rect(&damage, rect);
            for (int mb = 0; mb < total; mb++)
                wanted[mb] |= touches(rect, mb % damage.mb_columns, mb / damage.mb_columns);
        }
        check_damage(&damage, wanted);
        assert_int_equal(pouce_damage_count(&full), total);
        pouce_damage_subtract(&full, &damage);
        assert_int_equal(pouce_damage_count(&full), total - pouce_damage_count(&damage));
        pouce_damage_add(&full, &damage);
        assert_int_equal(pouce_damage_count(&full), total);
        pouce_damage_empty(&full);
        assert_true(pouce_damage_is_empty(&full));
        pouce_damage_clear(&damage);
        pouce_damage_clear(&full);
    }
}

static void fill_random(guint8 *pixels, gsize bytes, GRand *random)
{
    for (gsize i = 0; i < bytes; i++)
        pixels[i] = g_rand_int(random) & 0xff;
}

// BT.601, limited range; chroma from the mean of the 2x2 pixels, the edge repeated.
static double reference(const guint8 *bgrx, int width, int height, int plane, int x, int y)
{
    static const double weights[3][4] = {
        {25.06, 129.06, 65.74, 16}, {112.4, -74.5, -37.9, 128}, {-18.3, -94.1, 112.4, 128}};
    int step = plane ? 2 : 1;
    double sum = 0;
    for (int dy = 0; dy < step; dy++)
        for (int dx = 0; dx < step; dx++) {
            int at_x = MIN(x * step + dx, width - 1), at_y = MIN(y * step + dy, height - 1);
            const guint8 *pixel = bgrx + ((gsize)at_y * width + at_x) * 4;
            for (int channel = 0; channel < 3; channel++)
                sum += weights[plane][channel] * pixel[channel] / 256;
        }
    return sum / (step * step) + weights[plane][3];
}

static void check_planes(const PouceFrame *frame, const guint8 *bgrx)
{
    for (int plane = 0; plane < 3; plane++) {
        int side = plane ? 8 : 16, shift = plane > 0;
        int width = (frame->width_px + shift) >> shift;
        int height = (frame->height_px + shift) >> shift;
        for (int y = 0; y < frame->mb_rows * side; y++)
            for (int x = 0; x < frame->mb_columns * side; x++) {
                int got = frame->planes[plane][y * frame->strides[plane] + x];
                int at_x = MIN(x, width - 1), at_y = MIN(y, height - 1);
                // Padding is exact; visible pixels may be off by the library's rounding.
                assert_int_equal(got, frame->planes[plane][at_y * frame->strides[plane] + at_x]);
                double want = reference(bgrx, frame->width_px, frame->height_px, plane, at_x, at_y);
                assert_true(fabs(got - want) <= 2.5);
            }
    }
}

static void test_convert_whole(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        int width = sizes[i].width, height = sizes[i].height;
        gsize bytes = (gsize)width * height * 4;
        g_autofree guint8 *bgrx = g_malloc(bytes);
        fill_random(bgrx, bytes, random);
        g_autoptr(PouceFrame) frame = pouce_frame_new(width, height);
        pouce_convert_bgrx(frame, bgrx, width * 4, NULL);
        check_planes(frame, bgrx);
    }
}

// Converting by damage gives what converting the whole gives, inside it, and touches nothing else.
static void test_convert_damage(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    for (int round = 0; round < 200; round++) {
        int width = g_rand_int_range(random, 1, 150), height = g_rand_int_range(random, 1, 120);
        gsize bytes = (gsize)width * height * 4;
        g_autofree guint8 *before = g_malloc(bytes);
        g_autofree guint8 *after = g_malloc(bytes);
        fill_random(before, bytes, random);
        fill_random(after, bytes, random);
        PouceDamage damage;
        pouce_damage_init(&damage, width, height);
        for (int i = g_rand_int_range(random, 0, 4); i > 0; i--)
            pouce_damage_add_rect(&damage, random_rect(random, width, height));
        g_autoptr(PouceFrame) old = pouce_frame_new(width, height);
        g_autoptr(PouceFrame) new = pouce_frame_new(width, height);
        g_autoptr(PouceFrame) mixed = pouce_frame_new(width, height);
        pouce_convert_bgrx(old, before, width * 4, NULL);
        pouce_convert_bgrx(new, after, width * 4, NULL);
        pouce_frame_copy(mixed, old);
        pouce_convert_bgrx(mixed, after, width * 4, &damage);
        for (int plane = 0; plane < 3; plane++) {
            int side = plane ? 8 : 16;
            for (int y = 0; y < mixed->mb_rows * side; y++)
                for (int x = 0; x < mixed->mb_columns * side; x++) {
                    gboolean hit = pouce_damage_get(&damage, x / side, y / side);
                    gsize at = (gsize)y * mixed->strides[plane] + x;
                    assert_int_equal(
                        mixed->planes[plane][at], (hit ? new : old)->planes[plane][at]);
                }
        }
        pouce_damage_clear(&damage);
    }
}

static void test_round_trip(void **state)
{
    int width = 37, height = 21;
    g_autofree guint8 *from = g_malloc((gsize)width * height * 4);
    g_autofree guint8 *to = g_malloc0((gsize)width * height * 4);
    for (int i = 0; i < width * height; i++)
        memset(from + i * 4, (i * 7) & 0xff, 4);
    g_autoptr(PouceFrame) frame = pouce_frame_new(width, height);
    pouce_convert_bgrx(frame, from, width * 4, NULL);
    PouceDamage left;
    pouce_damage_init(&left, width, height);
    pouce_damage_add_rect(&left, (PouceRect){0, 0, 16, height});
    pouce_convert_to_bgrx(to, width * 4, frame, &left);
    for (int i = 0; i < width * height; i++)
        for (int channel = 0; channel < 3; channel++) {
            int want = i % width < 16 ? from[i * 4 + channel] : 0;
            assert_true(abs(to[i * 4 + channel] - want) <= 3);
        }
    pouce_convert_to_bgrx(to, width * 4, frame, NULL);
    assert_true(abs(to[(width * height - 1) * 4] - from[(width * height - 1) * 4]) <= 3);
    pouce_damage_clear(&left);
}

static void test_compare(void **state)
{
    g_autoptr(PouceFrame) a = pouce_frame_new(67, 35);
    g_autoptr(PouceFrame) b = pouce_frame_new(67, 35);
    PouceDamage damage;
    pouce_damage_init(&damage, 67, 35);
    assert_true(pouce_compare_luma_psnr(a, b) == POUCE_PSNR_MAX_DB);
    pouce_compare_frames(&damage, a, b);
    assert_true(pouce_damage_is_empty(&damage));
    for (int y = 0; y < 35; y++)
        memset(a->planes[0] + y * a->strides[0], 17, 67);
    assert_true(fabs(pouce_compare_luma_psnr(a, b) - 48.13) < 0.01);
    pouce_compare_frames(&damage, a, b);
    assert_int_equal(pouce_damage_count(&damage), 15);

    pouce_damage_empty(&damage);
    pouce_frame_copy(a, b);
    a->planes[2][17 * a->strides[2] + 33]++; // the last chroma pixel, in the last macroblock
    a->planes[0][34 * a->strides[0] + 70]++; // padding does not count
    a->planes[0][0]++;
    pouce_compare_frames(&damage, a, b);
    assert_int_equal(pouce_damage_count(&damage), 2);
    assert_true(pouce_damage_get(&damage, 4, 2) && pouce_damage_get(&damage, 0, 0));
    pouce_damage_clear(&damage);

    guint8 before[33 * 17 * 4] = {0}, now[33 * 17 * 4] = {0};
    now[(16 * 33 + 32) * 4 + 1] = 1;
    pouce_damage_init(&damage, 33, 17);
    pouce_compare_bgrx(&damage, before, now, 33 * 4, 33, 17);
    assert_int_equal(pouce_damage_count(&damage), 1);
    assert_true(pouce_damage_get(&damage, 2, 1));
    pouce_damage_clear(&damage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_bounds),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_damage_random),
        cmocka_unit_test(test_convert_whole),
        cmocka_unit_test(test_convert_damage),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests_name("codec/frame", tests, NULL, NULL);
}
