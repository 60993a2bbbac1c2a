// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The small numeric parts: transforms, quantizer, corner test; and that all sets of kernels that
// this machine can run give the numbers of plain C.

#include "codec/video/screen/anchors.h"
#include "codec/video/screen/kernels.h"
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
        screen_transform_forward_plain(
            coefficients, (ScreenPixels){source, 4}, (ScreenPixels){prediction, 4});
        screen_transform_inverse_plain(out, 4, (ScreenPixels){prediction, 4}, coefficients);
        for (int i = 0; i < 16; i++)
            assert_in_range(abs(out[i] - source[i]), 0, 2);
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
            int end = screen_quantize_plain(levels, out, coefficients, steps, 0);
            for (int i = 0; i < 16; i++) {
                int step = steps->step[i > 0], limit = 2048 * step;
                if (abs(coefficients[i]) < limit)
                    assert_in_range(abs(out[i] - coefficients[i]), 0, step * 5 / 4);
                assert_true((long)out[i] * coefficients[i] >= 0);
            }
            if (end)
                assert_int_not_equal(levels[end - 1], 0);
        }
    }
    g_rand_free(random);
}

// What is left out unseen for its small difference would have come to nothing.
static void test_little_comes_to_nothing(void **state)
{
    GRand *random = g_rand_new_with_seed(8);
    for (int n = 0; n < 20000; n++) {
        guint8 source[64], prediction[64], ends[4];
        gint16 coefficients[64], levels[4][16], dequantized[64];
        ScreenQuantizer quantizer;
        screen_quantizer_init(&quantizer, n % 128);
        const ScreenSteps *steps = n & 1 ? &quantizer.y : &quantizer.uv;
        memset(prediction, 100, sizeof prediction);
        memcpy(source, prediction, sizeof source);
        for (guint32 left = steps->nothing_sad; left > 0;) { // all in one place, or here and there
            guint32 some = n & 2 ? left : (guint32)g_rand_int_range(random, 1, (gint32)left + 1);
            some = MIN(some, 30);
            int at = n & 4 ? g_rand_int_range(random, 0, 64) : g_rand_int_range(random, 0, 4) * 8;
            if (source[at] != 100)
                break;
            source[at] = (guint8)(100 + (g_rand_boolean(random) ? (gint32)some : -(gint32)some));
            left -= some;
        }
        ScreenPixels to = {source, 8}, from = {prediction, 8};
        screen_kernels.forward(coefficients, to, from, SCREEN_BLOCKS_SQUARE);
        screen_kernels.quantize(levels, ends, dequantized, coefficients, steps, n & 1, 4);
        for (int i = 0; i < 4; i++)
            assert_int_equal(ends[i], 0);
    }
    g_rand_free(random);
}

// Runs @check on each set after plain C, a thousand times with other pixels.
static void compare_all(
    void (*check)(const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n))
{
    ScreenKernels plain = screen_kernels_get(0);
    for (int i = 1; i < screen_kernels_count(); i++) {
        ScreenKernels set = screen_kernels_get(i);
        GRand *random = g_rand_new_with_seed(4);
        for (int n = 0; n < 1000; n++)
            check(&set, &plain, random, n);
        g_rand_free(random);
    }
}

// Noise, little noise, or as black and white as can be.
static void fill_any(guint8 *pixels, gsize count, GRand *random, int n)
{
    fill(pixels, count, random, n % 5 == 1 ? 3 : n % 5 == 2 ? 1 : 256);
    for (gsize i = 0; n % 5 > 2 && i < count; i++)
        pixels[i] = n % 5 == 3                      ? (pixels[i] & 1 ? 255 : 0)
                    : (i / 7 + pixels[i] / 200) & 1 ? 255
                                                    : 0;
}

#define PATCH 48 // side of the pictures that blocks are taken from

static void check_distances(
    const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n)
{
    guint8 a[PATCH * PATCH], b[PATCH * PATCH];
    fill_any(a, sizeof a, random, n);
    fill_any(b, sizeof b, random, n / 5);
    int at = g_rand_int_range(random, 0, 16);
    ScreenPixels p = {a + at, PATCH}, q = {b + 15 - at, PATCH};
    assert_int_equal(set->sad16(p, q), plain->sad16(p, q));
    assert_int_equal(set->sad16x4(p, q), plain->sad16x4(p, q));
    assert_int_equal(set->sse(p, q, 16), plain->sse(p, q, 16));
    assert_int_equal(set->sse(p, q, 8), plain->sse(p, q, 8));
    for (int i = 0; i < 16; i++)
        assert_int_equal(set->sad_between(p, q.pixels, PATCH, i % 4, i / 4),
            plain->sad_between(p, q.pixels, PATCH, i % 4, i / 4));
}

static void check_intra(const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n)
{
    guint8 picture[PATCH * PATCH], predictions[2][SCREEN_BLOCK_MODES][16];
    guint32 sads[2][SCREEN_BLOCK_MODES];
    fill_any(picture, sizeof picture, random, n);
    ScreenPixels source = {picture + 5, PATCH};
    for (int size = 8; size <= 16; size += 8) {
        ScreenEdge edge;
        fill_any((guint8 *)&edge, sizeof edge, random, n / 5);
        edge.has_above = edge.has_left = TRUE;
        int dc = screen_edge_dc(&edge, size);
        set->intra_sads(sads[0], source, &edge, dc, size);
        plain->intra_sads(sads[1], source, &edge, dc, size);
        assert_memory_equal(sads[0], sads[1], 4 * sizeof(guint32));
    }
    ScreenAround around;
    fill_any((guint8 *)&around, sizeof around, random, n / 5);
    set->block_sads(sads[0], predictions[0], &around, picture);
    plain->block_sads(sads[1], predictions[1], &around, picture);
    assert_memory_equal(sads[0], sads[1], sizeof sads[0]);
    assert_memory_equal(predictions[0], predictions[1], sizeof predictions[0]);
}

