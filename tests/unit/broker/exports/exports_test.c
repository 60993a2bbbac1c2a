// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CSV cells and amounts: what a reader gets back, and what a spreadsheet must not run.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "broker/exports/csv.h"
#include "broker/exports/tables.h"

static char *cell(const char *text)
{
    PouceCsv *csv = pouce_csv_new();
    pouce_csv_text(csv, text);
    return pouce_csv_take(csv);
}

static void expect(const char *text, const char *wanted)
{
    g_autofree char *got = cell(text);
    assert_string_equal(got, wanted);
}

static void test_text(void **state)
{
    expect(NULL, "");
    expect("", "");
    expect("plain", "plain");
    expect("a,b", "\"a,b\"");
    expect("a\"b", "\"a\"\"b\"");
    expect("a\r\nb", "\"a\r\nb\"");
    expect(" a", "\" a\"");
    expect("caf\303\251", "caf\303\251");
}

static void test_formulas(void **state)
{
    expect("=1+1", "\"'=1+1\"");
    expect("+1", "\"'+1\"");
    expect("-1", "\"'-1\"");
    expect("@SUM(A1)", "\"'@SUM(A1)\"");
    expect("  =1", "\"'  =1\"");
    expect("\t=1", "\"'\t=1\"");
    expect("\"=1", "\"'\"\"=1\"");
    expect("\357\274\2351", "\"'\357\274\2351\"");
    expect("|calc", "\"'|calc\"");
    expect("a=1", "a=1");
}

/* Any text: quotes balance, the row stays one row, and no cell begins with a sign that runs. */
static void test_any_text(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    static const char alphabet[] = "=+-@|%,\"'\r\n\t ab1";
    for (int round = 0; round < 20000; round++) {
        char text[12] = {0};
        int length = g_rand_int_range(random, 1, 11);
        for (int i = 0; i < length; i++)
            text[i] = alphabet[g_rand_int_range(random, 0, sizeof alphabet - 1)];
        g_autofree char *got = cell(text);
        gboolean quoted = *got == '"';
        const char *inside = quoted ? got + 1 : got;
        assert_null(strchr("=+-@|%\t\r\n", *inside) && *inside ? inside : NULL);
        if (!quoted) {
            assert_null(strpbrk(got, ",\"\r\n"));
            continue;
        }
        g_autoptr(GString) back = g_string_new(NULL);
        const char *at = inside;
        for (; !(at[0] == '"' && at[1] != '"'); at++) {
            assert_true(*at);
            g_string_append_c(back, *at);
            at += *at == '"';
        }
        assert_int_equal(at[1], '\0');
        gboolean guarded = back->str[0] == '\'' && strcmp(back->str + 1, text) == 0;
        assert_true(guarded || strcmp(back->str, text) == 0);
    }
}

static void test_numbers(void **state)
{
    PouceCsv *csv = pouce_csv_new();
    pouce_csv_int(csv, -5);
    pouce_csv_money(csv, 1250, 2);
    pouce_csv_money(csv, -7, 2);
    pouce_csv_money(csv, 12, 0);
    pouce_csv_money(csv, 1, 3);
    pouce_csv_money(csv, G_MININT64, 2);
    pouce_csv_time(csv, 0);
    pouce_csv_time(csv, 1700000000);
    pouce_csv_end_row(csv);
    g_autofree char *text = pouce_csv_take(csv);
    assert_string_equal(
        text, "-5,12.50,-0.07,12,0.001,-92233720368547758.08,,2023-11-14T22:13:20Z\r\n");
}

static void test_amounts(void **state)
{
    static const struct {
        const char *text, *currency;
        gint64 minor; /* -1: refused */
    } cases[] = {
        {"20", "EUR", 2000},
        {"20.5", "EUR", 2050},
        {"20,50", "EUR", 2050},
        {".5", "EUR", 50},
        {"1.234", "EUR", -1},
        {"1.234", "KWD", 1234},
        {"100", "JPY", 100},
        {"1.0", "JPY", -1},
        {"", "EUR", -1},
        {".", "EUR", -1},
        {"-1", "EUR", -1},
        {"1e3", "EUR", -1},
        {"1.2.3", "EUR", -1},
        {" 1", "EUR", -1},
        {"99999999999999999999", "EUR", -1},
        {"10000000000", "EUR", 1000000000000},
        {"10000000000.01", "EUR", -1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 minor = -1;
        gboolean parsed = pouce_currency_parse(cases[i].text, cases[i].currency, &minor);
        assert_int_equal(parsed ? minor : -1, cases[i].minor);
    }
    g_autofree char *text = pouce_currency_text(5, "EUR");
    assert_string_equal(text, "0.05");
}

static void test_tables(void **state)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *sessions = pouce_export_sessions(none);
    g_autofree char *receipts = pouce_export_receipts(none);
    assert_true(g_str_has_prefix(sessions, "session,state,") && g_str_has_suffix(sessions, "\r\n"));
    assert_true(g_str_has_prefix(receipts, "number,issued,") && g_str_has_suffix(receipts, "\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
