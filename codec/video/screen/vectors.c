// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/vectors.h"

#include "codec/video/screen/tables.h"

#include <stdlib.h>

// Positions in a component's probabilities: RFC 6386, 17.1.
#define NODE_LONG 0
#define NODE_SIGN 1
#define NODE_SHORT 2
#define NODE_BITS 9
#define SHORT_LIMIT 8
#define LONG_BITS 10

/** A predicted vector may leave the frame by this much; quarter px. */
#define MARGIN (16 * 4)

static ScreenVector clamp_to_frame(ScreenVector v, const ScreenPlace *place)
{
    int left = -place->x * 64 - MARGIN, right = (place->columns - 1 - place->x) * 64 + MARGIN;
    int top = -place->y * 64 - MARGIN, bottom = (place->rows - 1 - place->y) * 64 + MARGIN;
    return (ScreenVector){
        .row = (gint16)CLAMP(v.row, top, bottom), .column = (gint16)CLAMP(v.column, left, right)};
}

/** What the three neighbours vote for; entry 0 counts zero vectors. */
typedef struct {
    ScreenVector vectors[4];
    int weights[4];
    int last; // index of the newest entry
} Census;

static void vote(Census *census, const ScreenMacroblock *neighbour, int weight)
{
    if (neighbour->ref == SCREEN_REF_INTRA)
        return;
    if (screen_vector_is_zero(neighbour->vector)) {
        census->weights[0] += weight;
        return;
    }
    if (!screen_vector_equal(neighbour->vector, census->vectors[census->last]))
        census->vectors[++census->last] = neighbour->vector;
    census->weights[census->last] += weight;
}

static int count_split(const ScreenMacroblock *here, int stride)
{
    const ScreenMacroblock *above = here - stride, *left = here - 1;
    return ((above->mode == SCREEN_MODE_SPLIT) + (left->mode == SCREEN_MODE_SPLIT)) * 2 +
           (above[-1].mode == SCREEN_MODE_SPLIT);
}

void screen_vectors_survey(
    ScreenSurvey *survey, const ScreenMacroblock *here, const ScreenPlace *place)
{
    Census census = {0};
    vote(&census, here - place->stride, 2);
    vote(&census, here - 1, 2);
    vote(&census, here - place->stride - 1, 1);
    int *weights = census.weights;
    ScreenVector *vectors = census.vectors;
    if (weights[3] > 0 && screen_vector_equal(vectors[census.last], vectors[1]))
        weights[1]++;
    weights[3] = count_split(here, place->stride); // from here on its meaning is another
    if (weights[2] > weights[1]) {
        int weight = weights[1];
        weights[1] = weights[2];
        weights[2] = weight;
        ScreenVector vector = vectors[1];
        vectors[1] = vectors[2];
        vectors[2] = vector;
    }
    if (weights[1] >= weights[0])
        vectors[0] = vectors[1];
    survey->best = clamp_to_frame(vectors[0], place);
    survey->nearest = clamp_to_frame(vectors[1], place);
    survey->near = clamp_to_frame(vectors[2], place);
    for (int i = 0; i < 4; i++)
        survey->probs[i] = screen_mode_contexts[weights[i]][i];
}

ScreenMode screen_vectors_mode(const ScreenSurvey *survey, ScreenVector vector)
{
    if (screen_vector_is_zero(vector))
        return SCREEN_MODE_ZERO;
    if (screen_vector_equal(vector, survey->nearest))
        return SCREEN_MODE_NEAREST;
    if (screen_vector_equal(vector, survey->near))
        return SCREEN_MODE_NEAR;
    return SCREEN_MODE_NEW;
}

gboolean screen_vectors_is_step(ScreenVector vector, ScreenVector best)
{
    return abs(vector.row - best.row) <= SCREEN_VECTOR_STEP_MAX &&
           abs(vector.column - best.column) <= SCREEN_VECTOR_STEP_MAX;
}

