// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Random macroblocks: any mode, reference, vector (sub-pixel, beyond every border), size and
// residual, decoded by libvpx and ffmpeg, which must both give our reconstruction bit for bit.
//
// usage: conformance [MACROBLOCKS [SEED]]     a small number as a test, 2000000 by hand

#include "codec/video/screen/attempt.h"
#include "codec/video/screen/store.h"
#include "tests/unit/codec/screen/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    GRand *random;
    ScreenAttempt attempt;
    ScreenStore store;
    PouceFrame *source;
    PouceFrame *saved[2];  // golden and altref as whole pictures, for any vector
    guint64 *fingerprints; // unused by what is forced, but advanced
} Case;

static void case_init(Case *c, GRand *random)
{
    int width = g_rand_int_range(random, 1, g_rand_boolean(random) ? 40 : 300);
    int height = g_rand_int_range(random, 1, g_rand_boolean(random) ? 40 : 300);
    *c = (Case){.random = random, .source = pouce_frame_new(width, height)};
    for (int i = 0; i < 2; i++)
        c->saved[i] = pouce_frame_new(width, height);
    screen_attempt_init(&c->attempt, width, height);
    if (g_rand_boolean(random))
        c->attempt.split_tokens = 0;
    screen_store_init(&c->store, width, height);
    c->fingerprints = g_new0(guint64, (gsize)c->source->mb_columns * c->source->mb_rows);
}

static void case_clear(Case *c)
{
    screen_attempt_clear(&c->attempt);
    screen_store_clear(&c->store);
    pouce_frame_unref(c->source);
    for (int i = 0; i < 2; i++)
        pouce_frame_unref(c->saved[i]);
    g_free(c->fingerprints);
}

// Flat, noisy, or as black and white as can be.
static void draw_source(Case *c)
{
    int kind = g_rand_int_range(c->random, 0, 4);
    for (int plane = 0; plane < 3; plane++) {
        gsize bytes = (gsize)c->source->strides[plane] * c->source->mb_rows * (plane ? 8 : 16);
        guint8 *pixels = c->source->planes[plane];
        if (kind == 0)
            memset(pixels, g_rand_int_range(c->random, 0, 256), bytes);
        for (gsize i = 0; kind > 0 && i < bytes; i++) {
            guint32 value = g_rand_int(c->random);
            pixels[i] = (guint8)(kind == 1   ? value
                                 : kind == 2 ? (value & 1 ? 255 : 0)
                                             : 120 + value % 16);
        }
    }
}

static ScreenVector draw_vector(GRand *random)
{
    int range = g_rand_boolean(random) ? 40 : 1023;
    ScreenVector v = {.row = (gint16)g_rand_int_range(random, -range, range + 1),
        .column = (gint16)g_rand_int_range(random, -range, range + 1)};
    if (g_rand_int_range(random, 0, 3) == 0) {
        v.row = (gint16)(v.row / 4 * 4);
        v.column = (gint16)(v.column / 4 * 4);
    }
    return v;
}

// A vector may point beyond the picture, but not so far that decoders differ on where it is cut:
// by at most the 16 px that predicted vectors may.
static ScreenVector hold_near(ScreenVector v, const ScreenCoder *coder, int x, int y)
{
    int left = -(x * 64 + 64), right = (coder->columns - 1 - x) * 64 + 64;
    int top = -(y * 64 + 64), bottom = (coder->rows - 1 - y) * 64 + 64;
    return (ScreenVector){
        .row = (gint16)CLAMP(v.row, top, bottom), .column = (gint16)CLAMP(v.column, left, right)};
}

