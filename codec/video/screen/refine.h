// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which blurred macroblocks are sharpened next: the newest first, and among equally new ones those
// nearest to the cursor. Pure.

#include "codec/frame/damage.h"

typedef struct {
    const PouceDamage *blurred;
    const guint32 *changed_ms; // for each macroblock: when it last changed
    guint32 now_ms;
    const guint8 *qualities; // for each macroblock, see macroblock.h
    int better_than;         // only those of worse quality than this
    int cursor_x, cursor_y;  // macroblocks; -1: unknown
} ScreenRefineQuery;

/** So long a macroblock must have been still: a frame of a film stands for 42 ms at most, and what
 * is made sharp there is gone with the next. */
#define SCREEN_REFINE_STILL_MS 45

/** screen_refine_pick - adds up to @count of them to @picked; Returns: how many */
int screen_refine_pick(PouceDamage *picked, const ScreenRefineQuery *query, int count);
