// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/meter/billing.h"

#include <string.h>

#include "signaling/wire/json.h"
#include "signaling/wire/wire_error.h"

#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define MS_PER_MIN 60000

typedef struct {
    gint64 seq;
    gint64 live_ms;
    char hash[POUCE_HEX64_CHARS + 1]; // of the last accepted tick
} Chain;

struct _PouceBilling {
    PouceBillingConfig config;
    char price_id[POUCE_HEX64_CHARS + 1];
    Chain chains[2]; // by PouceRole
};

PouceBilling *pouce_billing_new(const PouceBillingConfig *config)
{
    PouceBilling *billing = g_new0(PouceBilling, 1);
    billing->config = *config;
    pouce_price_id(&config->price, billing->price_id);
    for (guint i = 0; i < G_N_ELEMENTS(billing->chains); i++)
        strcpy(billing->chains[i].hash, ZERO64);
    return billing;
}

void pouce_billing_free(PouceBilling *billing)
{
    g_free(billing);
}

static gboolean both_signed(
    const PouceBilling *billing, const PouceSignedTick *signed_tick, PouceRole role)
{
    const guint8 *seeker = billing->config.seeker_key;
    const guint8 *helper = billing->config.helper_key;
    const guint8 *signer = role == POUCE_ROLE_SEEKER ? seeker : helper;
    const guint8 *other = role == POUCE_ROLE_SEEKER ? helper : seeker;
    return signed_tick->countersigned && pouce_signed_tick_verify(signed_tick, signer) &&
           pouce_signed_tick_verify_counter(signed_tick, other, signed_tick->counter_sig);
}

static PouceBillingVerdict judge_chain(const Chain *chain, const PouceTick *tick, const char *hash)
{
    if (tick->seq < chain->seq)
        return POUCE_BILLING_SEEN;
    if (tick->seq == chain->seq)
        return strcmp(hash, chain->hash) == 0 ? POUCE_BILLING_SEEN : POUCE_BILLING_BAD_CHAIN;
    if (tick->seq > chain->seq + 1)
        return POUCE_BILLING_GAP;
    if (strcmp(tick->prev, chain->hash) != 0 || tick->live_ms < chain->live_ms)
        return POUCE_BILLING_BAD_CHAIN;
    return POUCE_BILLING_ACCEPTED;
}

PouceBillingVerdict pouce_billing_take(
    PouceBilling *billing, const PouceSignedTick *signed_tick, PouceTick *out_tick)
{
    PouceTick tick;
    if (!pouce_tick_parse(signed_tick->text, signed_tick->text_bytes, &tick, NULL))
        return POUCE_BILLING_BAD_TEXT;
    if (strcmp(tick.session, billing->config.price.session) != 0 ||
        strcmp(tick.price, billing->price_id) != 0)
        return POUCE_BILLING_BAD_SESSION;
    if (!both_signed(billing, signed_tick, tick.role))
        return POUCE_BILLING_BAD_SIGNATURE;
    Chain *chain = &billing->chains[tick.role];
    char hash[POUCE_HEX64_CHARS + 1];
    pouce_signed_tick_hash(signed_tick, hash);
    PouceBillingVerdict verdict = judge_chain(chain, &tick, hash);
    if (verdict == POUCE_BILLING_ACCEPTED) {
        chain->seq = tick.seq;
        chain->live_ms = tick.live_ms;
        strcpy(chain->hash, hash);
    }
    if (out_tick && (verdict == POUCE_BILLING_ACCEPTED || verdict == POUCE_BILLING_SEEN))
        *out_tick = tick;
    return verdict;
}

gint64 pouce_billing_seq(const PouceBilling *billing, PouceRole role)
{
    return billing->chains[role].seq;
}

gint64 pouce_billing_signed_ms(const PouceBilling *billing)
{
    return MIN(
        billing->chains[POUCE_ROLE_SEEKER].live_ms, billing->chains[POUCE_ROLE_HELPER].live_ms);
}

gint64 pouce_billing_billable_ms(const PouceBilling *billing, gint64 broker_live_ms)
{
    return CLAMP(broker_live_ms, 0, pouce_billing_signed_ms(billing));
}

gint64 pouce_billing_cost_minor(const PouceBilling *billing, gint64 broker_live_ms)
{
    return pouce_price_cost(
        &billing->config.price, pouce_billing_billable_ms(billing, broker_live_ms));
}

gint64 pouce_price_cost(const PoucePrice *price, gint64 ms)
{
    // rate and ms are below 2^63, so twice their product fits in 128 bits
    __int128 product = (__int128)price->rate_minor_per_min * MAX(ms, 0);
    __int128 cost = (2 * product + MS_PER_MIN) / (2 * MS_PER_MIN);
    return (gint64)MIN(cost, (__int128)price->cap_minor);
}

static json_t *chain_save(const Chain *chain)
{
    return json_pack("{s:I, s:I, s:s}", "seq", (json_int_t)chain->seq, "live_ms",
        (json_int_t)chain->live_ms, "hash", chain->hash);
}

json_t *pouce_billing_save(const PouceBilling *billing)
{
    return json_pack("{s:s, s:o, s:o}", "price", billing->price_id, "seeker",
        chain_save(&billing->chains[POUCE_ROLE_SEEKER]), "helper",
        chain_save(&billing->chains[POUCE_ROLE_HELPER]));
}

static gboolean chain_restore(json_t *json, Chain *out, GError **error)
{
    return pouce_json_get_int(json, "seq", 0, POUCE_INTEGER_MAX, &out->seq, error) &&
           pouce_json_get_int(json, "live_ms", 0, POUCE_INTEGER_MAX, &out->live_ms, error) &&
           pouce_json_get_hex(json, "hash", POUCE_HEX64_CHARS, out->hash, error);
}

PouceBilling *pouce_billing_restore(const PouceBillingConfig *config, json_t *state, GError **error)
{
    g_autoptr(PouceBilling) billing = pouce_billing_new(config);
    char price_id[POUCE_HEX64_CHARS + 1];
    if (!pouce_json_get_hex(state, "price", POUCE_HEX64_CHARS, price_id, error))
        return NULL;
    if (strcmp(price_id, billing->price_id) != 0) {
        g_set_error_literal(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_MALFORMED,
            "The stored billing state belongs to another price.");
        return NULL;
    }
    if (!chain_restore(
            json_object_get(state, "seeker"), &billing->chains[POUCE_ROLE_SEEKER], error) ||
        !chain_restore(
            json_object_get(state, "helper"), &billing->chains[POUCE_ROLE_HELPER], error))
        return NULL;
    return g_steal_pointer(&billing);
}

const char *pouce_billing_verdict_name(PouceBillingVerdict verdict)
{
    static const char *const names[] = {
        "accepted", "seen", "gap", "bad_text", "bad_session", "bad_signature", "bad_chain"};
    g_assert((guint)verdict < G_N_ELEMENTS(names));
    return names[verdict];
}
