// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Inside the webrtcbin backend only: its state, shared by webrtcbin.c (life, descriptions),
// ice.c, ice_order.c, channels.c, media.c, resend.c, receive.c, voice.c and certificate.c. The
// pipeline belongs to the owner thread; signals of GStreamer arrive on its own threads and touch
// only what is marked.

#define GST_USE_UNSTABLE_API
#include "signaling/peer/assembly.h"
#include "signaling/peer/backend.h"
#include "signaling/peer/in_flight.h"
#include "signaling/peer/ledger.h"
#include "signaling/peer/pacer.h"
#include "signaling/peer/repeats.h"
#include "signaling/peer/turn_tunnel.h"

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

/** RTP header extensions, with the ids that the agent offers. */
#define POUCE_TWCC_ID 3
#define POUCE_PLAYOUT_DELAY_ID 5
#define POUCE_DEPENDENCY_ID 7
#define POUCE_TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define POUCE_PLAYOUT_DELAY_URI "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

/** For as long the jitter buffer asks again for what is missing of the picture, which does not wait
 * for it. Voice would: until a picture comes it is short. */
#define POUCE_LATENCY_FIRST_MS 20
#define POUCE_LATENCY_MS 500
/** A packet that is overtaken by less is not asked for again. */
#define POUCE_RTX_DELAY_MS 5
/** Voice is not sent again, so nothing is gained by waiting longer for what was overtaken. */
#define POUCE_VOICE_LATENCY_MS 30

typedef struct {
    PoucePeer *peer; // the peer owns this
    GstElement *pipeline;
    GstElement *bin;                                      // webrtcbin, owned by the pipeline
    GObject *nice;                                        // libnice's agent
    PouceTurnTunnel *tunnels[POUCE_PEER_ICE_SERVERS_MAX]; // to relays over TCP and TLS
    gboolean tunnel_tls[POUCE_PEER_ICE_SERVERS_MAX];
    guint tunnel_count; // fixed after create
    gboolean has_stun;  // fixed after create

    // owner thread: what is tried when (ice_order.c)
    GSource *order;      // any thread may wake it, under lock
    gint64 described_us; // when the far side's description came; 0: not yet
    GQueue held;         // candidates of the far side that are not due
    gint64 regular_us;   // when patience was lost last; 0: never
    GPtrArray *relays;   // URIs of relays over UDP that are not asked yet

    GstWebRTCDataChannel *channels[POUCE_PEER_CHANNELS]; // under lock
    gboolean has_video;                                  // of the offer

    // any thread, under lock
    GMutex lock;
    GPtrArray *promises; // that webrtcbin has not kept; NULL once it stopped
    char expected[65];   // fingerprint described by the far side
    gboolean secure;
    gboolean refused;
    int twcc_id; // answerer: of the offer; 0 without
    int playout_delay_id;
    int dependency_id;               // 0: the far side does without
    char path_near[8], path_far[12]; // types of the selected pair
    gboolean path_relay_tcp;
    gint64 relays_us; // when to ask the relays; -1: not known yet
    gboolean has_relay;
    guint64 path_tunnel_bytes[POUCE_PEER_ICE_SERVERS_MAX]; // when it was selected

    // offerer
    GstElement *payloader;
    GstPad *feed;   // ours, before the payloader
    GstPad *packed; // ours, after it
    GstPad *paced;  // ours, into webrtcbin
    PoucePacer *pacer;
    gboolean at_once; // under push_lock: the present frame is not paced
    GstClockTime base_time;
    GMutex push_lock;        // one frame at a time; taken without waiting
    PouceInFlight in_flight; // under lock
    PouceLedger ledger;      // under lock
    PouceRepeats repeats;    // under lock, with the next
    GSource *repeat;         // owner thread's, when one is due; NULL: none is made
    guint32 video_ssrc;
    GstPad *resender;      // of the element that sends again; fixed before repeat is
    PouceDependency frame; // under push_lock, with the next: the one being sent
    guint32 frame_id, frame_base_id;
    gboolean anew; // it makes up for lost ones
    gboolean stamps;

    // voice, both ends
    GstElement *voice_payloader;
    GstPad *voice_feed;   // ours, before the payloader
    GstPad *voice_drain;  // ours, behind webrtcbin
    gint voice_taken;     // atomic: the far side's description has a place for it
    gboolean voice_heard; // streaming thread, with the next
    guint16 voice_seq;

    // answerer
    GstPad *drain;           // ours, behind webrtcbin; what comes is dropped
    PouceAssembly *assembly; // receiving thread, with the next
    gint64 reports_soon_us;  // until when reports are made often; -1: over
    GAsyncQueue *pictures;   // of PouceAssemblyFrame, to the picture thread
    GThread *picture_thread;
} PouceWebrtc;

/** Hooks the elements inside webrtcbin as they appear: clocksync off, certificate check. */
void pouce_webrtc_watch_elements(PouceWebrtc *webrtc);
void pouce_webrtc_warm_up(void);

