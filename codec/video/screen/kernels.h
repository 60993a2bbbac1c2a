// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The busy loops over pixels and coefficients, in plain C and for the vector units that this
// machine has. The best set is chosen once, before main; all sets give the same numbers. Whoever
// writes another set fills in what it does better and leaves the rest.

#include "codec/video/screen/intra.h"
#include "codec/video/screen/quantize.h"

/** How four 4x4 blocks lie: beside each other, or two by two. */
typedef enum {
    SCREEN_BLOCKS_ROW,    // 16x4 px
    SCREEN_BLOCKS_SQUARE, // 8x8 px
} ScreenBlocks;

typedef struct {
    const char *name;
    /** sums over 16x16 px */
    guint32 (*sad16)(ScreenPixels a, ScreenPixels b);
    /** sums over 16x4 px */
    guint32 (*sad16x4)(ScreenPixels a, ScreenPixels b);
    /** squared differences over a square of @size_px: 16 or 8 */
    guint32 (*sse)(ScreenPixels a, ScreenPixels b, int size_px);
    /** sad16 with a block that lies @fx, @fy quarters after @at, by means of means; reads one
     * pixel more in each direction in which that is not 0 */
    guint32 (*sad_between)(ScreenPixels source, const guint8 *at, int stride, int fx, int fy);
    /** sums over a square of @size_px (16 or 8) for DC, V, H and TM; @dc: what DC fills it with */
    void (*intra_sads)(
        guint32 sads[4], ScreenPixels source, const ScreenEdge *edge, int dc, int size_px);
    /** all predictions of a 4x4 block and how far they are from @source; @around: pixels alone */
    void (*block_sads)(guint32 sads[SCREEN_BLOCK_MODES], guint8 predictions[][16],
        const ScreenAround *around, const guint8 source[16]);
    /** one block, 16 coefficients */
    void (*forward_one)(gint16 *out, ScreenPixels source, ScreenPixels prediction);
    /** four blocks, 64 coefficients */
    void (*forward)(gint16 *out, ScreenPixels source, ScreenPixels prediction, ScreenBlocks blocks);
    /** one block: dst = clamp(prediction + inverse(@in)) */
    void (*inverse_one)(guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in);
    /** four blocks; dst may be the prediction */
    void (*inverse)(
        guint8 *dst, int stride, ScreenPixels prediction, const gint16 *in, ScreenBlocks blocks);
    /** see screen_quantize; @count blocks */
    void (*quantize)(gint16 (*levels)[16], guint8 *ends, gint16 *dequantized,
        const gint16 *coefficients, const ScreenSteps *steps, int first, int count);
    /** the six-tap filter on a square of @size_px, @fx and @fy in eighths, not both 0; reads 2 px
     * before and 3 px after it in each direction in which that is not 0 */
    void (*filter)(guint8 *dst, int dst_stride, ScreenPixels source, int size_px, int fx, int fy);
} ScreenKernels;

/** The set in use. */
extern ScreenKernels screen_kernels;

/** screen_kernels_count - sets that this machine can run, plain C first, best last */
int screen_kernels_count(void);

/** screen_kernels_get - set @index of them */
ScreenKernels screen_kernels_get(int index);

/** The sets: each replaces what it does better than what is in @kernels. */
void screen_kernels_plain(ScreenKernels *kernels);
void screen_kernels_sse2(ScreenKernels *kernels);
void screen_kernels_ssse3(ScreenKernels *kernels);
void screen_kernels_avx2(ScreenKernels *kernels);
void screen_kernels_neon(ScreenKernels *kernels);

/** Taps of the six-tap filter, by eighths: RFC 6386, 18.3. */
extern const gint8 screen_filter_taps[8][6];
