// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The screen encoder as a whole: every frame is decoded by libvpx and ffmpeg and must give exactly
// what the encoder reconstructed.

#include "codec/frame/compare.h"
#include "codec/video/screen/screen.h"
#include "tests/unit/codec/screen/judge.h"
#include "tests/unit/codec/screen/strokes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

typedef struct {
    PouceEncoder *encoder;
    PouceFrame *frame;
    Judge *judge;
    GRand *random;
    gint64 now_us;
    PouceEncodedFrame out;
    gboolean deaf;      // frames do not reach the judge
    gboolean keepalive; // asked for with each frame
    gboolean in_parts;  // the line is fast
} Stage;

static void stage_init(Stage *stage, int width_px, int height_px, guint32 seed)
{
    PouceEncoderConfig config = {width_px, height_px, 8000000, 60};
    *stage = (Stage){0};
    stage->encoder = pouce_encoder_new("screen", &config, NULL);
    stage->frame = pouce_frame_new(width_px, height_px);
    stage->judge = judge_new();
    stage->random = g_rand_new_with_seed(seed);
}

static void stage_clear(Stage *stage)
{
    pouce_encoder_free(stage->encoder);
    pouce_frame_unref(stage->frame);
    judge_free(stage->judge);
    g_rand_free(stage->random);
}

// Pictures that the encoder keeps, in hundredths of an I420 picture.
static int kept_percent(const Stage *stage)
{
    gsize picture = (gsize)stage->frame->mb_columns * stage->frame->mb_rows * 384;
    return (int)(pouce_screen_pixel_bytes(stage->encoder) * 100 / picture);
}

static PouceEncodeResult stage_encode(Stage *stage, int budget_bytes, gboolean key)
{
    PouceEncodeRequest request = {
        .frame = stage->frame,
        .now_us = stage->now_us,
        .budget_bytes = budget_bytes,
        .key = key,
        .keepalive = stage->keepalive,
        .in_parts = stage->in_parts,
        .cursor_x_px = -1,
        .cursor_y_px = -1,
    };
    stage->now_us += 16667;
    GError *error = NULL;
    PouceEncodeResult result = pouce_encoder_encode(stage->encoder, &request, &stage->out, &error);
    assert_null(error);
    gsize picture = (gsize)stage->frame->mb_columns * stage->frame->mb_rows * 384;
    assert_true(pouce_screen_pixel_bytes(stage->encoder) <= 4 * picture);
    if (result == POUCE_ENCODE_FRAME && !stage->deaf) {
        g_autofree char *problem = judge_check(stage->judge, stage->out.data, stage->out.bytes,
            pouce_screen_reconstruction(stage->encoder));
        if (problem)
            fail_msg("frame %u (%s, q %d): %s", stage->out.id, stage->out.key ? "key" : "inter",
                stage->out.quantizer, problem);
    }
    return result;
}

static void fill_rect(PouceFrame *frame, int x, int y, int width, int height, GRand *random)
{
    for (int plane = 0; plane < 3; plane++) {
        int s = plane ? 1 : 0, full_w = frame->mb_columns * (plane ? 8 : 16);
        int full_h = frame->mb_rows * (plane ? 8 : 16);
        int value = g_rand_int_range(random, 0, 256), slope = g_rand_int_range(random, -3, 4);
        int noise = g_rand_int_range(random, 0, 3) ? 0 : g_rand_int_range(random, 1, 256);
        for (int j = y >> s; j < MIN((y + height) >> s, full_h); j++)
            for (int i = x >> s; i < MIN((x + width) >> s, full_w); i++)
                frame->planes[plane][j * frame->strides[plane] + i] =
                    (guint8)(value + slope * (i + j) +
                             (noise ? g_rand_int_range(random, 0, noise) : 0));
    }
}

static void scribble(Stage *stage, int rects)
{
    PouceFrame *frame = stage->frame;
    for (int i = 0; i < rects; i++) {
        int w = frame->mb_columns * 16, h = frame->mb_rows * 16;
        int x = g_rand_int_range(stage->random, 0, w), y = g_rand_int_range(stage->random, 0, h);
        fill_rect(frame, x, y, g_rand_int_range(stage->random, 1, w + 1),
            g_rand_int_range(stage->random, 1, h + 1), stage->random);
    }
}

