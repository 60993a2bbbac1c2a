// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Heartbeats on `motion`, because the library never notices a killed peer (PROTOCOL.md, kind 2):
// one a second with an odd seq; whoever hears an odd one answers at once with the next even seq,
// which gives the round trip. Anything heard proves life, heartbeats make sure there is something.
// When this computer's networks change, the path is doubted: the far side is asked at once, and has
// to answer soon. So a new address costs a second, and a change that concerns another path one
// message.

#include "signaling/peer/backend.h"

#include "signaling/wire/motion.h"

#include <gio/gio.h>

#define PERIOD_US (1 * G_USEC_PER_SEC)
/** While waiting for the far side, how often one looks for it; else each look sets the next one. */
#define LOOK_US (G_USEC_PER_SEC / 4)
/** Silence until LOST; the promise is under 5 s. */
#define LOST_US (4 * G_USEC_PER_SEC)
/** The same after this computer's networks changed, beside two round trips: room for one lost
 * answer. */
#define DOUBT_US (1 * G_USEC_PER_SEC)
#define DOUBT_BEAT_US (DOUBT_US / 4)
#define CONNECT_TIMEOUT_MS 30000

static void send_heartbeat(PoucePeer *peer, gboolean timed)
{
    PouceHeartbeat *beat = &peer->heartbeat;
    if (!g_atomic_int_get(&peer->channel_open[POUCE_PEER_MOTION])) {
        return;
    }
    guint32 seq = beat->seq + 1;
    if ((seq & 1) != (timed ? 1u : 0u)) {
        seq++;
    }
    beat->seq = seq;
    PouceMotion motion = {.kind = POUCE_MOTION_HEARTBEAT,
        .seq = seq,
        .echo = beat->heard,
        .decoded = (guint32)g_atomic_int_get(&peer->decoded)};
    guint8 message[POUCE_MOTION_MAX_BYTES];
    gsize size = pouce_motion_build(&motion, message);
    gint64 now_us = g_get_monotonic_time();
    if (timed) {
        beat->timed_seq = seq;
        beat->timed_us = now_us;
        beat->next_us = now_us + (beat->doubt_us ? DOUBT_BEAT_US : PERIOD_US);
    }
    g_autoptr(GBytes) bytes = g_bytes_new(message, size);
    peer->backend->send(peer, POUCE_PEER_MOTION, bytes);
}

void pouce_peer_heartbeat_heard(PoucePeer *peer, const guint8 *data, gsize bytes)
{
    PouceHeartbeat *beat = &peer->heartbeat;
    PouceMotion motion;
    if (!pouce_motion_parse(data, bytes, &motion)) {
        pouce_peer_report_invalid(peer);
        return;
    }
    if (beat->heard != 0 && !pouce_motion_is_newer(motion.seq, beat->heard)) {
        return; // late: the channel is unordered
    }
    beat->heard = motion.seq;
    g_mutex_lock(&peer->lock);
    peer->stats.far_decoded = MAX(peer->stats.far_decoded, motion.decoded);
    g_mutex_unlock(&peer->lock);
    if (motion.seq & 1) {
        send_heartbeat(peer, FALSE);
        return;
    }
    if (motion.echo == beat->doubt_seq || pouce_motion_is_newer(motion.echo, beat->doubt_seq)) {
        beat->doubt_us = 0;
    }
    if (motion.echo == beat->timed_seq && beat->timed_us != 0) {
        beat->rtt_us = g_get_monotonic_time() - beat->timed_us;
        beat->timed_us = 0;
    }
}

static gint64 heard_us(PoucePeer *peer)
{
    g_mutex_lock(&peer->lock);
    gint64 us = peer->heard_us;
    g_mutex_unlock(&peer->lock);
    return us;
}

// When silence will have lasted too long.
static gint64 lost_at_us(PoucePeer *peer)
{
    PouceHeartbeat *beat = &peer->heartbeat;
    gint64 lost_us = heard_us(peer) + LOST_US;
    gint64 answer_us = beat->doubt_us + DOUBT_US + 2 * MAX(0, beat->rtt_us);
    return beat->doubt_us ? MIN(lost_us, answer_us) : lost_us;
}

static void look_for_life(PoucePeer *peer, gint64 now_us)
{
    PouceHeartbeat *beat = &peer->heartbeat;
    if (peer->state == POUCE_PEER_CONNECTED && now_us >= lost_at_us(peer)) {
        beat->doubt_us = 0;
        beat->lost_us = now_us;
        pouce_peer_set_state(peer, POUCE_PEER_LOST, "Nothing comes from the other side any more.");
    } else if (peer->state == POUCE_PEER_LOST && heard_us(peer) > beat->lost_us) {
        pouce_peer_set_state(peer, POUCE_PEER_CONNECTED, "");
    }
}

