// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Video on its way out: frames enter the payloader through a pad of our own on the caller's thread
// (no queue in between). Key-frame requests and transport-wide feedback come back as events on the
// feeding pad. Each packet says which frame it is part of; what becomes of it goes into the ledger.

#include "signaling/peer/webrtc.h"
#include "signaling/wire/byte_order.h"

#include <gst/rtp/rtp.h>

#define VIDEO_PAYLOAD 96
#define MTU_BYTES 1200
#define DEFAULT_BITRATE_BPS 4000000
/** Without a plan: half a second's worth, at least two large key frames. */
#define IN_FLIGHT_MIN_BYTES (256 * 1024)
#define FEEDBACK_MAX 1024
/** To make up for a lost frame costs little if that is this part of the window: at 60 ms of round
 * trip what the line carries in about 18 ms. */
#define CHEAP 8

GstCaps *pouce_webrtc_video_caps(int twcc_id, int playout_delay_id, int dependency_id)
{
    GstCaps *caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video",
        "encoding-name", G_TYPE_STRING, "VP8", "clock-rate", G_TYPE_INT, 90000, "payload",
        G_TYPE_INT, VIDEO_PAYLOAD, "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, "rtcp-fb-nack-pli",
        G_TYPE_BOOLEAN, TRUE, "rtcp-fb-ccm-fir", G_TYPE_BOOLEAN, TRUE, NULL);
    if (twcc_id > 0) {
        g_autofree char *name = g_strdup_printf("extmap-%d", twcc_id);
        gst_caps_set_simple(caps, name, G_TYPE_STRING, POUCE_TWCC_URI, "rtcp-fb-transport-cc",
            G_TYPE_BOOLEAN, TRUE, NULL);
    }
    if (playout_delay_id > 0) {
        g_autofree char *name = g_strdup_printf("extmap-%d", playout_delay_id);
        gst_caps_set_simple(caps, name, G_TYPE_STRING, POUCE_PLAYOUT_DELAY_URI, NULL);
    }
    if (dependency_id > 0) {
        g_autofree char *name = g_strdup_printf("extmap-%d", dependency_id);
        gst_caps_set_simple(caps, name, G_TYPE_STRING, POUCE_DEPENDENCY_URI, NULL);
    }
    return caps;
}

gpointer pouce_webrtc_rtp_session(PouceWebrtc *webrtc)
{
    g_autoptr(GstElement) rtpbin = gst_bin_get_by_name(GST_BIN(webrtc->bin), "rtpbin");
    gpointer session = NULL;
    if (rtpbin) {
        g_signal_emit_by_name(rtpbin, "get-internal-session", 0, &session);
    }
    return session;
}

static void read_packet(const GstStructure *from, PouceFeedbackPacket *to)
{
    guint seqnum = 0, bytes = 0;
    GstClockTime local = GST_CLOCK_TIME_NONE, remote = GST_CLOCK_TIME_NONE;
    gboolean lost = TRUE;
    gst_structure_get_uint(from, "seqnum", &seqnum);
    gst_structure_get_uint(from, "size", &bytes);
    gst_structure_get_clock_time(from, "local-ts", &local);
    gst_structure_get_clock_time(from, "remote-ts", &remote);
    gst_structure_get_boolean(from, "lost", &lost);
    *to = (PouceFeedbackPacket){
        .seqnum = (guint16)seqnum,
        .bytes = bytes,
        .lost = lost,
        .local_ns = GST_CLOCK_TIME_IS_VALID(local) ? (gint64)local : -1,
        .remote_ns = !lost && GST_CLOCK_TIME_IS_VALID(remote) ? (gint64)remote : -1,
    };
}

