// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// From any thread to the owner's main context: one bounded queue and one source that empties it.
// The gates stand here: what may not be heard before allow_media is dropped and counted on arrival.

#include "signaling/peer/backend.h"
#include "signaling/wire/motion.h"

#include <jansson.h>
#include <string.h>

typedef enum {
    EVENT_DESCRIPTION,
    EVENT_CANDIDATE,
    EVENT_SECURE,
    EVENT_OPEN,
    EVENT_MESSAGE,
    EVENT_WRITABLE,
    EVENT_KEYFRAME,
    EVENT_FEEDBACK,
    EVENT_TOLD,
    EVENT_FAILED,
} EventKind;

typedef struct {
    EventKind kind;
    guint number; // channel, m-line, failure
    char *text;   // type, candidate
    guint8 *data; // description, message, feedback
    gsize bytes;
} PeerEvent;

static const char *const labels[POUCE_PEER_CHANNELS] = {
    "control", "input", "motion", "cursor", "files"};

static const struct {
    const char *code, *sentence;
} failures[POUCE_PEER_FAILURES] = {
    [POUCE_PEER_FAILURE_NONE] = {"", ""},
    [POUCE_PEER_FAILURE_UNREACHABLE] = {"unreachable",
        "The two computers could not reach each other. A firewall may be in the way: try again on "
        "another network, or ask the operator for a relay."},
    [POUCE_PEER_FAILURE_CERTIFICATE] = {"wrong_certificate",
        "The other computer is not the one that was announced: its certificate is another. Nothing "
        "was shown or sent."},
    [POUCE_PEER_FAILURE_MISFIT] = {"misfit",
        "The other side's description does not fit: the two programs cannot connect. Update both."},
    [POUCE_PEER_FAILURE_FLOOD] = {"flood",
        "The other side sends more than this computer can take."},
    [POUCE_PEER_FAILURE_NOT_PREPARED] = {"not_prepared",
        "The connection could not be prepared on this computer."},
};

const char *pouce_peer_failure_code(PoucePeer *peer)
{
    return failures[peer->failure].code;
}

void pouce_peer_fail(PoucePeer *peer, PoucePeerFailure failure)
{
    if (peer->state != POUCE_PEER_FAILED && peer->state != POUCE_PEER_CLOSED) {
        peer->failure = failure;
        pouce_peer_set_state(peer, POUCE_PEER_FAILED, failures[failure].sentence);
    }
}

const char *pouce_peer_channel_label(PoucePeerChannel channel)
{
    return labels[channel];
}

int pouce_peer_channel_by_label(const char *label)
{
    for (int i = 0; label && i < POUCE_PEER_CHANNELS; i++) {
        if (g_str_equal(label, labels[i])) {
            return i;
        }
    }
    return -1;
}

static void event_free(PeerEvent *event)
{
    g_free(event->text);
    g_free(event->data);
    g_free(event);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerEvent, event_free)

// The far side's farewell: {"type": "bye", "reason": …}. Returns the reason, or NULL.
static char *read_bye(const PeerEvent *event)
{
    if (event->number != POUCE_PEER_CONTROL || event->bytes > 512) {
        return NULL;
    }
    json_t *root =
        json_loadb((const char *)event->data, event->bytes, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(root, "type"));
    const char *reason = json_string_value(json_object_get(root, "reason"));
    char *copy = g_strcmp0(type, "bye") == 0 ? g_strdup(reason ? reason : "") : NULL;
    json_decref(root);
    return copy;
}

static void dispatch_message(PoucePeer *peer, const PeerEvent *event)
{
    if (event->number == POUCE_PEER_MOTION && event->bytes > 0 &&
        event->data[0] == POUCE_MOTION_HEARTBEAT) {
        pouce_peer_heartbeat_heard(peer, event->data, event->bytes);
        return;
    }
    g_autofree char *bye = read_bye(event);
    if (peer->events.on_message) {
        peer->events.on_message(peer->user, event->number, event->data, event->bytes);
    }
    if (bye && !peer->freed && !peer->stopping) {
        pouce_peer_set_state(peer, POUCE_PEER_CLOSED, bye);
    }
}

