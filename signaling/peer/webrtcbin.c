// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The network backend: GStreamer's webrtcbin over libnice. Here: its life, descriptions and
// candidates. webrtcbin answers on a thread of its own; promises hold a reference to the peer.
// The offer has video, voice and the channels, in this order, from the start.

#include "signaling/peer/sctp_clock.h"
#include "signaling/peer/webrtc.h"

#include <stdlib.h>

#define LINE_ALIVE_US (2 * G_USEC_PER_SEC)

static gboolean check_plugins(GError **error)
{
    static const char *const needed[][2] = {
        {"webrtcbin", "gstreamer1.0-plugins-bad"},
        {"dtlsdec", "gstreamer1.0-plugins-bad"},
        {"sctpenc", "gstreamer1.0-plugins-bad"},
        {"srtpenc", "gstreamer1.0-plugins-bad"},
        {"nicesink", "gstreamer1.0-nice"},
        {"rtpbin", "gstreamer1.0-plugins-good"},
        {"rtpvp8pay", "gstreamer1.0-plugins-good"},
        {"rtpopuspay", "gstreamer1.0-plugins-good"},
    };
    if (!gst_init_check(NULL, NULL, error)) {
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autoptr(GstElementFactory) factory = gst_element_factory_find(needed[i][0]);
        if (!factory) {
            g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_UNSUPPORTED,
                "A part needed to connect is missing: install the package %s.", needed[i][1]);
            return FALSE;
        }
    }
    return TRUE;
}

void pouce_peer_warm_up(void)
{
    if (gst_init_check(NULL, NULL, NULL)) {
        pouce_webrtc_warm_up();
    }
}

// Nobody reads the bus: what matters is told by states, and a closed Chromium makes an error here
// ("SCTP association went into error state") that is none.
static GstBusSyncReply drop_message(GstBus *bus, GstMessage *message, gpointer user)
{
    gst_message_unref(message); // dropping hands it over
    return GST_BUS_DROP;
}

static void on_local_candidate(GstElement *bin, guint mline, const char *candidate, gpointer user)
{
    PouceWebrtc *webrtc = user;
    if (candidate && *candidate && strlen(candidate) <= POUCE_PEER_CANDIDATE_MAX_BYTES) {
        pouce_peer_report_candidate(webrtc->peer, candidate, mline);
    }
}

static void on_connection_state(GObject *bin, GParamSpec *spec, gpointer user)
{
    PouceWebrtc *webrtc = user;
    GstWebRTCPeerConnectionState state;
    g_object_get(bin, "connection-state", &state, NULL);
    if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
        pouce_peer_report_failed(webrtc->peer, POUCE_PEER_FAILURE_UNREACHABLE);
    }
}

static gboolean create(PoucePeer *peer, GError **error)
{
    if (!check_plugins(error)) {
        return FALSE;
    }
    PouceWebrtc *webrtc = g_new0(PouceWebrtc, 1);
    webrtc->peer = peer;
    peer->impl = webrtc;
    g_mutex_init(&webrtc->lock);
    g_mutex_init(&webrtc->push_lock);
    pouce_in_flight_init(&webrtc->in_flight);
    pouce_ledger_init(&webrtc->ledger);
    webrtc->promises = g_ptr_array_new_with_free_func((GDestroyNotify)gst_mini_object_unref);
    webrtc->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
    webrtc->bin = gst_element_factory_make("webrtcbin", NULL);
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(webrtc->pipeline), clock);
    g_autoptr(GstBus) bus = gst_element_get_bus(webrtc->pipeline);
    gst_bus_set_sync_handler(bus, drop_message, NULL, NULL);
    gst_util_set_object_arg(G_OBJECT(webrtc->bin), "bundle-policy", "max-bundle");
    g_object_set(webrtc->bin, "latency", POUCE_LATENCY_FIRST_MS, NULL);
    pouce_webrtc_watch_elements(webrtc);
    if (peer->config.role == POUCE_PEER_ANSWERER) {
        pouce_webrtc_start_receiver(webrtc);
    }
    gst_bin_add(GST_BIN(webrtc->pipeline), webrtc->bin);
    pouce_webrtc_set_up_ice(webrtc);
    g_signal_connect(webrtc->bin, "on-ice-candidate", G_CALLBACK(on_local_candidate), webrtc);
    g_signal_connect(
        webrtc->bin, "notify::connection-state", G_CALLBACK(on_connection_state), webrtc);
    return TRUE;
}

// NULL when the library refused, which is reported, or when the pipeline stopped meanwhile.
static const GstStructure *promise_reply(PoucePeer *peer, GstPromise *promise)
{
    if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) {
        return NULL;
    }
    const GstStructure *reply = gst_promise_get_reply(promise);
    if (reply && gst_structure_has_field(reply, "error")) {
        pouce_peer_report_failed(peer, POUCE_PEER_FAILURE_MISFIT);
        return NULL;
    }
    return reply;
}

