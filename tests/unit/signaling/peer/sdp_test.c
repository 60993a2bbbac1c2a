// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The guard in front of the library's parser, and that what passes it never aborts the library.

#include "signaling/peer/peer.h"
#include "signaling/peer/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FINGERPRINT                                                                                \
    "4E:50:92:30:B0:7B:B0:DB:B6:5D:7D:D5:7C:D6:84:95:66:F4:02:69:52:56:72:B4:42:38:B5:09:45:C9:"   \
    "2A:08"
#define HEAD                                                                                       \
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE video0 application1\r\n"
#define TRANSPORT                                                                                  \
    "c=IN IP4 0.0.0.0\r\na=ice-ufrag:wTHg\r\na=ice-pwd:+bVdT9P1z0gq/T5KFKjLz/EuUmp7\r\n"           \
    "a=fingerprint:sha-256 " FINGERPRINT "\r\na=setup:actpass\r\n"
#define VIDEO                                                                                      \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" TRANSPORT "a=mid:video0\r\na=rtcp-mux\r\n"             \
    "a=sendonly\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n"                             \
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"                    \
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc:1 cname:x\r\n"
#define AUDIO(port)                                                                                \
    "m=audio " port " UDP/TLS/RTP/SAVPF 111\r\n" TRANSPORT "a=mid:audio1\r\na=rtcp-mux\r\n"        \
    "a=sendrecv\r\na=rtpmap:111 OPUS/48000/2\r\na=fmtp:111 useinbandfec=1\r\n"
#define DATA                                                                                       \
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" TRANSPORT                               \
    "a=mid:application1\r\na=sctp-port:5000\r\n"
#define MUTANTS 60

static void refused(const char *sdp, int code)
{
    PouceSdp out = {0};
    g_autoptr(GError) error = NULL;
    assert_false(pouce_sdp_read("offer", sdp, strlen(sdp), &out, &error));
    assert_int_equal(error->code, code);
    assert_null(out.text);
}

static void test_good_descriptions(void **state)
{
    g_auto(PouceSdp) out = {0};
    const char *sdp = HEAD VIDEO DATA "a=x-future:thing\r\na=candidate:1 1 udp 1 10.0.0.1 5 typ "
                                      "host generation 0\r\n";
    assert_true(pouce_sdp_read("offer", sdp, strlen(sdp), &out, NULL));
    assert_int_equal(out.media, 2);
    assert_int_equal(out.candidates, 1);
    assert_int_equal(strncmp(out.fingerprint, "4e509230", 8), 0);
    assert_null(strstr(out.text, "x-future"));
    assert_null(strstr(out.text, "generation"));
    assert_non_null(strstr(out.text, "a=candidate:1 1 UDP 1 10.0.0.1 5 typ host\r\n"));
}

static gboolean offers_voice(const char *sdp)
{
    g_auto(PouceSdp) out = {0};
    assert_true(pouce_sdp_read("offer", sdp, strlen(sdp), &out, NULL));
    return out.voice;
}

static void test_voice(void **state)
{
    assert_false(offers_voice(HEAD VIDEO DATA));
    assert_true(offers_voice(HEAD VIDEO AUDIO("9") DATA));
    assert_false(offers_voice(HEAD VIDEO AUDIO("0") DATA)); // turned down
    assert_true(offers_voice(HEAD VIDEO AUDIO("0") "a=bundle-only\r\n" DATA));
    assert_false(offers_voice(HEAD VIDEO AUDIO("0") DATA "a=bundle-only\r\n"));
}