static void on_feedback(PouceWebrtc *webrtc, const GstStructure *structure)
{
    const GValue *value = gst_structure_get_value(structure, "packets");
    // GLib calls the type old, but it is what the event holds.
    if (!value || !G_VALUE_HOLDS(value, g_type_from_name("GValueArray"))) {
        return;
    }
    const GValueArray *array = g_value_get_boxed(value);
    guint count = MIN(array->n_values, FEEDBACK_MAX);
    g_autofree PouceFeedbackPacket *packets = g_new0(PouceFeedbackPacket, count + 1);
    gint64 newest_ns = -1;
    for (guint i = 0; i < count; i++) {
        read_packet(gst_value_get_structure(&array->values[i]), &packets[i]);
        if (!packets[i].lost) {
            newest_ns = MAX(newest_ns, packets[i].local_ns);
        }
    }
    g_mutex_lock(&webrtc->lock);
    gint64 now_us = g_get_monotonic_time();
    pouce_in_flight_heard(&webrtc->in_flight, now_us, newest_ns / 1000);
    pouce_ledger_heard(&webrtc->ledger, now_us, packets, count);
    g_mutex_unlock(&webrtc->lock);
    pouce_peer_report_feedback(webrtc->peer, packets, count);
}

static gboolean on_feed_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    const GstStructure *structure = gst_event_get_structure(event);
    if (structure && gst_structure_has_name(structure, "GstForceKeyUnit")) {
        pouce_peer_report_keyframe_request(webrtc->peer);
    } else if (structure && gst_structure_has_name(structure, "RTPTWCCPackets")) {
        on_feedback(webrtc, structure);
    }
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

static void on_new_transceiver(GstElement *bin, GstWebRTCRTPTransceiver *transceiver, gpointer user)
{
    PouceWebrtc *webrtc = user;
    gboolean offerer = webrtc->peer->config.role == POUCE_PEER_OFFERER;
    GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
    g_object_get(transceiver, "kind", &kind, NULL);
    if (kind == GST_WEBRTC_KIND_AUDIO) {
        g_autoptr(GstCaps) voice = pouce_webrtc_voice_caps();
        g_object_set(transceiver, "codec-preferences", voice, "direction",
            GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV, NULL);
        return;
    }
    g_mutex_lock(&webrtc->lock);
    int twcc_id = offerer ? POUCE_TWCC_ID : webrtc->twcc_id;
    int playout_delay_id = offerer ? POUCE_PLAYOUT_DELAY_ID : webrtc->playout_delay_id;
    int dependency_id = offerer ? POUCE_DEPENDENCY_ID : webrtc->dependency_id;
    g_mutex_unlock(&webrtc->lock);
    g_autoptr(GstCaps) caps = pouce_webrtc_video_caps(twcc_id, playout_delay_id, dependency_id);
    if (!offerer) { // its number is the offerer's choice
        gst_structure_remove_field(gst_caps_get_structure(caps, 0), "payload");
    }
    g_object_set(transceiver, "do-nack", TRUE, "codec-preferences", caps, "direction",
        offerer ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY
                : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
        NULL);
}

static GstFlowReturn send_burst(gpointer user, GstBufferList *burst)
{
    PouceWebrtc *webrtc = user;
    g_mutex_lock(&webrtc->lock);
    pouce_in_flight_part(
        &webrtc->in_flight, g_get_monotonic_time(), gst_buffer_list_calculate_size(burst));
    g_mutex_unlock(&webrtc->lock);
    return gst_pad_push_list(webrtc->paced, burst);
}

// Says in each packet which frame it belongs to and which one that needs.
static GstBuffer *stamp(PouceWebrtc *webrtc, GstBuffer *packet, gboolean first, gboolean last)
{
    PouceDependency dependency = webrtc->frame;
    dependency.first = first;
    dependency.last = last;
    guint8 data[POUCE_DEPENDENCY_MAX_BYTES];
    gsize bytes = pouce_dependency_build(&dependency, data);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    packet = gst_buffer_make_writable(packet);
    if (gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp)) {
        gst_rtp_buffer_add_extension_onebyte_header(&rtp, POUCE_DEPENDENCY_ID, data, (guint)bytes);
        gst_rtp_buffer_unmap(&rtp);
    }
    return packet;
}

