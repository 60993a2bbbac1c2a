// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Whether an encoder found the motion that was there. A file says how far things moved in each
// frame ("dx,dy dx,dy" a line); macroblocks whose source changed and is an exact copy of what the
// source showed that far away could be coded by that vector. The motion of a frame is found when
// half of them are, for each thing that moved.

#include "codec/frame/frame.h"

typedef struct BenchMotion BenchMotion;

BenchMotion *bench_motion_new(const char *path, int width_px, int height_px, GError **error);
void bench_motion_free(BenchMotion *motion);

/** bench_motion_next - reads how far things moved in the next frame; FALSE with @error */
gboolean bench_motion_next(BenchMotion *motion, GError **error);

/**
 * bench_motion_sent - a frame of the stream, each of them; FALSE if it cannot be read
 * @source: what it shows if it was coded for a change, NULL: it refines what was shown before
 */
gboolean bench_motion_sent(
    BenchMotion *motion, const PouceFrame *source, const guint8 *data, gsize bytes);

/** bench_motion_verdict - frames in which something moved, and in how many of them it was found */
void bench_motion_verdict(const BenchMotion *motion, int *out_moved, int *out_found);
