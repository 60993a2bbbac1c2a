// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// One WebRTC connection between the two ends of a session: descriptions, candidates, messages,
// encoded frames and voice in and out. It speaks in bytes only, so that it could live in another
// process.
//
// Lifecycle: new -> start -> (descriptions and candidates both ways) -> SECURE (the certificate
// really received is the one described) -> CONNECTED (all channels open) -> own bind check ->
// allow_media -> ... -> close -> CLOSED -> free. A lost connection is not revived: make a new peer
// behind the same encoder (about 130 ms to the first frame).
//
// Threads: made, called and freed on one owner thread, whose thread-default main context delivers
// all events; exceptions are marked: push_video may come from one encode thread, push_voice from
// one other thread, on_video and on_voice arrive on streaming threads.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_PEER_ERROR (pouce_peer_error_quark())
GQuark pouce_peer_error_quark(void);

typedef enum {
    POUCE_PEER_ERROR_UNSUPPORTED, // no such backend, or a GStreamer element is not installed
    POUCE_PEER_ERROR_MALFORMED,   // a description or candidate is broken: tell the far end
    POUCE_PEER_ERROR_LIMIT,       // too long or too many
    POUCE_PEER_ERROR_FAILED,      // the library gave up: make a new peer
} PoucePeerError;

/** Longest description, in bytes; longest candidate line; most candidates from the far side. */
#define POUCE_PEER_SDP_MAX_BYTES (24 * 1024)
#define POUCE_PEER_CANDIDATE_MAX_BYTES 512
#define POUCE_PEER_CANDIDATES_MAX 50
/** Longest message on any channel: more vanishes inside SCTP. `control` allows 16 KiB only. */
#define POUCE_PEER_MESSAGE_MAX_BYTES (64 * 1024)
#define POUCE_PEER_CONTROL_MAX_BYTES (16 * 1024)
/** Longest encoded frame accepted by push_video. */
#define POUCE_PEER_FRAME_MAX_BYTES (4 * 1024 * 1024)
/** A frame may need one that was sent at most this many ids before (PROTOCOL.md). */
#define POUCE_PEER_BACK_MAX 4096
/** Longest Opus packet (RFC 6716: one frame of a 20 ms packet is at most 1275 bytes). */
#define POUCE_PEER_VOICE_MAX_BYTES 1276
#define POUCE_PEER_ICE_SERVERS_MAX 8

typedef enum {
    POUCE_PEER_OFFERER,  // the agent: makes the channels, sends video
    POUCE_PEER_ANSWERER, // the viewer: receives video
} PoucePeerRole;

typedef enum {
    POUCE_PEER_CONTROL, // ordered, reliable; JSON
    POUCE_PEER_INPUT,   // ordered, reliable
    POUCE_PEER_MOTION,  // unordered, never resent; heartbeats (kind 2) are sent and eaten here
    POUCE_PEER_CURSOR,  // ordered, reliable
    POUCE_PEER_FILES,   // ordered, reliable; pace by buffered_bytes
    POUCE_PEER_CHANNELS,
} PoucePeerChannel;

typedef enum {
    POUCE_PEER_NEW,
    POUCE_PEER_CONNECTING,
    POUCE_PEER_SECURE,    // certificates compared and equal; nothing may be sent yet
    POUCE_PEER_CONNECTED, // all channels are open; again after LOST when the far side is heard anew
    POUCE_PEER_LOST,      // nothing heard for 4 s (noticed in under 5); may come back
    POUCE_PEER_FAILED,    // for good; @reason is a sentence for people, see pouce_peer_failure_code
    POUCE_PEER_CLOSED,    // by close, or by the far side's bye; @reason is the bye's
} PoucePeerState;

typedef enum {
    POUCE_PEER_SEND_OK,
    POUCE_PEER_SEND_FULL,     // too much waits on this channel: try again after on_writable
    POUCE_PEER_SEND_NOT_OPEN, // not CONNECTED, or this channel is not open
    POUCE_PEER_SEND_TOO_BIG,
} PoucePeerSend;

