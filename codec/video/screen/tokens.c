// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/tokens.h"

#include "codec/video/screen/tables.h"

#include <string.h>

#define TOKEN_RANGE_1 5
#define TOKEN_END 11

// A word: bits 0-3 token, 4 sign, 5 end of block ruled out, 6-12 context. The word after a range
// token holds the offset within the range.
#define WORD_SIGN 0x10
#define WORD_NO_END 0x20
#define WORD_CONTEXT_SHIFT 6

static const gint16 range_base[6] = {5, 7, 11, 19, 35, 67};
static const guint8 range_bits[6] = {1, 2, 3, 4, 5, 11};
static const guint8 range_probs[6][11] = {
    {159},
    {165, 145},
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129},
};

/** The path of each token through the tree of 13.2: nodes, and the bit taken at each. */
static const struct {
    guint8 length;
    guint8 nodes[7];
    guint8 bits; // first one highest
} paths[SCREEN_TOKENS] = {
    {2, {0, 1}, 0x2},
    {3, {0, 1, 2}, 0x6},
    {5, {0, 1, 2, 3, 4}, 0x1c},
    {6, {0, 1, 2, 3, 4, 5}, 0x3a},
    {6, {0, 1, 2, 3, 4, 5}, 0x3b},
    {6, {0, 1, 2, 3, 6, 7}, 0x3c},
    {6, {0, 1, 2, 3, 6, 7}, 0x3d},
    {7, {0, 1, 2, 3, 6, 8, 9}, 0x7c},
    {7, {0, 1, 2, 3, 6, 8, 9}, 0x7d},
    {7, {0, 1, 2, 3, 6, 8, 10}, 0x7e},
    {7, {0, 1, 2, 3, 6, 8, 10}, 0x7f},
    {1, {0}, 0x0},
};

static inline int path_bit(int token, int i)
{
    return (paths[token].bits >> (paths[token].length - 1 - i)) & 1;
}

static inline int context_index(ScreenTokenPlane plane, int band, int context)
{
    return ((int)plane * 8 + band) * 3 + context;
}

void screen_tokens_init(ScreenTokens *tokens, gsize capacity)
{
    tokens->words = g_new(guint16, capacity);
    tokens->capacity = capacity;
}

void screen_tokens_clear(ScreenTokens *tokens)
{
    g_clear_pointer(&tokens->words, g_free);
}

static void make_costs(guint16 costs[2][SCREEN_TOKENS], const guint8 probs[SCREEN_NODES])
{
    for (int token = 0; token < SCREEN_TOKENS; token++) {
        int cost[2] = {0, 0};
        for (int i = 0; i < paths[token].length; i++) {
            int prob = probs[paths[token].nodes[i]];
            int bit_cost = screen_bit_cost[path_bit(token, i) ? 256 - prob : prob];
            cost[0] += bit_cost;
            cost[1] += i > 0 ? bit_cost : 0;
        }
        // Signs and offsets cost about a bit each.
        int extra = token == TOKEN_END || token == 0 ? 0 : 256;
        if (token >= TOKEN_RANGE_1 && token < TOKEN_END)
            extra += 224 * range_bits[token - TOKEN_RANGE_1];
        costs[0][token] = (guint16)(cost[0] + extra);
        costs[1][token] = (guint16)(cost[1] + extra);
    }
}

void screen_tokens_begin(ScreenTokens *tokens, const ScreenTokenProbs probs)
{
    tokens->count = 0;
    tokens->overflow = FALSE;
    tokens->cost = 0;
    memset(tokens->seen, 0, sizeof tokens->seen);
    for (int c = 0; c < SCREEN_CONTEXTS; c++) {
        if (memcmp(tokens->costed[c], probs[c], SCREEN_NODES) == 0)
            continue;
        memcpy(tokens->costed[c], probs[c], SCREEN_NODES);
        make_costs(tokens->costs[c], probs[c]);
    }
}

static inline int token_of(int magnitude)
{
    if (magnitude < 5)
        return magnitude;
    int range = 5;
    while (magnitude < range_base[range])
        range--;
    return TOKEN_RANGE_1 + range;
}

