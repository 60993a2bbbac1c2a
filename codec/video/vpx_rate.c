// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/vpx_rate.h"

#include <math.h>

// Full bucket, in time at the bitrate. A frame after quiet takes half of it: 150 ms on the wire.
#define BUCKET_US 300000
// How far a change may overdraw. To skip a frame of a scroll doubles the next motion: dearer still.
#define DEBT_US 100000
#define Q_HALVING 17.0 // steps of the outer scale that halve a frame; measured on text
// Weight of the newest frame: an overshoot is believed at once, a cheap frame only slowly.
#define LEARNING_DEARER 0.9
#define LEARNING_CHEAPER 0.3
#define BYTES_PER_MB_MIN 0.5
#define BYTES_PER_MB_MAX 400.0
#define LEARN_MB_MIN 8 // fewer macroblocks say nothing about the next frame

static double bytes_per_us(const PouceVpxRate *rate)
{
    return rate->bitrate_bps / 8e6;
}

static double bucket_bytes(const PouceVpxRate *rate)
{
    return bytes_per_us(rate) * BUCKET_US;
}

static double frame_bytes(const PouceVpxRate *rate)
{
    return rate->bitrate_bps / 8.0 / rate->fps_max;
}

void pouce_vpx_rate_init(PouceVpxRate *rate, int bitrate_bps, int fps_max)
{
    *rate = (PouceVpxRate){
        .bitrate_bps = bitrate_bps,
        .fps_max = fps_max,
        .last_us = -1,
        // First guesses from a page of text at 1080p; three frames later they do not matter.
        .bytes_per_mb = {40, 100, 80},
    };
    rate->tokens_bytes = bucket_bytes(rate);
}

void pouce_vpx_rate_set_bitrate(PouceVpxRate *rate, int bitrate_bps)
{
    rate->bitrate_bps = bitrate_bps;
    rate->tokens_bytes = MIN(rate->tokens_bytes, bucket_bytes(rate));
}

void pouce_vpx_rate_advance(PouceVpxRate *rate, gint64 now_us)
{
    if (rate->last_us >= 0 && now_us > rate->last_us) {
        double gained = bytes_per_us(rate) * (double)(now_us - rate->last_us);
        rate->tokens_bytes = MIN(rate->tokens_bytes + gained, bucket_bytes(rate));
    }
    rate->last_us = MAX(rate->last_us, now_us);
}

// Half of what is there: at a steady frame rate this settles at the bitrate, and a burst after
// quiet gets a large first frame and smaller followers.
int pouce_vpx_rate_allowance_bytes(const PouceVpxRate *rate)
{
    return (int)MAX(rate->tokens_bytes / 2, frame_bytes(rate) / 2);
}

gint64 pouce_vpx_rate_ready_us(const PouceVpxRate *rate)
{
    double missing = -bytes_per_us(rate) * DEBT_US - rate->tokens_bytes;
    return missing <= 0 ? rate->last_us
                        : rate->last_us + (gint64)ceil(missing / bytes_per_us(rate));
}

gboolean pouce_vpx_rate_has_credit(const PouceVpxRate *rate)
{
    return rate->tokens_bytes >= frame_bytes(rate);
}

int pouce_vpx_rate_pick(const PouceVpxRate *rate, PouceVpxKind kind, int coded_mb,
    int allowance_bytes, int q_min, int q_max)
{
    if (allowance_bytes <= 0)
        return q_max;
    double ratio = rate->bytes_per_mb[kind] * coded_mb / allowance_bytes;
    double q = ratio > 0 ? Q_HALVING * log2(ratio) : q_min;
    return (int)CLAMP(ceil(q), q_min, q_max);
}

int pouce_vpx_rate_fit_mb(const PouceVpxRate *rate, PouceVpxKind kind, int allowance_bytes, int q)
{
    double each = rate->bytes_per_mb[kind] * exp2(-q / Q_HALVING);
    return (int)MIN(allowance_bytes / each, G_MAXINT);
}

double pouce_vpx_rate_spent(
    PouceVpxRate *rate, PouceVpxKind kind, int coded_mb, int total_mb, int q, gsize bytes)
{
    rate->tokens_bytes -= (double)bytes;
    if (coded_mb < LEARN_MB_MIN)
        return 0;
    double header = total_mb / 40.0; // skip flags of what was not coded
    double seen = MAX((double)bytes - header, 0) / coded_mb * exp2(q / Q_HALVING);
    double *known = &rate->bytes_per_mb[kind];
    double weight = seen > *known ? LEARNING_DEARER : LEARNING_CHEAPER;
    *known = CLAMP(*known + weight * (seen - *known), BYTES_PER_MB_MIN, BYTES_PER_MB_MAX);
    return seen;
}
