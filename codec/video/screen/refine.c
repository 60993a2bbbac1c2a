// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/refine.h"

#include <stdlib.h>

// A small key: age in the upper bits, distance in the lower. Smaller comes first.
#define AGES 8
#define DISTANCES 64
#define KEYS (AGES * DISTANCES)

static int key_of(const ScreenRefineQuery *query, int x, int y)
{
    if (query->qualities[y * query->blurred->mb_columns + x] <= query->better_than)
        return -1;
    guint32 age = query->now_ms - query->changed_ms[y * query->blurred->mb_columns + x];
    if (age < SCREEN_REFINE_STILL_MS)
        return -1;
    int age_class = 0; // doubles: 45, 90, 180 ... ms
    while (age >= 2 * SCREEN_REFINE_STILL_MS && age_class < AGES - 1) {
        age >>= 1;
        age_class++;
    }
    int distance = 0;
    if (query->cursor_x >= 0)
        distance = MAX(abs(x - query->cursor_x), abs(y - query->cursor_y)) / 4;
    return age_class * DISTANCES + MIN(distance, DISTANCES - 1);
}

int screen_refine_pick(PouceDamage *picked, const ScreenRefineQuery *query, int count)
{
    int counts[KEYS] = {0};
    const PouceDamage *blurred = query->blurred;
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            int key = key_of(query, i, y);
            if (key >= 0)
                counts[key]++;
        }
    int last = 0, taken = 0; // all keys below @last, and some of key @last
    while (last < KEYS && taken + counts[last] <= count)
        taken += counts[last++];
    int rest = count - taken, added = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            int key = key_of(query, i, y);
            if (key < 0 || key > last || (key == last && rest-- <= 0))
                continue;
            added += !pouce_damage_get(picked, i, y);
            pouce_damage_set(picked, i, y);
        }
    return added;
}