static void dispatch_open(PoucePeer *peer)
{
    if (peer->state != POUCE_PEER_SECURE) {
        return;
    }
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        if (!g_atomic_int_get(&peer->channel_open[i])) {
            return;
        }
    }
    pouce_peer_heartbeat_start(peer);
    pouce_peer_set_state(peer, POUCE_PEER_CONNECTED, "");
}

static gboolean hold(PoucePeer *peer, PeerEvent *event)
{
    if (event->kind != EVENT_MESSAGE || event->number != POUCE_PEER_CURSOR ||
        g_atomic_int_get(&peer->media_allowed)) {
        return FALSE;
    }
    if (peer->held.length >= POUCE_PEER_HELD_MAX ||
        peer->held_bytes + event->bytes > POUCE_PEER_HELD_MAX_BYTES) {
        g_mutex_lock(&peer->lock);
        peer->stats.dropped_closed++;
        g_mutex_unlock(&peer->lock);
        event_free(event);
        return TRUE;
    }
    peer->held_bytes += event->bytes;
    g_queue_push_tail(&peer->held, event);
    return TRUE;
}

static void dispatch(PoucePeer *peer, PeerEvent *event)
{
    const PoucePeerEvents *on = &peer->events;
    switch (event->kind) {
    case EVENT_DESCRIPTION:
        if (on->on_description) {
            on->on_description(peer->user, event->text, (const char *)event->data);
        }
        break;
    case EVENT_CANDIDATE:
        if (on->on_candidate) {
            on->on_candidate(peer->user, event->text, event->number);
        }
        break;
    case EVENT_SECURE:
        pouce_peer_set_state(peer, POUCE_PEER_SECURE, "");
        if (!peer->freed) {
            dispatch_open(peer);
        }
        break;
    case EVENT_OPEN:
        dispatch_open(peer);
        break;
    case EVENT_MESSAGE:
        dispatch_message(peer, event);
        break;
    case EVENT_WRITABLE:
        if (peer->full[event->number] && on->on_writable) {
            peer->full[event->number] = FALSE;
            on->on_writable(peer->user, event->number);
        }
        break;
    case EVENT_KEYFRAME:
        if (on->on_keyframe_request && g_atomic_int_get(&peer->media_allowed)) {
            on->on_keyframe_request(peer->user);
        }
        break;
    case EVENT_FEEDBACK:
        if (on->on_feedback) {
            on->on_feedback(peer->user, (const PouceFeedbackPacket *)event->data, event->number);
        }
        break;
    case EVENT_TOLD:
        if (on->on_told) {
            on->on_told(peer->user);
        }
        break;
    case EVENT_FAILED:
        pouce_peer_fail(peer, event->number);
        break;
    }
}

static PeerEvent *next_event(PoucePeer *peer)
{
    g_mutex_lock(&peer->lock);
    PeerEvent *event = g_queue_pop_head(&peer->queue);
    if (event) {
        peer->queue_bytes -= event->bytes;
    } else if (peer->wake) {
        g_source_unref(g_steal_pointer(&peer->wake));
    }
    g_mutex_unlock(&peer->lock);
    return event;
}

static gboolean on_wake(gpointer user)
{
    PoucePeer *peer = user;
    while (!peer->freed) {
        PeerEvent *event = next_event(peer);
        if (!event) {
            return G_SOURCE_REMOVE;
        }
        if (!hold(peer, event)) {
            if (!peer->stopping) {
                dispatch(peer, event);
            }
            event_free(event);
        }
    }
    return G_SOURCE_REMOVE;
}

// Takes @event. Past the limits the far side is sending faster than this program can take.
static void post(PoucePeer *peer, PeerEvent *event)
{
    gboolean over = FALSE;
    g_mutex_lock(&peer->lock);
    if (event->kind == EVENT_MESSAGE) {
        over = peer->queue.length >= POUCE_PEER_EVENTS_MAX ||
               peer->queue_bytes + event->bytes > POUCE_PEER_EVENTS_MAX_BYTES;
    }
    if (over && event->number == POUCE_PEER_MOTION) {
        g_clear_pointer(&event, event_free);
    } else if (over) {
        event->kind = EVENT_FAILED;
        event->number = POUCE_PEER_FAILURE_FLOOD;
    }
    if (event) {
        peer->queue_bytes += event->bytes;
        g_queue_push_tail(&peer->queue, event);
    }
    if (!peer->wake) {
        peer->wake = g_idle_source_new();
        g_source_set_priority(peer->wake, G_PRIORITY_DEFAULT);
        g_source_set_callback(
            peer->wake, on_wake, pouce_peer_ref(peer), (GDestroyNotify)pouce_peer_unref);
        g_source_attach(peer->wake, peer->context);
    }
    g_mutex_unlock(&peer->lock);
}

