// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/partitions.h"

#include <string.h>

/** Most bools of a token, but for offsets within a range and their sign. */
#define BOOLS_OF_TOKEN 8
#define BOOLS_OF_RANGE (11 + 1)
#define BOOLS_AT_ONCE 2048
/** Even odds, among the nodes. */
#define SIGN 11

/** The bools of a token: which node's probability each has, and what it is. */
typedef struct {
    guint8 length;
    guint8 nodes[BOOLS_OF_TOKEN];
    guint8 bits[BOOLS_OF_TOKEN];
} Way;

static const Way ways[SCREEN_TOKENS] = {
    {2, {0, 1}, {1, 0}},
    {4, {0, 1, 2, SIGN}, {1, 1, 0}},
    {6, {0, 1, 2, 3, 4, SIGN}, {1, 1, 1, 0, 0}},
    {7, {0, 1, 2, 3, 4, 5, SIGN}, {1, 1, 1, 0, 1, 0}},
    {7, {0, 1, 2, 3, 4, 5, SIGN}, {1, 1, 1, 0, 1, 1}},
    {6, {0, 1, 2, 3, 6, 7}, {1, 1, 1, 1, 0, 0}},
    {6, {0, 1, 2, 3, 6, 7}, {1, 1, 1, 1, 0, 1}},
    {7, {0, 1, 2, 3, 6, 8, 9}, {1, 1, 1, 1, 1, 0, 0}},
    {7, {0, 1, 2, 3, 6, 8, 9}, {1, 1, 1, 1, 1, 0, 1}},
    {7, {0, 1, 2, 3, 6, 8, 10}, {1, 1, 1, 1, 1, 1, 0}},
    {7, {0, 1, 2, 3, 6, 8, 10}, {1, 1, 1, 1, 1, 1, 1}},
    {1, {0}, {0}},
};
static const guint8 range_probs[6][11] = {
    {159},
    {165, 145},
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129},
};

/** A bool: its probability, and itself: 0 or -1. */
typedef struct {
    guint8 prob;
    gint8 mask;
} Bool;

/** What a word stands for, by all of it but the sign. */
typedef struct {
    Bool bools[SCREEN_WORDS][BOOLS_OF_TOKEN];
    guint8 lengths[2 * SCREEN_WORD_NO_END]; // whatever the context
} Book;

/** One partition at work. */
typedef struct {
    ScreenBoolCoder coder;
    int row;                 // of macroblocks, that is next
    const guint16 *at, *end; // words that are left of the row before it
    int next, count;         // bools that are not coded yet
    Bool bools[BOOLS_AT_ONCE];
} Chain;

typedef struct {
    const ScreenTokens *tokens;
    int count;
    Chain chains[SCREEN_PARTITIONS_MAX];
    Book book;
} Writing;

static void make_book(Book *book, const ScreenTokens *tokens, const ScreenTokenProbs probs)
{
    for (int token = 0; token < SCREEN_TOKENS; token++) {
        book->lengths[token] = ways[token].length;
        book->lengths[token | SCREEN_WORD_NO_END] = (guint8)(ways[token].length - 1);
    }
    for (int word = 0; word < SCREEN_WORDS; word++) {
        if (!tokens->seen[word])
            continue;
        const Way *way = &ways[word & 0xf];
        const guint8 *nodes = probs[word >> SCREEN_WORD_CONTEXT_SHIFT];
        Bool *out = book->bools[word];
        for (int i = (word & SCREEN_WORD_NO_END) != 0; i < way->length; i++) {
            int prob = way->nodes[i] == SIGN ? 128 : nodes[way->nodes[i]];
            *out++ = (Bool){(guint8)prob, (gint8)-way->bits[i]};
        }
    }
}

static gboolean next_row(const Writing *writing, Chain *chain)
{
    const ScreenTokens *tokens = writing->tokens;
    for (; chain->at == chain->end; chain->row += writing->count) {
        if (chain->row > tokens->row)
            return FALSE;
        gsize end = chain->row < tokens->row ? tokens->rows[chain->row + 1] : tokens->count;
        chain->at = tokens->words + tokens->rows[chain->row];
        chain->end = tokens->words + end;
    }
    return TRUE;
}

static Bool *add_range(Bool *out, int range, int offset, gint8 sign)
{
    for (int i = screen_range_bits[range] - 1, k = 0; i >= 0; i--, k++)
        *out++ = (Bool){range_probs[range][k], (gint8) - (offset >> i & 1)};
    *out++ = (Bool){128, sign};
    return out;
}

// Words become bools with hardly a branch that hangs on what they are.
static void refill(const Writing *writing, Chain *chain)
{
    const Book *book = &writing->book;
    Bool *out = chain->bools, *full = out + BOOLS_AT_ONCE - BOOLS_OF_TOKEN - BOOLS_OF_RANGE;
    while (out < full && next_row(writing, chain)) {
        const guint16 *at = chain->at;
        for (; at < chain->end && out < full; at++) {
            int word = *at, token = word & 0xf;
            gint8 sign = (gint8)(word & SCREEN_WORD_SIGN ? -1 : 0);
            memcpy(out, book->bools[word & (SCREEN_WORD_SIGN - 1)], sizeof *book->bools);
            out += book->lengths[word & (2 * SCREEN_WORD_NO_END - 1)];
            if (G_UNLIKELY(token >= SCREEN_TOKEN_RANGE_1 && token != SCREEN_TOKEN_END))
                out = add_range(out, token - SCREEN_TOKEN_RANGE_1, *++at, sign);
            else
                out[-1].mask |= sign;
        }
        chain->at = at;
    }
    chain->next = 0;
    chain->count = (int)(out - chain->bools);
}

