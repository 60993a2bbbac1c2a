// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// VP8 frames in, I420 out, by libvpx (one thread, error concealment off). Bytes come from a peer:
// anything may be in them. One thread at a time.

#include "codec/video/encoder.h"

G_BEGIN_DECLS

typedef struct PouceDecoder PouceDecoder;

PouceDecoder *pouce_decoder_new(GError **error);
void pouce_decoder_free(PouceDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PouceDecoder, pouce_decoder_free)

/**
 * pouce_decoder_decode - one whole VP8 frame
 * @data, @bytes: at most POUCE_DECODER_FRAME_MAX_BYTES, else MALFORMED
 * @out_frame:    borrowed, read-only, valid until the next call; NULL when nothing is to be shown.
 *                Its planes are the decoder's own: padding beyond the visible size is undefined.
 * Errors:        MALFORMED: keep the last picture and ask for a key frame
 */
#define POUCE_DECODER_FRAME_MAX_BYTES (8 * 1024 * 1024)
gboolean pouce_decoder_decode(PouceDecoder *decoder, const guint8 *data, gsize bytes,
    const PouceFrame **out_frame, GError **error);

G_END_DECLS
