// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The clock of the SCTP library inside GStreamer, which wakes up a thread of its own 100 times a
// second for as long as there is a connection, more than all else takes while nothing happens.
//
// The library has no knob for that, but it waits by calling nanosleep, and the program's own
// function of this name comes before libc's. For the library's thread it waits as long as
// POUCE_SCTP_STEP_US at once and then lets it count the ticks that passed without waiting again;
// so timers are late by at most that, and on a busy machine the clock is right, where the library's
// own loses whatever a wake-up came late. For every other thread it is libc's. Where it is not
// called (another libc, a library that waits otherwise), all is as if it were not there.

#include <glib.h>

G_BEGIN_DECLS

/** What the library counts for each return (sctp_callout.c: TIMEOUT_INTERVAL). */
#define POUCE_SCTP_TICK_US 10000
/** Of the timers that matter the shortest is that of delayed acknowledgements, 200 ms; what is lost
 * is sent again after 1 s or more. */
#define POUCE_SCTP_STEP_US 100000
/** Ticks missed by more are not counted: after a stop of the whole program acknowledgements shall
 * have a chance to be read before everything seems lost. */
#define POUCE_SCTP_BEHIND_MAX_US 200000

/** A tick's way through time; pure. Zeroed to begin with. */
typedef struct {
    gint64 told_us; // the library has counted up to here; 0: not begun
} PouceSctpClock;

/**
 * pouce_sctp_clock_tick - the library wants to wait for a tick
 * @step_us: wait for as much at once
 * Returns:  0: it may count one now; else when to ask again
 */
gint64 pouce_sctp_clock_tick(PouceSctpClock *clock, gint64 now_us, gint64 step_us);

/** pouce_sctp_clock_hurry - for the next second the thread waits for single ticks: when it is to
 *                           end it is waited for; any thread */
void pouce_sctp_clock_hurry(void);

G_END_DECLS
