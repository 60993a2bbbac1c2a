// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The limits of relaying, without a socket.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "broker/switchboard/exchange.h"
#include "broker/switchboard/relay_book.h"

static void test_candidates(void **state)
{
    g_autoptr(PouceRelayBook) book = pouce_relay_book_new();
    assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_OFFER));
    for (int i = 0; i < POUCE_CANDIDATES_MAX; i++)
        assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_CANDIDATE));
    assert_non_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_CANDIDATE));
    assert_null(pouce_relay_book_take(book, "s", "b", POUCE_RELAY_CANDIDATE));
    assert_null(pouce_relay_book_take(book, "t", "a", POUCE_RELAY_CANDIDATE));
    assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_RESTART));
    assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_CANDIDATE));
}

static void test_descriptions(void **state)
{
    g_autoptr(PouceRelayBook) book = pouce_relay_book_new();
    for (int i = 0; i < POUCE_EXCHANGE_DESCRIPTIONS_MAX; i++)
        assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_ANSWER));
    assert_non_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_ANSWER));
    assert_non_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_RESTART));
}

static void test_two_devices(void **state)
{
    g_autoptr(PouceRelayBook) book = pouce_relay_book_new();
    assert_null(pouce_relay_book_take(book, "s", "a", POUCE_RELAY_OFFER));
    assert_null(pouce_relay_book_take(book, "s", "b", POUCE_RELAY_ANSWER));
    assert_non_null(pouce_relay_book_take(book, "s", "c", POUCE_RELAY_ANSWER));
    assert_int_equal(pouce_relay_book_count(book), 1);
    pouce_relay_book_close(book, "s");
    pouce_relay_book_close(book, "s");
    assert_int_equal(pouce_relay_book_count(book), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_two_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
