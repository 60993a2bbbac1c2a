// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Coefficients as tokens: RFC 6386, section 13. Levels are first recorded as tokens, with the
// contexts they stand in; when the whole frame is known, the probabilities are fitted to what was
// counted and only then are the tokens written. Nothing allocates after init.

#include "codec/video/screen/bool_coder.h"

#define SCREEN_TOKENS 12 // 0..4, six ranges, end of block
#define SCREEN_NODES 11
#define SCREEN_CONTEXTS (4 * 8 * 3)

#define SCREEN_TOKEN_RANGE_1 5
#define SCREEN_TOKEN_END 11

// A word: bits 0-3 token, 4 end of block ruled out, 5-11 context, 12 sign. The word after a range
// token holds the offset within the range. Tables go by all bits but the sign.
#define SCREEN_WORD_NO_END 0x10
#define SCREEN_WORD_CONTEXT_SHIFT 5
#define SCREEN_WORD_SIGN 0x1000
#define SCREEN_WORDS (SCREEN_CONTEXTS << SCREEN_WORD_CONTEXT_SHIFT)

/** How many bits the offset within each range has. */
extern const guint8 screen_range_bits[6];

typedef enum {
    SCREEN_PLANE_Y_AFTER_Y2,
    SCREEN_PLANE_Y2,
    SCREEN_PLANE_UV,
    SCREEN_PLANE_Y,
} ScreenTokenPlane;

typedef guint8 ScreenTokenProbs[SCREEN_CONTEXTS][SCREEN_NODES];

typedef struct {
    guint16 *words; // owned; a token and, for ranges, its extra bits
    gsize count;
    gsize capacity;
    gsize *rows; // owned; where the tokens of each row of macroblocks begin, as far as row
    int row;     // of the latest token
    int row_count;
    gboolean overflow; // some tokens were dropped: the frame must be made anew
    guint64 cost;      // 1/256 bit, by the costs in force; others may add what they will cost
    guint32 seen[SCREEN_WORDS];
    guint16 costs[SCREEN_WORDS];
    ScreenTokenProbs costed; // the probabilities that costs stand for; 0 at first, which none is
} ScreenTokens;

/** screen_tokens_init - @capacity: words; what does not fit sets overflow */
void screen_tokens_init(ScreenTokens *tokens, gsize capacity, int row_count);
void screen_tokens_clear(ScreenTokens *tokens);

/** screen_tokens_begin - forgets the last frame; costs follow @probs */
void screen_tokens_begin(ScreenTokens *tokens, const ScreenTokenProbs probs);

/** screen_tokens_row - what is recorded next belongs to row @y of macroblocks, or to a later one */
static inline void screen_tokens_row(ScreenTokens *tokens, int y)
{
    while (tokens->row < y)
        tokens->rows[++tokens->row] = tokens->count;
}

/**
 * screen_tokens_record - one block
 * @levels: in zigzag order, @end: one past the last nonzero one, 0 for none
 * @context: how many of the two neighbours hold coefficients
 */
void screen_tokens_record(
    ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end);

/** screen_tokens_price - what record would add to the cost; nothing is recorded */
guint32 screen_tokens_price(
    const ScreenTokens *tokens, ScreenTokenPlane plane, int context, const gint16 *levels, int end);

/**
 * screen_tokens_fit - changes @probs where that saves bits, and writes the updates of 13.4
 * @always: writes all of them, for a far end that may hold others
 */
void screen_tokens_fit(
    const ScreenTokens *tokens, ScreenTokenProbs probs, ScreenBoolCoder *coder, gboolean always);
