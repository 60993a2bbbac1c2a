// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// How far two pictures are apart: for judging encoders, for tests, and for sources that report no
// damage of their own. Pure; any thread.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

G_BEGIN_DECLS

/** What identical pictures score, dB. */
#define POUCE_PSNR_MAX_DB 99.0

/** pouce_compare_luma_psnr - over the visible size, which must be the same */
double pouce_compare_luma_psnr(const PouceFrame *a, const PouceFrame *b);

/** pouce_compare_frames - marks in @damage each macroblock whose visible pixels differ */
void pouce_compare_frames(PouceDamage *damage, const PouceFrame *a, const PouceFrame *b);

/**
 * pouce_compare_bgrx - the same for two BGRX pictures of @width_px by @height_px
 * The unused fourth byte counts too: it may claim too much, never too little.
 */
void pouce_compare_bgrx(PouceDamage *damage, const guint8 *a, const guint8 *b, int stride_bytes,
    int width_px, int height_px);

G_END_DECLS