// The frame is cut into @count packets, of which @packet is the first.
static void note_frame(PouceWebrtc *webrtc, GstBuffer *packet, guint count)
{
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) {
        return;
    }
    PouceLedgerEntry entry = {.id = webrtc->frame_id,
        .base_id = webrtc->frame_base_id,
        .rtp_timestamp = gst_rtp_buffer_get_timestamp(&rtp),
        .first_seq = gst_rtp_buffer_get_seq(&rtp),
        .count = count,
        .twice = webrtc->anew};
    guint32 ssrc = gst_rtp_buffer_get_ssrc(&rtp);
    gst_rtp_buffer_unmap(&rtp);
    g_mutex_lock(&webrtc->lock);
    webrtc->video_ssrc = ssrc;
    pouce_ledger_frame(&webrtc->ledger, &entry);
    g_mutex_unlock(&webrtc->lock);
}

// One frame's packets, on the thread that pushes.
static GstFlowReturn on_packets(GstPad *pad, GstObject *parent, GstBufferList *list)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    guint count = gst_buffer_list_length(list);
    GstBufferList *stamped = gst_buffer_list_new_sized(count);
    for (guint i = 0; i < count; i++) {
        GstBuffer *packet = gst_buffer_ref(gst_buffer_list_get(list, i));
        gst_buffer_list_add(
            stamped, webrtc->stamps ? stamp(webrtc, packet, i == 0, i + 1 == count) : packet);
    }
    if (count > 0) {
        note_frame(webrtc, gst_buffer_list_get(stamped, 0), count);
    }
    gst_buffer_list_unref(list);
    return pouce_pacer_push(webrtc->pacer, stamped, webrtc->at_once);
}

static GstFlowReturn on_packet(GstPad *pad, GstObject *parent, GstBuffer *packet)
{
    GstBufferList *list = gst_buffer_list_new_sized(1);
    gst_buffer_list_add(list, packet);
    return on_packets(pad, parent, list);
}

static gboolean on_packed_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    return gst_pad_push_event(webrtc->paced, event);
}

static gboolean on_packed_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    return gst_pad_peer_query(webrtc->paced, query);
}

static gboolean on_paced_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    return gst_pad_push_event(webrtc->packed, event);
}

static gboolean on_paced_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
    PouceWebrtc *webrtc = gst_pad_get_element_private(pad);
    return gst_pad_peer_query(webrtc->packed, query);
}

// Payloader -> packed | paced -> webrtcbin; events and queries pass both ways.
static gboolean link_pacer(PouceWebrtc *webrtc, GstPad *out, GstPad *sink)
{
    webrtc->pacer = pouce_pacer_new(&(PoucePacerTarget){send_burst, webrtc});
    webrtc->packed = gst_object_ref_sink(gst_pad_new("packed", GST_PAD_SINK));
    webrtc->paced = gst_object_ref_sink(gst_pad_new("paced", GST_PAD_SRC));
    gst_pad_set_element_private(webrtc->packed, webrtc);
    gst_pad_set_element_private(webrtc->paced, webrtc);
    gst_pad_set_chain_function(webrtc->packed, on_packet);
    gst_pad_set_chain_list_function(webrtc->packed, on_packets);
    gst_pad_set_event_function(webrtc->packed, on_packed_event);
    gst_pad_set_query_function(webrtc->packed, on_packed_query);
    gst_pad_set_event_function(webrtc->paced, on_paced_event);
    gst_pad_set_query_function(webrtc->paced, on_paced_query);
    gst_pad_set_active(webrtc->packed, TRUE);
    gst_pad_set_active(webrtc->paced, TRUE);
    return gst_pad_link(webrtc->paced, sink) == GST_PAD_LINK_OK &&
           gst_pad_link(out, webrtc->packed) == GST_PAD_LINK_OK;
}

static void add_extensions(GstElement *payloader)
{
    g_autoptr(GstRTPHeaderExtension) twcc =
        gst_rtp_header_extension_create_from_uri(POUCE_TWCC_URI);
    if (twcc) {
        gst_rtp_header_extension_set_id(twcc, POUCE_TWCC_ID);
        g_signal_emit_by_name(payloader, "add-extension", twcc);
    }
    g_autoptr(GstRTPHeaderExtension) delay = pouce_playout_delay_new(POUCE_PLAYOUT_DELAY_ID);
    g_signal_emit_by_name(payloader, "add-extension", delay);
}

