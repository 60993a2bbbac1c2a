// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The broker as one object: every part made in order, joined, and taken apart again. Main thread.
#pragma once

#include "broker/program/options.h"

typedef struct PouceBroker PouceBroker;

/** @options: borrowed, outlives the broker. NULL with a sentence. */
PouceBroker *pouce_broker_new(const PouceBrokerOptions *options, GError **error);

/** "http://ADDR:PORT" */
const char *pouce_broker_url(const PouceBroker *broker);

/** Runs until pouce_broker_quit and the end of what was begun. Returns the exit code. */
int pouce_broker_run(PouceBroker *broker);

/** Stop taking new work; at most 5 s later run returns. Main thread. */
void pouce_broker_quit(PouceBroker *broker);

void pouce_broker_free(PouceBroker *broker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceBroker, pouce_broker_free)
