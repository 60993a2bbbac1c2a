// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/ui/geometry.h"

#include <math.h>

#define WIRE_MAX 65535.0
// Up to this much above a whole number, the whole number is taken: crisp beats a few pixels of
// size.
#define NEAR_WHOLE 0.01

static double ratio_of(PouceFitting fitting, int picture_width, int picture_height, int room_width,
    int room_height, gboolean *out_whole)
{
    double ratio = 1;
    if (fitting == POUCE_FIT)
        ratio = MIN((double)room_width / picture_width, (double)room_height / picture_height);
    double whole = floor(ratio + 1e-6);
    *out_whole = whole >= 1 && ratio - whole < NEAR_WHOLE * whole;
    return *out_whole ? whole : ratio;
}

// One side: what is seen of @shown pixels in @room pixels, and where.
static void place_side(int shown, int room, int scroll, int *out_at, int *out_from, int *out_seen)
{
    *out_seen = MIN(shown, room);
    *out_from = CLAMP(scroll, 0, shown - *out_seen);
    *out_at = (room - *out_seen) / 2;
}

void pouce_place(PouceFitting fitting, PouceSmoothing smoothing, int picture_width,
    int picture_height, int room_width, int room_height, int scroll_x, int scroll_y,
    PoucePlacement *out)
{
    gboolean whole;
    *out = (PoucePlacement){0};
    if (picture_width < 1 || picture_height < 1 || room_width < 1 || room_height < 1)
        return;
    double ratio =
        ratio_of(fitting, picture_width, picture_height, room_width, room_height, &whole);
    out->width_px = MAX(1, (int)lround(picture_width * ratio));
    out->height_px = MAX(1, (int)lround(picture_height * ratio));
    out->sharp = smoothing == POUCE_SMOOTH_NEVER || (smoothing == POUCE_SMOOTH_AUTO && whole);
    place_side(out->width_px, room_width, scroll_x, &out->x_px, &out->seen.x, &out->seen.width);
    place_side(out->height_px, room_height, scroll_y, &out->y_px, &out->seen.y, &out->seen.height);
}

static gboolean side_to_wire(double at, int size, gboolean clamp, guint16 *out)
{
    if (!clamp && (at < 0 || at > size))
        return FALSE;
    *out = (guint16)lround(CLAMP(at / size, 0.0, 1.0) * WIRE_MAX);
    return TRUE;
}

gboolean pouce_place_to_wire(const PoucePlacement *placement, double x, double y, gboolean clamp,
    guint16 *out_x, guint16 *out_y)
{
    guint16 wire_x, wire_y;
    if (placement->width_px < 1 || placement->height_px < 1)
        return FALSE;
    if (!side_to_wire(x - placement->x_px + placement->seen.x, placement->width_px, clamp, &wire_x))
        return FALSE;
    if (!side_to_wire(
            y - placement->y_px + placement->seen.y, placement->height_px, clamp, &wire_y))
        return FALSE;
    *out_x = wire_x;
    *out_y = wire_y;
    return TRUE;
}

void pouce_place_from_wire(
    const PoucePlacement *placement, guint16 x, guint16 y, double *out_x, double *out_y)
{
    *out_x = x / WIRE_MAX * placement->width_px;
    *out_y = y / WIRE_MAX * placement->height_px;
}

gboolean pouce_rect_intersect(PouceRect a, PouceRect b, PouceRect *out)
{
    int x = MAX(a.x, b.x), y = MAX(a.y, b.y);
    int end_x = MIN(a.x + a.width, b.x + b.width), end_y = MIN(a.y + a.height, b.y + b.height);
    if (end_x <= x || end_y <= y)
        return FALSE;
    *out = (PouceRect){x, y, end_x - x, end_y - y};
    return TRUE;
}

static PouceRect around(PouceRect a, PouceRect b)
{
    int x = MIN(a.x, b.x), y = MIN(a.y, b.y);
    int end_x = MAX(a.x + a.width, b.x + b.width), end_y = MAX(a.y + a.height, b.y + b.height);
    return (PouceRect){x, y, end_x - x, end_y - y};
}

void pouce_rect_list_add(PouceRect *list, guint *count, guint max, PouceRect rect)
{
    if (*count < max) {
        list[(*count)++] = rect;
        return;
    }
    for (guint n = 1; n < *count; n++)
        list[0] = around(list[0], list[n]);
    list[0] = around(list[0], rect);
    *count = 1;
}
