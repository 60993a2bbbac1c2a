// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// pouce-agent without a window: one request for help, answered in advance, from signing in to the
// receipt. For tests, servers and measurements. Main thread.

#include "agent/core/agent.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef struct {
    const PouceAgentConfig *agent;
    const char *login;    // NULL: with the token of last time
    const char *password; // NULL without
    const char *need;
    const char *helper; // an id, "first" (the best who is free), NULL: the broker rings in turn
    const char *language;
    const char *place;
    const char *cap; // decimal amount; NULL: HEADLESS_CAP_DEFAULT
    PouceCapability consent;
    gboolean voice; // the microphone on once bound
    gboolean json;
} PouceHeadlessConfig;

#define HEADLESS_CAP_DEFAULT "20"

/** pouce_headless_run - Returns: exit status: 0 settled or stopped before it began, 1 failed */
int pouce_headless_run(const PouceHeadlessConfig *config);

/** pouce_headless_commands - what stdin takes with --json; static text */
const char *pouce_headless_commands(void);

// Between headless.c, events.c and commands.c.
typedef struct {
    const PouceHeadlessConfig *config;
    PouceAgent *agent;
    GMainLoop *loop;
    GSource *commands;
    int status;
    gboolean asked;    // the request has been made
    gboolean ready;    // signed in
    gboolean stopping; // a signal came
    gboolean settled;
    gboolean voiced; // the microphone was turned on once
    gboolean failed; // something that makes the result 1 whatever was settled
} Headless;

extern const PouceAgentListener headless_listener;

/** headless_say - one event: a line of JSON (@fields taken; may be NULL), or @sentence (may be
 * NULL)
 */
void headless_say(Headless *headless, const char *event, json_t *fields, const char *sentence);
void headless_quit(Headless *headless, int status);
void headless_on_ready(Headless *headless);
void headless_on_helpers(Headless *headless, PouceHelper *const *helpers, guint count);
void headless_on_consent(Headless *headless);
/** headless_open_commands - reads stdin; nothing happens when it ends */
void headless_open_commands(Headless *headless);

G_END_DECLS