static void test_black(void **state)
{
    Stage stage;
    stage_init(&stage, 640, 360, 1);
    assert_int_equal(stage_encode(&stage, 0, FALSE), POUCE_ENCODE_FRAME);
    assert_true(stage.out.key);
    assert_int_equal(stage_encode(&stage, 0, FALSE), POUCE_ENCODE_NOTHING);
    stage_clear(&stage);
}

static void test_random_pictures(void **state)
{
    static const int sizes[][2] = {{64, 48}, {16, 16}, {1, 1}, {33, 17}, {320, 200}, {18, 300}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        Stage stage;
        stage_init(&stage, sizes[i][0], sizes[i][1], 100 + i);
        for (int n = 0; n < 30; n++) {
            scribble(&stage, g_rand_int_range(stage.random, 1, 5));
            int budget = g_rand_int_range(stage.random, 50, 30000);
            stage.in_parts = g_rand_boolean(stage.random);
            stage.now_us += stage.in_parts ? 300000 : 0;
            stage_encode(&stage, budget, g_rand_int_range(stage.random, 0, 10) == 0);
        }
        stage_clear(&stage);
    }
}

// Calls encode when it asks for it until it has nothing more to say; Returns: frames sent.
static int settle(Stage *stage, int budget_bytes)
{
    int sent = 0;
    gint64 due_us;
    while ((due_us = pouce_encoder_next_due_us(stage->encoder)) >= 0) {
        assert_true(sent < 1000);
        stage->now_us = MAX(stage->now_us, due_us);
        sent += stage_encode(stage, budget_bytes, FALSE) == POUCE_ENCODE_FRAME;
    }
    return sent;
}

static double psnr(const Stage *stage)
{
    return pouce_compare_luma_psnr(stage->frame, pouce_screen_reconstruction(stage->encoder));
}

static void test_becomes_sharp_then_silent(void **state)
{
    Stage stage;
    stage_init(&stage, 800, 600, 3);
    strokes_fill(stage.frame, 3);
    stage_encode(&stage, 20000, FALSE);
    assert_true(stage.out.bytes <= 21000);
    double at_first = psnr(&stage);
    assert_true(settle(&stage, 20000) > 1);
    assert_true(psnr(&stage) > at_first + 5);
    assert_true(psnr(&stage) > 44);
    assert_int_equal(stage_encode(&stage, 0, FALSE), POUCE_ENCODE_NOTHING);
    stage_clear(&stage);
}

static void test_first_frame_is_soon_there(void **state)
{
    Stage stage;
    stage_init(&stage, 800, 600, 3);
    for (int i = 0; i < 3; i++) {
        strokes_fill(stage.frame, 3 + i);
        stage_encode(&stage, 2000000, FALSE); // all of it would fit
        assert_in_range(stage.out.quantizer, 3, 40);
        assert_true(settle(&stage, 0) > 0);
        assert_true(psnr(&stage) > 44);
        stage.now_us += G_USEC_PER_SEC;
    }
    stage_clear(&stage);
}

// Of the upper or the lower quarter.
static double quarter_psnr(const Stage *stage, gboolean lower)
{
    PouceFrame source = *stage->frame, shown = *pouce_screen_reconstruction(stage->encoder);
    int height_px = source.height_px / 4, from = lower ? source.height_px - height_px : 0;
    source.planes[0] += (gsize)from * source.strides[0];
    shown.planes[0] += (gsize)from * shown.strides[0];
    source.height_px = shown.height_px = height_px;
    return pouce_compare_luma_psnr(&source, &shown);
}

