// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The constant tables of the VP8 format (RFC 6386), and what a coded bit costs.

#include <glib.h>

/** RFC 6386, 13.5 and 13.4: [plane][band][context][tree node] */
extern const guint8 screen_coefficient_defaults[4][8][3][11];
extern const guint8 screen_coefficient_update_probs[4][8][3][11];
/** 11.5: [mode above][mode to the left][tree node] */
extern const guint8 screen_key_block_mode_probs[10][10][9];
/** 16.1: the same in inter frames, without context */
extern const guint8 screen_block_mode_probs[9];
/** 17.2: row, then column */
extern const guint8 screen_vector_defaults[2][19];
extern const guint8 screen_vector_update_probs[2][19];
/** 16.3: [census of neighbours][tree node] */
extern const guint8 screen_mode_contexts[6][4];
/** 13: position in coding order to raster position; position to band, one past the end included */
extern const guint8 screen_zigzag[16];
extern const guint8 screen_bands[17];
/** 14.1: quantizer index to step */
extern const guint16 screen_dc_steps[128];
extern const guint16 screen_ac_steps[128];
/** Cost in 1/256 bit of a bool that has probability p/256; use 256 - p for the other value. */
extern const guint16 screen_bit_cost[257];
/** Cost in 1/256 bit of a block mode: [above][left][mode], and in inter frames without context. */
extern const guint16 screen_key_block_mode_costs[10][10][10];
extern const guint16 screen_block_mode_costs[10];
