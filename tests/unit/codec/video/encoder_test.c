// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The libvpx encoder in virtual time, judged by what the decoder shows.

#include "codec/frame/compare.h"
#include "tests/unit/codec/video/page.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#define SHARP_DB 45.0
#define BITRATE_BPS 4000000
#define STEP_US 33333

static void test_registry(void **state)
{
    assert_true(g_strv_contains(pouce_encoder_names(), "vpx"));
    g_autoptr(GError) error = NULL;
    PouceEncoderConfig config = {64, 64, BITRATE_BPS, 30};
    assert_null(pouce_encoder_new("nonsense", &config, &error));
    assert_true(g_error_matches(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED));
    assert_non_null(strstr(error->message, "vpx"));
    g_clear_error(&error);
    config.width_px = POUCE_FRAME_SIDE_MAX_PX + 1;
    assert_null(pouce_encoder_new("vpx", &config, &error));
    assert_true(g_error_matches(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED));
    pouce_encoder_free(NULL);
    pouce_decoder_free(NULL);
}

static void test_odd_sizes(void **state)
{
    static const int sides[][2] = {
        {1, 1}, {2, 2}, {1, 40}, {33, 1}, {15, 17}, {16, 16}, {17, 16}, {67, 35}};
    for (guint i = 0; i < G_N_ELEMENTS(sides); i++) {
        int width = sides[i][0], height = sides[i][1];
        g_autoptr(PouceFrame) frame = pouce_frame_new(width, height);
        page_draw(frame, i + 1);
        PageLink link;
        page_link_init(&link, width, height, BITRATE_BPS);
        assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame}));
        assert_true(link.last.key);
        assert_int_equal(link.shown->width_px, width);
        assert_int_equal(link.shown->height_px, height);
        page_draw(frame, i + 100);
        link.now_us += STEP_US;
        assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame}));
        assert_false(link.last.key);
        page_link_settle(&link, frame, G_USEC_PER_SEC);
        assert_true(pouce_compare_luma_psnr(frame, link.shown) >= SHARP_DB);
        page_link_clear(&link);
    }
}

// The promise of the product: a page that changed wholly is sharp a second later, at 4 Mb/s, and
// then costs nothing.
static void test_settles_sharp(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(1920, 1080);
    PageLink link;
    page_link_init(&link, 1920, 1080, BITRATE_BPS);
    for (int page = 0; page < 3; page++) {
        page_draw(frame, page + 1);
        gsize bytes_before = link.bytes;
        assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame}));
        page_link_settle(&link, frame, G_USEC_PER_SEC);
        double psnr = pouce_compare_luma_psnr(frame, link.shown);
        print_message(
            "page %d: %.1f dB after 1 s, %zu bytes\n", page, psnr, link.bytes - bytes_before);
        assert_true(psnr >= SHARP_DB);
        // A second at the bitrate and the bucket of 0.3 s.
        assert_true(link.bytes - bytes_before <= BITRATE_BPS / 8 * 14 / 10);
        page_link_settle(&link, frame, 2 * G_USEC_PER_SEC);
    }
    assert_int_equal(pouce_encoder_next_due_us(link.encoder), -1);

    PouceDamage none;
    pouce_damage_init(&none, 1920, 1080);
    int frames = link.frames;
    for (int i = 0; i < 30; i++, link.now_us += STEP_US)
        page_link_encode(&link, (PouceEncodeRequest){.frame = frame, .damage = &none});
    assert_int_equal(link.frames, frames);
    pouce_damage_clear(&none);
    page_link_clear(&link);
}

static void test_keepalive_is_exact(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(640, 360);
    page_draw(frame, 7);
    PageLink link;
    page_link_init(&link, 640, 360, BITRATE_BPS);
    page_link_encode(&link, (PouceEncodeRequest){.frame = frame});
    page_link_settle(&link, frame, 2 * G_USEC_PER_SEC);
    g_autoptr(PouceFrame) before = pouce_frame_new(640, 360);
    PouceDamage none;
    pouce_damage_init(&none, 640, 360);
    for (int y = 0; y < 360; y++)
        memcpy(before->planes[0] + y * before->strides[0],
            link.shown->planes[0] + y * link.shown->strides[0], 640);
    PouceEncodeRequest request = {.frame = frame, .damage = &none, .keepalive = TRUE};
    for (int i = 0; i < 10; i++, link.now_us += G_USEC_PER_SEC) {
        assert_true(page_link_encode(&link, request));
        assert_int_equal(link.last.coded_mb, 0);
        assert_true(link.last.bytes < 100);
    }
    assert_true(pouce_compare_luma_psnr(before, link.shown) == POUCE_PSNR_MAX_DB);
    pouce_damage_clear(&none);
    page_link_clear(&link);
}

