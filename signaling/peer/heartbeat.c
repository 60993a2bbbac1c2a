// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Heartbeats on `motion`, because the library never notices a killed peer (PROTOCOL.md, kind 2):
// one a second with an odd seq; whoever hears an odd one answers at once with the next even seq,
// which gives the round trip. Anything heard proves life, heartbeats make sure there is something.

#include "signaling/peer/backend.h"

#include "signaling/wire/motion.h"

#define PERIOD_US (1 * G_USEC_PER_SEC)
/** While waiting for the far side, how often one looks for it; else each look sets the next one. */
#define LOOK_US (G_USEC_PER_SEC / 4)
/** Silence until LOST; the promise is under 5 s. */
#define LOST_US (4 * G_USEC_PER_SEC)
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
        beat->next_us = now_us + PERIOD_US;
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
    } else if (motion.echo == beat->timed_seq && beat->timed_us != 0) {
        beat->rtt_us = g_get_monotonic_time() - beat->timed_us;
        beat->timed_us = 0;
    }
}

static void look_for_life(PoucePeer *peer, gint64 now_us)
{
    g_mutex_lock(&peer->lock);
    gint64 heard_us = peer->heard_us;
    g_mutex_unlock(&peer->lock);
    gboolean silent = now_us - heard_us >= LOST_US;
    if (peer->state == POUCE_PEER_CONNECTED && silent) {
        pouce_peer_set_state(peer, POUCE_PEER_LOST, "Nothing comes from the other side any more.");
    } else if (peer->state == POUCE_PEER_LOST && !silent) {
        pouce_peer_set_state(peer, POUCE_PEER_CONNECTED, "");
    }
}

// A heartbeat is due, or silence would be too long: a quiet connection wakes up once a second.
static gint64 next_look_us(PoucePeer *peer, gint64 now_us)
{
    if (peer->state != POUCE_PEER_CONNECTED || peer->heartbeat.next_us == 0) {
        return now_us + LOOK_US;
    }
    g_mutex_lock(&peer->lock);
    gint64 lost_us = peer->heard_us + LOST_US;
    g_mutex_unlock(&peer->lock);
    gint64 due_us = MIN(peer->heartbeat.next_us, lost_us);
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

void pouce_peer_heartbeat_start(PoucePeer *peer)
{
    if (!peer->timer) {
        peer->timer = g_source_new(&look_funcs, sizeof(GSource));
        g_source_set_callback(
            peer->timer, on_look, pouce_peer_ref(peer), (GDestroyNotify)pouce_peer_unref);
        g_source_attach(peer->timer, peer->context);
    }
    if (peer->heartbeat.next_us == 0 && g_atomic_int_get(&peer->channel_open[POUCE_PEER_MOTION])) {
        send_heartbeat(peer, TRUE);
    }
    pouce_peer_heartbeat_rearm(peer);
}
