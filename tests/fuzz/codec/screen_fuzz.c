// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The screen encoder driven by a script: pictures, damage that may claim too much, budgets, sizes,
// scrolls, keep-alives, frames that get lost and reports that come late. A far end keeps the rules
// of encoder.h: it decodes a frame if it has its base. What libvpx decodes then must equal the
// encoder's reconstruction, and the encoder never keeps the pixels of more than four pictures.

#include "codec/video/decoder.h"
#include "codec/video/screen/screen.h"

#include <string.h>

#define SIDE_MAX_PX 128
// Now and then: they cost time.
#define LARGE_SIDE_MAX_PX 400
#define STEPS_MAX 40
// Enough for what is refined after the script.
#define SETTLE_CALLS_MAX 100
#define SETTLE_BYTES 200000
// Most that the sharp quantizer leaves, as a mean square over a macroblock.
#define SHARP_ERROR 64
// Each call makes one frame at most.
#define IDS_MAX (STEPS_MAX + SETTLE_CALLS_MAX + 1)

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

typedef struct {
    const guint8 *data;
    gsize bytes;
} Script;

/** What the far end will say of a frame: at step @at, 0: nothing. */
typedef struct {
    int at;
    gboolean decoded;
} Fate;

typedef struct {
    Script script;
    PouceEncoder *encoder;
    PouceDecoder *decoder;
    PouceFrame *frame;
    PouceDamage damage; // what was drawn since the last call
    Fate fates[IDS_MAX];
    guint32 newest_id;
    int steps;
    gint64 now_us;
} Run;

static int next(Script *script)
{
    if (!script->bytes)
        return 0;
    script->bytes--;
    return *script->data++;
}

static int next_side(Script *script, gboolean large)
{
    int most = large ? LARGE_SIDE_MAX_PX : SIDE_MAX_PX;
    return (large ? next(script) << 8 | next(script) : next(script)) % most + 1;
}

static void set_size(Run *run, int width_px, int height_px)
{
    pouce_frame_unref(run->frame);
    pouce_damage_clear(&run->damage);
    run->frame = pouce_frame_new(width_px, height_px);
    pouce_damage_init(&run->damage, width_px, height_px);
}

static void draw(Run *run)
{
    Script *script = &run->script;
    PouceFrame *frame = run->frame;
    int plane = next(script) % 3, stride = frame->strides[plane];
    int width = frame->mb_columns * (plane ? 8 : 16), height = frame->mb_rows * (plane ? 8 : 16);
    int x = next(script) * 3 % width, y = next(script) * 3 % height;
    int w = next(script) * 3 % (width - x) + 1, h = next(script) * 3 % (height - y) + 1;
    int value = next(script), slope = next(script), noise = next(script);
    guint32 state = (guint32)(value * 65537 + slope + 1);
    for (int j = y; j < y + h; j++)
        for (int i = x; i < x + w; i++) {
            state = state * 1664525 + 1013904223;
            int grain = noise > 128 ? (int)(state >> 24) * noise / 256 : 0;
            frame->planes[plane][j * stride + i] = (guint8)(value + slope * (i - x) / 16 + grain);
        }
    int size = plane ? 8 : 16;
    for (int j = y / size; j <= (y + h - 1) / size; j++)
        for (int i = x / size; i <= (x + w - 1) / size; i++)
            pouce_damage_set(&run->damage, i, j);
}

static void scroll(Run *run)
{
    PouceFrame *frame = run->frame;
    int height = frame->mb_rows * 16, by = next(&run->script) * 3 % height;
    int stride = frame->strides[0];
    memmove(frame->planes[0], frame->planes[0] + (gsize)by * stride, (gsize)(height - by) * stride);
    pouce_damage_fill(&run->damage);
}

// All that was drawn, exactly or with more around it; NULL: not known.
static const PouceDamage *claim(Run *run, int how)
{
    switch (how % 4) {
    case 0:
        return NULL;
    case 1:
        pouce_damage_fill(&run->damage);
        break;
    case 2: {
        PouceRect more = {
            next(&run->script) * 3, next(&run->script) * 3, next(&run->script), next(&run->script)};
        pouce_damage_add_rect(&run->damage, more);
    }
    }
    return &run->damage;
}

static void check(Run *run, const PouceEncodedFrame *out)
{
    const PouceFrame *shown = NULL;
    g_assert(pouce_decoder_decode(run->decoder, out->data, out->bytes, &shown, NULL) && shown);
    const PouceFrame *expected = pouce_screen_reconstruction(run->encoder);
    g_assert(shown->width_px == expected->width_px && shown->height_px == expected->height_px);
    for (int plane = 0; plane < 3; plane++) {
        int half = plane > 0;
        for (int y = 0; y < (expected->height_px + half) >> half; y++)
            g_assert(memcmp(shown->planes[plane] + y * shown->strides[plane],
                         expected->planes[plane] + y * expected->strides[plane],
                         (gsize)(expected->width_px + half) >> half) == 0);
    }
}

