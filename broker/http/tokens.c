// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/tokens.h"

#include <openssl/rand.h>
#include <string.h>

#include "broker/store/people.h"
#include "broker/store/roster.h"
#include "signaling/wire/base64u.h"

#define TOKEN_BYTES 32
/* Names and rights may change elsewhere; so nothing is believed longer than this. */
#define CACHE_LIFE_S 300

struct PouceTokens {
    PouceStore *store;
    GHashTable *by_hash; /* GBytes -> PouceWho */
};

typedef struct {
    PouceTokens *tokens;
    GBytes *hash;
    PouceTokensFound found;
    gpointer data;
    PouceWho *who; /* written by the store thread */
} Lookup;

PouceWho *pouce_who_ref(PouceWho *who)
{
    return g_rc_box_acquire(who);
}

static void who_clear(gpointer data)
{
    PouceWho *who = data;
    g_free(who->name);
}

void pouce_who_unref(PouceWho *who)
{
    if (who)
        g_rc_box_release_full(who, who_clear);
}

static gint64 wall_s(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

PouceTokens *pouce_tokens_new(PouceStore *store)
{
    PouceTokens *tokens = g_new0(PouceTokens, 1);
    tokens->store = store;
    tokens->by_hash = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
        (GDestroyNotify)g_bytes_unref, (GDestroyNotify)pouce_who_unref);
    return tokens;
}

void pouce_tokens_free(PouceTokens *tokens)
{
    if (!tokens)
        return;
    g_hash_table_unref(tokens->by_hash);
    g_free(tokens);
}

char *pouce_tokens_make(void)
{
    guint8 random[TOKEN_BYTES];
    int ok = RAND_bytes(random, sizeof random);
    g_assert(ok == 1);
    return pouce_base64u_encode(random, sizeof random);
}

GBytes *pouce_tokens_hash(const char *token)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[POUCE_TOKEN_HASH_BYTES];
    gsize bytes = sizeof digest;
    g_checksum_update(sum, (const guchar *)token, strlen(token));
    g_checksum_get_digest(sum, digest, &bytes);
    return g_bytes_new(digest, bytes);
}

static gboolean look_up(PouceDb *db, gpointer data, GError **error)
{
    Lookup *lookup = data;
    g_autofree char *account = NULL, *device = NULL;
    g_autoptr(GError) problem = NULL;
    gint64 now_s = wall_s();
    if (!pouce_tokens_find(db, lookup->hash, now_s, &account, &device, &problem)) {
        if (!problem)
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    g_autoptr(PouceAccountRow) person = pouce_accounts_find(db, account, &problem);
    g_autoptr(PouceDeviceRow) machine = person ? pouce_devices_find(db, device, &problem) : NULL;
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    gboolean is_operator = FALSE;
    if (machine && !pouce_operators_has(db, account, &is_operator, error))
        return FALSE;
    if (!machine || g_bytes_get_size(machine->public_key) != POUCE_KEY_BYTES)
        return TRUE;
    PouceWho *who = g_rc_box_new0(PouceWho);
    g_strlcpy(who->account, account, sizeof who->account);
    g_strlcpy(who->device, device, sizeof who->device);
    who->name = g_strdup(person->name);
    who->is_operator = is_operator;
    who->until_s = now_s + CACHE_LIFE_S;
    memcpy(who->key, g_bytes_get_data(machine->public_key, NULL), POUCE_KEY_BYTES);
    lookup->who = who;
    return TRUE;
}

static void lookup_free(gpointer data)
{
    Lookup *lookup = data;
    g_bytes_unref(lookup->hash);
    pouce_who_unref(lookup->who);
    g_free(lookup);
}

static void looked_up(gpointer data, const GError *error)
{
    Lookup *lookup = data;
    GHashTable *cache = lookup->tokens->by_hash;
    if (!error && lookup->who) {
        if (g_hash_table_size(cache) >= POUCE_TOKENS_CACHE_MAX)
            g_hash_table_remove_all(cache);
        g_hash_table_replace(cache, g_bytes_ref(lookup->hash), pouce_who_ref(lookup->who));
    }
    lookup->found(lookup->data, error ? NULL : lookup->who, error != NULL);
}

void pouce_tokens_find_who(
    PouceTokens *tokens, const char *token, PouceTokensFound found, gpointer data)
{
    gsize bytes = strlen(token);
    if (bytes == 0 || bytes > POUCE_TOKEN_MAX_BYTES) {
        found(data, NULL, FALSE);
        return;
    }
    g_autoptr(GBytes) hash = pouce_tokens_hash(token);
    PouceWho *known = g_hash_table_lookup(tokens->by_hash, hash);
    if (known && known->until_s > wall_s()) {
        g_autoptr(PouceWho) held = pouce_who_ref(known);
        found(data, held, FALSE);
        return;
    }
    Lookup *lookup = g_new0(Lookup, 1);
    lookup->tokens = tokens;
    lookup->hash = g_bytes_ref(hash);
    lookup->found = found;
    lookup->data = data;
    if (!pouce_store_read(tokens->store, look_up, looked_up, lookup, lookup_free, NULL))
        found(data, NULL, TRUE);
}

void pouce_tokens_forget(PouceTokens *tokens, const char *token)
{
    if (!token) {
        g_hash_table_remove_all(tokens->by_hash);
        return;
    }
    g_autoptr(GBytes) hash = pouce_tokens_hash(token);
    g_hash_table_remove(tokens->by_hash, hash);
}
