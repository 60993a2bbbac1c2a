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

/**
 * pouce_ice_server_uri - "turn:host:3478?transport=udp" and a credential as webrtcbin wants it
 * Returns: "turn://user:password@host:3478?transport=udp" with user and password escaped whole (an
 *          unescaped colon or slash there silently gives no relay), or "stun://host:port"; NULL if
 *          the URL is not one that the library can use ("turns:" would be sent in the clear)
 */
char *pouce_ice_server_uri(const char *url, const char *username, const char *credential);

G_END_DECLS