static void post_new(
    PoucePeer *peer, EventKind kind, guint number, const char *text, const void *data, gsize bytes)
{
    PeerEvent *event = g_new0(PeerEvent, 1);
    event->kind = kind;
    event->number = number;
    event->text = g_strdup(text);
    event->data = g_malloc(bytes + 1);
    if (bytes > 0) {
        memcpy(event->data, data, bytes);
    }
    event->data[bytes] = 0;
    event->bytes = bytes;
    post(peer, event);
}

void pouce_peer_deliver_held(PoucePeer *peer)
{
    pouce_peer_ref(peer);
    while (!peer->freed && !peer->stopping) {
        g_autoptr(PeerEvent) event = g_queue_pop_head(&peer->held);
        if (!event) {
            break;
        }
        peer->held_bytes -= event->bytes;
        dispatch(peer, event);
    }
    pouce_peer_unref(peer);
}

void pouce_peer_forget_events(PoucePeer *peer)
{
    g_mutex_lock(&peer->lock);
    g_queue_clear_full(&peer->queue, (GDestroyNotify)event_free);
    peer->queue_bytes = 0;
    GSource *wake = g_steal_pointer(&peer->wake);
    g_mutex_unlock(&peer->lock);
    g_queue_clear_full(&peer->held, (GDestroyNotify)event_free);
    if (wake) {
        g_source_destroy(wake);
        g_source_unref(wake);
    }
}

void pouce_peer_report_description(PoucePeer *peer, const char *type, const char *sdp)
{
    post_new(peer, EVENT_DESCRIPTION, 0, type, sdp, strlen(sdp));
}

void pouce_peer_report_candidate(PoucePeer *peer, const char *candidate, guint mline)
{
    post_new(peer, EVENT_CANDIDATE, mline, candidate, NULL, 0);
}

void pouce_peer_report_secure(PoucePeer *peer, const char *own, const char *peer_hex)
{
    g_mutex_lock(&peer->lock);
    g_strlcpy(peer->own_fingerprint, own, sizeof peer->own_fingerprint);
    g_strlcpy(peer->peer_fingerprint, peer_hex, sizeof peer->peer_fingerprint);
    g_mutex_unlock(&peer->lock);
    post_new(peer, EVENT_SECURE, 0, NULL, NULL, 0);
}

void pouce_peer_report_open(PoucePeer *peer, PoucePeerChannel channel)
{
    g_atomic_int_set(&peer->channel_open[channel], TRUE);
    post_new(peer, EVENT_OPEN, channel, NULL, NULL, 0);
}

void pouce_peer_report_closed(PoucePeer *peer, PoucePeerChannel channel)
{
    g_atomic_int_set(&peer->channel_open[channel], FALSE);
}

// Under the lock. What waited for a decoder or for an earlier frame came long ago.
static void hear(PoucePeer *peer, gint64 at_us)
{
    peer->heard_us = MAX(peer->heard_us, at_us);
}

void pouce_peer_report_alive(PoucePeer *peer, gint64 now_us)
{
    g_mutex_lock(&peer->lock);
    hear(peer, now_us);
    g_mutex_unlock(&peer->lock);
}

// What the far side decoded is heard here and not by the owner.
static void hear_decoded(PoucePeer *peer, const guint8 *data, gsize bytes)
{
    PouceMotion motion;
    if (peer->config.role != POUCE_PEER_OFFERER || !pouce_motion_parse(data, bytes, &motion)) {
        pouce_peer_report_invalid(peer);
        return;
    }
    if (peer->backend->told) {
        peer->backend->told(peer, motion.rtp_timestamp);
    }
    g_mutex_lock(&peer->lock);
    gboolean room = peer->queue.length < POUCE_PEER_EVENTS_MAX;
    g_mutex_unlock(&peer->lock);
    if (room && peer->events.on_told) {
        post_new(peer, EVENT_TOLD, 0, NULL, NULL, 0);
    }
}

