// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The 4x4 transforms of RFC 6386, section 14, and their forward counterparts. Coefficients are in
// raster order. The inverse ones are exact by the format; the forward ones are ours to choose. In
// plain C; kernels.h has those to be used.

#include "codec/video/screen/types.h"

/** sqrt(2) cos(pi/8) and sqrt(2) sin(pi/8) in 1/4096, for the forward transform. */
#define SCREEN_FORWARD_COS 5352
#define SCREEN_FORWARD_SIN 2217
/** Columns first with three more bits of precision, then rows; 16 bits hold what is between. */
#define SCREEN_FORWARD_COLUMN_SHIFT 9
#define SCREEN_FORWARD_ROW_SHIFT 16
/** The same in 1/65536 as the format rounds them for the inverse; one is taken off the first. */
#define SCREEN_INVERSE_COS 20091
#define SCREEN_INVERSE_SIN 35468

/** screen_transform_forward_plain - @out: 16 coefficients, about twice the unitary ones, of the
 * difference of two blocks */
void screen_transform_forward_plain(gint16 *out, ScreenPixels source, ScreenPixels prediction);

/** screen_transform_inverse_plain - dst = clamp(prediction + inverse(@in)); dst may be it */
void screen_transform_inverse_plain(
    guint8 *dst, int dst_stride, ScreenPixels prediction, const gint16 *in);

/** The second stage, over the 16 DCs of a macroblock: DC of block i is at in[i * 16]. */
void screen_transform_forward_dc(gint16 *out, const gint16 *in);
/** The other way: writes DC of block i to out[i * 16]. */
void screen_transform_inverse_dc(gint16 *out, const gint16 *in);
