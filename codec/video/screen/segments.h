// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// Several quantizers in one frame: RFC 6386, 9.3 and 10. A frame whose coefficients all have the
// same one goes out without segments. The map, which decoders keep, is sent when the one of the
// frame just before does not serve; frames without segments end its life, since decoders differ on
// what they leave of it. A frame that a lost one is made up for with sends it always.

#include "codec/frame/damage.h"
#include "codec/video/screen/bool_coder.h"
#include "codec/video/screen/types.h"

/** What both ends know. */
typedef struct {
    guint8 *map;    // owned; for each macroblock, as last sent
    gboolean known; // and the frame before had segments
} ScreenSegmentMap;

/** What one frame says. */
typedef struct {
    gboolean on;
    gboolean send_map;
    guint8 quantizers[SCREEN_SEGMENTS];
    guint8 probs[3]; // of the tree: of 0 or 1, of 0 among these, of 2 among the others
} ScreenSegments;

/** Macroblocks of a frame; those that are not coded are in segment 0. */
typedef struct {
    const PouceDamage *coded;
    ScreenMacroblock *first;
    int stride;
} ScreenSegmented;

/**
 * screen_segments_fit - decides what to say; quantizers are given
 * @fresh:  the far end may know another map
 * Returns: the quantizer index of the frame: of the only segment in use, or of segment 0
 */
int screen_segments_fit(ScreenSegments *segments, const ScreenSegmentMap *map,
    const ScreenSegmented *frame, gboolean fresh);

/** screen_segments_write - section 9.3 of the header */
void screen_segments_write(ScreenBoolCoder *coder, const ScreenSegments *segments);

/** screen_segments_sent - the frame goes out: the far end will know this map */
void screen_segments_sent(
    const ScreenSegments *segments, ScreenSegmentMap *map, const ScreenSegmented *frame);

/** The way to a segment through its tree. */
static inline void screen_segments_put(
    ScreenBoolCoder *coder, const ScreenSegments *segments, int segment)
{
    screen_bool_put(coder, segment >> 1, segments->probs[0]);
    screen_bool_put(coder, segment & 1, segments->probs[1 + (segment >> 1)]);
}
