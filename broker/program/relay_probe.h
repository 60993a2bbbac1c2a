// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Asks a STUN or TURN server what ends would ask: the own address, or two allocations over UDP, TCP
// or TLS with the broker's credentials, which send to each other and are then given back. Blocking,
// some seconds at most.
#pragma once

#include <gio/gio.h>

/** What the operator should look at; the sentence names it. */
typedef enum {
    POUCE_PROBE_OK,
    POUCE_PROBE_ADDRESS,     /* the URL or its name: not resolved, not understood */
    POUCE_PROBE_CLOSED,      /* no answer: a port, or the server is not running */
    POUCE_PROBE_CERTIFICATE, /* TLS: not trusted, expired, another name */
    POUCE_PROBE_CREDENTIALS, /* the secret, or a clock */
    POUCE_PROBE_RELAY,       /* it allocates, but does not relay: port range, addresses */
    POUCE_PROBE_REFUSED,     /* a limit, or not what the server offers */
} PouceProbe;

/**
 * pouce_relay_probe
 * @url:      "stun:HOST[:PORT]", "turn:HOST[:PORT][?transport=udp|tcp]",
 *            "turns:HOST[:PORT][?transport=tcp]"
 * @ca_file:  authorities for turns:, PEM; NULL: the system's
 * @sentence: what was seen and what to do; owned by the caller
 */
PouceProbe pouce_relay_probe(const char *url, const char *username, const char *credential,
    const char *ca_file, char **sentence);

/** A client for the probes: no proxy, short timeouts, TLS checked against @ca_file. */
GSocketClient *pouce_probe_client(gboolean tls, const char *ca_file, GError **error);
/** "" or, for a certificate that ends within two weeks, a sentence about it; owned. */
char *pouce_probe_expiry(GSocketConnection *connection);
