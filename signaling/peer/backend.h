// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Inside signaling/peer only: what a backend implements, and how it reports to the shared half
// (peer.c, events.c, heartbeat.c), which owns states, gates, limits, heartbeats and delivery.
//
// A backend's functions are called on the owner thread unless said. Reports may come from any
// thread; they are queued and delivered on the owner's main context, in order.

#include "signaling/peer/peer.h"
#include "signaling/peer/sdp.h"

G_BEGIN_DECLS

/** Waiting for the owner, in messages and bytes. More from the far side ends the connection. */
#define POUCE_PEER_EVENTS_MAX 8192
#define POUCE_PEER_EVENTS_MAX_BYTES (16 * 1024 * 1024)
/** Accepted by send and not yet on the network, each channel. */
#define POUCE_PEER_BUFFERED_MAX_BYTES (1024 * 1024)
/** Cursor shapes that come before allow_media wait for it: each is sent only once. */
#define POUCE_PEER_HELD_MAX 64
#define POUCE_PEER_HELD_MAX_BYTES (256 * 1024)

/** Why a peer failed: a code and a sentence each (events.c). */
typedef enum {
    POUCE_PEER_FAILURE_NONE,
    POUCE_PEER_FAILURE_UNREACHABLE,
    POUCE_PEER_FAILURE_CERTIFICATE,
    POUCE_PEER_FAILURE_MISFIT,
    POUCE_PEER_FAILURE_FLOOD,
    POUCE_PEER_FAILURE_NOT_PREPARED,
    POUCE_PEER_FAILURES,
} PoucePeerFailure;

typedef struct {
    const char *name;
    gboolean far_side_closes; // a bye takes time to leave; report_closed tells that it was heard
    gboolean (*create)(PoucePeer *peer, GError **error);
    void (*start)(PoucePeer *peer);
    void (*set_remote)(PoucePeer *peer, const PouceSdp *sdp);
    void (*add_candidate)(PoucePeer *peer, const char *candidate, guint mline);
    void (*send)(PoucePeer *peer, PoucePeerChannel channel, GBytes *message);
    gsize (*buffered)(PoucePeer *peer, PoucePeerChannel channel);
    PoucePeerPush (*can_push)(PoucePeer *peer); // any thread; gates are checked already
    PoucePeerPush (*push)(PoucePeer *peer, const PouceVideoFrame *frame);
    PoucePeerPush (*push_voice)(PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us);
    void (*delivery)(PoucePeer *peer, PoucePeerDelivery *out); // any thread; NULL: nothing is known
    gint64 (*follow_up_us)(PoucePeer *peer);                   // any thread; NULL: never
    /** Answerer: says that a frame was decoded; offerer: heard it. Any thread; NULL: unknown. */
    void (*tell)(PoucePeer *peer, guint32 rtp_timestamp);
    void (*told)(PoucePeer *peer, guint32 rtp_timestamp);
    void (*request_keyframe)(PoucePeer *peer);
    void (*stats)(PoucePeer *peer, PoucePeerStats *stats); // adds what only it knows
    void (*stop)(PoucePeer *peer);    // any one thread; blocks; no report comes after it
    void (*destroy)(PoucePeer *peer); // after stop; frees peer->impl
} PoucePeerBackend;

extern const PoucePeerBackend pouce_peer_backend_webrtcbin;
extern const PoucePeerBackend pouce_peer_backend_loopback;

typedef struct {
    guint32 seq;       // last sent; odd: timed, even: an answer
    guint32 heard;     // last seq heard
    guint32 timed_seq; // last odd one, and when it left
    gint64 timed_us;
    gint64 next_us; // when the next one is due
    gint64 rtt_us;
    gint64 lost_us;    // when the far side was lost, for the last time
    gint64 doubt_us;   // since when the path is doubted; 0: it is not
    guint32 doubt_seq; // the first one sent since; its answer, or a later one, ends the doubt
} PouceHeartbeat;

struct PoucePeer {
    // fixed by new
    const PoucePeerBackend *backend;
    gpointer impl;
    PoucePeerConfig config; // strings and array are ours
    PoucePeerEvents events;
    gpointer user;
    GMainContext *context;
    gint refs; // atomic: owner, queued source, teardown thread, promises

