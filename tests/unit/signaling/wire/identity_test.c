// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The device key file: made once, private, never replaced when it is damaged.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "signaling/wire/identity.h"
#include "signaling/wire/wire_error.h"

static char *folder, *keys, *path;

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("pouce-identity-XXXXXX", NULL);
    keys = g_build_filename(folder, "keys", NULL);
    path = g_build_filename(keys, "device.key", NULL);
    return 0;
}

static int remove_folder(void **state)
{
    g_unlink(path);
    g_rmdir(keys);
    g_rmdir(folder);
    g_free(folder);
    g_free(keys);
    g_free(path);
    return 0;
}

static guint mode_of(const char *name)
{
    struct stat status;
    assert_int_equal(stat(name, &status), 0);
    return status.st_mode & 0777;
}

static void made_once(void **state)
{
    g_autoptr(PouceIdentity) first = pouce_identity_load(path, NULL);
    assert_non_null(first);
    assert_int_equal(mode_of(keys), 0700);
    assert_int_equal(mode_of(path), 0600);
    g_autoptr(PouceIdentity) second = pouce_identity_load(path, NULL);
    assert_string_equal(pouce_identity_peek_public(first), pouce_identity_peek_public(second));
    assert_int_equal(strlen(pouce_identity_peek_public(first)), POUCE_KEY_B64U_CHARS);
    g_autoptr(GDir) dir = g_dir_open(keys, 0, NULL);
    assert_string_equal(g_dir_read_name(dir), "device.key");
    assert_null(g_dir_read_name(dir)); // nothing left beside it
}

static void signs(void **state)
{
    g_autoptr(PouceIdentity) one = pouce_identity_load(path, NULL);
    guint8 sig[POUCE_SIG_BYTES], zero[POUCE_KEY_BYTES] = {0};
    pouce_identity_sign(one, "text", 4, sig);
    assert_true(pouce_identity_verify(pouce_identity_peek_key(one), "text", 4, sig));
    assert_false(pouce_identity_verify(pouce_identity_peek_key(one), "texT", 4, sig));
    assert_false(pouce_identity_verify(zero, "text", 4, sig));
}

static void refused(void)
{
    g_autoptr(GError) error = NULL;
    assert_null(pouce_identity_load(path, &error));
    assert_true(g_error_matches(error, POUCE_WIRE_ERROR, POUCE_WIRE_ERROR_FILE));
}

static void readable_by_others(void **state)
{
    g_autoptr(PouceIdentity) one = pouce_identity_load(path, NULL);
    assert_int_equal(g_chmod(path, 0644), 0);
    refused();
}

static void damaged_is_kept(void **state)
{
    static const char *const bad[] = {"", "pouce-device-key-v1 AAAA\n", "rubbish\n",
        "pouce-device-key-v1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n"};
    assert_int_equal(g_mkdir(keys, 0700), 0);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        assert_true(
            g_file_set_contents_full(path, bad[i], -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
        refused();
        g_autofree char *after = NULL;
        assert_true(g_file_get_contents(path, &after, NULL, NULL));
        assert_string_equal(after, bad[i]);
    }
}

static void not_a_link(void **state)
{
    assert_int_equal(g_mkdir(keys, 0700), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    refused();
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(made_once),
        WITH_FOLDER(signs),
        WITH_FOLDER(readable_by_others),
        WITH_FOLDER(damaged_is_kept),
        WITH_FOLDER(not_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
