// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "signaling/wire/base64u.h"
#include "viewer/core/viewing_private.h"

static void on_description(gpointer user, const char *type, const char *sdp)
{
    PouceViewing *viewing = user;
    if (!g_str_equal(type, "answer"))
        return;
    viewing->answer_us = g_get_monotonic_time();
    PouceSwitchboard relay = {.type = POUCE_SWITCHBOARD_RELAY,
        .relay = {.kind = POUCE_RELAY_ANSWER, .text = (char *)sdp}};
    viewing_switchboard(viewing, &relay);
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    PouceViewing *viewing = user;
    if (viewing->candidates++ >= POUCE_CANDIDATES_MAX)
        return;
    PouceSwitchboard relay = {.type = POUCE_SWITCHBOARD_RELAY,
        .relay = {.kind = POUCE_RELAY_CANDIDATE, .text = (char *)candidate, .mline = mline}};
    viewing_switchboard(viewing, &relay);
}

// "unreachable" is the broker, for whoever reads the codes of all troubles.
static const char *failure_code(PoucePeer *peer)
{
    const char *code = pouce_peer_failure_code(peer);
    return g_str_equal(code, "unreachable") ? "not_met" : code;
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    PouceViewing *viewing = user;
    switch (state) {
    case POUCE_PEER_CONNECTED:
        if (viewing->phase == PHASE_LOST && viewing->peer_bound) {
            viewing_set_phase(viewing, PHASE_LIVE);
            viewing_meter_start(viewing, g_get_monotonic_time());
            viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_RESUMED});
        } else {
            viewing_link_bind(viewing);
        }
        return;
    case POUCE_PEER_LOST:
        viewing_on_lost(viewing, "silent", reason);
        return;
    case POUCE_PEER_FAILED:
        viewing_on_lost(viewing, failure_code(viewing->peer), reason);
        return;
    case POUCE_PEER_CLOSED:
        if (viewing->phase < PHASE_LEFT)
            viewing_set_phase(viewing, PHASE_LEFT);
        return;
    case POUCE_PEER_NEW:
    case POUCE_PEER_CONNECTING:
    case POUCE_PEER_SECURE:
        return;
    }
}

static void on_message(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    if (channel == POUCE_PEER_CONTROL)
        viewing_control_take(user, data, bytes);
    else if (channel == POUCE_PEER_MOTION)
        viewing_control_motion(user, data, bytes);
    else if (channel == POUCE_PEER_CURSOR)
        viewing_control_cursor(user, data, bytes);
}

// On a streaming thread.
static void on_video(
    gpointer user, const guint8 *vp8, gsize bytes, const PouceVideoArrival *arrival)
{
    PouceViewing *viewing = user;
    PoucePicture *picture = viewing->config.picture;
    PoucePictureTake take =
        pouce_picture_take(picture, vp8, bytes, arrival->arrival_us, arrival->key);
    PoucePictureStats stats;
    pouce_picture_stats(picture, &stats);
    if (take == POUCE_PICTURE_SHOWN)
        pouce_peer_set_decoded(viewing->peer, stats.decoded, arrival->rtp_timestamp);
    if (take == POUCE_PICTURE_WANTS_KEY)
        g_atomic_int_set(&viewing->wants_key, 1);
    if (take == POUCE_PICTURE_WANTS_KEY || stats.decoded == viewing->decoded_before_link + 1)
        g_source_set_ready_time(viewing->wake, 0);
}

// On a streaming thread.
static void on_voice(
    gpointer user, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    viewing_voice_heard(user, opus, bytes, arrival);
}

static PoucePeer *make_peer(PouceViewing *viewing, GError **error)
{
    const PouceSession *session = viewing->session;
    PoucePeerIceServer servers[POUCE_PEER_ICE_SERVERS_MAX];
    guint count = 0;
    for (guint n = 0; n < session->n_ice_servers; n++) {
        const PouceIceServer *server = &session->ice_servers[n];
        for (char **url = server->urls; *url && count < G_N_ELEMENTS(servers); url++)
            servers[count++] =
                (PoucePeerIceServer){*url, *server->username ? server->username : NULL,
                    *server->credential ? server->credential : NULL};
    }
    PoucePeerConfig config = {.role = POUCE_PEER_ANSWERER,
        .backend = viewing->backend,
        .ice_servers = servers,
        .ice_server_count = count,
        .ca_file = g_getenv("POUCE_CA_FILE")};
    PoucePeerEvents events = {.on_description = on_description,
        .on_candidate = on_candidate,
        .on_state = on_state,
        .on_message = on_message,
        .on_video = on_video,
        .on_voice = on_voice};
    return pouce_peer_new(&config, &events, viewing, error);
}

void viewing_link_drop(PouceViewing *viewing)
{
    viewing->peer_bound = FALSE;
    viewing->granted &= ~POUCE_CAPABILITY_VOICE; // granted anew with each connection
    viewing_voice_update(viewing);
    viewing_control_stats_drop(viewing);
    // The streaming thread may still be in on_video until free returns.
    pouce_peer_free(viewing->peer);
    viewing->peer = NULL;
    pouce_control_clear(&viewing->held_bind);
    viewing->has_held_bind = FALSE;
    viewing->bind_sent = FALSE;
    viewing->candidates = 0;
    viewing->first_shown = FALSE;
    viewing->cursor_known = FALSE;
}

