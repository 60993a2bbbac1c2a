// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Raw frames and their damage, read one at a time: a minute of 1080p BGRX is 15 GB.
//
// The damage file is text: one line a frame; a line holds rectangles "x,y,w,h" in pixels with
// spaces between, or "*" for the whole picture, or nothing for a frame that did not change. Lines
// that begin with "#" are left out. Without a file, frames are compared with the one before,
// macroblock by macroblock.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

typedef struct BenchInput BenchInput;

typedef struct {
    const char *path; // "-": standard input
    int width_px;
    int height_px;
    gboolean is_bgrx;        // else I420, planes without padding, chroma sides rounded up
    const char *damage_path; // or NULL
    const char *text_path;   // where text stands, in the same format; or NULL
} BenchInputConfig;

BenchInput *bench_input_new(const BenchInputConfig *config, GError **error);
void bench_input_free(BenchInput *input);
/**
 * bench_input_next - reads the next raw frame and finds its damage, which is not timed
 * Returns: FALSE at the end, or with @error
 */
gboolean bench_input_next(BenchInput *input, PouceDamage *damage, GError **error);
/** bench_input_text - where text stands in the frame just read; borrowed, NULL without a file */
const PouceDamage *bench_input_text(const BenchInput *input);
/** bench_input_convert - brings @frame up to date; what a capture would do, so it may be timed */
void bench_input_convert(const BenchInput *input, PouceFrame *frame, const PouceDamage *damage);
