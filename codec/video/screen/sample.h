// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// A quick look at some of the macroblocks that a frame is to code, to learn how many bits it may
// take at each quantizer before any of it is coded.

#include "codec/frame/damage.h"
#include "codec/video/screen/macroblock.h"
#include "codec/video/screen/rate.h"

/** Most macroblocks looked at; about 1 µs each. */
#define SCREEN_SAMPLE_MAX 256

void screen_sample(ScreenEstimate *estimate, const ScreenCoder *coder, const PouceDamage *coded);
