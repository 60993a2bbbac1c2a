// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/peer/peer.h"

#include "signaling/peer/backend.h"
#include "signaling/peer/candidate.h"

#include <string.h>

#define BYE_WAIT_US (100 * 1000)
/** After the bye left the channel's queue it crosses SCTP's and DTLS's threads, which a loaded
 * machine delays; a far side that heard it closes, which ends the wait. */
#define BYE_SETTLE_US (150 * 1000)
#define KEYFRAME_GAP_US (G_USEC_PER_SEC / 2)
#define REASON_MAX_BYTES 32

G_DEFINE_QUARK(pouce_peer_error_quark, pouce_peer_error)

static const PoucePeerBackend *find_backend(const char *name)
{
    const PoucePeerBackend *const all[] = {
        &pouce_peer_backend_webrtcbin, &pouce_peer_backend_loopback};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        if (!name || g_str_equal(name, all[i]->name)) {
            return all[i];
        }
    }
    return NULL;
}

static void copy_config(PoucePeerConfig *to, const PoucePeerConfig *from)
{
    *to = *from;
    to->backend = NULL;
    to->ice_server_count = MIN(from->ice_server_count, POUCE_PEER_ICE_SERVERS_MAX);
    PoucePeerIceServer *servers = g_new0(PoucePeerIceServer, POUCE_PEER_ICE_SERVERS_MAX);
    for (guint i = 0; i < to->ice_server_count; i++) {
        servers[i].url = g_strdup(from->ice_servers[i].url);
        servers[i].username = g_strdup(from->ice_servers[i].username);
        servers[i].credential = g_strdup(from->ice_servers[i].credential);
    }
    to->ice_servers = servers;
    to->ca_file = g_strdup(from->ca_file);
}

static void clear_config(PoucePeerConfig *config)
{
    for (guint i = 0; i < config->ice_server_count; i++) {
        g_free((char *)config->ice_servers[i].url);
        g_free((char *)config->ice_servers[i].username);
        g_free((char *)config->ice_servers[i].credential);
    }
    g_free((PoucePeerIceServer *)config->ice_servers);
    g_free((char *)config->ca_file);
}

PoucePeer *pouce_peer_ref(PoucePeer *peer)
{
    g_atomic_int_inc(&peer->refs);
    return peer;
}

void pouce_peer_unref(PoucePeer *peer)
{
    if (!g_atomic_int_dec_and_test(&peer->refs)) {
        return;
    }
    clear_config(&peer->config);
    g_free(peer->close_reason);
    g_mutex_clear(&peer->lock);
    g_main_context_unref(peer->context);
    g_free(peer);
}

PoucePeer *pouce_peer_new(
    const PoucePeerConfig *config, const PoucePeerEvents *events, gpointer user, GError **error)
{
    const PoucePeerBackend *backend = find_backend(config->backend);
    if (!backend) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_UNSUPPORTED,
            "There is no way to connect called \"%s\".", config->backend);
        return NULL;
    }
    PoucePeer *peer = g_new0(PoucePeer, 1);
    peer->refs = 1;
    peer->backend = backend;
    copy_config(&peer->config, config);
    peer->events = *events;
    peer->user = user;
    peer->context = g_main_context_ref_thread_default();
    peer->heartbeat.rtt_us = -1;
    g_mutex_init(&peer->lock);
    g_queue_init(&peer->queue);
    g_queue_init(&peer->held);
    if (!backend->create(peer, error)) {
        pouce_peer_unref(peer);
        return NULL;
    }
    return peer;
}

void pouce_peer_start(PoucePeer *peer)
{
    g_return_if_fail(peer->state == POUCE_PEER_NEW);
    peer->started_us = g_get_monotonic_time();
    pouce_peer_ref(peer);
    pouce_peer_set_state(peer, POUCE_PEER_CONNECTING, "");
    if (!peer->freed && !peer->stopping) {
        pouce_peer_heartbeat_start(peer);
        peer->backend->start(peer);
    }
    pouce_peer_unref(peer);
}

