// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "viewer/core/pins.h"

static void test_first_use_and_change(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-pins-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "deeper", "known-devices", NULL);
    g_autofree char *deeper = g_path_get_dirname(path);
    g_autofree char *pinned = NULL;
    g_autoptr(PoucePins) pins = pouce_pins_load(path, NULL);
    assert_int_equal(pouce_pins_check(pins, "me", "her", "key-1", &pinned), POUCE_PIN_NEW);
    assert_true(pouce_pins_set(pins, "me", "her", "key-1", NULL));
    assert_int_equal(pouce_pins_check(pins, "me", "her", "key-1", &pinned), POUCE_PIN_KNOWN);
    assert_int_equal(pouce_pins_check(pins, "other", "her", "key-2", &pinned), POUCE_PIN_NEW);

    // Kept across a restart, readable by nobody else.
    g_autoptr(PoucePins) again = pouce_pins_load(path, NULL);
    assert_int_equal(pouce_pins_check(again, "me", "her", "key-2", &pinned), POUCE_PIN_CHANGED);
    assert_string_equal(pinned, "key-1");
    GStatBuf status;
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    g_unlink(path);
    g_rmdir(deeper);
    g_rmdir(folder);
}

static void test_a_broken_file_is_an_error(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-pins-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "known-devices", NULL);
    g_autoptr(GError) error = NULL;
    assert_true(g_file_set_contents(path, "no group = here\n", -1, NULL));
    assert_null(pouce_pins_load(path, &error));
    assert_non_null(error);
    g_unlink(path);
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_use_and_change),
        cmocka_unit_test(test_a_broken_file_is_an_error),
    };
    return cmocka_run_group_tests_name("viewer/core/pins", tests, NULL, NULL);
}
