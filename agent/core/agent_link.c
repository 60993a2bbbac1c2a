// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The connection of one session: offered by us, bound by both, rebuilt after a drop under the same
// consent, and given up after the grace time.

#include "agent/core/agent_private.h"

#include <string.h>

// A rebuild takes 0.2 s on a good network; through a relay over a slow line some seconds.
#define REBUILD_US (8 * G_USEC_PER_SEC)
// So often, one after the other, a connection is tried that does not come up, each one for
// REBUILD_US but the last: through each kind of network it takes less than 3 s where it works.
#define TRIES_MAX 3
// A line that comes back by itself within this time is not rebuilt.
#define SELF_HEAL_US (1 * G_USEC_PER_SEC)
#define BITRATE_MIN_BPS 100000
#define BITRATE_MAX_BPS 50000000
// Rises smaller than a twentieth are not worth a change of plan.
#define BITRATE_STEP 20

gboolean agent_link_send(PouceAgent *agent, const PouceControl *control)
{
    if (!agent->link.peer)
        return FALSE;
    g_autofree char *json = pouce_control_build(control);
    return pouce_peer_send(agent->link.peer, POUCE_PEER_CONTROL, json, strlen(json)) ==
           POUCE_PEER_SEND_OK;
}

static void on_description(gpointer user, const char *type, const char *sdp)
{
    PouceAgent *agent = user;
    PouceSwitchboard relay = {
        .type = POUCE_SWITCHBOARD_RELAY, .relay = {.kind = POUCE_RELAY_OFFER, .text = (char *)sdp}};
    if (g_str_equal(type, "offer"))
        agent_broker_send(agent, &relay);
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    PouceAgent *agent = user;
    if (agent->link.candidates++ >= POUCE_CANDIDATES_MAX)
        return;
    PouceSwitchboard relay = {.type = POUCE_SWITCHBOARD_RELAY,
        .relay = {.kind = POUCE_RELAY_CANDIDATE, .text = (char *)candidate, .mline = mline}};
    agent_broker_send(agent, &relay);
}

static gboolean send_bind(PouceAgent *agent)
{
    AgentLink *link = &agent->link;
    const PouceSession *session = agent->session;
    if (link->bind_sent)
        return TRUE;
    PouceControl control = {.type = POUCE_CONTROL_BIND};
    PouceBind *bind = &control.bind.bind;
    bind->role = POUCE_ROLE_SEEKER;
    bind->expires_s = session->expires_s;
    g_strlcpy(bind->session, session->id, sizeof bind->session);
    g_strlcpy(bind->own_fp, pouce_peer_own_fingerprint(link->peer), sizeof bind->own_fp);
    g_strlcpy(bind->peer_fp, pouce_peer_peer_fingerprint(link->peer), sizeof bind->peer_fp);
    g_strlcpy(bind->price, session->price_id, sizeof bind->price);
    pouce_bind_sign(bind, agent->identity, control.bind.sig);
    link->own = *bind;
    link->bind_sent = agent_link_send(agent, &control);
    if (!link->ever_bound)
        link->rebuild_us = POUCE_AGENT_NEVER; // connected; people may take their time to agree
    return link->bind_sent;
}

static void resume(PouceAgent *agent)
{
    AgentLink *link = &agent->link;
    gint64 now_us = g_get_monotonic_time();
    link->lost = FALSE;
    link->rebuild_us = POUCE_AGENT_NEVER;
    pouce_consent_set_bound(&agent->hands.consent, TRUE, now_us);
    agent_meter_start(agent);
    pouce_media_set_peer(agent->picture.media, link->peer);
    agent_control_bound(agent);
    agent_set_phase(agent, agent_meter_is_paused(agent) ? POUCE_AGENT_PAUSED : POUCE_AGENT_LIVE);
}

static void bound(PouceAgent *agent)
{
    g_autoptr(GError) error = NULL;
    agent->link.bound = TRUE;
    agent->link.ever_bound = TRUE;
    if (!pouce_pins_set(agent->pins, agent->account->id, agent->session->helper, &error))
        agent_trouble(agent, "not_kept", error->message);
    pouce_peer_allow_media(agent->link.peer);
    agent_link_online(agent);
    resume(agent);
    TELL(agent, bound);
}

