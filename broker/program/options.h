// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What pouce-broker was told: option, else environment, else file, else default.
#pragma once

#include <glib.h>

#include "broker/http/ice.h"
#include "broker/http/server.h"

typedef struct {
    char *listen;
    char *data;
    char *database; /* URI */
    char *web;      /* folder; NULL: none was found */
    char *name;
    char *currency;
    gint64 fee_bp;
    char **origins; /* NULL-terminated */
    gboolean behind_proxy;
    gboolean json;
    PouceIce ice;
    PouceServerLimits limits;
} PouceBrokerOptions;

void pouce_broker_options_clear(PouceBrokerOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PouceBrokerOptions, pouce_broker_options_clear)

typedef enum { POUCE_OPTIONS_RUN, POUCE_OPTIONS_DONE, POUCE_OPTIONS_WRONG } PouceOptionsResult;

/**
 * pouce_broker_options_read - from the command line, the environment and the file
 * Returns: DONE after --help or --version; WRONG with @error: a sentence, exit 2
 */
PouceOptionsResult pouce_broker_options_read(
    int argc, char **argv, PouceBrokerOptions *out, GError **error);