// webrtcbin drops what still waits on its thread when it stops, and forgets its promises: each of
// them would keep the peer for ever. @then ends with end_promise, which lets the peer go (an
// expired promise forgets what it should destroy).
static GstPromise *new_promise(PoucePeer *peer, GstPromiseChangeFunc then)
{
    PouceWebrtc *webrtc = peer->impl;
    GstPromise *promise = gst_promise_new_with_change_func(then, pouce_peer_ref(peer), NULL);
    g_mutex_lock(&webrtc->lock);
    if (webrtc->promises) {
        g_ptr_array_add(webrtc->promises, gst_promise_ref(promise));
    }
    g_mutex_unlock(&webrtc->lock);
    return promise;
}

static void end_promise(PoucePeer *peer, GstPromise *promise)
{
    PouceWebrtc *webrtc = peer->impl;
    g_mutex_lock(&webrtc->lock);
    if (webrtc->promises) {
        g_ptr_array_remove_fast(webrtc->promises, promise);
    }
    g_mutex_unlock(&webrtc->lock);
    gst_promise_unref(promise);
    pouce_peer_unref(peer);
}

// After the pipeline stopped: nobody keeps one any more.
static void expire_promises(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    g_autoptr(GPtrArray) left = g_steal_pointer(&webrtc->promises);
    g_mutex_unlock(&webrtc->lock);
    for (guint i = 0; left && i < left->len; i++) {
        gst_promise_expire(left->pdata[i]);
    }
}

static void on_local_set(GstPromise *promise, gpointer user)
{
    promise_reply(user, promise);
    end_promise(user, promise);
}

