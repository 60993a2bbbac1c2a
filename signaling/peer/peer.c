// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// The face only; what stands behind it follows.

#include "signaling/peer/peer.h"

GQuark pouce_peer_error_quark(void)
{
    return g_quark_from_static_string("pouce_peer_error");
}

void pouce_peer_warm_up(void)
{
}

PoucePeer *pouce_peer_new(
    const PoucePeerConfig *config, const PoucePeerEvents *events, gpointer user, GError **error)
{
    g_set_error_literal(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_UNSUPPORTED, "not here yet");
    return NULL;
}

void pouce_peer_free(PoucePeer *peer)
{
}

void pouce_peer_start(PoucePeer *peer)
{
}

gboolean pouce_peer_set_remote_description(
    PoucePeer *peer, const char *type, const char *sdp, GError **error)
{
    return 0;
}

gboolean pouce_peer_add_candidate(
    PoucePeer *peer, const char *candidate, guint mline, GError **error)
{
    return 0;
}

PoucePeerSend pouce_peer_send(
    PoucePeer *peer, PoucePeerChannel channel, const void *data, gsize bytes)
{
    return 0;
}

gsize pouce_peer_buffered_bytes(PoucePeer *peer, PoucePeerChannel channel)
{
    return 0;
}

void pouce_peer_allow_media(PoucePeer *peer)
{
}

PoucePeerPush pouce_peer_push_video(PoucePeer *peer, const guint8 *vp8, gsize bytes, gint64 pts_us)
{
    return 0;
}

PoucePeerPush pouce_peer_can_push(PoucePeer *peer)
{
    return 0;
}

void pouce_peer_request_keyframe(PoucePeer *peer)
{
}

void pouce_peer_set_decoded(PoucePeer *peer, guint32 frames)
{
}

const char *pouce_peer_own_fingerprint(PoucePeer *peer)
{
    return "";
}

const char *pouce_peer_peer_fingerprint(PoucePeer *peer)
{
    return "";
}

PoucePeerState pouce_peer_state(PoucePeer *peer)
{
    return 0;
}

void pouce_peer_stats(PoucePeer *peer, PoucePeerStats *out_stats)
{
    *out_stats = (PoucePeerStats){.rtt_us = -1};
}

void pouce_peer_close(PoucePeer *peer, const char *reason)
{
}

void pouce_peer_loopback_connect(PoucePeer *offerer, PoucePeer *answerer)
{
}
