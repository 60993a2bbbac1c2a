// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "codec/frame/compare.h"
#include "codec/frame/convert.h"
#include "viewer/ui/canvas_private.h"

static PoucePixels make_pixels(int width, int height)
{
    return (PoucePixels){g_malloc0((gsize)width * (gsize)height * 4), width * 4, width, height};
}

static void drop_pixels(PoucePixels *pixels)
{
    g_free(pixels->bgrx);
    *pixels = (PoucePixels){0};
}

PouceCanvas *pouce_canvas_new(void (*on_layout)(gpointer user), gpointer user)
{
    PouceCanvas *canvas = g_new0(PouceCanvas, 1);
    g_mutex_init(&canvas->lock);
    canvas->on_layout = on_layout;
    canvas->user = user;
    canvas_over_init(canvas);
    return canvas;
}

static void drop_picture(PouceCanvas *canvas)
{
    g_clear_pointer(&canvas->kept, pouce_frame_unref);
    pouce_damage_clear(&canvas->damage);
    for (int n = 0; n < CANVAS_LEVELS_MAX; n++)
        drop_pixels(&canvas->levels[n]);
    drop_pixels(&canvas->scaled);
    canvas->level = 0;
}

static void drop_outlet(PouceCanvas *canvas)
{
    if (canvas->outlet)
        canvas->outlet->class->free(canvas->outlet);
    canvas->outlet = NULL;
    canvas->out = (PoucePixels){0};
}

void pouce_canvas_free(PouceCanvas *canvas)
{
    if (!canvas)
        return;
    drop_outlet(canvas);
    drop_picture(canvas);
    canvas_over_clear(canvas);
    g_mutex_clear(&canvas->lock);
    g_free(canvas);
}

// ---- showing what changed

static const PoucePixels *shown_pixels(const PouceCanvas *canvas)
{
    return canvas->scaled.bgrx ? &canvas->scaled : &canvas->levels[0];
}

void canvas_repaint(PouceCanvas *canvas, PouceRect rect)
{
    const PoucePixels *from = shown_pixels(canvas);
    PouceRect seen = canvas->placement.seen;
    if (!canvas->out.bgrx || !from->bgrx || !pouce_rect_intersect(rect, seen, &rect))
        return;
    if (canvas->rect_count == 0)
        canvas->outlet->class->wait(canvas->outlet);
    PouceRect at = {rect.x - seen.x, rect.y - seen.y, rect.width, rect.height};
    for (int y = 0; y < rect.height; y++)
        memcpy(canvas->out.bgrx + (gsize)(at.y + y) * canvas->out.stride_bytes + (gsize)at.x * 4,
            from->bgrx + (gsize)(rect.y + y) * from->stride_bytes + (gsize)rect.x * 4,
            (gsize)rect.width * 4);
    canvas_over_draw(canvas, rect);
    pouce_rect_list_add(canvas->rects, &canvas->rect_count, CANVAS_RECTS_MAX, at);
}

void canvas_flush(PouceCanvas *canvas)
{
    if (canvas->rect_count > 0)
        canvas->outlet->class->show(canvas->outlet, canvas->rects, canvas->rect_count);
    canvas->rect_count = 0;
}

// @rect of the picture has changed in levels[0].
static void follow_change(PouceRect rect, gpointer data)
{
    PouceCanvas *canvas = data;
    for (int n = 1; n <= canvas->level; n++)
        rect = pouce_scale_halve(&canvas->levels[n - 1], &canvas->levels[n], rect);
    if (canvas->scaled.bgrx) {
        const PoucePixels *from = &canvas->levels[canvas->level];
        rect = pouce_scale_reach(from, &canvas->scaled, rect);
        pouce_scale_rect(from, &canvas->scaled, rect,
            canvas->placement.sharp ? POUCE_SCALE_NEAREST : POUCE_SCALE_BILINEAR);
    }
    canvas_repaint(canvas, rect);
}

// ---- where it stands