void pouce_peer_set_state(PoucePeer *peer, PoucePeerState state, const char *reason)
{
    if (peer->state == state || peer->state == POUCE_PEER_CLOSED) {
        return;
    }
    pouce_peer_ref(peer);
    peer->state = state;
    if (state == POUCE_PEER_CONNECTED) {
        g_mutex_lock(&peer->lock);
        peer->heard_us = g_get_monotonic_time();
        g_mutex_unlock(&peer->lock);
    }
    if (state == POUCE_PEER_FAILED || state == POUCE_PEER_CLOSED) {
        pouce_peer_stop(peer);
    }
    if (peer->events.on_state) {
        peer->events.on_state(peer->user, state, reason);
    }
    pouce_peer_unref(peer);
}

static gboolean on_torn_down(gpointer user)
{
    PoucePeer *peer = user;
    if (!peer->freed && peer->close_reason) {
        pouce_peer_set_state(peer, POUCE_PEER_CLOSED, peer->close_reason);
    }
    return G_SOURCE_REMOVE;
}

static gboolean is_control_open(PoucePeer *peer)
{
    return g_atomic_int_get(&peer->channel_open[POUCE_PEER_CONTROL]);
}

static void wait_for_bye(PoucePeer *peer)
{
    gint64 until_us = g_get_monotonic_time() + BYE_WAIT_US;
    while (is_control_open(peer) && peer->backend->buffered(peer, POUCE_PEER_CONTROL) > 0 &&
           g_get_monotonic_time() < until_us) {
        g_usleep(1000);
    }
    until_us = g_get_monotonic_time() + (peer->backend->far_side_closes ? BYE_SETTLE_US : 0);
    while (is_control_open(peer) && g_get_monotonic_time() < until_us) {
        g_usleep(1000);
    }
}

static gpointer tear_down(gpointer user)
{
    PoucePeer *peer = user;
    if (peer->close_reason) {
        wait_for_bye(peer);
    }
    peer->backend->stop(peer);
    g_main_context_invoke_full(peer->context, G_PRIORITY_DEFAULT, on_torn_down,
        pouce_peer_ref(peer), (GDestroyNotify)pouce_peer_unref);
    pouce_peer_unref(peer);
    return NULL;
}

void pouce_peer_stop(PoucePeer *peer)
{
    if (peer->stopping) {
        return;
    }
    peer->stopping = TRUE;
    g_atomic_int_set(&peer->media_allowed, FALSE);
    pouce_peer_heartbeat_stop(peer);
    peer->teardown = g_thread_new("pouce-peer-stop", tear_down, pouce_peer_ref(peer));
}

static gboolean is_open(PoucePeer *peer)
{
    return peer->state == POUCE_PEER_CONNECTED || peer->state == POUCE_PEER_LOST;
}

void pouce_peer_close(PoucePeer *peer, const char *reason)
{
    if (peer->state == POUCE_PEER_CLOSED || peer->close_reason) {
        return;
    }
    peer->close_reason = g_strndup(reason ? reason : "", REASON_MAX_BYTES);
    g_strcanon(peer->close_reason, "abcdefghijklmnopqrstuvwxyz_", '_');
    if (peer->stopping) { // failed before: its teardown is done or will tell
        pouce_peer_set_state(peer, POUCE_PEER_CLOSED, peer->close_reason);
        return;
    }
    if (is_open(peer)) {
        g_autofree char *bye =
            g_strdup_printf("{\"type\":\"bye\",\"reason\":\"%s\"}", peer->close_reason);
        pouce_peer_send(peer, POUCE_PEER_CONTROL, bye, strlen(bye));
    }
    pouce_peer_stop(peer);
}

void pouce_peer_free(PoucePeer *peer)
{
    if (!peer) {
        return;
    }
    peer->freed = TRUE;
    pouce_peer_stop(peer);
    g_clear_pointer(&peer->teardown, g_thread_join);
    peer->backend->destroy(peer);
    pouce_peer_forget_events(peer);
    pouce_peer_unref(peer);
}

