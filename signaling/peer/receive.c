// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Video on its way in. Packets are taken in front of webrtcbin's jitter buffer, which holds back
// all that follows a gap: it is left there only to ask for what is missing, and what comes out of
// it is dropped. Frames are put together on the receiving thread and given out on another, so that
// decoding does not delay the next packets' arrival times, which the sender's rate goes by.

#include "signaling/peer/webrtc.h"
#include "signaling/wire/motion.h"

#include <gst/rtp/rtp.h>

/** With the default of 0 hardly a request for retransmission leaves. */
#define RTCP_BANDWIDTH_BPS 8000000.0
/** Before its second regular report has left, a session may wait half a second before it asks for
 * what is missing. So that one is made to follow soon, and then they come as rarely as usual. */
#define REPORTS_SOON_NS (100 * G_GUINT64_CONSTANT(1000000))
#define REPORTS_NS (5 * G_GUINT64_CONSTANT(1000000000))
#define REPORTS_SOON_US (2 * G_USEC_PER_SEC)
/** Frames that wait for the decoder; a slower one gets no more until it has caught up. */
#define QUEUED_MAX 120

static PouceAssemblyFrame stop_mark;

static gpointer give_out(gpointer user)
{
    PouceWebrtc *webrtc = user;
    PouceAssemblyFrame *frame;
    while ((frame = g_async_queue_pop(webrtc->pictures)) != &stop_mark) {
        PouceVideoArrival arrival = {
            .arrival_us = frame->arrival_us,
            .rtp_timestamp = frame->rtp_timestamp,
            .key = frame->back == 0,
        };
        pouce_peer_report_video(webrtc->peer, frame->vp8->data, frame->vp8->len, &arrival);
        pouce_assembly_frame_free(frame);
    }
    return NULL;
}

static void take_packet(PouceWebrtc *webrtc, GstBuffer *buffer, int id, gint64 now_us)
{
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gpointer data;
    guint bytes;
    PouceAssemblyPacket packet = {0};
    if (!gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp)) {
        return;
    }
    if (gst_rtp_buffer_get_extension_onebyte_header(&rtp, (guint8)id, 0, &data, &bytes) &&
        pouce_dependency_parse(data, bytes, &packet.dependency)) {
        packet.seq = gst_rtp_buffer_get_seq(&rtp);
        packet.rtp_timestamp = gst_rtp_buffer_get_timestamp(&rtp);
        packet.payload = gst_rtp_buffer_get_payload(&rtp);
        packet.bytes = gst_rtp_buffer_get_payload_len(&rtp);
        pouce_assembly_take(webrtc->assembly, &packet, now_us);
    }
    gst_rtp_buffer_unmap(&rtp);
}

static void give_on(PouceWebrtc *webrtc, gint64 now_us)
{
    PouceAssemblyFrame *frame;
    while (g_async_queue_length(webrtc->pictures) < QUEUED_MAX &&
           (frame = pouce_assembly_next(webrtc->assembly, now_us))) {
        g_async_queue_push(webrtc->pictures, frame);
    }
    if (pouce_assembly_wants_key(webrtc->assembly, now_us)) {
        pouce_webrtc_request_keyframe(webrtc->peer);
    }
}

static void set_report_interval(PouceWebrtc *webrtc, guint64 interval_ns)
{
    g_autoptr(GObject) session = pouce_webrtc_rtp_session(webrtc);
    if (session) {
        g_object_set(
            session, "bandwidth", RTCP_BANDWIDTH_BPS, "rtcp-min-interval", interval_ns, NULL);
    }
}

static void settle_reports(PouceWebrtc *webrtc, gint64 now_us)
{
    if (webrtc->reports_soon_us == 0) {
        webrtc->reports_soon_us = now_us + REPORTS_SOON_US;
        set_report_interval(webrtc, REPORTS_SOON_NS);
    } else if (webrtc->reports_soon_us > 0 && now_us > webrtc->reports_soon_us) {
        webrtc->reports_soon_us = -1;
        set_report_interval(webrtc, REPORTS_NS);
    }
}

