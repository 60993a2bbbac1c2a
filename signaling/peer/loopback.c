// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

// Two ends in one process with the semantics of a network one, for tests: descriptions pass the
// same guard, a made-up certificate is compared with the one described, gates and limits hold.
// Delivery is in order and loses nothing; on_video and on_voice run on the thread that pushes.

#include "signaling/peer/backend.h"

#include <string.h>

typedef struct {
    gint refs; // atomic
    GMutex lock;
    PoucePeer *ends[2]; // by role; NULL once stopped
    char certificates[2][65];
    char described[2][65]; // what each end was told of the other
} Pair;

static void pair_unref(Pair *pair)
{
    if (g_atomic_int_dec_and_test(&pair->refs)) {
        g_mutex_clear(&pair->lock);
        g_free(pair);
    }
}

void pouce_peer_loopback_connect(PoucePeer *offerer, PoucePeer *answerer)
{
    g_assert(offerer->backend == &pouce_peer_backend_loopback && !offerer->impl);
    g_assert(answerer->backend == &pouce_peer_backend_loopback && !answerer->impl);
    g_assert(offerer->config.role == POUCE_PEER_OFFERER);
    g_assert(answerer->config.role == POUCE_PEER_ANSWERER);
    Pair *pair = g_new0(Pair, 1);
    pair->refs = 2;
    g_mutex_init(&pair->lock);
    pair->ends[POUCE_PEER_OFFERER] = offerer;
    pair->ends[POUCE_PEER_ANSWERER] = answerer;
    for (guint i = 0; i < 2; i++) {
        g_autofree char *seed = g_uuid_string_random();
        g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
        g_strlcpy(pair->certificates[i], hex, sizeof pair->certificates[i]);
    }
    offerer->impl = pair;
    answerer->impl = pair;
}

static gboolean create(PoucePeer *peer, GError **error)
{
    return TRUE;
}

static char *describe(const char *certificate, PoucePeerRole role)
{
    g_autoptr(GString) colons = g_string_new(NULL);
    for (guint i = 0; i < 64; i += 2) {
        g_string_append_printf(colons, "%s%c%c", i ? ":" : "", g_ascii_toupper(certificate[i]),
            g_ascii_toupper(certificate[i + 1]));
    }
    return g_strdup_printf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                           "a=group:BUNDLE data0\r\n"
                           "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                           "c=IN IP4 0.0.0.0\r\na=ice-ufrag:loop\r\n"
                           "a=ice-pwd:loopbackloopbackloopback\r\na=fingerprint:sha-256 %s\r\n"
                           "a=setup:%s\r\na=mid:data0\r\na=sctp-port:5000\r\n",
        colons->str, role == POUCE_PEER_OFFERER ? "actpass" : "active");
}

static void report_description(PoucePeer *peer)
{
    static const char *const types[] = {"offer", "answer"};
    PoucePeerRole role = peer->config.role;
    Pair *pair = peer->impl;
    g_autofree char *sdp = describe(pair->certificates[role], role);
    pouce_peer_report_description(peer, types[role], sdp);
    pouce_peer_report_candidate(peer, "candidate:1 1 UDP 2122260223 127.0.0.1 9 typ host", 0);
}

static void start(PoucePeer *peer)
{
    g_assert(peer->impl); // pouce_peer_loopback_connect comes first
    if (peer->config.role == POUCE_PEER_OFFERER) {
        report_description(peer);
    }
}

static void open_end(PoucePeer *peer, const char *own, const char *other)
{
    pouce_peer_report_secure(peer, own, other);
    for (int i = POUCE_PEER_CHANNELS - 1; i >= 0; i--) {
        pouce_peer_report_open(peer, i);
    }
}