    // owner thread
    PoucePeerState state;
    PoucePeerFailure failure;
    gboolean freed;
    gboolean stopping; // the teardown has begun
    gboolean described;
    guint candidates;
    gint64 started_us;
    gint64 keyframe_asked_us;
    gboolean keyframe_wanted; // asked again too soon: the timer will
    GSource *timer;
    GThread *teardown;
    char *close_reason;
    PouceHeartbeat heartbeat;
    gulong network_changed; // handler
    GQueue held;            // PeerEvent of cursor messages before allow_media
    gsize held_bytes;
    gboolean full[POUCE_PEER_CHANNELS]; // on_writable is owed

    // any thread, atomic
    gint media_allowed;
    gint decoded;
    gint window_bytes;
    gint pace_bps;
    gint burst_next; // the next frame pushed leaves without pacing
    gint channel_open[POUCE_PEER_CHANNELS];
    gint video_missed; // frames were dropped before allow_media

    // any thread, under lock
    GMutex lock;
    GQueue queue;
    gsize queue_bytes;
    GSource *wake;
    gint64 heard_us;
    char own_fingerprint[65];
    char peer_fingerprint[65];
    PoucePeerStats stats;
};

PoucePeer *pouce_peer_ref(PoucePeer *peer);
void pouce_peer_unref(PoucePeer *peer);

// Reports; any thread
void pouce_peer_report_description(PoucePeer *peer, const char *type, const char *sdp);
void pouce_peer_report_candidate(PoucePeer *peer, const char *candidate, guint mline);
/** Both are 64 hex digits; only after they were compared. */
void pouce_peer_report_secure(PoucePeer *peer, const char *own, const char *peer_hex);
void pouce_peer_report_open(PoucePeer *peer, PoucePeerChannel channel);
/** The far side closed the channel; nothing is delivered for it. */
void pouce_peer_report_closed(PoucePeer *peer, PoucePeerChannel channel);
void pouce_peer_report_message(
    PoucePeer *peer, PoucePeerChannel channel, const guint8 *data, gsize bytes);
/** Something came that is not reported yet: a frame's packets take seconds on a slow line. */
void pouce_peer_report_alive(PoucePeer *peer, gint64 now_us);
void pouce_peer_report_writable(PoucePeer *peer, PoucePeerChannel channel);
void pouce_peer_report_keyframe_request(PoucePeer *peer);
void pouce_peer_report_feedback(PoucePeer *peer, const PouceFeedbackPacket *packets, guint count);
/** Calls on_video straight away, if the gate is open. Returns FALSE if it was dropped. */
gboolean pouce_peer_report_video(
    PoucePeer *peer, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival);
/** The same for on_voice. */
gboolean pouce_peer_report_voice(
    PoucePeer *peer, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival);
void pouce_peer_report_failed(PoucePeer *peer, PoucePeerFailure failure);
/** A message that breaks the rules: counted, not delivered. */
void pouce_peer_report_invalid(PoucePeer *peer);

// Between the shared files; owner thread
void pouce_peer_set_state(PoucePeer *peer, PoucePeerState state, const char *reason);
void pouce_peer_fail(PoucePeer *peer, PoucePeerFailure failure);
void pouce_peer_stop(PoucePeer *peer); // begins the teardown on a thread of its own
void pouce_peer_deliver_held(PoucePeer *peer);
void pouce_peer_forget_events(PoucePeer *peer);
/** The owner thread changed what the next look depends on. */
void pouce_peer_heartbeat_rearm(PoucePeer *peer);
void pouce_peer_heartbeat_start(PoucePeer *peer);
void pouce_peer_heartbeat_stop(PoucePeer *peer);
void pouce_peer_heartbeat_heard(PoucePeer *peer, const guint8 *data, gsize bytes);
/** pouce_peer_channel_label - "control" … "files"; pouce_peer_channel_by_label: -1 if unknown */
const char *pouce_peer_channel_label(PoucePeerChannel channel);
int pouce_peer_channel_by_label(const char *label);

G_END_DECLS
