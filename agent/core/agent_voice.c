// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The seeker's voice and the helper's: open only while both ends are bound, the session runs and
// `voice` is granted. Each end tells the other when its microphone opens and closes.

#include "agent/core/agent_private.h"

/** Below the first, packets of 20 ms: the headers of 100 packets a second are a tenth of it;
 * packets of 10 again only well above. */
#define NARROW_BPS 500000
#define ROOMY_BPS 700000

static void tell(PouceAgent *agent)
{
    PouceAgentVoice state;
    pouce_agent_voice_state(agent, &state);
    TELL(agent, voice, &state);
}

static void send_state(PouceAgent *agent, gboolean on)
{
    PouceControl control = {.type = POUCE_CONTROL_VOICE, .voice.on = on};
    if (agent->link.bound && !agent->link.lost)
        agent_link_send(agent, &control);
}

// On a streaming thread.
static void on_packet(gpointer user, const guint8 *opus, gsize bytes, gint64 pts_us)
{
    AgentVoice *voice = &((PouceAgent *)user)->voice;
    g_mutex_lock(&voice->lock);
    if (voice->peer)
        pouce_peer_push_voice(voice->peer, opus, bytes, pts_us);
    g_mutex_unlock(&voice->lock);
}

static void on_state(gpointer user, gboolean open)
{
    send_state(user, open);
    tell(user);
}

static void on_trouble(gpointer user, const char *code, const char *sentence)
{
    PouceAgent *agent = user;
    if (g_str_equal(code, POUCE_VOICE_SPEAKER_CHANGED))
        g_clear_pointer(&agent->voice.speaker, g_free);
    agent_trouble(agent, code, sentence);
    tell(agent);
}

void agent_voice_open(PouceAgent *agent)
{
    static const PouceVoiceEvents events = {
        .on_packet = on_packet, .on_state = on_state, .on_trouble = on_trouble};
    AgentVoice *voice = &agent->voice;
    PouceVoiceConfig config = {.microphone = voice->microphone, .speaker = voice->speaker};
    agent_voice_close(agent);
    voice->voice = pouce_voice_new(&config, &events, agent);
    pouce_voice_set_push_to_talk(voice->voice, voice->push_to_talk);
    voice->frugal = FALSE;
}

void agent_voice_close(PouceAgent *agent)
{
    g_clear_pointer(&agent->voice.voice, pouce_voice_free);
}

void agent_voice_update(PouceAgent *agent)
{
    AgentVoice *voice = &agent->voice;
    gboolean allowed = agent->link.bound && !agent->link.lost &&
                       agent->phase != POUCE_AGENT_ENDING && !agent_meter_is_paused(agent) &&
                       pouce_agent_allows(agent, POUCE_CAPABILITY_VOICE);
    if (!voice->voice || allowed == pouce_voice_switches(voice->voice)->allowed)
        return;
    g_mutex_lock(&voice->lock);
    voice->peer = allowed ? agent->link.peer : NULL;
    g_mutex_unlock(&voice->lock);
    gboolean still_open = pouce_voice_is_open(voice->voice);
    pouce_voice_set_allowed(voice->voice, allowed);
    if (allowed && still_open && pouce_voice_is_open(voice->voice))
        send_state(agent, TRUE); // on a new connection
    tell(agent);
}

void agent_voice_fit(PouceAgent *agent, int line_bps)
{
    AgentVoice *voice = &agent->voice;
    voice->frugal = line_bps < (voice->frugal ? ROOMY_BPS : NARROW_BPS);
    if (voice->voice)
        pouce_voice_set_frugal(voice->voice, voice->frugal);
}

void agent_voice_heard(
    PouceAgent *agent, const guint8 *opus, gsize bytes, const PouceVoiceArrival *arrival)
{
    pouce_voice_play(agent->voice.voice, opus, bytes, arrival->lost);
}

void agent_voice_take(PouceAgent *agent, gboolean on)
{
    if (!agent->voice.voice)
        return;
    pouce_voice_set_far_on(agent->voice.voice, on);
    tell(agent);
}

void pouce_agent_voice(PouceAgent *agent, gboolean on)
{
    if (!agent->voice.voice)
        return;
    if (on && !pouce_agent_allows(agent, POUCE_CAPABILITY_VOICE))
        pouce_consent_lend(
            &agent->hands.consent, POUCE_CAPABILITY_VOICE, 0, g_get_monotonic_time());
    if (!on || pouce_agent_allows(agent, POUCE_CAPABILITY_VOICE))
        pouce_voice_set_on(agent->voice.voice, on);
    tell(agent);
    agent_rearm(agent);
}

void pouce_agent_mute(PouceAgent *agent, gboolean muted)
{
    if (!agent->voice.voice)
        return;
    pouce_voice_set_muted(agent->voice.voice, muted);
    tell(agent);
}

void pouce_agent_push_to_talk(PouceAgent *agent, gboolean push_to_talk)
{
    agent->voice.push_to_talk = push_to_talk;
    if (!agent->voice.voice)
        return;
    pouce_voice_set_push_to_talk(agent->voice.voice, push_to_talk);
    tell(agent);
}

void pouce_agent_talk(PouceAgent *agent, gboolean held)
{
    if (agent->voice.voice)
        pouce_voice_hold(agent->voice.voice, held);
}

void pouce_agent_choose_sound(PouceAgent *agent, const char *microphone, const char *speaker)
{
    AgentVoice *voice = &agent->voice;
    char *mine = g_strdup(microphone);
    char *theirs = g_strdup(speaker);
    g_free(voice->microphone);
    g_free(voice->speaker);
    voice->microphone = mine;
    voice->speaker = theirs;
    if (voice->voice)
        pouce_voice_choose(voice->voice, mine, theirs);
}

void pouce_agent_voice_state(PouceAgent *agent, PouceAgentVoice *out)
{
    *out = (PouceAgentVoice){.push_to_talk = agent->voice.push_to_talk,
        .microphone = agent->voice.microphone,
        .speaker = agent->voice.speaker};
    if (!agent->voice.voice)
        return;
    const PouceVoiceSwitches *switches = pouce_voice_switches(agent->voice.voice);
    out->open = pouce_voice_is_open(agent->voice.voice);
    out->on = switches->on;
    out->muted = switches->muted;
    out->helper_open = switches->far_on;
    out->allowed = switches->allowed;
    out->delay_ms = pouce_voice_delay_ms(agent->voice.voice);
    PoucePeerStats stats = {0};
    if (agent->link.peer)
        pouce_peer_counts(agent->link.peer, &stats);
    out->sent = stats.voice_sent;
    out->received = stats.voice_received;
    out->lost = stats.voice_lost;
}
