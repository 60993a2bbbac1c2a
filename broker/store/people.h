// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// People: accounts, their devices, log-in tokens, helper profiles.
// Narrow verbs for closures of broker/store/store.h; ids and times come from the caller. Verbs that
// look something up return NULL without an error when there is no such row.

#include "broker/store/db.h"

G_BEGIN_DECLS

#define POUCE_TOKEN_HASH_BYTES 32 // SHA-256; the token itself is never stored

typedef struct {
    char *id;
    char *login; // lower case, unique
    char *name;
    char *locale;
    GBytes *salt;
    GBytes *password; // scrypt of the password
    gint64 scrypt_n;
    gint64 scrypt_r;
    gint64 scrypt_p;
    gint64 created_s;
} PouceAccountRow;

typedef struct {
    char *id;
    char *account;
    char *name;
    char *kind; // agent, viewer, browser
    GBytes *public_key;
    gint64 created_s;
} PouceDeviceRow;

typedef struct {
    char *account; // id
    char **skills;
    char **languages;
    char *place;
    char *about;
    char *currency;
    gint64 rate_minor_per_min;
    gint64 changed_s;
    // Counted by the store, ignored by pouce_helpers_put:
    char *name;      // of the account
    gint64 ratings;  // how many
    gint64 stars;    // their sum
    gint64 sessions; // settled as helper
} PouceHelperRow;

void pouce_account_row_free(PouceAccountRow *row);
void pouce_device_row_free(PouceDeviceRow *row);
void pouce_helper_row_free(PouceHelperRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceAccountRow, pouce_account_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDeviceRow, pouce_device_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceHelperRow, pouce_helper_row_free)

/** pouce_accounts_insert - CONFLICT when the login is taken */
gboolean pouce_accounts_insert(PouceDb *db, const PouceAccountRow *row, GError **error);
PouceAccountRow *pouce_accounts_find(PouceDb *db, const char *id, GError **error);
PouceAccountRow *pouce_accounts_find_login(PouceDb *db, const char *login, GError **error);
gint64 pouce_accounts_count(PouceDb *db, GError **error); // -1: error

/**
 * pouce_devices_enrol - the device of @row->account that has this public key, made if new
 * A key belongs to one account for ever: CONFLICT when another account has it.
 * @out_id: owned; the id that counts (that of the first enrolment)
 */
gboolean pouce_devices_enrol(PouceDb *db, const PouceDeviceRow *row, char **out_id, GError **error);
PouceDeviceRow *pouce_devices_find(PouceDb *db, const char *id, GError **error);

/** pouce_tokens_insert - @hash: SHA-256 of the token's bytes as the client sends them */
gboolean pouce_tokens_insert(PouceDb *db, GBytes *hash, const char *account, const char *device,
    gint64 created_s, gint64 expires_s, GError **error);
/** pouce_tokens_find - TRUE and both ids (owned) when it is known and not expired at @now_s */
gboolean pouce_tokens_find(
    PouceDb *db, GBytes *hash, gint64 now_s, char **out_account, char **out_device, GError **error);
gboolean pouce_tokens_delete(PouceDb *db, GBytes *hash, GError **error);
gboolean pouce_tokens_purge(PouceDb *db, gint64 now_s, GError **error); // the expired ones

gboolean pouce_helpers_put(PouceDb *db, const PouceHelperRow *row, GError **error);
PouceHelperRow *pouce_helpers_find(PouceDb *db, const char *account, GError **error);
/** pouce_helpers_all - array of PouceHelperRow that frees its rows; for filling the directory */
GPtrArray *pouce_helpers_all(PouceDb *db, GError **error);

G_END_DECLS
