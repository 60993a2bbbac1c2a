// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The seeker's window: one question a screen, from "who are you" to the receipt. It drives
// agent/core/agent.h and draws what that says; it holds no rule of its own about who may do what.

#include "agent/core/agent.h"

G_BEGIN_DECLS

/** What the command line already answered; any field may be NULL. */
typedef struct {
    const char *need;     // looks for helpers as soon as signed in
    const char *helper;   // id; with need: rings this one at once; "first": the first who is free
    const char *language; // tag, as in "fr"
    const char *place;
    const char *cap; // decimal amount in the account's currency
} PouceAgentUiStart;

/**
 * pouce_agent_ui_run - shows the window until it is closed
 * @config:  borrowed; settle_ms 0 becomes the window's usual 1000
 * @start:   borrowed; may be NULL
 * Returns:  the exit status; 1 without a screen, with a sentence on stderr
 * Thread:   main, once a process; sets GSK_RENDERER where no GPU is and nobody set it
 */
int pouce_agent_ui_run(const PouceAgentConfig *config, const PouceAgentUiStart *start);

G_END_DECLS
