// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What packets that left close together tell of a path: the rate at which they came through. When
// they left faster than they arrived, that is what the path carries at its narrowest; when they
// arrived as fast as they left, it carries at least that. Pure, caller's memory, one thread.

#include "codec/rate/estimator.h"

G_BEGIN_DECLS

typedef struct {
    guint packets;
    guint judged; // packets when it was judged last; 0: not yet
    guint32 first_bytes, last_bytes;
    gint64 bytes;
    gint64 first_sent_us, last_sent_us;
    gint64 first_received_us, last_received_us;
    gint64 gap_us;     // longest between two arrivals
    guint32 gap_bytes; // of the packet that ended it
} PouceTrain;

typedef struct {
    double bps;          // at which it arrived
    double steady_bps;   // the same without its longest gap, in which something else may have come
    gboolean saturating; // it left faster: that is what the path carries
    gboolean even;       // it did not arrive by fits and starts: the far end was not held up
    guint packets;
} PouceTrainVerdict;

/** pouce_train_begin - with its first packet, which arrived */
void pouce_train_begin(PouceTrain *train, const PoucePacketReport *packet);
/** pouce_train_add - the next one that arrived, in sending order */
void pouce_train_add(PouceTrain *train, const PoucePacketReport *packet);
/**
 * pouce_train_judge - what it tells so far
 * Returns: FALSE if it is too short to tell, or nothing came since it was judged last
 */
gboolean pouce_train_judge(PouceTrain *train, PouceTrainVerdict *out_verdict);

G_END_DECLS