// The far end decodes the frame, or lacks it or its base; it says so now or some steps later.
static void send(Run *run, const PouceEncodedFrame *out, gboolean lost, int report)
{
    g_assert(out->id == run->newest_id + 1 && out->id < IDS_MAX);
    g_assert(out->key == (out->base_id == 0) && out->base_id < out->id);
    run->newest_id = out->id;
    Fate *fate = &run->fates[out->id];
    fate->decoded = !lost && (out->key || run->fates[out->base_id].decoded);
    if (fate->decoded)
        check(run, out);
    // What was decoded may stay unsaid; a loss does not.
    if (!fate->decoded || report & 8)
        fate->at = run->steps + report % 8;
}

static void hear_reports(Run *run)
{
    for (guint32 id = 1; id <= run->newest_id; id++) {
        Fate *fate = &run->fates[id];
        if (!fate->at || fate->at > run->steps)
            continue;
        fate->at = 0;
        (fate->decoded ? pouce_encoder_confirm : pouce_encoder_lost)(run->encoder, id);
    }
}

static void step(Run *run)
{
    Script *script = &run->script;
    int what = next(script), how = next(script);
    if (what % 16 == 0) {
        gboolean large = how % 64 == 63;
        int width = next_side(script, large), height = next_side(script, large);
        g_assert(pouce_encoder_resize(run->encoder, width, height, NULL));
        set_size(run, width, height);
    }
    for (int i = what % 4; i > 0; i--)
        draw(run);
    if (what & 64)
        scroll(run);
    if (how % 32 == 9)
        pouce_encoder_set_bitrate(run->encoder, next(script) * next(script) * 1000);
    PouceEncodeRequest request = {
        .frame = run->frame,
        .damage = claim(run, how >> 3),
        .now_us = run->now_us += next(script) * 4000,
        .budget_bytes = next(script) * next(script),
        .key = what % 32 == 5,
        .keepalive = how & 32,
        .cursor_x_px = next(script) - 1,
        .cursor_y_px = next(script) - 1,
    };
    PouceEncodedFrame out;
    PouceEncodeResult result = pouce_encoder_encode(run->encoder, &request, &out, NULL);
    g_assert(result != POUCE_ENCODE_ERROR);
    g_assert(result == POUCE_ENCODE_FRAME || !request.keepalive);
    pouce_damage_empty(&run->damage);
    gsize picture = (gsize)run->frame->mb_columns * run->frame->mb_rows * 384;
    g_assert(pouce_screen_pixel_bytes(run->encoder) <= 4 * picture);
    run->steps++;
    if (result == POUCE_ENCODE_FRAME)
        send(run, &out, what & 128, what & 32 ? next(script) : 0);
    hear_reports(run);
}

static int luma_error(const PouceFrame *a, const PouceFrame *b, int mb_x, int mb_y)
{
    int sum = 0;
    for (int y = mb_y * 16; y < mb_y * 16 + 16; y++)
        for (int x = mb_x * 16; x < mb_x * 16 + 16; x++) {
            int d = a->planes[0][y * a->strides[0] + x] - b->planes[0][y * b->strides[0] + x];
            sum += d * d;
        }
    return sum / 256;
}

// Left alone, the encoder becomes sharp everywhere: no damage was forgotten.
static void settle(Run *run)
{
    for (int i = 0; i < SETTLE_CALLS_MAX; i++) {
        gint64 due_us = pouce_encoder_next_due_us(run->encoder);
        if (due_us < 0 || run->newest_id == 0)
            break;
        run->now_us = MAX(due_us, run->now_us) + G_USEC_PER_SEC;
        PouceEncodeRequest request = {
            .frame = run->frame,
            .damage = &run->damage,
            .now_us = run->now_us,
            .budget_bytes = SETTLE_BYTES,
            .cursor_x_px = -1,
            .cursor_y_px = -1,
        };
        PouceEncodedFrame out;
        if (pouce_encoder_encode(run->encoder, &request, &out, NULL) == POUCE_ENCODE_FRAME)
            send(run, &out, FALSE, 0);
    }
    g_assert(pouce_encoder_next_due_us(run->encoder) < 0);
    const PouceFrame *shown = pouce_screen_reconstruction(run->encoder);
    if (run->newest_id && shown->width_px == run->frame->width_px &&
        shown->height_px == run->frame->height_px)
        for (int y = 0; y < shown->mb_rows; y++)
            for (int x = 0; x < shown->mb_columns; x++)
                g_assert(luma_error(shown, run->frame, x, y) <= SHARP_ERROR);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    Run run = {.script = {data, bytes}};
    int width = next(&run.script) % SIDE_MAX_PX + 1, height = next(&run.script) % SIDE_MAX_PX + 1;
    PouceEncoderConfig config = {width, height, 100000 * (next(&run.script) + 1), 60};
    run.encoder = pouce_encoder_new("screen", &config, NULL);
    run.decoder = pouce_decoder_new(NULL);
    set_size(&run, width, height);
    while (run.steps < STEPS_MAX && run.script.bytes)
        step(&run);
    settle(&run);
    pouce_encoder_free(run.encoder);
    pouce_decoder_free(run.decoder);
    pouce_frame_unref(run.frame);
    pouce_damage_clear(&run.damage);
    return 0;
}
