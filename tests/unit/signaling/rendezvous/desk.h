// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A small broker on a free port: it knows one login, answers a few paths, and does on the WebSocket
// what the test tells it. Runs in the test's own main context.

#include <libsoup/soup.h>

#define DESK_SESSION "01939f4e-0000-7000-8000-000000000001"

typedef struct {
    SoupServer *server;
    guint port;
    SoupWebsocketConnection *socket;
    guint hellos;
    guint pings;
    gboolean mute;          // says nothing after the welcome
    gboolean available;     // of the last hello or message
    char *token;            // of the last hello
    char *authorization;    // of the last call
    char *idempotency_key;  // of the last call
    GPtrArray *received;    // texts after hello, pings left out
    guint refuse_code;      // closes with it after hello
    gboolean session_known; // the welcome names DESK_SESSION
} Desk;

Desk *desk_new(guint port); // 0: any
void desk_free(Desk *desk);
char *desk_url(Desk *desk);
void desk_say(Desk *desk, const char *text);
