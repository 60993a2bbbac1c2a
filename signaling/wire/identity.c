// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/wire/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "signaling/wire/base64u.h"
#include "signaling/wire/wire_error.h"

// The file: this word, the seed as b64u(32), a newline.
#define FILE_TITLE "pouce-device-key-v1 "
#define FILE_BYTES (sizeof FILE_TITLE - 1 + POUCE_KEY_B64U_CHARS + 1)

struct _PouceIdentity {
    EVP_PKEY *key;
    guint8 public_key[POUCE_KEY_BYTES];
    char *public_text;
};

PouceIdentity *pouce_identity_new_from_seed(const guint8 seed[POUCE_KEY_BYTES])
{
    PouceIdentity *identity = g_new0(PouceIdentity, 1);
    size_t bytes = sizeof identity->public_key;
    identity->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, POUCE_KEY_BYTES);
    if (!identity->key ||
        EVP_PKEY_get_raw_public_key(identity->key, identity->public_key, &bytes) != 1)
        g_error("OpenSSL has no Ed25519");
    identity->public_text = pouce_base64u_encode(identity->public_key, POUCE_KEY_BYTES);
    return identity;
}

void pouce_identity_free(PouceIdentity *identity)
{
    if (!identity)
        return;
    EVP_PKEY_free(identity->key);
    g_free(identity->public_text);
    g_free(identity);
}

const guint8 *pouce_identity_peek_key(const PouceIdentity *identity)
{
    return identity->public_key;
}

const char *pouce_identity_peek_public(const PouceIdentity *identity)
{
    return identity->public_text;
}

void pouce_identity_sign(
    const PouceIdentity *identity, const void *text, gsize bytes, guint8 out_sig[POUCE_SIG_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t sig_bytes = POUCE_SIG_BYTES;
    if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, identity->key) != 1 ||
        EVP_DigestSign(context, out_sig, &sig_bytes, text, bytes) != 1)
        g_error("OpenSSL cannot sign with Ed25519");
    EVP_MD_CTX_free(context);
}

gboolean pouce_identity_verify(const guint8 key[POUCE_KEY_BYTES], const void *text, gsize bytes,
    const guint8 sig[POUCE_SIG_BYTES])
{
    EVP_PKEY *public_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, POUCE_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    gboolean good = public_key && context &&
                    EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
                    EVP_DigestVerify(context, sig, POUCE_SIG_BYTES, text, bytes) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public_key);
    return good;
}

static void set_file_error(GError **error, const char *path, const char *what, int code)
{
    g_set_error(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_FILE, "The device key %s %s%s%s.", path,
        what, code ? ": " : "", code ? g_strerror(code) : "");
}

static gboolean seed_parse(const char *text, gsize bytes, guint8 seed[POUCE_KEY_BYTES])
{
    gsize title = sizeof FILE_TITLE - 1;
    if (bytes != FILE_BYTES || memcmp(text, FILE_TITLE, title) != 0 || text[bytes - 1] != '\n')
        return FALSE;
    char value[POUCE_KEY_B64U_CHARS + 1] = {0};
    memcpy(value, text + title, POUCE_KEY_B64U_CHARS);
    gboolean good = pouce_base64u_decode(value, seed, POUCE_KEY_BYTES);
    OPENSSL_cleanse(value, sizeof value);
    return good;
}

// -1 with ENOENT means: make one.
static int file_open(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno != ENOENT)
        set_file_error(error, path, "cannot be opened", errno);
    return fd;
}

static PouceIdentity *file_read(int fd, const char *path, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) != 0) {
        set_file_error(error, path, "must be a file that only its owner can read (chmod 600)", 0);
        return NULL;
    }
    char text[FILE_BYTES + 1];
    gssize bytes = read(fd, text, sizeof text);
    guint8 seed[POUCE_KEY_BYTES];
    if (bytes < 0 || !seed_parse(text, (gsize)bytes, seed)) {
        set_file_error(error, path, "is damaged; move it away and enrol this device again", 0);
        return NULL;
    }
    PouceIdentity *identity = pouce_identity_new_from_seed(seed);
    OPENSSL_cleanse(seed, sizeof seed);
    OPENSSL_cleanse(text, sizeof text);
    return identity;
}

static gboolean write_synced(int fd, const char *text, gsize bytes)
{
    return write(fd, text, bytes) == (gssize)bytes && fsync(fd) == 0;
}

// Written beside and linked into place, so that of two processes that start at once one wins and
// both read the same key.
static gboolean file_make(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        set_file_error(error, path, "has no folder and none can be made", errno);
        return FALSE;
    }
    guint8 seed[POUCE_KEY_BYTES];
    if (RAND_priv_bytes(seed, sizeof seed) != 1)
        g_error("The system gives no random bytes");
    g_autofree char *value = pouce_base64u_encode(seed, sizeof seed);
    g_autofree char *text = g_strconcat(FILE_TITLE, value, "\n", NULL);
    g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0600);
    gboolean made = fd >= 0 && write_synced(fd, text, FILE_BYTES) &&
                    (link(beside, path) == 0 || errno == EEXIST);
    if (!made)
        set_file_error(error, path, "cannot be written", errno);
    if (fd >= 0) {
        close(fd);
        unlink(beside);
    }
    OPENSSL_cleanse(seed, sizeof seed);
    OPENSSL_cleanse(value, strlen(value));
    OPENSSL_cleanse(text, strlen(text));
    return made;
}

PouceIdentity *pouce_identity_load(const char *path, GError **error)
{
    GError *problem = NULL;
    int fd = file_open(path, &problem);
    if (fd < 0 && !problem && file_make(path, &problem))
        fd = file_open(path, &problem);
    if (fd < 0) {
        if (!problem)
            set_file_error(&problem, path, "vanished while it was made", 0);
        g_propagate_error(error, problem);
        return NULL;
    }
    PouceIdentity *identity = file_read(fd, path, error);
    close(fd);
    return identity;
}
