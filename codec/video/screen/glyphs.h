// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Where in the picture before a small block has stood already: letters come again and again. An
// index of all 4x4 blocks at all places of a neighbourhood, made when it is asked for, tile by
// tile, as far as the number of questions pays for it. Answers are compared with the picture, so
// what is left of older pictures in the index does no harm. One thread; nothing allocates after
// new.

#include "codec/video/screen/types.h"

typedef struct ScreenGlyphs ScreenGlyphs;

ScreenGlyphs *screen_glyphs_new(int width_px, int height_px);
void screen_glyphs_free(ScreenGlyphs *glyphs);

/** screen_glyphs_begin - another picture: @luma is borrowed until the next begin */
void screen_glyphs_begin(ScreenGlyphs *glyphs, const guint8 *luma, int stride);

/**
 * screen_glyphs_try - whether copies of pieces are worth looking for in another macroblock
 * Pictures without text are found out after a while, and looked at sparsely from then on.
 */
gboolean screen_glyphs_try(ScreenGlyphs *glyphs);

/** screen_glyphs_gain - the macroblock that tried is much better for it */
void screen_glyphs_gain(ScreenGlyphs *glyphs);

/** screen_glyphs_ask - a macroblock at @x, @y px will look for blocks; FALSE: there is no use */
gboolean screen_glyphs_ask(ScreenGlyphs *glyphs, int x, int y);

/**
 * screen_glyphs_find - the way to an equal block
 * @rows: of the block, four pixels each as they lie in memory; @x, @y: where it is now, px
 * @best: the vector found may differ from this one by SCREEN_VECTOR_STEP_MAX
 * Returns: FALSE if none is known within reach
 */
gboolean screen_glyphs_find(ScreenGlyphs *glyphs, const guint32 rows[4], int x, int y,
    ScreenVector best, ScreenVector *out);
