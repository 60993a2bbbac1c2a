// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The frame tag and the frame header: RFC 6386, sections 9 and 19.2.

#include "codec/video/screen/modes.h"
#include "codec/video/screen/tokens.h"

/** Where a reference takes its new content from; besides, a key frame sets all. */
typedef enum {
    SCREEN_COPY_NONE,
    SCREEN_COPY_LAST,  // as it was before this frame
    SCREEN_COPY_OTHER, // golden from altref, altref from golden
} ScreenCopy;

typedef struct {
    gboolean key;
    int width_px, height_px; // used in key frames
    int quantizer;
    int partitions; // of tokens: 1, 2, 4 or 8
    ScreenSegments segments;
    gboolean recovery; // decodes without the frames before: says all probabilities anew
    ScreenCopy golden;
    ScreenCopy altref;
} ScreenHeader;

#define SCREEN_TAG_BYTES 3
#define SCREEN_KEY_TAG_BYTES 10

/**
 * screen_header_write - everything up to the first macroblock, into the first partition
 * @probs: fitted to @tokens on the way
 */
void screen_header_write(ScreenBoolCoder *coder, const ScreenHeader *header,
    const ScreenTokens *tokens, ScreenTokenProbs probs, ScreenModes *modes);

/** screen_header_tag - the uncompressed bytes at the front; Returns: how many */
int screen_header_tag(guint8 *data, const ScreenHeader *header, gsize first_partition_bytes);

/** The largest first partition that the tag can express. */
#define SCREEN_FIRST_PARTITION_MAX_BYTES ((1 << 19) - 1)
