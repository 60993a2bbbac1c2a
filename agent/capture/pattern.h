// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The test picture as a function, so that a test can know every pixel. Pure.

#include "agent/capture/capture.h"

G_BEGIN_DECLS

#define POUCE_PATTERN_BAND_PX 32

/** pouce_pattern_pixel - 0x00RRGGBB at @x, @y of frame @number */
guint32 pouce_pattern_pixel(int width_px, int height_px, gint64 number, int x, int y);

G_END_DECLS
