// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The real window on a staged agent, for looking at each page without a broker: an agent.h whose
// answers are a script. Usage: gallery PAGE, with the pages of the table below. It stays until it
// is closed, or with --once until the page was drawn.

#include "agent/ui/ui.h"

#include <stdio.h>
#include <string.h>

struct PouceAgent {
    const PouceAgentListener *listener;
    void *data;
    PouceAgentPhase phase;
    PouceAccount account;
    PouceHelper cards[4];
    PouceHelper *helpers[4];
    PouceParty party;
    PouceSession session;
    gboolean lent;
    PouceAgentVoice voice;
};

static const char *page = "need";
static PouceAgentTrust trust = POUCE_AGENT_TRUST_NEW;

static void enter(PouceAgent *agent, PouceAgentPhase phase)
{
    agent->phase = phase;
    agent->listener->phase(phase, agent->data);
}

static void set_card(PouceAgent *agent, int at, PouceHelper card)
{
    agent->cards[at] = card;
    agent->helpers[at] = &agent->cards[at];
    g_strlcpy(agent->cards[at].currency, "EUR", sizeof agent->cards[at].currency);
}

static void stage(PouceAgent *agent)
{
    static char *french[] = {"fr", NULL}, *both[] = {"fr", "en", NULL}, *none[] = {NULL};
    agent->account = (PouceAccount){
        .login = "marie", .name = "Marie Curie", .locale = "fr", .balance_minor = 3500};
    g_strlcpy(agent->account.currency, "EUR", sizeof agent->account.currency);
    set_card(agent, 0,
        (PouceHelper){.id = "1",
            .name = "Ada Lovelace",
            .stars_hundredths = 480,
            .ratings = 23,
            .sessions = 41,
            .skills = none,
            .languages = both,
            .place = "Grenoble",
            .rate_minor_per_min = 60,
            .about = "Patient, and fond of old printers.",
            .available = POUCE_FREE_NOW,
            .n_reasons = 4,
            .reasons = {{"skill", "imprimante"}, {"place", "Grenoble"}, {"rating", "4.80"},
                {"free", "now"}}});
    set_card(agent, 1,
        (PouceHelper){.id = "2",
            .name = "Blaise Pascal",
            .stars_hundredths = 430,
            .ratings = 6,
            .skills = none,
            .languages = french,
            .place = "Voiron",
            .rate_minor_per_min = 0,
            .about = "",
            .available = POUCE_FREE_NOW,
            .n_reasons = 3,
            .reasons = {{"known", "3"}, {"price", "0"}, {"language", "fr"}}});
    set_card(agent, 2,
        (PouceHelper){.id = "3",
            .name = "Jean-Baptiste Joseph Fourier",
            .ratings = 0,
            .skills = none,
            .languages = french,
            .place = "",
            .rate_minor_per_min = 45,
            .about = "",
            .available = POUCE_FREE_BUSY});
    agent->party = (PouceParty){.name = "Ada Lovelace"};
    agent->session = (PouceSession){.state = POUCE_STATE_RINGING,
        .need = "My printer does not print",
        .helper = &agent->party,
        .helper_card = &agent->cards[0],
        .has_price = TRUE,
        .price = {.rate_minor_per_min = 60, .cap_minor = 1000},
        .receipt_number = ""};
    g_strlcpy(agent->session.price.currency, "EUR", sizeof agent->session.price.currency);
}

static void show_over(PouceAgent *agent)
{
    PouceReceipt receipt = {.number = "P-2026-000042",
        .seeker = "Marie Curie",
        .helper = "Ada Lovelace",
        .need = "My printer does not print",
        .signed_ms = 725000,
        .rate_minor_per_min = 60,
        .amount_minor = 725,
        .issued_s = 1790000000};
    g_strlcpy(receipt.currency, "EUR", sizeof receipt.currency);
    agent->session.end_reason = POUCE_END_SEEKER;
    enter(agent, POUCE_AGENT_OVER);
    agent->listener->receipt(&receipt, agent->data);
}

static void show_consent(PouceAgent *agent)
{
    const PouceCaptureMonitor screens[] = {
        {0, "eDP-1", {0, 0, 1920, 1080}, TRUE}, {1, "HDMI-1", {1920, 0, 2560, 1440}, FALSE}};
    agent->listener->screens(screens, 2, 0, agent->data);
    enter(agent, POUCE_AGENT_CONSENT);
}

