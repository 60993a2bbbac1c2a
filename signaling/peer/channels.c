// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The five data channels over webrtcbin. Opening, messages and room arrive on SCTP's threads.

#include "signaling/peer/webrtc.h"

/** on_writable comes when less than this waits. */
#define LOW_BYTES (64 * 1024)

static GstWebRTCDataChannel *ref_channel(PouceWebrtc *webrtc, PoucePeerChannel channel)
{
    g_mutex_lock(&webrtc->lock);
    GstWebRTCDataChannel *found = webrtc->channels[channel];
    if (found) {
        g_object_ref(found);
    }
    g_mutex_unlock(&webrtc->lock);
    return found;
}

static PoucePeerChannel channel_of(GstWebRTCDataChannel *channel)
{
    return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(channel), "pouce-channel"));
}

static gboolean is_refused(PouceWebrtc *webrtc)
{
    g_mutex_lock(&webrtc->lock);
    gboolean refused = webrtc->refused || !webrtc->secure;
    g_mutex_unlock(&webrtc->lock);
    return refused;
}

static void on_open(GstWebRTCDataChannel *channel, gpointer user)
{
    PouceWebrtc *webrtc = user;
    if (!is_refused(webrtc)) {
        pouce_peer_report_open(webrtc->peer, channel_of(channel));
    }
}

static void on_close(GstWebRTCDataChannel *channel, gpointer user)
{
    PouceWebrtc *webrtc = user;
    pouce_peer_report_closed(webrtc->peer, channel_of(channel));
}

static void on_data(GstWebRTCDataChannel *channel, GBytes *message, gpointer user)
{
    PouceWebrtc *webrtc = user;
    gsize bytes = 0;
    const guint8 *data = message ? g_bytes_get_data(message, &bytes) : NULL;
    if (channel_of(channel) == POUCE_PEER_CONTROL || is_refused(webrtc)) {
        pouce_peer_report_invalid(webrtc->peer);
        return;
    }
    pouce_peer_report_message(webrtc->peer, channel_of(channel), data, bytes);
}

static void on_string(GstWebRTCDataChannel *channel, const char *message, gpointer user)
{
    PouceWebrtc *webrtc = user;
    if (channel_of(channel) != POUCE_PEER_CONTROL || !message || is_refused(webrtc)) {
        pouce_peer_report_invalid(webrtc->peer);
        return;
    }
    pouce_peer_report_message(
        webrtc->peer, POUCE_PEER_CONTROL, (const guint8 *)message, strlen(message));
}

static void on_low(GstWebRTCDataChannel *channel, gpointer user)
{
    PouceWebrtc *webrtc = user;
    pouce_peer_report_writable(webrtc->peer, channel_of(channel));
}

// Takes @channel.
static void adopt(PouceWebrtc *webrtc, PoucePeerChannel index, GstWebRTCDataChannel *channel)
{
    g_object_set_data(G_OBJECT(channel), "pouce-channel", GINT_TO_POINTER(index));
    g_object_set(channel, "buffered-amount-low-threshold", (guint64)LOW_BYTES, NULL);
    g_signal_connect(channel, "on-open", G_CALLBACK(on_open), webrtc);
    g_signal_connect(channel, "on-close", G_CALLBACK(on_close), webrtc);
    g_signal_connect(channel, "on-message-data", G_CALLBACK(on_data), webrtc);
    g_signal_connect(channel, "on-message-string", G_CALLBACK(on_string), webrtc);
    g_signal_connect(channel, "on-buffered-amount-low", G_CALLBACK(on_low), webrtc);
    g_mutex_lock(&webrtc->lock);
    webrtc->channels[index] = channel;
    g_mutex_unlock(&webrtc->lock);
    GstWebRTCDataChannelState state;
    g_object_get(channel, "ready-state", &state, NULL);
    if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN) {
        on_open(channel, webrtc);
    }
}

gboolean pouce_webrtc_make_channels(PouceWebrtc *webrtc)
{
    for (int i = 0; i < POUCE_PEER_CHANNELS; i++) {
        GstStructure *options = NULL;
        if (i == POUCE_PEER_MOTION) {
            options = gst_structure_new("options", "ordered", G_TYPE_BOOLEAN, FALSE,
                "max-retransmits", G_TYPE_INT, 0, NULL);
        }
        GstWebRTCDataChannel *channel = NULL;
        g_signal_emit_by_name(
            webrtc->bin, "create-data-channel", pouce_peer_channel_label(i), options, &channel);
        g_clear_pointer(&options, gst_structure_free);
        if (!channel) {
            return FALSE;
        }
        adopt(webrtc, i, channel);
    }
    return TRUE;
}

static void on_data_channel(GstElement *bin, GstWebRTCDataChannel *channel, gpointer user)
{
    PouceWebrtc *webrtc = user;
    g_autofree char *label = NULL;
    g_object_get(channel, "label", &label, NULL);
    int index = pouce_peer_channel_by_label(label);
    g_mutex_lock(&webrtc->lock);
    gboolean known = index >= 0 && !webrtc->channels[index];
    g_mutex_unlock(&webrtc->lock);
    if (known) {
        adopt(webrtc, index, g_object_ref(channel));
    } else {
        pouce_peer_report_invalid(webrtc->peer);
    }
}

void pouce_webrtc_accept_channels(PouceWebrtc *webrtc)
{
    g_signal_connect(webrtc->bin, "on-data-channel", G_CALLBACK(on_data_channel), webrtc);
}

void pouce_webrtc_send(PoucePeer *peer, PoucePeerChannel channel, GBytes *message)
{
    g_autoptr(GstWebRTCDataChannel) to = ref_channel(peer->impl, channel);
    if (!to) {
        return;
    }
    if (channel == POUCE_PEER_CONTROL) {
        gsize bytes;
        const char *data = g_bytes_get_data(message, &bytes);
        g_autofree char *text = g_strndup(data, bytes);
        gst_webrtc_data_channel_send_string(to, text);
    } else {
        gst_webrtc_data_channel_send_data(to, message);
    }
}

gsize pouce_webrtc_buffered(PoucePeer *peer, PoucePeerChannel channel)
{
    g_autoptr(GstWebRTCDataChannel) of = ref_channel(peer->impl, channel);
    guint64 bytes = 0;
    if (of) {
        g_object_get(of, "buffered-amount", &bytes, NULL);
    }
    return (gsize)bytes;
}
