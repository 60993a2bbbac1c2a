// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The broker's side of metering: takes doubly signed ticks of both chains, verifies everything,
// and says what may be billed. Pure; one owner thread; the broker stores the state after each
// accepted tick and restores it after a crash.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/price.h"
#include "signaling/wire/tick.h"

typedef struct _PouceBilling PouceBilling;

typedef struct {
    PoucePrice price; // with the session's id
    guint8 seeker_key[POUCE_KEY_BYTES];
    guint8 helper_key[POUCE_KEY_BYTES];
} PouceBillingConfig;

typedef enum {
    POUCE_BILLING_ACCEPTED,
    POUCE_BILLING_SEEN, // at or before the last accepted one: no effect
    POUCE_BILLING_GAP,  // seq skips: deliver the missing ones first
    POUCE_BILLING_BAD_TEXT,
    POUCE_BILLING_BAD_SESSION,   // another session, or another price
    POUCE_BILLING_BAD_SIGNATURE, // the signature or the countersignature
    POUCE_BILLING_BAD_CHAIN,     // prev differs, live_ms fell, or a second tick with the same seq
} PouceBillingVerdict;

PouceBilling *pouce_billing_new(const PouceBillingConfig *config);
void pouce_billing_free(PouceBilling *billing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceBilling, pouce_billing_free)

/**
 * pouce_billing_take - judge one tick; state changes on ACCEPTED only
 * @out_tick: the parsed tick on ACCEPTED and SEEN; may be NULL
 */
PouceBillingVerdict pouce_billing_take(
    PouceBilling *billing, const PouceSignedTick *tick, PouceTick *out_tick);

/** pouce_billing_seq - last accepted seq of that chain, 0 at first */
gint64 pouce_billing_seq(const PouceBilling *billing, PouceRole role);

/** pouce_billing_signed_ms - min of both chains' live_ms */
gint64 pouce_billing_signed_ms(const PouceBilling *billing);

/** pouce_billing_billable_ms - that, and at most the broker's own elapsed live time */
gint64 pouce_billing_billable_ms(const PouceBilling *billing, gint64 broker_live_ms);

/** pouce_billing_cost_minor - what pouce_price_cost says for the billable time */
gint64 pouce_billing_cost_minor(const PouceBilling *billing, gint64 broker_live_ms);

/**
 * pouce_price_cost - rate × ms / 60000, halves away from zero, one rounding, at most the cap
 * Exact for every argument up to POUCE_INTEGER_MAX; negative @ms counts as 0.
 */
gint64 pouce_price_cost(const PoucePrice *price, gint64 ms);

/** pouce_billing_save - the state without the configuration; new reference */
json_t *pouce_billing_save(const PouceBilling *billing);

/** pouce_billing_restore - NULL with MALFORMED if @state is not what save made */
PouceBilling *pouce_billing_restore(
    const PouceBillingConfig *config, json_t *state, GError **error);

const char *pouce_billing_verdict_name(PouceBillingVerdict verdict);
