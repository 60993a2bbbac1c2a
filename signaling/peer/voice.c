// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Voice over webrtcbin: Opus packets enter a payloader through a pad of our own and come
// out of another as RTP, whose sequence numbers tell what was lost. The jitter buffer passes on at
// once what came in order; it waits only behind a gap. Whoever plays it smooths.

#include "signaling/peer/webrtc.h"

#include <gst/rtp/rtp.h>

/** As browsers number Opus. */
#define VOICE_PAYLOAD 111
/** More missing than this is a pause of the network, not a gap to conceal. */
#define LOST_MAX 25

GstCaps *pouce_webrtc_voice_caps(void)
{
    return gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
        "encoding-name", G_TYPE_STRING, "OPUS", "clock-rate", G_TYPE_INT, 48000, "encoding-params",
        G_TYPE_STRING, "2", "payload", G_TYPE_INT, VOICE_PAYLOAD, "useinbandfec", G_TYPE_STRING,
        "1", NULL);
}

static gboolean on_feed_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    gst_event_unref(event);
    return TRUE;
}

static gboolean on_feed_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
    if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
        gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
        return TRUE;
    }
    return gst_pad_query_default(pad, parent, query);
}

static GstPad *request_sink(PouceWebrtc *webrtc)
{
    gboolean offerer = webrtc->peer->config.role == POUCE_PEER_OFFERER;
    g_autoptr(GstCaps) caps = pouce_webrtc_voice_caps();
    GstPadTemplate *template =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtc->bin), "sink_%u");
    return gst_element_request_pad(webrtc->bin, template, offerer ? "sink_1" : NULL, caps);
}

gboolean pouce_webrtc_make_voice(PouceWebrtc *webrtc)
{
    webrtc->voice_payloader = gst_element_factory_make("rtpopuspay", NULL);
    g_object_set(webrtc->voice_payloader, "pt", VOICE_PAYLOAD, NULL);
    gst_bin_add(GST_BIN(webrtc->pipeline), webrtc->voice_payloader);
    g_autoptr(GstPad) sink = request_sink(webrtc);
    g_autoptr(GstPad) out = gst_element_get_static_pad(webrtc->voice_payloader, "src");
    g_autoptr(GstPad) in = gst_element_get_static_pad(webrtc->voice_payloader, "sink");
    webrtc->voice_feed = gst_object_ref_sink(gst_pad_new("voice-feed", GST_PAD_SRC));
    gst_pad_set_element_private(webrtc->voice_feed, webrtc);
    gst_pad_set_event_function(webrtc->voice_feed, on_feed_event);
    gst_pad_set_query_function(webrtc->voice_feed, on_feed_query);
    if (sink) { // of its own: a browser delays a picture to keep it with a voice of the same stream
        g_object_set(sink, "msid", "pouce-voice", NULL);
    }
    return sink && gst_pad_link(out, sink) == GST_PAD_LINK_OK &&
           gst_pad_link(webrtc->voice_feed, in) == GST_PAD_LINK_OK;
}

void pouce_webrtc_start_voice(PouceWebrtc *webrtc)
{
    gst_element_sync_state_with_parent(webrtc->voice_payloader);
    webrtc->base_time = gst_element_get_base_time(webrtc->pipeline);
    gst_pad_set_active(webrtc->voice_feed, TRUE);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    g_autoptr(GstCaps) caps = gst_caps_new_simple("audio/x-opus", "channel-mapping-family",
        G_TYPE_INT, 0, "channels", G_TYPE_INT, 1, "rate", G_TYPE_INT, 48000, NULL);
    gst_pad_push_event(webrtc->voice_feed, gst_event_new_stream_start("pouce-voice"));
    gst_pad_push_event(webrtc->voice_feed, gst_event_new_caps(caps));
    gst_pad_push_event(webrtc->voice_feed, gst_event_new_segment(&segment));
}

void pouce_webrtc_stop_voice(PouceWebrtc *webrtc)
{
    if (webrtc->voice_feed) {
        gst_pad_set_active(webrtc->voice_feed, FALSE);
    }
}

PoucePeerPush pouce_webrtc_push_voice(
    PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    PouceWebrtc *webrtc = peer->impl;
    if (!g_atomic_int_get(&webrtc->voice_taken) || !webrtc->voice_feed) {
        return POUCE_PEER_PUSH_NOT_ALLOWED;
    }
    GstBuffer *buffer = gst_buffer_new_memdup(opus, bytes);
    gint64 pts_ns = pts_us * 1000 - (gint64)webrtc->base_time;
    GST_BUFFER_PTS(buffer) = pts_ns > 0 ? (GstClockTime)pts_ns : 0;
    GstFlowReturn flow = gst_pad_push(webrtc->voice_feed, buffer);
    return flow == GST_FLOW_OK ? POUCE_PEER_PUSH_OK : POUCE_PEER_PUSH_NOT_ALLOWED;
}

