// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Messages of the `motion` data channel: positions, heartbeats and what was decoded, sent without
// retransmission. The newest wins; pouce_motion_is_newer says which that is.
#pragma once

#include <glib.h>

typedef enum {
    POUCE_MOTION_POINTER = 1,
    POUCE_MOTION_HEARTBEAT = 2,
    POUCE_MOTION_CURSOR = 3,
    POUCE_MOTION_DECODED = 4,
} PouceMotionKind;

#define POUCE_MOTION_MAX_BYTES 14

typedef struct {
    PouceMotionKind kind;
    guint32 seq;
    gboolean visible;      // POINTER, CURSOR
    gboolean moves;        // POINTER: moves the mouse (needs a loan of control)
    guint16 x, y;          // POINTER, CURSOR: 0…65535 across the picture
    guint32 shape;         // CURSOR
    guint32 echo;          // HEARTBEAT: the last seq heard, 0 at first
    guint32 decoded;       // HEARTBEAT: frames decoded so far; 0 from the seeker
    guint32 rtp_timestamp; // DECODED: of the frame
} PouceMotion;

gboolean pouce_motion_parse(const void *data, gsize bytes, PouceMotion *out);
gsize pouce_motion_build(const PouceMotion *motion, guint8 out[POUCE_MOTION_MAX_BYTES]);

/** pouce_motion_is_newer - TRUE if @seq comes after @last in serial-number arithmetic */
gboolean pouce_motion_is_newer(guint32 seq, guint32 last);
