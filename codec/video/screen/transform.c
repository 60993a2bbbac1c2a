// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/transform.h"

// One pass over four values, scaled by 4096 / 2^@shift times the unitary factor of 2.
static inline void forward_pass(const int in[4], int out[4], int shift)
{
    int a = in[0] + in[3], b = in[1] + in[2], c = in[1] - in[2], d = in[0] - in[3];
    int round = 1 << (shift - 1);
    out[0] = ((a + b) * 4096 + round) >> shift;
    out[1] = (c * SCREEN_FORWARD_SIN + d * SCREEN_FORWARD_COS + round) >> shift;
    out[2] = ((a - b) * 4096 + round) >> shift;
    out[3] = (d * SCREEN_FORWARD_SIN - c * SCREEN_FORWARD_COS + round) >> shift;
}

void screen_transform_forward_plain(gint16 *out, ScreenPixels source, ScreenPixels prediction)
{
    int columns[4][4], result[4];
    for (int x = 0; x < 4; x++) {
        int d[4];
        for (int y = 0; y < 4; y++)
            d[y] =
                source.pixels[y * source.stride + x] - prediction.pixels[y * prediction.stride + x];
        forward_pass(d, columns[x], SCREEN_FORWARD_COLUMN_SHIFT);
    }
    for (int y = 0; y < 4; y++) {
        int row[4] = {columns[0][y], columns[1][y], columns[2][y], columns[3][y]};
        forward_pass(row, result, SCREEN_FORWARD_ROW_SHIFT);
        for (int x = 0; x < 4; x++)
            out[y * 4 + x] = (gint16)result[x];
    }
}

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

// x * sqrt(2) cos(pi/8) and x * sqrt(2) sin(pi/8) with the format's own rounding.
static inline int inverse_cos(int x)
{
    return x + ((x * SCREEN_INVERSE_COS) >> 16);
}

static inline int inverse_sin(int x)
{
    return (x * SCREEN_INVERSE_SIN) >> 16;
}

void screen_transform_inverse_plain(
    guint8 *dst, int dst_stride, ScreenPixels prediction, const gint16 *in)
{
    const guint8 *pred = prediction.pixels;
    int columns[16];
    for (int x = 0; x < 4; x++) {
        int a = in[x] + in[8 + x], b = in[x] - in[8 + x];
        int c = inverse_sin(in[4 + x]) - inverse_cos(in[12 + x]);
        int d = inverse_cos(in[4 + x]) + inverse_sin(in[12 + x]);
        columns[x] = a + d;
        columns[4 + x] = b + c;
        columns[8 + x] = b - c;
        columns[12 + x] = a - d;
    }
    for (int y = 0; y < 4; y++) {
        const int *row = columns + y * 4;
        int a = row[0] + row[2], b = row[0] - row[2];
        int c = inverse_sin(row[1]) - inverse_cos(row[3]);
        int d = inverse_cos(row[1]) + inverse_sin(row[3]);
        guint8 above[4] = {pred[0], pred[1], pred[2], pred[3]};
        dst[0] = clamp_pixel(above[0] + ((a + d + 4) >> 3));
        dst[1] = clamp_pixel(above[1] + ((b + c + 4) >> 3));
        dst[2] = clamp_pixel(above[2] + ((b - c + 4) >> 3));
        dst[3] = clamp_pixel(above[3] + ((a - d + 4) >> 3));
        dst += dst_stride;
        pred += prediction.stride;
    }
}

void screen_transform_forward_dc(gint16 *out, const gint16 *in)
{
    int rows[16];
    for (int y = 0; y < 4; y++) {
        int p = in[(y * 4) * 16], q = in[(y * 4 + 1) * 16];
        int r = in[(y * 4 + 2) * 16], s = in[(y * 4 + 3) * 16];
        int a = p + s, b = q + r, c = q - r, d = p - s;
        rows[y * 4 + 0] = a + b;
        rows[y * 4 + 1] = c + d;
        rows[y * 4 + 2] = a - b;
        rows[y * 4 + 3] = d - c;
    }
    for (int x = 0; x < 4; x++) {
        int a = rows[x] + rows[12 + x], b = rows[4 + x] + rows[8 + x];
        int c = rows[4 + x] - rows[8 + x], d = rows[x] - rows[12 + x];
        out[x] = (gint16)((a + b + (a + b > 0)) >> 1);
        out[4 + x] = (gint16)((c + d + (c + d > 0)) >> 1);
        out[8 + x] = (gint16)((a - b + (a - b > 0)) >> 1);
        out[12 + x] = (gint16)((d - c + (d - c > 0)) >> 1);
    }
}

void screen_transform_inverse_dc(gint16 *out, const gint16 *in)
{
    int columns[16];
    for (int x = 0; x < 4; x++) {
        int a = in[x] + in[12 + x], b = in[4 + x] + in[8 + x];
        int c = in[4 + x] - in[8 + x], d = in[x] - in[12 + x];
        columns[x] = a + b;
        columns[4 + x] = c + d;
        columns[8 + x] = a - b;
        columns[12 + x] = d - c;
    }
    for (int y = 0; y < 4; y++) {
        const int *row = columns + y * 4;
        int a = row[0] + row[3], b = row[1] + row[2];
        int c = row[1] - row[2], d = row[0] - row[3];
        out[(y * 4 + 0) * 16] = (gint16)((a + b + 3) >> 3);
        out[(y * 4 + 1) * 16] = (gint16)((c + d + 3) >> 3);
        out[(y * 4 + 2) * 16] = (gint16)((a - b + 3) >> 3);
        out[(y * 4 + 3) * 16] = (gint16)((d - c + 3) >> 3);
    }
}