gboolean pouce_peer_set_remote_description(
    PoucePeer *peer, const char *type, const char *sdp, GError **error)
{
    const char *expected = peer->config.role == POUCE_PEER_OFFERER ? "answer" : "offer";
    if (peer->stopping || peer->state == POUCE_PEER_NEW) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_FAILED,
            "This connection is over; make a new one.");
        return FALSE;
    }
    if (!g_str_equal(type, expected) || peer->described) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_MALFORMED,
            "The other side sent an %s where none was due.",
            g_str_equal(type, "offer") ? "offer" : "answer");
        return FALSE;
    }
    g_auto(PouceSdp) read = {0};
    if (!pouce_sdp_read(type, sdp, strlen(sdp), &read, error)) {
        return FALSE;
    }
    if (peer->candidates + read.candidates > POUCE_PEER_CANDIDATES_MAX) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_LIMIT,
            "The other side sent more than %d candidates.", POUCE_PEER_CANDIDATES_MAX);
        return FALSE;
    }
    peer->candidates += read.candidates;
    peer->described = TRUE;
    peer->backend->set_remote(peer, &read);
    return TRUE;
}

gboolean pouce_peer_add_candidate(
    PoucePeer *peer, const char *candidate, guint mline, GError **error)
{
    if (!*candidate || peer->stopping) {
        return TRUE;
    }
    if (peer->candidates >= POUCE_PEER_CANDIDATES_MAX) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_LIMIT,
            "The other side sent more than %d candidates.", POUCE_PEER_CANDIDATES_MAX);
        return FALSE;
    }
    if (mline >= POUCE_SDP_MAX_MEDIA) {
        g_set_error(error, POUCE_PEER_ERROR, POUCE_PEER_ERROR_MALFORMED,
            "A candidate of the other side belongs to no medium.");
        return FALSE;
    }
    g_autofree char *clean = pouce_candidate_read(candidate, strlen(candidate), error);
    if (!clean) {
        return FALSE;
    }
    peer->candidates++;
    peer->backend->add_candidate(peer, clean, mline);
    return TRUE;
}

PoucePeerSend pouce_peer_send(
    PoucePeer *peer, PoucePeerChannel channel, const void *data, gsize bytes)
{
    gsize most =
        channel == POUCE_PEER_CONTROL ? POUCE_PEER_CONTROL_MAX_BYTES : POUCE_PEER_MESSAGE_MAX_BYTES;
    if (bytes > most) {
        return POUCE_PEER_SEND_TOO_BIG;
    }
    if (!is_open(peer) || peer->stopping || !g_atomic_int_get(&peer->channel_open[channel])) {
        return POUCE_PEER_SEND_NOT_OPEN;
    }
    if (peer->backend->buffered(peer, channel) + bytes > POUCE_PEER_BUFFERED_MAX_BYTES) {
        peer->full[channel] = TRUE;
        return POUCE_PEER_SEND_FULL;
    }
    g_autoptr(GBytes) message = g_bytes_new(data, bytes);
    peer->backend->send(peer, channel, message);
    g_mutex_lock(&peer->lock);
    peer->stats.bytes_sent += bytes;
    g_mutex_unlock(&peer->lock);
    return POUCE_PEER_SEND_OK;
}

gsize pouce_peer_buffered_bytes(PoucePeer *peer, PoucePeerChannel channel)
{
    return is_open(peer) && !peer->stopping ? peer->backend->buffered(peer, channel) : 0;
}

void pouce_peer_allow_media(PoucePeer *peer)
{
    if (!is_open(peer) || peer->stopping || g_atomic_int_get(&peer->media_allowed)) {
        return;
    }
    g_atomic_int_set(&peer->media_allowed, TRUE);
    if (peer->config.role == POUCE_PEER_OFFERER) {
        pouce_peer_report_keyframe_request(peer);
    } else if (g_atomic_int_get(&peer->video_missed)) {
        pouce_peer_request_keyframe(peer);
    }
    pouce_peer_deliver_held(peer);
}

PoucePeerPush pouce_peer_can_push(PoucePeer *peer)
{
    if (peer->config.role != POUCE_PEER_OFFERER || !g_atomic_int_get(&peer->media_allowed)) {
        return POUCE_PEER_PUSH_NOT_ALLOWED;
    }
    return peer->backend->can_push(peer);
}

void pouce_peer_set_window(PoucePeer *peer, gsize bytes)
{
    g_atomic_int_set(&peer->window_bytes, (gint)MIN(bytes, G_MAXINT));
}

void pouce_peer_set_pace(PoucePeer *peer, int bps)
{
    g_atomic_int_set(&peer->pace_bps, MAX(bps, 0));
}

