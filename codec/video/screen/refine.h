// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which blurred macroblocks are sharpened next: the newest first, and among equally new ones those
// nearest to the cursor. Pure.

#include "codec/frame/damage.h"

typedef struct {
    const PouceDamage *blurred;
    const guint32 *changed;  // for each macroblock: the frame in which it last changed
    guint32 now;             // this frame
    const guint8 *qualities; // for each macroblock, see macroblock.h
    int better_than;         // only those of worse quality than this
    int cursor_x, cursor_y;  // macroblocks; -1: unknown
} ScreenRefineQuery;

/** Frames for which a macroblock must have been still: what keeps changing is not worth it. */
#define SCREEN_REFINE_STILL_FRAMES 2

/** screen_refine_pick - adds up to @count of them to @picked; Returns: how many */
int screen_refine_pick(PouceDamage *picked, const ScreenRefineQuery *query, int count);
