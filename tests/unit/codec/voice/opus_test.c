// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Speech stays speech when a tenth of the packets is lost; hostile packets do no harm; a microphone
// opens by one rule only.

#include "codec/voice/opus_packet.h"
#include "codec/voice/voice.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PACKETS 1000
#define SAMPLES (PACKETS * POUCE_VOICE_PACKET_SAMPLES)

// Like a voice: harmonics of a gliding 120-180 Hz, four syllables a second.
static gint16 *make_speech(void)
{
    gint16 *speech = g_new0(gint16, SAMPLES);
    double phase = 0;
    for (guint i = 0; i < SAMPLES; i++) {
        double t = (double)i / POUCE_VOICE_RATE_HZ;
        phase += 2 * G_PI * (150 + 30 * sin(2 * G_PI * 0.7 * t)) / POUCE_VOICE_RATE_HZ;
        double sound = 0;
        for (int harmonic = 1; harmonic <= 12; harmonic++) {
            sound += sin(phase * harmonic) / harmonic;
        }
        double syllable = pow(sin(G_PI * 4 * t), 2);
        speech[i] = (gint16)(6000 * sound * syllable);
    }
    return speech;
}

// Through encoder and decoder; @loss: of 100 packets, those lost.
static gint16 *pass(const gint16 *speech, int loss, guint seed)
{
    g_autoptr(PouceOpusEncoder) encoder = pouce_opus_encoder_new();
    g_autoptr(PouceOpusDecoder) decoder = pouce_opus_decoder_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    gint16 *heard = g_new0(gint16, SAMPLES);
    gint16 out[POUCE_VOICE_DECODED_MAX];
    guint lost = 0;
    for (guint i = 0; i < PACKETS; i++) {
        guint8 packet[POUCE_VOICE_PACKET_MAX_BYTES];
        gsize bytes = pouce_opus_encode(
            encoder, speech + i * POUCE_VOICE_PACKET_SAMPLES, POUCE_VOICE_PACKET_SAMPLES, packet);
        assert_in_range(bytes, 1, POUCE_VOICE_PACKET_MAX_BYTES);
        if (i > 0 && g_rand_int_range(rand, 0, 100) < loss) {
            lost++;
            continue;
        }
        gsize count = pouce_opus_decode(decoder, packet, bytes, lost, out);
        guint first = i - MIN(lost, POUCE_VOICE_CONCEAL_MAX_SAMPLES / POUCE_VOICE_PACKET_SAMPLES);
        assert_int_equal(count, (i - first + 1) * POUCE_VOICE_PACKET_SAMPLES);
        memcpy(heard + first * POUCE_VOICE_PACKET_SAMPLES, out, count * sizeof *out);
        lost = 0;
    }
    return heard;
}

static double correlation(const gint16 *a, const gint16 *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (guint i = 0; i < SAMPLES; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

static void test_loss(void **state)
{
    g_autofree gint16 *speech = make_speech();
    g_autofree gint16 *whole = pass(speech, 0, 1);
    static const int losses[] = {5, 10, 20};
    static const double least[] = {0.95, 0.90, 0.80};
    for (guint i = 0; i < G_N_ELEMENTS(losses); i++) {
        g_autofree gint16 *heard = pass(speech, losses[i], 2);
        double same = correlation(whole, heard);
        printf("loss %d %%: correlation with what came whole %.3f\n", losses[i], same);
        assert_true(same >= least[i]);
    }
}

static void test_broken_packets(void **state)
{
    g_autoptr(PouceOpusDecoder) decoder = pouce_opus_decoder_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    gint16 out[POUCE_VOICE_DECODED_MAX];
    guint8 packet[POUCE_VOICE_PACKET_MAX_BYTES + 1];
    for (guint i = 0; i < 20000; i++) {
        gsize bytes = (gsize)g_rand_int_range(rand, 0, i % 2 ? 200 : (gint32)sizeof packet + 1);
        for (gsize at = 0; at < bytes; at++) {
            packet[at] = (guint8)g_rand_int(rand);
        }
        guint lost = (guint)g_rand_int_range(rand, 0, 40);
        assert_true(pouce_opus_decode(decoder, packet, bytes, lost, out) <= G_N_ELEMENTS(out));
    }
    assert_int_equal(pouce_opus_decode(decoder, packet, 0, 0, out), 0);
}

static void test_the_rule(void **state)
{
    for (guint bits = 0; bits < 64; bits++) {
        PouceVoiceSwitches switches = {.allowed = bits & 1,
            .on = bits >> 1 & 1,
            .muted = bits >> 2 & 1,
            .push_to_talk = bits >> 3 & 1,
            .held = bits >> 4 & 1,
            .far_on = bits >> 5 & 1};
        gboolean open = pouce_voice_wants_microphone(&switches);
        if (open) {
            assert_true(switches.allowed && switches.on && !switches.muted);
            assert_true(switches.held || !switches.push_to_talk);
        }
    }
    PouceVoiceSwitches open = {.allowed = TRUE, .on = TRUE};
    assert_true(pouce_voice_wants_microphone(&open));
    assert_false(pouce_voice_wants_microphone(&(PouceVoiceSwitches){0})); // off by default
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_broken_packets),
        cmocka_unit_test(test_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
