// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// How far two blocks of pixels are apart. SSE2 where the compiler targets it, else plain C; both
// give the same numbers.

#include <glib.h>

typedef struct {
    const guint8 *pixels;
    int stride;
} ScreenPixels;

/** screen_sad - sum of absolute differences over 16x16 */
guint32 screen_sad16(ScreenPixels a, ScreenPixels b);
/** screen_sad_block - over 16 pixels without gaps between rows */
guint32 screen_sad_block(const guint8 *a, const guint8 *b);

/** screen_sse - sum of squared differences over a square of @size_px: 16 or 8 */
guint32 screen_sse(ScreenPixels a, ScreenPixels b, int size_px);

/** The plain C versions, for comparison in tests. */
guint32 screen_sad_plain(ScreenPixels a, ScreenPixels b, int size_px);
guint32 screen_sse_plain(ScreenPixels a, ScreenPixels b, int size_px);