void screen_tokens_record(
    ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end)
{
    if (tokens->count + 2 * 16 + 1 > tokens->capacity) {
        tokens->overflow = TRUE;
        return;
    }
    guint16 *word = tokens->words + tokens->count;
    int no_end = 0, position = plane == SCREEN_PLANE_Y_AFTER_Y2;
    if (end == 0) {                                      // by far the most frequent
        int c = context_index(plane, position, context); // bands 0 and 1 are positions
        tokens->seen[c][0][TOKEN_END]++;
        tokens->cost += tokens->costs[c][0][TOKEN_END];
        tokens->count++;
        *word = (guint16)(c << WORD_CONTEXT_SHIFT | TOKEN_END);
        return;
    }
    guint32 cost = 0;
    for (; position < end; position++) {
        int level = levels[position], magnitude = level < 0 ? -level : level;
        int token = token_of(magnitude);
        int c = context_index(plane, screen_bands[position], context);
        tokens->seen[c][no_end][token]++;
        cost += tokens->costs[c][no_end][token];
        *word++ = (guint16)(c << WORD_CONTEXT_SHIFT | (no_end ? WORD_NO_END : 0) |
                            (level < 0 ? WORD_SIGN : 0) | token);
        if (token >= TOKEN_RANGE_1)
            *word++ = (guint16)(magnitude - range_base[token - TOKEN_RANGE_1]);
        no_end = token == 0;
        context = MIN(magnitude, 2);
    }
    if (position < 16) {
        int c = context_index(plane, screen_bands[position], context);
        tokens->seen[c][0][TOKEN_END]++;
        cost += tokens->costs[c][0][TOKEN_END];
        *word++ = (guint16)(c << WORD_CONTEXT_SHIFT | TOKEN_END);
    }
    tokens->count = (gsize)(word - tokens->words);
    tokens->cost += cost;
}

guint32 screen_tokens_price(
    const ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end)
{
    guint32 cost = 0;
    int no_end = 0, position = plane == SCREEN_PLANE_Y_AFTER_Y2;
    for (; position < end; position++) {
        int magnitude = levels[position] < 0 ? -levels[position] : levels[position];
        int token = token_of(magnitude);
        int c = context_index(plane, screen_bands[position], context);
        cost += tokens->costs[c][no_end][token];
        no_end = token == 0;
        context = MIN(magnitude, 2);
    }
    if (position < 16)
        cost += tokens->costs[context_index(plane, screen_bands[position], context)][0][TOKEN_END];
    return cost;
}

static void count_branches(const ScreenTokens *tokens, int c, guint32 branches[SCREEN_NODES][2])
{
    for (int token = 0; token < SCREEN_TOKENS; token++) {
        for (int no_end = 0; no_end < 2; no_end++) {
            guint32 seen = tokens->seen[c][no_end][token];
            for (int i = no_end; seen && i < paths[token].length; i++)
                branches[paths[token].nodes[i]][path_bit(token, i)] += seen;
        }
    }
}

static gboolean worth_updating(const guint32 *branch, int old, int update, guint8 *out_new)
{
    guint64 total = (guint64)branch[0] + branch[1];
    if (total == 0)
        return FALSE;
    int fitted = (int)(((guint64)branch[0] * 256 + total / 2) / total);
    fitted = CLAMP(fitted, 1, 255);
    gint64 before =
        (gint64)branch[0] * screen_bit_cost[old] + (gint64)branch[1] * screen_bit_cost[256 - old];
    gint64 after = (gint64)branch[0] * screen_bit_cost[fitted] +
                   (gint64)branch[1] * screen_bit_cost[256 - fitted];
    gint64 price = 8 * 256 + screen_bit_cost[256 - update] - screen_bit_cost[update];
    *out_new = (guint8)fitted;
    return before - after > price;
}

