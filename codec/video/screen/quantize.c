// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/quantize.h"

#include "codec/video/screen/tables.h"

/** Largest magnitude a token can carry: RFC 6386, 13.2. */
#define LEVEL_MAX 2048

static void steps_init(ScreenSteps *steps, int dc, int ac)
{
    int step[2] = {dc, ac};
    for (int i = 0; i < 2; i++) {
        steps->step[i] = (guint16)step[i];
        // 3/8 instead of 1/2: small coefficients cost more bits than their error is worth.
        steps->rounding[i] = (guint16)(step[i] * 3 / 8);
        steps->inverse[i] = (65536 + (guint32)step[i] - 1) / (guint32)step[i];
    }
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

int screen_quantize(gint16 *levels, gint16 *dequantized, const gint16 *coefficients,
    const ScreenSteps *steps, int first)
{
    int end = 0;
    for (int i = first; i < 16; i++) {
        int at = screen_zigzag[i], kind = at > 0;
        int value = coefficients[at];
        guint32 magnitude = (guint32)(value < 0 ? -value : value) + steps->rounding[kind];
        int level = (int)((magnitude * steps->inverse[kind]) >> 16);
        level = MIN(level, LEVEL_MAX);
        if (level)
            end = i + 1;
        level = value < 0 ? -level : level;
        levels[i] = (gint16)level;
        dequantized[at] = (gint16)(level * steps->step[kind]);
    }
    return end;
}
