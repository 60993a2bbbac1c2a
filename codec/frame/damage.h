// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which macroblocks of a picture changed: one bit for each 16x16 block, rows of 64-bit words.
// May claim too much, never too little. Plain memory owned by the caller, one thread.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    int mb_columns;
    int mb_rows;
    int words_per_row; // ceil(mb_columns / 64)
    guint64 *bits;     // row-major; bits past mb_columns are always 0
} PouceDamage;

typedef struct {
    int x, y, width, height; // px
} PouceRect;

void pouce_damage_init(PouceDamage *damage, int width_px, int height_px);
void pouce_damage_clear(PouceDamage *damage); // frees; safe on a zeroed struct
void pouce_damage_empty(PouceDamage *damage);
void pouce_damage_fill(PouceDamage *damage);
/** pouce_damage_add_rect - marks each block that @rect touches; clips to the picture */
void pouce_damage_add_rect(PouceDamage *damage, PouceRect rect);
void pouce_damage_add(PouceDamage *damage, const PouceDamage *other);      // same size
void pouce_damage_subtract(PouceDamage *damage, const PouceDamage *other); // same size
gboolean pouce_damage_is_empty(const PouceDamage *damage);
int pouce_damage_count(const PouceDamage *damage);

static inline gboolean pouce_damage_get(const PouceDamage *damage, int mb_x, int mb_y)
{
    return (damage->bits[mb_y * damage->words_per_row + mb_x / 64] >> (mb_x % 64)) & 1;
}

static inline void pouce_damage_set(PouceDamage *damage, int mb_x, int mb_y)
{
    damage->bits[mb_y * damage->words_per_row + mb_x / 64] |= G_GUINT64_CONSTANT(1) << (mb_x % 64);
}

/**
 * pouce_damage_next_run - next horizontal run of changed blocks, in raster order
 * @mb_x, @mb_y:   in: where to look from (0, 0 at first); out: start of the run
 * @out_columns:   its length
 * Returns:        FALSE when there is none left
 * Use:            for (int x = 0, y = 0, n; pouce_damage_next_run(d, &x, &y, &n); x += n)
 */
gboolean pouce_damage_next_run(const PouceDamage *damage, int *mb_x, int *mb_y, int *out_columns);

typedef void (*PouceRectFunc)(PouceRect rect, gpointer data);
/**
 * pouce_damage_for_each_rect - rectangles inside the visible picture that cover the damage once
 * Cut into bands of identical rows, so that a damaged window is one rectangle and not one for each
 * row of macroblocks. @damage NULL: the whole picture.
 */
void pouce_damage_for_each_rect(
    const PouceDamage *damage, int width_px, int height_px, PouceRectFunc func, gpointer data);

G_END_DECLS