static void show_live(PouceAgent *agent)
{
    enter(agent, POUCE_AGENT_CONNECTING);
    enter(agent, POUCE_AGENT_LIVE);
    agent->listener->clock(725000, TRUE, agent->data);
    agent->listener->tick(725000, 725, agent->data);
}

static gboolean play(gpointer data)
{
    PouceAgent *agent = data;
    const PouceAgentListener *tell = agent->listener;
    gboolean live = g_str_has_prefix(page, "bar") || g_str_has_prefix(page, "question") ||
                    g_str_equal(page, "chat");
    if (g_str_equal(page, "sign_in") || g_str_equal(page, "sign_in_wrong")) {
        enter(agent, POUCE_AGENT_SIGNED_OUT);
        if (g_str_equal(page, "sign_in_wrong"))
            tell->trouble("wrong_credentials", "", agent->data);
        return G_SOURCE_REMOVE;
    }
    enter(agent, POUCE_AGENT_READY);
    if (g_str_equal(page, "offline"))
        tell->online(FALSE, "refused", agent->data);
    if (g_str_equal(page, "ring")) {
        tell->session(&agent->session, agent->data);
        enter(agent, POUCE_AGENT_RINGING);
    } else if (g_str_has_prefix(page, "consent"))
        show_consent(agent);
    else if (g_str_equal(page, "over"))
        show_over(agent);
    else if (live)
        show_live(agent);
    if (g_str_equal(page, "bar_lent"))
        pouce_agent_lend(agent, 0);
    if (g_str_has_prefix(page, "bar_voice"))
        pouce_agent_voice(agent, TRUE);
    if (g_str_equal(page, "bar_voice_push"))
        pouce_agent_push_to_talk(agent, TRUE);
    if (g_str_equal(page, "bar_voice_sound"))
        tell->trouble("sound_microphone_gone", "", agent->data);
    if (g_str_equal(page, "question_voice"))
        tell->question(1, POUCE_CAPABILITY_VOICE, 0, TRUE, agent->data);
    if (g_str_equal(page, "question"))
        tell->question(1, POUCE_CAPABILITY_CONTROL, 300000, TRUE, agent->data);
    if (g_str_equal(page, "chat")) {
        tell->chat("Bonjour ! Montrez-moi la petite flèche en bas de l’écran.", FALSE, agent->data);
        tell->chat("Celle-ci ?", TRUE, agent->data);
    }
    return G_SOURCE_REMOVE;
}

G_DEFINE_QUARK(pouce - agent - error - quark, pouce_agent_error)

PouceAgent *pouce_agent_new(
    const PouceAgentConfig *config, const PouceAgentListener *listener, void *data, GError **error)
{
    PouceAgent *agent = g_new0(PouceAgent, 1);
    agent->listener = listener;
    agent->data = data;
    stage(agent);
    return agent;
}

void pouce_agent_free(PouceAgent *agent)
{
    g_free(agent);
}

void pouce_agent_sign_up(
    PouceAgent *agent, const char *login, const char *name, const char *password)
{
    enter(agent, POUCE_AGENT_READY);
}

void pouce_agent_sign_in(PouceAgent *agent, const char *login, const char *password)
{
    enter(agent, POUCE_AGENT_READY);
}

gboolean pouce_agent_resume(PouceAgent *agent)
{
    g_idle_add(play, agent);
    enter(agent, POUCE_AGENT_SIGNING_IN);
    return TRUE;
}

void pouce_agent_sign_out(PouceAgent *agent)
{
    enter(agent, POUCE_AGENT_SIGNED_OUT);
}

void pouce_agent_find(PouceAgent *agent, const char *need, const char *language, const char *place)
{
    guint count = g_str_equal(page, "nobody") ? 0 : 3;
    agent->listener->helpers(agent->helpers, count, agent->data);
}

void pouce_agent_request(PouceAgent *agent, const char *need, const char *helper,
    const char *language, const char *place, gint64 cap_minor)
{
    enter(agent, POUCE_AGENT_RINGING);
    agent->listener->session(&agent->session, agent->data);
}

void pouce_agent_confirm(PouceAgent *agent, PouceCapability may)
{
    show_live(agent);
}

