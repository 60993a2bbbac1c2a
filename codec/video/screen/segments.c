// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/segments.h"

#include <string.h>

/** What looking at the macroblocks of a frame tells. */
typedef struct {
    guint32 counts[SCREEN_SEGMENTS];
    guint used; // one bit for each segment with coefficients
    gboolean differs;
} Census;

static ScreenMacroblock *at(const ScreenSegmented *frame, int x, int y)
{
    return frame->first + (gsize)y * frame->stride + x;
}

static void take_census(Census *census, const ScreenSegmentMap *map, const ScreenSegmented *frame)
{
    *census = (Census){0};
    int columns = frame->coded->mb_columns;
    for (int x = 0, y = 0, n; pouce_damage_next_run(frame->coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++) {
            ScreenMacroblock *mb = at(frame, i, y);
            if (mb->skip) {
                mb->segment = 0; // the cheapest to say
                continue;
            }
            census->counts[mb->segment]++;
            census->used |= 1u << mb->segment;
            census->differs |= map->map[y * columns + i] != mb->segment;
        }
    guint32 all = (guint32)columns * (guint32)frame->coded->mb_rows;
    census->counts[0] = all - census->counts[1] - census->counts[2] - census->counts[3];
}

static guint8 chance_of_zero(guint32 zeros, guint32 ones)
{
    guint32 total = zeros + ones;
    return total ? (guint8)CLAMP(((guint64)zeros * 256 + total / 2) / total, 1, 255) : 255;
}

int screen_segments_fit(ScreenSegments *segments, const ScreenSegmentMap *map,
    const ScreenSegmented *frame, gboolean fresh)
{
    Census census;
    take_census(&census, map, frame);
    segments->on = (census.used & (census.used - 1)) != 0;
    segments->send_map = segments->on && (fresh || !map->known || census.differs);
    const guint32 *counts = census.counts;
    segments->probs[0] = chance_of_zero(counts[0] + counts[1], counts[2] + counts[3]);
    segments->probs[1] = chance_of_zero(counts[0], counts[1]);
    segments->probs[2] = chance_of_zero(counts[2], counts[3]);
    gboolean single = census.used && !segments->on;
    return segments->quantizers[single ? __builtin_ctz(census.used) : 0];
}

void screen_segments_write(ScreenBoolCoder *coder, const ScreenSegments *segments)
{
    screen_bool_flag(coder, segments->on);
    if (!segments->on)
        return;
    screen_bool_flag(coder, segments->send_map);
    screen_bool_flag(coder, 1); // values are sent,
    screen_bool_flag(coder, 1); // not differences
    for (int i = 0; i < SCREEN_SEGMENTS; i++) {
        screen_bool_flag(coder, 1);
        screen_bool_literal(coder, segments->quantizers[i], 7);
        screen_bool_flag(coder, 0); // not negative
    }
    for (int i = 0; i < SCREEN_SEGMENTS; i++)
        screen_bool_flag(coder, 0); // no loop filter
    for (int i = 0; segments->send_map && i < 3; i++) {
        screen_bool_flag(coder, 1);
        screen_bool_literal(coder, segments->probs[i], 8);
    }
}

void screen_segments_sent(
    const ScreenSegments *segments, ScreenSegmentMap *map, const ScreenSegmented *frame)
{
    map->known = segments->on;
    if (!segments->send_map)
        return;
    int columns = frame->coded->mb_columns;
    memset(map->map, 0, (gsize)columns * frame->coded->mb_rows);
    for (int x = 0, y = 0, n; pouce_damage_next_run(frame->coded, &x, &y, &n); x += n)
        for (int i = x; i < x + n; i++)
            map->map[y * columns + i] = at(frame, i, y)->segment;
}
