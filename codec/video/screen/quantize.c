// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/quantize.h"

#include "codec/video/screen/tables.h"

#include <stdlib.h>

// A last level of one costs its place, its sign and a later end of the block: more than the error
// it takes away, unless its coefficient is large. In percent of a step; by trial on pages of text.
#define TRIM_ALONE 120 // after a zero
#define TRIM_NEXT 95

// Most magnitude that @step makes nothing of, one taken off for what the transform rounds.
static int least_seen(int step)
{
    return MAX(step - step / 3 - 2, 0);
}

static void steps_init(ScreenSteps *steps, int dc, int ac)
{
    for (int i = 0; i < 16; i++) {
        int step = i ? ac : dc;
        steps->step[i] = (guint16)step;
        // 1/3 instead of 1/2: small coefficients cost more bits than their error is worth.
        steps->rounding[i] = (guint16)(step / 3);
        steps->inverse[i] = (guint16)((65536 + step - 1) / step);
    }
    for (int i = 0; i < 2; i++) {
        steps->trim_alone[i] = (guint16)((steps->step[i] * TRIM_ALONE + 99) / 100);
        steps->trim_next[i] = (guint16)((steps->step[i] * TRIM_NEXT + 99) / 100);
    }
    // A difference of one adds 0.5 to a DC, and up to 0.854 to another coefficient. The steps of Y2
    // are wide enough not to matter.
    steps->nothing_sad = (guint32)MIN(least_seen(ac) * 7 / 6, least_seen(dc) * 2);
}

void screen_quantizer_init(ScreenQuantizer *quantizer, int index)
{
    g_assert(index >= 0 && index <= SCREEN_QUANTIZER_MAX);
    int dc = screen_dc_steps[index], ac = screen_ac_steps[index];
    quantizer->index = index;
    steps_init(&quantizer->y, dc, ac);
    steps_init(&quantizer->y2, dc * 2, MAX(ac * 155 / 100, 8));
    steps_init(&quantizer->uv, MIN(dc, 132), ac);
}

int screen_quantize_trim(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, guint32 filled)
{
    while (filled) {
        int last = 31 - __builtin_clz(filled);
        if (levels[last] != 1 && levels[last] != -1)
            return last + 1;
        int at = screen_zigzag[last];
        gboolean next = last == 0 || (filled >> (last - 1) & 1);
        if (abs(coefficients[at]) >= (next ? steps->trim_next : steps->trim_alone)[at > 0])
            return last + 1;
        levels[last] = dequantized[at] = 0;
        filled &= ~(1u << last);
    }
    return 0;
}

int screen_quantize_plain(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first)
{
    guint32 filled = 0;
    levels[0] = dequantized[0] = 0;
    for (int i = first; i < 16; i++) {
        int at = screen_zigzag[i], kind = at > 0;
        int value = coefficients[at];
        guint32 magnitude = (guint32)(value < 0 ? -value : value) + steps->rounding[kind];
        int level = MIN((int)((magnitude * steps->inverse[kind]) >> 16), SCREEN_LEVEL_MAX);
        filled |= (guint32)(level != 0) << i;
        level = value < 0 ? -level : level;
        levels[i] = (gint16)level;
        dequantized[at] = (gint16)(level * steps->step[kind]);
    }
    return screen_quantize_trim(levels, dequantized, coefficients, steps, filled);
}