static void test_bad_descriptions(void **state)
{
    static const char *const bad[] = {
        "",
        "hello",
        "v=0\r\n",
        HEAD,
        HEAD VIDEO,
        HEAD DATA DATA,
        HEAD VIDEO VIDEO DATA,
        HEAD VIDEO AUDIO("9") AUDIO("9") DATA,
        HEAD VIDEO AUDIO("9 9") DATA,
        HEAD VIDEO "m=text 9 UDP/TLS/RTP/SAVPF 96\r\n" DATA,
        HEAD "m=video 9 RTP/AVP 96\r\n" DATA,
        HEAD "m=video 9 UDP/TLS/RTP/SAVPF\r\n" DATA,
        HEAD "m=video 9 UDP/TLS/RTP/SAVPF 200\r\n" DATA,
        HEAD "m=video 99999 UDP/TLS/RTP/SAVPF 96\r\n" DATA,
        HEAD DATA "a=ice-ufrag:x y\r\n",
        HEAD DATA "a=ice-pwd:short\r\n",
        HEAD DATA "a=fingerprint:sha-1 00:11\r\n",
        HEAD DATA "a=fingerprint:sha-256 " FINGERPRINT ":00\r\n",
        HEAD DATA "a=setup:holdconn\r\n",
        HEAD DATA "a=sctp-port:0\r\n",
        HEAD DATA "a=extmap:0 x\r\n",
        HEAD DATA "a=rtpmap:96\r\n",
        HEAD DATA "a=candidate:1 1 UDP 1 x 5 typ host\r\n",
        HEAD DATA "X\r\n",
        HEAD DATA "\r\n\r\n",
        HEAD DATA "a=mid:\xff\r\n",
        "s=-\r\nv=0\r\n" DATA,
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        refused(bad[i], POUCE_PEER_ERROR_MALFORMED);
    }
    // another certificate for the second medium
    g_autofree char *two = g_strdup(HEAD VIDEO DATA);
    *strrchr(two, 'E') = 'A';
    char *last = g_strrstr(two, "sha-256 ") + 8;
    *last = *last == '0' ? '1' : '0';
    refused(two, POUCE_PEER_ERROR_MALFORMED);
}

static void test_limits(void **state)
{
    g_autofree char *long_line = g_strnfill(2000, 'x');
    g_autofree char *line = g_strconcat(HEAD DATA "a=", long_line, "\r\n", NULL);
    refused(line, POUCE_PEER_ERROR_MALFORMED);
    g_autoptr(GString) many = g_string_new(HEAD DATA);
    for (guint i = 0; i <= POUCE_PEER_CANDIDATES_MAX; i++) {
        g_string_append(many, "a=candidate:1 1 UDP 1 10.0.0.1 5 typ host\r\n");
    }
    refused(many->str, POUCE_PEER_ERROR_MALFORMED);
    g_autofree char *huge = g_strnfill(POUCE_PEER_SDP_MAX_BYTES + 1, 'a');
    refused(huge, POUCE_PEER_ERROR_LIMIT);
    g_autoptr(GString) lines = g_string_new(HEAD DATA);
    for (guint i = 0; i <= POUCE_SDP_MAX_LINES; i++) {
        g_string_append(lines, "a=x\r\n");
    }
    refused(lines->str, POUCE_PEER_ERROR_MALFORMED);
}

static char *mutate(const char *sdp, GRand *rand)
{
    g_auto(GStrv) lines = g_strsplit(sdp, "\r\n", -1);
    guint count = g_strv_length(lines);
    guint at = (guint)g_rand_int_range(rand, 4, (gint32)count);
    switch (g_rand_int_range(rand, 0, 4)) {
    case 0: // a line less
        g_free(lines[at]);
        lines[at] = g_strdup("a=x:1");
        break;
    case 1: { // two lines change places
        guint to = (guint)g_rand_int_range(rand, 4, (gint32)count);
        char *kept = lines[at];
        lines[at] = lines[to];
        lines[to] = kept;
        break;
    }
    default: { // one byte
        gsize length = strlen(lines[at]);
        if (length > 2) {
            lines[at][g_rand_int_range(rand, 2, (gint32)length)] =
                "0123456789abcABC:/ -"[g_rand_int_range(rand, 0, 20)];
        }
    }
    }
    return g_strjoinv("\r\n", lines);
}

// The library may refuse (FAILED), answer, or wait; it must not abort, and close must work.
static void test_mutants_do_not_abort_the_library(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20);
    guint passed = 0;
    for (guint i = 0; i < MUTANTS; i++) {
        PoucePeerConfig config = {.role = POUCE_PEER_ANSWERER};
        PoucePeerEvents events = {0};
        g_autoptr(PoucePeer) peer = pouce_peer_new(&config, &events, NULL, NULL);
        g_autofree char *sdp = mutate(HEAD VIDEO DATA, rand);
        pouce_peer_start(peer);
        if (pouce_peer_set_remote_description(peer, "offer", sdp, NULL)) {
            passed++;
            pouce_peer_add_candidate(peer, "candidate:1 1 UDP 1 127.0.0.1 5 typ host", i % 3, NULL);
        }
        gint64 until_us = g_get_monotonic_time() + 20000;
        while (g_get_monotonic_time() < until_us) {
            g_main_context_iteration(NULL, FALSE);
        }
    }
    printf("%u of %d mutants passed the guard\n", passed, MUTANTS);
    assert_in_range(passed, 1, MUTANTS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_descriptions),
        cmocka_unit_test(test_voice),
        cmocka_unit_test(test_bad_descriptions),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_mutants_do_not_abort_the_library),
    };
    pouce_peer_warm_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
