// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A helper who says and does anything, in any order, against the seeker's handlers, mixed with the
// owner's own acts. Whatever comes: nothing is injected that consent does not allow at that moment.
// Input: records of one byte kind, one byte length, and that many bytes.

#include "agent/core/agent_private.h"

#include <string.h>

enum { CONTROL, INPUT, MOTION, ANSWER, HAND, LEND, TAKE, PAUSE, QUESTION, KINDS };

static const PouceAgentListener silent;

static PouceAgent *make_agent(void)
{
    static const guint8 seed[POUCE_KEY_BYTES] = {1};
    PouceAgent *agent = g_new0(PouceAgent, 1);
    agent->listener = &silent;
    agent->source = g_strdup("pattern");
    agent->identity = pouce_identity_new_from_seed(seed);
    agent->alarm = g_timeout_source_new_seconds(1000); // never attached
    PouceMeterConfig meter = {.role = POUCE_ROLE_SEEKER, .identity = agent->identity};
    memset(meter.session, '0', POUCE_ID_CHARS);
    memset(meter.price, '0', POUCE_HEX64_CHARS);
    agent->clock.meter = pouce_meter_new(&meter);
    agent->picture.screen_known = TRUE;
    agent->picture.screen.monitors[0].area = (PouceRect){100, 50, 1280, 720};
    agent->picture.screen.monitor_count = 1;
    return agent;
}

static void begin(PouceAgent *agent)
{
    agent->may = POUCE_CAPABILITY_VIEW | POUCE_CAPABILITY_POINTER | POUCE_CAPABILITY_CONTROL;
    agent_control_open(agent);
    agent->clock.paused_far = FALSE;
    agent->link.bound = agent->link.ever_bound = TRUE;
    pouce_consent_set_bound(&agent->hands.consent, TRUE, g_get_monotonic_time());
}

static guint injected(PouceAgent *agent)
{
    const GArray *events = pouce_injector_null_events(agent->hands.injector);
    guint count = 0;
    for (guint i = 0; i < events->len; i++)
        count += g_array_index(events, PouceInjectorEvent, i).kind != POUCE_INJECT_RELEASE_ALL;
    return count;
}

static void act(PouceAgent *agent, int kind, const guint8 *data, gsize bytes)
{
    gint64 now_us = g_get_monotonic_time();
    PouceConsent *consent = &agent->hands.consent;
    switch (kind) {
    case CONTROL:
        agent_control_take(agent, data, bytes);
        break;
    case INPUT:
        agent_control_input(agent, data, bytes);
        break;
    case MOTION:
        agent_control_motion(agent, data, bytes);
        break;
    case ANSWER:
        pouce_consent_answer(consent, bytes ? data[0] : 0, bytes > 1 && data[1] & 1, 0, now_us);
        break;
    case HAND:
        pouce_consent_local_input(consent, now_us);
        break;
    case LEND:
        pouce_consent_lend(consent, POUCE_CAPABILITY_CONTROL, 60000, now_us);
        break;
    case TAKE:
        pouce_consent_revoke(consent, POUCE_CAPABILITY_CONTROL, POUCE_REVOKE_OWNER, now_us);
        break;
    case PAUSE:
        pouce_consent_set_paused(consent, bytes > 0, now_us);
        break;
    default:
        pouce_consent_question(consent, bytes > 0);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    static PouceAgent *agent;
    if (!agent)
        agent = make_agent();
    begin(agent);
    while (bytes >= 2) {
        int kind = data[0] % KINDS;
        gsize length = MIN(data[1], bytes - 2);
        guint before = injected(agent);
        gboolean may = pouce_consent_allows_input(&agent->hands.consent, g_get_monotonic_time());
        act(agent, kind, data + 2, length);
        if (injected(agent) != before && !(may && (kind == INPUT || kind == MOTION)))
            g_error("injected without a loan");
        data += 2 + length;
        bytes -= 2 + length;
    }
    agent_control_close(agent);
    agent->hands.consent.questions = 0;
    return 0;
}