static void take_description(PoucePeer *peer, GstPromise *promise, const char *type)
{
    PouceWebrtc *webrtc = peer->impl;
    const GstStructure *reply = promise_reply(peer, promise);
    g_autoptr(GstWebRTCSessionDescription) description = NULL;
    if (reply) {
        gst_structure_get(reply, type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
    }
    if (!description) {
        return;
    }
    g_autofree char *text = gst_sdp_message_as_text(description->sdp);
    // In this order: the far side's answer may be back before the next line is run.
    g_signal_emit_by_name(
        webrtc->bin, "set-local-description", description, new_promise(peer, on_local_set));
    pouce_peer_report_description(peer, type, text);
}

static void on_offer(GstPromise *promise, gpointer user)
{
    take_description(user, promise, "offer");
    end_promise(user, promise);
}

static void on_answer(GstPromise *promise, gpointer user)
{
    take_description(user, promise, "answer");
    end_promise(user, promise);
}

static void start(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    gboolean offerer = peer->config.role == POUCE_PEER_OFFERER;
    gboolean made = TRUE;
    pouce_webrtc_watch_media(webrtc);
    if (offerer) {
        made = pouce_webrtc_make_sender(webrtc) && pouce_webrtc_make_voice(webrtc);
    } else {
        pouce_webrtc_accept_channels(webrtc);
    }
    gst_element_set_state(webrtc->pipeline, GST_STATE_READY);
    made = made && (!offerer || pouce_webrtc_make_channels(webrtc));
    if (!made ||
        gst_element_set_state(webrtc->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        pouce_peer_report_failed(peer, POUCE_PEER_FAILURE_NOT_PREPARED);
        return;
    }
    if (offerer) {
        pouce_webrtc_start_sender(webrtc);
        pouce_webrtc_start_voice(webrtc);
        g_signal_emit_by_name(webrtc->bin, "create-offer", NULL, new_promise(peer, on_offer));
    }
}

static void on_remote_set(GstPromise *promise, gpointer user)
{
    PoucePeer *peer = user;
    PouceWebrtc *webrtc = peer->impl;
    gboolean replied = gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED;
    const GstStructure *reply = replied ? gst_promise_get_reply(promise) : NULL;
    gboolean refused = reply && gst_structure_has_field(reply, "error");
    if (refused) {
        promise_reply(peer, promise);
    } else if (replied && peer->config.role == POUCE_PEER_ANSWERER) {
        g_signal_emit_by_name(webrtc->bin, "create-answer", NULL, new_promise(peer, on_answer));
    }
    end_promise(peer, promise);
}

static int extension_id(const char *sdp, const char *uri)
{
    g_auto(GStrv) lines = g_strsplit(sdp, "\r\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "a=extmap:") && strstr(lines[i], uri)) {
            int id = atoi(lines[i] + strlen("a=extmap:"));
            return id >= 1 && id <= 14 ? id : 0;
        }
    }
    return 0;
}

static void set_remote(PoucePeer *peer, const PouceSdp *read)
{
    PouceWebrtc *webrtc = peer->impl;
    g_mutex_lock(&webrtc->lock);
    g_strlcpy(webrtc->expected, read->fingerprint, sizeof webrtc->expected);
    webrtc->twcc_id = extension_id(read->text, POUCE_TWCC_URI);
    webrtc->playout_delay_id = extension_id(read->text, POUCE_PLAYOUT_DELAY_URI);
    webrtc->dependency_id = extension_id(read->text, POUCE_DEPENDENCY_URI);
    g_mutex_unlock(&webrtc->lock);
    if (read->voice && peer->config.role == POUCE_PEER_ANSWERER &&
        pouce_webrtc_make_voice(webrtc)) {
        pouce_webrtc_start_voice(webrtc);
    }
    g_atomic_int_set(&webrtc->voice_taken, read->voice);
    GstSDPMessage *sdp = NULL;
    if (gst_sdp_message_new_from_text(read->text, &sdp) != GST_SDP_OK) {
        pouce_peer_report_failed(peer, POUCE_PEER_FAILURE_MISFIT);
        return;
    }
    g_autoptr(GstWebRTCSessionDescription) description = gst_webrtc_session_description_new(
        read->type == POUCE_SDP_OFFER ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER,
        sdp);
    g_signal_emit_by_name(
        webrtc->bin, "set-remote-description", description, new_promise(peer, on_remote_set));
    pouce_webrtc_described(webrtc);
}

// Heartbeats come each second; on a dead line it would take seconds to learn that nobody answers.
// It may be known to be dead sooner, from this computer's networks.
static gboolean is_line_alive(PoucePeer *peer)
{
    g_mutex_lock(&peer->lock);
    gboolean alive = g_get_monotonic_time() - peer->heard_us < LINE_ALIVE_US &&
                     peer->heard_us > peer->heartbeat.lost_us;
    g_mutex_unlock(&peer->lock);
    return alive;
}

static void stop(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    if (webrtc->feed) {
        gst_pad_set_active(webrtc->feed, FALSE);
        gst_pad_set_active(webrtc->paced, FALSE);
        pouce_pacer_stop(webrtc->pacer);
    }
    pouce_webrtc_stop_voice(webrtc);
    pouce_webrtc_end_repeats(webrtc);
    if (is_line_alive(peer)) {
        pouce_webrtc_give_back_relays(webrtc);
    }
    pouce_sctp_clock_hurry();
    gst_element_set_state(webrtc->pipeline, GST_STATE_NULL);
    pouce_webrtc_stop_receiver(webrtc);
    pouce_webrtc_close_ice(webrtc);
    expire_promises(webrtc);
}

static void destroy(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        if (webrtc->channels[i]) {
            g_signal_handlers_disconnect_by_data(webrtc->channels[i], webrtc);
            g_object_unref(webrtc->channels[i]);
        }
    }
    g_signal_handlers_disconnect_by_data(webrtc->bin, webrtc);
    pouce_webrtc_close_ice(webrtc);
    pouce_webrtc_end_order(webrtc);
    g_clear_pointer(&webrtc->promises, g_ptr_array_unref);
    g_clear_pointer(&webrtc->pipeline, gst_object_unref);
    g_clear_pointer(&webrtc->pacer, pouce_pacer_free);
    g_clear_pointer(&webrtc->feed, gst_object_unref);
    g_clear_pointer(&webrtc->packed, gst_object_unref);
    g_clear_pointer(&webrtc->paced, gst_object_unref);
    g_clear_pointer(&webrtc->drain, gst_object_unref);
    g_clear_pointer(&webrtc->resender, gst_object_unref);
    g_clear_pointer(&webrtc->voice_feed, gst_object_unref);
    g_clear_pointer(&webrtc->voice_drain, gst_object_unref);
    pouce_in_flight_clear(&webrtc->in_flight);
    pouce_ledger_clear(&webrtc->ledger);
    pouce_webrtc_clear_receiver(webrtc);
    g_mutex_clear(&webrtc->lock);
    g_mutex_clear(&webrtc->push_lock);
    g_free(webrtc);
    peer->impl = NULL;
}

const PoucePeerBackend pouce_peer_backend_webrtcbin = {
    .name = "webrtcbin",
    .far_side_closes = TRUE,
    .create = create,
    .start = start,
    .set_remote = set_remote,
    .add_candidate = pouce_webrtc_add_candidate,
    .send = pouce_webrtc_send,
    .buffered = pouce_webrtc_buffered,
    .can_push = pouce_webrtc_can_push,
    .push = pouce_webrtc_push,
    .delivery = pouce_webrtc_delivery,
    .tell = pouce_webrtc_tell,
    .told = pouce_webrtc_told,
    .push_voice = pouce_webrtc_push_voice,
    .follow_up_us = pouce_webrtc_follow_up_us,
    .request_keyframe = pouce_webrtc_request_keyframe,
    .stats = pouce_webrtc_stats,
    .stop = stop,
    .destroy = destroy,
};