// The seeker's screen if the picture has its shape, else the picture: a change of size is told
// before it is seen.
static void shown_size(const PouceCanvas *canvas, int *out_width, int *out_height)
{
    int width = canvas->kept->width_px, height = canvas->kept->height_px;
    int screen_width = canvas->screen_width, screen_height = canvas->screen_height;
    gint64 apart = ABS((gint64)screen_width * height - (gint64)screen_height * width);
    gboolean same = screen_width > 0 && screen_width <= POUCE_FRAME_SIDE_MAX_PX &&
                    screen_height <= POUCE_FRAME_SIDE_MAX_PX &&
                    apart <= screen_width + screen_height;
    *out_width = same ? screen_width : width;
    *out_height = same ? screen_height : height;
}

// Pictures shown at less than half their size are halved first: two pixels are not enough to
// stand for more.
static void make_levels(PouceCanvas *canvas)
{
    const PoucePlacement *placement = &canvas->placement;
    const PouceFrame *kept = canvas->kept;
    canvas->level = 0;
    drop_pixels(&canvas->scaled);
    for (int n = 1; n < CANVAS_LEVELS_MAX; n++)
        drop_pixels(&canvas->levels[n]);
    if (placement->width_px == kept->width_px && placement->height_px == kept->height_px)
        return;
    canvas->scaled = make_pixels(placement->width_px, placement->height_px);
    for (int n = 1; n < CANVAS_LEVELS_MAX; n++) {
        const PoucePixels *before = &canvas->levels[n - 1];
        if (before->width_px < 2 * placement->width_px || before->width_px < 2 ||
            before->height_px < 2)
            return;
        canvas->levels[n] = make_pixels(before->width_px / 2, before->height_px / 2);
        canvas->level = n;
    }
}

// Everything that depends on sizes, anew; shows the whole picture.
static void lay_out(PouceCanvas *canvas)
{
    PoucePlacement before = canvas->placement;
    int width = 0, height = 0;
    if (canvas->kept)
        shown_size(canvas, &width, &height);
    pouce_place(canvas->fitting, canvas->smoothing, width, height, canvas->room_width,
        canvas->room_height, canvas->scroll_x, canvas->scroll_y, &canvas->placement);
    const PoucePlacement *now = &canvas->placement;
    if (canvas->outlet &&
        !canvas->outlet->class->resize(canvas->outlet,
            (PouceRect){now->x_px, now->y_px, now->seen.width, now->seen.height}, &canvas->out))
        canvas->out = (PoucePixels){0};
    if (canvas->on_layout && memcmp(&before, now, sizeof before) != 0)
        canvas->on_layout(canvas->user);
    if (!canvas->kept || now->width_px < 1)
        return;
    make_levels(canvas);
    follow_change((PouceRect){0, 0, canvas->kept->width_px, canvas->kept->height_px}, canvas);
    canvas_flush(canvas);
}

static void copy_rect(PouceFrame *to, const PouceFrame *from, PouceRect rect)
{
    for (int plane = 0; plane < 3; plane++) {
        int shift = plane > 0;
        int x = rect.x >> shift, y = rect.y >> shift;
        int end_x = (rect.x + rect.width + shift) >> shift;
        int end_y = (rect.y + rect.height + shift) >> shift;
        for (int line = y; line < end_y; line++)
            memcpy(to->planes[plane] + (gsize)line * to->strides[plane] + x,
                from->planes[plane] + (gsize)line * from->strides[plane] + x, (gsize)(end_x - x));
    }
}

typedef struct {
    PouceCanvas *canvas;
    const PouceFrame *frame;
} Taking;

static void take_rect(PouceRect rect, gpointer data)
{
    const Taking *taking = data;
    copy_rect(taking->canvas->kept, taking->frame, rect);
}

static void take_new_size(PouceCanvas *canvas, const PouceFrame *frame)
{
    drop_picture(canvas);
    canvas->kept = pouce_frame_new(frame->width_px, frame->height_px);
    pouce_damage_init(&canvas->damage, frame->width_px, frame->height_px);
    canvas->levels[0] = make_pixels(frame->width_px, frame->height_px);
    copy_rect(canvas->kept, frame, (PouceRect){0, 0, frame->width_px, frame->height_px});
    pouce_convert_to_bgrx(canvas->levels[0].bgrx, canvas->levels[0].stride_bytes, frame, NULL);
    lay_out(canvas);
}