void pouce_peer_report_message(
    PoucePeer *peer, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    gsize most =
        channel == POUCE_PEER_CONTROL ? POUCE_PEER_CONTROL_MAX_BYTES : POUCE_PEER_MESSAGE_MAX_BYTES;
    gboolean decoded = channel == POUCE_PEER_MOTION && bytes > 0 && data[0] == POUCE_MOTION_DECODED;
    gboolean early = channel == POUCE_PEER_CONTROL || channel == POUCE_PEER_CURSOR ||
                     (channel == POUCE_PEER_MOTION && !decoded);
    gboolean gated = !early && !g_atomic_int_get(&peer->media_allowed);
    if (!g_atomic_int_get(&peer->channel_open[channel])) {
        pouce_peer_report_open(peer, channel); // the library may tell that later
    }
    g_mutex_lock(&peer->lock);
    hear(peer, g_get_monotonic_time());
    peer->stats.dropped_invalid += bytes > most;
    peer->stats.dropped_closed += bytes <= most && gated;
    peer->stats.bytes_received += bytes;
    g_mutex_unlock(&peer->lock);
    if (bytes <= most && !gated && decoded) {
        hear_decoded(peer, data, bytes);
    } else if (bytes <= most && !gated) {
        post_new(peer, EVENT_MESSAGE, channel, NULL, data, bytes);
    }
}

void pouce_peer_report_writable(PoucePeer *peer, PoucePeerChannel channel)
{
    post_new(peer, EVENT_WRITABLE, channel, NULL, NULL, 0);
}

void pouce_peer_report_keyframe_request(PoucePeer *peer)
{
    post_new(peer, EVENT_KEYFRAME, 0, NULL, NULL, 0);
}

void pouce_peer_report_feedback(PoucePeer *peer, const PouceFeedbackPacket *packets, guint count)
{
    g_mutex_lock(&peer->lock);
    hear(peer, g_get_monotonic_time());
    gboolean room = peer->queue.length < POUCE_PEER_EVENTS_MAX;
    g_mutex_unlock(&peer->lock);
    if (room && peer->events.on_feedback) {
        post_new(peer, EVENT_FEEDBACK, count, NULL, packets, count * sizeof *packets);
    }
}

gboolean pouce_peer_report_video(
    PoucePeer *peer, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival)
{
    gboolean allowed = g_atomic_int_get(&peer->media_allowed);
    g_mutex_lock(&peer->lock);
    hear(peer, arrival->arrival_us);
    peer->stats.bytes_received += bytes;
    peer->stats.frames += allowed;
    peer->stats.dropped_closed += !allowed;
    g_mutex_unlock(&peer->lock);
    if (!allowed) {
        g_atomic_int_set(&peer->video_missed, TRUE);
        return FALSE;
    }
    if (peer->events.on_video) {
        peer->events.on_video(peer->user, vp8, bytes, arrival);
    }
    return TRUE;
}

gboolean pouce_peer_report_voice(
    PoucePeer *peer, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    gboolean allowed =
        bytes > 0 && bytes <= POUCE_PEER_VOICE_MAX_BYTES && g_atomic_int_get(&peer->media_allowed);
    g_mutex_lock(&peer->lock);
    hear(peer, arrival->arrival_us);
    peer->stats.bytes_received += bytes;
    peer->stats.voice_received += allowed;
    peer->stats.voice_lost += allowed ? arrival->lost : 0;
    peer->stats.dropped_closed += !allowed;
    g_mutex_unlock(&peer->lock);
    if (allowed && peer->events.on_voice) {
        peer->events.on_voice(peer->user, opus, bytes, arrival);
    }
    return allowed;
}

void pouce_peer_report_failed(PoucePeer *peer, PoucePeerFailure failure)
{
    post_new(peer, EVENT_FAILED, failure, NULL, NULL, 0);
}

void pouce_peer_report_invalid(PoucePeer *peer)
{
    g_mutex_lock(&peer->lock);
    peer->stats.dropped_invalid++;
    g_mutex_unlock(&peer->lock);
}
