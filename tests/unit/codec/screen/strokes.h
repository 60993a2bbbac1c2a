// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Pictures that behave like text, for tests: short strokes on a flat ground, and ways to move them.

#include "codec/frame/damage.h"
#include "codec/frame/frame.h"

/** strokes_fill - the whole picture; grey */
void strokes_fill(PouceFrame *frame, guint32 seed);

/** strokes_draw - a few more within @rect */
void strokes_draw(PouceFrame *frame, PouceRect rect, GRand *random);

/** strokes_shift - moves the luma inside @rect by @dx, @dy; what comes in is flat */
void strokes_shift(PouceFrame *frame, PouceRect rect, int dx, int dy);