// What is missing before packet @seq; G_MAXUINT: it came twice or too late.
static guint count_lost(PouceWebrtc *webrtc, guint16 seq)
{
    gint16 step = (gint16)(seq - webrtc->voice_seq);
    gboolean heard = webrtc->voice_heard;
    if (heard && step <= 0) {
        return G_MAXUINT;
    }
    webrtc->voice_heard = TRUE;
    webrtc->voice_seq = seq;
    return heard && step - 1 <= LOST_MAX ? (guint)(step - 1) : 0;
}

static GstFlowReturn on_drain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp)) {
        gint64 now_us = g_get_monotonic_time();
        gint64 base_us = (gint64)(gst_element_get_base_time(webrtc->pipeline) / 1000);
        PouceVoiceArrival arrival = {
            .arrival_us = now_us,
            .due_us = GST_BUFFER_PTS_IS_VALID(buffer)
                          ? base_us + (gint64)(GST_BUFFER_PTS(buffer) / 1000)
                          : now_us,
            .lost = count_lost(webrtc, gst_rtp_buffer_get_seq(&rtp)),
        };
        guint bytes = gst_rtp_buffer_get_payload_len(&rtp);
        if (arrival.lost != G_MAXUINT && bytes > 0) {
            pouce_peer_report_voice(
                webrtc->peer, gst_rtp_buffer_get_payload(&rtp), bytes, &arrival);
        }
        gst_rtp_buffer_unmap(&rtp);
    }
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
}

static gboolean on_drain_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    gst_event_unref(event);
    return TRUE;
}

// A new one has the picture's latency, and would hold the first packet of voice for so long and
// pass what came meanwhile in one heap.
static GstPadProbeReturn on_first_packet(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (gst_rtp_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), GST_MAP_READ, &rtp)) {
        if (gst_rtp_buffer_get_payload_type(&rtp) == VOICE_PAYLOAD) {
            g_object_set(user, "latency", POUCE_VOICE_LATENCY_MS, "do-retransmission", FALSE, NULL);
        }
        gst_rtp_buffer_unmap(&rtp);
    }
    return GST_PAD_PROBE_REMOVE;
}

void pouce_webrtc_watch_for_voice(GstElement *jitter_buffer)
{
    g_autoptr(GstPad) sink = gst_element_get_static_pad(jitter_buffer, "sink");
    if (sink) {
        gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_BUFFER, on_first_packet, jitter_buffer, NULL);
    }
}

// Setting webrtcbin's latency sets that of every jitter buffer. And webrtcbin asks the first
// transceiver of a bundle whether losses are asked for again: that may be voice's, which says no,
// and then a picture that lost one packet stands still until a key frame.
static void settle_jitter_buffer(const GValue *value, gpointer user)
{
    GstElement *element = g_value_get_object(value);
    g_autoptr(GstPad) src = gst_element_get_static_pad(element, "src");
    gboolean voice = src && pouce_webrtc_is_encoding(src, "OPUS");
    if (voice) {
        g_object_set(element, "latency", POUCE_VOICE_LATENCY_MS, NULL);
    }
    g_object_set(element, "do-retransmission", !voice, NULL);
}

void pouce_webrtc_set_latencies(PouceWebrtc *webrtc, guint video_ms)
{
    g_object_set(webrtc->bin, "latency", video_ms, NULL);
    g_autoptr(GstIterator) buffers =
        gst_bin_iterate_all_by_element_factory_name(GST_BIN(webrtc->bin), "rtpjitterbuffer");
    while (gst_iterator_foreach(buffers, settle_jitter_buffer, NULL) == GST_ITERATOR_RESYNC) {
        gst_iterator_resync(buffers);
    }
}

static void settle_latency(GstElement *bin, gpointer user)
{
    guint latency_ms;
    g_object_get(bin, "latency", &latency_ms, NULL);
    pouce_webrtc_set_latencies(user, latency_ms);
}

void pouce_webrtc_take_voice(PouceWebrtc *webrtc, GstPad *pad)
{
    if (webrtc->voice_drain) {
        return; // one voice a connection: a second source is not played
    }
    webrtc->voice_drain = gst_object_ref_sink(gst_pad_new("voice-drain", GST_PAD_SINK));
    gst_pad_set_element_private(webrtc->voice_drain, webrtc);
    gst_pad_set_chain_function(webrtc->voice_drain, on_drain);
    gst_pad_set_event_function(webrtc->voice_drain, on_drain_event);
    gst_pad_set_active(webrtc->voice_drain, TRUE);
    gst_pad_link(pad, webrtc->voice_drain);
    gst_element_call_async(webrtc->bin, settle_latency, webrtc, NULL);
}