static void refuse(PouceAgent *agent, const char *why)
{
    g_autofree char *sentence = g_strdup_printf(
        "The far end could not prove that it is the helper whom you chose (%s). Nothing was shown; "
        "the session is ended.",
        why);
    agent_trouble(agent, "denied", sentence);
    agent_session_leave(agent, POUCE_END_FAILED);
}

void agent_link_take_bind(PouceAgent *agent, const PouceControl *control)
{
    g_autoptr(GError) error = NULL;
    if (agent->link.bound || agent->phase == POUCE_AGENT_ENDING || !send_bind(agent))
        return;
    PouceBind peer = control->bind.bind;
    g_strlcpy(peer.session, agent->link.own.session, sizeof peer.session);
    if (pouce_bind_check_peer(
            &agent->link.own, &peer, agent->session->helper->device_key, control->bind.sig, &error))
        bound(agent);
    else
        refuse(agent, error->message);
}

static void on_line_lost(PouceAgent *agent)
{
    AgentLink *link = &agent->link;
    gint64 now_us = g_get_monotonic_time();
    if (agent->phase == POUCE_AGENT_ENDING || link->lost)
        return;
    link->lost = TRUE;
    link->lost_since_us = now_us;
    agent_voice_update(agent);
    link->rebuild_us = now_us + SELF_HEAL_US;
    pouce_media_set_peer(agent->picture.media, NULL);
    agent_meter_stop(agent);
    pouce_consent_set_bound(&agent->hands.consent, FALSE, now_us);
    agent_set_phase(agent, POUCE_AGENT_DROPPED);
    pouce_rendezvous_renew(agent->rendezvous); // and then: agent_link_online
    TELL(agent, lost);
}

// "unreachable" is the broker, for whoever reads the codes of all troubles.
static const char *failure_code(PoucePeer *peer)
{
    const char *code = pouce_peer_failure_code(peer);
    return g_str_equal(code, "unreachable") ? "not_met" : code;
}

static gboolean may_try_again(const AgentLink *link)
{
    return !link->ever_bound && !link->bind_sent && link->tries < TRIES_MAX;
}

static void on_failed(PouceAgent *agent, const char *code, const char *reason)
{
    if (agent->phase == POUCE_AGENT_ENDING)
        return;
    if (may_try_again(&agent->link) && g_str_equal(code, "not_met")) {
        agent->link.rebuild_us = g_get_monotonic_time();
        return;
    }
    if (!agent->link.ever_bound) {
        agent_trouble(agent, code, reason);
        agent_session_leave(agent, POUCE_END_FAILED);
        return;
    }
    on_line_lost(agent);
    agent->link.rebuild_us = MIN(agent->link.rebuild_us, g_get_monotonic_time() + SELF_HEAL_US);
}

static void on_closed(PouceAgent *agent, const char *reason)
{
    PouceEndReason why;
    if (agent->phase == POUCE_AGENT_ENDING || agent->phase == POUCE_AGENT_OVER)
        return;
    if (!pouce_end_reason_parse(reason, &why) || why == POUCE_END_NONE) {
        on_failed(agent, "closed", "The helper's program closed the connection.");
        return;
    }
    if (why == POUCE_END_FAILED)
        agent_trouble(agent, "refused",
            "The helper's program refused the connection: it could not verify that it is yours.");
    agent_session_leave(agent, why);
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    PouceAgent *agent = user;
    switch (state) {
    case POUCE_PEER_CONNECTED:
        if (agent->link.bound && agent->link.lost)
            resume(agent);
        else
            send_bind(agent);
        break;
    case POUCE_PEER_LOST:
        if (agent->link.bound)
            on_line_lost(agent);
        break;
    case POUCE_PEER_FAILED:
        on_failed(agent, failure_code(agent->link.peer), reason);
        break;
    case POUCE_PEER_CLOSED:
        on_closed(agent, reason);
        break;
    default:
        break;
    }
    agent_rearm(agent);
}

static void on_message(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    PouceAgent *agent = user;
    switch (channel) {
    case POUCE_PEER_CONTROL:
        agent_control_take(agent, data, bytes);
        break;
    case POUCE_PEER_INPUT:
        agent_control_input(agent, data, bytes);
        break;
    case POUCE_PEER_MOTION:
        agent_control_motion(agent, data, bytes);
        break;
    default:
        break; // `files` is reserved; `cursor` is ours alone
    }
    agent_rearm(agent);
}