static void test_a_large_change_comes_in_parts(void **state)
{
    Stage stage;
    stage_init(&stage, 640, 480, 31);
    stage.in_parts = TRUE;
    strokes_fill(stage.frame, 1);
    stage_encode(&stage, 60000, FALSE);
    assert_false(stage.out.more); // a key frame
    settle(&stage, 0);
    stage.now_us += G_USEC_PER_SEC;
    strokes_fill(stage.frame, 2);
    assert_int_equal(stage_encode(&stage, 60000, FALSE), POUCE_ENCODE_FRAME);
    assert_true(stage.out.more);
    assert_in_range(stage.out.coded_mb, 500, 700); // of 1200
    assert_true(pouce_encoder_next_due_us(stage.encoder) <= stage.now_us);
    assert_true(quarter_psnr(&stage, FALSE) > 25);
    assert_true(quarter_psnr(&stage, TRUE) < 20);
    assert_int_equal(stage_encode(&stage, 60000, FALSE), POUCE_ENCODE_FRAME);
    assert_false(stage.out.more);
    assert_true(quarter_psnr(&stage, TRUE) > 25);
    settle(&stage, 0);
    stage.now_us += G_USEC_PER_SEC;
    strokes_fill(stage.frame, 1); // shown by a saved reference
    stage_encode(&stage, 60000, FALSE);
    assert_false(stage.out.more);
    assert_true(quarter_psnr(&stage, TRUE) > 25);
    stage_clear(&stage);
}

static void test_keepalive_changes_nothing(void **state)
{
    Stage stage;
    stage_init(&stage, 800, 600, 5);
    strokes_fill(stage.frame, 5);
    stage_encode(&stage, 20000, FALSE);
    settle(&stage, 20000);
    double before = psnr(&stage);
    stage.keepalive = TRUE;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(stage_encode(&stage, 0, FALSE), POUCE_ENCODE_FRAME);
        assert_int_equal(stage.out.coded_mb, 0);
        assert_true(stage.out.bytes < 300);
        assert_true(psnr(&stage) == before);
    }
    stage_clear(&stage);
}

static void test_typing_is_small(void **state)
{
    Stage stage;
    stage_init(&stage, 1280, 720, 4);
    strokes_fill(stage.frame, 4);
    stage_encode(&stage, 0, FALSE);
    settle(&stage, 100000);
    for (int i = 0; i < 40; i++) {
        strokes_draw(stage.frame, (PouceRect){100 + i * 9, 300, 9, 16}, stage.random);
        assert_int_equal(stage_encode(&stage, 0, FALSE), POUCE_ENCODE_FRAME);
        assert_in_range(stage.out.coded_mb, 1, 4);
        assert_true(stage.out.bytes < 600);
        assert_int_equal(pouce_encoder_next_due_us(stage.encoder), -1);
        // Saved pictures share what has not changed since.
        assert_in_range(kept_percent(&stage), 200, 390);
    }
    stage.now_us += 2 * G_USEC_PER_SEC;
    strokes_draw(stage.frame, (PouceRect){100, 300, 9, 16}, stage.random);
    stage_encode(&stage, 0, FALSE);
    assert_in_range(kept_percent(&stage), 200, 390);
    stage_clear(&stage);
}

static void test_scrolls_are_copied(void **state)
{
    static const int steps[][2] = {
        {0, 10}, {0, -57}, {0, 240}, {0, -500}, {33, 0}, {-300, 0}, {12, -40}};
    Stage stage;
    stage_init(&stage, 1280, 720, 5);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        strokes_fill(stage.frame, 5 + i);
        stage_encode(&stage, 200000, FALSE);
        settle(&stage, 200000);
        double before = psnr(&stage);
        strokes_shift(stage.frame, (PouceRect){64, 32, 1100, 640}, steps[i][0], steps[i][1]);
        assert_int_equal(stage_encode(&stage, 200000, FALSE), POUCE_ENCODE_FRAME);
        assert_true(psnr(&stage) > before - 1);
        assert_true(stage.out.bytes < 20000);
    }
    stage_clear(&stage);
}

// Where an area that scrolls begins and ends in the middle of macroblocks, nothing is new.
// The first bit of an inter frame's first partition, at even odds.
static gboolean has_segments(const PouceEncodedFrame *out)
{
    return !out->key && out->data[3] >> 7;
}

static void test_sharpens_while_it_scrolls(void **state)
{
    Stage stage;
    stage_init(&stage, 640, 480, 4);
    strokes_fill(stage.frame, 4);
    stage_encode(&stage, 9000, FALSE);
    int segmented = 0;
    double at_first = psnr(&stage);
    for (int i = 0; i < 24; i++) {
        strokes_shift(stage.frame, (PouceRect){0, 0, 640, 480}, 0, -6);
        PouceRect strip = {0, 474, 640, 6};
        strokes_draw(stage.frame, strip, stage.random);
        assert_int_equal(stage_encode(&stage, 6000, FALSE), POUCE_ENCODE_FRAME);
        assert_true(stage.out.bytes <= 6300);
        segmented += has_segments(&stage.out);
    }
    assert_true(segmented > 4);
    assert_true(psnr(&stage) > at_first + 15);
    assert_true(psnr(&stage) > 44);
    stage_clear(&stage);
}