static void test_codes_only_damage(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(640, 360);
    page_draw(frame, 7);
    PageLink link;
    page_link_init(&link, 640, 360, BITRATE_BPS);
    page_link_encode(&link, (PouceEncodeRequest){.frame = frame});
    page_link_settle(&link, frame, 2 * G_USEC_PER_SEC);
    PouceDamage damage;
    pouce_damage_init(&damage, 640, 360);
    pouce_damage_add_rect(&damage, (PouceRect){100, 100, 20, 12});
    for (int y = 100; y < 112; y++)
        memset(frame->planes[0] + y * frame->strides[0] + 100, y * 2, 20);
    frame->planes[0][0] = 16; // changed but not said: must not be coded
    assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame, .damage = &damage}));
    assert_int_equal(link.last.coded_mb, pouce_damage_count(&damage));
    assert_true(link.last.bytes < 1500);
    assert_true(link.shown->planes[0][0] > 100);
    int error = frame->planes[0][105 * frame->strides[0] + 110] -
                link.shown->planes[0][105 * link.shown->strides[0] + 110];
    assert_true(ABS(error) <= 8);
    pouce_damage_clear(&damage);
    page_link_clear(&link);
}

// While one part never rests, another that came to rest is refined.
static void test_refines_beside_video(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(640, 360);
    g_autoptr(PouceFrame) noise = pouce_frame_new(160, 160);
    page_draw(frame, 7);
    PageLink link;
    page_link_init(&link, 640, 360, 2000000);
    page_link_encode(&link, (PouceEncodeRequest){.frame = frame, .budget_bytes = 6000});
    PouceDamage damage;
    pouce_damage_init(&damage, 640, 360);
    pouce_damage_add_rect(&damage, (PouceRect){0, 0, 160, 160});
    for (int i = 0; i < 120; i++, link.now_us += STEP_US) {
        page_noise(noise, i);
        for (int y = 0; y < 160; y++)
            memcpy(frame->planes[0] + y * frame->strides[0],
                noise->planes[0] + y * noise->strides[0], 160);
        page_link_encode(&link, (PouceEncodeRequest){.frame = frame, .damage = &damage});
    }
    guint64 sum = 0;
    for (int y = 180; y < 340; y++)
        for (int x = 180; x < 620; x++) {
            int error = frame->planes[0][y * frame->strides[0] + x] -
                        link.shown->planes[0][y * link.shown->strides[0] + x];
            sum += error * error;
        }
    assert_true((double)sum / (160 * 440) < 2.1); // 45 dB
    pouce_damage_clear(&damage);
    page_link_clear(&link);
}

static void test_key_on_request_and_loss(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(320, 200);
    page_draw(frame, 3);
    PageLink link;
    page_link_init(&link, 320, 200, BITRATE_BPS);
    PouceDamage none;
    pouce_damage_init(&none, 320, 200);
    PouceEncodeRequest request = {.frame = frame, .damage = &none};
    assert_true(page_link_encode(&link, request));
    assert_int_equal(link.last.id, 1);
    page_link_settle(&link, frame, 2 * G_USEC_PER_SEC);
    request.key = TRUE;
    guint32 id = link.last.id;
    assert_true(page_link_encode(&link, request));
    assert_true(link.last.key);
    assert_int_equal(link.last.id, id + 1);
    request.key = FALSE;
    link.now_us += STEP_US;
    pouce_encoder_confirm(link.encoder, link.last.id);
    pouce_encoder_lost(link.encoder, link.last.id);
    assert_true(pouce_encoder_next_due_us(link.encoder) >= 0);
    assert_true(page_link_encode(&link, request));
    assert_true(link.last.key);
    page_link_settle(&link, frame, 2 * G_USEC_PER_SEC);
    assert_false(page_link_encode(&link, request));
    pouce_damage_clear(&none);
    page_link_clear(&link);
}

