// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The 4x4 transforms of RFC 6386, section 14, and their forward counterparts. Coefficients are in
// raster order. The inverse ones are exact by the format; the forward ones are ours to choose.

#include <glib.h>

/** screen_transform_forward - @out: 16 coefficients, about twice the unitary ones, of src - pred */
void screen_transform_forward(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride);

/** screen_transform_forward_pair - two blocks side by side, 32 coefficients */
void screen_transform_forward_pair(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride);

/** The plain C version of one block; the others give the same numbers. */
void screen_transform_forward_plain(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride);

/** screen_transform_inverse - dst = clamp(pred + inverse(@in)); dst may be pred */
void screen_transform_inverse(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in);

/** screen_transform_inverse_plain - the same, for comparison in tests */
void screen_transform_inverse_plain(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in);

/** The second stage, over the 16 DCs of a macroblock: DC of block i is at in[i * 16]. */
void screen_transform_forward_dc(gint16 *out, const gint16 *in);
/** The other way: writes DC of block i to out[i * 16]. */
void screen_transform_inverse_dc(gint16 *out, const gint16 *in);
