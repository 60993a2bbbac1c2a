// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which vectors carry the picture before to the picture now: anchors that vanished from changed
// macroblocks are looked for among those that appeared, and each pair votes for the way between
// them. Any distance, any direction, several regions at once. The earlier picture itself is not
// kept, only its anchors: 32 bytes a macroblock.

#include "codec/frame/damage.h"
#include "codec/video/screen/anchors.h"
#include "codec/video/screen/types.h"

/** Most vanished anchors that one search looks at; further ones are thinned out by content. */
#define SCREEN_MOTION_ANCHORS_MAX 8192

typedef struct ScreenMotion ScreenMotion;

ScreenMotion *screen_motion_new(int mb_columns, int mb_rows);
void screen_motion_free(ScreenMotion *motion);

/** screen_motion_begin - a new picture; @changed_max: at most so many macroblocks will be renewed
 */
void screen_motion_begin(ScreenMotion *motion, int changed_max);

/** screen_motion_renew - macroblock @mb_x, @mb_y shows something else now */
void screen_motion_renew(ScreenMotion *motion, const PouceFrame *frame, int mb_x, int mb_y);

/**
 * screen_motion_search - vectors from where content is now to where it was, most voted first
 * @changed: the macroblocks that were renewed
 * Returns: how many, at most @count
 */
int screen_motion_search(
    ScreenMotion *motion, const PouceDamage *changed, ScreenVector *vectors, int count);
