// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/anchors.h"

#include <string.h>

// The patch that names an anchor. Two or three glyphs wide: rare enough to be told apart.
#define PATCH_WIDTH_PX 16
#define PATCH_HEIGHT_PX 8
/** The corner test looks this far to the left. */
#define FLAT_PX 3

#define MIX G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

static inline guint64 load(const guint8 *p)
{
    guint64 word;
    memcpy(&word, p, sizeof word);
    return word;
}

// A pixel unlike its left neighbour, where that neighbour, two more to its left and the two above
// are all alike.
guint32 screen_anchors_corners_plain(const guint8 *row, int stride)
{
    guint32 corners = 0;
    for (int i = 0; i < 16; i++) {
        const guint8 *p = row + i;
        gboolean flat =
            p[-1] == p[-2] && p[-2] == p[-3] && p[-1] == p[-stride] && p[-1] == p[-stride - 1];
        if (flat && p[0] != p[-1])
            corners |= 1u << i;
    }
    return corners;
}

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i load16(const guint8 *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

guint32 screen_anchors_corners(const guint8 *row, int stride)
{
    __m128i ground = load16(row - 1);
    __m128i flat = _mm_and_si128(
        _mm_cmpeq_epi8(ground, load16(row - 2)), _mm_cmpeq_epi8(ground, load16(row - 3)));
    flat = _mm_and_si128(flat, _mm_cmpeq_epi8(ground, load16(row - stride)));
    flat = _mm_and_si128(flat, _mm_cmpeq_epi8(ground, load16(row - stride - 1)));
    return (guint32)_mm_movemask_epi8(_mm_andnot_si128(_mm_cmpeq_epi8(ground, load16(row)), flat));
}
#else
guint32 screen_anchors_corners(const guint8 *row, int stride)
{
    return screen_anchors_corners_plain(row, stride);
}
#endif

static guint32 hash_patch(const guint8 *p, int stride)
{
    guint64 a = MIX, b = ~MIX;
    for (int y = 0; y < PATCH_HEIGHT_PX; y++, p += stride) {
        a = (a ^ load(p)) * MIX;
        b = (b ^ load(p + 8)) * MIX;
        a ^= a >> 31;
        b ^= b >> 29;
    }
    return (guint32)((a ^ b * MIX) >> 32);
}

int screen_anchors_find(ScreenAnchor *anchors, const PouceFrame *frame, int mb_x, int mb_y)
{
    int stride = frame->strides[0], count = 0;
    int right = frame->mb_columns * 16, bottom = frame->mb_rows * 16;
    // The corner test reads up to 3 px before the row above: from row 2 on they are in the plane.
    for (int y = MAX(mb_y * 16, 2); y < MIN(mb_y * 16 + 16, bottom - PATCH_HEIGHT_PX); y++) {
        const guint8 *row = frame->planes[0] + (gsize)y * stride + mb_x * 16;
        guint32 corners = screen_anchors_corners(row, stride);
        if (mb_x == 0)
            corners &= ~0u << FLAT_PX;
        for (; corners; corners &= corners - 1) {
            int i = __builtin_ctz(corners);
            if (mb_x * 16 + i + PATCH_WIDTH_PX > right)
                break;
            // Dense text has more than are needed: three in four are passed over, by content.
            if ((load(row + i) * MIX) >> 62)
                continue;
            anchors[count++] =
                (ScreenAnchor){hash_patch(row + i, stride), (guint16)(mb_x * 16 + i), (guint16)y};
            if (count == SCREEN_ANCHORS_PER_MB)
                return count;
        }
    }
    return count;
}
