// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/halves.h"

#include "codec/video/screen/types.h"

#include <string.h>

// One in this many of the picture.
#define LARGE_PART 3

static int count_known(
    const PouceDamage *coded, const ScreenSaved *saved, const guint64 *fingerprints)
{
    int known = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(coded, &x, &y, &n); x += n)
        for (int i = y * coded->mb_columns + x; i < y * coded->mb_columns + x + n; i++)
            known += saved->fingerprints[i] == fingerprints[i];
    return known;
}

gboolean screen_halves_worth(
    const PouceDamage *coded, const ScreenStore *store, const guint64 *fingerprints)
{
    int known = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(store->saved); i++)
        if (store->saved[i].usable)
            known = MAX(known, count_known(coded, &store->saved[i], fingerprints));
    int unknown = pouce_damage_count(coded) - known;
    return unknown * LARGE_PART >= coded->mb_columns * coded->mb_rows;
}

void screen_halves_cut(PouceDamage *coded)
{
    int half = pouce_damage_count(coded) / 2, seen = 0, row = 0;
    for (int x = 0, y = 0, n; seen < half && pouce_damage_next_run(coded, &x, &y, &n); x += n) {
        seen += n;
        row = y + 1;
    }
    gsize kept = (gsize)row * coded->words_per_row;
    gsize words = (gsize)coded->mb_rows * coded->words_per_row;
    memset(coded->bits + kept, 0, (words - kept) * sizeof *coded->bits);
}
