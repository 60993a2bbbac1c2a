// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/intra.h"

#include <string.h>

// Values outside the frame: RFC 6386, 12.2.
#define ABOVE_FRAME 127
#define LEFT_OF_FRAME 129

void screen_edge_gather(
    ScreenEdge *edge, const guint8 *plane, int stride, int x, int y, int size_px, int width_px)
{
    const guint8 *at = plane + (gsize)y * stride + x;
    edge->has_above = y > 0;
    edge->has_left = x > 0;
    if (y > 0) {
        memcpy(edge->above, at - stride, size_px);
        if (size_px == 16 && x + 16 < width_px)
            memcpy(edge->above + 16, at - stride + 16, 4);
        else if (size_px == 16)
            memset(edge->above + 16, at[15 - stride], 4); // the row goes on with its last pixel
    } else {
        memset(edge->above, ABOVE_FRAME, sizeof edge->above);
    }
    for (int i = 0; i < size_px; i++)
        edge->left[i] = x > 0 ? at[i * stride - 1] : LEFT_OF_FRAME;
    edge->corner = y == 0 ? ABOVE_FRAME : x == 0 ? LEFT_OF_FRAME : at[-stride - 1];
}

static int dc_value(const ScreenEdge *edge, int size_px)
{
    int sum = 0, count = 0;
    if (edge->has_above) {
        for (int i = 0; i < size_px; i++)
            sum += edge->above[i];
        count += size_px;
    }
    if (edge->has_left) {
        for (int i = 0; i < size_px; i++)
            sum += edge->left[i];
        count += size_px;
    }
    return count ? (sum + count / 2) / count : 128;
}

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

void screen_intra_predict(
    guint8 *dst, int stride, const ScreenEdge *edge, ScreenMode mode, int size_px)
{
    int dc = mode == SCREEN_MODE_DC ? dc_value(edge, size_px) : 0;
    for (int y = 0; y < size_px; y++, dst += stride) {
        switch (mode) {
        case SCREEN_MODE_V:
            memcpy(dst, edge->above, size_px);
            break;
        case SCREEN_MODE_H:
            memset(dst, edge->left[y], size_px);
            break;
        case SCREEN_MODE_TM:
            for (int x = 0; x < size_px; x++)
                dst[x] = clamp_pixel(edge->left[y] + edge->above[x] - edge->corner);
            break;
        default:
            memset(dst, dc, size_px);
        }
    }
}

static inline guint8 average2(const guint8 *p)
{
    return (guint8)((p[0] + p[1] + 1) >> 1);
}

// Centred on p[0].
static inline guint8 average3(const guint8 *p)
{
    return (guint8)((p[-1] + 2 * p[0] + p[1] + 2) >> 2);
}

static inline guint8 average3_of(int a, int b, int c)
{
    return (guint8)((a + 2 * b + c + 2) >> 2);
}

// The diagonal modes give each line of slope one value. @line[k] is the value of the line that
// meets the row above at column k - offset, for the directions whose lines are whole pixels.
static void fill_down_left(guint8 *dst, int stride, const guint8 *above)
{
    guint8 line[7];
    for (int i = 0; i < 6; i++)
        line[i] = average3(above + i + 1);
    line[6] = average3_of(above[6], above[7], above[7]);
    for (int y = 0; y < 4; y++)
        memcpy(dst + y * stride, line + y, 4);
}

static void fill_down_right(guint8 *dst, int stride, const guint8 *around)
{
    guint8 line[7];
    for (int i = 0; i < 7; i++)
        line[i] = average3(around + i + 1);
    for (int y = 0; y < 4; y++)
        memcpy(dst + y * stride, line + 3 - y, 4);
}

static void fill_vertical_right(guint8 *dst, int stride, const guint8 *e)
{
    guint8 even[5],
        odd[5]; // rows 0, 2 and rows 1, 3, each with the pixel that enters from the left
    even[0] = average3(e + 3);
    odd[0] = average3(e + 2);
    for (int i = 0; i < 4; i++) {
        even[i + 1] = average2(e + 4 + i);
        odd[i + 1] = average3(e + 4 + i);
    }
    memcpy(dst, even + 1, 4);
    memcpy(dst + stride, odd + 1, 4);
    memcpy(dst + 2 * stride, even, 4);
    memcpy(dst + 3 * stride, odd, 4);
}

