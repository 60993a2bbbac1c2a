// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// How the packets of one frame leave: in bursts of at most 5 ms of the pace, so that no queue on
// the path, nor a socket's, has to take a whole frame. A frame of one packet leaves at once. Pure.

#include <glib.h>

G_BEGIN_DECLS

/** A default socket (212,992 bytes, 2.3 kB counted a packet) overflows at 90 packets: however fast
 * the pace, so many bytes leave at once, and the next ones this much later. */
#define POUCE_PACE_BURST_MAX_BYTES (24 * 1200)
#define POUCE_PACE_GAP_MIN_US 1000
#define POUCE_PACE_BURST_US 5000

/** pouce_pace_burst_bytes - packets leave together until they are so many; at least one does
 *  @pace_bps: 0: as fast as a socket takes them */
gint64 pouce_pace_burst_bytes(int pace_bps);
/** pouce_pace_gap_us - how long after a burst of @bytes the next one leaves */
gint64 pouce_pace_gap_us(int pace_bps, gint64 bytes);

G_END_DECLS
