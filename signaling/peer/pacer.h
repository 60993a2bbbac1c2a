// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Packets on their way out, in bursts (pace.h): what may leave at once leaves on the caller's
// thread, the rest on a thread of the pacer's own, which sleeps while there is nothing. So neither
// encoder nor cursor waits for a large frame. Order is kept.
//
// Functions may be called from any thread, push from one at a time.

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
    /** Sends @burst, which it takes; from push or on the pacer's thread, one call at a time. */
    GstFlowReturn (*send)(gpointer user, GstBufferList *burst);
    gpointer user;
} PoucePacerTarget;

typedef struct PoucePacer PoucePacer;

PoucePacer *pouce_pacer_new(const PoucePacerTarget *target);
/** pouce_pacer_stop - drops what waits; when it returns, nothing is being sent and nothing will be
 */
void pouce_pacer_stop(PoucePacer *pacer);
void pouce_pacer_free(PoucePacer *pacer);

/** pouce_pacer_set_bps - 0: as fast as a socket takes them */
void pouce_pacer_set_bps(PoucePacer *pacer, int bps);

/**
 * pouce_pacer_push - one frame's packets
 * @packets: taken; a list of one leaves at once if nothing waits
 * @at_once: without regard to the pace, as 0 would be
 * Returns:  what sending the first burst gave; OK if it waits behind others
 */
GstFlowReturn pouce_pacer_push(PoucePacer *pacer, GstBufferList *packets, gboolean at_once);

/** pouce_pacer_is_empty - whether everything pushed has left */
gboolean pouce_pacer_is_empty(PoucePacer *pacer);

G_END_DECLS
