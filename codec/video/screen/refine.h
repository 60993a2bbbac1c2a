// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which blurred macroblocks are sharpened next, and how far. The rungs are rough, readable,
// good and sharp. The coarsest come first, because the same bytes take most error away there; among
// them the newest, and among equally new ones those nearest to the cursor. What moves is blurred
// and sharpened like what stands still; of it, what has yet to come past the cursor counts as half
// as far away, because it will be seen longest. Pure.

#include "codec/frame/damage.h"

#define SCREEN_RUNGS 4

/** So long a macroblock must have been still, unless it moves: a frame of a film stands for 42 ms
 * at most, and what is made sharp there is gone with the next. */
#define SCREEN_REFINE_STILL_MS 45

typedef struct {
    const PouceDamage *blurred;
    const PouceDamage *moving; // NULL: nothing moves, or what changes is no copy
    const guint32 *changed_ms; // for each macroblock: when it last changed
    guint32 now_ms;
    const guint8 *qualities; // for each macroblock, see macroblock.h
    int finest;              // no rung below this quantizer index
    int cursor_x, cursor_y;  // macroblocks; -1: unknown
    int from_x, from_y;      // which way what moves comes from: signs
} ScreenRefineQuery;

/** What a frame sharpens. */
typedef struct {
    ScreenRefineQuery query;
    int whole; // rung that all coarser ones are brought to; -1: none
    int next;  // rung for those of them whose key is at most
    int last;  // this one
} ScreenRefinePlan;

/**
 * screen_refine_plan - @each_bytes: what a macroblock takes on each rung
 * @ahead: of how many such frames the coarser rungs may take the budget
 * Returns: FALSE if there is nothing to do
 */
gboolean screen_refine_plan(ScreenRefinePlan *plan, const ScreenRefineQuery *query,
    const double each_bytes[SCREEN_RUNGS], double budget_bytes, double ahead);

/** screen_refine_rung - of a macroblock at @x, @y of @quality; -1: it stays as it is */
int screen_refine_rung(const ScreenRefinePlan *plan, int x, int y, int quality);

/** screen_refine_pick - adds those that are blurred and still to @picked; Returns: how many */
int screen_refine_pick(PouceDamage *picked, const ScreenRefinePlan *plan);

/** screen_refine_count - how many are coarser than each rung; adds to @counts */
void screen_refine_count(
    int counts[SCREEN_RUNGS], const PouceDamage *blurred, const guint8 *qualities);

/** screen_refine_quantizer - index of a rung */
int screen_refine_quantizer(int rung);