/** A coder's state in registers: no address of it may leave this file. */
typedef struct {
    guint64 low;
    guint32 less; // range - 1
    int pending;
} State;

/** By range - 1 after a bool: how far it is to be shifted, and what it is then. */
static guint8 shifts[256], shifted[256];

static __attribute__((constructor)) void make_shifts(void)
{
    for (guint less = 0; less < 255; less++) {
        shifts[less] = (guint8)(__builtin_clz(less + 1) ^ 24) & 7;
        shifted[less] = (guint8)(((less + 1) << shifts[less]) - 1);
    }
}

static inline __attribute__((always_inline)) void put(State *state, Bool what)
{
    guint32 split = 1 + ((state->less * what.prob) >> 8), one = (guint32)(gint32)what.mask;
    guint32 less = what.mask ? state->less - split : split - 1;
    int shift = shifts[less];
    state->low = (state->low + (split & one)) << shift;
    state->less = shifted[less];
    state->pending += shift;
}

static inline __attribute__((always_inline)) void settle(State *state, ScreenBoolCoder *coder)
{
    if (G_LIKELY(state->pending < 32))
        return;
    coder->low = state->low;
    coder->pending = state->pending;
    screen_bool_drain(coder);
    state->low = coder->low;
    state->pending = coder->pending;
}

// Three bools shift by 21 at most, so that what is pending and a carry fit into 64 bits.
#define BOOLS_UNSETTLED 3

static inline __attribute__((always_inline)) void code_side_by_side(
    Chain *chains, int width, int count)
{
    State states[SCREEN_PARTITIONS_MAX];
    const Bool *bools[SCREEN_PARTITIONS_MAX];
    for (int k = 0; k < width; k++) {
        const ScreenBoolCoder *coder = &chains[k].coder;
        states[k] = (State){coder->low, coder->range - 1, coder->pending};
        bools[k] = chains[k].bools + chains[k].next;
    }
    int i = 0;
    for (; i + BOOLS_UNSETTLED <= count; i += BOOLS_UNSETTLED) {
        for (int n = 0; n < BOOLS_UNSETTLED; n++)
            for (int k = 0; k < width; k++)
                put(&states[k], bools[k][i + n]);
        for (int k = 0; k < width; k++)
            settle(&states[k], &chains[k].coder);
    }
    for (; i < count; i++)
        for (int k = 0; k < width; k++) {
            put(&states[k], bools[k][i]);
            settle(&states[k], &chains[k].coder);
        }
    for (int k = 0; k < width; k++) {
        ScreenBoolCoder *coder = &chains[k].coder;
        coder->low = states[k].low;
        coder->range = states[k].less + 1;
        coder->pending = states[k].pending;
        chains[k].next += count;
    }
}

// As long as all of them have something, all; then those that are left, one after the other.
static void code_all(Writing *writing)
{
    for (;;) {
        int least = BOOLS_AT_ONCE;
        for (int k = 0; k < writing->count; k++) {
            Chain *chain = &writing->chains[k];
            if (chain->next == chain->count)
                refill(writing, chain);
            least = MIN(least, chain->count - chain->next);
        }
        if (least == 0)
            break;
        if (writing->count == SCREEN_PARTITIONS_MAX)
            code_side_by_side(writing->chains, SCREEN_PARTITIONS_MAX, least);
        else
            code_side_by_side(writing->chains, 1, least);
    }
    for (int k = 0; k < writing->count; k++) {
        Chain *chain = &writing->chains[k];
        for (; chain->count; refill(writing, chain))
            code_side_by_side(chain, 1, chain->count - chain->next);
    }
}

gsize screen_partitions_write(const ScreenTokens *tokens, const ScreenTokenProbs probs, int count,
    guint8 *data, gsize capacity)
{
    gsize sizes = 3 * (gsize)(count - 1), at = sizes;
    if (capacity <= sizes)
        return 0;
    g_autofree Writing *writing = g_new(Writing, 1);
    gsize share = (capacity - sizes) / (gsize)count;
    writing->tokens = tokens;
    writing->count = count;
    make_book(&writing->book, tokens, probs);
    for (int k = 0; k < count; k++) {
        Chain *chain = &writing->chains[k];
        screen_bool_init(&chain->coder, data + sizes + share * (gsize)k, share);
        chain->row = k;
        chain->at = chain->end = NULL;
        refill(writing, chain);
    }
    code_all(writing);
    for (int k = 0; k < count; k++) {
        ScreenBoolCoder *coder = &writing->chains[k].coder;
        gsize bytes = screen_bool_finish(coder);
        if (coder->overflow || bytes >= 1 << 24)
            return 0;
        memmove(data + at, coder->data, bytes);
        at += bytes;
        for (int i = 0; k < count - 1 && i < 3; i++)
            data[k * 3 + i] = (guint8)(bytes >> (i * 8));
    }
    return at;
}
