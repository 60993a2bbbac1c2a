// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/signaling/peer/ends.h"

#include "codec/video/encoder.h"
#include "tests/unit/signaling/peer/lossy.h"

#include <stdio.h>
#include <string.h>

static End *other(End *end)
{
    return end == &end->ends->offerer ? &end->ends->answerer : &end->ends->offerer;
}

static char *spoil(const char *sdp)
{
    char *copy = g_strdup(sdp);
    for (char *at = copy; (at = strstr(at, "a=fingerprint:sha-256 "));) {
        at += strlen("a=fingerprint:sha-256 ");
        *at = *at == '0' ? '1' : '0';
    }
    return copy;
}

static void on_description(gpointer user, const char *type, const char *sdp)
{
    End *end = user;
    Ends *ends = end->ends;
    gboolean offer = g_str_equal(type, "offer");
    gboolean spoilt = offer ? ends->spoil_offer : ends->spoil_answer;
    g_autofree char *text = spoilt ? spoil(sdp) : g_strdup(sdp);
    if (g_getenv("POUCE_TEST_SDP")) {
        printf("%s\n%s\n", type, text);
    }
    g_autoptr(GError) error = NULL;
    if (!offer) {
        ends->remote_set_us = g_get_monotonic_time();
    }
    if (!pouce_peer_set_remote_description(other(end)->peer, type, text, &error)) {
        g_error("%s: %s\n%s", type, error->message, text);
    }
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    End *end = user;
    Ends *ends = end->ends;
    g_autoptr(GError) error = NULL;
    g_autofree char *through =
        ends->lossy ? lossy_candidate(ends->lossy, end == &ends->offerer, candidate) : NULL;
    if (ends->lossy && !through) {
        return;
    }
    candidate = through ? through : candidate;
    if (!pouce_peer_add_candidate(other(end)->peer, candidate, mline, &error)) {
        g_error("%s: %s", candidate, error->message);
    }
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    End *end = user;
    end->states[state]++;
    if (end->at_us[state] == 0) {
        end->at_us[state] = g_get_monotonic_time();
    }
    g_free(end->reason);
    end->reason = g_strdup(reason);
}

static void on_message(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    End *end = user;
    g_ptr_array_add(end->messages[channel], g_bytes_new(data, bytes));
    if (end->echo) {
        pouce_peer_send(end->peer, channel, data, bytes);
    }
}

static void on_keyframe_request(gpointer user)
{
    ((End *)user)->keyframe_requests++;
}

static void on_feedback(gpointer user, const PouceFeedbackPacket *packets, guint count)
{
    End *end = user;
    for (guint i = 0; i < count; i++) {
        end->feedback_packets++;
        end->feedback_lost += packets[i].lost;
        end->feedback_local_ns = packets[i].local_ns;
    }
}

static void on_told(gpointer user)
{
    ((End *)user)->told++;
}

static void on_video(
    gpointer user, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival)
{
    End *end = user;
    g_mutex_lock(&end->lock);
    g_ptr_array_add(end->frames, g_compute_checksum_for_data(G_CHECKSUM_SHA256, vp8, bytes));
    g_array_append_val(end->frame_us, arrival->arrival_us);
    if (!(vp8[0] & 1) && bytes >= 10) { // RFC 6386 section 9.1
        end->key_width_px = (vp8[6] | vp8[7] << 8) & 0x3fff;
    }
    if (end->on_vp8) {
        end->on_vp8(end->on_vp8_user, vp8, bytes);
    }
    guint32 frames = end->frames->len;
    g_mutex_unlock(&end->lock);
    pouce_peer_set_decoded(end->peer, frames, arrival->rtp_timestamp);
    g_main_context_wakeup(NULL);
}

static void on_voice(
    gpointer user, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    End *end = user;
    HeardVoice heard = {
        .lost = arrival->lost, .arrival_us = arrival->arrival_us, .due_us = arrival->due_us};
    memcpy(&heard.number, opus, MIN(bytes, sizeof heard.number));
    g_mutex_lock(&end->lock);
    g_array_append_val(end->voice, heard);
    g_mutex_unlock(&end->lock);
    g_main_context_wakeup(NULL);
}

static void end_init(Ends *ends, End *end, const char *backend, PoucePeerRole role)
{
    static const PoucePeerEvents events = {
        .on_description = on_description,
        .on_candidate = on_candidate,
        .on_state = on_state,
        .on_message = on_message,
        .on_keyframe_request = on_keyframe_request,
        .on_feedback = on_feedback,
        .on_told = on_told,
        .on_video = on_video,
        .on_voice = on_voice,
    };
    PoucePeerConfig config = {.role = role, .backend = backend, .video_bitrate_bps = 50000000};
    g_autoptr(GError) error = NULL;
    end->ends = ends;
    g_mutex_init(&end->lock);
    end->frames = g_ptr_array_new_with_free_func(g_free);
    end->frame_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    end->voice = g_array_new(FALSE, FALSE, sizeof(HeardVoice));
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        end->messages[i] = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    }
    end->peer = pouce_peer_new(&config, &events, end, &error);
    if (!end->peer) {
        g_error("%s", error->message);
    }
}

