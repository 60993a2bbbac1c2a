// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

/* OWASP's second recommended setting for scrypt: 32 MiB and three passes; about 0.15 s on one core.
 */
#define COST_N 32768
#define BLOCK_R 8
#define PASSES_P 3
#define SALT_BYTES 16
#define KEY_BYTES 32
#define MEMORY_MAX (128u << 20)
#define WORKERS 2

struct PoucePasswords {
    GMainContext *context;
    GThreadPool *pool;
    gint jobs; /* atomic */
    PouceSecret nobody;
    gboolean closing; /* atomic */
};

typedef struct {
    PoucePasswords *owner;
    char *password;
    PouceSecret secret;
    gboolean known;
    gboolean right;
    PoucePasswordHashed hashed;
    PoucePasswordChecked checked;
    gpointer user_data;
} Job;

static void job_free(gpointer data)
{
    Job *job = data;
    OPENSSL_cleanse(job->password, strlen(job->password));
    g_free(job->password);
    pouce_secret_clear(&job->secret);
    g_atomic_int_add(&job->owner->jobs, -1);
    g_free(job);
}

static void derive(
    const char *password, GBytes *salt, gint64 n, gint64 r, gint64 p, guint8 *out_key)
{
    gsize salt_bytes;
    const guint8 *bytes = g_bytes_get_data(salt, &salt_bytes);
    int ok = EVP_PBE_scrypt(
        password, strlen(password), bytes, salt_bytes, n, r, p, MEMORY_MAX, out_key, KEY_BYTES);
    g_assert(
        ok == 1); /* only a lack of memory can fail here, on which GLib ends the program as well */
}

void pouce_secret_make(const char *password, PouceSecret *out)
{
    guint8 salt[SALT_BYTES], key[KEY_BYTES];
    int ok = RAND_bytes(salt, sizeof salt);
    g_assert(ok == 1);
    out->salt = g_bytes_new(salt, sizeof salt);
    out->n = COST_N;
    out->r = BLOCK_R;
    out->p = PASSES_P;
    derive(password, out->salt, out->n, out->r, out->p, key);
    out->key = g_bytes_new(key, sizeof key);
    OPENSSL_cleanse(key, sizeof key);
}

static gboolean usable(const PouceSecret *secret)
{
    gint64 n = secret->n;
    return secret->salt && secret->key && g_bytes_get_size(secret->salt) > 0 &&
           g_bytes_get_size(secret->key) == KEY_BYTES && n >= 2 && n <= COST_N * 4 &&
           (n & (n - 1)) == 0 && secret->r >= 1 && secret->r <= BLOCK_R && secret->p >= 1 &&
           secret->p <= 8;
}

gboolean pouce_secret_matches(const PouceSecret *secret, const char *password)
{
    if (!usable(secret))
        return FALSE;
    guint8 key[KEY_BYTES];
    derive(password, secret->salt, secret->n, secret->r, secret->p, key);
    gboolean right = CRYPTO_memcmp(key, g_bytes_get_data(secret->key, NULL), KEY_BYTES) == 0;
    OPENSSL_cleanse(key, sizeof key);
    return right;
}

void pouce_secret_clear(PouceSecret *secret)
{
    g_clear_pointer(&secret->salt, g_bytes_unref);
    g_clear_pointer(&secret->key, g_bytes_unref);
}

static gboolean deliver(gpointer data)
{
    Job *job = data;
    if (g_atomic_int_get(&job->owner->closing))
        return G_SOURCE_REMOVE;
    if (job->hashed)
        job->hashed(&job->secret, job->user_data);
    else
        job->checked(job->right && job->known, job->user_data);
    return G_SOURCE_REMOVE;
}

static void work(gpointer data, gpointer user_data)
{
    Job *job = data;
    if (job->hashed)
        pouce_secret_make(job->password, &job->secret);
    else
        job->right = pouce_secret_matches(&job->secret, job->password);
    /* GLib keeps the thread for other work: what OpenSSL noted for it would stay as long */
    OPENSSL_thread_stop();
    /* a source, not g_main_context_invoke: that may run the callback here when the context has no
     * owner */
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, deliver, job, job_free);
    g_source_attach(source, job->owner->context);
}

/* A secret that no password has, with the costs of a real one. */
static void make_nobody(PouceSecret *out)
{
    guint8 random[SALT_BYTES + KEY_BYTES];
    int ok = RAND_bytes(random, sizeof random);
    g_assert(ok == 1);
    out->salt = g_bytes_new(random, SALT_BYTES);
    out->key = g_bytes_new(random + SALT_BYTES, KEY_BYTES);
    out->n = COST_N;
    out->r = BLOCK_R;
    out->p = PASSES_P;
}

PoucePasswords *pouce_passwords_new(GMainContext *context)
{
    PoucePasswords *passwords = g_new0(PoucePasswords, 1);
    passwords->context =
        context ? g_main_context_ref(context) : g_main_context_ref(g_main_context_default());
    passwords->pool = g_thread_pool_new_full(work, passwords, job_free, WORKERS, FALSE, NULL);
    make_nobody(&passwords->nobody);
    return passwords;
}

void pouce_passwords_free(PoucePasswords *passwords)
{
    if (!passwords)
        return;
    g_atomic_int_set(&passwords->closing, TRUE);
    g_thread_pool_free(passwords->pool, TRUE, TRUE);
    while (g_atomic_int_get(&passwords->jobs) > 0)
        g_main_context_iteration(passwords->context, TRUE);
    g_main_context_unref(passwords->context);
    pouce_secret_clear(&passwords->nobody);
    g_free(passwords);
}

static gboolean start(PoucePasswords *passwords, Job filled)
{
    if (g_atomic_int_get(&passwords->jobs) >= POUCE_PASSWORD_MAX_JOBS)
        return FALSE;
    g_atomic_int_inc(&passwords->jobs);
    Job *job = g_memdup2(&filled, sizeof filled);
    job->owner = passwords;
    g_thread_pool_push(passwords->pool, job, NULL);
    return TRUE;
}

gboolean pouce_passwords_hash(
    PoucePasswords *passwords, const char *password, PoucePasswordHashed done, gpointer user_data)
{
    Job job = {.password = g_strdup(password), .hashed = done, .user_data = user_data};
    if (start(passwords, job))
        return TRUE;
    g_free(job.password);
    return FALSE;
}

gboolean pouce_passwords_check(PoucePasswords *passwords, const PouceSecret *secret,
    const char *password, PoucePasswordChecked done, gpointer user_data)
{
    const PouceSecret *against = secret ? secret : &passwords->nobody;
    Job job = {
        .password = g_strdup(password),
        .secret = *against,
        .known = secret != NULL,
        .checked = done,
        .user_data = user_data,
    };
    job.secret.salt = g_bytes_ref(against->salt);
    job.secret.key = g_bytes_ref(against->key);
    if (start(passwords, job))
        return TRUE;
    g_free(job.password);
    pouce_secret_clear(&job.secret);
    return FALSE;
}
