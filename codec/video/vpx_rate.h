// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Which quantizer the next frame of encoder_vpx gets. libvpx's own rate control spreads a budget
// over whole pictures at a steady rate; ours knows that only so many macroblocks are coded and that
// frames come when the screen changes. A bucket holds the bytes that may be sent; a model of bytes
// a macroblock, one for each kind of frame, learns from each frame. Pure; memory is the caller's.

#include <glib.h>

G_BEGIN_DECLS

/** libvpx's outer quantizer scale (rc_min_quantizer), about exponential in step size. */
#define POUCE_VPX_Q_MAX 63
/** Sharp: step 10. A dense page of text comes out at 46-47 dB; at 4 it is 50 but takes 1.3 s. */
#define POUCE_VPX_Q_SHARP 6
/** Coarsest for a change when no budget demands more: text can still be read. */
#define POUCE_VPX_Q_COARSE 56

typedef enum {
    POUCE_VPX_KEY,
    POUCE_VPX_CHANGE,
    POUCE_VPX_REFINE,
    POUCE_VPX_KINDS,
} PouceVpxKind;

typedef struct {
    int bitrate_bps;
    int fps_max;
    gint64 last_us; // -1 before the first advance
    double tokens_bytes;
    double bytes_per_mb[POUCE_VPX_KINDS]; // at quantizer 0
} PouceVpxRate;

void pouce_vpx_rate_init(PouceVpxRate *rate, int bitrate_bps, int fps_max);
void pouce_vpx_rate_set_bitrate(PouceVpxRate *rate, int bitrate_bps);
/** pouce_vpx_rate_advance - fills the bucket up to @now_us; never decreasing, else ignored */
void pouce_vpx_rate_advance(PouceVpxRate *rate, gint64 now_us);
/** pouce_vpx_rate_allowance_bytes - what the next frame should take; > 0 */
int pouce_vpx_rate_allowance_bytes(const PouceVpxRate *rate);
/** pouce_vpx_rate_ready_us - from when on a change may be sent */
gint64 pouce_vpx_rate_ready_us(const PouceVpxRate *rate);
/** pouce_vpx_rate_has_credit - the bucket holds a frame: refinement, which can wait, may go on */
gboolean pouce_vpx_rate_has_credit(const PouceVpxRate *rate);
/** pouce_vpx_rate_pick - finest quantizer in @q_min..@q_max that should fit */
int pouce_vpx_rate_pick(const PouceVpxRate *rate, PouceVpxKind kind, int coded_mb,
    int allowance_bytes, int q_min, int q_max);
/** pouce_vpx_rate_fit_mb - how many macroblocks fit at @q */
int pouce_vpx_rate_fit_mb(const PouceVpxRate *rate, PouceVpxKind kind, int allowance_bytes, int q);
/**
 * pouce_vpx_rate_spent - learns from the frame that came out; @total_mb: of the picture
 * Returns: its bytes a macroblock, as they would be at quantizer 0; 0 if too few were coded
 */
double pouce_vpx_rate_spent(
    PouceVpxRate *rate, PouceVpxKind kind, int coded_mb, int total_mb, int q, gsize bytes);

G_END_DECLS
