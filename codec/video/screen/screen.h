// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// What the screen encoder shows beyond codec/video/encoder.h; for tests and benches.

#include "codec/video/encoder.h"

/**
 * pouce_screen_reconstruction - the picture that a decoder has after the latest frame
 * @encoder: made by pouce_encoder_screen; borrowed, as is the result, until the next call
 */
const PouceFrame *pouce_screen_reconstruction(const PouceEncoder *encoder);

/** pouce_screen_pixel_bytes - what the pictures that it keeps take now; tables are not in it */
gsize pouce_screen_pixel_bytes(const PouceEncoder *encoder);
