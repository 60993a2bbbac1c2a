// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reads the motion vectors out of a VP8 stream, whoever coded it: the first partition of each frame
// (RFC 6386, sections 9, 11, 16 and 17). Coefficients are not looked at.

#include "codec/video/screen/types.h"

typedef struct BenchVectors BenchVectors;

BenchVectors *bench_vectors_new(int width_px, int height_px);
void bench_vectors_free(BenchVectors *vectors);

/**
 * bench_vectors_read - the next frame of the stream; none may be left out
 * Returns: FALSE if it is not a frame of that size, or uses sign biases, which none of our encoders
 * do
 */
gboolean bench_vectors_read(BenchVectors *vectors, const guint8 *data, gsize bytes);

/** bench_vectors_has - whether macroblock @x, @y or a part of it is predicted from @vector away */
gboolean bench_vectors_has(const BenchVectors *vectors, int x, int y, ScreenVector vector);
