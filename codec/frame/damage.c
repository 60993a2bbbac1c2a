// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/frame/damage.h"

#include "codec/frame/frame.h"

#include <string.h>

#define WORD_BITS 64

static gsize word_count(const PouceDamage *damage)
{
    return (gsize)damage->words_per_row * damage->mb_rows;
}

// Bits [from, to) of one word, 0 <= from < to <= 64.
static guint64 word_mask(int from, int to)
{
    return (G_MAXUINT64 << from) & (G_MAXUINT64 >> (WORD_BITS - to));
}

static void set_run(PouceDamage *damage, int mb_y, int from, int to)
{
    guint64 *row = damage->bits + (gsize)mb_y * damage->words_per_row;
    for (int word = from / WORD_BITS; word * WORD_BITS < to; word++) {
        int first = MAX(from - word * WORD_BITS, 0);
        int last = MIN(to - word * WORD_BITS, WORD_BITS);
        row[word] |= word_mask(first, last);
    }
}

void pouce_damage_init(PouceDamage *damage, int width_px, int height_px)
{
    g_assert(width_px >= 1 && width_px <= POUCE_FRAME_SIDE_MAX_PX);
    g_assert(height_px >= 1 && height_px <= POUCE_FRAME_SIDE_MAX_PX);
    damage->mb_columns = (width_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    damage->mb_rows = (height_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX;
    damage->words_per_row = (damage->mb_columns + WORD_BITS - 1) / WORD_BITS;
    damage->bits = g_new0(guint64, word_count(damage));
}

void pouce_damage_clear(PouceDamage *damage)
{
    g_free(damage->bits);
    memset(damage, 0, sizeof *damage);
}

void pouce_damage_empty(PouceDamage *damage)
{
    memset(damage->bits, 0, word_count(damage) * sizeof *damage->bits);
}

void pouce_damage_fill(PouceDamage *damage)
{
    for (int y = 0; y < damage->mb_rows; y++)
        set_run(damage, y, 0, damage->mb_columns);
}

void pouce_damage_add_rect(PouceDamage *damage, PouceRect rect)
{
    if (rect.width <= 0 || rect.height <= 0)
        return;
    // 64 bits: x + width may be anything that a peer or a display server says.
    gint64 right_px = (gint64)rect.x + rect.width;
    gint64 bottom_px = (gint64)rect.y + rect.height;
    gint64 limit_x = damage->mb_columns, limit_y = damage->mb_rows;
    int from_x = (int)MIN(MAX(rect.x, 0) / POUCE_MACROBLOCK_PX, limit_x);
    int from_y = (int)MIN(MAX(rect.y, 0) / POUCE_MACROBLOCK_PX, limit_y);
    int to_x = (int)CLAMP((right_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX, 0, limit_x);
    int to_y = (int)CLAMP((bottom_px + POUCE_MACROBLOCK_PX - 1) / POUCE_MACROBLOCK_PX, 0, limit_y);
    if (right_px <= 0 || bottom_px <= 0 || from_x >= to_x)
        return;
    for (int y = from_y; y < to_y; y++)
        set_run(damage, y, from_x, to_x);
}

void pouce_damage_add(PouceDamage *damage, const PouceDamage *other)
{
    g_assert(damage->mb_columns == other->mb_columns && damage->mb_rows == other->mb_rows);
    for (gsize i = 0; i < word_count(damage); i++)
        damage->bits[i] |= other->bits[i];
}

void pouce_damage_subtract(PouceDamage *damage, const PouceDamage *other)
{
    g_assert(damage->mb_columns == other->mb_columns && damage->mb_rows == other->mb_rows);
    for (gsize i = 0; i < word_count(damage); i++)
        damage->bits[i] &= ~other->bits[i];
}

gboolean pouce_damage_is_empty(const PouceDamage *damage)
{
    for (gsize i = 0; i < word_count(damage); i++)
        if (damage->bits[i])
            return FALSE;
    return TRUE;
}

int pouce_damage_count(const PouceDamage *damage)
{
    int count = 0;
    for (gsize i = 0; i < word_count(damage); i++)
        count += __builtin_popcountll(damage->bits[i]);
    return count;
}

// First bit at or after @from that equals @value, or mb_columns.
static int find_bit(const PouceDamage *damage, const guint64 *row, int from, gboolean value)
{
    for (int word = from / WORD_BITS; word < damage->words_per_row; word++) {
        guint64 bits = value ? row[word] : ~row[word];
        if (word == from / WORD_BITS)
            bits &= G_MAXUINT64 << (from % WORD_BITS);
        if (bits)
            return MIN(word * WORD_BITS + __builtin_ctzll(bits), damage->mb_columns);
    }
    return damage->mb_columns;
}

gboolean pouce_damage_next_run(const PouceDamage *damage, int *mb_x, int *mb_y, int *out_columns)
{
    int x = *mb_x;
    for (int y = *mb_y; y < damage->mb_rows; y++, x = 0) {
        const guint64 *row = damage->bits + (gsize)y * damage->words_per_row;
        int from = x < damage->mb_columns ? find_bit(damage, row, x, TRUE) : damage->mb_columns;
        if (from >= damage->mb_columns)
            continue;
        *mb_x = from;
        *mb_y = y;
        *out_columns = find_bit(damage, row, from, FALSE) - from;
        return TRUE;
    }
    return FALSE;
}

static gboolean rows_are_equal(const PouceDamage *damage, int a, int b)
{
    gsize words = damage->words_per_row;
    return memcmp(damage->bits + a * words, damage->bits + b * words, words * sizeof(guint64)) == 0;
}

void pouce_damage_for_each_rect(
    const PouceDamage *damage, int width_px, int height_px, PouceRectFunc func, gpointer data)
{
    if (!damage) {
        func((PouceRect){0, 0, width_px, height_px}, data);
        return;
    }
    int columns = 0;
    for (int x = 0, y = 0; pouce_damage_next_run(damage, &x, &y, &columns);) {
        int band_end = y + 1;
        while (band_end < damage->mb_rows && rows_are_equal(damage, y, band_end))
            band_end++;
        int top_px = y * POUCE_MACROBLOCK_PX;
        int bottom_px = MIN(band_end * POUCE_MACROBLOCK_PX, height_px);
        int row = y;
        do {
            int left_px = x * POUCE_MACROBLOCK_PX;
            int right_px = MIN((x + columns) * POUCE_MACROBLOCK_PX, width_px);
            func((PouceRect){left_px, top_px, right_px - left_px, bottom_px - top_px}, data);
            x += columns;
        } while (pouce_damage_next_run(damage, &x, &y, &columns) && y == row);
        x = 0;
        y = band_end;
    }
}
