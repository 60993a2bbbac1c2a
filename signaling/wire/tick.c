// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/tick.h"

#include <string.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/json.h"
#include "signaling/wire/signed_text.h"
#include "signaling/wire/wire_error.h"

#define TITLE "pouce-tick-v1"

static const PouceTextField fields[] = {
    {"session", POUCE_FIELD_ID, offsetof(PouceTick, session)},
    {"role", POUCE_FIELD_ROLE, offsetof(PouceTick, role)},
    {"seq", POUCE_FIELD_INTEGER, offsetof(PouceTick, seq)},
    {"live_ms", POUCE_FIELD_INTEGER, offsetof(PouceTick, live_ms)},
    {"price", POUCE_FIELD_HEX64, offsetof(PouceTick, price)},
    {"own_fp", POUCE_FIELD_HEX64, offsetof(PouceTick, own_fp)},
    {"peer_fp", POUCE_FIELD_HEX64, offsetof(PouceTick, peer_fp)},
    {"prev", POUCE_FIELD_HEX64, offsetof(PouceTick, prev)},
    {"nonce", POUCE_FIELD_HEX32, offsetof(PouceTick, nonce)},
    {"peer_nonce", POUCE_FIELD_HEX32, offsetof(PouceTick, peer_nonce)},
};

char *pouce_tick_text(const PouceTick *tick)
{
    g_assert(tick->seq >= 1);
    return pouce_signed_text_build(TITLE, fields, G_N_ELEMENTS(fields), tick);
}

gboolean pouce_tick_parse(const char *text, gsize bytes, PouceTick *out, GError **error)
{
    PouceTick tick = {0};
    if (!pouce_signed_text_parse(text, bytes, TITLE, fields, G_N_ELEMENTS(fields), &tick, error))
        return FALSE;
    if (tick.seq < 1) {
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The line \"seq\" of the signed text counts from 1.");
        return FALSE;
    }
    *out = tick;
    return TRUE;
}

void pouce_tick_sign(const PouceTick *tick, const PouceIdentity *identity, PouceSignedTick *out)
{
    g_autofree char *text = pouce_tick_text(tick);
    *out = (PouceSignedTick){0};
    out->text_bytes = g_strlcpy(out->text, text, sizeof out->text);
    g_assert(out->text_bytes < sizeof out->text);
    pouce_identity_sign(identity, out->text, out->text_bytes, out->sig);
}

void pouce_signed_tick_hash(const PouceSignedTick *tick, char out[POUCE_HEX64_CHARS + 1])
{
    pouce_hex_sha256(tick->text, tick->text_bytes, out);
}

gboolean pouce_signed_tick_verify(const PouceSignedTick *tick, const guint8 key[POUCE_KEY_BYTES])
{
    return pouce_identity_verify(key, tick->text, tick->text_bytes, tick->sig);
}

static char *counter_text(const PouceSignedTick *tick)
{
    char hash[POUCE_HEX64_CHARS + 1];
    pouce_signed_tick_hash(tick, hash);
    return g_strdup_printf("pouce-countersign-v1\ntick=%s\n", hash);
}

void pouce_signed_tick_countersign(PouceSignedTick *tick, const PouceIdentity *identity)
{
    g_autofree char *text = counter_text(tick);
    pouce_identity_sign(identity, text, strlen(text), tick->counter_sig);
    tick->countersigned = TRUE;
}

gboolean pouce_signed_tick_verify_counter(const PouceSignedTick *tick,
    const guint8 peer_key[POUCE_KEY_BYTES], const guint8 counter_sig[POUCE_SIG_BYTES])
{
    g_autofree char *text = counter_text(tick);
    return pouce_identity_verify(peer_key, text, strlen(text), counter_sig);
}

json_t *pouce_signed_tick_to_json(const PouceSignedTick *tick)
{
    g_assert(tick->countersigned);
    g_autofree char *text = pouce_base64u_encode(tick->text, tick->text_bytes);
    g_autofree char *sig = pouce_base64u_encode(tick->sig, sizeof tick->sig);
    g_autofree char *counter = pouce_base64u_encode(tick->counter_sig, sizeof tick->counter_sig);
    return json_pack("{s:s, s:s, s:s}", "tick", text, "sig", sig, "counter_sig", counter);
}

gboolean pouce_signed_tick_from_json(json_t *json, PouceSignedTick *out, GError **error)
{
    PouceSignedTick tick = {0};
    if (!pouce_json_get_tick_text(json, &tick, error) ||
        !pouce_json_get_b64u(json, "sig", tick.sig, sizeof tick.sig, error) ||
        !pouce_json_get_b64u(json, "counter_sig", tick.counter_sig, sizeof tick.counter_sig, error))
        return FALSE;
    tick.countersigned = TRUE;
    *out = tick;
    return TRUE;
}

gboolean pouce_json_get_tick_text(json_t *json, PouceSignedTick *out, GError **error)
{
    gsize bytes = 0;
    const char *text = json_string_value(json_object_get(json, "tick"));
    if (!pouce_base64u_decode_upto(text, out->text, sizeof out->text - 1, &bytes) || bytes == 0) {
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The field \"tick\" is missing or not base64url of a tick.");
        return FALSE;
    }
    out->text[bytes] = '\0';
    out->text_bytes = bytes;
    return TRUE;
}
