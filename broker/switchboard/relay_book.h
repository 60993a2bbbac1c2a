// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much one session has relayed: candidates and descriptions of each end, with their limits.
// Pure; main thread.
#pragma once

#include <glib.h>

#include "signaling/wire/switchboard.h"

typedef struct PouceRelayBook PouceRelayBook;

PouceRelayBook *pouce_relay_book_new(void);
void pouce_relay_book_free(PouceRelayBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceRelayBook, pouce_relay_book_free)

/**
 * pouce_relay_book_take - may @device send one more of @kind in @session?
 * A description or a restart begins a new set of candidates for its sender.
 * Returns: NULL if so, else a static sentence
 */
const char *pouce_relay_book_take(
    PouceRelayBook *book, const char *session, const char *device, PouceRelayKind kind);

/** pouce_relay_book_close - the session is over */
void pouce_relay_book_close(PouceRelayBook *book, const char *session);

guint pouce_relay_book_count(const PouceRelayBook *book);