// Sixteen vectors, often the same as a neighbour's.
static void draw_split(Case *c, ScreenForced *forced, int x, int y, ScreenVector common)
{
    GRand *random = c->random;
    forced->split = g_rand_int_range(random, 0, 3) == 0;
    forced->copied = (guint16)(g_rand_boolean(random) ? g_rand_int(random) : 0);
    int shape = g_rand_int_range(random, 0, 4);
    for (int i = 0; i < 16; i++) {
        int first = shape == 0 ? i & 8 : shape == 1 ? i & 2 : shape == 2 ? i & 10 : i;
        ScreenVector *vector = &forced->vectors[i];
        if (first < i) {
            *vector = forced->vectors[first];
            continue;
        }
        int kind = g_rand_int_range(random, 0, 5);
        *vector = (ScreenVector){0, 0};
        if (kind > 2 && i % 4)
            *vector = forced->vectors[i - 1];
        else if (kind > 0)
            *vector = hold_near(kind == 1 ? draw_vector(random) : common, &c->attempt.coder, x, y);
    }
}

static void draw_forced(Case *c, ScreenForced *forced, int x, int y, ScreenVector common)
{
    GRand *random = c->random;
    const ScreenCoder *coder = &c->attempt.coder;
    forced->mode = (guint8)g_rand_int_range(random, SCREEN_MODE_DC, SCREEN_MODE_BLOCKS + 1);
    forced->uv_mode = (guint8)g_rand_int_range(random, SCREEN_MODE_DC, SCREEN_MODE_TM + 1);
    forced->bare = g_rand_int_range(random, 0, 4) == 0;
    for (int i = 0; i < 16; i++)
        forced->blocks[i] = (guint8)g_rand_int_range(random, 0, SCREEN_BLOCK_MODES);
    forced->ref = SCREEN_REF_INTRA;
    forced->vector = (ScreenVector){0, 0};
    forced->split = FALSE;
    if (coder->key || g_rand_int_range(random, 0, 3) == 0)
        return;
    forced->ref = (guint8)g_rand_int_range(random, SCREEN_REF_LAST, SCREEN_REFS);
    int kind = g_rand_int_range(random, 0, 4);
    if (kind > 0)
        forced->vector = hold_near(kind == 1 ? draw_vector(random) : common, coder, x, y);
    draw_split(c, forced, x, y, common);
}

// A key frame's pictures are whole, and so are saved ones at first.
static void draw_saved(Case *c, int index)
{
    PouceFrame *frame = c->saved[index];
    for (int y = 0; y < frame->mb_rows; y++)
        for (int x = 0; x < frame->mb_columns; x++) {
            if (!screen_store_has(&c->store, SCREEN_REF_GOLDEN + index, x, y))
                continue; // given up: as it was drawn when it was saved
            ScreenPrediction from;
            screen_store_read(&c->store, SCREEN_REF_GOLDEN + index, x, y, &from);
            ScreenWindow to = screen_window(frame, x, y);
            for (int row = 0; row < 16; row++)
                memcpy(to.planes[0] + row * to.strides[0], from.y + row * 16, 16);
            for (int row = 0; row < 8; row++) {
                memcpy(to.planes[1] + row * to.strides[1], from.u + row * 8, 8);
                memcpy(to.planes[2] + row * to.strides[2], from.v + row * 8, 8);
            }
        }
}

static void draw_quantizers(Case *c)
{
    for (int i = 0; i < SCREEN_SEGMENTS; i++)
        screen_quantizer_init(&c->attempt.coder.quantizers[i],
            g_rand_int_range(c->random, 0, SCREEN_QUANTIZER_MAX + 1));
}

