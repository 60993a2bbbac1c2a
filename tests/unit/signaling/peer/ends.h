// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Two ends of a connection in one process, with a signalling path between them that a test can
// spoil, and waits that end by an event or a deadline. One thread but for on_video.

#include "signaling/peer/peer.h"

typedef struct Ends Ends;

/** A packet of voice: its first four bytes, as the test numbers them. */
typedef struct {
    guint32 number;
    guint lost;
    gint64 arrival_us;
    gint64 due_us;
} HeardVoice;

typedef struct {
    Ends *ends;
    PoucePeer *peer;
    guint states[POUCE_PEER_CLOSED + 1];      // how often each was reached
    char *reason;                             // of the last state
    gint64 at_us[POUCE_PEER_CLOSED + 1];      // first time
    GPtrArray *messages[POUCE_PEER_CHANNELS]; // GBytes
    guint keyframe_requests;
    guint told; // that a frame was decoded
    guint feedback_packets;
    guint feedback_lost;
    gint64 feedback_local_ns;                                      // of the last packet reported
    gboolean echo;                                                 // sends back whatever comes
    void (*on_vp8)(gpointer user, const guint8 *vp8, gsize bytes); // under lock; or NULL
    gpointer on_vp8_user;
    // under lock: on_video writes them
    GMutex lock;
    GPtrArray *frames; // SHA-256 of each, in order
    GArray *frame_us;  // arrival
    int key_width_px;  // of the last key frame
    GArray *voice;     // HeardVoice
} End;

struct Ends {
    End offerer;
    End answerer;
    gboolean spoil_offer; // one digit of the fingerprint
    gboolean spoil_answer;
    struct Lossy *lossy;  // all goes through it; the test's
    guint spoken;         // packets of voice, by the test
    guint32 frame_id;     // of the frame pushed last
    gint64 remote_set_us; // the offerer got the answer
};

Ends *ends_new(const char *backend);
/** ends_connect - start both; descriptions and candidates go across */
Ends *ends_connect(const char *backend);
void ends_start(Ends *ends);
/** ends_push - the offerer sends a frame; each needs the one that was pushed before it */
PoucePeerPush ends_push(Ends *ends, const void *vp8, gsize bytes);
void ends_free(Ends *ends);

typedef gboolean (*EndsCondition)(Ends *ends);
/** ends_wait - runs the main context until @condition holds; FALSE after @deadline_ms */
gboolean ends_wait(Ends *ends, EndsCondition condition, guint deadline_ms);
gboolean ends_are_connected(Ends *ends);
gboolean ends_have_failed(Ends *ends);
guint end_frames(End *end);
guint end_voices(End *end);

/** vp8_frames - real frames of 1080p, key first, from some 100 bytes to more than 150 kB; GBytes */
GPtrArray *vp8_frames(guint count);