gboolean pouce_webrtc_make_sender(PouceWebrtc *webrtc)
{
    webrtc->payloader = gst_element_factory_make("rtpvp8pay", NULL);
    g_object_set(webrtc->payloader, "pt", VIDEO_PAYLOAD, "mtu", MTU_BYTES, NULL);
    gst_util_set_object_arg(G_OBJECT(webrtc->payloader), "picture-id-mode", "15-bit");
    add_extensions(webrtc->payloader);
    gst_bin_add(GST_BIN(webrtc->pipeline), webrtc->payloader);
    g_autoptr(GstPad) sink = gst_element_request_pad_simple(webrtc->bin, "sink_0");
    g_autoptr(GstPad) out = gst_element_get_static_pad(webrtc->payloader, "src");
    g_autoptr(GstPad) in = gst_element_get_static_pad(webrtc->payloader, "sink");
    webrtc->feed = gst_object_ref_sink(gst_pad_new("feed", GST_PAD_SRC));
    gst_pad_set_element_private(webrtc->feed, webrtc);
    gst_pad_set_event_function(webrtc->feed, on_feed_event);
    gst_pad_set_query_function(webrtc->feed, on_feed_query);
    return sink && link_pacer(webrtc, out, sink) &&
           gst_pad_link(webrtc->feed, in) == GST_PAD_LINK_OK;
}

void pouce_webrtc_start_sender(PouceWebrtc *webrtc)
{
    gst_pad_set_active(webrtc->feed, TRUE);
    webrtc->base_time = gst_element_get_base_time(webrtc->pipeline);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    g_autoptr(GstCaps) caps = gst_caps_new_empty_simple("video/x-vp8");
    gst_pad_push_event(webrtc->feed, gst_event_new_stream_start("pouce-screen"));
    gst_pad_push_event(webrtc->feed, gst_event_new_caps(caps));
    gst_pad_push_event(webrtc->feed, gst_event_new_segment(&segment));
}

static gsize window_bytes(PoucePeer *peer)
{
    int bps =
        peer->config.video_bitrate_bps > 0 ? peer->config.video_bitrate_bps : DEFAULT_BITRATE_BPS;
    gsize window = (gsize)g_atomic_int_get(&peer->window_bytes);
    return window > 0 ? window : MAX(IN_FLIGHT_MIN_BYTES, (gsize)bps / 8 / 2);
}

gsize pouce_webrtc_cheap_bytes(PoucePeer *peer)
{
    return window_bytes(peer) / CHEAP;
}

PoucePeerPush pouce_webrtc_can_push(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    gsize window = window_bytes(peer);
    g_mutex_lock(&webrtc->lock);
    gsize bytes = pouce_in_flight_bytes(&webrtc->in_flight, g_get_monotonic_time());
    g_mutex_unlock(&webrtc->lock);
    return bytes >= window || !pouce_pacer_is_empty(webrtc->pacer) ? POUCE_PEER_PUSH_BUSY
                                                                   : POUCE_PEER_PUSH_OK;
}

gint64 pouce_webrtc_follow_up_us(PoucePeer *peer)
{
    PouceWebrtc *webrtc = peer->impl;
    g_mutex_lock(&webrtc->lock);
    gint64 due_us = pouce_in_flight_follow_up_us(&webrtc->in_flight);
    g_mutex_unlock(&webrtc->lock);
    return due_us;
}

// The far side is heard to have decoded a frame.
void pouce_webrtc_told(PoucePeer *peer, guint32 rtp_timestamp)
{
    PouceWebrtc *webrtc = peer->impl;
    gint64 now_us = g_get_monotonic_time();
    g_mutex_lock(&webrtc->lock);
    gint64 left_us = pouce_ledger_told(&webrtc->ledger, now_us, rtp_timestamp);
    pouce_in_flight_heard(&webrtc->in_flight, now_us, left_us);
    g_mutex_unlock(&webrtc->lock);
}