static void fill_vertical_left(guint8 *dst, int stride, const guint8 *a)
{
    guint8 even[5], odd[5];
    for (int i = 0; i < 4; i++) {
        even[i] = average2(a + i);
        odd[i] = average3(a + i + 1);
    }
    even[4] = average3(a + 5); // the last two break the pattern, by the format
    odd[4] = average3(a + 6);
    memcpy(dst, even, 4);
    memcpy(dst + stride, odd, 4);
    memcpy(dst + 2 * stride, even + 1, 4);
    memcpy(dst + 3 * stride, odd + 1, 4);
}

static void fill_horizontal_down(guint8 *dst, int stride, const guint8 *e)
{
    guint8 line[10];
    for (int i = 0; i < 4; i++) {
        line[2 * i] = average2(e + i);
        line[2 * i + 1] = average3(e + i + 1);
    }
    line[8] = average3(e + 5);
    line[9] = average3(e + 6);
    for (int y = 0; y < 4; y++)
        memcpy(dst + y * stride, line + 6 - 2 * y, 4);
}

static void fill_horizontal_up(guint8 *dst, int stride, const guint8 *e)
{
    guint8 left[4] = {e[3], e[2], e[1], e[0]}; // from top to bottom
    guint8 line[10];
    for (int i = 0; i < 3; i++)
        line[2 * i] = average2(left + i);
    line[1] = average3(left + 1);
    line[3] = average3(left + 2);
    line[5] = average3_of(left[2], left[3], left[3]);
    memset(line + 6, left[3], 4);
    for (int y = 0; y < 4; y++)
        memcpy(dst + y * stride, line + 2 * y, 4);
}

static void fill_plain(guint8 *dst, int stride, const guint8 *e, ScreenBlockMode mode)
{
    const guint8 *above = e + 5;
    int sum = 4;
    for (int i = 0; i < 4; i++)
        sum += above[i] + e[i];
    for (int y = 0; y < 4; y++, dst += stride) {
        int left = e[3 - y];
        int below = y < 3 ? e[2 - y] : left;
        for (int x = 0; x < 4; x++) {
            switch (mode) {
            case SCREEN_BLOCK_TM:
                dst[x] = clamp_pixel(left + above[x] - e[4]);
                break;
            case SCREEN_BLOCK_VE:
                dst[x] = average3(above + x);
                break;
            case SCREEN_BLOCK_HE:
                dst[x] = average3_of(e[4 - y], left, below);
                break;
            default:
                dst[x] = (guint8)(sum >> 3);
            }
        }
    }
}

void screen_intra_predict_block(guint8 *dst, int stride, const guint8 *around, ScreenBlockMode mode)
{
    switch (mode) {
    case SCREEN_BLOCK_LD:
        fill_down_left(dst, stride, around + 5);
        break;
    case SCREEN_BLOCK_RD:
        fill_down_right(dst, stride, around);
        break;
    case SCREEN_BLOCK_VR:
        fill_vertical_right(dst, stride, around);
        break;
    case SCREEN_BLOCK_VL:
        fill_vertical_left(dst, stride, around + 5);
        break;
    case SCREEN_BLOCK_HD:
        fill_horizontal_down(dst, stride, around);
        break;
    case SCREEN_BLOCK_HU:
        fill_horizontal_up(dst, stride, around);
        break;
    default:
        fill_plain(dst, stride, around, mode);
    }
}

ScreenBlockMode screen_intra_derived_block(guint8 mode)
{
    switch (mode) {
    case SCREEN_MODE_V:
        return SCREEN_BLOCK_VE;
    case SCREEN_MODE_H:
        return SCREEN_BLOCK_HE;
    case SCREEN_MODE_TM:
        return SCREEN_BLOCK_TM;
    default:
        return SCREEN_BLOCK_DC;
    }
}