static void test_scrolls_are_copied_in_pieces(void **state)
{
    Stage stage;
    stage_init(&stage, 1280, 720, 15);
    strokes_fill(stage.frame, 15);
    stage_encode(&stage, 200000, FALSE);
    settle(&stage, 200000);
    for (int i = 0; i < 10; i++) {
        double before = psnr(&stage);
        strokes_shift(stage.frame, (PouceRect){68, 40, 1100, 640}, 0, -8);
        assert_int_equal(stage_encode(&stage, 200000, FALSE), POUCE_ENCODE_FRAME);
        assert_true(stage.out.bytes < 1500);
        assert_true(psnr(&stage) > before - 1);
    }
    stage_clear(&stage);
}

// A line of random letters, 7x12 px of three greys each, from an alphabet of twelve.
static void draw_letters(PouceFrame *frame, GRand *random, int x, int y)
{
    for (int i = 0; i < 60; i++, x += 8) {
        GRand *shape = g_rand_new_with_seed((guint32)g_rand_int_range(random, 0, 12));
        for (int row = 0; row < 12; row++)
            for (int column = 0; column < 7; column++)
                frame->planes[0][(y + row) * frame->strides[0] + x + column] =
                    (guint8)(g_rand_int_range(shape, 0, 3) * 100 + 30);
        g_rand_free(shape);
    }
}

// Letters that stand elsewhere already are pointed at.
static void test_letters_come_again(void **state)
{
    Stage stage;
    stage_init(&stage, 1280, 720, 16);
    for (int plane = 0; plane < 3; plane++)
        memset(stage.frame->planes[plane], plane ? 128 : 230,
            (gsize)stage.frame->strides[plane] * (plane ? 360 : 720));
    gsize first = 0;
    for (int i = 0; i < 10; i++) {
        draw_letters(stage.frame, stage.random, 100 + i * 3, 200 + i * 17);
        stage_encode(&stage, 200000, FALSE);
        gsize bytes = stage.out.bytes;
        first = i ? first : bytes;
        assert_true(i < 3 || bytes < first / 2);
        settle(&stage, 200000);
    }
    stage_clear(&stage);
}

static void test_switches_back_for_little(void **state)
{
    Stage stage;
    stage_init(&stage, 1280, 720, 8);
    gsize first = 0;
    for (int i = 0; i < 6; i++) {
        strokes_fill(stage.frame, 20 + i % 2); // two desktops take turns
        stage_encode(&stage, 200000, FALSE);
        if (i == 1)
            first = stage.out.bytes;
        if (i >= 2)
            assert_true(stage.out.bytes < 2000);
        settle(&stage, 200000);
        stage.now_us += G_USEC_PER_SEC;
    }
    assert_true(first > 50000);
    stage_clear(&stage);
}

// The third one back is the one that was left first.
static void test_three_desktops_take_turns(void **state)
{
    Stage stage;
    stage_init(&stage, 1280, 720, 8);
    for (int i = 0; i < 9; i++) {
        strokes_fill(stage.frame, 30 + i % 3);
        stage_encode(&stage, 200000, FALSE);
        if (i >= 3)
            assert_true(stage.out.bytes < 1000);
        settle(&stage, 200000);
        stage.now_us += G_USEC_PER_SEC;
    }
    stage_clear(&stage);
}

static void fill_noise(PouceFrame *frame, guint32 seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    for (int plane = 0; plane < 3; plane++)
        for (int i = frame->strides[plane] * frame->mb_rows * (plane ? 8 : 16); i-- > 0;)
            frame->planes[plane][i] = (guint8)g_rand_int_range(random, 0, 48);
    g_rand_free(random);
}