void pouce_peer_burst_next(PoucePeer *peer)
{
    g_atomic_int_set(&peer->burst_next, TRUE);
}

gint64 pouce_peer_follow_up_us(PoucePeer *peer)
{
    return peer->backend->follow_up_us ? peer->backend->follow_up_us(peer) : -1;
}

void pouce_peer_delivery(PoucePeer *peer, PoucePeerDelivery *out)
{
    *out = (PoucePeerDelivery){.lost_due_us = -1};
    if (peer->backend->delivery) {
        peer->backend->delivery(peer, out);
    }
}

PoucePeerPush pouce_peer_push_video(PoucePeer *peer, const PouceVideoFrame *frame)
{
    gsize bytes = frame->bytes;
    gboolean too_far = frame->base_id && frame->id - frame->base_id > POUCE_PEER_BACK_MAX;
    if (bytes > POUCE_PEER_FRAME_MAX_BYTES || bytes == 0 || too_far) {
        return POUCE_PEER_PUSH_TOO_BIG;
    }
    PoucePeerPush answer = pouce_peer_can_push(peer);
    if (answer == POUCE_PEER_PUSH_OK) {
        answer = peer->backend->push(peer, frame);
    }
    g_mutex_lock(&peer->lock);
    peer->stats.frames += answer == POUCE_PEER_PUSH_OK;
    peer->stats.bytes_sent += answer == POUCE_PEER_PUSH_OK ? bytes : 0;
    peer->stats.frames_busy += answer == POUCE_PEER_PUSH_BUSY;
    g_mutex_unlock(&peer->lock);
    return answer;
}

PoucePeerPush pouce_peer_push_voice(PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    if (bytes > POUCE_PEER_VOICE_MAX_BYTES || bytes == 0) {
        return POUCE_PEER_PUSH_TOO_BIG;
    }
    if (!g_atomic_int_get(&peer->media_allowed)) {
        return POUCE_PEER_PUSH_NOT_ALLOWED;
    }
    PoucePeerPush answer = peer->backend->push_voice(peer, opus, bytes, pts_us);
    g_mutex_lock(&peer->lock);
    peer->stats.voice_sent += answer == POUCE_PEER_PUSH_OK;
    peer->stats.bytes_sent += answer == POUCE_PEER_PUSH_OK ? bytes : 0;
    g_mutex_unlock(&peer->lock);
    return answer;
}

void pouce_peer_request_keyframe(PoucePeer *peer)
{
    gint64 now_us = g_get_monotonic_time();
    if (peer->config.role != POUCE_PEER_ANSWERER || !is_open(peer) || peer->stopping) {
        return;
    }
    peer->keyframe_wanted = now_us - peer->keyframe_asked_us < KEYFRAME_GAP_US;
    if (!peer->keyframe_wanted) {
        peer->keyframe_asked_us = now_us;
        peer->backend->request_keyframe(peer);
    }
    pouce_peer_heartbeat_rearm(peer);
}

void pouce_peer_set_decoded(PoucePeer *peer, guint32 frames, guint32 rtp_timestamp)
{
    g_atomic_int_set(&peer->decoded, (gint)frames);
    if (peer->backend->tell && g_atomic_int_get(&peer->channel_open[POUCE_PEER_MOTION])) {
        peer->backend->tell(peer, rtp_timestamp);
    }
}

const char *pouce_peer_own_fingerprint(PoucePeer *peer)
{
    return peer->state >= POUCE_PEER_SECURE ? peer->own_fingerprint : "";
}

const char *pouce_peer_peer_fingerprint(PoucePeer *peer)
{
    return peer->state >= POUCE_PEER_SECURE ? peer->peer_fingerprint : "";
}

PoucePeerState pouce_peer_state(PoucePeer *peer)
{
    return peer->state;
}

void pouce_peer_counts(PoucePeer *peer, PoucePeerStats *out_stats)
{
    g_mutex_lock(&peer->lock);
    *out_stats = peer->stats;
    g_mutex_unlock(&peer->lock);
    out_stats->rtt_us = peer->heartbeat.rtt_us;
}

void pouce_peer_stats(PoucePeer *peer, PoucePeerStats *out_stats)
{
    pouce_peer_counts(peer, out_stats);
    if (!peer->stopping) {
        peer->backend->stats(peer, out_stats);
    }
}
