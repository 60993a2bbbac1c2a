// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The tokens of a frame as partitions: RFC 6386, 9.5. A bool coder is one long chain of dependent
// steps that leaves most of the processor idle; rows of macroblocks that take turns among several
// partitions are coded side by side by one thread, almost in the time of one of them.

#include "codec/video/screen/tokens.h"

/** How many partitions are written where several pay; a power of two. */
#define SCREEN_PARTITIONS_MAX 4
/** Fewer tokens than this are not worth three more bytes for each further partition. */
#define SCREEN_PARTITIONS_TOKENS 20000

/**
 * screen_partitions_write - the sizes of all partitions but the last, then the partitions
 * @count: 1 or SCREEN_PARTITIONS_MAX; @data: room for @capacity bytes
 * Returns: bytes, 0 if they do not fit: with several, each has its share of the room
 */
gsize screen_partitions_write(const ScreenTokens *tokens, const ScreenTokenProbs probs, int count,
    guint8 *data, gsize capacity);