typedef enum {
    POUCE_PEER_PUSH_OK,
    POUCE_PEER_PUSH_BUSY,        // the link has not taken what was sent: encode the next one later
    POUCE_PEER_PUSH_NOT_ALLOWED, // before allow_media, after close, or on the answerer
    POUCE_PEER_PUSH_TOO_BIG,
} PoucePeerPush;

typedef struct {
    /** "stun:host[:port]", "turn:host[:port][?transport=udp|tcp]", "turns:host[:port]" (TLS over
     * TCP, certificate checked); others are skipped */
    const char *url;
    const char *username;   // NULL without
    const char *credential; // NULL without
} PoucePeerIceServer;

typedef struct {
    PoucePeerRole role;
    const char *backend; // "webrtcbin" (NULL) or "loopback"
    const PoucePeerIceServer *ice_servers;
    guint ice_server_count; // the first POUCE_PEER_ICE_SERVERS_MAX are used
    int video_bitrate_bps;  // what to plan for; 0: 4 Mb/s
    int connect_timeout_ms; // start to CONNECTED, else FAILED; 0: 30 s
    gboolean relay_only;    // candidates through TURN alone
    const char *ca_file;    // authorities for "turns:", PEM; NULL: the system's
} PoucePeerConfig;

/** One encoded frame, as it is sent. */
typedef struct {
    const guint8 *vp8; // copied
    gsize bytes;
    gint64 pts_us;   // g_get_monotonic_time() of its capture, rising
    guint32 id;      // the caller's, rising with each frame
    guint32 base_id; // the frame it needs; 0: a key frame
} PouceVideoFrame;

/** What the far side has of the frames sent (pouce_peer_delivery). */
typedef struct {
    guint32 confirmed_id; // newest frame that it is known to have decoded; 0: none
    guint32 lost_id;      // oldest one that will not come in time: go on without it; 0: none
    gint64 lost_due_us;   // when to look again although nothing was heard; -1: need not
} PoucePeerDelivery;

typedef struct {
    gint64 arrival_us;     // monotonic, when the frame was whole
    guint32 rtp_timestamp; // 90 kHz
    gboolean key;
} PouceVideoArrival;

/** One packet of the far side's voice. */
typedef struct {
    gint64 arrival_us; // monotonic
    gint64 due_us; // monotonic, freed of the network's jitter: steps of a packet while one speaks
    guint lost;    // packets missing just before this one
} PouceVoiceArrival;

/** One packet of a transport-wide feedback report. */
typedef struct {
    guint16 seqnum;
    gboolean lost;
    guint32 bytes;
    gint64 local_ns;  // when we sent it
    gint64 remote_ns; // when it arrived, on the far side's clock; -1 if lost
} PouceFeedbackPacket;

typedef struct {
    gint64 rtt_us; // by heartbeats; -1 until known
    guint64 bytes_sent;
    guint64 bytes_received;
    guint64 packets_sent;
    guint64 packets_received;
    guint64 packets_lost;    // of video: reported by the far side, or missed here
    guint64 nacks;           // requests for retransmission: received, or sent
    guint64 frames;          // whole frames pushed or delivered
    guint64 frames_busy;     // pushes answered BUSY
    guint64 dropped_closed;  // messages dropped before allow_media
    guint64 dropped_invalid; // too long, wrong kind of message, unknown channel
    guint64 voice_sent;      // packets of voice
    guint64 voice_received;
    guint64 voice_lost;  // never came, or too late
    guint32 far_decoded; // frames that the far side says it decoded, in all
    /** How packets go: "LOCAL-REMOTE" of host, srflx, prflx, relay/udp, relay/tcp, relay/tls (how
     * the relay is reached; the far side's is not known), with " tcp" at the end for ICE over TCP;
     * "" until known */
    char path[32];
} PoucePeerStats;

/**
 * PoucePeerEvents - what the owner hears; any may be NULL. Never called after free returns.
 * Pointers are borrowed for the call. It is allowed to call any function of this header inside,
 * free included, except inside on_video.
 */
