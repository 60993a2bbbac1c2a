// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/modes.h"

#include "codec/video/screen/split.h"
#include "codec/video/screen/tables.h"

#include <string.h>

/** A symbol's way through a tree: (probability index, bit) pairs. */
typedef struct {
    guint8 length;
    guint8 nodes[7];
    guint8 bits[7];
} Path;

// Sections 11.2, 16.1, 11.4 and 16.2. Inter modes in the order of ScreenMode from NEAREST on.
static const Path key_y_paths[5] = {
    {3, {0, 1, 2}, {1, 0, 0}},
    {3, {0, 1, 2}, {1, 0, 1}},
    {3, {0, 1, 3}, {1, 1, 0}},
    {3, {0, 1, 3}, {1, 1, 1}},
    {1, {0}, {0}},
};
static const Path y_paths[5] = {
    {1, {0}, {0}},
    {3, {0, 1, 2}, {1, 0, 0}},
    {3, {0, 1, 2}, {1, 0, 1}},
    {3, {0, 1, 3}, {1, 1, 0}},
    {3, {0, 1, 3}, {1, 1, 1}},
};
static const Path uv_paths[4] = {
    {1, {0}, {0}},
    {2, {0, 1}, {1, 0}},
    {3, {0, 1, 2}, {1, 1, 0}},
    {3, {0, 1, 2}, {1, 1, 1}},
};
static const Path inter_paths[5] = {
    {2, {0, 1}, {1, 0}},
    {3, {0, 1, 2}, {1, 1, 0}},
    {1, {0}, {0}},
    {4, {0, 1, 2, 3}, {1, 1, 1, 0}},
    {4, {0, 1, 2, 3}, {1, 1, 1, 1}},
};
static const Path block_paths[SCREEN_BLOCK_MODES] = {
    {1, {0}, {0}},
    {2, {0, 1}, {1, 0}},
    {3, {0, 1, 2}, {1, 1, 0}},
    {5, {0, 1, 2, 3, 4}, {1, 1, 1, 0, 0}},
    {5, {0, 1, 2, 3, 6}, {1, 1, 1, 1, 0}},
    {6, {0, 1, 2, 3, 4, 5}, {1, 1, 1, 0, 1, 0}},
    {6, {0, 1, 2, 3, 4, 5}, {1, 1, 1, 0, 1, 1}},
    {6, {0, 1, 2, 3, 6, 7}, {1, 1, 1, 1, 1, 0}},
    {7, {0, 1, 2, 3, 6, 7, 8}, {1, 1, 1, 1, 1, 1, 0}},
    {7, {0, 1, 2, 3, 6, 7, 8}, {1, 1, 1, 1, 1, 1, 1}},
};

static const guint8 key_y_probs[4] = {145, 156, 163, 128};
static const guint8 key_uv_probs[3] = {142, 114, 183};
static const guint8 default_y_probs[4] = {112, 86, 140, 37};
static const guint8 default_uv_probs[3] = {162, 101, 204};

static inline void put_path(ScreenBoolCoder *coder, const Path *path, const guint8 *probs)
{
    for (int i = 0; i < path->length; i++)
        screen_bool_put(coder, path->bits[i], probs[path->nodes[i]]);
}

static void count_path(guint32 (*counts)[2], const Path *path)
{
    for (int i = 0; i < path->length; i++)
        counts[path->nodes[i]][path->bits[i]]++;
}

void screen_modes_reset(ScreenModes *modes)
{
    memcpy(modes->y_probs, default_y_probs, sizeof default_y_probs);
    memcpy(modes->uv_probs, default_uv_probs, sizeof default_uv_probs);
    memcpy(modes->vector_probs, screen_vector_defaults, sizeof modes->vector_probs);
}

static inline int stride_of(const ScreenModes *modes)
{
    return modes->columns + 1;
}

static inline const ScreenMacroblock *at(const ScreenModes *modes, int x, int y)
{
    return modes->first + (gsize)y * stride_of(modes) + x;
}

static inline ScreenPlace place_of(const ScreenModes *modes, int x, int y)
{
    return (ScreenPlace){x, y, modes->columns, modes->rows, stride_of(modes)};
}

static guint8 chance_of_zero(guint32 zeros, guint32 total)
{
    if (total == 0)
        return 128;
    return (guint8)CLAMP(((guint64)zeros * 256 + total / 2) / total, 1, 255);
}