// A heartbeat is due, or silence would be too long: a quiet connection wakes up once a second.
static gint64 next_look_us(PoucePeer *peer, gint64 now_us)
{
    if (peer->state != POUCE_PEER_CONNECTED || peer->heartbeat.next_us == 0) {
        return now_us + LOOK_US;
    }
    gint64 due_us = MIN(peer->heartbeat.next_us, lost_at_us(peer));
    gboolean soon = peer->keyframe_wanted || due_us <= now_us; // what was due could not be done
    return soon ? now_us + LOOK_US : due_us;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
    return callback(user);
}

static GSourceFuncs look_funcs = {.dispatch = dispatch};

static void look(PoucePeer *peer, gint64 now_us)
{
    gint64 timeout_ms =
        peer->config.connect_timeout_ms > 0 ? peer->config.connect_timeout_ms : CONNECT_TIMEOUT_MS;
    if (peer->state == POUCE_PEER_CONNECTING || peer->state == POUCE_PEER_SECURE) {
        if (now_us - peer->started_us > timeout_ms * 1000) {
            pouce_peer_fail(peer, POUCE_PEER_FAILURE_UNREACHABLE);
        }
        return;
    }
    if (peer->heartbeat.next_us != 0 && now_us >= peer->heartbeat.next_us) {
        send_heartbeat(peer, TRUE);
    }
    if (peer->keyframe_wanted) {
        pouce_peer_request_keyframe(peer);
    }
    look_for_life(peer, now_us);
}

// Never later than it is set to: who asks for key frames all the time would put off heartbeats.
void pouce_peer_heartbeat_rearm(PoucePeer *peer)
{
    if (peer->timer) {
        gint64 set_us = g_source_get_ready_time(peer->timer);
        gint64 next_us = next_look_us(peer, g_get_monotonic_time());
        g_source_set_ready_time(peer->timer, set_us < 0 ? next_us : MIN(set_us, next_us));
    }
}

static gboolean on_look(gpointer user)
{
    PoucePeer *peer = user;
    g_source_set_ready_time(peer->timer, -1);
    look(peer, g_get_monotonic_time());
    pouce_peer_heartbeat_rearm(peer);
    return G_SOURCE_CONTINUE;
}

static gboolean on_doubt(gpointer user)
{
    PoucePeer *peer = user;
    PouceHeartbeat *beat = &peer->heartbeat;
    gboolean new = peer->state == POUCE_PEER_CONNECTED && !beat->doubt_us; // changes come in twos
    if (peer->timer && new) {
        beat->doubt_us = g_get_monotonic_time();
        beat->doubt_seq = (beat->seq + 1) | 1;
        beat->next_us = beat->doubt_us;
        g_source_set_ready_time(peer->timer, 0);
    }
    return G_SOURCE_REMOVE;
}

// On the thread of whoever used the monitor first.
static void on_network_changed(GNetworkMonitor *monitor, gboolean available, gpointer user)
{
    g_autoptr(GSource) source = g_idle_source_new();
    PoucePeer *peer = user;
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_doubt, pouce_peer_ref(peer), (GDestroyNotify)pouce_peer_unref);
    g_source_attach(source, peer->context);
}

static void forget_peer(gpointer user, GClosure *closure)
{
    pouce_peer_unref(user);
}

void pouce_peer_heartbeat_start(PoucePeer *peer)
{
    if (!peer->timer) {
        peer->timer = g_source_new(&look_funcs, sizeof(GSource));
        g_source_set_callback(
            peer->timer, on_look, pouce_peer_ref(peer), (GDestroyNotify)pouce_peer_unref);
        g_source_attach(peer->timer, peer->context);
        peer->network_changed =
            g_signal_connect_data(g_network_monitor_get_default(), "network-changed",
                G_CALLBACK(on_network_changed), pouce_peer_ref(peer), forget_peer, 0);
    }
    if (peer->heartbeat.next_us == 0 && g_atomic_int_get(&peer->channel_open[POUCE_PEER_MOTION])) {
        send_heartbeat(peer, TRUE);
    }
    pouce_peer_heartbeat_rearm(peer);
}

void pouce_peer_heartbeat_stop(PoucePeer *peer)
{
    if (!peer->timer) {
        return;
    }
    g_signal_handler_disconnect(g_network_monitor_get_default(), peer->network_changed);
    g_source_destroy(peer->timer);
    g_clear_pointer(&peer->timer, g_source_unref);
}
