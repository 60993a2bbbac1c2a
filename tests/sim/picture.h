// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A shared screen over a simulated path, both ways lossy: the real encoder, ledger, window, pace,
// estimator and assembly, driven as the agent's pump and a native viewer drive them; requests for
// what is missing and feedback as GStreamer makes them. Virtual time, seed: what the protocol does
// by itself, whatever the machine is busy with.

#include "codec/rate/estimator.h"
#include "codec/video/encoder.h"
#include "signaling/peer/assembly.h"
#include "signaling/peer/in_flight.h"
#include "signaling/peer/ledger.h"
#include "signaling/peer/repeats.h"
#include "tests/sim/link.h"

/** Packets that may still be asked for, as the sender of retransmissions keeps them. */
#define SIM_KEPT 512

typedef struct {
    guint16 seq, transport_seq;
    PouceDependency dependency;
    guint32 rtp_timestamp;
    guint32 bytes;
    gint64 sent_us;
    gboolean again; // a retransmission
    guint change;   // newest change of the screen that its frame shows
} SimPacket;

typedef struct {
    guint seed;
    GRand *rand;
    SimLink up, down;
    gint64 now_us;
    // The screen.
    PouceFrame *screen;
    PouceDamage damage;
    guint change; // counts changes
    gint64 change_us;
    gint64 change_least_us, change_most_us; // between two changes
    int change_px;                          // side of what changes; 0: nothing does
    // The seeker's end.
    PouceEncoder *encoder;
    PouceEstimator *estimator;
    PouceLedger ledger;
    PouceInFlight in_flight;
    int bps;
    gboolean dirty, recovers, key_wanted;
    gint64 key_made_us, next_frame_us, refine_from_us, sent_us, dirty_us;
    gint64 refine_us; // G_MAXINT64: sharp
    GQueue waiting;   // SimPacket, at the pacer
    gint64 burst_us;
    guint16 seq, transport_seq;
    guint32 rtp_timestamp;
    SimPacket kept[SIM_KEPT];
    GHashTable *sent; // transport-wide number -> SimPacket, until reported
    PouceRepeats repeats;
    int probe_bytes;
    // On the way: SimArrival, by due time.
    GQueue to_helper, to_seeker;
    // The helper's end.
    PouceAssembly *assembly;
    GArray *arrived; // SimPacket that the next report names
    guint16 expected_transport, heard_transport;
    gboolean reports_begun;
    guint16 next_seq;
    gboolean seq_known;
    GArray *missing;     // SimMissing
    GHashTable *changes; // frame number -> newest change in it
    guint shown_change;
    gint64 shown_us;
    gboolean tells; // it says what it decoded; from init on
    // Measured.
    gboolean measuring;
    GArray *freezes_us, *queues_us; // the latter: of packets of video on the way there
    guint frames, keys, recoveries, packets, lost_packets, resent;
    gint64 bytes;
    int least_bps;
} SimPicture;

void sim_picture_init(SimPicture *sim, guint seed, SimPath path);
void sim_picture_clear(SimPicture *sim);
/** sim_picture_run - lets @seconds pass; figures are of the time since @measuring was set */
void sim_picture_run(SimPicture *sim, double seconds);
void sim_picture_measure(SimPicture *sim);
/** sim_picture_freeze_ms - @percent of the times between two pictures that showed something new */
double sim_picture_freeze_ms(SimPicture *sim, double percent);
double sim_picture_queue_p95_ms(SimPicture *sim);
