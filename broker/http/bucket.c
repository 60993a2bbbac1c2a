// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/bucket.h"

typedef struct {
    double tokens;
    gint64 at_us;
} Bucket;

struct PouceBuckets {
    double per_us;
    double burst;
    GHashTable *by_key; /* string -> Bucket */
};

PouceBuckets *pouce_buckets_new(guint per_min, guint burst)
{
    g_assert(per_min > 0 && burst > 0);
    PouceBuckets *buckets = g_new0(PouceBuckets, 1);
    buckets->per_us = per_min / (60.0 * G_USEC_PER_SEC);
    buckets->burst = burst;
    buckets->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return buckets;
}

void pouce_buckets_free(PouceBuckets *buckets)
{
    if (!buckets)
        return;
    g_hash_table_unref(buckets->by_key);
    g_free(buckets);
}

static double level(const PouceBuckets *buckets, const Bucket *bucket, gint64 now_us)
{
    return MIN(buckets->burst, bucket->tokens + (now_us - bucket->at_us) * buckets->per_us);
}

static void make_room(PouceBuckets *buckets, gint64 now_us)
{
    GHashTableIter iter;
    gpointer value;
    gint64 oldest_us = now_us, newest_us = G_MININT64;
    g_hash_table_iter_init(&iter, buckets->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Bucket *bucket = value;
        if (level(buckets, bucket, now_us) >= buckets->burst)
            g_hash_table_iter_remove(&iter);
        else {
            oldest_us = MIN(oldest_us, bucket->at_us);
            newest_us = MAX(newest_us, bucket->at_us);
        }
    }
    if (g_hash_table_size(buckets->by_key) < POUCE_BUCKETS_MAX_KEYS)
        return;
    gint64 middle_us = oldest_us + (newest_us - oldest_us) / 2;
    g_hash_table_iter_init(&iter, buckets->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Bucket *)value)->at_us <= middle_us)
            g_hash_table_iter_remove(&iter);
    }
}

gboolean pouce_buckets_take(PouceBuckets *buckets, const char *key, gint64 now_us)
{
    Bucket *bucket = g_hash_table_lookup(buckets->by_key, key);
    if (!bucket) {
        if (g_hash_table_size(buckets->by_key) >= POUCE_BUCKETS_MAX_KEYS)
            make_room(buckets, now_us);
        bucket = g_new(Bucket, 1);
        *bucket = (Bucket){.tokens = buckets->burst, .at_us = now_us};
        g_hash_table_insert(buckets->by_key, g_strdup(key), bucket);
    }
    double tokens = level(buckets, bucket, now_us);
    bucket->at_us = now_us;
    bucket->tokens = tokens;
    if (tokens < 1)
        return FALSE;
    bucket->tokens -= 1;
    return TRUE;
}

guint pouce_buckets_count(const PouceBuckets *buckets)
{
    return g_hash_table_size(buckets->by_key);
}