typedef struct {
    void (*on_description)(gpointer user, const char *type, const char *sdp); // "offer", "answer"
    void (*on_candidate)(gpointer user, const char *candidate, guint mline);
    void (*on_state)(gpointer user, PoucePeerState state, const char *reason); // reason: "" if none
    void (*on_message)(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes);
    void (*on_writable)(gpointer user, PoucePeerChannel channel); // after FULL: room again
    void (*on_keyframe_request)(gpointer user);                   // offerer
    void (*on_feedback)(gpointer user, const PouceFeedbackPacket *packets, guint count); // offerer
    void (*on_told)(gpointer user); // offerer: the far side decoded a frame (pouce_peer_delivery)
    /** Answerer, ON A STREAMING THREAD: one whole VP8 frame, which those before it allow to decode.
     * Must not wait for the owner thread. */
    void (*on_video)(
        gpointer user, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival);
    /** Both ends, ON A STREAMING THREAD: one Opus packet. Must not wait for the owner thread. */
    void (*on_voice)(
        gpointer user, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival);
} PoucePeerEvents;

typedef struct PoucePeer PoucePeer;

/** pouce_peer_warm_up - once at program start: makes the DTLS key (0.5 s) on a thread of its own */
void pouce_peer_warm_up(void);

/**
 * pouce_peer_new
 * @config, @events: copied
 * Errors:  UNSUPPORTED (unknown backend, plugin missing: the message names the package)
 */
PoucePeer *pouce_peer_new(
    const PoucePeerConfig *config, const PoucePeerEvents *events, gpointer user, GError **error);

/**
 * pouce_peer_free - without close: no bye is waited for. Blocks for about 10 ms, and on a line that
 * is alive for a round trip to the relay; while a close is under way, for what is left of it.
 * The encode thread must have stopped pushing before.
 */
void pouce_peer_free(PoucePeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePeer, pouce_peer_free)

/** pouce_peer_start - the offerer makes its offer (on_description); the answerer waits for one */
void pouce_peer_start(PoucePeer *peer);

/**
 * pouce_peer_set_remote_description - once a peer
 * @type:   "offer" on the answerer, "answer" on the offerer
 * @sdp:    anything may be in it; only attributes that Pouce knows reach the library
 * Errors:  MALFORMED, LIMIT: the peer is unharmed and waits for a better one. What the library
 *          itself refuses later comes as FAILED.
 */
gboolean pouce_peer_set_remote_description(
    PoucePeer *peer, const char *type, const char *sdp, GError **error);

/**
 * pouce_peer_add_candidate - may come before the description; "" (end of candidates) is accepted
 * Errors:  MALFORMED, LIMIT: ignore it and go on
 */
gboolean pouce_peer_add_candidate(
    PoucePeer *peer, const char *candidate, guint mline, GError **error);

/** pouce_peer_send - @data is copied; text on `control`, binary on the others; never blocks */
PoucePeerSend pouce_peer_send(
    PoucePeer *peer, PoucePeerChannel channel, const void *data, gsize bytes);
/** pouce_peer_buffered_bytes - accepted by send and not yet handed to the network */
gsize pouce_peer_buffered_bytes(PoucePeer *peer, PoucePeerChannel channel);

/**
 * pouce_peer_allow_media - both binds are verified: open the gates
 * Before it push_video and push_voice answer NOT_ALLOWED, and video, voice and messages that arrive
 * on channels other than control and motion are dropped and counted. The offerer gets
 * on_keyframe_request at once.
 */
void pouce_peer_allow_media(PoucePeer *peer);

/**
 * pouce_peer_push_video - sends one VP8 frame; one encode thread, or the owner's
 * Returns: BUSY instead of queueing: the frame is not sent, and frames that refer to it are broken,
 *          so ask before encoding (pouce_peer_can_push) or encode the next without it.
 *          TOO_BIG also for a frame whose base lies more than POUCE_PEER_BACK_MAX ids back.
 */
