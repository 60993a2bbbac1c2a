// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside a viewing: viewing.c keeps its phases and time, viewing_link.c the connection and the
// bind, viewing_control.c what is said on the channels, viewing_voice.c the microphones,
// viewing_meter.c the signed time. One owner thread.

#include "codec/voice/voice.h"
#include "signaling/meter/meter.h"
#include "signaling/peer/peer.h"
#include "signaling/wire/bind.h"
#include "signaling/wire/control.h"
#include "viewer/core/viewing.h"

typedef enum {
    PHASE_WAITING,    // for the seeker's confirmation and offer
    PHASE_CONNECTING, // up to both binds
    PHASE_LIVE,
    PHASE_LOST,   // within the grace
    PHASE_ENDING, // the last tick is under way
    PHASE_LEFT,   // goodbye said or heard; the broker has the last word
    PHASE_OVER,
} ViewingPhase;

struct PouceViewing {
    PouceViewingConfig config;
    char *own_account;
    char *backend;
    PouceViewingEvents events;
    gpointer user;
    PouceSession *session;
    ViewingPhase phase;
    gboolean paused; // by the far end's word
    gboolean paused_by_us;

    // link
    PoucePeer *peer;
    PouceBind own_bind;
    gboolean bind_sent;
    gboolean peer_bound;    // the far end's bind holds, for this connection
    PouceControl held_bind; // came while the person was being asked; type BIND if there is one
    gboolean has_held_bind;
    gboolean pin_asked; // the person has been shown the change
    gboolean pin_trusted;
    guint candidates;
    gint64 answer_us;
    gint64 connecting_since_us;
    gint64 lost_since_us;
    gint64 restart_us; // when to ask the far end (again) for an offer

    // meter
    PouceMeter *meter; // one for the whole session
    gboolean stalled;
    gboolean heard_last; // the seeker's answer to our last tick, with a tick of its own

    // said
    PouceCapability granted;
    gint64 control_until_us; // 0: until revoked
    gint64 next_ask, next_chat;
    guint32 point_seq;
    gboolean cursor_known; // cursor_seq is the newest heard on this connection
    guint32 cursor_seq;

    // voice
    PouceVoice *voice;
    GMutex voice_lock;
    PoucePeer *voice_peer; // under voice_lock: where packets go; NULL: nowhere

    // time
    GSource *timer;
    GSource *wake;  // from the streaming thread
    gint wants_key; // atomic
    gint64 phase_since_us;
    gint64 stats_us;
    guint stats_count;
    PoucePictureStats stats_before;
    guint64 bytes_before;
    guint64 bytes_earlier; // of connections before this one, each of which counts from nothing
    guint64 lost_before, received_before; // packets of this connection
    double lost_lately, received_lately;  // packets, old ones fading away
    gboolean first_shown;                 // FIRST_FRAME told for this connection
    guint32 decoded_before_link;
};

void viewing_emit(PouceViewing *viewing, const PouceViewingEvent *event);
void viewing_emit_text(PouceViewing *viewing, PouceViewingEventKind kind, const char *text);
void viewing_problem(PouceViewing *viewing, const char *code, const char *sentence);
void viewing_set_phase(PouceViewing *viewing, ViewingPhase phase);
/** viewing_fail - tells the broker that nothing comes of it, and leaves */
void viewing_fail(PouceViewing *viewing, PouceEndReason reason);
void viewing_on_lost(PouceViewing *viewing, const char *code, const char *reason);
void viewing_drop_loans(PouceViewing *viewing, PouceRevokeBy by);
void viewing_switchboard(PouceViewing *viewing, PouceSwitchboard *message);

// viewing_link.c
void viewing_link_offer(PouceViewing *viewing, const char *sdp);
void viewing_link_drop(PouceViewing *viewing);
void viewing_link_take_bind(PouceViewing *viewing, const PouceControl *control);
void viewing_link_bind(PouceViewing *viewing);
gboolean viewing_send_control(PouceViewing *viewing, const PouceControl *control);

/** viewing_is_paused - by either end's word; what the broker calls paused may be want of ticks, and
 *                      ends with the first ones */
gboolean viewing_is_paused(const PouceViewing *viewing);

// viewing_control.c
void viewing_control_motion(PouceViewing *viewing, const guint8 *data, gsize bytes);
void viewing_control_cursor(PouceViewing *viewing, const guint8 *data, gsize bytes);
void viewing_control_take(PouceViewing *viewing, const guint8 *data, gsize bytes);
void viewing_control_stats(PouceViewing *viewing, gint64 now_us);
/** viewing_control_stats_drop - before the connection goes: what it brought remains counted */
void viewing_control_stats_drop(PouceViewing *viewing);

// viewing_voice.c
void viewing_voice_init(PouceViewing *viewing);
void viewing_voice_clear(PouceViewing *viewing);
/** viewing_voice_update - after anything that decides whether voice flows; before a peer is freed
 */
void viewing_voice_update(PouceViewing *viewing);
void viewing_voice_take(PouceViewing *viewing, gboolean on); // the seeker's microphone
void viewing_voice_heard(PouceViewing *viewing, const guint8 *opus, gsize bytes,
    const PouceVoiceArrival *arrival); // a streaming thread
/** viewing_may - is there a connection, and is @what granted? */
gboolean viewing_may(PouceViewing *viewing, PouceCapability what, GError **error);

// viewing_meter.c
void viewing_meter_start(PouceViewing *viewing, gint64 now_us);
void viewing_meter_poll(PouceViewing *viewing, gint64 now_us);
void viewing_meter_make(PouceViewing *viewing, gint64 now_us);
void viewing_meter_take_tick(PouceViewing *viewing, const PouceSignedTick *tick);
void viewing_meter_take_countersign(
    PouceViewing *viewing, gint64 seq, const guint8 sig[POUCE_SIG_BYTES]);