void pouce_webrtc_delivery(PoucePeer *peer, PoucePeerDelivery *out)
{
    PouceWebrtc *webrtc = peer->impl;
    g_mutex_lock(&webrtc->lock);
    pouce_ledger_look(&webrtc->ledger, g_get_monotonic_time(), pouce_webrtc_cheap_bytes(peer), out);
    if (webrtc->dependency_id != POUCE_DEPENDENCY_ID) {
        out->lost_id = 0; // it would show nothing before a key frame
        out->lost_due_us = -1;
    }
    g_mutex_unlock(&webrtc->lock);
}

static void begin_frame(PouceWebrtc *webrtc, const PouceVideoFrame *frame)
{
    webrtc->anew = frame->base_id > 0 && webrtc->frame_id > 0 && frame->base_id != webrtc->frame_id;
    webrtc->frame_id = frame->id;
    webrtc->frame_base_id = frame->base_id;
    webrtc->frame = (PouceDependency){.number = (guint16)frame->id,
        .back = (guint16)(frame->base_id ? frame->id - frame->base_id : 0)};
    g_mutex_lock(&webrtc->lock);
    webrtc->stamps = webrtc->dependency_id == POUCE_DEPENDENCY_ID;
    pouce_in_flight_begin(&webrtc->in_flight, g_get_monotonic_time(), frame->bytes);
    g_mutex_unlock(&webrtc->lock);
}

PoucePeerPush pouce_webrtc_push(PoucePeer *peer, const PouceVideoFrame *frame)
{
    PouceWebrtc *webrtc = peer->impl;
    if (!g_mutex_trylock(&webrtc->push_lock)) {
        return POUCE_PEER_PUSH_BUSY;
    }
    GstBuffer *buffer = gst_buffer_new_memdup(frame->vp8, frame->bytes);
    gint64 pts_ns = frame->pts_us * 1000 - (gint64)webrtc->base_time;
    GST_BUFFER_PTS(buffer) = pts_ns > 0 ? (GstClockTime)pts_ns : 0;
    if (frame->vp8[0] & 1) {
        GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    }
    pouce_pacer_set_bps(webrtc->pacer, g_atomic_int_get(&peer->pace_bps));
    webrtc->at_once = g_atomic_int_compare_and_exchange(&peer->burst_next, TRUE, FALSE);
    begin_frame(webrtc, frame);
    GstFlowReturn flow = gst_pad_push(webrtc->feed, buffer);
    g_mutex_unlock(&webrtc->push_lock);
    if (flow == GST_FLOW_OK) {
        return POUCE_PEER_PUSH_OK;
    }
    return flow == GST_FLOW_ERROR ? POUCE_PEER_PUSH_BUSY : POUCE_PEER_PUSH_NOT_ALLOWED;
}

// What really leaves, retransmissions included: with the number that reports go by.
static void note_departure(PouceWebrtc *webrtc, GstBuffer *buffer, gint64 now_us)
{
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gpointer data;
    guint bytes;
    if (!gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp)) {
        return;
    }
    if (gst_rtp_buffer_get_extension_onebyte_header(&rtp, POUCE_TWCC_ID, 0, &data, &bytes) &&
        bytes == 2) {
        gboolean again = GST_BUFFER_FLAG_IS_SET(buffer, GST_RTP_BUFFER_FLAG_RETRANSMISSION);
        const guint8 *payload = again ? gst_rtp_buffer_get_payload(&rtp) : NULL;
        gboolean fits = !again || gst_rtp_buffer_get_payload_len(&rtp) >= 2;
        guint16 seq = again && fits ? pouce_read_u16(payload) : gst_rtp_buffer_get_seq(&rtp);
        g_mutex_lock(&webrtc->lock);
        if (pouce_ledger_sent(&webrtc->ledger, pouce_read_u16(data), seq, now_us)) {
            pouce_webrtc_repeat(webrtc, seq);
        }
        g_mutex_unlock(&webrtc->lock);
    }
    gst_rtp_buffer_unmap(&rtp);
}

static GstPadProbeReturn on_departure(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    gint64 now_us = g_get_monotonic_time();
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
        GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
        for (guint i = 0; i < gst_buffer_list_length(list); i++) {
            note_departure(user, gst_buffer_list_get(list, i), now_us);
        }
    } else {
        note_departure(user, GST_PAD_PROBE_INFO_BUFFER(info), now_us);
    }
    return GST_PAD_PROBE_OK;
}