static void on_keyframe_request(gpointer user)
{
    PouceAgent *agent = user;
    if (agent->picture.media)
        pouce_media_request_key(agent->picture.media);
}

void agent_link_obey(PouceAgent *agent, gint64 now_us)
{
    AgentLink *link = &agent->link;
    pouce_peer_set_window(link->peer, (gsize)pouce_estimator_window_bytes(link->estimator));
    pouce_peer_set_pace(link->peer, pouce_estimator_pace_bps(link->estimator));
    int bps = pouce_estimator_bps(link->estimator), probe_bytes;
    if (bps < link->bitrate_bps || bps - link->bitrate_bps > link->bitrate_bps / BITRATE_STEP) {
        link->bitrate_bps = bps;
        if (agent->picture.media)
            pouce_media_set_bitrate(agent->picture.media, bps);
        agent_voice_fit(agent, bps);
    }
    if (link->bound && agent->picture.media &&
        pouce_estimator_take_probe(link->estimator, now_us, &probe_bytes))
        pouce_media_probe(agent->picture.media, probe_bytes);
}

static void on_feedback(gpointer user, const PouceFeedbackPacket *packets, guint count)
{
    PouceAgent *agent = user;
    AgentLink *link = &agent->link;
    gint64 now_us = g_get_monotonic_time();
    if (!link->estimator || !agent->picture.media)
        return;
    g_autofree PoucePacketReport *reports = g_new(PoucePacketReport, count);
    for (guint i = 0; i < count; i++)
        reports[i] = (PoucePacketReport){packets[i].local_ns / 1000,
            packets[i].lost ? -1 : packets[i].remote_ns / 1000, packets[i].bytes};
    pouce_estimator_on_report(link->estimator, now_us, reports, count);
    agent_link_obey(agent, now_us);
    pouce_media_wake(agent->picture.media);
}

static void on_told(gpointer user)
{
    PouceAgent *agent = user;
    if (agent->picture.media)
        pouce_media_wake(agent->picture.media);
}

// On a streaming thread.
static void on_voice(
    gpointer user, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    agent_voice_heard(user, opus, bytes, arrival);
}

static PoucePeer *make_peer(PouceAgent *agent, GError **error)
{
    static const PoucePeerEvents events = {
        .on_description = on_description,
        .on_candidate = on_candidate,
        .on_state = on_state,
        .on_message = on_message,
        .on_keyframe_request = on_keyframe_request,
        .on_feedback = on_feedback,
        .on_told = on_told,
        .on_voice = on_voice,
    };
    const PouceSession *session = agent->session;
    PoucePeerIceServer servers[POUCE_PEER_ICE_SERVERS_MAX];
    guint count = 0;
    for (guint i = 0; i < session->n_ice_servers; i++) {
        const PouceIceServer *server = &session->ice_servers[i];
        for (char **url = server->urls; *url && count < G_N_ELEMENTS(servers); url++)
            servers[count++] =
                (PoucePeerIceServer){*url, *server->username ? server->username : NULL,
                    *server->credential ? server->credential : NULL};
    }
    PoucePeerConfig config = {.role = POUCE_PEER_OFFERER,
        .ice_servers = servers,
        .ice_server_count = count,
        .video_bitrate_bps = agent->bitrate_bps,
        .ca_file = g_getenv("POUCE_CA_FILE")};
    return pouce_peer_new(&config, &events, agent, error);
}

static void drop_peer(PouceAgent *agent)
{
    AgentLink *link = &agent->link;
    link->bind_sent = link->bound = FALSE;
    agent_voice_update(agent);
    if (agent->picture.media)
        pouce_media_set_peer(agent->picture.media, NULL);
    g_clear_pointer(&link->peer, pouce_peer_free);
    g_clear_pointer(&link->estimator, pouce_estimator_free);
    link->candidates = 0;
    if (agent->picture.sent)
        g_hash_table_remove_all(agent->picture.sent);
}

