// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What numeric_test.c takes from cmocka and GLib, in plain C: for a machine that has neither. The
// first failed check ends the program.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define shim_check(good)                                                                           \
    do {                                                                                           \
        if (!(good)) {                                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #good);                             \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define assert_true(a) shim_check(a)
#define assert_int_equal(a, b) shim_check((long long)(a) == (long long)(b))
#define assert_int_not_equal(a, b) shim_check((long long)(a) != (long long)(b))
#define assert_in_range(a, low, high)                                                              \
    shim_check((long long)(a) >= (long long)(low) && (long long)(a) <= (long long)(high))
#define assert_string_equal(a, b) shim_check(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, bytes) shim_check(memcmp(a, b, bytes) == 0)

struct CMUnitTest {
    void (*run)(void **state);
    const char *name;
};

#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
        function, #function                                                                        \
    }
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    shim_run(tests, sizeof(tests) / sizeof *(tests))

static inline int shim_run(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tests[i].run(NULL);
        printf("ok %s\n", tests[i].name);
    }
    return 0;
}