static void on_rtpbin_pad(GstElement *rtpbin, GstPad *pad, gpointer user)
{
    if (g_str_has_prefix(GST_PAD_NAME(pad), "send_rtp_src_")) {
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
            on_departure, user, NULL);
    }
}

gboolean pouce_webrtc_is_encoding(GstPad *pad, const char *wanted)
{
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
    if (!caps) {
        caps = gst_pad_query_caps(pad, NULL);
    }
    if (gst_caps_is_empty(caps) || gst_caps_is_any(caps)) {
        return FALSE;
    }
    const char *name = gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
    return g_strcmp0(name, wanted) == 0;
}

static void on_pad_added(GstElement *bin, GstPad *pad, gpointer user)
{
    PouceWebrtc *webrtc = user;
    if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC && pouce_webrtc_is_encoding(pad, "OPUS")) {
        pouce_webrtc_take_voice(webrtc, pad);
    }
    if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC && webrtc->peer->config.role == POUCE_PEER_ANSWERER &&
        pouce_webrtc_is_encoding(pad, "VP8")) {
        pouce_webrtc_take_video(webrtc, pad);
    }
}

void pouce_webrtc_watch_media(PouceWebrtc *webrtc)
{
    g_autoptr(GstElement) rtpbin = gst_bin_get_by_name(GST_BIN(webrtc->bin), "rtpbin");
    if (rtpbin && webrtc->peer->config.role == POUCE_PEER_OFFERER) {
        g_signal_connect(rtpbin, "pad-added", G_CALLBACK(on_rtpbin_pad), webrtc);
    }
    g_signal_connect(webrtc->bin, "on-new-transceiver", G_CALLBACK(on_new_transceiver), webrtc);
    g_signal_connect(webrtc->bin, "pad-added", G_CALLBACK(on_pad_added), webrtc);
}

static void add_source_stats(const GstStructure *source, PoucePeerStats *stats)
{
    guint64 sent = 0, received = 0;
    gint lost = 0;
    guint round_trip = 0;
    gboolean internal = FALSE;
    gst_structure_get_boolean(source, "internal", &internal);
    gst_structure_get_uint64(source, "packets-sent", &sent);
    gst_structure_get_uint64(source, "packets-received", &received);
    stats->packets_sent += internal ? sent : 0;
    stats->packets_received += internal ? 0 : received;
    if (!internal && gst_structure_get_int(source, "packets-lost", &lost) && lost > 0) {
        stats->packets_lost += (guint64)lost;
    }
    if (!internal && gst_structure_get_int(source, "rb-packetslost", &lost) && lost > 0) {
        stats->packets_lost += (guint64)lost;
    }
    if (gst_structure_get_uint(source, "rb-round-trip", &round_trip) && round_trip > 0) {
        stats->rtt_us = (gint64)round_trip * G_USEC_PER_SEC / 65536; // 16.16 fixed point
    }
}

void pouce_webrtc_stats(PoucePeer *peer, PoucePeerStats *stats)
{
    PouceWebrtc *webrtc = peer->impl;
    g_autoptr(GObject) session = pouce_webrtc_rtp_session(webrtc);
    pouce_webrtc_path(webrtc, stats->path, sizeof stats->path);
    GstStructure *all = NULL;
    if (session) {
        g_object_get(session, "stats", &all, NULL);
    }
    if (!all) {
        return;
    }
    guint nacks = 0;
    gboolean offerer = peer->config.role == POUCE_PEER_OFFERER;
    gst_structure_get_uint(all, offerer ? "recv-nack-count" : "sent-nack-count", &nacks);
    stats->nacks = nacks;
    const GValue *value = gst_structure_get_value(all, "source-stats");
    GValueArray *sources = value ? g_value_get_boxed(value) : NULL;
    for (guint i = 0; sources && i < sources->n_values; i++) {
        add_source_stats(g_value_get_boxed(&sources->values[i]), stats);
    }
    gst_structure_free(all);
}
