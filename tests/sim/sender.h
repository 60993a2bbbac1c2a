// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A sender of frames over a simulated path, as the agent is one: frames that take at most 50 ms of
// the estimate and are paid for before the next one, packets paced, a window, feedback, probes
// while nothing else is sent; and beside it, if asked for, a bulk TCP transfer (Reno). Virtual
// time, seed.

#include "codec/rate/estimator.h"
#include "tests/sim/link.h"

typedef struct {
    guint seed;
    GRand *rand;
    SimLink link;
    PouceEstimator *estimator;
    gint64 feedback_us; // between two reports
    GArray *sent;       // SimSent, not yet reported
    gint64 now_us;
    gint64 heard_us; // when something was reported last
    // The frame under way.
    gint64 waiting_bytes;
    gint64 burst_us;      // when its next packets leave
    gint64 next_frame_us; // when it is paid for
    gboolean probing;
    // TCP.
    gboolean tcp_on;
    double tcp_window, tcp_threshold; // packets
    GArray *tcp_acks;                 // gint64, when each comes; negative: lost, noticed then
    gint64 tcp_halved_us;
    // Measured.
    GArray *queues_us, *frames_us; // of our packets: waiting for others than our own frame
    gint64 delivered_bytes, tcp_bytes, longest_gap_us, last_arrival_us;
    guint probes;
    gint64 change_every_us; // on average; 0: there is always something to send
    gint64 change_us;       // when there is next
    double small_share;     // of the frames: one small packet
    gboolean held_up;       // the far end reads nothing for 50 to 250 ms, now and then
    gint64 held_from_us, held_until_us;
    gint64 chatter_bytes; // of other kinds (ticks, receipts), each half second, all at once
    gint64 chatter_us;    // when there is next
    gboolean measuring;
} SimSender;

void sim_sender_init(SimSender *sim, guint seed, SimPath path, int start_bps);
void sim_sender_clear(SimSender *sim);

/** sim_run - @frame_bytes: what there is to send each 1/60 s; 0: silence */
void sim_run(SimSender *sim, double seconds, gint64 frame_bytes);
/** sim_measure - the same, and what the getters tell is of this time alone */
void sim_measure(SimSender *sim, double seconds, gint64 frame_bytes);

double sim_used_share(const SimSender *sim, double seconds);
double sim_queue_p95_ms(SimSender *sim);
double sim_longest_gap_ms(const SimSender *sim);