static void test_resize(void **state)
{
    g_autoptr(PouceFrame) small = pouce_frame_new(320, 200);
    g_autoptr(PouceFrame) large = pouce_frame_new(801, 603);
    page_draw(small, 3);
    page_draw(large, 4);
    PageLink link;
    page_link_init(&link, 320, 200, BITRATE_BPS);
    assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = small}));

    PouceEncodedFrame out;
    g_autoptr(GError) error = NULL;
    PouceEncodeRequest wrong = {.frame = large, .now_us = link.now_us};
    assert_int_equal(pouce_encoder_encode(link.encoder, &wrong, &out, &error), POUCE_ENCODE_ERROR);
    assert_true(g_error_matches(error, POUCE_CODEC_ERROR, POUCE_CODEC_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    assert_false(pouce_encoder_resize(link.encoder, 0, 5, &error));
    assert_non_null(error);
    g_clear_error(&error);
    for (int i = 0; i < 4; i++) {
        const PouceFrame *frame = i % 2 ? small : large;
        link.now_us += STEP_US;
        assert_true(pouce_encoder_resize(link.encoder, frame->width_px, frame->height_px, &error));
        assert_true(page_link_encode(&link, (PouceEncodeRequest){.frame = frame}));
        assert_true(link.last.key);
        page_link_settle(&link, frame, G_USEC_PER_SEC);
        assert_true(pouce_compare_luma_psnr(frame, link.shown) >= SHARP_DB);
    }
    page_link_clear(&link);
}

// Text that scrolls 24 px a frame, half of 1080p: after the first ten frames it can be read.
static void test_scroll_is_readable(void **state)
{
    g_autoptr(PouceFrame) paper = pouce_frame_new(1920, 2400);
    g_autoptr(PouceFrame) frame = pouce_frame_new(1920, 1080);
    page_draw(paper, 5);
    PageLink link;
    page_link_init(&link, 1920, 1080, BITRATE_BPS);
    PouceDamage damage;
    pouce_damage_init(&damage, 1920, 1080);
    pouce_damage_add_rect(&damage, (PouceRect){288, 96, 1248, 976});
    double sum = 0;
    for (int i = 0; i <= 40; i++) {
        for (int y = 96; y < 1072; y++)
            memcpy(frame->planes[0] + (gsize)y * frame->strides[0] + 288,
                paper->planes[0] + (gsize)(y + i * 24) * paper->strides[0] + 288, 1248);
        page_link_encode(&link, (PouceEncodeRequest){.frame = frame, .damage = &damage});
        sum += i > 10 ? pouce_compare_luma_psnr(frame, link.shown) : 0;
        i == 0 ? page_link_settle(&link, frame, 2 * G_USEC_PER_SEC) : (void)0;
        link.now_us += STEP_US;
    }
    print_message("scroll: mean %.1f dB\n", sum / 30);
    assert_true(sum / 30 >= 30);
    pouce_damage_clear(&damage);
    page_link_clear(&link);
}

static gsize noise_bytes(PageLink *link, PouceFrame *frame, int count, int budget_bytes)
{
    gsize before = link->bytes;
    for (int i = 0; i < count; i++, link->now_us += STEP_US) {
        page_noise(frame, i);
        page_link_encode(link, (PouceEncodeRequest){.frame = frame, .budget_bytes = budget_bytes});
    }
    return link->bytes - before;
}

static void test_bitrate_while_running(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(320, 192);
    PageLink link;
    page_link_init(&link, 320, 192, 8000000);
    noise_bytes(&link, frame, 30, 0);
    gsize fast = noise_bytes(&link, frame, 60, 0); // 2 s
    pouce_encoder_set_bitrate(link.encoder, 1000000);
    noise_bytes(&link, frame, 30, 0);
    gsize slow = noise_bytes(&link, frame, 60, 0);
    print_message("2 s of noise: %zu bytes at 8 Mb/s, %zu at 1 Mb/s\n", fast, slow);
    assert_in_range(fast, 1200000, 2400000);
    assert_in_range(slow, 150000, 300000);
    page_link_clear(&link);
}

static void test_budget(void **state)
{
    g_autoptr(PouceFrame) frame = pouce_frame_new(320, 192);
    static const int budgets[] = {25000, 50000};
    PageLink link;
    page_link_init(&link, 320, 192, 8000000);
    for (guint i = 0; i < G_N_ELEMENTS(budgets); i++) {
        noise_bytes(&link, frame, 4, budgets[i]); // the model learns
        gsize mean = noise_bytes(&link, frame, 10, budgets[i]) / 10;
        print_message("budget %d: mean %zu bytes\n", budgets[i], mean);
        assert_in_range(mean, budgets[i] / 2, budgets[i] * 105 / 100);
    }
    page_link_clear(&link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_odd_sizes),
        cmocka_unit_test(test_settles_sharp),
        cmocka_unit_test(test_keepalive_is_exact),
        cmocka_unit_test(test_codes_only_damage),
        cmocka_unit_test(test_refines_beside_video),
        cmocka_unit_test(test_key_on_request_and_loss),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_bitrate_while_running),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_scroll_is_readable),
    };
    return cmocka_run_group_tests_name("codec/video/encoder", tests, NULL, NULL);
}
