// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/transform.h"

// sqrt(2) cos(pi/8) and sqrt(2) sin(pi/8) in 1/4096, for the forward transform.
#define FORWARD_COS 5352
#define FORWARD_SIN 2217

void screen_transform_forward(
    gint16 *out, const guint8 *src, int src_stride, const guint8 *pred, int pred_stride)
{
    int rows[16];
    for (int y = 0; y < 4; y++) {
        int d[4];
        for (int x = 0; x < 4; x++)
            d[x] = src[x] - pred[x];
        int a = (d[0] + d[3]) * 8, b = (d[1] + d[2]) * 8;
        int c = (d[1] - d[2]) * 8, e = (d[0] - d[3]) * 8;
        rows[y * 4 + 0] = a + b;
        rows[y * 4 + 1] = (c * FORWARD_SIN + e * FORWARD_COS + 2048) >> 12;
        rows[y * 4 + 2] = a - b;
        rows[y * 4 + 3] = (e * FORWARD_SIN - c * FORWARD_COS + 2048) >> 12;
        src += src_stride;
        pred += pred_stride;
    }
    for (int x = 0; x < 4; x++) {
        int a = rows[x] + rows[12 + x], b = rows[4 + x] + rows[8 + x];
        int c = rows[4 + x] - rows[8 + x], e = rows[x] - rows[12 + x];
        out[x] = (gint16)((a + b + 8) >> 4);
        out[4 + x] = (gint16)((c * FORWARD_SIN + e * FORWARD_COS + 32768) >> 16);
        out[8 + x] = (gint16)((a - b + 8) >> 4);
        out[12 + x] = (gint16)((e * FORWARD_SIN - c * FORWARD_COS + 32768) >> 16);
    }
}

static inline guint8 clamp_pixel(int v)
{
    return (guint8)(v < 0 ? 0 : v > 255 ? 255 : v);
}

// x * sqrt(2) cos(pi/8) and x * sqrt(2) sin(pi/8) with the format's own rounding.
static inline int inverse_cos(int x)
{
    return x + ((x * 20091) >> 16);
}

static inline int inverse_sin(int x)
{
    return (x * 35468) >> 16;
}

void screen_transform_inverse(
    guint8 *dst, int dst_stride, const guint8 *pred, int pred_stride, const gint16 *in)
{
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
        pred += pred_stride;
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
