// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Kernels for NEON: the sums that the search for a prediction spends its time in.

#include "codec/video/screen/kernels.h"

#ifdef __ARM_NEON
#include <arm_neon.h>

static inline guint32 total(uint32x4_t sums)
{
    uint64x2_t halves = vpaddlq_u32(sums);
    return (guint32)(vgetq_lane_u64(halves, 0) + vgetq_lane_u64(halves, 1));
}

// Sixteen rows of at most 510 for each of eight lanes fit into 16 bits.
static inline uint16x8_t add_distance(uint16x8_t sum, uint8x16_t a, uint8x16_t b)
{
    return vpadalq_u8(sum, vabdq_u8(a, b));
}

static guint32 sad16(ScreenPixels a, ScreenPixels b)
{
    uint16x8_t sum = vdupq_n_u16(0);
    for (int y = 0; y < 16; y++)
        sum =
            add_distance(sum, vld1q_u8(a.pixels + y * a.stride), vld1q_u8(b.pixels + y * b.stride));
    return total(vpaddlq_u16(sum));
}

static guint32 sse(ScreenPixels a, ScreenPixels b, int size_px)
{
    uint32x4_t sum = vdupq_n_u32(0);
    for (int y = 0; y < size_px; y++) {
        for (int x = 0; x < size_px; x += 8) {
            uint8x8_t d =
                vabd_u8(vld1_u8(a.pixels + y * a.stride + x), vld1_u8(b.pixels + y * b.stride + x));
            sum = vpadalq_u16(sum, vmull_u8(d, d));
        }
    }
    return total(sum);
}

// @quarters of the way from a to b, by means of means.
static inline uint8x16_t between(uint8x16_t a, uint8x16_t b, int quarters)
{
    if (quarters == 0)
        return a;
    uint8x16_t half = vrhaddq_u8(a, b);
    return quarters == 2 ? half : vrhaddq_u8(quarters == 1 ? a : b, half);
}

static inline uint8x16_t row_at(const guint8 *p, int fx)
{
    return fx ? between(vld1q_u8(p), vld1q_u8(p + 1), fx) : vld1q_u8(p);
}

static guint32 sad_between(ScreenPixels source, const guint8 *at, int stride, int fx, int fy)
{
    uint16x8_t sum = vdupq_n_u16(0);
    uint8x16_t row = row_at(at, fx);
    for (int y = 0; y < 16; y++) {
        uint8x16_t value = row;
        if (fy || y < 15)
            row = row_at(at + (y + 1) * stride, fx);
        if (fy)
            value = between(value, row, fy);
        sum = add_distance(sum, value, vld1q_u8(source.pixels + y * source.stride));
    }
    return total(vpaddlq_u16(sum));
}

static inline uint16x8_t weigh(uint16x8_t sum, uint8x8_t pixels, int tap)
{
    uint8x8_t factor = vdup_n_u8((uint8_t)(tap < 0 ? -tap : tap));
    return tap < 0 ? vmlsl_u8(sum, pixels, factor) : vmlal_u8(sum, pixels, factor);
}

// Eight pixels; @step leads from one tap's pixel to the next. The sum of all but the larger middle
// tap fits into 16 signed bits; that one is added last and held at the top.
static inline void filter8(guint8 *out, const guint8 *p, int step, const gint8 *taps)
{
    int last = taps[2] > taps[3] ? 2 : 3;
    uint16x8_t sum = vdupq_n_u16(0);
    for (int i = 0; i < 6; i++)
        if (i != last)
            sum = weigh(sum, vld1_u8(p + (i - 2) * step), taps[i]);
    uint16x8_t most = vmull_u8(vld1_u8(p + (last - 2) * step), vdup_n_u8((uint8_t)taps[last]));
    int16x8_t all = vqaddq_s16(vreinterpretq_s16_u16(sum), vreinterpretq_s16_u16(most));
    vst1_u8(out, vqrshrun_n_s16(all, 7));
}

static void filter(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy)
{
    guint8 rows[(16 + 5) * 16];
    for (int y = fy ? -2 : 0; y < (fy ? size_px + 3 : size_px); y++) {
        const guint8 *in = source.pixels + y * source.stride;
        guint8 *out = rows + (y + 2) * 16;
        for (int x = 0; x < size_px; x += 8) {
            if (fx)
                filter8(out + x, in + x, 1, screen_filter_taps[fx]);
            else
                vst1_u8(out + x, vld1_u8(in + x));
        }
    }
    for (int y = 0; y < size_px; y++, dst += dst_stride) {
        const guint8 *in = rows + (y + 2) * 16;
        for (int x = 0; x < size_px; x += 8) {
            if (fy)
                filter8(dst + x, in + x, 16, screen_filter_taps[fy]);
            else
                vst1_u8(dst + x, vld1_u8(in + x));
        }
    }
}

void screen_kernels_neon(ScreenKernels *kernels)
{
    kernels->name = "neon";
    kernels->sad16 = sad16;
    kernels->sse = sse;
    kernels->sad_between = sad_between;
    kernels->filter = filter;
}
#endif