PoucePeerPush pouce_peer_push_video(PoucePeer *peer, const PouceVideoFrame *frame);
/**
 * pouce_peer_delivery - what is known of the frames sent; any thread
 * A far side that cannot go on without a frame (it does not take the dependency descriptor, or
 * reports nothing) is never said to have lost one: it asks for key frames.
 * What arrived is known from feedback, and sooner from a far side that tells what it decoded.
 */
void pouce_peer_delivery(PoucePeer *peer, PoucePeerDelivery *out);
/** pouce_peer_can_push - what push_video would answer now (OK, BUSY or NOT_ALLOWED); any thread */
PoucePeerPush pouce_peer_can_push(PoucePeer *peer);
/**
 * pouce_peer_set_window - most bytes of video that may be sent and not yet reported; any thread
 * 0: half a second of the planned bitrate. Beyond it push_video answers BUSY. A far side that sends
 * no transport-wide feedback has no window.
 */
void pouce_peer_set_window(PoucePeer *peer, gsize bytes);
/** pouce_peer_set_pace - how fast the packets of a frame leave; 0: at once; any thread */
void pouce_peer_set_pace(PoucePeer *peer, int bps);
/** pouce_peer_burst_next - the next frame pushed is a probe: its packets leave at once; any thread
 */
void pouce_peer_burst_next(PoucePeer *peer);
/**
 * pouce_peer_follow_up_us - when a frame that changes nothing should follow the last one, of which
 *                           nothing is heard: a loss shows only by what comes behind; any thread
 * Returns: monotonic µs; -1 if the last one was reported, or the far side never reports
 */
gint64 pouce_peer_follow_up_us(PoucePeer *peer);

/**
 * pouce_peer_push_voice - sends one Opus packet of 10 or 20 ms; either end; one thread
 * @pts_us: g_get_monotonic_time() of its capture, rising; a pause is a jump
 * Returns: NOT_ALLOWED also when the far side takes no voice; never BUSY
 * The place for voice is in the offer from the start: to begin or end costs no negotiation.
 */
PoucePeerPush pouce_peer_push_voice(
    PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us);

/** pouce_peer_request_keyframe - answerer: at most two a second leave, the rest are merged */
void pouce_peer_request_keyframe(PoucePeer *peer);
/**
 * pouce_peer_set_decoded - answerer: the frame of @rtp_timestamp was decoded, the @frames'th of all
 * Told to the far side at once. Inside on_video.
 */
void pouce_peer_set_decoded(PoucePeer *peer, guint32 frames, guint32 rtp_timestamp);

/** 64 hex digits: SHA-256 of the certificates really used and really received; "" before SECURE. */
const char *pouce_peer_own_fingerprint(PoucePeer *peer);
const char *pouce_peer_peer_fingerprint(PoucePeer *peer);

PoucePeerState pouce_peer_state(PoucePeer *peer);
/**
 * pouce_peer_failure_code - why it FAILED, a word for programs that know the sentence in the user's
 *                           language; valid inside on_state
 * Returns: "unreachable" (no way between the two computers), "wrong_certificate" (the other
 * computer is not the announced one), "misfit" (its description cannot be understood), "flood" (it
 *          sends more than this one can take), "not_prepared" (something is wrong on this
 * computer);
 *          "" before
 */
const char *pouce_peer_failure_code(PoucePeer *peer);
void pouce_peer_stats(PoucePeer *peer, PoucePeerStats *out_stats);
/** pouce_peer_counts - the same without what the library must be asked for, which takes it 0.1 ms:
 *                      packets_*, nacks and path are 0 */
void pouce_peer_counts(PoucePeer *peer, PoucePeerStats *out_stats);

/**
 * pouce_peer_close - says bye if it can (≤ 250 ms, on a thread), tears down, then CLOSED
 * @reason: as in PROTOCOL.md, e.g. "seeker"; a word of at most 32 of a-z and _
 */
void pouce_peer_close(PoucePeer *peer, const char *reason);

/**
 * pouce_peer_loopback_connect - joins two "loopback" peers of one process, before start
 * Descriptions and candidates still go through the owner's hands and are checked as on a network.
 */
void pouce_peer_loopback_connect(PoucePeer *offerer, PoucePeer *answerer);

G_END_DECLS
