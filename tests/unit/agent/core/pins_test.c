// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/pins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define OWN "01890000-0000-7000-8000-000000000001"

static PouceParty party_of(const char *id, const char *device, guint8 key)
{
    PouceParty party = {.name = (char *)"Helper", .has_key = TRUE};
    g_strlcpy(party.id, id, sizeof party.id);
    g_strlcpy(party.device_id, device, sizeof party.device_id);
    memset(party.device_key, key, sizeof party.device_key);
    return party;
}

static void keys_are_pinned_at_first_use(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("pouce-pins-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "known-helpers", NULL);
    PouceParty first = party_of("01890000-0000-7000-8000-0000000000a1", "d1", 1);
    PouceParty other_device = party_of("01890000-0000-7000-8000-0000000000a1", "d2", 2);
    PouceParty changed = party_of("01890000-0000-7000-8000-0000000000a1", "d1", 3);
    {
        g_autoptr(PoucePins) pins = pouce_pins_load(path, NULL);
        assert_int_equal(pouce_pins_check(pins, OWN, &first), POUCE_AGENT_TRUST_NEW);
        assert_true(pouce_pins_set(pins, OWN, &first, NULL));
        assert_int_equal(pouce_pins_check(pins, OWN, &first), POUCE_AGENT_TRUST_KNOWN);
    }
    g_autoptr(PoucePins) again = pouce_pins_load(path, NULL);
    assert_int_equal(pouce_pins_check(again, OWN, &first), POUCE_AGENT_TRUST_KNOWN);
    assert_int_equal(pouce_pins_check(again, OWN, &other_device), POUCE_AGENT_TRUST_DEVICE);
    assert_int_equal(pouce_pins_check(again, OWN, &changed), POUCE_AGENT_TRUST_CHANGED);
    assert_int_equal(pouce_pins_check(again, "another account", &first), POUCE_AGENT_TRUST_NEW);
    struct stat info;
    assert_int_equal(g_stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    g_unlink(path);
    g_rmdir(folder);
}

static void a_broken_file_is_never_replaced(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("pouce-pins-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "known-helpers", NULL);
    assert_true(g_file_set_contents(path, "no such thing", -1, NULL));
    assert_null(pouce_pins_load(path, &error));
    assert_non_null(strstr(error->message, path));
    g_unlink(path);
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_pinned_at_first_use),
        cmocka_unit_test(a_broken_file_is_never_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