void screen_tokens_fit(
    const ScreenTokens *tokens, ScreenTokenProbs probs, ScreenBoolCoder *coder, gboolean always)
{
    const guint8 *update = &screen_coefficient_update_probs[0][0][0][0];
    for (int c = 0; c < SCREEN_CONTEXTS; c++) {
        guint32 branches[SCREEN_NODES][2] = {0};
        if (tokens->count)
            count_branches(tokens, c, branches);
        for (int node = 0; node < SCREEN_NODES; node++, update++) {
            guint8 fitted;
            gboolean better = worth_updating(branches[node], probs[c][node], *update, &fitted);
            if (better)
                probs[c][node] = fitted;
            screen_bool_put(coder, better || always, *update);
            if (better || always)
                screen_bool_literal(coder, probs[c][node], 8);
        }
    }
}

// The coder's state in registers: no address of it may leave this file. Up to 23 bits may be added
// before it is settled: three bools, and one at even odds, which shifts by one at most.
typedef struct {
    guint64 low;
    guint32 range;
    int pending;
} Writer;

static inline __attribute__((always_inline)) void put(Writer *writer, int bit, int prob)
{
    guint32 split = 1 + (((writer->range - 1) * (guint32)prob) >> 8);
    writer->low += bit ? split : 0;
    writer->range = bit ? writer->range - split : split;
    int shift = __builtin_clz(writer->range) ^ 24;
    writer->range <<= shift;
    writer->low <<= shift;
    writer->pending += shift;
}

static inline __attribute__((always_inline)) void settle(Writer *writer, ScreenBoolCoder *coder)
{
    if (G_LIKELY(writer->pending < 32))
        return;
    coder->low = writer->low;
    coder->pending = writer->pending;
    screen_bool_drain(coder);
    writer->low = coder->low;
    writer->pending = coder->pending;
}

static inline void write_range(
    Writer *writer, ScreenBoolCoder *coder, int range, int offset, const guint8 *p)
{
    put(writer, range > 1, p[6]);
    if (range < 2) {
        put(writer, range, p[7]);
    } else {
        put(writer, range > 3, p[8]);
        settle(writer, coder);
        put(writer, range & 1, p[range > 3 ? 10 : 9]);
    }
    for (int i = 0; i < range_bits[range]; i++) {
        settle(writer, coder);
        put(writer, (offset >> (range_bits[range] - 1 - i)) & 1, range_probs[range][i]);
    }
}

// The tree of 13.2 below its third node, for more than 1.
static inline void write_large(
    Writer *writer, ScreenBoolCoder *coder, int token, int offset, const guint8 *p)
{
    put(writer, 1, p[2]);
    settle(writer, coder);
    put(writer, token >= TOKEN_RANGE_1, p[3]);
    if (token >= TOKEN_RANGE_1) {
        write_range(writer, coder, token - TOKEN_RANGE_1, offset, p);
        return;
    }
    put(writer, token > 2, p[4]);
    if (token > 2)
        put(writer, token > 3, p[5]);
}

// The busiest loop of a large frame: each way through the tree is spelled out.
void screen_tokens_write(
    const ScreenTokens *tokens, const ScreenTokenProbs probs, ScreenBoolCoder *coder)
{
    Writer writer = {coder->low, coder->range, coder->pending};
    const guint16 *end = tokens->words + tokens->count;
    for (const guint16 *at = tokens->words; at < end; at++) {
        int word = *at, token = word & 0xf;
        const guint8 *p = probs[word >> WORD_CONTEXT_SHIFT];
        settle(&writer, coder);
        if (token == TOKEN_END) {
            put(&writer, 0, p[0]);
            continue;
        }
        if (!(word & WORD_NO_END))
            put(&writer, 1, p[0]);
        put(&writer, token > 0, p[1]);
        if (token == 0)
            continue;
        if (token == 1)
            put(&writer, 0, p[2]);
        else
            write_large(&writer, coder, token, token >= TOKEN_RANGE_1 ? *++at : 0, p);
        put(&writer, (word & WORD_SIGN) != 0, 128);
    }
    settle(&writer, coder);
    coder->low = writer.low;
    coder->range = writer.range;
    coder->pending = writer.pending;
}
