// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/codec/video/page.h"

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#define PAPER 235
#define CELL_WIDTH_PX 9
#define CELL_HEIGHT_PX 18
#define GLYPHS 64

static void fill_white(PouceFrame *frame)
{
    memset(frame->planes[0], PAPER, (gsize)frame->strides[0] * frame->mb_rows * 16);
    for (int plane = 1; plane < 3; plane++)
        memset(frame->planes[plane], 128, (gsize)frame->strides[plane] * frame->mb_rows * 8);
}

// A glyph of a few strokes with softened edges, 7x11 in its cell.
static void draw_glyph(PouceFrame *frame, int left, int top, guint32 shape)
{
    for (int y = 0; y < 11; y++)
        for (int x = 0; x < 7; x++) {
            if (left + x >= frame->mb_columns * 16 || top + y >= frame->mb_rows * 16)
                continue;
            gboolean column = (shape >> (x % 7)) & 1, row = (shape >> (7 + y)) & 1;
            guint8 *at = frame->planes[0] + (gsize)(top + y) * frame->strides[0] + left + x;
            *at = column && row ? 30 : column || row ? 160 : PAPER;
        }
}

void page_draw(PouceFrame *frame, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    guint32 shapes[GLYPHS];
    for (int i = 0; i < GLYPHS; i++)
        shapes[i] = g_rand_int(random) & g_rand_int(random);
    fill_white(frame);
    for (int y = 4; y < frame->height_px; y += CELL_HEIGHT_PX) {
        int line_end = g_rand_int_range(random, frame->width_px / 3, frame->width_px + 1);
        for (int x = 4; x < line_end; x += CELL_WIDTH_PX)
            if (g_rand_int_range(random, 0, 6))
                draw_glyph(frame, x, y, shapes[g_rand_int_range(random, 0, GLYPHS)]);
    }
}

void page_noise(PouceFrame *frame, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (int y = 0; y < frame->mb_rows * 16; y++)
        for (int x = 0; x < frame->mb_columns * 16; x++)
            frame->planes[0][(gsize)y * frame->strides[0] + x] =
                (guint8)g_rand_int_range(random, 16, 236);
}

void page_link_init(PageLink *link, int width_px, int height_px, int bitrate_bps)
{
    g_autoptr(GError) error = NULL;
    PouceEncoderConfig config = {width_px, height_px, bitrate_bps, 30};
    *link = (PageLink){.now_us = 1000000};
    link->encoder = pouce_encoder_new("vpx", &config, &error);
    assert_null(error);
    link->decoder = pouce_decoder_new(&error);
    assert_null(error);
}

void page_link_clear(PageLink *link)
{
    pouce_encoder_free(link->encoder);
    pouce_decoder_free(link->decoder);
}

gboolean page_link_encode(PageLink *link, PouceEncodeRequest request)
{
    g_autoptr(GError) error = NULL;
    request.now_us = link->now_us;
    if (request.cursor_x_px == 0 && request.cursor_y_px == 0)
        request.cursor_x_px = request.cursor_y_px = -1;
    PouceEncodeResult result = pouce_encoder_encode(link->encoder, &request, &link->last, &error);
    assert_null(error);
    if (result == POUCE_ENCODE_NOTHING)
        return FALSE;
    assert_int_equal(result, POUCE_ENCODE_FRAME);
    link->frames++;
    link->bytes += link->last.bytes;
    assert_true(pouce_decoder_decode(
        link->decoder, link->last.data, link->last.bytes, &link->shown, &error));
    assert_non_null(link->shown);
    return TRUE;
}

void page_link_settle(PageLink *link, const PouceFrame *frame, gint64 span_us)
{
    PouceDamage none;
    pouce_damage_init(&none, frame->width_px, frame->height_px);
    gint64 end_us = link->now_us + span_us;
    for (;;) {
        gint64 due_us = pouce_encoder_next_due_us(link->encoder);
        if (due_us < 0 || due_us > end_us)
            break;
        link->now_us = MAX(due_us, link->now_us + 1);
        page_link_encode(link, (PouceEncodeRequest){.frame = frame, .damage = &none});
    }
    link->now_us = end_us;
    pouce_damage_clear(&none);
}