// From pixels to levels and back, in one go, so that all values are such as occur.
static void check_residual(
    const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n)
{
    const ScreenKernels *both[2] = {set, plain};
    guint8 picture[PATCH * PATCH], prediction[PATCH * PATCH], out[2][PATCH * 8], one[2][PATCH * 4];
    gint16 coefficients[2][64], levels[2][4][16], dequantized[2][64];
    guint8 ends[2][4];
    ScreenQuantizer quantizer;
    fill_any(picture, sizeof picture, random, n);
    fill_any(prediction, sizeof prediction, random, n / 5);
    screen_quantizer_init(&quantizer, g_rand_int_range(random, 0, 128));
    ScreenBlocks blocks = n % 2 ? SCREEN_BLOCKS_ROW : SCREEN_BLOCKS_SQUARE;
    const ScreenSteps *steps = n % 3 ? &quantizer.y : &quantizer.y2;
    ScreenPixels source = {picture + n % 7, PATCH}, from = {prediction + n % 5, PATCH};
    memset(out, 0, sizeof out);
    memset(one, 0, sizeof one);
    memset(levels, 0, sizeof levels);
    for (int i = 0; i < 2; i++) {
        both[i]->forward(coefficients[i], source, from, blocks);
        both[i]->quantize(
            levels[i], ends[i], dequantized[i], coefficients[i], steps, n % 4 == 0, 4);
        both[i]->inverse(out[i], PATCH, from, dequantized[i], blocks);
        for (int k = 0; k < 4; k++)
            if (!ends[i][k])
                memset(levels[i][k], 0, sizeof levels[i][k]);
    }
    assert_memory_equal(coefficients[0], coefficients[1], sizeof coefficients[0]);
    assert_memory_equal(ends[0], ends[1], sizeof ends[0]);
    assert_memory_equal(levels[0], levels[1], sizeof levels[0]);
    assert_memory_equal(dequantized[0], dequantized[1], sizeof dequantized[0]);
    assert_memory_equal(out[0], out[1], sizeof out[0]);
    for (int i = 0; i < 2; i++) {
        both[i]->forward_one(coefficients[i], source, from);
        both[i]->inverse_one(one[i], PATCH, from, dequantized[1]);
    }
    assert_memory_equal(coefficients[0], coefficients[1], 16 * sizeof(gint16));
    assert_memory_equal(one[0], one[1], sizeof one[0]);
}

// Whatever 16 bits hold, at each quantizer.
static void check_quantizer(
    const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n)
{
    gint16 coefficients[16], levels[2][1][16], dequantized[2][16];
    guint8 ends[2];
    ScreenQuantizer quantizer;
    screen_quantizer_init(&quantizer, n % 128);
    const ScreenSteps *all[3] = {&quantizer.y, &quantizer.y2, &quantizer.uv};
    for (int i = 0; i < 16; i++)
        coefficients[i] = (gint16)g_rand_int_range(random, -16400, 16401) >> (n % 12);
    set->quantize(levels[0], &ends[0], dequantized[0], coefficients, all[n % 3], n & 1, 1);
    plain->quantize(levels[1], &ends[1], dequantized[1], coefficients, all[n % 3], n & 1, 1);
    assert_int_equal(ends[0], ends[1]);
    assert_memory_equal(dequantized[0], dequantized[1], sizeof dequantized[0]);
    if (ends[0])
        assert_memory_equal(levels[0], levels[1], sizeof levels[0]);
}

static void check_filter(const ScreenKernels *set, const ScreenKernels *plain, GRand *random, int n)
{
    guint8 picture[PATCH * PATCH], out[2][16 * 20] = {{0}};
    fill_any(picture, sizeof picture, random, n);
    int size = n % 2 ? 16 : 8, stride = size + 5;
    // Nothing beyond the pixels that the filter may read: AddressSanitizer looks on.
    g_autofree guint8 *window = g_memdup2(picture, (gsize)stride * stride);
    ScreenPixels source = {window + 2 * stride + 2, stride};
    for (int i = 1; i < 64; i++) {
        set->filter(out[0], 20, source, size, i % 8, i / 8);
        plain->filter(out[1], 20, source, size, i % 8, i / 8);
        assert_memory_equal(out[0], out[1], sizeof out[0]);
    }
}

static void test_sets_agree(void **state)
{
    assert_true(screen_kernels_count() > 0);
    assert_string_equal(screen_kernels.name, screen_kernels_get(screen_kernels_count() - 1).name);
#ifdef __ARM_NEON
    assert_string_equal(screen_kernels.name, "neon");
#endif
    compare_all(check_distances);
    compare_all(check_intra);
    compare_all(check_residual);
    compare_all(check_quantizer);
    compare_all(check_filter);
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
        cmocka_unit_test(test_second_stage_comes_back),
        cmocka_unit_test(test_quantizer_error_is_bounded),
        cmocka_unit_test(test_little_comes_to_nothing),
        cmocka_unit_test(test_sets_agree),
        cmocka_unit_test(test_corners_equal_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
