// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A simulated path: rate, queue, delay, jitter and random loss, with virtual time and a seed.
// Packets keep their order. Caller's memory, one thread.

#include <glib.h>

typedef struct {
    gint64 rate_bps;
    gint64 queue_max_bytes;
    gint64 delay_us;  // one way, fixed part
    gint64 jitter_us; // uniform addition, 0..jitter
    double loss;      // 0..1
} SimPath;

typedef struct {
    SimPath path;
    GRand *rand; // borrowed
    gint64 free_at_us;
    gint64 last_arrival_us;
} SimLink;

/** sim_link_send - arrival time of a packet handed over at @now_us; -1 if lost or the queue is full
 *  @out_queued_us: how long it waited behind others; may be NULL */
gint64 sim_link_send(SimLink *link, gint64 now_us, guint32 bytes, gint64 *out_queued_us);