static void set_remote(PoucePeer *peer, const PouceSdp *sdp)
{
    Pair *pair = peer->impl;
    PoucePeerRole role = peer->config.role;
    if (role == POUCE_PEER_ANSWERER) {
        report_description(peer);
    }
    g_mutex_lock(&pair->lock);
    g_strlcpy(pair->described[role], sdp->fingerprint, sizeof pair->described[role]);
    gboolean both = pair->described[0][0] && pair->described[1][0];
    gboolean equal = TRUE;
    for (guint i = 0; both && i < 2; i++) {
        if (!g_str_equal(pair->described[i], pair->certificates[!i])) {
            equal = FALSE;
            if (pair->ends[i]) {
                pouce_peer_report_failed(pair->ends[i], POUCE_PEER_FAILURE_CERTIFICATE);
            }
        }
    }
    for (guint i = 0; both && equal && i < 2; i++) {
        if (pair->ends[i]) {
            open_end(pair->ends[i], pair->certificates[i], pair->certificates[!i]);
        }
    }
    g_mutex_unlock(&pair->lock);
}

static void add_candidate(PoucePeer *peer, const char *candidate, guint mline)
{
}

static void send(PoucePeer *peer, PoucePeerChannel channel, GBytes *message)
{
    Pair *pair = peer->impl;
    gsize bytes;
    const guint8 *data = g_bytes_get_data(message, &bytes);
    g_mutex_lock(&pair->lock);
    PoucePeer *other = pair->ends[!peer->config.role];
    if (other) {
        pouce_peer_report_message(other, channel, data, bytes);
    }
    g_mutex_unlock(&pair->lock);
}

static gsize buffered(PoucePeer *peer, PoucePeerChannel channel)
{
    return 0;
}

static PoucePeerPush can_push(PoucePeer *peer)
{
    return POUCE_PEER_PUSH_OK;
}

// The lock is held over on_video: the answerer cannot be freed under it.
static PoucePeerPush push(PoucePeer *peer, const PouceVideoFrame *frame)
{
    Pair *pair = peer->impl;
    PouceVideoArrival arrival = {
        .arrival_us = g_get_monotonic_time(),
        .rtp_timestamp = (guint32)(frame->pts_us * 9 / 100),
        .key = !(frame->vp8[0] & 1),
    };
    g_mutex_lock(&pair->lock);
    PoucePeer *other = pair->ends[POUCE_PEER_ANSWERER];
    if (other) {
        pouce_peer_report_video(other, frame->vp8, frame->bytes, &arrival);
    }
    g_mutex_unlock(&pair->lock);
    return POUCE_PEER_PUSH_OK;
}

static PoucePeerPush push_voice(PoucePeer *peer, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    Pair *pair = peer->impl;
    PouceVoiceArrival arrival = {.arrival_us = g_get_monotonic_time(), .due_us = pts_us};
    g_mutex_lock(&pair->lock);
    PoucePeer *other = pair->ends[!peer->config.role];
    if (other) {
        pouce_peer_report_voice(other, opus, bytes, &arrival);
    }
    g_mutex_unlock(&pair->lock);
    return POUCE_PEER_PUSH_OK;
}

static void request_keyframe(PoucePeer *peer)
{
    Pair *pair = peer->impl;
    g_mutex_lock(&pair->lock);
    PoucePeer *other = pair->ends[POUCE_PEER_OFFERER];
    if (other) {
        pouce_peer_report_keyframe_request(other);
    }
    g_mutex_unlock(&pair->lock);
}

static void stats(PoucePeer *peer, PoucePeerStats *out)
{
}

static void stop(PoucePeer *peer)
{
    Pair *pair = peer->impl;
    if (pair) {
        g_mutex_lock(&pair->lock);
        pair->ends[peer->config.role] = NULL;
        g_mutex_unlock(&pair->lock);
    }
}

static void destroy(PoucePeer *peer)
{
    g_clear_pointer((Pair **)&peer->impl, pair_unref);
}

const PoucePeerBackend pouce_peer_backend_loopback = {
    .name = "loopback",
    .create = create,
    .start = start,
    .set_remote = set_remote,
    .add_candidate = add_candidate,
    .send = send,
    .buffered = buffered,
    .can_push = can_push,
    .push = push,
    .push_voice = push_voice,
    .request_keyframe = request_keyframe,
    .stats = stats,
    .stop = stop,
    .destroy = destroy,
};