void agent_link_start(PouceAgent *agent)
{
    AgentLink *link = &agent->link;
    g_autoptr(GError) error = NULL;
    if (link->peer)
        return;
    PouceEstimatorConfig estimator = {
        .start_bps = CLAMP(agent->bitrate_bps, BITRATE_MIN_BPS, BITRATE_MAX_BPS),
        .min_bps = BITRATE_MIN_BPS,
        .max_bps = BITRATE_MAX_BPS};
    link->estimator = pouce_estimator_new(&estimator);
    link->bitrate_bps = estimator.start_bps;
    if (agent->picture.media)
        pouce_media_set_bitrate(agent->picture.media, link->bitrate_bps);
    link->peer = make_peer(agent, &error);
    if (link->peer) {
        gint64 now_us = g_get_monotonic_time();
        link->tries++;
        if (may_try_again(link))
            link->rebuild_us = now_us + REBUILD_US;
        agent_link_obey(agent, now_us);
        pouce_peer_start(link->peer);
        return;
    }
    agent_trouble(agent, "failed", error->message);
    agent_session_leave(agent, POUCE_END_FAILED);
}

// Without the broker there is nobody to tell: the old connection keeps its chance to heal.
static void rebuild(PouceAgent *agent, gint64 now_us)
{
    if (pouce_rendezvous_state(agent->rendezvous) != POUCE_RENDEZVOUS_ONLINE) {
        agent->link.rebuild_us = now_us + SELF_HEAL_US; // or as soon as the broker is back
        return;
    }
    drop_peer(agent);
    agent->link.rebuild_us = agent->link.lost ? now_us + REBUILD_US : POUCE_AGENT_NEVER;
    agent_link_start(agent);
}

void agent_link_close(PouceAgent *agent, const char *reason)
{
    AgentLink *link = &agent->link;
    if (agent->picture.media)
        pouce_media_set_peer(agent->picture.media, NULL);
    link->bound = FALSE;
    agent_voice_update(agent);
    PoucePeer *peer = g_steal_pointer(&link->peer);
    if (peer && reason && *reason)
        pouce_peer_close(peer, reason);
    pouce_peer_free(peer);
    drop_peer(agent);
    link->lost = FALSE;
    link->rebuild_us = POUCE_AGENT_NEVER;
}

static gboolean take_answer(PouceAgent *agent, const PouceSwitchboard *message, GError **error)
{
    return pouce_peer_set_remote_description(
        agent->link.peer, "answer", message->relay.text, error);
}

void agent_link_relay(PouceAgent *agent, const PouceSwitchboard *message)
{
    g_autoptr(GError) error = NULL;
    AgentLink *link = &agent->link;
    gint64 now_us = g_get_monotonic_time();
    switch (message->relay.kind) {
    case POUCE_RELAY_ANSWER:
        // The far end has answered once and for all: a better one will not come by itself.
        if (link->peer && !take_answer(agent, message, &error))
            on_failed(agent, "misfit", error->message);
        break;
    case POUCE_RELAY_CANDIDATE:
        if (link->peer && message->relay.mline >= 0 && message->relay.mline < 64 &&
            !pouce_peer_add_candidate(
                link->peer, message->relay.text, (guint)message->relay.mline, &error))
            g_debug("a candidate of the far end is ignored: %s", error->message);
        break;
    case POUCE_RELAY_RESTART: // the far end noticed first
        if (link->lost)
            link->rebuild_us = now_us; // it may not have got our offer
        else if (link->bound)
            on_line_lost(agent);
        break;
    default:
        break; // only we offer
    }
}

void agent_link_online(PouceAgent *agent)
{
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_BOUND};
    if (!agent->session)
        return;
    if (agent->link.bound && agent->session->state <= POUCE_STATE_CONNECTING)
        agent_broker_send(agent, &message);
    if (agent->link.lost)
        agent->link.rebuild_us = g_get_monotonic_time();
}

void agent_link_on_time(PouceAgent *agent, gint64 now_us)
{
    AgentLink *link = &agent->link;
    if (agent->phase == POUCE_AGENT_ENDING)
        return;
    if (!link->lost) {
        if (link->peer && now_us >= link->rebuild_us)
            rebuild(agent, now_us);
        return;
    }
    if (now_us >= link->lost_since_us + POUCE_AGENT_GRACE_MS * 1000) {
        agent_trouble(agent, "silence",
            "The helper did not come back within a minute. The session is over; only the time that "
            "both signed is charged.");
        agent_session_leave(agent, POUCE_END_SILENCE);
    } else if (now_us >= link->rebuild_us) {
        rebuild(agent, now_us);
    }
}
