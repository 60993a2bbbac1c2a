// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What media.c (threads) and media_pump.c (the work) share. Included by them alone.

#include "agent/core/media.h"
#include "agent/core/media_cursor.h"
#include "agent/core/media_half.h"
#include "codec/frame/convert.h"
#include "codec/rate/ladder.h"
#include "codec/video/encoder.h"
#include "codec/video/trace.h"

typedef struct {
    PouceMedia *media; // owner thread only; NULL after free
} MediaMailbox;

struct PouceMedia {
    // Set before the thread starts, then constant.
    char *source;
    char *encoder_name;
    int wanted_monitor;
    const PouceMediaListener *listener;
    void *data;
    GMainContext *owner;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    MediaMailbox *mailbox;

    MediaCursor cursor; // the owner's thread only, but for its place

    // Under the lock.
    GMutex lock;
    GCond opened_cond;
    gboolean opened;
    GError *open_error;
    PoucePeer *peer;
    gint64 armed_us; // when the pump looks next by itself; G_MAXINT64: not

    gint frames;  // atomic
    gint waiting; // atomic: something is due, and the link was full

    // Encode thread only.
    PouceCapture *capture;
    PouceEncoder *encoder;
    PouceFrame *frame;
    PouceLadder ladder;
    MediaHalf half; // of the picture, while that is sent
    GSource *timer;
    int bitrate_bps;
    guint32 id_offset; // from the encoder's ids to the peer's, which go on when it is made anew
    guint32 newest_id; // the peer's
    gboolean recovers; // the next frame makes up for lost ones
    gboolean dirty;    // something changed since the last grab
    gboolean more;     // the encoder holds a part of a change back until the first one is sent
    PouceTrace trace;  // of the next frame
    gboolean whole;    // the frame is new: convert everything
    gboolean key_wanted;
    gboolean paused;
    gboolean lost;
    gint64 key_made_us;
    guint32 key_id;        // the peer's, of the newest key frame
    gint64 next_frame_us;  // the ceiling of frames a second, and until the last one is paid for
    gint64 paid_us;        // when the last one has left, at the bitrate
    gint64 expect_us;      // until then the next change is an answer to the helper's hand
    gint64 refine_from_us; // refinement is not tried sooner
    gint64 sent_us;
    gint64 dirty_us; // when something was last new on the screen
    int probe_bytes; // a null frame of so many is wanted
};

/** pouce_media_post - @deliver(@media, @payload) on the owner's thread, unless freed before */
void pouce_media_post(PouceMedia *media, void (*deliver)(PouceMedia *media, gpointer payload),
    gpointer payload, GDestroyNotify destroy);

gboolean pouce_media_open(PouceMedia *media, GError **error);
void pouce_media_close(PouceMedia *media);
/** pouce_media_pump - sends what is due, and arms the timer for what will be */
void pouce_media_pump(PouceMedia *media);