// Golden, altref and last have nothing in common: what is not kept is coded anew, and a recovery
// from what is left is exact. The check of each frame counts its pixels.
static void test_no_more_than_four_pictures(void **state)
{
    Stage stage;
    gsize first = 0;
    stage_init(&stage, 320, 240, 12);
    for (int i = 0; i < 8; i++) {
        fill_noise(stage.frame, 40 + i % 3);
        stage_encode(&stage, 400000, FALSE);
        first = MAX(first, stage.out.bytes);
        if (i >= 3) // four thirds of two pictures are there
            assert_true(stage.out.bytes > first / 20 && stage.out.bytes < first * 9 / 10);
        settle(&stage, 400000);
        stage.now_us += 2 * G_USEC_PER_SEC;
        if (i >= 2)
            assert_in_range(kept_percent(&stage), 390, 400);
    }
    pouce_encoder_confirm(stage.encoder, stage.out.id);
    for (int i = 0; i < 6; i++) {
        fill_noise(stage.frame, 50 + i);
        stage.deaf = i % 2 == 0;
        stage_encode(&stage, 0, FALSE);
        assert_false(stage.out.key);
        if (stage.deaf)
            pouce_encoder_lost(stage.encoder, stage.out.id);
    }
    stage_clear(&stage);
}

// A far end that misses a frame, with and without a reference it is known to have.
static void test_recovers_from_loss(void **state)
{
    Stage stage;
    stage_init(&stage, 640, 480, 9);
    strokes_fill(stage.frame, 9);
    stage_encode(&stage, 0, FALSE);
    settle(&stage, 100000);
    for (int i = 0; i < 3; i++) { // golden is saved on the way
        stage.now_us += 2 * G_USEC_PER_SEC;
        strokes_draw(stage.frame, (PouceRect){100 + i * 40, 300, 40, 16}, stage.random);
        stage_encode(&stage, 0, FALSE);
        pouce_encoder_confirm(stage.encoder, stage.out.id);
    }
    for (int i = 0; i < 4; i++) {
        strokes_draw(stage.frame, (PouceRect){100, 100 + i * 60, 200, 50}, stage.random);
        stage.deaf = i < 3; // the judges do not get these
        stage_encode(&stage, 0, FALSE);
        pouce_encoder_lost(stage.encoder, stage.out.id);
        if (i == 2)
            stage.deaf = FALSE;
    }
    // The last one was decoded: it must have been exact although three before it are missing.
    assert_false(stage.out.key);
    assert_true(stage.out.bytes < 12000);
    pouce_encoder_lost(stage.encoder, stage.out.id - 1);
    strokes_fill(stage.frame, 11);
    stage_encode(&stage, 0, FALSE);
    settle(&stage, 0);
    assert_false(stage.out.key);
    stage_clear(&stage);
}

static void test_loss_without_reference_gives_a_key(void **state)
{
    Stage stage;
    stage_init(&stage, 320, 240, 10);
    strokes_fill(stage.frame, 10);
    stage_encode(&stage, 0, FALSE);
    pouce_encoder_lost(stage.encoder, stage.out.id);
    strokes_draw(stage.frame, (PouceRect){100, 100, 50, 50}, stage.random);
    stage_encode(&stage, 0, FALSE);
    assert_true(stage.out.key);
    pouce_encoder_lost(stage.encoder, 1); // long made good
    strokes_draw(stage.frame, (PouceRect){100, 100, 50, 50}, stage.random);
    stage_encode(&stage, 0, FALSE);
    assert_false(stage.out.key);
    stage_clear(&stage);
}

static void test_other_sizes_are_refused(void **state)
{
    Stage stage;
    stage_init(&stage, 320, 240, 13);
    g_autoptr(PouceFrame) small = pouce_frame_new(160, 120);
    PouceEncodeRequest request = {.frame = small, .cursor_x_px = -1, .cursor_y_px = -1};
    PouceEncodedFrame out;
    g_autoptr(GError) error = NULL;
    assert_int_equal(
        pouce_encoder_encode(stage.encoder, &request, &out, &error), POUCE_ENCODE_ERROR);
    assert_true(g_error_matches(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED));
    stage_encode(&stage, 0, FALSE); // and goes on
    stage_clear(&stage);
}

