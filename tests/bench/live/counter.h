// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A number in the picture: a row of squares, white for 1, in Gray code, so that a picture caught
// between two numbers reads as one of them. Drawn by play.c; read from decoded pixels by
// `pouce-viewer --probe X,Y,BITS` and by the probes here, which print `monotonic_us code bytes`
// when it changed (bytes: received so far).

#include <glib.h>

#define COUNTER_BITS 8
/** Of the size of small letters: who reads them reads text. */
#define COUNTER_CELL_PX 8

/** counter_code - the squares of @number, lowest bit first from the left */
static inline guint counter_code(guint number)
{
    return (number ^ number >> 1) & ((1U << COUNTER_BITS) - 1);
}
