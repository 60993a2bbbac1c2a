// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/fingerprint.h"

#include <string.h>

// Odd constants with well-mixed bits.
#define MIX_A G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)
#define MIX_B G_GUINT64_CONSTANT(0xc2b2ae3d27d4eb4f)

static inline guint64 load(const guint8 *p)
{
    guint64 word;
    memcpy(&word, p, sizeof word);
    return word;
}

// Each step is a bijection of the state for a given word, so no word is ever lost.
static inline guint64 mix(guint64 state, guint64 word)
{
    state = (state ^ word) * MIX_A;
    return state ^ state >> 29;
}

guint64 screen_fingerprint(const PouceFrame *frame, int mb_x, int mb_y)
{
    // Four independent chains, so that multiplications overlap.
    guint64 a = MIX_B, b = ~MIX_B, c = MIX_A, d = ~MIX_A;
    const guint8 *y = frame->planes[0] + (gsize)mb_y * 16 * frame->strides[0] + mb_x * 16;
    for (int row = 0; row < 16; row += 2, y += 2 * frame->strides[0]) {
        a = mix(a, load(y));
        b = mix(b, load(y + 8));
        c = mix(c, load(y + frame->strides[0]));
        d = mix(d, load(y + frame->strides[0] + 8));
    }
    const guint8 *u = frame->planes[1] + (gsize)mb_y * 8 * frame->strides[1] + mb_x * 8;
    const guint8 *v = frame->planes[2] + (gsize)mb_y * 8 * frame->strides[2] + mb_x * 8;
    for (int row = 0; row < 8; row += 2) {
        a = mix(a, load(u + row * frame->strides[1]));
        b = mix(b, load(v + row * frame->strides[2]));
        c = mix(c, load(u + (row + 1) * frame->strides[1]));
        d = mix(d, load(v + (row + 1) * frame->strides[2]));
    }
    return mix(mix(mix(a, b), c), d);
}
