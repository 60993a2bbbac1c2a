// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The screen encoder driven by a script: pictures, budgets, sizes, scrolls, loss reports. What
// libvpx decodes must equal the encoder's reconstruction after each frame that reaches it, and the
// encoder never keeps the pixels of more than four pictures.

#include "codec/video/decoder.h"
#include "codec/video/screen/screen.h"

#include <string.h>

#define SIDE_MAX_PX 128
#define STEPS_MAX 40

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

typedef struct {
    const guint8 *data;
    gsize bytes;
} Script;

static int next(Script *script)
{
    if (!script->bytes)
        return 0;
    script->bytes--;
    return *script->data++;
}

static void draw(PouceFrame *frame, Script *script)
{
    int plane = next(script) % 3, stride = frame->strides[plane];
    int width = frame->mb_columns * (plane ? 8 : 16), height = frame->mb_rows * (plane ? 8 : 16);
    int x = next(script) % width, y = next(script) % height;
    int w = next(script) % (width - x) + 1, h = next(script) % (height - y) + 1;
    int value = next(script), slope = next(script), noise = next(script);
    guint32 state = (guint32)(value * 65537 + slope + 1);
    for (int j = y; j < y + h; j++)
        for (int i = x; i < x + w; i++) {
            state = state * 1664525 + 1013904223;
            int grain = noise > 128 ? (int)(state >> 24) * noise / 256 : 0;
            frame->planes[plane][j * stride + i] = (guint8)(value + slope * (i - x) / 16 + grain);
        }
}

static void scroll(PouceFrame *frame, Script *script)
{
    int height = frame->mb_rows * 16, by = next(script) % height, stride = frame->strides[0];
    memmove(frame->planes[0], frame->planes[0] + (gsize)by * stride, (gsize)(height - by) * stride);
}

static void check(PouceDecoder *decoder, const PouceEncodedFrame *out, PouceEncoder *encoder)
{
    const PouceFrame *shown = NULL;
    g_assert(pouce_decoder_decode(decoder, out->data, out->bytes, &shown, NULL) && shown);
    const PouceFrame *expected = pouce_screen_reconstruction(encoder);
    g_assert(shown->width_px == expected->width_px && shown->height_px == expected->height_px);
    for (int plane = 0; plane < 3; plane++) {
        int half = plane > 0;
        for (int y = 0; y < (expected->height_px + half) >> half; y++)
            g_assert(memcmp(shown->planes[plane] + y * shown->strides[plane],
                         expected->planes[plane] + y * expected->strides[plane],
                         (gsize)(expected->width_px + half) >> half) == 0);
    }
}

static void step(Script *script, PouceEncoder *encoder, PouceDecoder *decoder, PouceFrame **frame,
    guint32 *id, gint64 *now_us)
{
    int what = next(script);
    if (what % 16 == 0) {
        int width = next(script) % SIDE_MAX_PX + 1, height = next(script) % SIDE_MAX_PX + 1;
        g_assert(pouce_encoder_resize(encoder, width, height, NULL));
        pouce_frame_unref(*frame);
        *frame = pouce_frame_new(width, height);
    }
    for (int i = what % 4; i > 0; i--)
        draw(*frame, script);
    if (what & 64)
        scroll(*frame, script);
    PouceEncodeRequest request = {
        .frame = *frame,
        .now_us = *now_us += next(script) * 4000,
        .budget_bytes = next(script) * next(script),
        .key = what % 32 == 5,
        .cursor_x_px = next(script) - 1,
        .cursor_y_px = next(script) - 1,
    };
    PouceEncodedFrame out;
    PouceEncodeResult result = pouce_encoder_encode(encoder, &request, &out, NULL);
    gsize picture = (gsize)(*frame)->mb_columns * (*frame)->mb_rows * 384;
    g_assert(pouce_screen_pixel_bytes(encoder) <= 4 * picture);
    if (result != POUCE_ENCODE_FRAME)
        return;
    *id = out.id;
    if (what & 128 && !out.key) { // lost on the way, and reported
        pouce_encoder_lost(encoder, out.id);
        return;
    }
    check(decoder, &out, encoder);
    if (what & 32)
        pouce_encoder_confirm(encoder, out.id);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    Script script = {data, bytes};
    int width = next(&script) % SIDE_MAX_PX + 1, height = next(&script) % SIDE_MAX_PX + 1;
    PouceEncoderConfig config = {width, height, 100000 * (next(&script) + 1), 60};
    g_autoptr(PouceEncoder) encoder = pouce_encoder_new("screen", &config, NULL);
    g_autoptr(PouceDecoder) decoder = pouce_decoder_new(NULL);
    PouceFrame *frame = pouce_frame_new(width, height);
    guint32 id = 0;
    gint64 now_us = 0;
    for (int i = 0; i < STEPS_MAX && script.bytes; i++)
        step(&script, encoder, decoder, &frame, &id, &now_us);
    pouce_frame_unref(frame);
    return 0;
}
