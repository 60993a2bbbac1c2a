// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/split.h"

#include "codec/video/screen/tables.h"

#include <stdlib.h>

/** How a macroblock is cut: the first block of each part, and how it is named. */
typedef struct {
    guint8 parts;
    guint8 firsts[16];
    guint8 shape; // columns and rows of a part in blocks: high and low nibble
    guint8 bits, length;
} Cut;

static const Cut cuts[4] = {
    {2, {0, 8}, 0x42, 0x6, 3},
    {2, {0, 2}, 0x24, 0x7, 3},
    {4, {0, 2, 8, 10}, 0x22, 0x2, 2},
    {16, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 0x11, 0x0, 1},
};
static const guint8 cut_probs[3] = {110, 111, 150};

typedef enum {
    WAY_LEFT,
    WAY_ABOVE,
    WAY_ZERO,
    WAY_NEW,
} Way;

// 16.4: [context][tree node]
static const guint8 way_probs[5][3] = {
    {147, 136, 18}, {106, 145, 1}, {179, 121, 1}, {223, 1, 34}, {208, 1, 1}};
static const guint8 way_bits[4] = {0x0, 0x2, 0x6, 0x7};
static const guint8 way_lengths[4] = {1, 2, 3, 3};

static gboolean fits(const Cut *cut, const ScreenVector vectors[16])
{
    int columns = cut->shape >> 4, rows = cut->shape & 0xf;
    for (int block = 0; block < 16; block++) {
        int first = block / 4 / rows * rows * 4 + block % 4 / columns * columns;
        if (!screen_vector_equal(vectors[block], vectors[first]))
            return FALSE;
    }
    return TRUE;
}

static const Cut *cut_of(const ScreenVector vectors[16])
{
    int i = 0;
    while (!fits(&cuts[i], vectors))
        i++; // the last one always fits
    return &cuts[i];
}

static ScreenVector vector_of(const ScreenMacroblock *mb, int block)
{
    return mb->mode == SCREEN_MODE_SPLIT ? mb->vectors[block] : mb->vector;
}

static Way way_of(const ScreenMacroblock *mb, int stride, int block, int *out_context)
{
    ScreenVector left = block % 4 ? mb->vectors[block - 1] : vector_of(mb - 1, block + 3);
    ScreenVector above = block >= 4 ? mb->vectors[block - 4] : vector_of(mb - stride, block + 12);
    gboolean same = screen_vector_equal(left, above);
    if (same)
        *out_context = screen_vector_is_zero(left) ? 4 : 3;
    else if (screen_vector_is_zero(above))
        *out_context = 2;
    else
        *out_context = screen_vector_is_zero(left) ? 1 : 0;
    ScreenVector vector = mb->vectors[block];
    if (screen_vector_equal(vector, left))
        return WAY_LEFT;
    if (screen_vector_equal(vector, above))
        return WAY_ABOVE;
    return screen_vector_is_zero(vector) ? WAY_ZERO : WAY_NEW;
}

static void put_bits(ScreenBoolCoder *coder, int bits, int length, const guint8 *probs)
{
    for (int i = 0; i < length; i++)
        screen_bool_put(coder, bits >> (length - 1 - i) & 1, probs[i]);
}

static guint32 cost_bits(int bits, int length, const guint8 *probs)
{
    guint32 cost = 0;
    for (int i = 0; i < length; i++)
        cost += screen_bit_cost[bits >> (length - 1 - i) & 1 ? 256 - probs[i] : probs[i]];
    return cost;
}

void screen_split_write(ScreenBoolCoder *coder, const ScreenMacroblock *mb, int stride,
    ScreenVectorProbs probs, ScreenVector best)
{
    const Cut *cut = cut_of(mb->vectors);
    put_bits(coder, cut->bits, cut->length, cut_probs);
    for (int i = 0; i < cut->parts; i++) {
        int block = cut->firsts[i], context;
        Way way = way_of(mb, stride, block, &context);
        put_bits(coder, way_bits[way], way_lengths[way], way_probs[context]);
        if (way == WAY_NEW)
            screen_vectors_write(coder, probs, mb->vectors[block], best);
    }
}

void screen_split_count(
    ScreenVectorCounts counts, const ScreenMacroblock *mb, int stride, ScreenVector best)
{
    const Cut *cut = cut_of(mb->vectors);
    for (int i = 0; i < cut->parts; i++) {
        int context;
        if (way_of(mb, stride, cut->firsts[i], &context) == WAY_NEW)
            screen_vectors_count(counts, mb->vectors[cut->firsts[i]], best);
    }
}

guint32 screen_split_cost(
    const ScreenMacroblock *mb, int stride, ScreenVector best, guint32 vector_cost)
{
    const Cut *cut = cut_of(mb->vectors);
    guint32 cost = cost_bits(cut->bits, cut->length, cut_probs);
    for (int i = 0; i < cut->parts; i++) {
        int context;
        Way way = way_of(mb, stride, cut->firsts[i], &context);
        cost += cost_bits(way_bits[way], way_lengths[way], way_probs[context]);
        if (way != WAY_NEW)
            continue;
        ScreenVector vector = mb->vectors[cut->firsts[i]];
        if (!screen_vectors_is_step(vector, best))
            return G_MAXUINT32;
        cost += vector_cost;
    }
    return cost;
}

// Halves are rounded away from zero.
static gint16 mean_of(int sum)
{
    return (gint16)(sum < 0 ? -((2 - sum) / 4) : (2 + sum) / 4);
}

ScreenVector screen_split_chroma(const ScreenVector vectors[16], int block)
{
    const ScreenVector *v = vectors + block / 2 * 8 + block % 2 * 2;
    return (ScreenVector){.row = mean_of(v[0].row + v[1].row + v[4].row + v[5].row),
        .column = mean_of(v[0].column + v[1].column + v[4].column + v[5].column)};
}
