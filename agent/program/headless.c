// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/program/headless.h"

#include "look/money.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

void headless_quit(Headless *headless, int status)
{
    headless->status = status;
    g_main_loop_quit(headless->loop);
}

static void fail(Headless *headless, const char *sentence)
{
    fprintf(stderr, "pouce-agent: %s\n", sentence);
    headless_quit(headless, 1);
}

static void request(Headless *headless, const char *helper)
{
    const PouceHeadlessConfig *config = headless->config;
    g_autoptr(GError) error = NULL;
    gint64 cap_minor;
    const PouceAccount *account = pouce_agent_account(headless->agent);
    if (!account || !pouce_money_parse(config->cap ? config->cap : HEADLESS_CAP_DEFAULT,
                        account->currency, &cap_minor, &error)) {
        fail(headless, error ? error->message : "the broker did not say whose account this is.");
        return;
    }
    pouce_agent_request(
        headless->agent, config->need, helper, config->language, config->place, cap_minor);
    // A source that cannot be opened was already told as trouble.
    if (pouce_agent_phase(headless->agent) == POUCE_AGENT_READY)
        headless_quit(headless, 1);
}

void headless_on_ready(Headless *headless)
{
    const PouceHeadlessConfig *config = headless->config;
    if (headless->ready) {
        // Back without a session: the request was refused, and said why.
        if (headless->asked)
            headless_quit(headless, headless->stopping ? 0 : 1);
        return;
    }
    headless->ready = headless->asked = TRUE;
    headless_say(headless, "ready", NULL, "signed in");
    if (config->helper && strcmp(config->helper, "first") == 0)
        pouce_agent_find(headless->agent, config->need, config->language, config->place);
    else
        request(headless, config->helper);
}

void headless_on_helpers(Headless *headless, PouceHelper *const *helpers, guint count)
{
    for (guint i = 0; i < count; i++)
        if (helpers[i]->available == POUCE_FREE_NOW) {
            request(headless, helpers[i]->id);
            return;
        }
    fail(headless, count ? "no helper who could help with this is available now: try again later, "
                           "or leave out --helper."
                         : "nobody on this broker offers help with this: use other words.");
}

void headless_on_consent(Headless *headless)
{
    if (pouce_agent_trust(headless->agent) == POUCE_AGENT_TRUST_CHANGED) {
        headless->failed = TRUE;
        fprintf(stderr,
            "pouce-agent: the helper's device shows another key than last time: somebody else may "
            "be behind it. Ask the helper; to trust the new key, remove the helper from "
            "known-helpers in the configuration folder.\n");
        pouce_agent_end(headless->agent);
        return;
    }
    pouce_agent_confirm(headless->agent, headless->config->consent);
}

static gboolean on_signal(gpointer data)
{
    Headless *headless = data;
    PouceAgentPhase phase = pouce_agent_phase(headless->agent);
    if (headless->stopping || phase < POUCE_AGENT_RINGING || phase == POUCE_AGENT_OVER) {
        headless_quit(headless, headless->stopping ? 1 : 0);
        return G_SOURCE_CONTINUE;
    }
    headless->stopping = TRUE;
    pouce_agent_end(headless->agent);
    return G_SOURCE_CONTINUE;
}

int pouce_headless_run(const PouceHeadlessConfig *config)
{
    g_autoptr(GError) error = NULL;
    Headless headless = {.config = config, .loop = g_main_loop_new(NULL, FALSE)};
    headless.agent = pouce_agent_new(config->agent, &headless_listener, &headless, &error);
    if (!headless.agent) {
        fprintf(stderr, "pouce-agent: %s\n", error->message);
        g_main_loop_unref(headless.loop);
        return g_error_matches(error, POUCE_AGENT_ERROR, POUCE_AGENT_ERROR_USAGE) ? 2 : 1;
    }
    guint term = g_unix_signal_add(SIGTERM, on_signal, &headless);
    guint interrupt = g_unix_signal_add(SIGINT, on_signal, &headless);
    if (config->json)
        headless_open_commands(&headless);
    gboolean begun = TRUE;
    if (config->login && config->password)
        pouce_agent_sign_in(headless.agent, config->login, config->password);
    else
        begun = pouce_agent_resume(headless.agent);
    if (begun)
        g_main_loop_run(headless.loop);
    else
        fail(&headless, "sign in first: --login NAME and --password-file FILE.");
    g_source_remove(term);
    g_source_remove(interrupt);
    if (headless.commands) {
        g_source_destroy(headless.commands);
        g_source_unref(headless.commands);
    }
    pouce_agent_free(headless.agent);
    g_main_loop_unref(headless.loop);
    return headless.status;
}
