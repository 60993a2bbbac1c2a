// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The bind text: a device's signature that ties session, role, both DTLS certificates and price
// together. Exchanged on `control` before anything else is accepted.
#pragma once

#include <glib.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/limits.h"
#include "signaling/wire/role.h"

typedef struct {
    char session[POUCE_ID_CHARS + 1];
    PouceRole role;
    char own_fp[POUCE_HEX64_CHARS + 1];  // SHA-256 of the signer's DTLS certificate
    char peer_fp[POUCE_HEX64_CHARS + 1]; // of the certificate that the signer really received
    char price[POUCE_HEX64_CHARS + 1];
    gint64 expires_s; // copied from the session object, never compared with a clock
} PouceBind;

char *pouce_bind_text(const PouceBind *bind);
gboolean pouce_bind_parse(const char *text, gsize bytes, PouceBind *out, GError **error);

void pouce_bind_sign(
    const PouceBind *bind, const PouceIdentity *identity, guint8 out_sig[POUCE_SIG_BYTES]);
gboolean pouce_bind_verify(
    const PouceBind *bind, const guint8 key[POUCE_KEY_BYTES], const guint8 sig[POUCE_SIG_BYTES]);

/**
 * pouce_bind_check_peer - is @peer the exact mirror of @own, signed by @peer_key?
 * @own:    the bind that this end signed
 * @peer:   from the control message, `session` filled in by the receiver from @own
 * Errors:  POUCE_WIRE_ERROR_DENIED, with a sentence naming the field that differs
 */
gboolean pouce_bind_check_peer(const PouceBind *own, const PouceBind *peer,
    const guint8 peer_key[POUCE_KEY_BYTES], const guint8 sig[POUCE_SIG_BYTES], GError **error);
