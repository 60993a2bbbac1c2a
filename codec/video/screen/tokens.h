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
    gboolean overflow; // some tokens were dropped: the frame must be made anew
    guint64 cost;      // 1/256 bit, by the costs in force; others may add what they will cost
    guint32 seen[SCREEN_CONTEXTS][2][SCREEN_TOKENS]; // [1]: where end of block was ruled out
    guint16 costs[SCREEN_CONTEXTS][2][SCREEN_TOKENS];
    ScreenTokenProbs costed; // the probabilities that costs stand for; 0 at first, which none is
} ScreenTokens;

/** screen_tokens_init - @capacity: words; what does not fit sets overflow */
void screen_tokens_init(ScreenTokens *tokens, gsize capacity);
void screen_tokens_clear(ScreenTokens *tokens);

/** screen_tokens_begin - forgets the last frame; costs follow @probs */
void screen_tokens_begin(ScreenTokens *tokens, const ScreenTokenProbs probs);

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

void screen_tokens_write(
    const ScreenTokens *tokens, const ScreenTokenProbs probs, ScreenBoolCoder *coder);
