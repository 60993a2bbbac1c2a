// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
//
// The objects of PROTOCOL.md section 1 that travel: account, helper, party, session, receipt.
// Heap structs that own their texts (never NULL once parsed; "" when absent). The broker builds,
// the ends parse. Not thread-safe; hand over ownership instead.
#pragma once

#include <glib.h>
#include <jansson.h>

#include "signaling/wire/limits.h"
#include "signaling/wire/price.h"
#include "signaling/wire/role.h"

typedef struct {
    char *code; // "skill" "language" "place" "rating" "known" "price" "free"
    char *value;
} PouceReason;

typedef struct {
    char id[POUCE_ID_CHARS + 1];
    char *name;
    gint64 stars_hundredths; // 0…500
    gint64 ratings, sessions;
    char **skills;    // NULL-terminated
    char **languages; // NULL-terminated
    char *place;
    gint64 rate_minor_per_min;
    char currency[POUCE_CURRENCY_CHARS + 1];
    char *about;
    PouceAvailability available;
    guint n_reasons;
    PouceReason reasons[POUCE_REASONS_MAX];
} PouceHelper;

typedef struct {
    char id[POUCE_ID_CHARS + 1];
    char *login, *name, *locale;
    gint64 balance_minor, held_minor;
    char currency[POUCE_CURRENCY_CHARS + 1];
    PouceHelper *helper; // NULL if the account offers no help
} PouceAccount;

typedef struct {
    char id[POUCE_ID_CHARS + 1];
    char *name;
    char device_id[POUCE_ID_CHARS + 1]; // "" until known
    gboolean has_key;
    guint8 device_key[POUCE_KEY_BYTES]; // valid if has_key
} PouceParty;

typedef struct {
    char **urls; // NULL-terminated
    char *username, *credential;
} PouceIceServer;

typedef struct {
    char id[POUCE_ID_CHARS + 1];
    PouceState state;
    PouceRole role; // the receiver's
    char *need;
    PouceParty *seeker;
    PouceParty *helper;       // NULL until known
    PouceHelper *helper_card; // NULL until known
    gboolean has_price;
    PoucePrice price;                     // valid if has_price; price.session == id
    char price_id[POUCE_HEX64_CHARS + 1]; // checked against price when parsed; "" without price
    PouceCapability may;                  // a set
    guint n_ice_servers;
    PouceIceServer ice_servers[POUCE_ICE_SERVERS_MAX];
    gint64 expires_s;
    gint64 signed_ms, cost_minor;
    PouceEndReason end_reason;
    char *receipt_number;
    gint64 created_s;
} PouceSession;

typedef struct {
    char *number;
    char session[POUCE_ID_CHARS + 1];
    char *seeker, *helper; // names
    char *need;
    gint64 signed_ms, rate_minor_per_min;
    char currency[POUCE_CURRENCY_CHARS + 1];
    gint64 amount_minor, helper_amount_minor, fee_minor;
    gint64 issued_s;
} PouceReceipt;

void pouce_helper_free(PouceHelper *helper);
void pouce_account_free(PouceAccount *account);
void pouce_party_free(PouceParty *party);
void pouce_session_free(PouceSession *session);
void pouce_receipt_free(PouceReceipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceHelper, pouce_helper_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAccount, pouce_account_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceParty, pouce_party_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceSession, pouce_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceReceipt, pouce_receipt_free)

// Parse: owned, or NULL with a sentence naming the field (MALFORMED or LIMIT). @json is borrowed.
PouceHelper *pouce_helper_from_json(json_t *json, GError **error);
PouceAccount *pouce_account_from_json(json_t *json, GError **error);
PouceParty *pouce_party_from_json(json_t *json, GError **error);
PouceSession *pouce_session_from_json(json_t *json, GError **error);
PouceReceipt *pouce_receipt_from_json(json_t *json, GError **error);

// Build: a new reference. NULL texts are written as "".
json_t *pouce_helper_to_json(const PouceHelper *helper);
json_t *pouce_account_to_json(const PouceAccount *account);
json_t *pouce_party_to_json(const PouceParty *party);
json_t *pouce_session_to_json(const PouceSession *session);
json_t *pouce_receipt_to_json(const PouceReceipt *receipt);

/** pouce_capabilities_to_json / from_json - a set as an array of words without repetition */
json_t *pouce_capabilities_to_json(PouceCapability set);
gboolean pouce_capabilities_from_json(json_t *json, PouceCapability *out, GError **error);

/** pouce_session_copy - deep copy; owned */
PouceSession *pouce_session_copy(const PouceSession *session);