void viewing_link_offer(PouceViewing *viewing, const char *sdp)
{
    g_autoptr(GError) error = NULL;
    if (viewing->phase == PHASE_LIVE)
        viewing_on_lost(viewing, "anew", "the other end connects anew");
    viewing_link_drop(viewing);
    PoucePictureStats stats;
    pouce_picture_stats(viewing->config.picture, &stats);
    viewing->decoded_before_link = stats.decoded;
    pouce_picture_restart(viewing->config.picture);
    viewing->peer = make_peer(viewing, &error);
    if (!viewing->peer) {
        viewing_problem(viewing, "not_prepared", error->message);
        viewing_fail(viewing, POUCE_END_FAILED);
        return;
    }
    if (viewing->phase == PHASE_WAITING)
        viewing_set_phase(viewing, PHASE_CONNECTING);
    pouce_peer_start(viewing->peer);
    if (!pouce_peer_set_remote_description(viewing->peer, "offer", sdp, &error))
        viewing_problem(viewing, "misfit", error->message);
}

gboolean viewing_send_control(PouceViewing *viewing, const PouceControl *control)
{
    if (!viewing->peer)
        return FALSE;
    g_autofree char *json = pouce_control_build(control);
    return pouce_peer_send(viewing->peer, POUCE_PEER_CONTROL, json, strlen(json)) ==
           POUCE_PEER_SEND_OK;
}

// TRUE if the far end's device may be talked to: known, new, or trusted by the person.
static gboolean device_agreed(PouceViewing *viewing)
{
    const PouceParty *seeker = viewing->session->seeker;
    g_autofree char *key = pouce_base64u_encode(seeker->device_key, POUCE_KEY_BYTES);
    g_autofree char *pinned = NULL;
    PoucePin pin =
        pouce_pins_check(viewing->config.pins, viewing->own_account, seeker->id, key, &pinned);
    if (pin != POUCE_PIN_CHANGED || viewing->pin_trusted)
        return TRUE;
    if (!viewing->pin_asked)
        viewing_emit(viewing,
            &(PouceViewingEvent){.kind = POUCE_VIEWING_PIN_CHANGED, .text = key, .before = pinned});
    viewing->pin_asked = TRUE;
    return FALSE;
}

static void refuse(PouceViewing *viewing, const char *why)
{
    viewing_emit_text(viewing, POUCE_VIEWING_REFUSED_PEER, why);
    viewing_fail(viewing, POUCE_END_FAILED);
}

// Connected: say who we are, unless the far end's device has to be asked about first.
void viewing_link_bind(PouceViewing *viewing)
{
    const PouceSession *session = viewing->session;
    if (viewing->bind_sent || viewing->phase >= PHASE_ENDING || !viewing->peer)
        return;
    if (!session->seeker || !session->seeker->has_key || !session->has_price) {
        refuse(viewing, "the broker named no device or no price for this session");
        return;
    }
    if (!device_agreed(viewing))
        return;
    PouceControl control = {.type = POUCE_CONTROL_BIND};
    PouceBind *bind = &control.bind.bind;
    bind->role = POUCE_ROLE_HELPER;
    bind->expires_s = session->expires_s;
    g_strlcpy(bind->session, session->id, sizeof(bind->session));
    g_strlcpy(bind->own_fp, pouce_peer_own_fingerprint(viewing->peer), sizeof(bind->own_fp));
    g_strlcpy(bind->peer_fp, pouce_peer_peer_fingerprint(viewing->peer), sizeof(bind->peer_fp));
    g_strlcpy(bind->price, session->price_id, sizeof(bind->price));
    pouce_bind_sign(bind, viewing->config.identity, control.bind.sig);
    viewing->own_bind = *bind;
    viewing->bind_sent = viewing_send_control(viewing, &control);
    if (!viewing->bind_sent || !viewing->has_held_bind)
        return;
    viewing->has_held_bind = FALSE;
    PouceControl held = viewing->held_bind;
    viewing_link_take_bind(viewing, &held);
}

static void bound(PouceViewing *viewing)
{
    gint64 now_us = g_get_monotonic_time();
    viewing->peer_bound = TRUE;
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_BOUND};
    viewing_switchboard(viewing, &message);
    viewing_set_phase(viewing, PHASE_LIVE);
    viewing->stats_us = now_us;
    viewing_meter_start(viewing, now_us);
    pouce_peer_allow_media(viewing->peer);
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_BOUND,
                              .ms = (now_us - viewing->answer_us) / 1000});
}

void viewing_link_take_bind(PouceViewing *viewing, const PouceControl *control)
{
    if (viewing->peer_bound || viewing->phase >= PHASE_ENDING)
        return;
    if (!viewing->bind_sent) { // the person is being asked, or CONNECTED is about to come
        viewing->held_bind = *control;
        viewing->has_held_bind = TRUE;
        return;
    }
    const PouceParty *seeker = viewing->session->seeker;
    PouceBind peer = control->bind.bind;
    g_strlcpy(peer.session, viewing->own_bind.session, sizeof(peer.session));
    g_autoptr(GError) error = NULL;
    if (!pouce_bind_check_peer(
            &viewing->own_bind, &peer, seeker->device_key, control->bind.sig, &error)) {
        refuse(viewing, error->message);
        return;
    }
    g_autofree char *key = pouce_base64u_encode(seeker->device_key, POUCE_KEY_BYTES);
    if (!pouce_pins_set(viewing->config.pins, viewing->own_account, seeker->id, key, &error))
        viewing_problem(viewing, "not_kept", error->message);
    bound(viewing);
}

void pouce_viewing_trust(PouceViewing *viewing)
{
    if (!viewing->pin_asked)
        return;
    viewing->pin_asked = FALSE;
    viewing->pin_trusted = TRUE;
    viewing_link_bind(viewing);
}
