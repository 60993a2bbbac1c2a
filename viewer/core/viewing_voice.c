// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The helper's voice and the seeker's: open only while both ends are bound, the session runs and
// `voice` is granted. Each end tells the other when its microphone opens and closes.

#include "viewer/core/viewing_private.h"

static void tell(PouceViewing *viewing)
{
    PouceViewingEvent event = {.kind = POUCE_VIEWING_VOICE};
    pouce_viewing_voice_state(viewing, &event.voice);
    viewing_emit(viewing, &event);
}

static void send_state(PouceViewing *viewing, gboolean on)
{
    PouceControl control = {.type = POUCE_CONTROL_VOICE, .voice.on = on};
    if (viewing->peer_bound && viewing->phase == PHASE_LIVE)
        viewing_send_control(viewing, &control);
}

// On a streaming thread.
static void on_packet(gpointer user, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    PouceViewing *viewing = user;
    g_mutex_lock(&viewing->voice_lock);
    if (viewing->voice_peer)
        pouce_peer_push_voice(viewing->voice_peer, opus, bytes, pts_us);
    g_mutex_unlock(&viewing->voice_lock);
}

static void on_state(gpointer user, gboolean open)
{
    send_state(user, open);
    tell(user);
}

static void on_trouble(gpointer user, const char *code, const char *sentence)
{
    viewing_problem(user, code, sentence);
    tell(user);
}

void viewing_voice_init(PouceViewing *viewing)
{
    static const PouceVoiceEvents events = {
        .on_packet = on_packet, .on_state = on_state, .on_trouble = on_trouble};
    PouceVoiceConfig config = {
        .microphone = viewing->config.microphone, .speaker = viewing->config.speaker};
    g_mutex_init(&viewing->voice_lock);
    viewing->voice = pouce_voice_new(&config, &events, viewing);
}

void viewing_voice_clear(PouceViewing *viewing)
{
    g_clear_pointer(&viewing->voice, pouce_voice_free);
    g_mutex_clear(&viewing->voice_lock);
}

void viewing_voice_update(PouceViewing *viewing)
{
    gboolean allowed = viewing->phase == PHASE_LIVE && viewing->peer_bound &&
                       !viewing_is_paused(viewing) && (viewing->granted & POUCE_CAPABILITY_VOICE);
    if (!viewing->voice || allowed == pouce_voice_switches(viewing->voice)->allowed)
        return;
    g_mutex_lock(&viewing->voice_lock);
    viewing->voice_peer = allowed ? viewing->peer : NULL;
    g_mutex_unlock(&viewing->voice_lock);
    gboolean still_open = pouce_voice_is_open(viewing->voice);
    pouce_voice_set_allowed(viewing->voice, allowed);
    if (allowed && still_open && pouce_voice_is_open(viewing->voice))
        send_state(viewing, TRUE); // on a new connection
    tell(viewing);
}

void viewing_voice_take(PouceViewing *viewing, gboolean on)
{
    pouce_voice_set_far_on(viewing->voice, on);
    tell(viewing);
}

void viewing_voice_heard(
    PouceViewing *viewing, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    pouce_voice_play(viewing->voice, opus, bytes, arrival->lost);
}

gboolean pouce_viewing_voice(PouceViewing *viewing, gboolean on, GError **error)
{
    if (on && !viewing_may(viewing, POUCE_CAPABILITY_VOICE, error))
        return FALSE;
    pouce_voice_set_on(viewing->voice, on);
    return TRUE;
}

void pouce_viewing_mute(PouceViewing *viewing, gboolean muted)
{
    pouce_voice_set_muted(viewing->voice, muted);
}

void pouce_viewing_push_to_talk(PouceViewing *viewing, gboolean push_to_talk)
{
    pouce_voice_set_push_to_talk(viewing->voice, push_to_talk);
}

void pouce_viewing_talk(PouceViewing *viewing, gboolean held)
{
    pouce_voice_hold(viewing->voice, held);
}

void pouce_viewing_choose_sound(PouceViewing *viewing, const char *microphone, const char *speaker)
{
    pouce_voice_choose(viewing->voice, microphone, speaker);
}

void pouce_viewing_voice_state(PouceViewing *viewing, PouceViewingVoice *out)
{
    const PouceVoiceSwitches *switches = pouce_voice_switches(viewing->voice);
    PoucePeerStats stats = {0};
    if (viewing->peer)
        pouce_peer_stats(viewing->peer, &stats);
    *out = (PouceViewingVoice){.open = pouce_voice_is_open(viewing->voice),
        .on = switches->on,
        .muted = switches->muted,
        .push_to_talk = switches->push_to_talk,
        .seeker_open = switches->far_on,
        .allowed = switches->allowed,
        .delay_ms = pouce_voice_delay_ms(viewing->voice),
        .sent = stats.voice_sent,
        .received = stats.voice_received,
        .lost = stats.voice_lost};
}
