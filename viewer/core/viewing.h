// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One session at the helper's end, from the accepted ring to its end: answers offers, checks who
// the far end is, signs the time, shows, asks, and comes back after a drop.
//
// Lifecycle: new -> (session, relay, ack: what the broker says) -> … -> OVER -> free. A dropped
// connection is kept for POUCE_VIEWING_GRACE_US: each new offer makes a new peer, with the same
// checks from the start; loans end, nothing is counted meanwhile.
//
// Threads: one owner thread and its thread-default main context; frames are decoded in the picture
// on the thread that brings them.

#include "signaling/wire/cursor.h"
#include "signaling/wire/identity.h"
#include "signaling/wire/input.h"
#include "signaling/wire/motion.h"
#include "signaling/wire/session.h"
#include "signaling/wire/switchboard.h"
#include "viewer/core/picture.h"
#include "viewer/core/pins.h"

G_BEGIN_DECLS

#define POUCE_VIEWING_ERROR (pouce_viewing_error_quark())
GQuark pouce_viewing_error_quark(void);

typedef enum {
    POUCE_VIEWING_ERROR_DENIED,  // the seeker has not granted it
    POUCE_VIEWING_ERROR_OFFLINE, // not connected now
    POUCE_VIEWING_ERROR_INVALID, // beyond a limit of the protocol
} PouceViewingError;

/** How long a dropped connection may stay away before the session ends. */
#define POUCE_VIEWING_GRACE_US (60 * G_USEC_PER_SEC)

typedef enum {
    POUCE_VIEWING_BOUND,       // both binds hold: media flows
    POUCE_VIEWING_FIRST_FRAME, // of each connection
    POUCE_VIEWING_LOST,
    POUCE_VIEWING_RESUMED, // the same connection is heard again
    POUCE_VIEWING_PIN_CHANGED,
    POUCE_VIEWING_REFUSED_PEER, // its bind does not verify; the session ends
    POUCE_VIEWING_GRANT,
    POUCE_VIEWING_REFUSE,
    POUCE_VIEWING_REVOKE,
    POUCE_VIEWING_SCREEN,
    POUCE_VIEWING_CURSOR, // the seeker's mouse moved; not in the picture
    POUCE_VIEWING_SHAPE,  // of that cursor, each once a connection
    POUCE_VIEWING_CHAT,
    POUCE_VIEWING_PAUSE,
    POUCE_VIEWING_VOICE, // a microphone opened or closed, or a switch changed
    POUCE_VIEWING_STATS,
    POUCE_VIEWING_TICK,   // own tick was countersigned
    POUCE_VIEWING_SIGNED, // the broker committed ticks
    POUCE_VIEWING_PROBLEM,
    POUCE_VIEWING_OVER, // the last one
} PouceViewingEventKind;

/** The microphones of both ends. `open` is what the indicator shows. */
typedef struct {
    gboolean open; // ours captures now (or is about to)
    gboolean on;   // the person turned it on
    gboolean muted;
    gboolean push_to_talk;
    gboolean seeker_open;
    gboolean allowed;             // granted, and the session runs
    guint delay_ms;               // what the speaker holds back against jitter; 0: it is closed
    guint64 sent, received, lost; // packets on this connection
} PouceViewingVoice;

/** Pointers are borrowed for the call. */
typedef struct {
    PouceViewingEventKind kind;
    gint64 ms;         // BOUND, FIRST_FRAME: since the answer; GRANT: how long, 0: until revoked
    gint64 seq;        // TICK
    gint64 live_ms;    // TICK: own count
    gint64 signed_ms;  // TICK, SIGNED
    gint64 cost_minor; // SIGNED
    int width_px, height_px; // FIRST_FRAME, SCREEN
    PouceCapability what;    // GRANT, REFUSE, REVOKE
    PouceRevokeBy by;        // REVOKE
    PouceEndReason reason;   // OVER
    gboolean paused;         // PAUSE: by either
    gboolean paused_by_us;   // PAUSE
    const char *text;   // CHAT; PIN_CHANGED: the key now; REFUSED_PEER, PROBLEM, LOST: a sentence
    const char *code;   // LOST: pouce_peer_failure_code, but "not_met" for "unreachable"; "silent",
                        // "anew". PROBLEM: "tick", "misfit", "not_prepared", "not_kept", or of
                        // codec/voice
    const char *before; // PIN_CHANGED: the pinned key
    struct {
        gint64 fps, bitrate_bps, rtt_ms, lost, decoded, decode_us;
        gint64 bytes;          // of all connections of the session
        gint64 loss_permille;  // of the packets of the last seconds
        const char *path;      // "host-srflx", "relay/tls-host": signaling/peer/peer.h
    } stats;                   // STATS; rtt_ms -1: unknown; decode_us: mean of the last second
    PouceViewingVoice voice;   // VOICE
    const PouceMotion *motion; // CURSOR: the newest
    const PouceCursor *shape;  // SHAPE
} PouceViewingEvent;

