// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// ICE candidate lines (RFC 8839 §5.1) from the far side, read strictly and rebuilt from what was
// understood, because libnice must not see anything else. Pure; bytes may be anything.

#include <glib.h>

G_BEGIN_DECLS

/**
 * pouce_candidate_read
 * @line:   "candidate:…", with or without "a=" before it
 * Returns: the line rebuilt ("candidate:…"; owned by the caller), or NULL with MALFORMED or LIMIT
 */
char *pouce_candidate_read(const char *line, gsize bytes, GError **error);

typedef enum {
    POUCE_CANDIDATE_DIRECT, // UDP to an address of the far side or of its router
    POUCE_CANDIDATE_RELAY,
    POUCE_CANDIDATE_TCP,
    /** A browser's ".local" name for an address that it hides. It is not to be looked up: a DNS
     * server that does not answer costs 13 s, and the far side's own checks show the address. */
    POUCE_CANDIDATE_HIDDEN,
} PouceCandidateKind;

/** pouce_candidate_kind - @line: as pouce_candidate_read returns it */
PouceCandidateKind pouce_candidate_kind(const char *line);

/**
 * pouce_ice_server_uri - "turn:host:3478?transport=udp" and a credential as webrtcbin wants it
 * Returns: "turn://user:password@host:3478?transport=udp" with user and password escaped whole (an
 *          unescaped colon or slash there silently gives no relay), or "stun://host:port"; NULL if
 *          the URL is not one that the library can use ("turns:" would be sent in the clear)
 */
char *pouce_ice_server_uri(const char *url, const char *username, const char *credential);

G_END_DECLS
