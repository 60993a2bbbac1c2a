// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT
#pragma once

// The boolean entropy coder of RFC 6386, section 7, writing into memory of fixed size.
//
// @low holds the bits that are not yet out: 8 of the window and @pending above them. A carry may
// run back into bytes already written. When memory runs out, bytes are dropped and @overflow is
// set; the caller looks once at the end. Names in codec/video/screen carry the prefix screen_, not
// pouce_screen_: nothing outside this folder sees them.

#include <glib.h>

typedef struct {
    guint8 *data; // borrowed
    gsize bytes;
    gsize capacity;
    guint64 low;
    guint32 range; // 128..255 between calls
    int pending;   // 0..31 between calls
    gboolean overflow;
} ScreenBoolCoder;

/** What coding one fixed sequence of bools does to a coder, for one range at its start. */
typedef struct {
    guint64 add; // to low, after the shift
    guint8 range;
    guint8 shift;
} ScreenBoolStep;

void screen_bool_init(ScreenBoolCoder *coder, guint8 *data, gsize capacity);

/** screen_bool_finish - writes what is pending; Returns: bytes of the whole */
gsize screen_bool_finish(ScreenBoolCoder *coder);

/** screen_bool_drain - moves 32 pending bits into memory */
void screen_bool_drain(ScreenBoolCoder *coder);

static inline void screen_bool_put(ScreenBoolCoder *coder, int bit, int prob)
{
    guint32 split = 1 + (((coder->range - 1) * (guint32)prob) >> 8);
    if (bit) {
        coder->low += split;
        coder->range -= split;
    } else {
        coder->range = split;
    }
    int shift = __builtin_clz(coder->range) ^ 24; // 24..31 becomes 0..7
    coder->range <<= shift;
    coder->low <<= shift;
    coder->pending += shift;
    if (coder->pending >= 32)
        screen_bool_drain(coder);
}

/** screen_bool_literal - the low @count bits of @value, highest first, at even odds */
void screen_bool_literal(ScreenBoolCoder *coder, guint32 value, int count);

/** screen_bool_flag - one bit at even odds */
static inline void screen_bool_flag(ScreenBoolCoder *coder, int bit)
{
    screen_bool_put(coder, bit, 128);
}

/**
 * screen_bool_step - what @count bools (at most 8), @bits[i] at @probs[i], do from @range
 * Returns: a step with @shift SCREEN_BOOL_STEP_UNUSABLE if it shifts by 24 or more
 */
#define SCREEN_BOOL_STEP_UNUSABLE 255
ScreenBoolStep screen_bool_step(guint8 range, const guint8 *bits, const guint8 *probs, int count);

/** screen_bool_step_join - @first, then @second, which must start from the range first ends with */
ScreenBoolStep screen_bool_step_join(const ScreenBoolStep *first, const ScreenBoolStep *second);

static inline void screen_bool_apply(ScreenBoolCoder *coder, const ScreenBoolStep *step)
{
    coder->low = (coder->low << step->shift) + step->add;
    coder->range = step->range;
    coder->pending += step->shift;
    if (coder->pending >= 32)
        screen_bool_drain(coder);
}
