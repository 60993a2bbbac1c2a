// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/pace.h"

gint64 pouce_pace_burst_bytes(int pace_bps)
{
    gint64 bytes = (gint64)pace_bps * POUCE_PACE_BURST_US / 8 / G_USEC_PER_SEC;
    return pace_bps > 0 ? MIN(bytes, POUCE_PACE_BURST_MAX_BYTES) : POUCE_PACE_BURST_MAX_BYTES;
}

gint64 pouce_pace_gap_us(int pace_bps, gint64 bytes)
{
    gint64 takes_us = pace_bps > 0 ? bytes * 8 * G_USEC_PER_SEC / pace_bps : 0;
    return MAX(takes_us, POUCE_PACE_GAP_MIN_US);
}
