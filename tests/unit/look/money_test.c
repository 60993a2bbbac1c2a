// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "look/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void amounts_are_read_exactly(void **state)
{
    const struct {
        const char *text, *currency;
        gint64 minor; // -1: refused
    } rows[] = {
        {"0", "EUR", 0},
        {"12", "EUR", 1200},
        {"12.5", "EUR", 1250},
        {"12,50", "EUR", 1250},
        {"0.07", "EUR", 7},
        {"999999999.99", "EUR", 99999999999},
        {"500", "JPY", 500},
        {"1.234", "TND", 1234},
        {"500.1", "JPY", -1},
        {"12.345", "EUR", -1},
        {"1000000000", "EUR", -1},
        {"99999999999999999999999", "EUR", -1},
        {"-1", "EUR", -1},
        {"", "EUR", -1},
        {".5", "EUR", -1},
        {"1e3", "EUR", -1},
        {" 1", "EUR", -1},
        {"1 ", "EUR", -1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 minor = -1;
        g_autoptr(GError) error = NULL;
        gboolean ok = pouce_money_parse(rows[i].text, rows[i].currency, &minor, &error);
        assert_int_equal(ok, rows[i].minor >= 0);
        assert_int_equal(minor, rows[i].minor);
        assert_int_equal(error != NULL, !ok);
    }
}

static void amounts_are_written(void **state)
{
    const struct {
        gint64 minor;
        const char *currency, *text;
    } rows[] = {
        {0, "EUR", "0.00"},
        {7, "EUR", "0.07"},
        {-1250, "EUR", "-12.50"},
        {500, "JPY", "500"},
        {1234, "TND", "1.234"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = pouce_money_text(rows[i].minor, rows[i].currency);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_read_exactly),
        cmocka_unit_test(amounts_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
