// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a STUN or TURN server answers (RFC 8489, RFC 8656), as far as the probes read it. Pure;
// hostile bytes are normal.
#pragma once

#include <glib.h>

#define POUCE_STUN_HEADER_BYTES 20
#define POUCE_STUN_MAX_BYTES 1500

typedef struct {
    gboolean known;
    guint8 ip[4];
    guint16 port;
} PouceStunAddress;

/** Borrowed from the message; NULL and 0 where it has none. */
typedef struct {
    const guint8 *data;
    gsize bytes;
} PouceStunBytes;

typedef struct {
    guint type;       // class and method, as on the wire
    guint error_code; // 0: none
    PouceStunBytes realm, nonce, data;
    PouceStunAddress mapped, relayed; // IPv4 alone
} PouceStun;

/**
 * pouce_stun_parse - reads @message; attributes that go past its end, and all after them, are
 * ignored Returns: FALSE if it is no STUN message; @out is then untouched
 */
gboolean pouce_stun_parse(const guint8 *message, gsize bytes, PouceStun *out);
