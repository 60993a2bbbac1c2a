// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What makes up for a loss leaves twice: a packet that was asked for, and those of a frame made
// anew from a confirmed one. Losses come in pairs on a bad line, and whoever waits for the second
// attempt waits a round trip longer. The copy leaves a little later, as losses come in bursts, too.
//
// Caller's memory; no locks; monotonic time is an argument.

#include <glib.h>

G_BEGIN_DECLS

/** Copies that may wait at once; beyond, none is made. */
#define POUCE_REPEATS_MAX 64
#define POUCE_REPEATS_AFTER_US 10000

typedef struct {
    struct {
        gint64 due_us;
        guint16 seq;
    } waiting[POUCE_REPEATS_MAX]; // a ring, by time
    guint first, count;
} PouceRepeats;

/** pouce_repeats_add - packet @seq left now; @most: as many copies may wait as cost little */
void pouce_repeats_add(PouceRepeats *repeats, gint64 now_us, guint16 seq, guint most);
/** pouce_repeats_take - FALSE: none is due */
gboolean pouce_repeats_take(PouceRepeats *repeats, gint64 now_us, guint16 *out_seq);
/** pouce_repeats_due_us - when the next one leaves; -1: none waits */
gint64 pouce_repeats_due_us(const PouceRepeats *repeats);

G_END_DECLS
