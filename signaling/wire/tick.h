// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// Ticks: the signed texts that turn seconds into money. A tick is a plain value; a signed tick
// keeps the exact bytes that were signed, so that it can be hashed, stored and shown unchanged.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/limits.h"
#include "signaling/wire/role.h"

typedef struct {
    char session[POUCE_ID_CHARS + 1];
    PouceRole role;
    gint64 seq; // from 1
    gint64 live_ms;
    char price[POUCE_HEX64_CHARS + 1];
    char own_fp[POUCE_HEX64_CHARS + 1];
    char peer_fp[POUCE_HEX64_CHARS + 1];
    char prev[POUCE_HEX64_CHARS + 1];
    char nonce[POUCE_HEX32_CHARS + 1];
    char peer_nonce[POUCE_HEX32_CHARS + 1];
} PouceTick;

typedef struct {
    char text[POUCE_TEXT_MAX_BYTES]; // NUL-terminated
    gsize text_bytes;
    guint8 sig[POUCE_SIG_BYTES];
    gboolean countersigned;
    guint8 counter_sig[POUCE_SIG_BYTES]; // valid if countersigned
} PouceSignedTick;

char *pouce_tick_text(const PouceTick *tick);
gboolean pouce_tick_parse(const char *text, gsize bytes, PouceTick *out, GError **error);

/** pouce_tick_sign - text and signature of @tick; not countersigned */
void pouce_tick_sign(const PouceTick *tick, const PouceIdentity *identity, PouceSignedTick *out);

/** pouce_signed_tick_hash - hex SHA-256 of the text */
void pouce_signed_tick_hash(const PouceSignedTick *tick, char out[POUCE_HEX64_CHARS + 1]);

/** pouce_signed_tick_verify - the signature and nothing else */
gboolean pouce_signed_tick_verify(const PouceSignedTick *tick, const guint8 key[POUCE_KEY_BYTES]);

/** pouce_signed_tick_countersign - @identity is the signer's peer; sets counter_sig */
void pouce_signed_tick_countersign(PouceSignedTick *tick, const PouceIdentity *identity);

/** pouce_signed_tick_verify_counter - @counter_sig by @peer_key over this tick's hash */
gboolean pouce_signed_tick_verify_counter(const PouceSignedTick *tick,
    const guint8 peer_key[POUCE_KEY_BYTES], const guint8 counter_sig[POUCE_SIG_BYTES]);

/** pouce_signed_tick_to_json - {tick, sig, counter_sig}; new reference; must be countersigned */
json_t *pouce_signed_tick_to_json(const PouceSignedTick *tick);

/** pouce_signed_tick_from_json - shape only; signatures are for billing to verify */
gboolean pouce_signed_tick_from_json(json_t *json, PouceSignedTick *out, GError **error);

/** pouce_json_get_tick_text - the field `tick` alone into text and text_bytes */
gboolean pouce_json_get_tick_text(json_t *json, PouceSignedTick *out, GError **error);