gboolean screen_vectors_reachable(const ScreenSurvey *survey, ScreenVector vector)
{
    return screen_vectors_is_step(vector, survey->best);
}

/** A component as the bools that spell it. */
typedef struct {
    int count;
    guint8 nodes[16];
    guint8 bits[16];
} Spelling;

static void spell_bit(Spelling *spelling, int node, int bit)
{
    spelling->nodes[spelling->count] = (guint8)node;
    spelling->bits[spelling->count++] = (guint8)(bit & 1);
}

static void spell(Spelling *spelling, int value)
{
    int magnitude = abs(value);
    spelling->count = 0;
    if (magnitude < SHORT_LIMIT) {
        spell_bit(spelling, NODE_LONG, 0);
        int high = magnitude >> 2, middle = (magnitude >> 1) & 1;
        spell_bit(spelling, NODE_SHORT, high);
        spell_bit(spelling, NODE_SHORT + (high ? 4 : 1), middle);
        spell_bit(spelling, NODE_SHORT + (high ? 5 : 2) + middle, magnitude);
    } else {
        spell_bit(spelling, NODE_LONG, 1);
        for (int i = 0; i < 3; i++)
            spell_bit(spelling, NODE_BITS + i, magnitude >> i);
        for (int i = LONG_BITS - 1; i > 3; i--)
            spell_bit(spelling, NODE_BITS + i, magnitude >> i);
        if (magnitude > 15)
            spell_bit(spelling, NODE_BITS + 3, magnitude >> 3);
    }
    if (magnitude)
        spell_bit(spelling, NODE_SIGN, value < 0);
}

void screen_vectors_write(
    ScreenBoolCoder *coder, ScreenVectorProbs probs, ScreenVector vector, ScreenVector best)
{
    int difference[2] = {vector.row - best.row, vector.column - best.column};
    for (int component = 0; component < 2; component++) {
        Spelling spelling;
        spell(&spelling, difference[component]);
        for (int i = 0; i < spelling.count; i++)
            screen_bool_put(coder, spelling.bits[i], probs[component][spelling.nodes[i]]);
    }
}

void screen_vectors_count(ScreenVectorCounts counts, ScreenVector vector, ScreenVector best)
{
    int difference[2] = {vector.row - best.row, vector.column - best.column};
    for (int component = 0; component < 2; component++) {
        Spelling spelling = {0};
        spell(&spelling, difference[component]);
        for (int i = 0; i < spelling.count; i++)
            counts[component][spelling.nodes[i]][spelling.bits[i]]++;
    }
}

void screen_vectors_fit(
    ScreenBoolCoder *coder, ScreenVectorProbs probs, ScreenVectorCounts counts, gboolean always)
{
    for (int component = 0; component < 2; component++) {
        for (int node = 0; node < SCREEN_VECTOR_NODES; node++) {
            const guint32 *n = counts[component][node];
            guint8 *prob = &probs[component][node];
            int update = screen_vector_update_probs[component][node];
            guint64 total = (guint64)n[0] + n[1];
            // Only seven bits of a probability are sent; 0 stands for 1.
            int sent = total ? (int)(((guint64)n[0] * 128 + total / 2) / total) : *prob / 2;
            sent = CLAMP(sent, 0, 127);
            int fitted = sent ? sent * 2 : 1;
            gint64 before =
                (gint64)n[0] * screen_bit_cost[*prob] + (gint64)n[1] * screen_bit_cost[256 - *prob];
            gint64 after = (gint64)n[0] * screen_bit_cost[fitted] +
                           (gint64)n[1] * screen_bit_cost[256 - fitted];
            gint64 price = 7 * 256 + screen_bit_cost[256 - update] - screen_bit_cost[update];
            gboolean better = always || (total > 0 && before - after > price);
            screen_bool_put(coder, better, update);
            if (better) {
                screen_bool_literal(coder, (guint32)sent, 7);
                *prob = (guint8)fitted;
            }
        }
    }
}
