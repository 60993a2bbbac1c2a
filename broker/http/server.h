// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The HTTP server: libsoup with what it lacks: a route table, authentication, ceilings on bodies,
// rates and connections, deadlines, security headers, and pages from memory. Main thread; nothing
// here blocks.
//
// Life: new → ws (optional) → listen → stop → free.
#pragma once

#include <libsoup/soup.h>

#include "broker/http/call.h"
#include "broker/http/files.h"
#include "broker/http/route.h"
#include "broker/http/tokens.h"

/** Requests a minute and in one burst. */
typedef struct {
    guint per_min, burst;
} PouceRate;

typedef struct {
    PouceRate address; /* any request, by address */
    PouceRate account; /* any request, by account */
    PouceRate sign_up; /* by address */
    PouceRate log_in;  /* by address, and by login */
    PouceRate request; /* requests for help, by account */
    guint connections, connections_address;
    guint waiting; /* calls not yet answered */
} PouceServerLimits;

/** What suits one broker for a town behind nginx. */
extern const PouceServerLimits pouce_server_limits_default;

typedef struct {
    const PouceRoute *routes; /* static */
    gsize route_count;
    gpointer app;            /* given to handlers */
    PouceTokens *tokens;     /* borrowed */
    const PouceFiles *files; /* borrowed */
    PouceServerLimits limits;
    gboolean behind_proxy; /* believe X-Real-IP from a loopback peer */
} PouceServerConfig;

typedef struct PouceServer PouceServer;

PouceServer *pouce_server_new(const PouceServerConfig *config);
void pouce_server_free(PouceServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceServer, pouce_server_free)

/** A new WebSocket whose Origin was on the list. @address: the client's; borrowed. @socket is the
 * callee's to ref. */
typedef void (*PouceServerSocket)(
    gpointer data, SoupWebsocketConnection *socket, const char *address, GSocketAddress *remote);

/**
 * pouce_server_ws - accepts WebSockets on @path
 * @max:      sockets at once; the caller tells by pouce_server_ws_gone when one closed
 * @origins:  NULL-terminated; beside the server's own. Copied
 */
void pouce_server_ws(PouceServer *server, const char *path, guint max, const char *const *origins,
    PouceServerSocket accept, gpointer data);
void pouce_server_ws_gone(PouceServer *server);

gboolean pouce_server_listen(PouceServer *server, const char *listen, GError **error);

/** "http://ADDR:PORT"; borrowed. */
const char *pouce_server_url(const PouceServer *server);

/** No new connections; requests that still come are answered `stopping`. */
void pouce_server_stop(PouceServer *server);

/** Counts for the metrics. */
typedef struct {
    guint64 answers[6]; /* by hundreds of the status */
    guint64 too_many;
    guint connections, sockets, waiting;
} PouceServerCounts;
void pouce_server_counts(const PouceServer *server, PouceServerCounts *out);

/** Takes a token of the log-in buckets for @login: FALSE: refuse. For the log-in handler alone. */
gboolean pouce_server_take_log_in(PouceServer *server, const char *login, gint64 now_us);
