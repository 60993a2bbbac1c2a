// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/refine.h"

#include "codec/video/screen/macroblock.h"
#include "codec/video/screen/rate.h"

#include <stdlib.h>

// A small key: age in the upper bits, distance in the lower. Smaller comes first.
#define AGES 8
#define DISTANCES 256
#define KEYS (AGES * DISTANCES)

static const guint8 quantizers[SCREEN_RUNGS] = {
    SCREEN_RATE_ROUGH, SCREEN_RATE_READABLE, SCREEN_RATE_COMFORT, SCREEN_SHARP_QUANTIZER};

int screen_refine_quantizer(int rung)
{
    return quantizers[rung];
}

// Whether @rung would show on something of @quality.
static gboolean improves(int rung, int quality)
{
    int margin = rung == SCREEN_RUNGS - 1 ? 0 : SCREEN_IMPROVEMENT_MIN;
    return quality > quantizers[rung] + margin;
}

static gboolean is_moving(const ScreenRefineQuery *query, int x, int y)
{
    return query->moving && pouce_damage_get(query->moving, x, y);
}

// Along one axis; @from: the way what moves comes from.
static int distance_along(int at, int cursor, int from, int last)
{
    if (cursor < 0)
        return from > 0 ? last - at : from < 0 ? at : 0;
    int ahead = at - cursor;
    return ahead * from > 0 ? abs(ahead) / 2 : abs(ahead);
}

static int distance_to(const ScreenRefineQuery *query, int x, int y)
{
    gboolean moving = is_moving(query, x, y);
    const PouceDamage *blurred = query->blurred;
    int across =
        distance_along(x, query->cursor_x, moving ? query->from_x : 0, blurred->mb_columns - 1);
    int down = distance_along(y, query->cursor_x < 0 ? -1 : query->cursor_y,
        moving ? query->from_y : 0, blurred->mb_rows - 1);
    return MIN(MAX(across, down), DISTANCES - 1);
}

static int key_of(const ScreenRefineQuery *query, int x, int y)
{
    if (is_moving(query, x, y))
        return distance_to(query, x, y);
    guint32 age = query->now_ms - query->changed_ms[y * query->blurred->mb_columns + x];
    int age_class = 1; // doubles: 45, 90, 180 ... ms
    while (age >= 2 * SCREEN_REFINE_STILL_MS && age_class < AGES - 1) {
        age >>= 1;
        age_class++;
    }
    return age_class * DISTANCES + distance_to(query, x, y);
}

static gboolean is_settled(const ScreenRefineQuery *query, int x, int y)
{
    guint32 age = query->now_ms - query->changed_ms[y * query->blurred->mb_columns + x];
    return age >= SCREEN_REFINE_STILL_MS || is_moving(query, x, y);
}

static gboolean has_work(const ScreenRefineQuery *query, int x, int y, int rung)
{
    return improves(rung, query->qualities[y * query->blurred->mb_columns + x]) &&
           is_settled(query, x, y);
}

void screen_refine_count(
    int counts[SCREEN_RUNGS], const PouceDamage *blurred, const guint8 *qualities)
{
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            for (int rung = 0; rung < SCREEN_RUNGS; rung++)
                counts[rung] += improves(rung, qualities[y * blurred->mb_columns + i]);
}

static void count_rungs(const ScreenRefineQuery *query, int counts[SCREEN_RUNGS])
{
    const PouceDamage *blurred = query->blurred;
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            for (int rung = 0; rung < SCREEN_RUNGS; rung++)
                counts[rung] += has_work(query, i, y, rung);
}

// The key up to which there are @count macroblocks for @rung, those of that key included.
static int last_key(const ScreenRefineQuery *query, int rung, int count)
{
    int counts[KEYS] = {0}, key = 0;
    count = MAX(count, 1); // however small the budget: there is always some progress
    const PouceDamage *blurred = query->blurred;
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            if (has_work(query, i, y, rung))
                counts[key_of(query, i, y)]++;
    for (count -= counts[0]; count > 0 && key < KEYS - 1; count -= counts[key])
        key++;
    return key;
}

gboolean screen_refine_plan(ScreenRefinePlan *plan, const ScreenRefineQuery *query,
    const double each_bytes[SCREEN_RUNGS], double budget_bytes, double ahead)
{
    int counts[SCREEN_RUNGS] = {0};
    count_rungs(query, counts);
    *plan = (ScreenRefinePlan){.query = *query, .whole = -1, .last = -1};
    int finest = SCREEN_RUNGS - 1;
    while (finest > 0 && quantizers[finest] < query->finest)
        finest--;
    if (!counts[finest])
        return FALSE;
    // The finest rung that all can be brought to soon.
    int rung = finest;
    while (rung > 0 && counts[rung - 1] && counts[rung] * each_bytes[rung] > ahead * budget_bytes)
        rung--;
    double left_bytes = budget_bytes - counts[rung] * each_bytes[rung];
    plan->next = rung;
    if (left_bytes >= 0) {
        plan->whole = rung;
        plan->next = MIN(rung + 1, finest);
    } else {
        left_bytes = budget_bytes;
    }
    plan->last = last_key(query, plan->next, (int)(left_bytes / each_bytes[plan->next]));
    return TRUE;
}

int screen_refine_rung(const ScreenRefinePlan *plan, int x, int y, int quality)
{
    if (plan->last >= 0 && improves(plan->next, quality) &&
        key_of(&plan->query, x, y) <= plan->last)
        return plan->next;
    return plan->whole >= 0 && improves(plan->whole, quality) ? plan->whole : -1;
}

int screen_refine_pick(PouceDamage *picked, const ScreenRefinePlan *plan)
{
    const ScreenRefineQuery *query = &plan->query;
    const PouceDamage *blurred = query->blurred;
    int added = 0;
    for (int x = 0, y = 0, n; pouce_damage_next_run(blurred, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            int quality = query->qualities[y * blurred->mb_columns + i];
            if (!is_settled(query, i, y) || pouce_damage_get(picked, i, y) ||
                screen_refine_rung(plan, i, y, quality) < 0)
                continue;
            pouce_damage_set(picked, i, y);
            added++;
        }
    return added;
}
