// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/voice/opus_packet.h"

#include <opus.h>

/** Wide-band speech with room for FEC; a twentieth of what the picture gets to begin with. */
#define BITRATE_BPS 32000
/** Half of libopus's range: 1 % of a core, and no difference heard in speech. */
#define COMPLEXITY 5
/** For how much loss FEC is laid out; it costs about a fifth of the bits. */
#define LOSS_PERCENT 10

struct PouceOpusEncoder {
    OpusEncoder *opus;
};

struct PouceOpusDecoder {
    OpusDecoder *opus;
};

PouceOpusEncoder *pouce_opus_encoder_new(void)
{
    int error;
    PouceOpusEncoder *encoder = g_new0(PouceOpusEncoder, 1);
    encoder->opus = opus_encoder_create(POUCE_VOICE_RATE_HZ, 1, OPUS_APPLICATION_VOIP, &error);
    g_assert(encoder->opus); // fails for want of memory only
    opus_encoder_ctl(encoder->opus, OPUS_SET_BITRATE(BITRATE_BPS));
    opus_encoder_ctl(encoder->opus, OPUS_SET_COMPLEXITY(COMPLEXITY));
    opus_encoder_ctl(encoder->opus, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(encoder->opus, OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(encoder->opus, OPUS_SET_PACKET_LOSS_PERC(LOSS_PERCENT));
    return encoder;
}

void pouce_opus_encoder_free(PouceOpusEncoder *encoder)
{
    if (encoder) {
        opus_encoder_destroy(encoder->opus);
        g_free(encoder);
    }
}

gsize pouce_opus_encode(PouceOpusEncoder *encoder, const gint16 *samples, gsize count, guint8 *out)
{
    int bytes = opus_encode(encoder->opus, samples, (int)count, out, POUCE_VOICE_PACKET_MAX_BYTES);
    return bytes > 0 ? (gsize)bytes : 0;
}

PouceOpusDecoder *pouce_opus_decoder_new(void)
{
    int error;
    PouceOpusDecoder *decoder = g_new0(PouceOpusDecoder, 1);
    decoder->opus = opus_decoder_create(POUCE_VOICE_RATE_HZ, 1, &error);
    g_assert(decoder->opus);
    return decoder;
}

void pouce_opus_decoder_free(PouceOpusDecoder *decoder)
{
    if (decoder) {
        opus_decoder_destroy(decoder->opus);
        g_free(decoder);
    }
}

gsize pouce_opus_decode(
    PouceOpusDecoder *decoder, const guint8 *packet, gsize bytes, guint lost, gint16 *out)
{
    gsize samples = 0;
    int length = (int)bytes;
    if (bytes == 0 || bytes > POUCE_VOICE_PACKET_MAX_BYTES) {
        return 0;
    }
    int each = opus_packet_get_nb_samples(packet, length, POUCE_VOICE_RATE_HZ);
    if (each <= 0 || each > POUCE_VOICE_FOREIGN_MAX_SAMPLES) {
        return 0;
    }
    lost = MIN(lost, POUCE_VOICE_CONCEAL_MAX_SAMPLES / (guint)each);
    for (guint i = 0; i < lost; i++) {
        gboolean from_next = i + 1 == lost;
        int made = opus_decode(decoder->opus, from_next ? packet : NULL, from_next ? length : 0,
            out + samples, each, from_next);
        samples += made > 0 ? (gsize)made : 0;
    }
    int made = opus_decode(decoder->opus, packet, length, out + samples, each, 0);
    return made > 0 ? samples + (gsize)made : 0;
}
