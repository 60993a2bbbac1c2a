// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// 64-bit fingerprints of macroblocks: equal pixels give equal fingerprints; different pixels give
// equal ones once in 2^64, which would leave a block stale until it changes again.

#include "codec/frame/frame.h"

guint64 screen_fingerprint(const PouceFrame *frame, int mb_x, int mb_y);