void screen_modes_fit(ScreenModes *modes)
{
    guint32 total = (guint32)modes->columns * modes->rows;
    guint32 with_coefficients = 0, refs[SCREEN_REFS] = {0}, coded = 0;
    memset(modes->vector_counts, 0, sizeof modes->vector_counts);
    memset(modes->y_counts, 0, sizeof modes->y_counts);
    memset(modes->uv_counts, 0, sizeof modes->uv_counts);
    for (int x = 0, y = 0, n; pouce_damage_next_run(modes->coded, &x, &y, &n); x += n) {
        for (int i = x; i < x + n; i++) {
            const ScreenMacroblock *mb = at(modes, i, y);
            coded++;
            with_coefficients += !mb->skip;
            refs[mb->ref]++;
            if (mb->ref == SCREEN_REF_INTRA) {
                count_path(modes->y_counts, &y_paths[mb->mode]);
                count_path(modes->uv_counts, &uv_paths[mb->uv_mode]);
            } else if (mb->mode == SCREEN_MODE_NEW || mb->mode == SCREEN_MODE_SPLIT) {
                ScreenPlace place = place_of(modes, i, y);
                ScreenSurvey survey;
                screen_vectors_survey(&survey, mb, &place);
                if (mb->mode == SCREEN_MODE_NEW)
                    screen_vectors_count(modes->vector_counts, mb->vector, survey.best);
                else
                    screen_split_count(modes->vector_counts, mb, place.stride, survey.best);
            }
        }
    }
    guint32 last = refs[SCREEN_REF_LAST] + total - coded;
    guint32 inter = total - refs[SCREEN_REF_INTRA];
    modes->prob_skip = chance_of_zero(with_coefficients, total);
    modes->prob_intra = chance_of_zero(refs[SCREEN_REF_INTRA], total);
    modes->prob_last = chance_of_zero(last, inter);
    modes->prob_golden = chance_of_zero(refs[SCREEN_REF_GOLDEN], inter - last);
}

static void write_key_record(
    const ScreenModes *modes, ScreenBoolCoder *coder, const ScreenMacroblock *mb)
{
    const ScreenMacroblock *above = mb - stride_of(modes), *left = mb - 1;
    if (modes->segments->send_map)
        screen_segments_put(coder, modes->segments, mb->segment);
    screen_bool_put(coder, mb->skip, modes->prob_skip);
    put_path(coder, &key_y_paths[mb->mode], key_y_probs);
    for (int i = 0; mb->mode == SCREEN_MODE_BLOCKS && i < 16; i++) {
        int a = i < 4 ? above->blocks[12 + i] : mb->blocks[i - 4];
        int l = i % 4 == 0 ? left->blocks[i + 3] : mb->blocks[i - 1];
        put_path(coder, &block_paths[mb->blocks[i]], screen_key_block_mode_probs[a][l]);
    }
    put_path(coder, &uv_paths[mb->uv_mode], key_uv_probs);
}

static void write_record(ScreenModes *modes, ScreenBoolCoder *coder, int x, int y)
{
    const ScreenMacroblock *mb = at(modes, x, y);
    if (modes->segments->send_map)
        screen_segments_put(coder, modes->segments, mb->segment);
    screen_bool_put(coder, mb->skip, modes->prob_skip);
    screen_bool_put(coder, mb->ref != SCREEN_REF_INTRA, modes->prob_intra);
    if (mb->ref == SCREEN_REF_INTRA) {
        put_path(coder, &y_paths[mb->mode], modes->y_probs);
        for (int i = 0; mb->mode == SCREEN_MODE_BLOCKS && i < 16; i++)
            put_path(coder, &block_paths[mb->blocks[i]], screen_block_mode_probs);
        put_path(coder, &uv_paths[mb->uv_mode], modes->uv_probs);
        return;
    }
    screen_bool_put(coder, mb->ref != SCREEN_REF_LAST, modes->prob_last);
    if (mb->ref != SCREEN_REF_LAST)
        screen_bool_put(coder, mb->ref == SCREEN_REF_ALTREF, modes->prob_golden);
    ScreenPlace place = place_of(modes, x, y);
    ScreenSurvey survey;
    screen_vectors_survey(&survey, mb, &place);
    put_path(coder, &inter_paths[mb->mode - SCREEN_MODE_NEAREST], survey.probs);
    if (mb->mode == SCREEN_MODE_NEW)
        screen_vectors_write(coder, modes->vector_probs, mb->vector, survey.best);
    if (mb->mode == SCREEN_MODE_SPLIT)
        screen_split_write(coder, mb, place.stride, modes->vector_probs, survey.best);
}

#define STEP_SIZES 6 // runs of 1, 2, 4 ... 32 macroblocks

