// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The other end of a viewing, for tests: a real connection that offers, binds, grants, sends
// pictures and signs, and the broker's part of carrying their messages. All on the test's main
// context.

#include "signaling/meter/meter.h"
#include "signaling/peer/peer.h"
#include "signaling/wire/control.h"
#include "viewer/core/viewing.h"

G_BEGIN_DECLS

typedef struct {
    // the helper's side
    char *folder;
    PouceIdentity *identity;
    PoucePins *pins;
    PoucePicture *picture;
    PouceViewing *viewing;
    GArray *events;                                 // PouceViewingEventKind, in order
    PouceViewingEvent last[POUCE_VIEWING_OVER + 1]; // texts are not kept
    char *refused;                                  // REFUSED_PEER's sentence
    char *chat;                                     // CHAT's text
    guint restarts;
    guint ends;
    PouceEndReason end_reason;
    gint64 ticks[2]; // last seq delivered of each chain, by role

    // the seeker's side
    PouceIdentity *seeker_identity;
    PouceIdentity *signer; // signs the bind; another than the above is an impostor
    PoucePeer *peer;
    PouceMeter *meter;
    PouceBind own_bind;
    gboolean bound;
    gboolean spoil_price; // binds to another price
    GPtrArray *frames;
    guint next_frame;
    guint32 frame_id; // of the frame pushed last
    guint inputs;     // messages on `input`
    guint asks, inks, chats, stats;
    GSource *timer;
} Seeker;

Seeker *seeker_new(void);
void seeker_free(Seeker *seeker);

/** seeker_begin - makes the viewing and the offer */
void seeker_begin(Seeker *seeker);
/** seeker_offer - a (new) connection */
void seeker_offer(Seeker *seeker);
/** seeker_vanish - as if the program was killed */
void seeker_vanish(Seeker *seeker);
void seeker_say(Seeker *seeker, const PouceControl *control);
void seeker_grant(Seeker *seeker, PouceCapability what, gint64 ms);
void seeker_revoke(Seeker *seeker, PouceCapability what, PouceRevokeBy by);
guint seeker_count(const Seeker *seeker, PouceViewingEventKind kind);

/** seeker_wait - runs the main context until @done; FALSE after @ms */
gboolean seeker_wait(Seeker *seeker, gboolean (*done)(Seeker *seeker), guint ms);
/** seeker_wait_event - until @kind has come @count times */
gboolean seeker_wait_event(Seeker *seeker, PouceViewingEventKind kind, guint count, guint ms);

G_END_DECLS