static void end_clear(End *end)
{
    pouce_peer_free(end->peer);
    g_ptr_array_unref(end->frames);
    g_array_unref(end->frame_us);
    g_array_unref(end->voice);
    for (guint i = 0; i < POUCE_PEER_CHANNELS; i++) {
        g_ptr_array_unref(end->messages[i]);
    }
    g_free(end->reason);
    g_mutex_clear(&end->lock);
}

Ends *ends_new(const char *backend)
{
    Ends *ends = g_new0(Ends, 1);
    end_init(ends, &ends->offerer, backend, POUCE_PEER_OFFERER);
    end_init(ends, &ends->answerer, backend, POUCE_PEER_ANSWERER);
    if (g_str_equal(backend, "loopback")) {
        pouce_peer_loopback_connect(ends->offerer.peer, ends->answerer.peer);
    }
    return ends;
}

void ends_start(Ends *ends)
{
    pouce_peer_start(ends->answerer.peer);
    pouce_peer_start(ends->offerer.peer);
}

Ends *ends_connect(const char *backend)
{
    Ends *ends = ends_new(backend);
    ends_start(ends);
    if (!ends_wait(ends, ends_are_connected, 20000)) {
        g_error("not connected: %s, %s", ends->offerer.reason, ends->answerer.reason);
    }
    return ends;
}

PoucePeerPush ends_push(Ends *ends, const void *vp8, gsize bytes)
{
    gboolean key = bytes > 0 && !(*(const guint8 *)vp8 & 1);
    PouceVideoFrame frame = {.vp8 = vp8,
        .bytes = bytes,
        .pts_us = g_get_monotonic_time(),
        .id = ends->frame_id + 1,
        .base_id = key ? 0 : ends->frame_id};
    PoucePeerPush pushed = pouce_peer_push_video(ends->offerer.peer, &frame);
    ends->frame_id += pushed == POUCE_PEER_PUSH_OK;
    return pushed;
}

void ends_free(Ends *ends)
{
    end_clear(&ends->offerer);
    end_clear(&ends->answerer);
    g_free(ends);
}

static gboolean on_deadline(gpointer user)
{
    *(gboolean *)user = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean ends_wait(Ends *ends, EndsCondition condition, guint deadline_ms)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add(deadline_ms, on_deadline, &late);
    while (!condition(ends) && !late) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (!late) {
        g_source_remove(timer);
    }
    return condition(ends);
}

gboolean ends_are_connected(Ends *ends)
{
    return pouce_peer_state(ends->offerer.peer) == POUCE_PEER_CONNECTED &&
           pouce_peer_state(ends->answerer.peer) == POUCE_PEER_CONNECTED;
}

gboolean ends_have_failed(Ends *ends)
{
    return ends->offerer.states[POUCE_PEER_FAILED] || ends->answerer.states[POUCE_PEER_FAILED];
}

guint end_frames(End *end)
{
    g_mutex_lock(&end->lock);
    guint count = end->frames->len;
    g_mutex_unlock(&end->lock);
    return count;
}

guint end_voices(End *end)
{
    g_mutex_lock(&end->lock);
    guint count = end->voice->len;
    g_mutex_unlock(&end->lock);
    return count;
}

// Every seventh frame is noise, most change one corner, so that sizes span three magnitudes.
static void draw(PouceFrame *frame, PouceDamage *damage, guint index, GRand *rand)
{
    int side = index % 7 == 3 ? 400 : index % 2 ? 16 : 0;
    for (int y = 0; y < side; y++) {
        guint8 *row = frame->planes[0] + y * frame->strides[0];
        for (int x = 0; x < side; x++) {
            row[x] = (guint8)g_rand_int(rand);
        }
    }
    pouce_damage_empty(damage);
    pouce_damage_add_rect(damage, (PouceRect){0, 0, side ? side : 16, side ? side : 16});
}

GPtrArray *vp8_frames(guint count)
{
    PouceEncoderConfig config = {1920, 1080, 50000000, 30};
    g_autoptr(GError) error = NULL;
    g_autoptr(PouceEncoder) encoder = pouce_encoder_new("vpx", &config, &error);
    g_autoptr(PouceFrame) frame = pouce_frame_new(1920, 1080);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    GPtrArray *frames = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    PouceDamage damage;
    pouce_damage_init(&damage, 1920, 1080);
    for (guint i = 0; frames->len < count && i < count * 4; i++) {
        draw(frame, &damage, i, rand);
        PouceEncodeRequest request = {.frame = frame,
            .damage = &damage,
            .now_us = i * 40000,
            .key = i == 0,
            .budget_bytes = 200000,
            .cursor_x_px = -1};
        PouceEncodedFrame out;
        PouceEncodeResult result = pouce_encoder_encode(encoder, &request, &out, &error);
        if (result == POUCE_ENCODE_ERROR) {
            g_error("%s", error->message);
        } else if (result == POUCE_ENCODE_FRAME) {
            g_ptr_array_add(frames, g_bytes_new(out.data, out.bytes));
        }
    }
    pouce_damage_clear(&damage);
    return frames;
}