void pouce_agent_end(PouceAgent *agent)
{
    if (agent->phase < POUCE_AGENT_CONNECTING)
        agent->session.end_reason = POUCE_END_WITHDRAWN;
    if (agent->phase >= POUCE_AGENT_CONNECTING)
        show_over(agent);
    else
        enter(agent, POUCE_AGENT_OVER);
}

void pouce_agent_rate(PouceAgent *agent, int stars, const char *comment)
{
    agent->session.state = POUCE_STATE_RATED;
    agent->listener->session(&agent->session, agent->data);
}

void pouce_agent_answer(PouceAgent *agent, guint32 id, gboolean yes, guint32 ms)
{
    if (yes)
        pouce_agent_lend(agent, ms);
}

void pouce_agent_lend(PouceAgent *agent, guint32 ms)
{
    agent->lent = TRUE;
    agent->listener->granted(POUCE_CAPABILITY_CONTROL, ms, agent->data);
}

void pouce_agent_take_back(PouceAgent *agent, PouceCapability what)
{
    agent->lent = FALSE;
    agent->listener->revoked(what, POUCE_REVOKE_OWNER, agent->data);
}

void pouce_agent_question_shown(PouceAgent *agent, gboolean shown)
{
}

void pouce_agent_pause(PouceAgent *agent, gboolean paused)
{
    enter(agent, paused ? POUCE_AGENT_PAUSED : POUCE_AGENT_LIVE);
    agent->listener->paused(paused, FALSE, agent->data);
}

static void tell_voice(PouceAgent *agent)
{
    PouceAgentVoice *voice = &agent->voice;
    voice->open = voice->on && !voice->muted && !voice->push_to_talk;
    agent->listener->voice(voice, agent->data);
}

void pouce_agent_voice(PouceAgent *agent, gboolean on)
{
    agent->voice.on = on;
    agent->voice.helper_open = on;
    tell_voice(agent);
}

void pouce_agent_mute(PouceAgent *agent, gboolean muted)
{
    agent->voice.muted = muted;
    tell_voice(agent);
}

void pouce_agent_push_to_talk(PouceAgent *agent, gboolean push_to_talk)
{
    agent->voice.push_to_talk = push_to_talk;
    tell_voice(agent);
}

void pouce_agent_talk(PouceAgent *agent, gboolean held)
{
}

void pouce_agent_choose_sound(PouceAgent *agent, const char *microphone, const char *speaker)
{
}

void pouce_agent_voice_state(PouceAgent *agent, PouceAgentVoice *out)
{
    *out = agent->voice;
}

void pouce_agent_chat(PouceAgent *agent, const char *text)
{
    agent->listener->chat(text, TRUE, agent->data);
}

void pouce_agent_clear_ink(PouceAgent *agent)
{
}

void pouce_agent_choose_monitor(PouceAgent *agent, int id)
{
}

PouceAgentPhase pouce_agent_phase(PouceAgent *agent)
{
    return agent->phase;
}

const PouceAccount *pouce_agent_account(PouceAgent *agent)
{
    return &agent->account;
}

const PouceSession *pouce_agent_session(PouceAgent *agent)
{
    return &agent->session;
}

PouceAgentTrust pouce_agent_trust(PouceAgent *agent)
{
    return trust;
}

gboolean pouce_agent_allows(PouceAgent *agent, PouceCapability what)
{
    return what != POUCE_CAPABILITY_RECORD;
}

gint64 pouce_agent_left_ms(PouceAgent *agent, PouceCapability what)
{
    return agent->lent ? 272000 : 0;
}

const char *pouce_agent_phase_name(PouceAgentPhase phase)
{
    return "";
}

int main(int argc, char **argv)
{
    PouceAgentUiStart start = {0};
    page = argc > 1 ? argv[1] : page;
    if (g_str_equal(page, "consent_changed"))
        trust = POUCE_AGENT_TRUST_CHANGED;
    else if (g_str_equal(page, "consent_known"))
        trust = POUCE_AGENT_TRUST_KNOWN;
    if (g_str_equal(page, "helpers") || g_str_equal(page, "nobody"))
        start.need = argc > 2 ? argv[2] : "My printer does not print";
    return pouce_agent_ui_run(&(PouceAgentConfig){.broker_url = "http://localhost"}, &start);
}
