// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What was sent and of which the far side has not reported yet: how much is under way, and whether
// the last frame needs something sent after it. A loss is noticed by the packet behind it, so a
// frame whose end got lost before silence would stay unnoticed until the next frame.
//
// Caller's memory; no locks; monotonic time is an argument.

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    GQueue parts;        // oldest first: packets that left together
    gsize bytes;         // of all parts
    gsize waiting_bytes; // of the frame begun last: not yet in a part
    guint frames;        // that have a part here, or wait
    gboolean begun;      // the next part is the first of its frame
    gint64 first_us;     // when the first frame of all began; 0: none yet
    gint64 report_us;    // from the end of a part to its report, smoothed; 0: none came yet
} PouceInFlight;

void pouce_in_flight_init(PouceInFlight *flight);
void pouce_in_flight_clear(PouceInFlight *flight);

/** pouce_in_flight_begin - a frame of @bytes begins to leave */
void pouce_in_flight_begin(PouceInFlight *flight, gint64 now_us, gsize bytes);
/** pouce_in_flight_part - packets of the frame begun last leave now, @bytes of them */
void pouce_in_flight_part(PouceInFlight *flight, gint64 now_us, gsize bytes);
/** pouce_in_flight_heard - a report came; its newest packet that arrived left at @newest_us */
void pouce_in_flight_heard(PouceInFlight *flight, gint64 now_us, gint64 newest_us);
/** pouce_in_flight_bytes - under way at @now_us; what is a second old is lost, or its report is.
 *  0 if no report came in the first two seconds: the far side sends none */
gsize pouce_in_flight_bytes(PouceInFlight *flight, gint64 now_us);
/**
 * pouce_in_flight_follow_up_us - when to send something small after the last frame, so that its
 *                                loss shows; later each time that nothing is heard
 * Returns: -1 if the last frame was reported, or if the far side never reports
 */
gint64 pouce_in_flight_follow_up_us(const PouceInFlight *flight);

G_END_DECLS
