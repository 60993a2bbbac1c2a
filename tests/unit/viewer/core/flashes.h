// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// VP8 for tests: pictures that turn from dark to light and back, by the real encoder.

#include <glib.h>

/** flashes_new - @count whole frames (GBytes), the first a key frame; odd ones are light */
GPtrArray *flashes_new(int width_px, int height_px, guint count);
