// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the ends need to reach each other: STUN and TURN addresses, with time-limited TURN
// credentials made for one session and one end (the scheme of coturn's use-auth-secret). Immutable
// after loading.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/session.h"

/** Credentials live this long: a matched pair connects within a minute, and may reconnect. */
#define POUCE_ICE_LIFE_S 600

typedef struct {
    char **stun;  /* NULL-terminated "stun:HOST:PORT"; may be NULL */
    char **turn;  /* NULL-terminated "turn:HOST:PORT?transport=udp"; may be NULL */
    char *secret; /* shared with the TURN server; NULL without turn */
} PouceIce;

void pouce_ice_clear(PouceIce *ice);

/** Whether @text may stand in the list: scheme of @kind ("stun" or "turn"), host, no spaces, ≤ 512
 * bytes. */
gboolean pouce_ice_url_valid(const char *kind, const char *text);

/**
 * pouce_ice_fill - puts the servers for one end of a matched session into @session
 * @device: the end's device id, part of the TURN user name
 */
void pouce_ice_fill(const PouceIce *ice, const char *device, gint64 now_s, PouceSession *session);

/** What the connection check asks for: it needs a moment only, and serves no session. */
#define POUCE_ICE_CHECK_LIFE_S 60

/**
 * pouce_ice_check_json - the same servers for the connection check, as the API shows them
 * Returns: an array of {urls, username, credential}; new reference
 */
json_t *pouce_ice_check_json(const PouceIce *ice, const char *device, gint64 now_s);

/** The password that belongs to a TURN user name; owned. Exposed for the tests. */
char *pouce_ice_credential(const char *secret, const char *username);
