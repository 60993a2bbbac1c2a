// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The Ed25519 key of a device. Made at first start, kept in a file of mode 0600, never sent.
// Immutable after load: may be shared between threads.
#pragma once

#include <glib.h>

#include "signaling/wire/limits.h"

typedef struct _PouceIdentity PouceIdentity;

/**
 * pouce_identity_load - load the key at @path, or make one there
 * The folder is made with mode 0700; the file is written beside and renamed, so a crash leaves the
 * old file or none. A file that others may read, or that is not a key, is an error, never replaced.
 * Returns: owned, or NULL with POUCE_WIRE_ERROR_FILE
 */
PouceIdentity *pouce_identity_load(const char *path, GError **error);

/** pouce_identity_new_from_seed - a key from its 32-byte RFC 8032 seed (tests, vectors) */
PouceIdentity *pouce_identity_new_from_seed(const guint8 seed[POUCE_KEY_BYTES]);

void pouce_identity_free(PouceIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceIdentity, pouce_identity_free)

/** pouce_identity_peek_key - the 32 public bytes; borrowed */
const guint8 *pouce_identity_peek_key(const PouceIdentity *identity);

/** pouce_identity_peek_public - the public key as b64u(32); borrowed */
const char *pouce_identity_peek_public(const PouceIdentity *identity);

void pouce_identity_sign(
    const PouceIdentity *identity, const void *text, gsize bytes, guint8 out_sig[POUCE_SIG_BYTES]);

/** pouce_identity_verify - TRUE if @sig is @key's signature over the text; FALSE for a bad key */
gboolean pouce_identity_verify(const guint8 key[POUCE_KEY_BYTES], const void *text, gsize bytes,
    const guint8 sig[POUCE_SIG_BYTES]);
