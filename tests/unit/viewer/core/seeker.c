// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/viewer/core/seeker.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/viewer/core/flashes.h"

#define FRAMES 40
#define TIMER_MS 50
#define SESSION "01890000-0000-7000-8000-000000000001"
#define SEEKER_ACCOUNT "01890000-0000-7000-8000-000000000002"
#define HELPER_ACCOUNT "01890000-0000-7000-8000-000000000003"

static PouceSession *make_session(Seeker *seeker)
{
    PouceSession *session = g_new0(PouceSession, 1);
    g_strlcpy(session->id, SESSION, sizeof(session->id));
    session->state = POUCE_STATE_CONNECTING;
    session->role = POUCE_ROLE_HELPER;
    session->need = g_strdup("a test");
    session->seeker = g_new0(PouceParty, 1);
    g_strlcpy(session->seeker->id, SEEKER_ACCOUNT, sizeof(session->seeker->id));
    session->seeker->name = g_strdup("Seeker");
    session->seeker->has_key = TRUE;
    memcpy(session->seeker->device_key, pouce_identity_peek_key(seeker->seeker_identity),
        POUCE_KEY_BYTES);
    session->has_price = TRUE;
    session->price = (PoucePrice){.rate_minor_per_min = 60, .currency = "EUR", .cap_minor = 500};
    g_strlcpy(session->price.session, SESSION, sizeof(session->price.session));
    pouce_price_id(&session->price, session->price_id);
    session->expires_s = 2000000000;
    session->receipt_number = g_strdup("");
    return session;
}

// ---- the helper's outputs, carried as the broker would

static void on_send(gpointer user, const char *json)
{
    Seeker *seeker = user;
    g_auto(PouceSwitchboard) message = {0};
    g_assert_true(pouce_switchboard_parse(json, strlen(json), POUCE_FROM_END, &message, NULL));
    if (message.type != POUCE_SWITCHBOARD_RELAY)
        return;
    if (message.relay.kind == POUCE_RELAY_RESTART)
        seeker->restarts++;
    else if (seeker->peer && message.relay.kind == POUCE_RELAY_ANSWER)
        pouce_peer_set_remote_description(seeker->peer, "answer", message.relay.text, NULL);
    else if (seeker->peer && message.relay.kind == POUCE_RELAY_CANDIDATE)
        pouce_peer_add_candidate(
            seeker->peer, message.relay.text, (guint)message.relay.mline, NULL);
}

static void on_ticks(gpointer user, PouceRole chain, gint64 seq, const char *json)
{
    Seeker *seeker = user;
    seeker->ticks[chain] = seq;
}

static void on_end(gpointer user, const char *json)
{
    Seeker *seeker = user;
    g_auto(PouceSwitchboard) message = {0};
    g_assert_true(pouce_switchboard_parse(json, strlen(json), POUCE_FROM_END, &message, NULL));
    seeker->ends++;
    seeker->end_reason = message.end.reason;
}

static void on_event(gpointer user, const PouceViewingEvent *event)
{
    Seeker *seeker = user;
    g_array_append_val(seeker->events, event->kind);
    seeker->last[event->kind] = *event;
    if (event->kind == POUCE_VIEWING_REFUSED_PEER) {
        g_free(seeker->refused);
        seeker->refused = g_strdup(event->text);
    } else if (event->kind == POUCE_VIEWING_CHAT) {
        g_free(seeker->chat);
        seeker->chat = g_strdup(event->text);
    }
}

// ---- the seeker's connection

static void relay(Seeker *seeker, PouceRelayKind kind, const char *text, guint mline)
{
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_RELAY,
        .relay = {.kind = kind, .text = (char *)text, .mline = mline}};
    g_strlcpy(message.session_id, SESSION, sizeof(message.session_id));
    pouce_viewing_on_relay(seeker->viewing, &message);
}

static void on_description(gpointer user, const char *type, const char *sdp)
{
    relay(user, POUCE_RELAY_OFFER, sdp, 0);
}

static void on_candidate(gpointer user, const char *candidate, guint mline)
{
    relay(user, POUCE_RELAY_CANDIDATE, candidate, mline);
}

void seeker_say(Seeker *seeker, const PouceControl *control)
{
    g_autofree char *json = pouce_control_build(control);
    pouce_peer_send(seeker->peer, POUCE_PEER_CONTROL, json, strlen(json));
}

