// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Two independent VP8 decoders, libvpx's and ffmpeg's, that must both reproduce what the encoder
// believes they show, bit for bit.

#include "codec/frame/frame.h"

typedef struct Judge Judge;

Judge *judge_new(void);
void judge_free(Judge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judge, judge_free)

/**
 * judge_check - decodes one frame and compares
 * Returns: NULL if both agree with @expected over its visible size, else what is wrong (free it)
 */
char *judge_check(Judge *judge, const guint8 *data, gsize bytes, const PouceFrame *expected);
