// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Log-in tokens: 32 random bytes in base64url, of which only the SHA-256 is stored. Looks a token
// up (memory first, then the store's reader) and says whose it is. Main thread.
#pragma once

#include <glib.h>

#include "broker/store/store.h"
#include "signaling/wire/limits.h"

#define POUCE_TOKENS_LIFE_S (7 * 24 * 3600)
/** Remembered look-ups; when full all are forgotten, which costs one read each. */
#define POUCE_TOKENS_CACHE_MAX 20000

/** Whose a token is. Reference counted, immutable. */
typedef struct {
    char account[POUCE_ID_CHARS + 1];
    char device[POUCE_ID_CHARS + 1];
    char *name;
    guint8 key[POUCE_KEY_BYTES];
    gboolean is_operator;
    gint64 until_s; /* wall time: look it up again from then on */
} PouceWho;

PouceWho *pouce_who_ref(PouceWho *who);
void pouce_who_unref(PouceWho *who);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceWho, pouce_who_unref)

typedef struct PouceTokens PouceTokens;

/** @store: borrowed, outlives this. */
PouceTokens *pouce_tokens_new(PouceStore *store);
void pouce_tokens_free(PouceTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceTokens, pouce_tokens_free)

/** @who: borrowed; NULL: no such token, or it has expired. @failed: the store could not say. */
typedef void (*PouceTokensFound)(gpointer data, PouceWho *who, gboolean failed);

/** pouce_tokens_find_who - calls @found now or later, exactly once */
void pouce_tokens_find_who(
    PouceTokens *tokens, const char *token, PouceTokensFound found, gpointer data);

/** A new token; owned. */
char *pouce_tokens_make(void);

/** What is stored of @token; owned. */
GBytes *pouce_tokens_hash(const char *token);

/** pouce_tokens_forget - this token, or with NULL all: after a log-out, or a change of rights */
void pouce_tokens_forget(PouceTokens *tokens, const char *token);