static void on_state(gpointer user, PoucePeerState state, const char *reason)
{
    Seeker *seeker = user;
    if (state != POUCE_PEER_CONNECTED || seeker->bound)
        return;
    const PouceSession *session = pouce_viewing_peek_session(seeker->viewing);
    PouceControl control = {.type = POUCE_CONTROL_BIND};
    PouceBind *bind = &control.bind.bind;
    *bind = (PouceBind){.role = POUCE_ROLE_SEEKER, .expires_s = session->expires_s};
    g_strlcpy(bind->session, SESSION, sizeof(bind->session));
    g_strlcpy(bind->own_fp, pouce_peer_own_fingerprint(seeker->peer), sizeof(bind->own_fp));
    g_strlcpy(bind->peer_fp, pouce_peer_peer_fingerprint(seeker->peer), sizeof(bind->peer_fp));
    g_strlcpy(bind->price, session->price_id, sizeof(bind->price));
    if (seeker->spoil_price)
        bind->price[0] = bind->price[0] == 'a' ? 'b' : 'a';
    pouce_bind_sign(bind, seeker->signer, control.bind.sig);
    seeker->own_bind = *bind;
    seeker_say(seeker, &control);
}

static void take_bind(Seeker *seeker, const PouceControl *control)
{
    if (seeker->spoil_price)
        return;
    seeker->bound = TRUE;
    pouce_peer_allow_media(seeker->peer);
    pouce_meter_start(seeker->meter, g_get_monotonic_time(), seeker->own_bind.own_fp,
        seeker->own_bind.peer_fp, 0);
}

static void take_tick(Seeker *seeker, const PouceControl *control)
{
    PouceSignedTick done;
    PouceControl answer = {.type = POUCE_CONTROL_COUNTERSIGN};
    PouceMeterVerdict verdict = pouce_meter_take_tick(
        seeker->meter, g_get_monotonic_time(), &control->tick, &done, &answer.countersign.seq);
    if (verdict != POUCE_METER_OK && verdict != POUCE_METER_SEEN)
        return;
    memcpy(answer.countersign.sig, done.counter_sig, POUCE_SIG_BYTES);
    seeker_say(seeker, &answer);
}

static void on_message(gpointer user, PoucePeerChannel channel, const guint8 *data, gsize bytes)
{
    Seeker *seeker = user;
    g_auto(PouceControl) control = {0};
    if (channel == POUCE_PEER_INPUT)
        seeker->inputs++;
    if (channel != POUCE_PEER_CONTROL)
        return;
    g_assert_true(pouce_control_parse(data, bytes, &control, NULL) == POUCE_CONTROL_OK);
    seeker->asks += control.type == POUCE_CONTROL_ASK;
    seeker->inks += control.type == POUCE_CONTROL_INK;
    seeker->chats += control.type == POUCE_CONTROL_CHAT;
    seeker->stats += control.type == POUCE_CONTROL_STATS;
    if (control.type == POUCE_CONTROL_BIND)
        take_bind(seeker, &control);
    else if (control.type == POUCE_CONTROL_TICK)
        take_tick(seeker, &control);
    else if (control.type == POUCE_CONTROL_COUNTERSIGN)
        pouce_meter_take_countersign(
            seeker->meter, control.countersign.seq, control.countersign.sig);
}

static void on_keyframe_request(gpointer user)
{
    Seeker *seeker = user;
    seeker->next_frame = 0;
}

static gboolean on_timer(gpointer user)
{
    Seeker *seeker = user;
    if (!seeker->bound || !seeker->peer)
        return G_SOURCE_CONTINUE;
    gint64 now_us = g_get_monotonic_time();
    gsize bytes = 0;
    const guint8 *frame =
        g_bytes_get_data(seeker->frames->pdata[seeker->next_frame % FRAMES], &bytes);
    PouceVideoFrame video = {.vp8 = frame,
        .bytes = bytes,
        .pts_us = now_us,
        .id = seeker->frame_id + 1,
        .base_id = frame[0] & 1 ? seeker->frame_id : 0};
    if (pouce_peer_push_video(seeker->peer, &video) == POUCE_PEER_PUSH_OK) {
        seeker->next_frame++;
        seeker->frame_id++;
    }
    PoucePeerStats stats;
    pouce_peer_stats(seeker->peer, &stats);
    pouce_meter_feed(seeker->meter, now_us, stats.far_decoded, FALSE);
    PouceControl control = {.type = POUCE_CONTROL_TICK};
    if (now_us >= pouce_meter_due_us(seeker->meter) &&
        pouce_meter_make(seeker->meter, now_us, &control.tick))
        seeker_say(seeker, &control);
    return G_SOURCE_CONTINUE;
}

void seeker_offer(Seeker *seeker)
{
    PoucePeerConfig config = {.role = POUCE_PEER_OFFERER};
    PoucePeerEvents events = {.on_description = on_description,
        .on_candidate = on_candidate,
        .on_state = on_state,
        .on_message = on_message,
        .on_keyframe_request = on_keyframe_request};
    seeker_vanish(seeker);
    seeker->peer = pouce_peer_new(&config, &events, seeker, NULL);
    g_assert_nonnull(seeker->peer);
    pouce_peer_start(seeker->peer);
}

