// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/tokens.h"

#include "codec/video/screen/tables.h"

#include <string.h>

const guint8 screen_range_bits[6] = {1, 2, 3, 4, 5, 11};
static const gint16 range_base[6] = {5, 7, 11, 19, 35, 67};

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

/** The token of each magnitude; all further ones are of the last range. */
static const guint8 token_of_magnitude[68] = {0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7,
    7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
    9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10};

static inline guint token_of(guint magnitude)
{
    return token_of_magnitude[MIN(magnitude, 67)];
}

// The word of token 0 at @position, for the lowest context there.
static inline guint first_word(ScreenTokenPlane plane, int position)
{
    return (guint)(((int)plane * 8 + screen_bands[position]) * 3) << SCREEN_WORD_CONTEXT_SHIFT;
}

void screen_tokens_init(ScreenTokens *tokens, gsize capacity, int row_count)
{
    tokens->words = g_new(guint16, capacity);
    tokens->capacity = capacity;
    tokens->rows = g_new0(gsize, row_count);
    tokens->row_count = row_count;
}

void screen_tokens_clear(ScreenTokens *tokens)
{
    g_clear_pointer(&tokens->words, g_free);
    g_clear_pointer(&tokens->rows, g_free);
}

static void make_costs(guint16 *costs, const guint8 probs[SCREEN_NODES])
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
        int extra = token == SCREEN_TOKEN_END || token == 0 ? 0 : 256;
        if (token >= SCREEN_TOKEN_RANGE_1 && token < SCREEN_TOKEN_END)
            extra += 224 * screen_range_bits[token - SCREEN_TOKEN_RANGE_1];
        costs[token] = (guint16)(cost[0] + extra);
        costs[token | SCREEN_WORD_NO_END] = (guint16)(cost[1] + extra);
    }
}

void screen_tokens_begin(ScreenTokens *tokens, const ScreenTokenProbs probs)
{
    tokens->count = 0;
    tokens->row = 0;
    tokens->overflow = FALSE;
    tokens->cost = 0;
    memset(tokens->seen, 0, sizeof tokens->seen);
    for (int c = 0; c < SCREEN_CONTEXTS; c++) {
        if (memcmp(tokens->costed[c], probs[c], SCREEN_NODES) == 0)
            continue;
        memcpy(tokens->costed[c], probs[c], SCREEN_NODES);
        make_costs(tokens->costs + (c << SCREEN_WORD_CONTEXT_SHIFT), probs[c]);
    }
}

void screen_tokens_record(
    ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end)
{
    if (tokens->count + 2 * 16 + 1 > tokens->capacity) {
        tokens->overflow = TRUE;
        return;
    }
    guint16 *out = tokens->words + tokens->count;
    int position = plane == SCREEN_PLANE_Y_AFTER_Y2;
    guint above = (guint)context << SCREEN_WORD_CONTEXT_SHIFT, no_end = 0;
    guint32 cost = 0;
    for (; position < end; position++) {
        int level = levels[position];
        guint magnitude = (guint)(level < 0 ? -level : level), token = token_of(magnitude);
        guint word = first_word(plane, position) + above + no_end + token;
        tokens->seen[word]++;
        cost += tokens->costs[word];
        *out++ = (guint16)(word | (level < 0 ? SCREEN_WORD_SIGN : 0));
        if (G_UNLIKELY(token >= SCREEN_TOKEN_RANGE_1))
            *out++ = (guint16)(magnitude - (guint)range_base[token - SCREEN_TOKEN_RANGE_1]);
        no_end = token == 0 ? SCREEN_WORD_NO_END : 0;
        above = MIN(magnitude, 2) << SCREEN_WORD_CONTEXT_SHIFT;
    }
    if (position < 16) {
        guint word = first_word(plane, position) + above + SCREEN_TOKEN_END;
        tokens->seen[word]++;
        cost += tokens->costs[word];
        *out++ = (guint16)word;
    }
    tokens->count = (gsize)(out - tokens->words);
    tokens->cost += cost;
}

guint32 screen_tokens_price(
    const ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end)
{
    int position = plane == SCREEN_PLANE_Y_AFTER_Y2;
    guint above = (guint)context << SCREEN_WORD_CONTEXT_SHIFT, no_end = 0;
    guint32 cost = 0;
    for (; position < end; position++) {
        int level = levels[position];
        guint magnitude = (guint)(level < 0 ? -level : level), token = token_of(magnitude);
        cost += tokens->costs[first_word(plane, position) + above + no_end + token];
        no_end = token == 0 ? SCREEN_WORD_NO_END : 0;
        above = MIN(magnitude, 2) << SCREEN_WORD_CONTEXT_SHIFT;
    }
    if (position < 16)
        cost += tokens->costs[first_word(plane, position) + above + SCREEN_TOKEN_END];
    return cost;
}

static void count_branches(const guint32 *seen, guint32 branches[SCREEN_NODES][2])
{
    for (int token = 0; token < SCREEN_TOKENS; token++) {
        for (int no_end = 0; no_end < 2; no_end++) {
            guint32 count = seen[token | (no_end ? SCREEN_WORD_NO_END : 0)];
            for (int i = no_end; count && i < paths[token].length; i++)
                branches[paths[token].nodes[i]][path_bit(token, i)] += count;
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
            count_branches(tokens->seen + (c << SCREEN_WORD_CONTEXT_SHIFT), branches);
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