typedef struct {
    const char *own_account;       // id
    const PouceIdentity *identity; // borrowed, outlives the viewing
    PoucePins *pins;               // borrowed, outlives the viewing
    PoucePicture *picture;         // borrowed, outlives the viewing
    const char *backend;           // of the peer; NULL: webrtcbin
    const char *microphone;        // as pouce_voice_devices names them; NULL: the system's choice
    const char *speaker;
} PouceViewingConfig;

typedef struct {
    void (*on_send)(gpointer user, const char *json); // to the switchboard; may be lost
    void (*on_ticks)(
        gpointer user, PouceRole chain, gint64 seq, const char *json); // kept until acked
    void (*on_end)(gpointer user, const char *json);                   // the same
    void (*on_event)(gpointer user, const PouceViewingEvent *event);
} PouceViewingEvents;

typedef struct PouceViewing PouceViewing;

/** pouce_viewing_new - @session: taken; accepted by this device */
PouceViewing *pouce_viewing_new(const PouceViewingConfig *config, PouceSession *session,
    const PouceViewingEvents *events, gpointer user);
void pouce_viewing_free(PouceViewing *viewing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceViewing, pouce_viewing_free)

const PouceSession *pouce_viewing_peek_session(const PouceViewing *viewing);

/** pouce_viewing_take_session - the broker says how the session stands; @session: taken */
void pouce_viewing_take_session(PouceViewing *viewing, PouceSession *session);
/** pouce_viewing_on_relay - from the far end through the broker; anything may be in it */
void pouce_viewing_on_relay(PouceViewing *viewing, const PouceSwitchboard *relay);
/** pouce_viewing_online - the broker is there again: a lost connection asks for a new offer now */
void pouce_viewing_online(PouceViewing *viewing);
void pouce_viewing_on_ack(PouceViewing *viewing, const PouceSwitchboard *ack);

/** pouce_viewing_trust - the person says that the changed device is right: pin it and go on */
void pouce_viewing_trust(PouceViewing *viewing);

/** pouce_viewing_end - a last tick, then goodbye; OVER follows once the broker agrees, or in 5 s */
void pouce_viewing_end(PouceViewing *viewing);

// What the helper does. Errors: DENIED, OFFLINE, INVALID; nothing is sent then.
gboolean pouce_viewing_ask(PouceViewing *viewing, PouceCapability what, gint64 ms, GError **error);
/** pouce_viewing_control_left_ms - 0: not lent; -1: until revoked */
gint64 pouce_viewing_control_left_ms(const PouceViewing *viewing);
gboolean pouce_viewing_give_back(PouceViewing *viewing, GError **error);
gboolean pouce_viewing_chat(PouceViewing *viewing, const char *text, GError **error);
/** @points: x, y, …; 0…65535 across the picture */
gboolean pouce_viewing_ink(PouceViewing *viewing, gint64 stroke, guint32 rgb, const guint16 *points,
    guint point_count, gboolean end, GError **error);
gboolean pouce_viewing_ink_clear(PouceViewing *viewing, GError **error);
/** pouce_viewing_point - @moves: moves the mouse as well, which needs a loan of control */
gboolean pouce_viewing_point(
    PouceViewing *viewing, gboolean visible, gboolean moves, guint16 x, guint16 y, GError **error);
gboolean pouce_viewing_input(PouceViewing *viewing, const PouceInput *input, GError **error);
/** pouce_viewing_record - @path: a new file; needs `record`; ends with its revocation */
gboolean pouce_viewing_record(PouceViewing *viewing, const char *path, GError **error);
/** pouce_viewing_record_stop - closes the file and gives the permission back, so that both see it
 */
void pouce_viewing_record_stop(PouceViewing *viewing);
/** pouce_viewing_pause - nothing is shown and nothing counted until both have ended their pause */
gboolean pouce_viewing_pause(PouceViewing *viewing, gboolean paused, GError **error);
/** pouce_viewing_is_counting - the picture arrives and the time runs, as far as this end knows */
gboolean pouce_viewing_is_counting(const PouceViewing *viewing);

/**
 * pouce_viewing_voice - the microphone on or off; it is off when a session begins. On needs
 * `voice`. Off, muted or with the talk key up, the device is closed.
 */
gboolean pouce_viewing_voice(PouceViewing *viewing, gboolean on, GError **error);
void pouce_viewing_mute(PouceViewing *viewing, gboolean muted);
void pouce_viewing_push_to_talk(PouceViewing *viewing, gboolean push_to_talk);
void pouce_viewing_talk(PouceViewing *viewing, gboolean held); // with push_to_talk: the key
void pouce_viewing_choose_sound(PouceViewing *viewing, const char *microphone, const char *speaker);
void pouce_viewing_voice_state(PouceViewing *viewing, PouceViewingVoice *out);

/** pouce_viewing_granted - a set */
PouceCapability pouce_viewing_granted(const PouceViewing *viewing);

G_END_DECLS