static void take_changes(PouceCanvas *canvas, const PouceFrame *frame)
{
    Taking taking = {canvas, frame};
    pouce_damage_empty(&canvas->damage);
    pouce_compare_frames(&canvas->damage, canvas->kept, frame);
    if (pouce_damage_is_empty(&canvas->damage))
        return;
    pouce_convert_to_bgrx(
        canvas->levels[0].bgrx, canvas->levels[0].stride_bytes, frame, &canvas->damage);
    pouce_damage_for_each_rect(
        &canvas->damage, frame->width_px, frame->height_px, follow_change, canvas);
    canvas_flush(canvas); // first to the screen, then into the copy
    pouce_damage_for_each_rect(
        &canvas->damage, frame->width_px, frame->height_px, take_rect, &taking);
}

void pouce_canvas_take(PouceCanvas *canvas, const PouceFrame *frame)
{
    g_mutex_lock(&canvas->lock);
    const PouceFrame *kept = canvas->kept;
    if (kept && kept->width_px == frame->width_px && kept->height_px == frame->height_px)
        take_changes(canvas, frame);
    else
        take_new_size(canvas, frame);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_forget(PouceCanvas *canvas)
{
    g_mutex_lock(&canvas->lock);
    canvas_over_forget(canvas);
    canvas->screen_width = canvas->screen_height = 0;
    drop_picture(canvas);
    lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

gboolean pouce_canvas_has_picture(PouceCanvas *canvas)
{
    g_mutex_lock(&canvas->lock);
    gboolean has = canvas->kept != NULL;
    g_mutex_unlock(&canvas->lock);
    return has;
}

// ---- what the window says

void pouce_canvas_set_outlet(PouceCanvas *canvas, PouceOutlet *outlet)
{
    g_mutex_lock(&canvas->lock);
    drop_outlet(canvas);
    canvas->outlet = outlet;
    lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_move(PouceCanvas *canvas, int x_px, int y_px)
{
    g_mutex_lock(&canvas->lock);
    if (canvas->outlet)
        canvas->outlet->class->move(canvas->outlet, x_px, y_px);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_set_visible(PouceCanvas *canvas, gboolean visible)
{
    g_mutex_lock(&canvas->lock);
    if (canvas->outlet)
        canvas->outlet->class->set_visible(canvas->outlet, visible);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_snapshot(PouceCanvas *canvas, GtkSnapshot *snapshot)
{
    // The outlet is changed on this thread only.
    if (canvas->outlet && canvas->outlet->class->snapshot)
        canvas->outlet->class->snapshot(canvas->outlet, snapshot);
}

void pouce_canvas_set_room(PouceCanvas *canvas, int width_px, int height_px)
{
    g_mutex_lock(&canvas->lock);
    gboolean same = canvas->room_width == width_px && canvas->room_height == height_px;
    canvas->room_width = width_px;
    canvas->room_height = height_px;
    if (!same)
        lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_set_fitting(PouceCanvas *canvas, PouceFitting fitting, PouceSmoothing smoothing)
{
    g_mutex_lock(&canvas->lock);
    canvas->fitting = fitting;
    canvas->smoothing = smoothing;
    lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_scroll(PouceCanvas *canvas, int x_px, int y_px)
{
    g_mutex_lock(&canvas->lock);
    gboolean same = canvas->placement.seen.x == x_px && canvas->placement.seen.y == y_px;
    canvas->scroll_x = x_px;
    canvas->scroll_y = y_px;
    if (!same)
        lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_set_screen(PouceCanvas *canvas, int width_px, int height_px)
{
    g_mutex_lock(&canvas->lock);
    gboolean same = canvas->screen_width == width_px && canvas->screen_height == height_px;
    canvas->screen_width = width_px;
    canvas->screen_height = height_px;
    if (!same)
        lay_out(canvas);
    g_mutex_unlock(&canvas->lock);
}

void pouce_canvas_placement(PouceCanvas *canvas, PoucePlacement *out)
{
    g_mutex_lock(&canvas->lock);
    *out = canvas->placement;
    g_mutex_unlock(&canvas->lock);
}
