// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A made-up page of text and a short driver that lives in virtual time: what the tests encode.

#include "codec/frame/frame.h"
#include "codec/video/decoder.h"
#include "codec/video/encoder.h"

/** page_draw - fills @frame with text-like marks on white; the same seed gives the same page */
void page_draw(PouceFrame *frame, guint32 seed);
/** page_noise - fills @frame with noise: the worst that an encoder can get */
void page_noise(PouceFrame *frame, guint32 seed);

typedef struct {
    PouceEncoder *encoder;
    PouceDecoder *decoder;
    const PouceFrame *shown; // the decoder's last picture; NULL before the first
    gint64 now_us;
    int frames;
    gsize bytes;
    PouceEncodedFrame last; // data is not valid any more
} PageLink;

void page_link_init(PageLink *link, int width_px, int height_px, int bitrate_bps);
void page_link_clear(PageLink *link);
/** page_link_encode - one encode call; what comes out is decoded; asserts that nothing fails */
gboolean page_link_encode(PageLink *link, PouceEncodeRequest request);
/** page_link_settle - obeys next_due_us, nothing changing, for at most @span_us of virtual time */
void page_link_settle(PageLink *link, const PouceFrame *frame, gint64 span_us);
