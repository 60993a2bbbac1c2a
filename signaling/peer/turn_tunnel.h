// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// TCP and TLS to a relay, for webrtcbin: a port on loopback whose connections continue to the
// relay, over TLS with its certificate checked (name and chain). One tunnel for one relay and one
// peer. It exists for two reasons: webrtcbin's own "turns:" is plain TCP, and libnice keeps only
// the first relayed candidate of an address, so that TCP, if it is quicker, shuts UDP out; here TCP
// begins later.
//
// Threads: new, port and free from any one thread at a time; all I/O runs on a thread of its own.
// Limits: POUCE_TURN_TUNNEL_WIRES_MAX connections, more are closed at once; a connection to the
// relay that is not up after POUCE_TURN_TUNNEL_CONNECT_S is given up; each direction holds one
// buffer of 16 KiB and reads no more before it is written.

#include <gio/gio.h>

G_BEGIN_DECLS

#define POUCE_TURN_TUNNEL_WIRES_MAX 8
#define POUCE_TURN_TUNNEL_CONNECT_S 10

typedef struct PouceTurnTunnel PouceTurnTunnel;

typedef struct {
    const char *host; // name or address of the relay; its certificate must be made out to it
    guint16 port;
    gboolean tls;
    const char *ca_file; // PEM of the authorities to trust; NULL: the system's
    guint delay_ms;      // from new to the first connection to the relay
} PouceTurnTunnelConfig;

/**
 * pouce_turn_tunnel_new
 * Errors: of GIO: no loopback, no TLS support installed, ca_file unreadable
 */
PouceTurnTunnel *pouce_turn_tunnel_new(const PouceTurnTunnelConfig *config, GError **error);
/** pouce_turn_tunnel_free - closes all connections; blocks for some ms */
void pouce_turn_tunnel_free(PouceTurnTunnel *tunnel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceTurnTunnel, pouce_turn_tunnel_free)

/** The same port on 127.0.0.1 or on ::1; 0 if this machine has not that loopback. */
guint16 pouce_turn_tunnel_port(PouceTurnTunnel *tunnel, GSocketFamily family);
/** pouce_turn_tunnel_bytes - carried so far, both ways; any thread */
guint64 pouce_turn_tunnel_bytes(PouceTurnTunnel *tunnel);
/** pouce_turn_tunnel_problem - why the last connection to the relay failed; owned, NULL if none */
char *pouce_turn_tunnel_problem(PouceTurnTunnel *tunnel);

/**
 * pouce_turn_url_read - what a tunnel needs from "turn:HOST[:PORT]?transport=tcp" and
 * "turns:HOST[:PORT][?transport=tcp]" (ports 3478 and 5349 unless named)
 * Returns: FALSE for anything else; out->host is owned by the caller, other fields are untouched
 */
gboolean pouce_turn_url_read(const char *url, PouceTurnTunnelConfig *out);

G_END_DECLS
