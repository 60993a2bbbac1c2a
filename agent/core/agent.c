// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/agent_private.h"

#include "codec/video/encoder.h"

GQuark pouce_agent_error_quark(void)
{
    return g_quark_from_static_string("pouce-agent-error");
}

const char *pouce_agent_phase_name(PouceAgentPhase phase)
{
    static const char *const names[] = {"signed_out", "signing_in", "ready", "ringing", "consent",
        "connecting", "live", "paused", "dropped", "ending", "over"};
    return names[phase];
}

void agent_set_phase(PouceAgent *agent, PouceAgentPhase phase)
{
    if (agent->phase == phase)
        return;
    agent->phase = phase;
    TELL(agent, phase, phase);
}

void agent_trouble(PouceAgent *agent, const char *code, const char *sentence)
{
    TELL(agent, trouble, code, sentence);
}

gboolean agent_in_session(const PouceAgent *agent)
{
    return agent->phase >= POUCE_AGENT_CONNECTING && agent->phase <= POUCE_AGENT_ENDING;
}

static gint64 earlier(gint64 a_us, gint64 b_us)
{
    return b_us < 0 ? a_us : MIN(a_us, b_us);
}

void agent_rearm(PouceAgent *agent)
{
    gint64 due_us = POUCE_AGENT_NEVER;
    if (agent_in_session(agent)) {
        due_us = earlier(due_us, agent->clock.second_us);
        due_us = earlier(due_us, pouce_consent_next_due_us(&agent->hands.consent));
        due_us = earlier(due_us, agent_meter_due_us(agent));
        due_us = earlier(due_us, agent->link.rebuild_us);
        if (agent->link.lost)
            due_us = earlier(due_us, agent->link.lost_since_us + POUCE_AGENT_GRACE_MS * 1000);
    }
    if (agent->phase == POUCE_AGENT_ENDING)
        due_us = earlier(earlier(due_us, agent->leave_us), agent->settle_us);
    g_source_set_ready_time(agent->alarm, due_us == POUCE_AGENT_NEVER ? -1 : due_us);
}

static gboolean on_alarm(gpointer data)
{
    PouceAgent *agent = data;
    gint64 now_us = g_get_monotonic_time();
    g_source_set_ready_time(agent->alarm, -1);
    if (agent_in_session(agent)) {
        pouce_consent_tick(&agent->hands.consent, now_us);
        agent_meter_on_time(agent, now_us);
        agent_link_on_time(agent, now_us);
        agent_session_on_time(agent, now_us);
    }
    agent_rearm(agent);
    return G_SOURCE_CONTINUE;
}

static gboolean alarm_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

static GSourceFuncs alarm_funcs = {.dispatch = alarm_dispatch};

static gboolean check_config(const PouceAgentConfig *config, GError **error)
{
    guint32 keysym;
    guint modifiers;
    const char *key = config->stop_key ? config->stop_key : POUCE_LOCAL_STOP_KEY_DEFAULT;
    if (config->encoder && !g_strv_contains(pouce_encoder_names(), config->encoder)) {
        g_autofree char *names = g_strjoinv(", ", (char **)pouce_encoder_names());
        g_set_error(error, POUCE_AGENT_ERROR, POUCE_AGENT_ERROR_USAGE,
            "There is no encoder \"%s\": use one of %s.", config->encoder, names);
        return FALSE;
    }
    if (!pouce_local_parse_key(key, &keysym, &modifiers)) {
        g_set_error(error, POUCE_AGENT_ERROR, POUCE_AGENT_ERROR_USAGE,
            "\"%s\" is no key: write it as in Ctrl+Alt+End or Pause.", key);
        return FALSE;
    }
    return TRUE;
}

PouceAgent *pouce_agent_new(
    const PouceAgentConfig *config, const PouceAgentListener *listener, void *data, GError **error)
{
    if (!check_config(config, error))
        return NULL;
    g_autoptr(PouceAgent) agent = g_new0(PouceAgent, 1);
    g_autofree char *folder = config->config_dir
                                  ? g_strdup(config->config_dir)
                                  : g_build_filename(g_get_user_config_dir(), "pouce", NULL);
    g_autofree char *key = g_build_filename(folder, "agent-key", NULL);
    g_autofree char *pins = g_build_filename(folder, "known-helpers", NULL);
    agent->listener = listener;
    agent->data = data;
    agent->source = g_strdup(config->source ? config->source : "x11");
    agent->encoder = g_strdup(config->encoder ? config->encoder : "screen");
    agent->stop_key = g_strdup(config->stop_key);
    agent->monitor = config->monitor;
    agent->bitrate_bps = config->bitrate_bps > 0 ? config->bitrate_bps : POUCE_MEDIA_BITRATE_BPS;
    agent->settle_ms = config->settle_ms;
    agent->voice.microphone = g_strdup(config->microphone);
    agent->voice.speaker = g_strdup(config->speaker);
    g_mutex_init(&agent->voice.lock);
    agent->link.rebuild_us = POUCE_AGENT_NEVER;
    agent->alarm = g_source_new(&alarm_funcs, sizeof(GSource));
    g_source_set_callback(agent->alarm, on_alarm, agent, NULL);
    g_source_attach(agent->alarm, g_main_context_get_thread_default());
    agent->identity = pouce_identity_load(key, error); // makes the folder, mode 0700
    if (!agent->identity)
        return NULL;
    agent->pins = pouce_pins_load(pins, error);
    if (!agent->pins)
        return NULL;
    agent_broker_open(agent, config, error);
    if (!agent->rendezvous)
        return NULL;
    pouce_peer_warm_up();
    return g_steal_pointer(&agent);
}

void pouce_agent_free(PouceAgent *agent)
{
    if (!agent)
        return;
    agent->freeing = TRUE;
    if (agent->rendezvous && agent->session && !pouce_state_is_over(agent->session->state))
        agent_session_leave(agent, POUCE_END_SEEKER);
    agent_link_close(agent, "seeker");
    agent_control_close(agent);
    agent_voice_close(agent);
    pouce_media_free(agent->picture.media);
    pouce_meter_free(agent->clock.meter);
    pouce_rendezvous_free(agent->rendezvous);
    g_clear_pointer(&agent->picture.shapes, g_hash_table_unref);
    g_clear_pointer(&agent->picture.sent, g_hash_table_unref);
    g_source_destroy(agent->alarm);
    g_source_unref(agent->alarm);
    pouce_session_free(agent->session);
    pouce_session_free(agent->early);
    pouce_account_free(agent->account);
    pouce_pins_free(agent->pins);
    pouce_identity_free(agent->identity);
    g_free(agent->source);
    g_free(agent->encoder);
    g_free(agent->stop_key);
    g_free(agent->voice.microphone);
    g_free(agent->voice.speaker);
    g_mutex_clear(&agent->voice.lock);
    g_free(agent);
}

PouceAgentPhase pouce_agent_phase(PouceAgent *agent)
{
    return agent->phase;
}

const PouceAccount *pouce_agent_account(PouceAgent *agent)
{
    return agent->account;
}

const PouceSession *pouce_agent_session(PouceAgent *agent)
{
    return agent->session;
}

PouceAgentTrust pouce_agent_trust(PouceAgent *agent)
{
    return agent->trust;
}

gboolean pouce_agent_allows(PouceAgent *agent, PouceCapability what)
{
    return pouce_consent_allows(&agent->hands.consent, what, g_get_monotonic_time());
}

gint64 pouce_agent_left_ms(PouceAgent *agent, PouceCapability what)
{
    return pouce_consent_left_ms(&agent->hands.consent, what, g_get_monotonic_time());
}