static gsize code_frame(Case *c, gboolean key, guint32 id)
{
    ScreenAttempt *attempt = &c->attempt;
    ScreenCoder *coder = &attempt->coder;
    ScreenForced forced;
    coder->key = key;
    coder->source = c->source;
    coder->current = c->store.current;
    coder->forced = &forced;
    coder->refs[SCREEN_REF_LAST] = c->store.last;
    for (int i = 0; i < 2; i++) {
        draw_saved(c, i);
        coder->refs[SCREEN_REF_GOLDEN + i] = c->saved[i];
    }
    attempt->header.golden = !key && g_rand_boolean(c->random) ? SCREEN_COPY_LAST : 0;
    attempt->header.altref = !key && g_rand_boolean(c->random) ? SCREEN_COPY_LAST : 0;
    attempt->header.recovery = !key && g_rand_int_range(c->random, 0, 8) == 0;
    pouce_damage_empty(&attempt->coded);
    if (key)
        screen_attempt_begin_key(attempt);
    else
        for (int i = g_rand_int_range(c->random, 1, coder->columns * coder->rows + 1); i > 0; i--)
            pouce_damage_set(&attempt->coded, g_rand_int_range(c->random, 0, coder->columns),
                g_rand_int_range(c->random, 0, coder->rows));
    screen_store_catch_up(&c->store, &attempt->coded);
    draw_quantizers(c);
    screen_tokens_begin(&attempt->tokens, (const guint8(*)[SCREEN_NODES])attempt->entropy.tokens);
    ScreenVector common = draw_vector(c->random);
    int segments = g_rand_int_range(c->random, 1, SCREEN_SEGMENTS + 1);
    // Now and then what was coded once more keeps its segments, and the map is not sent.
    gboolean steady = !key && g_rand_boolean(c->random);
    for (int x = 0, y = 0, n; pouce_damage_next_run(&attempt->coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            guint8 final;
            draw_forced(c, &forced, i, y, common);
            forced.segment = steady ? attempt->segment_map.map[y * coder->columns + i]
                                    : (guint8)g_rand_int_range(c->random, 0, segments);
            screen_macroblock_code(coder, i, y, &final);
        }
    return screen_attempt_write(attempt);
}

// Golden and altref follow the headers; a key frame sets all.
static void advance(Case *c, gboolean key, guint32 id)
{
    const ScreenHeader *header = &c->attempt.header;
    screen_attempt_end(&c->attempt);
    for (int i = 0; i < 2; i++)
        if ((i ? header->altref : header->golden) == SCREEN_COPY_LAST) {
            screen_store_save(&c->store, SCREEN_REF_GOLDEN + i, id);
            draw_saved(c, i);
        }
    screen_store_advance(
        &c->store, &c->attempt.coded, c->source, c->fingerprints, c->attempt.qualities);
    for (int i = 0; key && i < 2; i++)
        screen_store_save(&c->store, SCREEN_REF_GOLDEN + i, id);
}

static int run_case(GRand *random, guint32 seed)
{
    Case c;
    int done = 0, frames = g_rand_int_range(random, 2, 12);
    case_init(&c, random);
    g_autoptr(Judge) judge = judge_new();
    for (int i = 0; i < frames; i++) {
        gboolean key = i == 0 || g_rand_int_range(random, 0, 10) == 0;
        draw_source(&c);
        gsize bytes = code_frame(&c, key, (guint32)i + 1);
        if (!bytes) { // too much noise at too fine a quantizer: nothing went out
            screen_attempt_end(&c.attempt);
            pouce_damage_add(&c.store.behind, &c.attempt.coded);
            if (key)
                break;
            continue;
        }
        done += pouce_damage_count(&c.attempt.coded);
        advance(&c, key, (guint32)i + 1);
        g_autofree char *problem = judge_check(judge, c.attempt.output, bytes, c.store.last);
        if (problem) {
            fprintf(stderr, "seed %u, frame %d, %dx%d, %s: %s\n", seed, i, c.source->width_px,
                c.source->height_px, key ? "key" : "inter", problem);
            exit(1);
        }
    }
    case_clear(&c);
    return done;
}

int main(int argc, char **argv)
{
    gint64 wanted = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 30000, done = 0;
    guint32 seed = argc > 2 ? (guint32)g_ascii_strtoull(argv[2], NULL, 10) : 1;
    for (; done < wanted; seed++) {
        GRand *random = g_rand_new_with_seed(seed);
        done += run_case(random, seed);
        g_rand_free(random);
    }
    printf("%" G_GINT64_FORMAT " macroblocks bit-exact in libvpx and ffmpeg, seeds up to %u\n",
        done, seed - 1);
    return 0;
}
