// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A way between two real ends that loses what a test says: UDP on this machine, both ends'
// candidates replaced by its own, on a thread of its own. It sees of each RTP packet what is not
// encrypted.

#include <glib.h>

typedef struct {
    gboolean video; // the payload type of video; else its retransmissions, or voice
    guint16 seq;
} LossyPacket;

/** Returns: TRUE if a packet from the offerer is to be lost. On the way's own thread. */
typedef gboolean (*LossyDrops)(gpointer user, const LossyPacket *packet);

typedef struct Lossy Lossy;

Lossy *lossy_new(LossyDrops drops, gpointer user);
void lossy_free(Lossy *lossy);
/** lossy_candidate - what the other end is told instead of @candidate; NULL: nothing */
char *lossy_candidate(Lossy *lossy, gboolean of_offerer, const char *candidate);
