// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Speech to Opus packets of 20 ms and back, mono, 48 kHz, by libopus. Pure; an object belongs to
// one thread at a time. What was lost is restored from the next packet (in-band FEC) or concealed.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_VOICE_RATE_HZ 48000
#define POUCE_VOICE_PACKET_SAMPLES 960
#define POUCE_VOICE_PACKET_US 20000
#define POUCE_VOICE_PACKET_MAX_BYTES 1276
/** A longer gap is silence: made-up speech past 100 ms only disturbs. */
#define POUCE_VOICE_CONCEAL_MAX 5
#define POUCE_VOICE_DECODED_MAX ((POUCE_VOICE_CONCEAL_MAX + 1) * POUCE_VOICE_PACKET_SAMPLES)

typedef struct PouceOpusEncoder PouceOpusEncoder;
typedef struct PouceOpusDecoder PouceOpusDecoder;

PouceOpusEncoder *pouce_opus_encoder_new(void);
void pouce_opus_encoder_free(PouceOpusEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceOpusEncoder, pouce_opus_encoder_free)

/** pouce_opus_encode - @samples: POUCE_VOICE_PACKET_SAMPLES; @out: of POUCE_VOICE_PACKET_MAX_BYTES
 *  Returns: bytes; 0 if it failed */
gsize pouce_opus_encode(PouceOpusEncoder *encoder, const gint16 *samples, guint8 *out);

PouceOpusDecoder *pouce_opus_decoder_new(void);
void pouce_opus_decoder_free(PouceOpusDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceOpusDecoder, pouce_opus_decoder_free)

/**
 * pouce_opus_decode - one packet, and what was missing before it
 * @packet: from a network: anything may be in it
 * @lost:   packets missing before it; at most POUCE_VOICE_CONCEAL_MAX of them are made up
 * @out:    of POUCE_VOICE_DECODED_MAX samples: first what was made up, then the packet's
 * Returns: samples; 0 if the packet is broken
 */
gsize pouce_opus_decode(
    PouceOpusDecoder *decoder, const guint8 *packet, gsize bytes, guint lost, gint16 *out);

G_END_DECLS