void seeker_vanish(Seeker *seeker)
{
    seeker->bound = FALSE;
    seeker->next_frame = 0;
    g_clear_pointer(&seeker->peer, pouce_peer_free);
    pouce_meter_stop(seeker->meter);
}

void seeker_grant(Seeker *seeker, PouceCapability what, gint64 ms)
{
    PouceControl control = {.type = POUCE_CONTROL_GRANT, .loan = {.what = what, .ms = ms}};
    seeker_say(seeker, &control);
}

void seeker_revoke(Seeker *seeker, PouceCapability what, PouceRevokeBy by)
{
    PouceControl control = {.type = POUCE_CONTROL_REVOKE, .revoke = {.what = what, .by = by}};
    seeker_say(seeker, &control);
}

// ---- life

static PouceIdentity *identity(guint8 seed)
{
    guint8 bytes[POUCE_KEY_BYTES];
    memset(bytes, seed, sizeof(bytes));
    return pouce_identity_new_from_seed(bytes);
}

Seeker *seeker_new(void)
{
    Seeker *seeker = g_new0(Seeker, 1);
    seeker->folder = g_dir_make_tmp("pouce-viewing-XXXXXX", NULL);
    g_autofree char *pins = g_build_filename(seeker->folder, "known-devices", NULL);
    seeker->identity = identity(1);
    seeker->seeker_identity = identity(2);
    seeker->signer = seeker->seeker_identity;
    seeker->pins = pouce_pins_load(pins, NULL);
    seeker->picture = pouce_picture_new(&(PoucePictureConfig){.probe_x_px = -1}, NULL);
    seeker->events = g_array_new(FALSE, FALSE, sizeof(PouceViewingEventKind));
    seeker->frames = flashes_new(320, 240, FRAMES);
    seeker->timer = g_timeout_source_new(TIMER_MS);
    g_source_set_callback(seeker->timer, on_timer, seeker, NULL);
    g_source_attach(seeker->timer, NULL);
    return seeker;
}

void seeker_begin(Seeker *seeker)
{
    PouceSession *session = make_session(seeker);
    PouceMeterConfig meter = {.role = POUCE_ROLE_SEEKER, .identity = seeker->seeker_identity};
    g_strlcpy(meter.session, SESSION, sizeof(meter.session));
    g_strlcpy(meter.price, session->price_id, sizeof(meter.price));
    memcpy(meter.peer_key, pouce_identity_peek_key(seeker->identity), POUCE_KEY_BYTES);
    seeker->meter = pouce_meter_new(&meter);
    const PouceViewingConfig config = {.own_account = HELPER_ACCOUNT,
        .identity = seeker->identity,
        .pins = seeker->pins,
        .picture = seeker->picture};
    const PouceViewingEvents events = {
        .on_send = on_send, .on_ticks = on_ticks, .on_end = on_end, .on_event = on_event};
    seeker->viewing = pouce_viewing_new(&config, session, &events, seeker);
    seeker_offer(seeker);
}

void seeker_free(Seeker *seeker)
{
    if (seeker->meter)
        seeker_vanish(seeker);
    g_source_destroy(seeker->timer);
    g_source_unref(seeker->timer);
    pouce_viewing_free(seeker->viewing);
    pouce_picture_free(seeker->picture);
    pouce_pins_free(seeker->pins);
    pouce_meter_free(seeker->meter);
    if (seeker->signer != seeker->seeker_identity)
        pouce_identity_free(seeker->signer);
    pouce_identity_free(seeker->seeker_identity);
    pouce_identity_free(seeker->identity);
    g_ptr_array_unref(seeker->frames);
    g_array_unref(seeker->events);
    g_autofree char *pins = g_build_filename(seeker->folder, "known-devices", NULL);
    g_unlink(pins);
    g_rmdir(seeker->folder);
    g_free(seeker->folder);
    g_free(seeker->refused);
    g_free(seeker->chat);
    g_free(seeker);
}

guint seeker_count(const Seeker *seeker, PouceViewingEventKind kind)
{
    guint count = 0;
    for (guint n = 0; n < seeker->events->len; n++)
        count += g_array_index(seeker->events, PouceViewingEventKind, n) == kind;
    return count;
}

static gboolean on_deadline(gpointer user)
{
    *(gboolean *)user = TRUE;
    return G_SOURCE_CONTINUE;
}

gboolean seeker_wait(Seeker *seeker, gboolean (*done)(Seeker *), guint ms)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add(ms, on_deadline, &late);
    while (!done(seeker) && !late)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    return done(seeker);
}

gboolean seeker_wait_event(Seeker *seeker, PouceViewingEventKind kind, guint count, guint ms)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add(ms, on_deadline, &late);
    while (seeker_count(seeker, kind) < count && !late)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    return seeker_count(seeker, kind) >= count;
}