static void test_budgets_are_met(void **state)
{
    Stage stage;
    stage_init(&stage, 640, 480, 12);
    int frames = 0, beyond = 0;
    double most = 0;
    for (int i = 0; i < 300; i++) {
        int kind = g_rand_int_range(stage.random, 0, 4);
        if (kind == 0)
            strokes_fill(stage.frame, 100 + i);
        else if (kind == 1)
            scribble(&stage, 3);
        else if (kind == 2)
            strokes_shift(stage.frame, (PouceRect){32, 32, 560, 400}, 0, i % 60 - 30);
        else
            strokes_draw(stage.frame, (PouceRect){200, 200, 100, 100}, stage.random);
        int budget = g_rand_int_range(stage.random, 4000, 60000);
        if (stage_encode(&stage, budget, i % 50 == 49) != POUCE_ENCODE_FRAME)
            continue;
        frames++;
        beyond += stage.out.bytes > budget * 1.05;
        most = MAX(most, (double)stage.out.bytes / budget);
    }
    print_message("%d of %d frames beyond 1.05 budgets, most %.2f\n", beyond, frames, most);
    assert_true(frames > 250);
    assert_true(beyond * 100 <= frames);
    stage_clear(&stage);
}

// Soft light and shade, without an edge: what coarse neighbours cost is not seen in the source.
static void fill_soft(PouceFrame *frame, double zoom)
{
    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < frame->mb_rows * (plane ? 8 : 16); y++)
            for (int x = 0; x < frame->mb_columns * (plane ? 8 : 16); x++) {
                double u = x * zoom * (plane ? 2 : 1), v = y * zoom * (plane ? 2 : 1);
                frame->planes[plane][y * frame->strides[plane] + x] =
                    (guint8)(128 + 60 * sin(u / 17 + 3 * sin(v / 41)) +
                             60 * sin(v / 13 + 2 * sin(u / 29)));
            }
}

static void test_budgets_are_used(void **state)
{
    for (int i = 0; i < 12; i++) {
        Stage stage;
        stage_init(&stage, 640, 480, 14);
        fill_soft(stage.frame, 0.1 + 0.1 * (i % 3));
        int budget = 3000 + 2000 * (i / 3);
        stage_encode(&stage, budget, TRUE);
        print_message("%d: %zu bytes at %d\n", budget, stage.out.bytes, stage.out.quantizer);
        assert_true(stage.out.bytes <= budget * 1.05);
        assert_true(stage.out.quantizer <= 8 || stage.out.bytes >= budget * 0.75);
        stage_clear(&stage);
    }
}

static void test_resizes(void **state)
{
    Stage stage;
    stage_init(&stage, 320, 240, 6);
    strokes_fill(stage.frame, 6);
    stage_encode(&stage, 0, FALSE);
    pouce_frame_unref(stage.frame);
    stage.frame = pouce_frame_new(500, 130);
    strokes_fill(stage.frame, 7);
    assert_true(pouce_encoder_resize(stage.encoder, 500, 130, NULL));
    stage_encode(&stage, 0, FALSE);
    assert_true(stage.out.key);
    settle(&stage, 0);
    stage_clear(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_black),
        cmocka_unit_test(test_random_pictures),
        cmocka_unit_test(test_becomes_sharp_then_silent),
        cmocka_unit_test(test_first_frame_is_soon_there),
        cmocka_unit_test(test_a_large_change_comes_in_parts),
        cmocka_unit_test(test_keepalive_changes_nothing),
        cmocka_unit_test(test_typing_is_small),
        cmocka_unit_test(test_scrolls_are_copied),
        cmocka_unit_test(test_sharpens_while_it_scrolls),
        cmocka_unit_test(test_scrolls_are_copied_in_pieces),
        cmocka_unit_test(test_letters_come_again),
        cmocka_unit_test(test_switches_back_for_little),
        cmocka_unit_test(test_three_desktops_take_turns),
        cmocka_unit_test(test_no_more_than_four_pictures),
        cmocka_unit_test(test_recovers_from_loss),
        cmocka_unit_test(test_loss_without_reference_gives_a_key),
        cmocka_unit_test(test_other_sizes_are_refused),
        cmocka_unit_test(test_budgets_are_met),
        cmocka_unit_test(test_budgets_are_used),
        cmocka_unit_test(test_resizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