/** Servers, relays over TLS, and the path chosen (ice.c). close: after the pipeline stopped. */
void pouce_webrtc_set_up_ice(PouceWebrtc *webrtc);
void pouce_webrtc_close_ice(PouceWebrtc *webrtc);
/** pouce_webrtc_give_back_relays - ends the allocations; blocks for a round trip to the relay, 2 s
 * if that is silent; before the pipeline stops, which takes the answers */
void pouce_webrtc_give_back_relays(PouceWebrtc *webrtc);
void pouce_webrtc_path(PouceWebrtc *webrtc, char *out_path, gsize size);

/** ice_order.c; begin: before the servers are told; end: after the pipeline stopped. */
void pouce_webrtc_begin_order(PouceWebrtc *webrtc);
void pouce_webrtc_end_order(PouceWebrtc *webrtc);
void pouce_webrtc_ask_relay_later(PouceWebrtc *webrtc, const char *uri);
void pouce_webrtc_order_connected(PouceWebrtc *webrtc); // on a thread of libnice
void pouce_webrtc_described(PouceWebrtc *webrtc);
void pouce_webrtc_add_candidate(PoucePeer *peer, const char *candidate, guint mline);

gboolean pouce_webrtc_make_channels(PouceWebrtc *webrtc);
void pouce_webrtc_accept_channels(PouceWebrtc *webrtc);
void pouce_webrtc_send(PoucePeer *peer, PoucePeerChannel channel, GBytes *message);
gsize pouce_webrtc_buffered(PoucePeer *peer, PoucePeerChannel channel);

gboolean pouce_webrtc_make_sender(PouceWebrtc *webrtc);
void pouce_webrtc_start_sender(PouceWebrtc *webrtc);
void pouce_webrtc_watch_media(PouceWebrtc *webrtc); // before any transceiver
PoucePeerPush pouce_webrtc_can_push(PoucePeer *peer);
PoucePeerPush pouce_webrtc_push(PoucePeer *peer, const PouceVideoFrame *frame);
void pouce_webrtc_delivery(PoucePeer *peer, PoucePeerDelivery *out);
gint64 pouce_webrtc_follow_up_us(PoucePeer *peer);
gpointer pouce_webrtc_rtp_session(PouceWebrtc *webrtc); // a new reference
void pouce_webrtc_told(PoucePeer *peer, guint32 rtp_timestamp);
/** pouce_webrtc_cheap_bytes - to send so much once more costs little */
gsize pouce_webrtc_cheap_bytes(PoucePeer *peer);

/** resend.c; watch: the element that sends again what is asked for; end: before the peer goes */
void pouce_webrtc_watch_requests(PouceWebrtc *webrtc, GstElement *rtx_sender);
void pouce_webrtc_end_repeats(PouceWebrtc *webrtc);
/** pouce_webrtc_repeat - under lock: a copy of packet @seq, which just left, is to follow */
void pouce_webrtc_repeat(PouceWebrtc *webrtc, guint16 seq);

/** receive.c: start before the pipeline, stop after it, clear when nothing runs any more. */
void pouce_webrtc_start_receiver(PouceWebrtc *webrtc);
void pouce_webrtc_stop_receiver(PouceWebrtc *webrtc);
void pouce_webrtc_clear_receiver(PouceWebrtc *webrtc);
void pouce_webrtc_watch_arrivals(PouceWebrtc *webrtc, GstElement *jitter_buffer);
void pouce_webrtc_take_video(PouceWebrtc *webrtc, GstPad *pad); // a streaming thread
void pouce_webrtc_request_keyframe(PoucePeer *peer);
void pouce_webrtc_tell(PoucePeer *peer, guint32 rtp_timestamp);

/** voice.c: @webrtc can send voice from now on; the offerer before its offer, the answerer before
 * it reads one that has a place for it. */
gboolean pouce_webrtc_make_voice(PouceWebrtc *webrtc);
void pouce_webrtc_start_voice(PouceWebrtc *webrtc);
void pouce_webrtc_stop_voice(PouceWebrtc *webrtc);
void pouce_webrtc_take_voice(PouceWebrtc *webrtc, GstPad *pad); // a streaming thread
PoucePeerPush pouce_webrtc_push_voice(
    PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us);
/** pouce_webrtc_watch_for_voice - a new jitter buffer: if its first packet is voice, settles it */
void pouce_webrtc_watch_for_voice(GstElement *jitter_buffer);
/** pouce_webrtc_set_latencies - of all jitter buffers, voice's apart; any thread but a streaming
 * one */
void pouce_webrtc_set_latencies(PouceWebrtc *webrtc, guint video_ms);
GstCaps *pouce_webrtc_voice_caps(void);
gboolean pouce_webrtc_is_encoding(GstPad *pad, const char *name);

void pouce_webrtc_stats(PoucePeer *peer, PoucePeerStats *stats);
/** The codec that either side asks for, as caps of a transceiver. */
GstCaps *pouce_webrtc_video_caps(int twcc_id, int playout_delay_id, int dependency_id);

/** pouce_playout_delay_new - writes "show at once" (0, 0) on each packet */
gpointer pouce_playout_delay_new(guint id);

G_END_DECLS
