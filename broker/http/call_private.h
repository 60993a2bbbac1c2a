// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What call.c and server.c share of a call. Nobody else includes this.
#pragma once

#include "broker/http/call.h"

struct PouceCall {
    SoupServerMessage *msg;
    const PouceRoute *route;
    PouceParams params;
    GHashTable *query; /* string -> string; NULL: no query */
    PouceWho *who;
    json_t *body;
    char *key;
    char *token;
    char *address;
    gint64 now_us;
    gint64 now_s;
    gboolean done;
    gboolean finished; /* libsoup is through with the message */
    gboolean streaming, writing;
    void (*gone)(gpointer data);
    gpointer gone_data;
    void (*on_done)(PouceCall *call, guint status, gpointer server);
    gpointer server;
};

/** A paused message becomes a call; references @msg. */
PouceCall *pouce_call_new(SoupServerMessage *msg, const char *address);

/** FALSE when the query is not name=value pairs of UTF-8. */
gboolean pouce_call_read_query(PouceCall *call);

/** The headers that every answer carries. */
void pouce_call_common_headers(SoupMessageHeaders *headers);
