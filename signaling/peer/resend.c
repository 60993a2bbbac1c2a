// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Packets that leave again: those that the far side asks for, unless nothing needs them any more,
// and a second copy of what makes up for a loss (repeats.h). The library resends what an event asks
// for, so a copy is asked for by an event of our own, from the owner's thread.

#include "signaling/peer/webrtc.h"

#define REQUEST "GstRTPRetransmissionRequest"
#define OURS "pouce-repeat"

// Under the lock.
void pouce_webrtc_repeat(PouceWebrtc *webrtc, guint16 seq)
{
    guint most = (guint)(pouce_webrtc_cheap_bytes(webrtc->peer) / POUCE_LEDGER_PACKET_BYTES);
    if (!webrtc->repeat)
        return;
    pouce_repeats_add(&webrtc->repeats, g_get_monotonic_time(), seq, MAX(most, 1));
    if (g_source_get_ready_time(webrtc->repeat) < 0)
        g_source_set_ready_time(webrtc->repeat, pouce_repeats_due_us(&webrtc->repeats));
}

// A request for a packet of a frame that something newer does without is not obeyed.
static GstPadProbeReturn on_asked(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    PouceWebrtc *webrtc = user;
    const GstStructure *asked = gst_event_get_structure(GST_PAD_PROBE_INFO_EVENT(info));
    guint seq = 0;
    if (!asked || !gst_structure_has_name(asked, REQUEST) ||
        !gst_structure_get_uint(asked, "seqnum", &seq))
        return GST_PAD_PROBE_OK;
    g_mutex_lock(&webrtc->lock);
    gboolean wanted = webrtc->dependency_id != POUCE_DEPENDENCY_ID ||
                      pouce_ledger_is_wanted(&webrtc->ledger, (guint16)seq);
    if (wanted && !gst_structure_has_field(asked, OURS))
        pouce_webrtc_repeat(webrtc, (guint16)seq);
    g_mutex_unlock(&webrtc->lock);
    return wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

// NULL: none is due, and the source waits for the next.
static GstEvent *take_due(PouceWebrtc *webrtc)
{
    GstEvent *request = NULL;
    guint16 seq;
    g_mutex_lock(&webrtc->lock);
    if (pouce_repeats_take(&webrtc->repeats, g_get_monotonic_time(), &seq)) {
        GstStructure *wish = gst_structure_new(REQUEST, "seqnum", G_TYPE_UINT, (guint)seq, "ssrc",
            G_TYPE_UINT, webrtc->video_ssrc, OURS, G_TYPE_BOOLEAN, TRUE, NULL);
        request = gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, wish);
    } else if (webrtc->repeat) {
        g_source_set_ready_time(webrtc->repeat, pouce_repeats_due_us(&webrtc->repeats));
    }
    g_mutex_unlock(&webrtc->lock);
    return request;
}

static gboolean on_due(gpointer user)
{
    PoucePeer *peer = user;
    PouceWebrtc *webrtc = peer->impl;
    GstEvent *request;
    while ((request = take_due(webrtc)))
        gst_pad_send_event(webrtc->resender, request);
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
    return callback(user);
}

void pouce_webrtc_watch_requests(PouceWebrtc *webrtc, GstElement *rtx_sender)
{
    static GSourceFuncs functions = {.dispatch = dispatch};
    GstPad *src = gst_element_get_static_pad(rtx_sender, "src");
    gst_pad_add_probe(src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_asked, webrtc, NULL);
    g_mutex_lock(&webrtc->lock);
    gboolean first = !webrtc->repeat && webrtc->peer->config.role == POUCE_PEER_OFFERER;
    if (first) {
        webrtc->resender = gst_object_ref(src);
        webrtc->repeat = g_source_new(&functions, sizeof(GSource));
        g_source_set_callback(
            webrtc->repeat, on_due, pouce_peer_ref(webrtc->peer), (GDestroyNotify)pouce_peer_unref);
        g_source_attach(webrtc->repeat, webrtc->peer->context);
    }
    g_mutex_unlock(&webrtc->lock);
    gst_object_unref(src);
}

void pouce_webrtc_end_repeats(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    GSource *repeat = g_steal_pointer(&webrtc->repeat);
    g_mutex_unlock(&webrtc->lock);
    if (repeat) {
        g_source_destroy(repeat);
        g_source_unref(repeat);
    }
}
