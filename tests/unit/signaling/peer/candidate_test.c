// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "signaling/peer/candidate.h"
#include "signaling/peer/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *line, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *read = pouce_candidate_read(line, strlen(line), &error);
    if (expected) {
        assert_non_null(read);
        assert_string_equal(read, expected);
    } else {
        assert_null(read);
        assert_int_equal(error->domain, POUCE_PEER_ERROR);
    }
}

static void test_good_candidates(void **state)
{
    check("candidate:1 1 UDP 2015363327 192.168.1.4 49203 typ host",
        "candidate:1 1 UDP 2015363327 192.168.1.4 49203 typ host");
    check("a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport "
          "0 generation 0 ufrag EEtu network-cost 999",
        "candidate:842163049 1 UDP 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0");
    check("candidate:3 1 tcp 1518280447 fe80::1 9 typ host tcptype active",
        "candidate:3 1 TCP 1518280447 fe80::1 9 typ host tcptype active");
    check("candidate:4 1 udp 2113937151 8f3c6dd0-5f5a-4a3e-8c1f-0123456789ab.local 5000 typ host",
        "candidate:4 1 UDP 2113937151 8f3c6dd0-5f5a-4a3e-8c1f-0123456789ab.local 5000 typ host");
}

static void test_kinds(void **state)
{
    static const struct {
        const char *line;
        PouceCandidateKind kind;
    } cases[] = {
        {"candidate:1 1 UDP 1 192.168.1.4 49203 typ host", POUCE_CANDIDATE_DIRECT},
        {"candidate:1 1 UDP 1 203.0.113.7 4 typ srflx raddr 0.0.0.0 rport 0",
            POUCE_CANDIDATE_DIRECT},
        {"candidate:1 1 UDP 1 203.0.113.7 4 typ relay raddr 0.0.0.0 rport 0",
            POUCE_CANDIDATE_RELAY},
        {"candidate:3 1 TCP 1 fe80::1 9 typ host tcptype active", POUCE_CANDIDATE_TCP},
        {"candidate:4 1 UDP 1 8f3c6dd0-5f5a-4a3e-8c1f-0123456789ab.local 5000 typ host",
            POUCE_CANDIDATE_HIDDEN},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        check(cases[i].line, cases[i].line);
        assert_int_equal(pouce_candidate_kind(cases[i].line), cases[i].kind);
    }
}

static void test_bad_candidates(void **state)
{
    static const char *const bad[] = {
        "",
        "candidate:",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ",
        "candidate:1 0 UDP 1 192.168.1.4 49203 typ host",
        "candidate:1 3 UDP 1 192.168.1.4 49203 typ host",
        "candidate:1 1 SCTP 1 192.168.1.4 49203 typ host",
        "candidate:1 1 UDP -1 192.168.1.4 49203 typ host",
        "candidate:1 1 UDP 99999999999 192.168.1.4 49203 typ host",
        "candidate:1 1 UDP 1 192.168.1 49203 typ host",
        "candidate:1 1 UDP 1 example.org 49203 typ host",
        "candidate:1 1 UDP 1 evil.local 49203 typ host",
        "candidate:1 1 UDP 1 224.0.0.1 49203 typ host",
        "candidate:1 1 UDP 1 0.0.0.0 49203 typ host",
        "candidate:1 1 UDP 1 fe80::1%eth0 49203 typ host",
        "candidate:1 1 UDP 1 192.168.1.4 0 typ host",
        "candidate:1 1 UDP 1 192.168.1.4 65536 typ host",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ guest",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ host odd",
        "candidate:1 1 TCP 1 192.168.1.4 49203 typ host",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ host tcptype active",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ srflx raddr x rport 1",
        "candidate:1 1 UDP 1 192.168.1.4 49203\ttyp host x",
        "candidate:1 1 UDP 1 192.168.1.4 49203 typ host\r\na=x y",
        "candidate:123456789012345678901234567890123 1 UDP 1 192.168.1.4 49203 typ host",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        check(bad[i], NULL);
    }
    g_autofree char *spaces = g_strnfill(600, ' ');
    g_autoptr(GError) error = NULL;
    assert_null(pouce_candidate_read(spaces, 600, &error));
    assert_int_equal(error->code, POUCE_PEER_ERROR_LIMIT);
}

static void check_uri(const char *url, const char *user, const char *secret, const char *expected)
{
    g_autofree char *uri = pouce_ice_server_uri(url, user, secret);
    if (expected) {
        assert_non_null(uri);
        assert_string_equal(uri, expected);
    } else {
        assert_null(uri);
    }
}

static void test_ice_servers(void **state)
{
    check_uri("stun:stun.example:3479", NULL, NULL, "stun://stun.example:3479");
    check_uri("stun:stun.example", NULL, NULL, "stun://stun.example:3478");
    check_uri("turn:127.0.0.1:3478?transport=tcp", "170:ana",
        "a/b+c=", "turn://170%3Aana:a%2Fb%2Bc%3D@127.0.0.1:3478?transport=tcp");
    check_uri("turn:[::1]", "u", "p", "turn://u:p@[::1]:3478?transport=udp");
    check_uri("turns:127.0.0.1:5349", "u", "p", NULL); // it would go in the clear
    check_uri("turn:127.0.0.1", NULL, NULL, NULL);
    check_uri("turn:127.0.0.1?transport=sctp", "u", "p", NULL);
    check_uri("stun:", NULL, NULL, NULL);
    check_uri("stun:a/b@c", NULL, NULL, NULL);
    check_uri("http://x", NULL, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_candidates),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_bad_candidates),
        cmocka_unit_test(test_ice_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