/** What a run of plain macroblocks among plain ones does to the coder, by length and range. */
typedef struct {
    ScreenBoolStep steps[STEP_SIZES][128];
    ScreenBoolStep edge[128]; // of one in the first row or column, which has one such neighbour
} PlainRuns;

static void plain_runs_init(PlainRuns *runs, const ScreenModes *modes)
{
    // In segment 0, skipped, inter, from LAST, ZERO after neighbours that are all three zero
    // vectors.
    static const guint8 all_bits[6] = {0, 0, 1, 1, 0, 0};
    const guint8 *segment_probs = modes->segments->probs;
    guint8 all_probs[6] = {segment_probs[0], segment_probs[1], modes->prob_skip, modes->prob_intra,
        modes->prob_last, screen_mode_contexts[5][0]};
    int count = modes->segments->send_map ? 6 : 4;
    const guint8 *bits = all_bits + 6 - count, *probs = all_probs + 6 - count;
    for (int i = 0; i < 128; i++)
        runs->steps[0][i] = screen_bool_step((guint8)(i + 128), bits, probs, count);
    all_probs[5] = screen_mode_contexts[2][0]; // a neighbour above or to the left weighs two
    for (int i = 0; i < 128; i++)
        runs->edge[i] = screen_bool_step((guint8)(i + 128), bits, probs, count);
    for (int size = 1; size < STEP_SIZES; size++) {
        for (int i = 0; i < 128; i++) {
            const ScreenBoolStep *half = runs->steps[size - 1];
            runs->steps[size][i] = screen_bool_step_join(&half[i], &half[half[i].range - 128]);
        }
    }
}

static void write_plain_run(
    const PlainRuns *runs, ScreenModes *modes, ScreenBoolCoder *coder, int x, int y, int count)
{
    while (count > 0) {
        int size = MIN(STEP_SIZES - 1, 31 - __builtin_clz((guint)count));
        const ScreenBoolStep *step = &runs->steps[size][coder->range - 128];
        while (step->shift == SCREEN_BOOL_STEP_UNUSABLE && size > 0)
            step = &runs->steps[--size][coder->range - 128];
        if (step->shift == SCREEN_BOOL_STEP_UNUSABLE)
            write_record(modes, coder, x, y);
        else
            screen_bool_apply(coder, step);
        x += 1 << size;
        count -= 1 << size;
    }
}

static void write_plain_edge(
    const PlainRuns *runs, ScreenModes *modes, ScreenBoolCoder *coder, int x, int y)
{
    const ScreenBoolStep *step = &runs->edge[coder->range - 128];
    if ((x == 0 && y == 0) || step->shift == SCREEN_BOOL_STEP_UNUSABLE)
        write_record(modes, coder, x, y);
    else
        screen_bool_apply(coder, step);
}

// One bit for each macroblock of word @word of row @y that is coded itself or has a coded one
// above, to the left or above to the left.
static guint64 busy_word(const PouceDamage *coded, int y, int word)
{
    const guint64 *row = coded->bits + (gsize)y * coded->words_per_row;
    guint64 here = row[word], carry = word > 0 ? row[word - 1] >> 63 : 0;
    if (y > 0) {
        const guint64 *above = row - coded->words_per_row;
        here |= above[word];
        carry |= word > 0 ? above[word - 1] >> 63 : 0;
    }
    return here | here << 1 | carry;
}

static int next_busy(const PouceDamage *coded, int x, int y)
{
    for (int word = x / 64; word < coded->words_per_row; word++) {
        guint64 bits = busy_word(coded, y, word);
        if (word == x / 64)
            bits &= ~G_GUINT64_CONSTANT(0) << (x % 64);
        if (bits)
            return MIN(word * 64 + __builtin_ctzll(bits), coded->mb_columns);
    }
    return coded->mb_columns;
}

void screen_modes_write(ScreenModes *modes, ScreenBoolCoder *coder)
{
    if (modes->key) {
        for (int y = 0; y < modes->rows; y++)
            for (int x = 0; x < modes->columns; x++)
                write_key_record(modes, coder, at(modes, x, y));
        return;
    }
    PlainRuns runs;
    plain_runs_init(&runs, modes);
    for (int y = 0; y < modes->rows; y++) {
        for (int x = 0; x < modes->columns;) {
            int end = next_busy(modes->coded, x, y);
            for (; x < end && (x == 0 || y == 0); x++)
                write_plain_edge(&runs, modes, coder, x, y);
            write_plain_run(&runs, modes, coder, x, y, end - x);
            x = end;
            if (x < modes->columns)
                write_record(modes, coder, x++, y);
        }
    }
}
