// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rate limits: one token bucket a key (an address, an account), time as an argument. A full table
// first forgets buckets that have refilled; if none has, the oldest half is forgotten, so memory is
// bounded and a flood of addresses can at worst win back its own burst. One thread.
#pragma once

#include <glib.h>

#define POUCE_BUCKETS_MAX_KEYS 8192

typedef struct PouceBuckets PouceBuckets;

/**
 * pouce_buckets_new - a set of buckets of one kind
 * @per_min: tokens that flow in a minute, > 0
 * @burst:   most tokens a bucket holds, > 0; a new key starts full
 */
PouceBuckets *pouce_buckets_new(guint per_min, guint burst);
void pouce_buckets_free(PouceBuckets *buckets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceBuckets, pouce_buckets_free)

/**
 * pouce_buckets_take - takes one token of @key
 * @now_us:  monotonic
 * Returns:  FALSE when the bucket is empty: refuse the request
 */
gboolean pouce_buckets_take(PouceBuckets *buckets, const char *key, gint64 now_us);

/** Keys that are remembered now. */
guint pouce_buckets_count(const PouceBuckets *buckets);
