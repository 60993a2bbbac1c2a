// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Voice as a peer would send it: packets, each led by its length and by how many are missing before
// it, decoded, laid aside and drawn. Input: two bytes, then the packet, again and again.

#include "codec/voice/opus_packet.h"
#include "codec/voice/playout.h"

#define PACKETS_MAX 60

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize bytes)
{
    static gint16 samples[POUCE_VOICE_DECODED_MAX], drawn[POUCE_VOICE_PACKET_SAMPLES];
    g_autoptr(PouceOpusDecoder) decoder = pouce_opus_decoder_new();
    g_autoptr(PoucePlayout) playout = pouce_playout_new();
    for (int i = 0; i < PACKETS_MAX && bytes >= 2; i++) {
        gsize length = MIN((gsize)data[0], bytes - 2);
        gsize count = pouce_opus_decode(decoder, data + 2, length, data[1], samples);
        g_assert(count <= G_N_ELEMENTS(samples));
        pouce_playout_put(playout, samples, count);
        pouce_playout_draw(playout, drawn, G_N_ELEMENTS(drawn));
        g_assert(pouce_playout_waiting(playout) <= POUCE_PLAYOUT_RATE_HZ);
        data += 2 + length;
        bytes -= 2 + length;
    }
    return 0;
}