static GstPadProbeReturn on_arrival(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    PouceWebrtc *webrtc = user;
    g_mutex_lock(&webrtc->lock);
    int id = webrtc->dependency_id;
    g_mutex_unlock(&webrtc->lock);
    gint64 now_us = g_get_monotonic_time();
    pouce_peer_report_alive(webrtc->peer, now_us);
    if (id == 0) {
        return GST_PAD_PROBE_OK;
    }
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
        GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
        for (guint i = 0; i < gst_buffer_list_length(list); i++) {
            take_packet(webrtc, gst_buffer_list_get(list, i), id, now_us);
        }
    } else {
        take_packet(webrtc, GST_PAD_PROBE_INFO_BUFFER(info), id, now_us);
    }
    give_on(webrtc, now_us);
    settle_reports(webrtc, now_us);
    return GST_PAD_PROBE_OK;
}

void pouce_webrtc_watch_arrivals(PouceWebrtc *webrtc, GstElement *jitter_buffer)
{
    if (webrtc->peer->config.role == POUCE_PEER_OFFERER) {
        return;
    }
    g_autoptr(GstPad) sink = gst_element_get_static_pad(jitter_buffer, "sink");
    gst_pad_add_probe(
        sink, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_arrival, webrtc, NULL);
}

static GstFlowReturn on_drain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
}

static gboolean on_drain_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    gst_event_unref(event);
    return TRUE;
}

static void settle_latencies(GstElement *bin, gpointer user)
{
    pouce_webrtc_set_latencies(user, POUCE_LATENCY_MS);
}

void pouce_webrtc_take_video(PouceWebrtc *webrtc, GstPad *pad)
{
    if (webrtc->drain) {
        return;
    }
    GstPad *drain = gst_object_ref_sink(gst_pad_new("drain", GST_PAD_SINK));
    gst_pad_set_element_private(drain, webrtc);
    gst_pad_set_chain_function(drain, on_drain);
    gst_pad_set_event_function(drain, on_drain_event);
    gst_pad_set_active(drain, TRUE);
    gst_pad_link(pad, drain);
    g_mutex_lock(&webrtc->lock);
    webrtc->drain = drain;
    g_mutex_unlock(&webrtc->lock);
    gst_element_call_async(webrtc->bin, settle_latencies, webrtc, NULL);
}

void pouce_webrtc_request_keyframe(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    g_mutex_lock(&webrtc->lock);
    g_autoptr(GstPad) drain = webrtc->drain ? gst_object_ref(webrtc->drain) : NULL;
    g_mutex_unlock(&webrtc->lock);
    if (drain) {
        GstStructure *wish = gst_structure_new("GstForceKeyUnit", "running-time",
            GST_TYPE_CLOCK_TIME, GST_CLOCK_TIME_NONE, "all-headers", G_TYPE_BOOLEAN, FALSE, "count",
            G_TYPE_UINT, 0, NULL);
        gst_pad_push_event(drain, gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, wish));
    }
}

void pouce_webrtc_tell(PoucePeer *peer, guint32 rtp_timestamp)
{
    PouceMotion motion = {.kind = POUCE_MOTION_DECODED, .rtp_timestamp = rtp_timestamp};
    guint8 message[POUCE_MOTION_MAX_BYTES];
    g_autoptr(GBytes) bytes = g_bytes_new(message, pouce_motion_build(&motion, message));
    pouce_webrtc_send(peer, POUCE_PEER_MOTION, bytes);
}

void pouce_webrtc_start_receiver(PouceWebrtc *webrtc)
{
    webrtc->assembly = pouce_assembly_new();
    webrtc->pictures = g_async_queue_new();
    webrtc->picture_thread = g_thread_new("pictures", give_out, webrtc);
}

void pouce_webrtc_stop_receiver(PouceWebrtc *webrtc)
{
    if (webrtc->picture_thread) {
        g_async_queue_push_front(webrtc->pictures, &stop_mark);
        g_thread_join(g_steal_pointer(&webrtc->picture_thread));
    }
}

void pouce_webrtc_clear_receiver(PouceWebrtc *webrtc)
{
    PouceAssemblyFrame *frame;
    while (webrtc->pictures && (frame = g_async_queue_try_pop(webrtc->pictures))) {
        pouce_assembly_frame_free(frame);
    }
    g_clear_pointer(&webrtc->pictures, g_async_queue_unref);
    g_clear_pointer(&webrtc->assembly, pouce_assembly_free);
}
