// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Passwords: scrypt in worker threads, so that the main loop never waits for it. The costs are kept
// with each secret, so that they can grow later. Checking an unknown login costs exactly what a
// wrong password costs. Jobs in flight are bounded; the caller refuses when full.
#pragma once

#include <glib.h>

/** Jobs that may wait or run; beyond, hash and check return FALSE at once. 64 jobs are about 10 s
 * of work. */
#define POUCE_PASSWORD_MAX_JOBS 64

/** What is stored of a password. */
typedef struct {
    GBytes *salt;
    GBytes *key;
    gint64 n, r, p; /* scrypt's costs */
} PouceSecret;

/** pouce_secret_make - of @password with today's costs, at once, on the caller's thread; clear it
 */
void pouce_secret_make(const char *password, PouceSecret *out);

/** pouce_secret_matches - constant time in the key; FALSE for costs beyond ours as well */
gboolean pouce_secret_matches(const PouceSecret *secret, const char *password);

void pouce_secret_clear(PouceSecret *secret);

typedef struct PoucePasswords PoucePasswords;

/** @context: where the done functions run; referenced. */
PoucePasswords *pouce_passwords_new(GMainContext *context);

/** Waits for the jobs that run; those that wait are dropped, their done functions not called. */
void pouce_passwords_free(PoucePasswords *passwords);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PoucePasswords, pouce_passwords_free)

/** @secret: to keep; borrowed */
typedef void (*PoucePasswordHashed)(const PouceSecret *secret, gpointer user_data);
typedef void (*PoucePasswordChecked)(gboolean right, gpointer user_data);

/**
 * pouce_passwords_hash - makes what to store for @password
 * @password:  copied, wiped after use
 * Returns:    FALSE when too many jobs wait; @done is then never called
 */
gboolean pouce_passwords_hash(
    PoucePasswords *passwords, const char *password, PoucePasswordHashed done, gpointer user_data);

/**
 * pouce_passwords_check - whether @password belongs to @secret
 * @secret:   its bytes are referenced; NULL for an unknown login: the same work is done and the
 * answer is FALSE Returns:   FALSE when too many jobs wait; @done is then never called
 */
gboolean pouce_passwords_check(PoucePasswords *passwords, const PouceSecret *secret,
    const char *password, PoucePasswordChecked done, gpointer user_data);
