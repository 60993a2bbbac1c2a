// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Speech to Opus packets of 10 or 20 ms and back, mono, 48 kHz, by libopus. Pure; an object belongs
// to one thread at a time. What was lost is restored from the next packet (in-band FEC) or
// concealed. Packets from elsewhere may be of up to 60 ms.

#include <glib.h>

G_BEGIN_DECLS

#define POUCE_VOICE_RATE_HZ 48000
/** 10 ms, and 20 where each packet's headers weigh too much. */
#define POUCE_VOICE_PACKET_SAMPLES 480
#define POUCE_VOICE_PACKET_MAX_SAMPLES 960
#define POUCE_VOICE_PACKET_MAX_BYTES 1276
/** A longer gap is silence: made-up speech past 100 ms only disturbs. */
#define POUCE_VOICE_CONCEAL_MAX_SAMPLES 4800
/** Of a packet from elsewhere. */
#define POUCE_VOICE_FOREIGN_MAX_SAMPLES 2880
#define POUCE_VOICE_DECODED_MAX (POUCE_VOICE_CONCEAL_MAX_SAMPLES + POUCE_VOICE_FOREIGN_MAX_SAMPLES)

typedef struct PouceOpusEncoder PouceOpusEncoder;
typedef struct PouceOpusDecoder PouceOpusDecoder;

PouceOpusEncoder *pouce_opus_encoder_new(void);
void pouce_opus_encoder_free(PouceOpusEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceOpusEncoder, pouce_opus_encoder_free)

/** pouce_opus_encode - @count: of a packet, one of the two; @out: of POUCE_VOICE_PACKET_MAX_BYTES
 *  Returns: bytes; 0 if it failed */
gsize pouce_opus_encode(PouceOpusEncoder *encoder, const gint16 *samples, gsize count, guint8 *out);

PouceOpusDecoder *pouce_opus_decoder_new(void);
void pouce_opus_decoder_free(PouceOpusDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceOpusDecoder, pouce_opus_decoder_free)

/**
 * pouce_opus_decode - one packet, and what was missing before it
 * @packet: from a network: anything may be in it
 * @lost:   packets missing before it; at most POUCE_VOICE_CONCEAL_MAX_SAMPLES are made up
 * @out:    of POUCE_VOICE_DECODED_MAX samples: first what was made up, then the packet's
 * Returns: samples; 0 if the packet is broken
 */
gsize pouce_opus_decode(
    PouceOpusDecoder *decoder, const guint8 *packet, gsize bytes, guint lost, gint16 *out);

G_END_DECLS
